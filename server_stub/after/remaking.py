"""A recap is made again by an engine that hears better; what it was before is kept beside it, and goes with it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from app.wire.fields import Tell
from app.wire.recap import Recap
from app.wire.versions import RemakeRecap, RemakeTold
from server_stub.after import recap_jobs, recaps
from server_stub.after.jobs import OpenJobs, is_in_use, may_ask_model
from server_stub.after.recap_news import keep
from server_stub.after.versions import better_than
from server_stub.errors import Refusal
from server_stub.kernel.context import Context
from server_stub.kernel.hub import Asker
from server_stub.kernel.requests import Rule
from server_stub.kernel.session import Session
from server_stub.recap.errors import RecapError
from server_stub.recap.speech.ranks import is_better
from server_stub.room import rooms
from server_stub.storage.meetings import MeetingRow, RecordingRow

log = logging.getLogger(__name__)
NOT_READY = "There is no recap yet that could be made again."
NOTHING_BETTER = "Nothing on this server hears better than what wrote this recap."
IN_USE = "This recap is being worked on. Please try again in a few minutes."
ANOTHER = "Another recap is being made again. Please try again when it is done."
TOO_MUCH = "You had several recaps made again. Please wait some minutes."
STAYS = "The recap stays as it was."


async def remake_recap(context: Context, session: Session, ask: RemakeRecap) -> Tell | None:
    """Begins to make a recap again, for a member of its room."""
    account = session.signed_in.id
    row, recording = await recaps.check_reader(context, account, ask.meeting)
    before = await recaps.read(context, recording.id) if recording and recording.recap == "ready" else None
    if recording is None or before is None:
        raise Refusal("not_ready", NOT_READY)
    if await asyncio.to_thread(better_than, before, context.settings) is None:
        raise Refusal("not_allowed", NOTHING_BETTER)
    _check_free(context, recording.id)
    if not await context.limiter.take("recap made again", account):
        raise Refusal("too_much", TOO_MUCH)
    # Once more, and from here on nothing waits: of two who ask at once, one is the second.
    _check_free(context, recording.id)
    context.part(OpenJobs).remade.add(recording.id)
    rooms.tell_room(context, row.room, RemakeTold(meeting=recording.id, is_on=True), Asker(session, ask.request))
    context.chores.start(_remake(context, row, recording, before), "making a recap again")
    return None


def _check_free(context: Context, recording: str) -> None:
    """Raises `Refusal` while this recap is worked on, or another one is made again."""
    remade = context.part(OpenJobs).remade
    if is_in_use(context, recording) or recording in remade:
        raise Refusal("busy", IN_USE)
    if remade:
        raise Refusal("busy", ANOTHER)


async def _remake(context: Context, row: MeetingRow, recording: RecordingRow, before: Recap) -> None:
    told = False

    def tell(words: str) -> None:
        nonlocal told
        if not told:
            told = True
            rooms.tell_room(context, row.room, RemakeTold(meeting=recording.id, is_on=False, words=words))

    async def make(context: Context, row: MeetingRow, recording: RecordingRow) -> None:
        await _make(context, row, recording, before, tell)

    try:
        await recap_jobs.make_again(context, recording.id, make)
    finally:
        context.part(OpenJobs).remade.discard(recording.id)
        tell(STAYS)


async def _make(
    context: Context, row: MeetingRow, recording: RecordingRow, before: Recap, tell: Callable[[str], None]
) -> None:
    folder, begun = recaps.folder_of(context, recording.id), context.now()
    try:
        may_ask = await may_ask_model(context, recording.id)
        recap = await context.part(OpenJobs).maker.remake(folder, may_ask=may_ask)
        if not is_better(recap.engine, before.engine):
            tell(f"{NOTHING_BETTER} {STAYS}")
            return
    except (RecapError, OSError) as error:
        log.info("a recap could not be made again")
        words = str(error) if isinstance(error, RecapError) else f"The disk refuses: {error.strerror}."
        tell(f"{words} {STAYS}")
        return
    recording, recap = await keep(context, row, recording, recap)
    context.part(OpenJobs).remade.discard(recording.id)
    tell("")
    # The highlights may be others: the films are made anew.
    await recap_jobs.film(context, row, recording, recap, since=begun)


RULES = (Rule(RemakeRecap, remake_recap, needs="account"),)
