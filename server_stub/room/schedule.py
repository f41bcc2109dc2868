"""Scheduled meetings: planned, changed, cancelled, exported as a calendar file.

What time brings is in `timetable`, what others ask of planned meetings in `plans`. A series is one plan with one
link. Only its next meeting exists; when that is over, cancelled or has passed unused, the one after it is made.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace

from msgspec.structs import replace as with_

from app.wire.accounts import Account
from app.wire.addresses import same_key
from app.wire.fields import Tell
from app.wire.rooms import MeetingChanged, Message
from app.wire.schedule import (
    AskCalendarFile,
    CalendarFile,
    CancelMeeting,
    ChangePlan,
    MeetingScheduled,
    Plan,
    PlanShown,
    ScheduleMeeting,
    ShowPlan,
)
from server_stub.call.calls import Calls
from server_stub.call.drawing import state
from server_stub.errors import Refusal
from server_stub.kernel import links
from server_stub.kernel.context import Context
from server_stub.kernel.hub import Asker
from server_stub.kernel.requests import Rule
from server_stub.kernel.session import Session
from server_stub.post import mail
from server_stub.room import cards, gate, occurrences, plans, rooms, schedule_mail
from server_stub.room.occurrences import Occurrence
from server_stub.room.schedule_mail import Letter
from server_stub.room.timetable import REMINDERS, RUNNING, Planned, PlannedCall, Timetable, post, tell_posted
from server_stub.room.turns import PLANNING, starting
from server_stub.storage import Connection, schedules
from server_stub.storage import accounts as accounts_table
from server_stub.storage import meetings as meetings_table
from server_stub.storage import notices as notices_table
from server_stub.storage import rooms as rooms_table
from server_stub.storage.meetings import MeetingRow
from server_stub.storage.rooms import RoomRow
from server_stub.storage.schedules import ScheduleRow

#: Plans of one room that may go on at once.
MOST_PLANS = 100
MOVED = "This meeting was rescheduled."


@dataclass(frozen=True, slots=True)
class Found:
    """A planned meeting and its plan."""

    row: MeetingRow
    schedule: ScheduleRow

    @property
    def one(self) -> Occurrence:
        """When it is; by the plan's own clock where the plan still means this moment."""
        return occurrences.at(self.schedule.plan, self.row.starts_at or 0.0)


async def schedule_meeting(context: Context, session: Session, ask: ScheduleMeeting) -> Tell:
    """Plans a meeting and posts its card; a retry is answered with what stands already."""
    account = session.signed_in
    await rooms.check_member(context, account, ask.room)
    async with context.locks.hold(PLANNING):
        known = await context.store.do(lambda c: _find_same(c, ask.room, account.id, ask.key))
        if known is not None:
            return MeetingScheduled(meeting=cards.planned(context, known))
        await _check_gate(context, account, ask.room, ask.plan)
        plan = occurrences.tidy(ask.plan)
        occurrences.check(plan, context.now())
        await _check_mails(context, session, plan.invitees)
        made = _new(context, account, ask, plan)
        row, message = await rooms.do_as_member(context, account, ask.room, lambda c: _keep(c, made, account))
        context.part(Timetable).put(row)
    tell_posted(context, row, message)
    context.part(Timetable).wake()
    letter = Letter(news="planned", meeting=row.id, schedule=made, one=Found(row, made).one)
    await schedule_mail.send_all(context, letter)
    return MeetingScheduled(meeting=cards.planned(context, row))


async def show_plan(context: Context, session: Session, ask: ShowPlan) -> Tell:
    """Shows a plan as it goes on: from the next meeting of a series on."""
    found = await _find(context, session.signed_in, ask.meeting)
    return PlanShown(meeting=cards.planned(context, found.row), plan=_shown_plan(found))


