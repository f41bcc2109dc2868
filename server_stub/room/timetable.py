"""Upcoming planned meetings, and the one timer that opens them, reminds, and continues series."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any

from app.wire.notices import NoticeKind
from app.wire.rooms import MeetingChanged, Message, MessagePosted
from server_stub.call.calls import Calls
from server_stub.call.changes import Ended
from server_stub.call.drawing import ended
from server_stub.call.meeting import Outcome, resign
from server_stub.call.ongoing import Ongoing
from server_stub.errors import Refusal
from server_stub.kernel import links
from server_stub.kernel.clock import Timer
from server_stub.kernel.context import Context
from server_stub.post import notices
from server_stub.room import cards, occurrences, rooms
from server_stub.room.occurrences import Occurrence
from server_stub.room.turns import starting
from server_stub.room.upcoming import Upcoming, soonest
from server_stub.storage import Connection, schedules
from server_stub.storage import meetings as meetings_table
from server_stub.storage import messages as messages_table
from server_stub.storage import rooms as rooms_table
from server_stub.storage.meetings import MeetingRow
from server_stub.storage.messages import MessageRow
from server_stub.storage.schedules import ScheduleRow

log = logging.getLogger(__name__)
#: The wall clock may be set, and timers stand still while a laptop sleeps: it is looked at least this often.
LOOK_EVERY_S = 60.0
UNUSED = "Nobody came."
BLOCKED = "Another meeting was running in this room at that time."
SERVER_WAS_OFF = "The server was not running at that time."
RUNNING = "This meeting is running. Its host can end it for all instead."
AGAIN = "The server has started again: the meeting goes on here."
NEXT = "The next meeting of this series."
#: What members are told of a meeting's time; again when it has another one.
REMINDERS: tuple[NoticeKind, ...] = ("meeting_soon", "meeting_started")
#: A meeting that was planned, and the message that tells the room.
Planned = tuple[MeetingRow, MessageRow]


class PlannedCall(Ongoing):
    """A planned meeting whose doors are open: it counts as begun when the first person comes in."""

    async def _begin(self) -> None:
        """As of any meeting; those who planned to come are told."""
        await super()._begin()
        first = next((person.name for person in self.meeting.people), "Somebody")
        words = f"{first} is in “{self.row.title}”."
        await self._context.part(Timetable).remind(self.row, "meeting_started", words, without=frozenset(self.inside))

    def look(self) -> None:
        """Ends it when nobody came until its planned end, also where the wall clock was set and no timer knows."""
        self._tick()

    def change(self, row: MeetingRow) -> None:
        """Another title or length, while its doors are open."""
        self.row = replace(row, state=self.row.state, started_at=self.row.started_at)
        now = replace(self.meeting, title=row.title, doors_until=_ends_at(row))
        self.apply(Outcome(now))

    def call_off(self, words: str) -> None:
        """Closes the doors before anybody has come in.

        Raises:
            Refusal: somebody has.
        """
        if self.row.state != "scheduled":
            raise Refusal("not_allowed", RUNNING)
        at = self._context.now()
        self.row = replace(self.row, state="cancelled", ended_at=at, words=words)
        over = replace(self.meeting, ended_at=at, empty_since=None, host_away_since=None)
        self.apply(Outcome(over, (Ended(words),)))


class Timetable:
    """The planned meetings that are not over, by id; `start` fills it, `stop` ends its timer."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._upcoming = context.part(Upcoming)
        self._reminded: set[tuple[str, NoticeKind]] = set()
        #: Series that could not go on, as the disk was full perhaps: tried again at each look.
        self._stalled: set[str] = set()
        self._timer: Timer | None = None
        self._is_stopped = False
        self._looking = asyncio.Lock()

    async def start(self) -> None:
        """Takes up what was planned: what is open now opens, what was missed ends in words, and series go on."""
        now = self._context.now()
        for row in await self._context.store.do(meetings_table.scheduled):
            if now < _ends_at(row):
                self.put(row)
            else:
                await self._end_unused(row, "" if _is_external(row) else SERVER_WAS_OFF)
        kept = {row.schedule for row in self._upcoming.rows.values()}
        for schedule in await self._context.store.do(schedules.find_open):
            if schedule.id not in kept:
                await self.go_on(schedule.id, is_again=True)
        await self.look()

    def stop(self) -> None:
        """Nothing happens by itself any more."""
        self._is_stopped = True
        self._clear_timer()

    def put(self, row: MeetingRow) -> None:
        """A meeting was planned, or its plan was changed."""
        self._upcoming.rows[row.id] = row
        self._reminded -= {(row.id, kind) for kind in REMINDERS}

    def take_up(self, row: MeetingRow) -> PlannedCall:
        """A planned meeting that ran when the server stopped that this one follows: it is open still."""
        self.put(row)
        self._upcoming.opened.add(row.id)
        return PlannedCall(self._context, row)

    def drop(self, meeting: str) -> None:
        """A meeting is over or cancelled."""
        self._upcoming.rows.pop(meeting, None)
        self._upcoming.opened.discard(meeting)
        self._reminded = {(id, kind) for id, kind in self._reminded if id != meeting}

    def wake(self) -> None:
        """Something has changed: looks soon, and resets the timer."""
        self._clear_timer()
        if not self._is_stopped:
            self._context.chores.start(self.look(), "looking at planned meetings")

    async def look(self) -> None:
        """Does what is due, and sets the timer for what comes next."""
        async with self._looking:
            is_done = False
            while not is_done:
                looked_at = self._context.now()
                try:
                    for row in sorted(self._upcoming.rows.values(), key=soonest):
                        await self._try(self._look_at(row))
                    for schedule in tuple(self._stalled):
                        await self._try(self.go_on(schedule))
                finally:
                    is_done = self._plan(looked_at)

    async def go_on(self, schedule: str, words: str = NEXT, *, is_again: bool = False) -> MeetingRow | None:
        """Plans the next meeting of a series, unless one is planned already or runs, and posts it.

        Args:
            schedule: the series.
            words: text of the message.
            is_again: a meeting that should still run now, but was cut off, takes place again.
        """
        context = self._context
        now = context.now()
        over_by = now if is_again else float("inf")
        self._stalled.add(schedule)
        made = await context.store.do(lambda connection: _plan_next(connection, schedule, (now, over_by), words))
        self._stalled.discard(schedule)
        if made is None:
            return None
        row, message = made
        self.put(row)
        tell_posted(context, row, message)
        return row

    async def remind(self, row: MeetingRow, kind: NoticeKind, words: str, *, without: frozenset[str]) -> None:
        """Gives the members of a meeting's room a notice, once; some may be left out."""
        if (row.id, kind) in self._reminded:
            return
        self._reminded.add((row.id, kind))
        members = await self._context.members.of(row.room) - without
        await notices.add(self._context, sorted(members), kind, room=row.room, subject=row.id, words=words)

    async def _try(self, work: Coroutine[Any, Any, object]) -> None:
        try:
            await work
        except Exception as error:  # one that fails must not keep the others' doors shut; it is looked at again
            log.error("what is due of a planned meeting could not be done", exc_info=error)

    async def _look_at(self, row: MeetingRow) -> None:
        if self._upcoming.rows.get(row.id) is not row:  # its plan was changed meanwhile
            return
        context = self._context
        now, starts_at = context.now(), row.starts_at or 0.0
        ongoing = context.part(Calls).find(row.id)
        if now >= starts_at and ongoing is not None:
            inside = frozenset(ongoing.inside)
            await self.remind(row, "meeting_started", f"“{row.title}” begins now.", without=inside)
        if isinstance(ongoing, PlannedCall):
            ongoing.look()
        if ongoing is not None or row.id in self._upcoming.opened:
            return
        if now >= _ends_at(row):
            await self._end_unused(row, _why_unused(context, row))
            if row.schedule is not None:
                await self.go_on(row.schedule)
        elif now >= starts_at - context.settings.limits.open_early_s:
            if not _is_external(row):
                members = await context.members.of(row.room)
                async with context.locks.hold(starting(row.room)):
                    self._open(row.id, members)
            if now < starts_at:
                minutes = max(1, round((starts_at - now) / 60))
                words = f"“{row.title}” begins in {minutes} minute{'s' if minutes > 1 else ''}."
                await self.remind(row, "meeting_soon", words, without=frozenset())

    def _open(self, meeting: str, members: frozenset[str]) -> None:
        """Opens the doors, unless the plan has changed meanwhile or another meeting of the room runs."""
        context = self._context
        row = self._upcoming.rows.get(meeting)
        if row is None or meeting in self._upcoming.opened or context.part(Calls).of_room(row.room) is not None:
            return
        if not members:  # all have left the room: guests would wait for a host who cannot come
            return
        if not self._doors_at(row) <= context.now() < _ends_at(row):
            return
        self._upcoming.opened.add(meeting)
        ongoing = PlannedCall(context, row)
        context.part(Calls).add(ongoing)
        if row.starter not in members:
            ongoing.apply(resign(ongoing.meeting, row.starter))
        ongoing.tell_card()

    async def _end_unused(self, row: MeetingRow, words: str) -> None:
        context, at = self._context, _ends_at(row)
        # What was held elsewhere took place as far as we know.
        was_used = _is_external(row)
        await context.store.do(lambda connection: meetings_table.end(connection, row.id, at, words, was_used=was_used))
        self.drop(row.id)
        shown = cards.card(context, ended(row, at, words, was_used=was_used), None)
        rooms.tell_room(context, row.room, MeetingChanged(meeting=shown))

    def _doors_at(self, row: MeetingRow) -> float:
        return (row.starts_at or 0.0) - self._context.settings.limits.open_early_s

    def _plan(self, looked_at: float) -> bool:
        """Sets the timer for what comes after a moment; False when that came while something else was done."""
        self._clear_timer()
        if not (self._upcoming.rows or self._stalled) or self._is_stopped:
            return True
        now = self._context.now()
        moments = (moment for row in self._upcoming.rows.values() for moment in self._moments(row))
        due = min((moment for moment in moments if moment > looked_at), default=now + LOOK_EVERY_S)
        self._timer = self._context.clock.call_later(min(max(0.0, due - now), LOOK_EVERY_S), self.wake)
        return due > now

    def _clear_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _moments(self, row: MeetingRow) -> tuple[float, float, float]:
        return self._doors_at(row), row.starts_at or 0.0, _ends_at(row)


