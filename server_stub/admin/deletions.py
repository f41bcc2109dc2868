"""`admin deletions`: requests to delete a recording before its time."""

from __future__ import annotations

from argparse import Namespace

from server_stub.admin.answers import Answer, CannotDo
from server_stub.kernel import links
from server_stub.storage import Connection, audit
from server_stub.storage import deletions as deletions_table
from server_stub.storage.deletions import DeletionRow


def show_all(connection: Connection, options: Namespace, now: float) -> Answer:
    """Lists the requests."""
    return Answer(
        records=[
            {
                "recording": request.recording,
                "room": request.room,
                "by": request.by,
                "at": request.at,
                "state": request.state,
                "reason": request.reason,
                "words": request.words,
            }
            for request in deletions_table.every(connection)
        ]
    )


def approve(connection: Connection, options: Namespace, now: float) -> Answer:
    """Lets the server delete it: at once when it runs, else at its next start."""
    request = _pending(connection, options.recording)
    deletions_table.answer(connection, request.recording, "approved", "", now)
    audit.note(connection, now, "admin", "deletion.approve", links.fingerprint(request.recording))
    return Answer("Approved. The server deletes the recording and its recap now, or the next time it starts.")


def refuse(connection: Connection, options: Namespace, now: float) -> Answer:
    """Says no, and why."""
    request = _pending(connection, options.recording)
    words = " ".join(options.words.split())
    if not 1 <= len(words) <= 500:
        raise CannotDo("A refusal needs a reason of 1 to 500 characters.")
    deletions_table.answer(connection, request.recording, "refused", words, now)
    audit.note(connection, now, "admin", "deletion.refuse", links.fingerprint(request.recording))
    return Answer("Refused. The members of the room see your words.")


def _pending(connection: Connection, recording: str) -> DeletionRow:
    request = deletions_table.find(connection, recording)
    if request is None:
        raise CannotDo(f"Nobody has asked for the deletion of {recording}.")
    if request.state != "pending":
        raise CannotDo(f"This request has already been answered: it is {request.state}.")
    return request
