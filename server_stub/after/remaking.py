"""A recap is made again by an engine that hears better; what it was before is kept beside it, and goes with it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from app.wire.fields import Tell
from app.wire.recap import Recap
from app.wire.versions import RemakeRecap, RemakeTold
from server_stub.after import recap_jobs, recaps
from server_stub.after.recap_news import keep
from server_stub.after.versions import better_than, keep_earlier, made_at
from server_stub.kernel.errors import Refusal
from server_stub.kernel.hub import Asker
from server_stub.kernel.requests import Rule
from server_stub.kernel.session import Session
from server_stub.recap.errors import RecapError
from server_stub.recap.speech.ranks import is_better
from server_stub.room import rooms
from server_stub.storage.meetings import MeetingRow, RecordingRow

if TYPE_CHECKING:
    from server_stub.backend import Backend

log = logging.getLogger(__name__)
NOT_READY = "There is no recap yet that could be made again."
NOTHING_BETTER = "Nothing on this server hears better than what wrote this recap."
IN_USE = "This recap is being worked on. Please try again in a few minutes."
ANOTHER = "Another recap is being made again. Please try again when it is done."
TOO_MUCH = "You had several recaps made again. Please wait some minutes."
STAYS = "The recap stays as it was."


async def remake_recap(backend: Backend, session: Session, ask: RemakeRecap) -> Tell | None:
    """Begins to make a recap again, for a member of its room."""
    account = session.signed_in.id
    row, recording = await recaps.check_reader(backend, account, ask.meeting)
    before = await recaps.read(backend, recording.id) if recording and recording.recap == "ready" else None
    if recording is None or before is None:
        raise Refusal("not_ready", NOT_READY)
    if await asyncio.to_thread(better_than, before, backend.settings) is None:
        raise Refusal("not_allowed", NOTHING_BETTER)
    # From here on nothing waits: of two who ask at once, one is the second.
    if recap_jobs.is_in_use(backend, recording.id) or recording.id in backend.jobs.remade:
        raise Refusal("busy", IN_USE)
    if backend.jobs.remade:
        raise Refusal("busy", ANOTHER)
    if not backend.remake_tries.take(account, backend.tick()):
        raise Refusal("too_much", TOO_MUCH)
    backend.jobs.remade.add(recording.id)
    rooms.tell_room(backend, row.room, RemakeTold(meeting=recording.id, is_on=True), Asker(session, ask.request))
    backend.chores.start(_remake(backend, row, recording, before), "making a recap again")
    return None


async def _remake(backend: Backend, row: MeetingRow, recording: RecordingRow, before: Recap) -> None:
    told = False

    def tell(words: str) -> None:
        nonlocal told
        if not told:
            told = True
            rooms.tell_room(backend, row.room, RemakeTold(meeting=recording.id, is_on=False, words=words))

    async def make(backend: Backend, row: MeetingRow, recording: RecordingRow) -> None:
        await _make(backend, row, recording, before, tell)

    try:
        await recap_jobs.make_again(backend, recording.id, make)
    finally:
        backend.jobs.remade.discard(recording.id)
        tell(STAYS)


async def _make(
    backend: Backend, row: MeetingRow, recording: RecordingRow, before: Recap, tell: Callable[[str], None]
) -> None:
    folder, begun = recaps.folder_of(backend, recording.id), backend.now()
    at = await asyncio.to_thread(made_at, folder, before)
    try:
        recap = await backend.recap_maker.remake(folder)
        if not is_better(recap.engine, before.engine):
            tell(f"{NOTHING_BETTER} {STAYS}")
            return
        await asyncio.to_thread(keep_earlier, folder, before, at)
    except (RecapError, OSError) as error:
        log.info("a recap could not be made again")
        words = str(error) if isinstance(error, RecapError) else f"The disk refuses: {error.strerror}."
        tell(f"{words} {STAYS}")
        return
    recording, recap = await keep(backend, row, recording, recap)
    backend.jobs.remade.discard(recording.id)
    tell("")
    # The highlights may be others: the films are made anew.
    await recap_jobs.film(backend, row, recording, recap, since=begun)


RULES = (Rule(RemakeRecap, remake_recap, needs="account"),)
