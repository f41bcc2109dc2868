"""How people name days: a pattern for each way, and what it means on the day of the meeting.

All patterns read the text as `words.plain` gives it. Numbers alone are read like this: a part above twelve is the day;
where both could be the month, slashes and dashes put the month first (`03/04` is the fourth of March), dots put the day
first (`03.04.` is the third of April, as everybody writes who uses dots); a four-digit year at the front is followed by
month and day. A year of two digits is of this century.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from datetime import date, timedelta

from server_stub.recap.date_periods import (
    MONTHS,
    SHORT_MONTHS,
    WEEKDAYS,
    month_number,
    month_part,
    period_end,
    quarter,
    week_start,
)
from server_stub.recap.date_steps import add_months, after_working_days, step
from server_stub.recap.feasts import FEASTS, feast
from server_stub.recap.hours import CLEAR_TIME, TIME_BEHIND
from server_stub.recap.number_words import COUNT, DAYS, ORDINAL_DAYS, YEAR, any_of, read_count, read_day, read_year

#: The more exact of two that overlap counts.
SOON, TIME, EVENT, VAGUE, DAY, CALENDAR = range(6)
#: Years until a 29 February comes again, over a century's end that has none.
_LEAP_YEARS = 8
_TODAY = re.compile(r"\b(?:today|tonight),? $")
#: So far ahead who says `Thursday the first` names no month.
_QUARTER_DAYS = 92

Resolver = Callable[[re.Match[str], date], date | None]


class NotADate(Exception):
    """The words only look like a date; they say something else."""


_BEFORE = (
    r"(?P<before>(?:(?:by|before|until|till|due|no later than|not later than|latest by|on|for|at|during|over|"
    r"around) ){0,3})"
)
_DAY = rf"(?P<day>\d{{1,2}}(?:st|nd|rd|th)?|{any_of(DAYS)})"
_ORDINAL_DAY = rf"(?P<day>\d{{1,2}}(?:st|nd|rd|th)|{any_of(ORDINAL_DAYS)})"
_LATE_DAY = any_of(day for day, number in DAYS.items() if number > 12)
_MONTH = rf"(?P<month>{any_of(MONTHS)}|(?:{'|'.join(sorted(SHORT_MONTHS))})(?=[ .,-]|$)\.?)"
_YEAR = rf"(?:,?[ -](?P<year>{YEAR})(?!\w))?"
_WEEKDAY = rf"(?P<weekday>{'|'.join(WEEKDAYS)})"
_PART = r"(?: (?:morning|afternoon|evening|night|noon|at noon|midday|(?:at )?lunch|lunch ?time|tea ?time))?"
#: What may follow a weekday that stands alone; anything else makes it a name, as in `the Friday meeting`.
FREE = (
    rf"(?=$|[.,;:?!)]| (?:{'|'.join(WEEKDAYS)})\b| (?:morning|afternoon|evening|night|noon|at|by|before|after|and|"
    r"then|or|if|when|so|to|for|in|with|okay|ok|please|instead|too|as|the (?:\d|\w+(?:th|first|second|third)\b)|"
    r"because|but|unless|we|i|you|that|this|is|works|latest|the latest|at|from|would|until|till|around|end|close|"
    r"eod|cob|first thing|it|it's|it'll|he's|she's|they|there|hopefully|maybe|perhaps|probably|possibly|realistically|"
    rf"ideally|latest|sometime|all|early|late|right|already|great|fine|good|tight|rough|no|not|was|will|should|"
    r"can|could|my|your|our|though|myself|yourself|same|again|everyone|everything|"
    r"\d{1,2}(?:[:.]\d\d)? ?[ap]\.?m|\d{1,2}:\d\d)\b)"
)


def _iso(match: re.Match[str], _today: date) -> date | None:
    return date(int(match["year"]), int(match["month"]), int(match["day"]))


def _numeric(match: re.Match[str], today: date) -> date | None:
    year, first, second = match["year"], int(match["first"]), int(match["second"])
    is_led = re.search(r"\b(?:by|before|until|till|due|on|than) $", match["before"]) is not None
    if len(year or "") < 4 and not is_led and (year or not TIME_BEHIND.match(match.string, match.end())):
        raise NotADate  # a version, a ratio, a share
    if year is None and (first, second) == (24, 7):
        raise NotADate
    if match["mark"] == "." and year is None and not (1 <= first <= 31 and 1 <= second <= 12):
        raise NotADate  # a price, a share, a time
    is_day_first = second <= 12 if match["mark"] == "." else first > 12
    day, month = (first, second) if is_day_first else (second, first)
    return date(read_year(year), month, day) if year else _next(today, month, day)


def _calendar_day(match: re.Match[str], today: date) -> date | None:
    month, day = month_number(match["month"]), read_day(match["day"])
    is_spoken = not match["day"][0].isdigit()
    if match["month"] in ("may", "march") and is_spoken and not match["before"] and " of " not in match[0]:
        raise NotADate  # `I may first ask`, `the second may be late`
    if not 1 <= day <= 31 and not match["before"]:
        raise NotADate
    return date(read_year(match["year"]), month, day) if match["year"] else _next(today, month, day)


def _next(today: date, month: int, day: int) -> date:
    """The next such day; a ValueError where no year has it."""
    for year in range(today.year, today.year + _LEAP_YEARS + 1):
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if found >= today:
            return found
    raise ValueError(f"no year has the {day} of month {month}")


def _day_of_month(match: re.Match[str], today: date) -> date | None:
    day = read_day(match["day"])
    year, month = today.year, today.month
    # Who means today does not say its number alone.
    first = today + timedelta(days=not _TODAY.search(match.string[: match.start()]))
    for _ in range(12):
        if 1 <= day <= calendar.monthrange(year, month)[1] and date(year, month, day) >= first:
            return date(year, month, day)
        year, month = add_months(year, month, 1)
    return None


def _weekday_of_month(match: re.Match[str], today: date) -> date | None:
    """`Thursday the first`: the next first that is a Thursday, where there is one in the next three months."""
    day, wanted = read_day(match["day"]), WEEKDAYS.index(match["weekday"])
    for ahead in range(_QUARTER_DAYS):
        found = today + timedelta(days=ahead)
        if (found.day, found.weekday()) == (day, wanted):
            return found
    raise NotADate


def _day_of_that_month(match: re.Match[str], today: date) -> date | None:
    if match["which"] == "the ":
        return _day_of_month(match, today)
    year, month = add_months(today.year, today.month, 0 if "this" in match["which"] else 1)
    return date(year, month, read_day(match["day"]))


def _weekday(match: re.Match[str], today: date) -> date | None:
    wanted = [name[:3] for name in WEEKDAYS].index(match["weekday"][:3])
    which = f"{match['which'] or ''} {match['tail'] or ''}"
    monday = today - timedelta(days=today.weekday())
    if "after next" in which:
        # `Friday after next` and `the week after next, Friday`.
        return monday + timedelta(days=14 + wanted)
    if "next" in which or "following" in which:
        return monday + timedelta(days=7 + wanted)
    ahead = (wanted - today.weekday()) % 7
    if ahead == 0 and "this" not in which:
        ahead = 7
    later = 7 if which.endswith(" week") else 14 if which.endswith(" fortnight") else 0
    return today + timedelta(days=ahead + later)


def _short_weekday(match: re.Match[str], today: date) -> date | None:
    if not match["before"] and not match["which"]:
        raise NotADate  # `the cat sat`
    return _weekday(match, today)


def _near_day(match: re.Match[str], today: date) -> date | None:
    ahead = 2 if "day after" in match[0] else 1 if "tomorrow" in match[0] else 0
    return today + timedelta(days=ahead)


def _after(match: re.Match[str], today: date) -> date | None:
    count = read_count(match["count"])
    if "working" in match[0] or "business" in match[0]:
        return after_working_days(today, count)
    return step(today, count, match["unit"])


def _after_half(match: re.Match[str], today: date) -> date | None:
    return today if match["unit"] in ("hour", "day") else step(today, 6, "months")


def _from_anchor(match: re.Match[str], today: date) -> date | None:
    """`Three weeks from Monday`, `two days before the fifteenth`, `a fortnight tomorrow`."""
    side, anchor = match["side"], match["anchor"]
    near = anchor in ("now", "today", "tomorrow")
    if side is None and not near:
        raise NotADate
    start = today if near and anchor != "tomorrow" else resolve_phrase(anchor, today)
    if start is None:
        raise NotADate
    count = read_count(match["count"])
    return step(start, -count if side == "before" else count, match["unit"])


def resolve_phrase(said: str, today: date) -> date | None:
    """The day that a whole phrase names, or None."""
    for _, pattern, resolve in RULES:
        found = pattern.fullmatch(f"on {said}")
        if found:
            try:
                return resolve(found, today)
            except NotADate:
                continue
    return None


def _unknown(_match: re.Match[str], _today: date) -> date | None:
    return None


def rule(rank: int, pattern: str, resolve: Resolver) -> tuple[int, re.Pattern[str], Resolver]:
    """What a pattern names, with `by`, `on` and their like before it in the group `before`."""
    return rank, re.compile(rf"\b{_BEFORE}(?:{pattern})(?!\w)"), resolve


_MEETING = r"(?:call|meeting|session|appointment|talk|sync|demo|review|launch|release)"
_NO_AMOUNT = (
    r"(?! ?(?:percent|%|euros?|dollars?|pounds?|thousand|hundred|million|cents?|€|£|people|points?|times|"
    r"hours?|minutes?|days?|weeks?|months?|years?|of (?:the|them)\b))"
)
_UNIT = r"(?P<unit>days?|weeks?|fortnights?|months?|years?|hours?|minutes?)"
_ABOUT = r"(?:about |around |roughly |approximately |at most |less than |under |exactly )?"
_FEW = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_RANGE = rf"(?:(?:\d{{1,3}}|{any_of(_FEW)})(?: or | to |-))?"
_WEEK_WHICH = (
    r"(?P<which>(?:the following |the coming |coming |this coming |this |next |next week(?:'s| on)? |"
    r"(?:the )?week after next,? (?:on )?|the )?)"
)
#: A day of the calendar; `the first` of things is none.
NAMED_DAY = (
    rf"(?:(?:the )?(?:\d{{1,2}}(?:st|nd|rd|th)?|{any_of(DAYS)})(?: of)? (?:{any_of(MONTHS)})|"
    rf"(?:{any_of(MONTHS)}) (?:the )?(?:\d{{1,2}}(?:st|nd|rd|th)?|{any_of(DAYS)})|"
    rf"the (?:\d{{1,2}}(?:st|nd|rd|th)|{any_of(ORDINAL_DAYS)}){FREE}|"
    rf"(?:{FEASTS})(?: day)?(?:(?=,? (?:(?:of|in) )?(?:{YEAR}|next year)\b)|{FREE}))"
)
_ANCHOR = (
    r"(?P<anchor>now|today|tomorrow|(?:the )?day after tomorrow|"
    rf"(?:next |this |the following )?(?:{'|'.join(WEEKDAYS)})|{NAMED_DAY}|\d{{1,2}}[/.-]\d{{1,2}}(?:[/.-]\d{{2,4}})?)"
)
#: Each with its rank.
RULES = (
    rule(
        CALENDAR,
        r"(?P<year>(?:19|20)\d\d)(?P<mark>[-/.])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})(?:t\d\d:?\d\d[\d:.]*z?)?"
        r"(?![-/.]?\d)",
        _iso,
    ),
    rule(
        CALENDAR,
        r"(?<![\d.,/:-])(?P<first>\d{1,2})(?P<mark>[/.-])(?P<second>\d{1,2})(?P=mark)(?P<year>(?:19|20)\d\d|\d\d)"
        rf"(?![-/.]?\d){_NO_AMOUNT}",
        _numeric,
    ),
    rule(
        CALENDAR,
        rf"(?<![\d.,/:-])(?P<first>\d{{1,2}})(?P<mark>[/.])(?P<second>\d{{1,2}})(?P<year>(?!))?(?![-/.]?\d)"
        rf"(?! ?[ap]\.?m| o'clock){_NO_AMOUNT}",
        _numeric,
    ),
    rule(CALENDAR, rf"(?:the )?{_DAY}(?: day)?(?: of)?[ -]{_MONTH}{_YEAR}", _calendar_day),
    rule(CALENDAR, rf"{_MONTH} (?:the )?{_DAY}{_YEAR}(?![/:]\d){_NO_AMOUNT}", _calendar_day),
    rule(CALENDAR, rf"{_WEEKDAY},? (?:the |(?=\d)){_ORDINAL_DAY}{FREE}", _weekday_of_month),
    # `Monday nine` is an hour, `Monday first` comes before other things.
    rule(CALENDAR, rf"{_WEEKDAY} (?P<day>{_LATE_DAY}){FREE}", _weekday_of_month),
    rule(
        CALENDAR,
        rf"(?:the )?{_ORDINAL_DAY} (?:day )?of (?P<which>next |this |the following |the )month",
        _day_of_that_month,
    ),
    rule(CALENDAR, rf"(?:in )?(?P<count>{COUNT}) {_UNIT}(?: (?P<side>from|after|before))? {_ANCHOR}", _from_anchor),
    rule(CALENDAR, rf"(?P<count>an?|one) (?P<unit>week|fortnight|month) (?P<side>on) {_ANCHOR}", _from_anchor),
    rule(
        CALENDAR,
        rf"(?P<count>two|three) (?P<unit>weeks) (?P<side>on) (?P<anchor>{'|'.join(WEEKDAYS)}){FREE}",
        _from_anchor,
    ),
    rule(
        DAY,
        rf"{_WEEK_WHICH}(?<!last )(?<!past )(?<!previous ){_WEEKDAY}(?!'){_PART}"
        rf"(?P<tail>(?: (?:of )?next week|(?: of| in)?(?: the)? week after next| after next| week| fortnight)?){FREE}",
        _weekday,
    ),
    (
        DAY,
        re.compile(
            r"\b(?P<before>(?:by|before|until|till|on|no later than) )(?P<which>(?:next |this |the following )?)"
            rf"{_WEEKDAY}(?P<tail>)(?!'|\w| {_MEETING})"
        ),
        _weekday,
    ),
    rule(
        DAY,
        rf"(?P<which>(?:next |this )?)(?<!last )(?P<weekday>mon|tues?|wed|thu(?:rs?)?|fri|sat|sun)\.?(?P<tail>){FREE}",
        _short_weekday,
    ),
    (
        DAY,
        re.compile(
            rf"\b(?P<before>(?:to|for|at|in|on|before|by|do|have|keep) )(?P<which>)(?:our |the |your |my |)"
            rf"{_WEEKDAY}(?:'s)?(?P<tail>) (?:{_MEETING}|lesson|class|rehearsal|thing|slot|market)(?!\w)"
        ),
        _weekday,
    ),
    rule(DAY, rf"(?:the )?day after tomorrow{_PART}", _near_day),
    rule(DAY, rf"tomorrow(?!'){_PART}", _near_day),
    rule(VAGUE, r"today|tonight|this (?:morning|afternoon|evening)", _near_day),
    (
        VAGUE,
        re.compile(r"(?<!o'clock )(?<!\bm )(?<!\bm\. )(?<!\d )(?<!day )(?P<before>)\bin the morning\b"),
        lambda _match, today: today + timedelta(days=1),
    ),
    rule(
        DAY,
        r"(?:the )?(?:very )?end of (?P<which>(?:the |this |next |the following |the current )?)"
        r"(?P<period>week|month|quarter|year)",
        period_end,
    ),
    rule(DAY, r"(?:the )?(?P<which>)(?P<period>year|month|quarter)(?:'s)?[ -]end", period_end),
    (
        DAY,
        re.compile(
            r"\b(?P<before>(?:before|until|till) )(?:the |this )?(?P<which>)(?P<period>year|month|quarter)"
            r"(?: ends|(?:'s| is) (?:out|over))(?!\w)"
        ),
        period_end,
    ),
    rule(VAGUE, r"(?P<which>this |next )(?P<period>week|month|quarter|year)(?: (?:latest|at the latest))?", period_end),
    rule(VAGUE, r"(?P<which>the |this |next )(?P<period>weekend)", period_end),
    rule(
        DAY,
        rf"(?:the )?(?P<part>end of|mid|mid of|middle of|beginning of|start of|early|late)[ -]{_MONTH}",
        month_part,
    ),
    rule(DAY, r"(?:the )?(?:beginning of|start of|early) next week", week_start),
    rule(
        DAY,
        rf"(?:in|within)(?: the next| the coming)? {_ABOUT}{_RANGE}(?P<count>{COUNT}) (?:working |business )?{_UNIT}"
        r"(?:(?:'s?)? time)?",
        _after,
    ),
    rule(
        DAY,
        rf"(?P<count>{COUNT}) (?:working |business )?{_UNIT}(?: (?:from now|from today|at the latest)|(?:'s?)? time)",
        _after,
    ),
    rule(DAY, rf"give me (?:(?:another|a further) )?(?P<count>{COUNT}) {_UNIT}", _after),
    rule(DAY, r"give me another (?P<unit>day|week|month)", lambda match, today: step(today, 1, match["unit"])),
    rule(DAY, r"(?:in|within) half an? (?P<unit>hour|day|year)", _after_half),
    (
        CALENDAR,
        re.compile(
            rf"\b(?P<before>(?:by|on|until|till|before|due|(?:no|not) later than|than) )(?:the )?{_ORDINAL_DAY}{FREE}"
        ),
        _day_of_month,
    ),
    (
        CALENDAR,
        re.compile(
            rf"\b(?P<before>(?:(?:by|on|until|till|for|around) )?)(?:the (?=\d+[snrt]\w{FREE})|"
            r"(?<![\w'])(?=\d+[snrt]\w(?: is| works| it is|[.,]? *$)))"
            r"(?P<day>\d{1,2}(?:st|nd|rd|th))(?!\w)"
        ),
        _day_of_month,
    ),
    (
        CALENDAR,
        re.compile(
            rf"\b(?P<before>(?:(?:by|on|until|till|for|"
            rf"around) )?)the (?P<day>{any_of(day for day, number in ORDINAL_DAYS.items() if number > 4)}){FREE}"
        ),
        _day_of_month,
    ),
    (CALENDAR, re.compile(rf"^(?P<before>)(?:the )?{_ORDINAL_DAY}(?=[.?!]*$)"), _day_of_month),
    (
        CALENDAR,
        re.compile(
            rf"^(?P<before>)(?P<day>{any_of(day for day, number in ORDINAL_DAYS.items() if number > 4)})"
            r"(?=,? (?:but|then|latest|at the latest|not before|please|early|morning|afternoon|evening|in the "
            r"(?:morning|afternoon|evening))\b)"
        ),
        _day_of_month,
    ),
    rule(DAY, rf"(?<!with )(?P<feast>{FEASTS})(?: day)?{FREE}", feast),
    rule(DAY, r"(?:the )?(?:end of )?q(?P<quarter>[1-4])(?= |$|[.,;])", quarter),
    rule(
        VAGUE,
        r"(?:right |straight )?(?:after (?:this|the call|this call|the meeting|we hang up|we're done)|"
        r"as soon as we(?:'re| hang up| are done)|"
        r"(?:the )?minute we hang up|once (?:we|i)(?:'re| hang up| am|'m) (?:off the phone|done here)|once we hang up|"
        r"when we(?:'re done| hang up)|later today|(?:in (?:a|five|ten|\d+)|give me (?:five|ten|\d+)) minutes?)",
        _near_day,
    ),
    (TIME, re.compile(rf"\b(?P<before>(?:by|before|until|till|at|than) ){CLEAR_TIME}"), _near_day),
    (TIME, re.compile(r"\b(?P<before>)(?:eod|cob|(?:end|close) of business|end of (?:the )?day)(?!\w)"), _near_day),
    (
        EVENT,
        re.compile(rf"\b(?P<before>(?:by|before|until|till|for|at) )(?:our|the) (?:next |kick-?off )?{_MEETING}(?!\w)"),
        _unknown,
    ),
    (SOON, re.compile(r"\b(?P<before>)(?:as soon as (?:possible|i can|you can)|asap)(?!\w)"), _unknown),
)
