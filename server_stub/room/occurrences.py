"""When a planned meeting takes place, pure: its time zone's wall clock counts, through every clock change.

A local time that occurs twice (in autumn) means the first. One that does not exist (in spring) cannot be planned; where
a series meets one, that meeting begins later by as much as the clocks went forward, as calendars do it. A monthly
meeting on a day that a month has not is on the last day of that month.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from app.wire import addresses
from app.wire.schedule import Plan
from app.wire.text import one_line
from app.wire.zones import find_zone, no_zone_words
from server_stub.errors import Refusal
from server_stub.kernel import names

#: How far ahead one can plan.
LONGEST = timedelta(days=731)
_STEPS = {"daily": 1, "weekly": 7, "fortnightly": 14}


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One meeting of a plan: seconds since 1970 UTC, and the wall clock as it was planned."""

    starts_at: float
    local: datetime


def tidy(plan: Plan) -> Plan:
    """The plan as it is kept: a clean title, each invitee once, nothing that has no meaning.

    Raises:
        Refusal: there is no title, or another provider's address is missing.
    """
    if plan.provider == "external" and plan.url is None:
        raise Refusal("malformed", "Please give the address of the other provider's meeting.")
    if plan.url is not None and one_line(plan.url) != plan.url:
        raise Refusal(
            "malformed", "The address of the other provider's meeting contains characters that cannot be shown."
        )
    invitees = {addresses.same_key(address.strip()): addresses.kept(address.strip()) for address in plan.invitees}
    return replace(
        plan,
        title=names.clean(plan.title),
        invitees=tuple(invitees.values()),
        until=None if plan.repeats == "never" else plan.until,
        url=plan.url if plan.provider == "external" else None,
    )


def check(plan: Plan, now: float) -> None:
    """Raises `Refusal` (bad_time) when the plan cannot be kept; its words say what can."""
    zone = find_zone(plan.time_zone)
    if zone is None:
        raise Refusal("bad_time", no_zone_words(plan.time_zone))
    try:
        local = datetime.fromisoformat(plan.starts)
        until = None if plan.until is None else date.fromisoformat(plan.until)
    except ValueError as error:
        raise Refusal("bad_time", "There is no such day or time.") from error
    today = datetime.fromtimestamp(now, zone).replace(tzinfo=None)
    if local > today + LONGEST or (until is not None and until > (today + LONGEST).date()):
        raise Refusal("bad_time", "Meetings can be planned up to two years ahead.")
    # Long before or after today the sum of a date and an offset might leave the calendar.
    if local < today - LONGEST or moment(local, zone) <= now:
        raise Refusal("bad_time", "This time has passed. Please choose a later one.")
    if not _exists(local, zone):
        raise Refusal(
            "bad_time",
            f"On {day_words(local)} the clocks in {plan.time_zone} go forward: {local:%H:%M} does not exist."
            f" The next time that does is {_next_valid(local, zone):%H:%M}.",
        )
    if until is not None and until < local.date():
        raise Refusal("bad_time", "The last day is before the first.")
    if plan.repeats == "weekdays" and local.weekday() > 4:
        monday = local + timedelta(days=7 - local.weekday())
        raise Refusal("bad_time", f"The first day is not a weekday. The next one is Monday, {day_words(monday)}.")


def day_words(day: date) -> str:
    """A date as people write it, such as 5 March 2026; not every system's own formatting can leave the zero out."""
    return f"{day.day} {day:%B %Y}"


def moment(local: datetime, zone: ZoneInfo) -> float:
    """Seconds since 1970 UTC of a wall clock; of two the first, and past a gap by as much as the clocks go forward."""
    return local.replace(tzinfo=zone, fold=0).timestamp()


def occurrences(plan: Plan) -> Iterator[Occurrence]:
    """All meetings of a checked plan, in order; a series without a last day ends after two years."""
    zone, first = ZoneInfo(plan.time_zone), datetime.fromisoformat(plan.starts)
    last = last_day(plan)
    for day in _days(first.date(), plan.repeats):
        if day > last:
            return
        local = datetime.combine(day, first.time())
        yield Occurrence(moment(local, zone), local)


def at(plan: Plan, starts_at: float) -> Occurrence:
    """The meeting that begins at a moment, by the clock of the plan's zone."""
    same = next((one for one in occurrences(plan) if one.starts_at == starts_at), None)
    local = datetime.fromtimestamp(starts_at, ZoneInfo(plan.time_zone)).replace(tzinfo=None, fold=0)
    return same or Occurrence(starts_at, local)


def last_day(plan: Plan) -> date:
    """The last day on which a meeting of the plan may begin."""
    first = datetime.fromisoformat(plan.starts).date()
    if plan.repeats == "never":
        return first
    return date.fromisoformat(plan.until) if plan.until is not None else first + LONGEST


def next_after(plan: Plan, after: float, *, without: frozenset[float] = frozenset()) -> Occurrence | None:
    """The first meeting that begins after a moment, leaving some out; None when there is none."""
    found = (one for one in occurrences(plan) if one.starts_at > after and one.starts_at not in without)
    return next(found, None)


def _days(first: date, repeats: str) -> Iterator[date]:
    yield first
    day, number = first, 0
    while repeats != "never":
        number += 1
        if repeats == "monthly":
            years, month = divmod(first.month - 1 + number, 12)
            year, month = first.year + years, month + 1
            day = date(year, month, min(first.day, monthrange(year, month)[1]))
        else:
            day += timedelta(days=_STEPS.get(repeats, 1))
            if repeats == "weekdays" and day.weekday() > 4:
                continue
        yield day


def _exists(local: datetime, zone: ZoneInfo) -> bool:
    there_and_back = local.replace(tzinfo=zone, fold=0).astimezone(UTC).astimezone(zone)
    return there_and_back.replace(tzinfo=None, fold=0) == local


def _next_valid(local: datetime, zone: ZoneInfo) -> datetime:
    # Gaps are hours at most; the one of a whole day (Samoa, 2011) has passed.
    minutes = (local + timedelta(minutes=step) for step in range(1, 1441))
    return next(minute for minute in minutes if _exists(minute, zone))