async def change_plan(context: Context, session: Session, ask: ChangePlan) -> Tell | None:
    """Changes the plan of a meeting, or of the rest of a series. The link stays."""
    account = session.signed_in
    async with context.locks.hold(PLANNING):
        found = await _find(context, account, ask.meeting)
        _check_is_open(found)
        if found.schedule.by != account.id:
            raise Refusal("not_allowed", "Only the person who planned the meeting can change it.")
        is_running = _check_not_running(context, found, whole_series=True)
        plan = occurrences.tidy(ask.plan)
        plan = _anchored(found, plan)
        if _times(plan) != _times(found.schedule.plan):
            await _check_gate(context, account, found.row.room, plan)
        await _check_change(context, session, found, plan)
        # The doors do not open meanwhile.
        async with context.locks.hold(starting(found.row.room)):
            changed = await (_change_rest if is_running else _change)(context, found, plan)
    shown = MeetingChanged(meeting=cards.planned(context, changed.row))
    rooms.tell_room(context, changed.row.room, shown, Asker(session, ask.request))
    context.part(Timetable).wake()
    letter = Letter(news="changed", meeting=changed.row.id, schedule=changed.schedule, one=_next(context, changed))
    await schedule_mail.send_all(context, letter)
    stay = {same_key(address) for address in plan.invitees}
    gone = [address for address in found.schedule.plan.invitees if same_key(address) not in stay]
    await schedule_mail.send_cancelled(context, replace(letter, news="cancelled"), gone)
    return None


async def cancel_meeting(context: Context, session: Session, ask: CancelMeeting) -> Tell | None:
    """Cancels one meeting of a series, or all that is to come."""
    account = session.signed_in
    async with context.locks.hold(PLANNING):
        found = await _find(context, account, ask.meeting)
        _check_is_open(found)
        await _check_may_cancel(context, account, found)
        is_series = found.schedule.plan.repeats != "never"
        is_running = _check_not_running(context, found, whole_series=ask.whole_series and is_series)
        is_whole = ask.whole_series or not is_series
        row = found.row
        if is_running:
            await context.store.do(lambda c: _cancelled(c, found.schedule.id, is_whole))
        else:
            row = await _call_off(context, row, plans.CANCELLED, lambda c: _cancelled(c, found.schedule.id, is_whole))
        if not is_whole:
            await context.part(Timetable).go_on(found.schedule.id)
    rooms.tell_room(context, row.room, MeetingChanged(meeting=cards.planned(context, row)), Asker(session, ask.request))
    context.part(Timetable).wake()
    schedule = replace(found.schedule, sequence=found.schedule.sequence + 1)
    letter = Letter(news="cancelled", meeting=row.id, schedule=schedule, one=found.one, is_whole=is_whole)
    words = f"“{row.title}” was cancelled."
    await context.part(Timetable).remind(row, "meeting_cancelled", words, without=frozenset((account.id,)))
    await schedule_mail.send_all(context, letter)
    return None


async def ask_calendar_file(context: Context, session: Session, ask: AskCalendarFile) -> Tell:
    """Gives a plan as a calendar file."""
    found = await _find(context, session.signed_in, ask.meeting)
    _check_is_open(found)
    cancelled = await context.store.do(lambda c: schedules.cancelled_starts(c, found.schedule.id))
    entry = await schedule_mail.entry_of(context, found.schedule, cancelled)
    from server_stub.room import calendar  # loaded by now, off the loop

    plan = found.schedule.plan
    text = await asyncio.to_thread(calendar.write, entry)
    return CalendarFile(meeting=ask.meeting, name=calendar.file_name(plan), text=text)


async def _find(context: Context, account: Account, meeting_id: str) -> Found:
    row = await context.store.do(lambda connection: meetings_table.find(connection, meeting_id))
    if row is None or account.id not in await context.members.of(row.room):
        raise Refusal("not_found", "There is no such meeting.")
    if row.series is None:
        raise Refusal("not_found", "This meeting was not planned.")
    return Found(row, row.series)


async def _check_gate(context: Context, account: Account, room: str, plan: Plan) -> None:
    if plan.provider == "parley":
        await gate.check_may_start(context, account, room)
    else:
        await gate.check_external(context)


def _times(plan: Plan) -> tuple[object, ...]:
    """What decides when a plan's meetings are: others are new ones for the gate."""
    return plan.starts, plan.time_zone, plan.repeats, plan.until


