"""Days that mean something only beside the one that was named before: `the morning after`, `the same day`."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from server_stub.recap.date_periods import WEEKDAYS
from server_stub.recap.date_rules import DAY
from server_stub.recap.date_steps import next_weekday, step
from server_stub.recap.due_dates import CORRECTED, Due, find_all
from server_stub.recap.number_words import COUNT, read_count
from server_stub.recap.words import plain

_DAYS = "|".join(WEEKDAYS)
#: The last day of a week that is named alone.
_FRIDAY = 4
_SUNDAY, _HALF_A_WEEK = 6, 3
#: Nothing follows that would say before or after what.
_ENDS = (
    r"(?: that)?(?=$|[.,;?!]| (?:so(?! many| much)|latest|at|on|by|and|or|but|then|please|though|instead|maybe|if|"
    r"to be safe|i think)\b)"
)
_SIDE = rf"(?P<side>before|after){_ENDS}"
_COUNTED = rf"\b(?<!half )(?P<count>{COUNT})"
_STEP = re.compile(rf"(?:(?:\b(?:by |on )?the |^)(?:day|morning|afternoon|evening|night)|{_COUNTED} days?) {_SIDE}")
_WEEKS = re.compile(
    rf"(?:(?:\b(?:by |on )?(?P<first>{_DAYS})(?: of)? )?(?:\bthe |^)week|{_COUNTED} (?P<unit>weeks?|fortnights?))"
    rf" {_SIDE}"
    rf"(?:[,.]? (?:(?:say|so|but|by|on|the) )*(?P<then>{_DAYS})(?!\w))?"
)
_WEEKDAY = re.compile(rf"(?:\b(?:by |on )?the |^)(?P<day>{_DAYS}) (?P<side>before|after)(?: next)?{_ENDS}")
_OF_THAT_WEEK = re.compile(rf"\b(?:by |on )?(?:the )?(?P<day>{_DAYS}) of that (?:same )?week\b")
_LED = r"(?:(?:by|on|for|from|till|until|before|not before|no later than|maybe|say) )?"
#: Behind the weekday another week is told, or a thing.
_THE_WEEKDAY = re.compile(
    rf"{_LED}(?:the|that) (?P<day>{_DAYS})(?!.*\bweeks?\b)"
    rf"(?=$|[.,;?!]| (?!of|in|after|before|next|this|coming|to come|following|meeting|call|class|session|market|round)"
    rf"(?!(?:a|{COUNT})\b))"
)
_THAT_WEEK = re.compile(
    r"(?:(?:in|on|during|within|by the end of|end of|later|late|early|sometime) )?(?:that|the same|that same) "
    r"week(?P<end>end)?[.!?]?$"
)
_THAT_DAY = re.compile(r"(?:(?:on|by) )?(?:that|the same) (?:very )?(?:day|morning|afternoon|evening|night)[.!?]?$")
#: Periods in which a weekday comes again, or beside which it is one of theirs.
_LONG, _WEEK = re.compile(r"\b(?:month|year|week (?:of|in))\b"), re.compile(r"\bweek\b")
_SAME = re.compile(
    rf"\bby then\b|\b(?:on )?(?:(?:the |that )?same (?:day|morning|afternoon|evening|night)|that (?:evening|night))"
    rf"{_ENDS}|"
    r"(?<=paid |done |sent )before (?:this|that|then)\b(?! \w)"
)


def find_beside(text: str, last: date) -> Due | None:
    """What a text names beside the day that was named before, or None; what it corrects at once does not count.

    Args:
        text: in any case, punctuated or not.
        last: the day that was named before.
    """
    low = plain(text)
    for pattern, resolve in _RULES:
        matches = list(pattern.finditer(low))
        if not matches:
            continue
        found = matches[0]
        for later in matches[1:]:
            if CORRECTED.search(low, found.end(), later.start()):
                found = later
        try:
            return Due(text[found.start() : found.end()], resolve(found, last), *found.span(), DAY, True)
        except (ValueError, OverflowError):  # `two five days`, a million years
            return None
    return None


def is_beside(words: str) -> bool:
    """Whether words that name the day of a task mean one beside the day before: `the Thursday`, `that week`."""
    low = plain(words)
    return any(pattern.match(low) for pattern in (_THE_WEEKDAY, _THAT_WEEK, _THAT_DAY))


def read_beside(words: str, last: Due, today: date) -> Due | None:
    """The day that such words mean; None where they mean none, or one of themselves.

    Args:
        words: in any case.
        last: the day that was named before.
        today: the meeting's own day, before which none lies.
    """
    low = plain(words)
    try:
        day = _day_beside(words, low, last, today)
    except OverflowError:  # at the end of the calendar
        return None
    return Due(words, day, 0, len(words), DAY, True) if day and day >= today else None


def _day_beside(words: str, low: str, last: Due, today: date) -> date | None:
    if last.day is None or _LONG.search(plain(last.words)):
        return None
    if _THAT_DAY.match(low):
        return last.day
    if week := _THAT_WEEK.match(low):
        return _in_week_of(last.day, _SUNDAY if week["end"] else max(_FRIDAY, last.day.weekday()))
    found = _THE_WEEKDAY.match(low)
    if not found:
        return None
    weekday = WEEKDAYS.index(found["day"])
    # `The Friday, which is the fourteenth`; `the Friday, no, Monday`.
    if more := [due.day for due in find_all(words[found.end() :], today) if due.rank >= DAY and due.day]:
        return more[0] if more[0].weekday() == weekday else None
    if _WEEK.search(plain(last.words)):
        return _in_week_of(last.day, weekday)
    ahead = (weekday - last.day.weekday()) % 7
    day = last.day + timedelta(days=ahead if ahead <= _HALF_A_WEEK else ahead - 7)
    return day if day > today else next_weekday(today, weekday)


def _signed(found: re.Match[str]) -> int:
    count = read_count(found["count"]) if found["count"] else 1
    return -count if found["side"] == "before" else count


def _days(found: re.Match[str], last: date) -> date:
    return step(last, _signed(found), "day")


def _weeks(found: re.Match[str], last: date) -> date:
    day, weekday = step(last, _signed(found), found["unit"] or "week"), found["first"] or found["then"]
    if weekday is None and found["count"]:
        return day
    return _in_week_of(day, WEEKDAYS.index(weekday) if weekday else _FRIDAY)


def _weekday(found: re.Match[str], last: date) -> date:
    ahead = (WEEKDAYS.index(found["day"]) - last.weekday()) % 7
    return last + timedelta(days=ahead - 7 if found["side"] == "before" else ahead or 7)


def _of_that_week(found: re.Match[str], last: date) -> date:
    return _in_week_of(last, WEEKDAYS.index(found["day"]))


def _in_week_of(day: date, weekday: int) -> date:
    return day + timedelta(days=weekday - day.weekday())


def _same(_found: re.Match[str], last: date) -> date:
    return last


_RULES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date], date]], ...] = (
    (_STEP, _days),
    (_WEEKS, _weeks),
    (_WEEKDAY, _weekday),
    (_OF_THAT_WEEK, _of_that_week),
    (_SAME, _same),
)
