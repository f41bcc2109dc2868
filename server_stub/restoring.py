"""At the server's start: meetings that ran when it stopped go on, or end where they cannot."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from server_stub.after import recap_jobs, retention
from server_stub.call import kept, marks
from server_stub.call.calls import Calls
from server_stub.call.kept import AWAY_S, Before, KeptMeeting
from server_stub.call.meeting import CUT_OFF, newly_begun
from server_stub.call.ongoing import CHAT_SHOWN, Ongoing
from server_stub.kernel.config import ServerSettings
from server_stub.kernel.context import Context
from server_stub.relay.engine import has_begun
from server_stub.room.timetable import Timetable
from server_stub.storage import Connection, facts, running
from server_stub.storage import meetings as meetings_table
from server_stub.storage import rooms as rooms_table
from server_stub.storage.meetings import MeetingRow
from server_stub.storage.running import RunningRow

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Found:
    """What is known at the start beside the database: the time, and which meetings are marked as over, since when."""

    settings: ServerSettings
    now: float
    over: Mapping[str, float]


@dataclass(slots=True)
class _Settled:
    """What became of the meetings that ran: those that go on, and recordings whose rows are gone, as none had begun."""

    going_on: list[tuple[MeetingRow, Before]] = field(default_factory=list)
    unbegun: list[str] = field(default_factory=list)


async def take_up(context: Context) -> None:
    """Takes up each meeting that ran when the server stopped, where that was no more than ten minutes ago.

    Everyone has their seat for as long as a lost connection keeps it, counted from now. Other meetings have ended when
    the server stopped, and their recaps are made from what was recorded.

    Raises:
        Exception: the database cannot be read or written.
    """
    settings = context.settings
    found = _Found(settings, context.now(), await asyncio.to_thread(marks.every, settings.data))
    settled = await context.store.do(lambda connection: _settle(connection, found))
    for meeting in found.over:
        await asyncio.to_thread(marks.take, settings.data, meeting)
    for recording in settled.unbegun:
        await retention.drop_folder(context, recording)
    for row, before in settled.going_on:
        ongoing = context.part(Timetable).take_up(row) if row.schedule is not None else Ongoing(context, row)
        ongoing.take_up(before)
        context.part(Calls).add(ongoing)
    if settled.going_on:
        log.info("%d meetings go on that ran when the server stopped", len(settled.going_on))


def _settle(connection: Connection, found: _Found) -> _Settled:
    """Keeps what has become of the meetings that ran."""
    alive_at, states = float(facts.read(connection, "alive_at") or 0.0), running.find_all(connection)
    settled = _Settled()
    for ran in states.values():  # of a planned one, that it began may not have been kept
        meetings_table.begin_planned(connection, ran.meeting, ran.at)
    for meeting, over_at in found.over.items():
        row = meetings_table.find(connection, meeting)
        if row is not None and row.state in ("scheduled", "ongoing"):
            meetings_table.end(connection, meeting, over_at, CUT_OFF)
    for row in meetings_table.ongoing(connection):
        state = states.get(row.id)
        at = max(alive_at, row.started_at, state.at if state is not None else 0.0)
        read = _read(state) if state is not None and found.now - at <= AWAY_S else None
        if read is not None:
            settled.unbegun += _drop_unbegun(connection, found.settings, row, read)
        before = _before(connection, found.settings, row, read, (found.now, at)) if read is not None else None
        if before is None:
            meetings_table.end(connection, row.id, at, CUT_OFF)
        else:
            settled.going_on.append((row, before))
    there = {row.id for row, _ in settled.going_on}
    for recording in meetings_table.unfinished_recordings(connection):
        if recording.recap != "failed" and recording.meeting not in there:
            meetings_table.set_recap(connection, recording.id, "generating", recap_jobs.AFTER_RESTART)
    return settled


def _drop_unbegun(connection: Connection, settings: ServerSettings, row: MeetingRow, state: KeptMeeting) -> list[str]:
    """Forgets recordings that were just beginning and did not begin; returns their ids.

    What is kept of the meeting may be older than its newest recording: one that ran has left its index on the disk.
    """
    ids = [one.id for one in meetings_table.recordings_of(connection, row.id)]
    begun = [one for one in ids if one in state.recordings or has_begun(settings.meetings_folder / one)]
    meetings_table.drop_unbegun(connection, row.id, begun)
    return [one for one in ids if one not in begun]


def _read(state: RunningRow) -> KeptMeeting | None:
    try:
        return kept.read(state.state)
    except kept.Unreadable:
        log.error("what was kept of a meeting that ran cannot be read: it has ended")
        return None


def _before(
    connection: Connection, settings: ServerSettings, row: MeetingRow, state: KeptMeeting, times: tuple[float, float]
) -> Before | None:
    """A meeting as it goes on; None where nobody is left in it. `times`: now, and when the server had stopped."""
    found = meetings_table.recordings_of(connection, row.id)
    is_recording = state.is_recording and bool(found)
    state = state if is_recording else kept.without_recording(state, settings)
    consents = meetings_table.consents_of(connection, found[-1].id) if is_recording else ()
    room = rooms_table.find(connection, row.room)
    meeting = kept.take_up(
        newly_begun(row, settings.limits),
        state,
        members=room.accounts if room is not None else frozenset(),
        consents=kept.holding(
            consents, notice_version=settings.notice_version, model_words=settings.model_words
        ),
        times=times,
    )  # fmt: skip
    if meeting is None:
        return None
    for part in found:
        if part.recap == "recording":
            meetings_table.end_recording(connection, part.id, times[1])
            meetings_table.set_recap(connection, part.id, "generating", recap_jobs.CUT_OFF)
    rows = meetings_table.recordings_of(connection, row.id)
    return Before(
        meeting=replace(meeting, recordings=len(rows)),
        lines=meetings_table.newest_lines(connection, row.id, CHAT_SHOWN),
        said_before={one.id: one.said_before for one in state.seats},
        tokens={mark: guest for mark, guest in state.tokens.items() if guest in meeting.seats},
        recordings=rows,
        is_recording=is_recording,
    )
