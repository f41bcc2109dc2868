"""Planned meetings as calendar files, which any calendar program reads (RFC 5545, sent as RFC 5546 says)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard, vCalAddress

from app.wire import text
from app.wire.addresses import is_address, read
from app.wire.rooms import Repeats
from app.wire.schedule import Plan
from server_stub.room import occurrences
from server_stub.room.occurrences import Occurrence
from server_stub.storage.schedules import ScheduleRow

Method = Literal["PUBLISH", "REQUEST", "CANCEL"]
#: Between two changes of the clocks of a zone there are weeks (the shortest now: Ramadan in Morocco).
_STEP = timedelta(days=7)
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR")
_RULES: dict[Repeats, dict[str, object]] = {
    "daily": {"FREQ": "DAILY"},
    "weekdays": {"FREQ": "WEEKLY", "BYDAY": list(WEEKDAYS)},
    "weekly": {"FREQ": "WEEKLY"},
    "fortnightly": {"FREQ": "WEEKLY", "INTERVAL": 2},
    "monthly": {"FREQ": "MONTHLY"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a calendar is told of a plan.

    Attributes:
        schedule: the plan.
        link: address that opens the meeting.
        now: when the file is written; seconds since 1970.
        cancelled: planned starts of meetings that were cancelled alone.
        organizer: mail address of who planned it; empty: it is not told.
        organizer_name: the name to show.
    """

    schedule: ScheduleRow
    link: str
    now: float
    cancelled: frozenset[float] = frozenset()
    organizer: str = ""
    organizer_name: str = ""


def write(entry: Entry, method: Method = "PUBLISH", *, attendee: str = "") -> str:
    """The whole plan as a file, or its cancellation; `attendee` is the mail address that it goes to, if to one."""
    event = _event(entry, method, attendee)
    plan = entry.schedule.plan
    event.add("dtstart", _at(plan, datetime.fromisoformat(plan.starts)))
    if plan.repeats != "never":
        event.add("rrule", _rule(plan))
        if gone := _cancelled(entry):
            event.add("exdate", gone)
    return _file(event, plan, method)


def write_cancelled(entry: Entry, only: Occurrence, *, attendee: str = "") -> str:
    """The cancellation of one meeting of a series."""
    event = _event(entry, "CANCEL", attendee)
    plan = entry.schedule.plan
    event.add("dtstart", _at(plan, only.local))
    event.add("recurrence-id", _at(plan, only.local))
    return _file(event, plan, "CANCEL")


def file_name(plan: Plan) -> str:
    """A name for the file that every system takes."""
    return text.file_name("-".join(plan.title.split()), ".ics", otherwise="meeting")


def _event(entry: Entry, method: Method, attendee: str) -> Event:
    schedule = entry.schedule
    event = Event()
    event.add("uid", f"{schedule.id}@parley")
    event.add("dtstamp", datetime.fromtimestamp(entry.now, UTC).replace(microsecond=0))
    event.add("sequence", schedule.sequence)
    event.add("summary", schedule.plan.title)
    event.add("duration", timedelta(minutes=schedule.plan.length_min))
    event.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    if method != "CANCEL":
        event.add("url", entry.link)
        event.add("location", entry.link)
        event.add("description", f"Join the video meeting: {entry.link}")
    if entry.organizer:
        organizer = vCalAddress(f"mailto:{entry.organizer}")
        if entry.organizer_name:
            organizer.params["CN"] = entry.organizer_name
        event.add("organizer", organizer)
    if attendee:
        # As it stands in the mail's own To: calendars look for their owner in it.
        person = vCalAddress(f"mailto:{read(attendee).mailed if is_address(attendee) else attendee}")
        person.params["RSVP"] = "FALSE"
        event.add("attendee", person)
    return event


def _file(event: Event, plan: Plan, method: Method) -> str:
    calendar = Calendar()
    calendar.add("prodid", "-//Parley//Parley//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    # Times in UTC need no zone.
    if "TZID" in event["dtstart"].params:
        calendar.add_component(_zone(plan))
    calendar.add_component(event)
    text: bytes = calendar.to_ical()
    return text.decode()


def _at(plan: Plan, local: datetime) -> datetime:
    return local.replace(tzinfo=ZoneInfo(plan.time_zone))


def _rule(plan: Plan) -> dict[str, object]:
    zone = ZoneInfo(plan.time_zone)
    rule = dict(_RULES[plan.repeats])
    day = datetime.fromisoformat(plan.starts).day
    if plan.repeats == "monthly" and day > 28:
        # The 29th to 31st mean the last day of a month that has not so many.
        rule |= {"BYMONTHDAY": list(range(28, day + 1)), "BYSETPOS": -1}
    last = datetime.combine(occurrences.last_day(plan), time(23, 59, 59), zone)
    return {**rule, "UNTIL": last.astimezone(UTC)}


def _cancelled(entry: Entry) -> list[datetime]:
    plan = entry.schedule.plan
    found = (one for one in occurrences.occurrences(plan) if one.starts_at in entry.cancelled)
    return [_at(plan, one.local) for one in found]


def _zone(plan: Plan) -> Timezone:
    """The rules of the plan's zone, from the day before its first meeting to the day after its last.

    Each change of the clocks is told with its day: for the two years that can be planned that is short, and needs no
    guess at a rule. Its local time is that of the clock before the change (RFC 5545, section 3.6.5).
    """
    zone = ZoneInfo(plan.time_zone)
    first = datetime.combine(date.fromisoformat(plan.starts[:10]), time(), UTC) - timedelta(days=2)
    last = datetime.combine(occurrences.last_day(plan), time(), UTC) + timedelta(days=2)
    written = Timezone()
    written.add("tzid", plan.time_zone)
    written.add_component(_observance(first, zone, first))
    for change in _changes(zone, first, last):
        written.add_component(_observance(change, zone, change - timedelta(seconds=1)))
    return written


def _observance(since: datetime, zone: ZoneInfo, before: datetime) -> TimezoneStandard | TimezoneDaylight:
    local = since.astimezone(zone)
    old = before.astimezone(zone).utcoffset() or timedelta()
    kind = TimezoneDaylight() if local.dst() else TimezoneStandard()
    kind.add("dtstart", (since + old).replace(tzinfo=None))
    kind.add("tzoffsetfrom", old)
    kind.add("tzoffsetto", local.utcoffset() or timedelta())
    kind.add("tzname", local.tzname() or "")
    return kind


@lru_cache(maxsize=64)
def _changes(zone: ZoneInfo, first: datetime, last: datetime) -> tuple[datetime, ...]:
    """The moments (UTC) at which the clocks of a zone change, after the first and until the last."""
    return tuple(_find_changes(zone, first, last))


def _find_changes(zone: ZoneInfo, first: datetime, last: datetime) -> Iterator[datetime]:
    day = first
    while day < last:
        low, high = day, min(day + _STEP, last)
        if _offset(zone, low) != _offset(zone, high):
            while high - low > timedelta(seconds=1):
                middle = (low + (high - low) / 2).replace(microsecond=0)
                low, high = (middle, high) if _offset(zone, middle) == _offset(zone, low) else (low, middle)
            yield high
        day += _STEP


def _offset(zone: ZoneInfo, at: datetime) -> tuple[timedelta | None, str | None]:
    local = at.astimezone(zone)
    return local.utcoffset(), local.tzname()
