"""Deleting a recording before its time: a member asks, an administrator decides, the server does it and signs for it.

The states of a request: "pending", then "refused", or "approved" (to be carried out) and "deleted".
"""

from __future__ import annotations

import asyncio

from app.wire.fields import Tell
from app.wire.privacy import AskDeletion
from app.wire.rooms import MeetingCard, MeetingChanged
from app.wire.text import one_line
from server_stub.after import recaps, receipts, retention
from server_stub.after.jobs import OpenJobs, is_in_use
from server_stub.call.calls import Calls
from server_stub.errors import Refusal
from server_stub.kernel import links
from server_stub.kernel.context import Context
from server_stub.kernel.hub import Asker
from server_stub.kernel.requests import Rule
from server_stub.kernel.session import Session
from server_stub.post import notices
from server_stub.room import cards, rooms
from server_stub.storage import Connection, audit, purge
from server_stub.storage import deletions as deletions_table
from server_stub.storage.deletions import DeletionRow

#: An answer of an administrator is news for this long; a notice that nobody looked at is forgotten after twice that.
NEWS_S = 30 * 86_400.0
DELETED = "The recording and its recap were deleted on request."
REFUSED = "The request to delete the recording was refused."


class Told:
    """What is known of answers while the server runs.

    Attributes:
        lock: deletions are carried out one after the other.
        answers: recordings with the answer that their members were told.
    """

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.answers: set[tuple[str, object]] = set()


async def ask_deletion(context: Context, session: Session, ask: AskDeletion) -> Tell | None:
    """Keeps a member's request; asking twice changes nothing."""
    account = session.signed_in
    row, recording = await recaps.check_reader(context, account.id, ask.recording)
    if recording is None:
        raise Refusal("not_found", "This meeting was not recorded.")
    if context.part(Calls).find(row.id) or recording.recap in ("recording", "generating"):
        raise Refusal("not_ready", "The recap is still being made. Please ask again when it is ready.")
    if recording.recap == "deleted":
        raise Refusal("not_found", "This recording has been deleted already.")
    now = context.now()
    asked = DeletionRow(recording=recording.id, room=row.room, by=account.id, reason=one_line(ask.reason), at=now)

    def work(connection: Connection) -> bool:
        is_new = deletions_table.ask(connection, asked)
        if is_new:
            audit.note(connection, now, account.id, "deletion.asked", links.fingerprint(recording.id))
        return is_new

    await context.store.do(work)
    await _tell(context, recording.id, Asker(session, ask.request))
    return None


async def carry_out(context: Context) -> None:
    """Does what administrators have decided since it was last called, and tells the members; harmless at any time."""
    news_since = context.now() - NEWS_S
    async with context.part(Told).lock:
        for row in await context.store.do(deletions_table.every):
            if row.state == "approved" and not is_in_use(context, row.recording):
                # Meanwhile nobody begins to make its recap again.
                context.part(OpenJobs).busy.add(row.recording)
                try:
                    await _delete(context, row)
                finally:
                    context.part(OpenJobs).busy.discard(row.recording)
            elif row.state in ("refused", "deleted") and (row.answered_at or 0.0) >= news_since:
                # Told already, unless a crash came in between: each member has one notice at most.
                await _tell_answer(context, row.recording)


async def _delete(context: Context, row: DeletionRow) -> None:
    """Files first, rows last: what a crash leaves undone is still "approved" at the next start."""
    found = await context.store.do(lambda connection: cards.find_subject(connection, row.recording))
    if found is None or found[1] is None:
        return
    if not await retention.drop_folder(context, row.recording):
        return
    now = context.now()
    receipt = receipts.of_deletion(context, found[0], row.recording, now)

    def work(connection: Connection) -> None:
        purge.empty_recording(connection, row.recording, DELETED)
        deletions_table.set_done(connection, row.recording, row.words or DELETED, receipt)
        audit.note(connection, now, "server", "recording.deleted", links.fingerprint(row.recording))

    await context.store.do(work)
    await context.part(retention.Keeper).wipe()
    await _tell_answer(context, row.recording)


async def _tell_answer(context: Context, recording: str) -> None:
    """Tells the members of the room the answer: on the card, and each of them once by a notice."""
    told = (recording, (await context.store.do(lambda c: deletions_table.find(c, recording))))
    if told in context.part(Told).answers or (card := await _tell(context, recording)) is None:
        return
    context.part(Told).answers.add(told)
    answer = DELETED if card.deletion == "deleted" else REFUSED
    members = await context.members.of(card.room)
    words = f"{answer} Meeting: {card.title}."
    await notices.add(context, members, "deletion", room=card.room, subject=recording, words=words)


async def _tell(context: Context, recording: str, asker: Asker | None = None) -> MeetingCard | None:
    """Tells the room's members the card as it is now."""
    found = await context.store.do(lambda connection: cards.find_subject(connection, recording))
    if found is None:
        return None
    card = cards.card(context, *found)
    rooms.tell_room(context, card.room, MeetingChanged(meeting=card), asker)
    return card


RULES = (Rule(AskDeletion, ask_deletion, needs="account"),)