async def _check_mails(context: Context, session: Session, addresses: tuple[str, ...]) -> None:
    for address in addresses:
        await mail.check_takes(context, address)
    for _ in addresses:
        of_account = await context.limiter.take("plan mail", session.signed_in.id)
        if not (of_account and await context.limiter.take("mail from network", session.network)):
            raise Refusal("too_much", "Too many invitations by mail. Please wait a few minutes.")


def _check_is_open(found: Found) -> None:
    if found.row.state == "cancelled":
        raise Refusal("meeting_ended", plans.CANCELLED)
    if found.row.state == "ended":
        raise Refusal("meeting_ended", "This meeting has ended.")


def _check_not_running(context: Context, found: Found, *, whole_series: bool) -> bool:
    """Whether somebody has come in already; the rest of a series can be changed all the same."""
    ongoing = context.part(Calls).find(found.row.id)
    if ongoing is None or ongoing.row.state == "scheduled":
        if found.row.state == "ongoing":  # over, even if that is not on disk yet
            raise Refusal("meeting_ended", "This meeting has ended.")
        return False
    if found.schedule.plan.repeats == "never" or not whole_series:
        raise Refusal("not_allowed", RUNNING)
    return True


async def _check_change(context: Context, session: Session, found: Found, plan: Plan) -> None:
    old = found.schedule.plan
    if plan.provider != old.provider:
        raise Refusal("not_allowed", "A planned meeting keeps its provider. Please cancel it and plan another one.")
    is_kept = (plan.starts, plan.time_zone) == (old.starts, old.time_zone)
    # That a time which stays was to come was checked when it was planned; it may have come by now.
    occurrences.check(plan, next(occurrences.occurrences(old)).starts_at - 1.0 if is_kept else context.now())
    # Each change is mailed to all of them.
    await _check_mails(context, session, plan.invitees)


async def _check_may_cancel(context: Context, account: Account, found: Found) -> None:
    by = found.schedule.by

    def look(connection: Connection) -> tuple[RoomRow | None, bool]:
        return rooms_table.find(connection, found.row.room), accounts_table.is_closed(connection, by)

    room, is_closed = await context.store.do(look)
    is_gone = room is None or is_closed or by not in room.accounts
    allowed = room.owner if room is not None and is_gone else by
    if account.id != allowed:
        raise Refusal("not_allowed", "Only the person who planned the meeting can cancel it.")


def _shown_plan(found: Found) -> Plan:
    """The plan as from its next meeting on."""
    return with_(found.schedule.plan, starts=f"{found.one.local:%Y-%m-%dT%H:%M}")


def _anchored(found: Found, plan: Plan) -> Plan:
    """A series whose time stays keeps its first day: that decides which days are meant, and calendars know it."""
    shown, old = _shown_plan(found), found.schedule.plan
    is_same = (plan.starts, plan.time_zone, plan.repeats) == (shown.starts, old.time_zone, old.repeats)
    return with_(plan, starts=old.starts) if is_same else plan


async def _change_rest(context: Context, found: Found, plan: Plan) -> Found:
    """Keeps another plan of a series whose present meeting runs: that one stays as it is."""
    changed = await context.store.do(lambda connection: schedules.change(connection, found.schedule, plan))
    ongoing = context.part(Calls).find(found.row.id)
    if ongoing is not None:
        # Its link may have been renewed meanwhile.
        ongoing.row = replace(ongoing.row, series=replace(changed, code=ongoing.row.link_code))
    return Found(ongoing.row if ongoing is not None else found.row, changed)


