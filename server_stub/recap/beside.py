"""Days that mean something only beside the one that was named before: `the morning after`, `the same day`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from server_stub.recap.date_rules import DAY, WEEKDAYS
from server_stub.recap.date_steps import step
from server_stub.recap.due_dates import Due
from server_stub.recap.number_words import COUNT, read_count
from server_stub.recap.words import plain

_WEEKDAY = rf"(?P<day>{'|'.join(WEEKDAYS)})"
#: The last day of a week that is named alone.
_FRIDAY = 4
#: Nothing follows that would say before or after what.
_ENDS = r"(?=$|[.,?!]| (?:that|so|latest|at)\b)(?: that\b)?"
_STEP = re.compile(
    rf"(?:(?:\b(?:by |on )?the |^)(?P<unit>day|morning|afternoon|evening|night|week)|"
    rf"\b(?P<count>{COUNT}) (?P<units>days?|weeks?|fortnights?)) (?P<side>before|after){_ENDS}"
    rf"(?:,? (?:say |on |the )*{_WEEKDAY}\b)?"
)
_WEEKDAY_BESIDE = re.compile(rf"(?:\b(?:by |on )?the |^){_WEEKDAY} (?P<side>before|after)(?: next)?{_ENDS}")
_OF_THAT_WEEK = re.compile(rf"\b(?:by |on )?(?:the )?{_WEEKDAY} (?:of )?that (?:same )?week\b")
_SAME = re.compile(
    r"\b(?:by then|(?:on )?(?:the |that )?same (?:day|morning|afternoon|evening|night)|that (?:evening|night)|"
    r"(?<=paid |done |sent )before (?:this|that|then)\b(?! \w))(?!\w)"
)


def find_beside(text: str, last: date) -> Due | None:
    """What a text names beside the day that was named before, or None.

    Args:
        text: in any case, punctuated or not.
        last: the day that was named before.
    """
    return next(_each(text, last), None)


def _each(text: str, last: date) -> Iterator[Due]:
    low = plain(text)

    def due(found: re.Match[str], day: date) -> Due:
        return Due(text[found.start() : found.end()], day, *found.span(), DAY, True)

    found = _STEP.search(low)
    if found:
        count = read_count(found["count"]) if found["count"] else 1
        unit = found["units"] or ("week" if found["unit"] == "week" else "day")
        day = step(last, -count if found["side"] == "before" else count, unit)
        if found["unit"] == "week":
            day += timedelta(days=(WEEKDAYS.index(found["day"]) if found["day"] else _FRIDAY) - day.weekday())
        yield due(found, day)
    found = _WEEKDAY_BESIDE.search(low)
    if found:
        ahead = (WEEKDAYS.index(found["day"]) - last.weekday()) % 7
        yield due(found, last + timedelta(days=ahead - 7 if found["side"] == "before" else ahead or 7))
    found = _OF_THAT_WEEK.search(low)
    if found:
        yield due(found, last + timedelta(days=WEEKDAYS.index(found["day"]) - last.weekday()))
    found = _SAME.search(low)
    if found:
        yield due(found, last)