def tell_posted(context: Context, row: MeetingRow, message: MessageRow) -> None:
    """Tells a room of a meeting that was planned."""
    posted = cards.with_card(context, message, {row.id: (row, None)})
    rooms.tell_room(context, row.room, MessagePosted(message=posted))


def post(connection: Connection, schedule: ScheduleRow, one: Occurrence, message: Message) -> Planned:
    """Keeps one meeting of a plan, and the message that shows it."""
    row = meetings_table.add(
        connection,
        MeetingRow(
            id=links.new_id("v"),
            room=schedule.room,
            title=schedule.plan.title,
            # Never shown: the link is the plan's.
            code=links.new_code(),
            starter=schedule.by,
            key=links.new_id(),
            state="scheduled",
            started_at=one.starts_at,
            schedule=schedule.id,
            starts_at=one.starts_at,
            length_min=schedule.plan.length_min,
            series=schedule,
        ),
    )
    kept, _ = messages_table.post(connection, message, row.id)
    return row, kept


def _plan_next(connection: Connection, schedule: str, times: tuple[float, float], words: str) -> Planned | None:
    now, over_by = times
    found = schedules.find(connection, schedule)
    newest = meetings_table.newest_of(connection, schedule)
    if found is None or found.state != "open" or (newest is not None and newest.state in ("scheduled", "ongoing")):
        return None
    # What has passed unseen is left out; what should run now is not.
    after = max(schedules.last_ended(connection, schedule, over_by), now - found.plan.length_min * 60)
    room = rooms_table.find(connection, found.room)
    one = occurrences.next_after(found.plan, after, without=schedules.cancelled_starts(connection, schedule))
    if one is None or room is None or not room.members:
        schedules.set_state(connection, schedule, "over")
        return None
    message = Message(
        id=links.new_id("m"),
        room=found.room,
        author="",
        author_name="Parley",
        at=now,
        kind="meeting",
        text=AGAIN if newest is not None and newest.starts_at == one.starts_at else words,
    )
    return post(connection, found, one, message)


def _ends_at(row: MeetingRow) -> float:
    return (row.starts_at or 0.0) + row.length_min * 60


def _is_external(row: MeetingRow) -> bool:
    return row.series is not None and row.series.plan.provider == "external"


def _why_unused(context: Context, row: MeetingRow) -> str:
    if _is_external(row):
        return ""
    return UNUSED if context.part(Calls).of_room(row.room) is None else BLOCKED
