"""What members and invitees of a planned meeting get by mail: title, time and link, and the same for their calendar."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal
from zoneinfo import ZoneInfo

from app.wire.addresses import is_address, read, same_key
from app.wire.rooms import Repeats
from app.wire.schedule import Plan
from server_stub.kernel import links
from server_stub.kernel.context import Context
from server_stub.post import mail
from server_stub.room.occurrences import Occurrence, day_words, last_day
from server_stub.storage import Connection, schedules
from server_stub.storage import accounts as accounts_table
from server_stub.storage.schedules import ScheduleRow

if TYPE_CHECKING:
    from server_stub.room.calendar import Entry

log = logging.getLogger(__name__)
News = Literal["planned", "changed", "cancelled"]
_SUBJECTS: dict[News, str] = {"planned": "Video meeting", "changed": "Changed", "cancelled": "Cancelled"}
_REPEATS: dict[Repeats, str] = {
    "daily": "every day",
    "weekdays": "every weekday",
    "weekly": "every week",
    "fortnightly": "every two weeks",
    "monthly": "every month",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """The contents of a mail about a plan.

    Attributes:
        news: what has happened.
        meeting: which it is about.
        schedule: the plan, as it is now.
        one: the meeting that it begins with, or that was cancelled alone.
        is_whole: it concerns the whole series.
    """

    news: News
    meeting: str
    schedule: ScheduleRow
    one: Occurrence
    is_whole: bool = True


async def send_all(context: Context, letter: Letter) -> None:
    """Mails to all members but who planned it, and to all invitees; who is both gets one."""
    await _try(_send_to_all(context, letter))


async def send_cancelled(context: Context, letter: Letter, addresses: Iterable[str]) -> None:
    """Mails to some who are no longer invited that there is no meeting for them."""
    await _try(_send_to_some(context, letter, addresses))


async def _try(sending: Coroutine[Any, Any, None]) -> None:
    """What was planned stands, also where mails about it cannot be kept; that is logged."""
    try:
        await sending
    except Exception as error:
        log.error("mails about a planned meeting could not be kept: %s", type(error).__name__)


async def _send_to_all(context: Context, letter: Letter) -> None:
    schedule = letter.schedule

    def work(connection: Connection) -> tuple[dict[str, str], frozenset[float]]:
        known = schedules.mail_addresses(connection, schedule.room)
        return known, schedules.cancelled_starts(connection, schedule.id)

    members, cancelled = await context.store.do(work)
    entry = await entry_of(context, schedule, cancelled)
    inside = {same_key(address) for address in (*members.values(), entry.organizer)}
    outside = [address for address in schedule.plan.invitees if same_key(address) not in inside]
    to = [address for account, address in members.items() if account != schedule.by]
    await _send(context, letter, entry, [*to, *outside])


async def _send_to_some(context: Context, letter: Letter, addresses: Iterable[str]) -> None:
    entry = await entry_of(context, letter.schedule, frozenset())
    await _send(context, letter, entry, addresses)


async def entry_of(context: Context, schedule: ScheduleRow, cancelled: frozenset[float]) -> Entry:
    """What a calendar is told of a plan now."""
    await asyncio.to_thread(_load_calendar)
    from server_stub.room.calendar import Entry

    owner = await context.store.do(lambda connection: accounts_table.find(connection, schedule.by))
    email = (owner.email or "") if owner is not None else ""
    return Entry(
        schedule=schedule,
        link=link_of(context, schedule),
        now=context.now(),
        cancelled=cancelled,
        organizer=read(email).mailed if is_address(email) else "",
        organizer_name=owner.name if owner is not None else "",
    )


def _load_calendar() -> None:
    """Takes a quarter of a second, which a server that plans nothing need not have, and no loop should."""
    import server_stub.room.calendar  # noqa: F401


def link_of(context: Context, schedule: ScheduleRow) -> str:
    """The address that opens the meetings of a plan."""
    return schedule.plan.url or links.address(context.address, schedule.code)


def time_words(plan: Plan, one: Occurrence) -> str:
    """When a meeting is, by the clock of the zone in which it was planned."""
    start = one.local.replace(tzinfo=ZoneInfo(plan.time_zone))
    end = datetime.fromtimestamp(one.starts_at + plan.length_min * 60, start.tzinfo)
    day = "" if end.date() == start.date() else f"{end:%A}, {day_words(end)}, "
    return f"{start:%A}, {day_words(start)}, {start:%H:%M} to {day}{end:%H:%M} ({plan.time_zone})"


async def _send(context: Context, letter: Letter, entry: Entry, addresses: Iterable[str]) -> None:
    plan = letter.schedule.plan
    subject, text = f"{_SUBJECTS[letter.news]}: {plan.title}", _text(letter, entry.link)
    # A file of two years takes milliseconds: not on the loop.
    files = await asyncio.to_thread(lambda: [(address, *_file(letter, entry, address)) for address in addresses])

    async def send_one(address: str, method: str, file: str) -> None:
        await mail.send(
            context,
            to=address,
            subject=subject,
            text=text,
            about=letter.meeting,
            attachments=(("meeting.ics", f"text/calendar; method={method}; charset=utf-8", file.encode()),),
        )

    results = await asyncio.gather(*(send_one(*one) for one in files), return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            log.error("a mail about a planned meeting could not be kept: %s", type(result).__name__)


def _file(letter: Letter, entry: Entry, address: str) -> tuple[str, str]:
    from server_stub.room import calendar

    if letter.news == "cancelled":
        if letter.is_whole:
            return "CANCEL", calendar.write(entry, "CANCEL", attendee=address)
        return "CANCEL", calendar.write_cancelled(entry, letter.one, attendee=address)
    # A request names who asks (RFC 5546, section 3.2.2); without their address it is only published.
    if entry.organizer:
        return "REQUEST", calendar.write(entry, "REQUEST", attendee=address)
    return "PUBLISH", calendar.write(entry)


def _text(letter: Letter, link: str) -> str:
    plan = letter.schedule.plan
    lines = [plan.title, time_words(plan, letter.one)]
    if plan.repeats != "never" and letter.is_whole:
        lines.append(f"then {_REPEATS[plan.repeats]} until {day_words(last_day(plan))}")
    lines += ["", "This meeting does not take place." if letter.news == "cancelled" else f"Join: {link}", ""]
    return "\n".join(lines)
