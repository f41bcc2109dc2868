"""`admin audit`: what administrators and the server did."""

from __future__ import annotations

from argparse import Namespace

from server_stub.admin.answers import Answer
from server_stub.storage import Connection, audit


def show(connection: Connection, options: Namespace, now: float) -> Answer:
    """Lists the log, oldest first."""
    return Answer(
        records=[
            {"at": line.at, "by": line.by, "action": line.action, "subject": line.subject, "words": line.words}
            for line in audit.lines(connection, options.since or 0.0)
        ]
    )
