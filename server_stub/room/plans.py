"""Planned meetings, as other modules look them up: which there are, where a link leads, what comes after one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from app.wire.rooms import MeetingCard
from server_stub.room import cards, occurrences, schedule_mail
from server_stub.storage import Connection, schedules
from server_stub.storage import meetings as meetings_table
from server_stub.storage.meetings import MeetingRow

if TYPE_CHECKING:
    from server_stub.backend import Backend

CANCELLED = "This meeting was cancelled."


async def meeting_over(backend: Backend, row: MeetingRow) -> None:
    """A meeting has ended and that is kept: its series goes on, and another one that waited for the room opens."""
    try:
        if row.schedule is not None:
            backend.timetable.drop(row.id)
            if row.state != "cancelled":  # else who cancelled it lets the series go on
                await backend.timetable.go_on(row.schedule)
    finally:
        backend.timetable.wake()


async def find_by_code(backend: Backend, code: str) -> MeetingRow | None:
    """The meeting that a link leads to: of a series the one that is to come or runs, or else the last one.

    Its `state` may be "scheduled" also while its doors are open: then it is found in `backend.calls`.
    """

    def work(connection: Connection) -> MeetingRow | None:
        schedule = schedules.find_by_code(connection, code)
        if schedule is None:
            return meetings_table.find_by_code(connection, code)
        # Another provider's meeting has no door here.
        return meetings_table.newest_of(connection, schedule.id) if schedule.plan.provider == "parley" else None

    found = await backend.store.do(work)
    if found is not None and found.state == "scheduled" and backend.timetable.has_closed(found.id):
        return replace(found, state="ended")
    return found


def not_open_words(row: MeetingRow) -> str:
    """Why a planned meeting cannot be joined now, and when it can."""
    plan = row.series.plan if row.series is not None else None
    if row.state == "cancelled":
        return CANCELLED
    if plan is None or row.starts_at is None:
        return "This meeting has not started yet."
    if plan.provider == "external":
        return "This meeting is with another provider. Please open its own link."
    when = schedule_mail.time_words(plan, occurrences.at(plan, row.starts_at))
    return f"This meeting has not started yet. It is planned for {when}."


def scheduled_in(backend: Backend, room: str) -> tuple[MeetingCard, ...]:
    """The planned meetings of a room whose doors are not open yet, soonest first; all in memory."""
    return tuple(card(backend, row) for row in backend.timetable.of_room(room))


def card(backend: Backend, row: MeetingRow) -> MeetingCard:
    """Its card as it is now."""
    ongoing = backend.calls.find(row.id)
    return ongoing.card() if ongoing is not None else cards.card(backend, row, None)
