"""Planned meetings, as other modules look them up: which there are, where a link leads, what comes after one."""

from __future__ import annotations

from dataclasses import replace

from server_stub.call.calls import Calls
from server_stub.call.meeting import CUT_OFF
from server_stub.kernel.context import Context
from server_stub.room import occurrences, schedule_mail
from server_stub.room.timetable import Timetable
from server_stub.room.upcoming import Upcoming
from server_stub.storage import Connection, schedules
from server_stub.storage import meetings as meetings_table
from server_stub.storage.meetings import MeetingRow

CANCELLED = "This meeting was cancelled."


async def meeting_over(context: Context, row: MeetingRow) -> None:
    """A meeting has ended and that is kept: its series goes on, and another one that waited for the room opens."""
    try:
        if row.schedule is not None:
            context.part(Timetable).drop(row.id)
            if row.state != "cancelled":  # else who cancelled it lets the series go on
                # One that the server cut off takes place again, as long as its time lasts.
                await context.part(Timetable).go_on(row.schedule, is_again=row.words == CUT_OFF)
    finally:
        context.part(Timetable).wake()


async def find_by_code(context: Context, code: str) -> MeetingRow | None:
    """The meeting that a link leads to: of a series the one that is to come or runs, or else the last one.

    Its `state` may be "scheduled" also while its doors are open: then it is found in `context.part(Calls)`.
    """

    def work(connection: Connection) -> MeetingRow | None:
        schedule = schedules.find_by_code(connection, code)
        if schedule is None:
            return meetings_table.find_by_code(connection, code)
        # Another provider's meeting has no door here.
        return meetings_table.newest_of(connection, schedule.id) if schedule.plan.provider == "parley" else None

    found = await context.store.do(work)
    if found is not None and found.state == "scheduled" and _has_closed(context, found.id):
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


def _has_closed(context: Context, meeting: str) -> bool:
    """Whether a planned meeting is over, though that may not be on disk yet."""
    return context.part(Upcoming).was_opened(meeting) and context.part(Calls).find(meeting) is None
