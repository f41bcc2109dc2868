"""Days that are named by another one in the same words: `the Friday before Christmas`, `the second Tuesday of May`."""

from __future__ import annotations

import re
from datetime import date, timedelta

from server_stub.recap.date_rules import CALENDAR, MONTHS, NAMED_DAY, WEEKDAYS, NotADate, resolve_phrase, rule
from server_stub.recap.date_steps import add_months, month_end, step
from server_stub.recap.number_words import ORDINAL_DAYS, any_of, read_day

_SIDE = r"(?P<side>before|after)"
#: No thing of that day's: `before Friday's call`.
_ANCHOR = rf"(?P<anchor>{NAMED_DAY}(?: day)?)(?!')"
_WHICH_DAY = rf"(?P<anchor>(?:next |this )?(?:{'|'.join(WEEKDAYS)})|{NAMED_DAY}(?: day)?)"
_MONTH = rf"(?P<month>{'|'.join(MONTHS)}|(?:the|this|next) month)"
_PLACES = {"first": 0, "second": 1, "third": 2, "fourth": 3, "last": -1}
_PLACE = rf"(?P<place>{'|'.join(_PLACES)})"
_ORDINAL_DAY = rf"(?P<day>\d{{1,2}}(?:st|nd|rd|th)|{any_of(ORDINAL_DAYS)})"
#: Who names a month of the next year so late in it says which year.
_FAR_DAYS = 300
_WEEK_DAYS, _FRIDAY, _SUNDAY, _WEEKEND = 7, 4, 6, "weekend"


def _anchor(match: re.Match[str], today: date) -> date:
    day = resolve_phrase(match["anchor"], today)
    if day is None:
        raise NotADate
    return day


def _weekday_beside(match: re.Match[str], today: date) -> date | None:
    """The last such day of the week before a day, or the first one after it; of weekends the Sunday."""
    anchor, wanted = _anchor(match, today), _SUNDAY
    if match["weekday"] != _WEEKEND:
        wanted = WEEKDAYS.index(match["weekday"])
    elif anchor.weekday() > _FRIDAY:
        anchor += timedelta(days=_SUNDAY - anchor.weekday())  # a Saturday's weekend is its own
    ahead = (wanted - anchor.weekday()) % _WEEK_DAYS
    return anchor + timedelta(days=ahead - _WEEK_DAYS if match["side"] == "before" else ahead or _WEEK_DAYS)


def _week_beside(match: re.Match[str], today: date) -> date | None:
    """The Friday of the week before that of a day, or after it."""
    anchor = _anchor(match, today)
    weeks = -1 if match["side"] == "before" else 1
    return anchor + timedelta(days=_WEEK_DAYS * weeks + _FRIDAY - anchor.weekday())


def _week_of(match: re.Match[str], today: date) -> date | None:
    """The Friday of the week of a day; its Sunday where the weekend is named; what is due by then is due by the day."""
    anchor = _anchor(match, today)
    if match["before"]:
        return anchor
    last = _SUNDAY if match["end"] else _FRIDAY
    return anchor + timedelta(days=max(0, last - anchor.weekday()))


def _day_beside(match: re.Match[str], today: date) -> date | None:
    return step(_anchor(match, today), 1 if match["side"] == "after" else -1, "day")


def _of_month(match: re.Match[str], today: date) -> date | None:
    """The second Tuesday of a month, or its last weekend, where it is not over; of a named month the next one's."""
    named = match["month"]
    if named in MONTHS:
        months = [(year, MONTHS.index(named) + 1) for year in (today.year, today.year + 1)]
    else:
        months = [add_months(today.year, today.month, named.startswith("next"))]
    days = (_in_month(year, month, match["weekday"], _PLACES[match["place"]]) for year, month in months)
    day = next((day for day in days if day >= today), None)
    if day and (day - today).days > _FAR_DAYS:
        raise NotADate  # of the month that was
    return day


def _in_month(year: int, month: int, named: str, place: int) -> date:
    wanted = _SUNDAY if named == _WEEKEND else WEEKDAYS.index(named)
    if place < 0:
        last = month_end(year, month)
        return last - timedelta(days=(last.weekday() - wanted) % _WEEK_DAYS)
    first = date(year, month, 1)
    return first + timedelta(days=(wanted - first.weekday()) % _WEEK_DAYS + _WEEK_DAYS * place)


def _day_next_month(match: re.Match[str], today: date) -> date | None:
    year, month = add_months(today.year, today.month, 1)
    return date(year, month, read_day(match["day"]))


def _weekend_after_next(_match: re.Match[str], today: date) -> date | None:
    return today + timedelta(days=_SUNDAY - today.weekday() + 2 * _WEEK_DAYS)


def _same_time(match: re.Match[str], today: date) -> date | None:
    return step(today, 1, match["unit"])


#: Each with its rank, as in `date_rules.RULES`.
RELATIVE = (
    rule(CALENDAR, rf"(?:the )?(?P<weekday>{'|'.join(WEEKDAYS)}|(?<=the )weekend) {_SIDE} {_ANCHOR}", _weekday_beside),
    rule(CALENDAR, rf"the week {_SIDE} {_ANCHOR}", _week_beside),
    rule(
        CALENDAR,
        rf"(?:the )?(?:week(?P<end>end)? of|week (?:commencing|beginning|starting)(?: on)?|w/c) {_ANCHOR}",
        _week_of,
    ),
    rule(CALENDAR, rf"the (?:day|night|evening|afternoon|morning) {_SIDE} {_WHICH_DAY}", _day_beside),
    rule(CALENDAR, rf"the eve(?P<side>(?!))? of {_ANCHOR}", _day_beside),
    rule(
        CALENDAR,
        rf"(?:the )?{_PLACE} (?P<weekday>{'|'.join(WEEKDAYS)}|weekend) (?:of|in) {_MONTH}",
        _of_month,
    ),
    rule(CALENDAR, rf"(?:the )?{_ORDINAL_DAY},? next month", _day_next_month),
    rule(CALENDAR, rf"next month,? (?:on )?the {_ORDINAL_DAY}", _day_next_month),
    rule(CALENDAR, r"(?:the )?weekend after next", _weekend_after_next),
    rule(CALENDAR, r"(?:this|same|the same) time next (?P<unit>week|month)", _same_time),
)