async def _change(context: Context, found: Found, plan: Plan) -> Found:
    """Keeps another plan, and moves the meeting that is to come. One whose doors are open gives way to another."""
    now, shown, schedule = context.now(), found.row.starts_at or 0.0, found.schedule
    without = await context.store.do(lambda connection: schedules.cancelled_starts(connection, schedule.id))
    # One whose doors are open, or that waits for its room, may have begun by the clock.
    one = occurrences.next_after(plan, min(now, shown - 1.0), without=without)
    if one is None:
        raise Refusal("bad_time", "This plan leaves no meeting to come.")
    ongoing = context.part(Calls).find(found.row.id)
    if isinstance(ongoing, PlannedCall) and one.starts_at != shown:
        await _call_off(context, found.row, MOVED)
        try:
            changed = await context.store.do(lambda connection: schedules.change(connection, schedule, plan))
        finally:  # also where the change is not kept: the series goes on as it was
            made = await context.part(Timetable).go_on(schedule.id, MOVED)
        return Found(made or found.row, changed)

    def work(connection: Connection) -> MeetingRow:
        changed = schedules.change(connection, schedule, plan)
        row = replace(found.row, series=changed, title=plan.title, length_min=plan.length_min)
        row = replace(row, starts_at=one.starts_at, started_at=one.starts_at)
        meetings_table.move(connection, row)
        if one.starts_at != shown:
            notices_table.drop_about(connection, row.id, REMINDERS)
        return row

    row = await context.store.do(work)
    context.part(Timetable).put(row)
    if isinstance(ongoing, PlannedCall):
        ongoing.change(row)
    return Found(row, row.series or schedule)


def _next(context: Context, found: Found) -> Occurrence:
    """The meeting that a changed plan goes on with."""
    if state(found.row, context.part(Calls).find(found.row.id)) != "ongoing":
        return found.one
    return occurrences.next_after(found.schedule.plan, context.now()) or found.one


async def _call_off(
    context: Context, row: MeetingRow, words: str, also: Callable[[Connection], object] = lambda _: None
) -> MeetingRow:
    """Cancels a meeting, and keeps `also` what belongs to that; who waits at its open doors is sent away.

    Raises:
        Exception: it could not be kept, and is not cancelled. What was open is cancelled all the same, and kept later.
    """
    at = context.now()

    def work(connection: Connection) -> None:
        meetings_table.cancel(connection, row.id, at, words)
        also(connection)

    ongoing = context.part(Calls).find(row.id)
    if isinstance(ongoing, PlannedCall):
        ongoing.call_off(words)
        context.part(Timetable).drop(row.id)
        await context.unkept.keep(f"the cancelling of {row.id}", work)
    else:
        context.part(Timetable).drop(row.id)  # before time passes, in which its doors might open
        try:
            await context.store.do(work)
        except BaseException:
            context.part(Timetable).put(row)
            raise
    return replace(row, state="cancelled", ended_at=at, words=words)


def _cancelled(connection: Connection, schedule: str, is_whole: bool) -> None:
    if is_whole:
        schedules.set_state(connection, schedule, "cancelled")
    else:
        schedules.count_change(connection, schedule)


def _find_same(connection: Connection, room: str, by: str, key: str) -> MeetingRow | None:
    """The meeting that an earlier try with this key has planned."""
    schedule = schedules.find_by_key(connection, room, by, key)
    return None if schedule is None else meetings_table.newest_of(connection, schedule.id)


def _new(context: Context, account: Account, ask: ScheduleMeeting, plan: Plan) -> ScheduleRow:
    return ScheduleRow(
        id=links.new_id("p"),
        room=ask.room,
        by=account.id,
        key=ask.key,
        plan=plan,
        code=links.new_code(),
        created_at=context.now(),
    )


def _keep(connection: Connection, schedule: ScheduleRow, account: Account) -> Planned:
    """The database's part of planning: the plan, its first meeting and the message that shows it."""
    if schedules.count_open(connection, schedule.room) >= MOST_PLANS:
        raise Refusal("too_much", f"A room has at most {MOST_PLANS} planned meetings.")
    schedules.add(connection, schedule)
    message = Message(
        id=links.new_id("m"),
        room=schedule.room,
        author=account.id,
        author_name=account.name,
        at=schedule.created_at,
        kind="meeting",
        text=f"{account.name} planned a video meeting.",
    )
    return post(connection, schedule, next(occurrences.occurrences(schedule.plan)), message)


RULES = (
    Rule(ScheduleMeeting, schedule_meeting, needs="account", is_heavy=True),
    Rule(ShowPlan, show_plan, needs="account"),
    Rule(ChangePlan, change_plan, needs="account", is_heavy=True),
    Rule(CancelMeeting, cancel_meeting, needs="account", is_heavy=True),
    Rule(AskCalendarFile, ask_calendar_file, needs="account", is_heavy=True),
)
