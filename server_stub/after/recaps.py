"""Reading recaps: who may, and what they get. `recap_jobs` makes them, `recap_news` tells of them."""

from __future__ import annotations

import asyncio
from pathlib import Path

from msgspec.structs import replace

from app.wire.fields import Tell
from app.wire.recap import ListRecaps, OpenRecap, Recap, RecapOpened, RecapsListed
from server_stub.after import versions
from server_stub.after.jobs import OpenJobs
from server_stub.after.recap_form import to_wire
from server_stub.call.calls import Calls
from server_stub.errors import Refusal
from server_stub.kernel.context import Context
from server_stub.kernel.keeping import is_expired
from server_stub.kernel.requests import Rule
from server_stub.kernel.session import Session
from server_stub.room import cards, rooms
from server_stub.storage import Connection
from server_stub.storage import meetings as meetings_table
from server_stub.storage import recaps as recaps_table
from server_stub.storage.meetings import MeetingRow, RecordingRow


def folder_of(context: Context, recording: str) -> Path:
    """Where the files of a recording and of its recap lie."""
    return context.settings.meetings_folder / recording


async def check_reader(context: Context, account: str, recording: str) -> cards.Subject:
    """The recording whose recap an account may read now.

    Raises:
        Refusal: there is none (any more), or the account does not belong to its room.
    """
    found = await context.store.do(lambda connection: cards.find_subject(connection, recording))
    if found is None or account not in await context.members.of(found[0].room):
        raise Refusal("not_found", "There is no such meeting, or you do not belong to its room.")
    if is_expired(found[0].ended_at, context.now()):
        raise Refusal("not_found", "Six months have passed since this meeting: its recording and recap are gone.")
    return found


async def read(context: Context, recording: str) -> Recap | None:
    """The recap of a recording, once it is ready."""
    rows = await context.store.do(lambda connection: recaps_table.read(connection, recording))
    return to_wire(rows) if rows is not None else None


async def open_recap(context: Context, session: Session, ask: OpenRecap) -> Tell:
    """Shows a recap to a member of its room."""
    row, recording = await check_reader(context, session.signed_in.id, ask.meeting)
    recap = await read(context, recording.id) if recording and recording.recap == "ready" else None
    ongoing = context.part(Calls).find(row.id)
    shown = ongoing.card() if ongoing else cards.card(context, row, recording)
    opened = RecapOpened(meeting=shown, recap=recap)
    return opened if recap is None else await _with_versions(context, opened, recap, ask.version)


async def _with_versions(context: Context, opened: RecapOpened, present: Recap, version: int) -> RecapOpened:
    """An opened recap with what it was before, and whether it could be made better."""
    earlier, before = await context.store.do(lambda connection: versions.find(connection, present, version))
    better = await asyncio.to_thread(versions.better_than, present, context.settings)
    return replace(
        opened,
        recap=before or present,
        version=version if before else 0,
        earlier=earlier,
        better=better,
        is_remade=present.meeting in context.part(OpenJobs).remade,
    )


async def list_recaps(context: Context, session: Session, ask: ListRecaps) -> Tell:
    """Lists all recorded meetings of a room."""
    await rooms.check_member(context, session.signed_in, ask.room)

    def work(connection: Connection) -> list[tuple[MeetingRow, RecordingRow]]:
        found = meetings_table.recordings_of_room(connection, ask.room)
        rows = ((meetings_table.find(connection, recording.meeting), recording) for recording in found)
        return [(row, recording) for row, recording in rows if row is not None]

    found, now = await context.store.do(work), context.now()
    kept = (subject for subject in found if not is_expired(subject[0].ended_at, now))
    return RecapsListed(room=ask.room, meetings=tuple(cards.card(context, *subject) for subject in kept))


RULES = (
    Rule(OpenRecap, open_recap, needs="account"),
    Rule(ListRecaps, list_recaps, needs="account"),
)
