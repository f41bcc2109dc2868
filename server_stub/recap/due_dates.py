"""Finds due dates as people say them and works out the day they mean.

Works on clean text and on the unpunctuated lower-case words of a recogniser. The rules here come first because general
date parsers get `the fifteenth of January`, `by noon` and `end of the week` wrong; only numeric dates are left to one.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = tuple(name.lower() for name in calendar.month_name[1:])
_SHORT_MONTHS = {name[:3]: number for number, name in enumerate(MONTHS, 1)} | {"sept": 9}

_ONES = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
COUNTS = {word: number for number, word in enumerate(_ONES, 1)} | {
    **{"a": 1, "an": 1, "a couple of": 2, "couple of": 2, "a few": 3, "fourteen": 14, "fifteen": 15},
    **{"twenty": 20, "thirty": 30, "ninety": 90, "sixty": 60, "forty five": 45, "thirteen": 13},
}
_ORDINALS = (
    *("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh"),
    *("twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth"),
    "twentieth",
)
_TEENS = ("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty")
DAYS = (
    {word: number for number, word in enumerate(_ORDINALS, 1)}
    | {f"twenty {word}": 20 + number for number, word in enumerate(_ORDINALS[:9], 1)}
    | {"thirtieth": 30, "thirty first": 31}
    | {word: number for number, word in enumerate((*_ONES, *_TEENS), 1)}
    | {f"twenty {word}": 20 + number for number, word in enumerate(_ONES[:9], 1)}
    | {"thirty": 30, "thirty one": 31}
)


def _any(words: Iterator[str] | tuple[str, ...] | dict[str, int]) -> str:
    return "|".join(re.escape(word).replace(r"\ ", r"[ -]") for word in sorted(words, key=len, reverse=True))


_BEFORE = r"(?P<before>(?:(?:by|before|until|till|due|no later than|not later than|latest by|on|for|at|during|over) )*)"
_DAY = rf"(?P<day>\d{{1,2}}(?:st|nd|rd|th)?|{_any(DAYS)})"
_ORDINAL_DAY = (
    r"(?P<day>\d{1,2}(?:st|nd|rd|th)|" + _any(tuple(w for w in DAYS if w not in COUNTS and w[-1] in "htd")) + ")"
)
_MONTH = rf"(?P<month>{_any(MONTHS)}|(?:{'|'.join(sorted(_SHORT_MONTHS))})(?=[ .,]|$)\.?)"
_YEAR = r"(?:,? (?P<year>20\d\d|twenty[ -]twenty[ -](?:five|six|seven|eight|nine)))?"
_WEEKDAY = rf"(?P<weekday>{'|'.join(WEEKDAYS)})"
_PART = r"(?: (?:morning|afternoon|evening|night|noon|at noon|midday|at lunch))?"
_COUNT = rf"(?P<count>\d{{1,2}}|{_any(COUNTS)})"
#: What may follow a weekday that stands alone; anything else makes it a name, as in `the Friday meeting`.
_FREE = (
    rf"(?=$|[.,;:?!)]| (?:{'|'.join(WEEKDAYS)})\b| (?:morning|afternoon|evening|night|noon|at|by|before|after|and|"
    r"then|or|if|when|so|to|for|in|with|okay|ok|please|instead|too|as|the (?:\d|\w+(?:th|first|second|third)\b)|"
    r"because|but|unless|we|i|you|that|this|is|works|latest|the latest|at|from|would)\b)"
)
_DEADLINE = re.compile(r"\b(?:by|before|until|till|due|later than)\b")
_CORRECTED = re.compile(r"\b(?:no|sorry|i mean|rather|actually|make that|make it|better)\b")

Resolver = Callable[[re.Match[str], date], date | None]


@dataclass(frozen=True)
class Due:
    """A due date found in a text.

    Attributes:
        words: as said, such as `by next Tuesday`.
        day: what that means, None for `before the next call` and its like.
        start: place of the first character in the text.
        end: place behind the last.
        rank: the higher, the more exact.
        is_deadline: said with `by`, `before`, `until` or `due`.
    """

    words: str
    day: date | None
    start: int
    end: int
    rank: int
    is_deadline: bool


def find_due(text: str, today: date) -> Due | None:
    """The one due date that a promise names, or None.

    A deadline beats a mere date; of several the first counts, unless a word such as `sorry` or `rather` corrects it.

    Args:
        text: the promise in any case, punctuated or not.
        today: the meeting's own day; dates without a year lie on or after it.
    """
    found = find_all(text, today)
    dated = [due for due in found if due.is_deadline and due.day] or [due for due in found if due.day] or found
    if not dated:
        return None
    chosen = dated[0]
    for later in dated[1:]:
        if _CORRECTED.search(text.lower(), chosen.end, later.start):
            chosen = later
    return chosen


def find_all(text: str, today: date) -> list[Due]:
    """Every date and deadline in a text, in its order; where two rules match, the more exact one counts."""
    low = text.lower()
    candidates = []
    for rank, pattern, resolve in _RULES:
        for match in pattern.finditer(low):
            try:
                day = resolve(match, today)
            except ValueError:  # the thirty-first of a short month
                continue
            deadline = _DEADLINE.search(match[0]) is not None
            candidates.append(Due(text[match.start() : match.end()], day, *match.span(), rank, deadline))
    if not candidates:
        candidates = list(_parsed(text, today))
    return _join(candidates, text)


def _join(candidates: list[Due], text: str) -> list[Due]:
    """Overlapping and neighbouring findings become one: `by noon` + `on Friday`."""
    joined: list[Due] = []
    for due in sorted(candidates, key=lambda due: (due.start, -due.end)):
        last = joined[-1] if joined else None
        if last is None or not _belong(last, due, text[last.end : due.start].lower()):
            joined.append(due)
            continue
        best = max(last, due, key=lambda each: (each.rank, each.end - each.start))
        end = max(last.end, due.end)
        words = text[last.start : end]
        joined[-1] = Due(words, best.day, last.start, end, best.rank, last.is_deadline or due.is_deadline)
    return joined


def _belong(left: Due, right: Due, between: str) -> bool:
    """`Friday` and `the fourth of December` are one date, `Thursday` and `Tuesday` are two."""
    if right.start < left.end:
        return True
    alike = left.rank == right.rank and left.day != right.day
    return not alike and re.fullmatch(r",? ?(?:the |in the |on )?", between) is not None


def _parsed(text: str, today: date) -> Iterator[Due]:
    """Numeric dates, `by 12/15`, which a general parser reads well."""
    for match in re.finditer(r"\b(?:by|before|until|till|due|on) (\d{1,2}/\d{1,2}(?:/\d{2,4})?)\b", text.lower()):
        import dateparser

        settings = {"PREFER_DATES_FROM": "future", "RELATIVE_BASE": datetime(today.year, today.month, today.day)}
        read = dateparser.parse(match[1], languages=["en"], date_formats=["%m/%d/%Y", "%m/%d/%y"], settings=settings)
        if read:
            words = text[match.start() : match.end()]
            yield Due(words, read.date(), *match.span(), 3, _DEADLINE.search(match[0]) is not None)


def _iso(match: re.Match[str], _today: date) -> date | None:
    return date.fromisoformat(match["iso"])


def _calendar_day(match: re.Match[str], today: date) -> date | None:
    month = _month_number(match["month"])
    day = _day_number(match["day"])
    year = match["year"]
    if year:
        tail = year.replace("-", " ").split()[-1]
        number = int(year) if year.isdigit() else 2020 + COUNTS[tail]
        return date(number, month, day)
    near = date(today.year, month, day)
    return near if near >= today else date(today.year + 1, month, day)


def _day_of_month(match: re.Match[str], today: date) -> date | None:
    day = _day_number(match["day"])
    year, month = today.year, today.month
    for _ in range(12):
        if day <= calendar.monthrange(year, month)[1] and date(year, month, day) >= today:
            return date(year, month, day)
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return None


def _weekday(match: re.Match[str], today: date) -> date | None:
    wanted = WEEKDAYS.index(match["weekday"])
    which = f"{match['which'] or ''} {match['tail'] or ''}"
    monday = today - timedelta(days=today.weekday())
    if "after next" in which:
        return monday + timedelta(days=14 + wanted)
    if "next" in which or "following" in which:
        return monday + timedelta(days=7 + wanted)
    ahead = (wanted - today.weekday()) % 7
    if ahead == 0 and "this" not in which:
        ahead = 7
    return today + timedelta(days=ahead + (7 if "week from" in which or which.endswith(" week") else 0))


def _near_day(match: re.Match[str], today: date) -> date | None:
    ahead = 2 if "day after" in match[0] else 1 if "tomorrow" in match[0] else 0
    return today + timedelta(days=ahead)


def _after(match: re.Match[str], today: date) -> date | None:
    said = match["count"].replace("-", " ")
    count = int(said) if said.isdigit() else COUNTS[said]
    unit = match["unit"]
    if "working" in match[0] or "business" in match[0]:
        day = today
        while count:
            day += timedelta(days=1)
            count -= day.weekday() < 5
        return day
    if unit.startswith("month"):
        month = today.month - 1 + count
        year, month = today.year + month // 12, month % 12 + 1
        return date(year, month, min(today.day, calendar.monthrange(year, month)[1]))
    return today + timedelta(days=count * {"d": 1, "w": 7, "f": 14, "h": 0, "m": 0}[unit[0]])


def _period_end(match: re.Match[str], today: date) -> date | None:
    """`end of the week` is its Friday; of a month its last day."""
    period, ahead = match["period"], 1 if (match["which"] or "").startswith(("next", "the following")) else 0
    if period == "day":
        return today
    if period == "week":
        friday = today + timedelta(days=4 - today.weekday() + 7 * ahead)
        return friday if friday >= today else friday + timedelta(days=7)
    if period == "weekend":
        return today + timedelta(days=6 - today.weekday() + 7 * ahead)
    if period == "year":
        return date(today.year + ahead, 12, 31)
    last = today.month + ahead if period == "month" else ((today.month - 1) // 3 + ahead) * 3 + 3
    year, month = today.year + (last - 1) // 12, (last - 1) % 12 + 1
    return date(year, month, calendar.monthrange(year, month)[1])


def _month_part(match: re.Match[str], today: date) -> date | None:
    month = _month_number(match["month"])
    year = today.year if month >= today.month else today.year + 1
    part = match["part"]
    day = 1 if part[0] in "bse" and "end" not in part else 15 if part.startswith("mid") else 31
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))


def _week_start(match: re.Match[str], today: date) -> date | None:
    return today + timedelta(days=7 - today.weekday())


def _unknown(_match: re.Match[str], _today: date) -> date | None:
    return None


def _month_number(said: str) -> int:
    return _SHORT_MONTHS[said.rstrip(".")[:3]]


def _day_number(said: str) -> int:
    digits = re.match(r"\d+", said)
    return int(digits[0]) if digits else DAYS[said.replace("-", " ")]


def _rule(rank: int, pattern: str, resolve: Resolver) -> tuple[int, re.Pattern[str], Resolver]:
    return rank, re.compile(rf"\b{_BEFORE}(?:{pattern})(?!\w)"), resolve


_MEETING = r"(?:call|meeting|session|appointment|talk|sync|demo|review|launch|release)"
_RULES = (
    _rule(4, r"(?P<iso>20\d\d-\d\d-\d\d)", _iso),
    _rule(4, rf"(?:the )?{_DAY}(?: day)?(?: of)? {_MONTH}{_YEAR}", _calendar_day),
    _rule(4, rf"{_MONTH} (?:the )?{_DAY}{_YEAR}(?! (?:percent|euros|dollars|pounds|thousand|hundred))", _calendar_day),
    _rule(
        3,
        rf"(?P<which>(?:a week from |one week from |the following |the coming |coming |this coming |this |next |"
        rf"next week(?: on)? |the )?){_WEEKDAY}(?!'){_PART}"
        rf"(?P<tail>(?: (?:of )?next week| after next| week)?){_FREE}",
        _weekday,
    ),
    _rule(3, rf"(?:the )?day after tomorrow{_PART}", _near_day),
    _rule(3, rf"tomorrow(?!'){_PART}", _near_day),
    _rule(2, r"today|tonight|this (?:morning|afternoon|evening)|end of business|close of business|eod", _near_day),
    _rule(
        3,
        r"(?:the )?(?:very )?end of (?P<which>(?:the |this |next |the following |the current )?)"
        r"(?P<period>day|week|month|quarter|year)",
        _period_end,
    ),
    _rule(2, r"(?P<which>this |next )(?P<period>week|month|quarter|year)(?: (?:latest|at the latest))?", _period_end),
    _rule(2, r"(?P<which>the |this |next )(?P<period>weekend)", _period_end),
    _rule(3, rf"(?:the )?(?P<part>end of|mid|mid of|middle of|beginning of|start of|early) {_MONTH}", _month_part),
    _rule(3, r"(?:the )?(?:beginning of|start of|early) next week", _week_start),
    _rule(
        3,
        rf"(?:in|within)(?: the next)? {_COUNT} (?:working |business )?(?P<unit>days?|weeks?|months?|hours?|minutes?)",
        _after,
    ),
    _rule(3, rf"{_COUNT} (?P<unit>days?|weeks?|months?) (?:from now|from today|at the latest|time)", _after),
    _rule(3, r"(?:in|within) (?P<count>a) (?P<unit>fortnight)", _after),
    (3, re.compile(rf"\b(?P<before>(?:by|on|until|till|before|due) )the {_ORDINAL_DAY}{_FREE}"), _day_of_month),
    (
        1,
        re.compile(
            r"\b(?P<before>(?:by|before|until|till|at) )(?:noon|midday|midnight|lunch(?:time)?|"
            r"(?:\w+|\d\d?(?::\d\d)?) (?:o'clock|a\.?m\.?|p\.?m\.?))(?!\w)"
        ),
        _near_day,
    ),
    (
        0,
        re.compile(rf"\b(?P<before>(?:by|before|until|till|for|at) )(?:our|the) (?:next |kick-?off )?{_MEETING}(?!\w)"),
        _unknown,
    ),
    (0, re.compile(r"\b(?P<before>)(?:as soon as (?:possible|i can|you can)|asap)(?!\w)"), _unknown),
)
