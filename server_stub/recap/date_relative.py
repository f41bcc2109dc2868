"""Days that are named by another one in the same words: `the Friday before Christmas`, `the second Tuesday of May`."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from server_stub.recap.date_periods import MONTHS, WEEKDAYS
from server_stub.recap.date_rules import CALENDAR, FREE, NAMED_DAY, NotADate, resolve_phrase, rule
from server_stub.recap.date_steps import add_months, month_end, step
from server_stub.recap.number_words import ORDINAL_DAYS, YEAR, any_of, read_day, read_year

_DAYS, _WEEKEND = "|".join(WEEKDAYS), "weekend"
_SIDE = r"(?P<side>before|after)"
_IN_YEAR = rf"(?:,? (?:(?:of|in) )?(?P<year>{YEAR}|next year))?"
#: No thing of that day's: `before the 5th's delivery`.
_ANCHOR = rf"(?P<anchor>{NAMED_DAY})(?!'){_IN_YEAR}"
_WHICH_DAY = rf"(?P<anchor>(?:next |this )?(?:{_DAYS})|{NAMED_DAY}){_IN_YEAR}"
_MONTH = rf"(?P<month>{'|'.join(MONTHS)}|(?:the|this|next) month){_IN_YEAR}"
_PLACES = {"first": 0, "second": 1, "third": 2, "fourth": 3, "last": -1}
#: Not `the second to last`.
_PLACE = rf"(?P<place>(?<!to )(?<!second )(?:{'|'.join(_PLACES)}))"
#: `The second, next month` is mostly the second thing.
_ORDINAL_DAY = rf"(?P<day>\d{{1,2}}(?:st|nd|rd|th)|{any_of(day for day, at in ORDINAL_DAYS.items() if at > 4)})"
_DUE = re.compile(r"\b(?:by|before|until|till|due|than|latest)\b")
#: So long ago at most was the day beside which one that comes is named: `the Monday after Thanksgiving`.
_JUST_NOW = timedelta(days=14)
#: Who names a month that is farther off says of which year.
_FAR_DAYS = 200
_WEEK, _FRIDAY, _SUNDAY = 7, 4, 6


def _beside(compute: Callable[[re.Match[str], date], date]) -> Callable[[re.Match[str], date], date | None]:
    """The first day from today on that is so beside the named one, which may just have been."""

    def resolve(match: re.Match[str], today: date) -> date | None:
        named, year = match["anchor"], match["year"]
        if year is not None:
            begins = date(today.year + 1 if year == "next year" else read_year(year), 1, 1)
            anchors = [resolve_phrase(named, begins)]
        else:
            is_weekday = named.endswith(WEEKDAYS) and named.removeprefix("next ").removeprefix("this ") in WEEKDAYS
            before = [] if is_weekday else [resolve_phrase(named, today - _JUST_NOW)]
            anchors = [*before, resolve_phrase(named, today)]
        days = [compute(match, anchor) for anchor in anchors if anchor is not None]
        if not days:
            raise NotADate
        return next((day for day in days if day >= today), None)

    return resolve


def _weekday_beside(match: re.Match[str], anchor: date) -> date:
    """The last such day of the week before a day, or the first one after it; of weekends the Sunday."""
    if match["weekday"] == _WEEKEND and anchor.weekday() > _FRIDAY:
        anchor += timedelta(days=_SUNDAY - anchor.weekday())  # a Saturday's weekend is its own
    ahead = (_number(match["weekday"]) - anchor.weekday()) % _WEEK
    return anchor + timedelta(days=ahead - _WEEK if match["side"] == "before" else ahead or _WEEK)


def _number(named: str) -> int:
    return _SUNDAY if named == _WEEKEND else WEEKDAYS.index(named)


def _week_beside(match: re.Match[str], anchor: date) -> date:
    """The Friday of the week before that of a day, or after it."""
    weeks = -1 if match["side"] == "before" else 1
    return anchor + timedelta(days=_WEEK * weeks + _FRIDAY - anchor.weekday())


def _week_of(match: re.Match[str], anchor: date) -> date:
    """The Friday of the week of a day; its Sunday where the weekend is named; what is due by then is due by the day."""
    if _DUE.search(match["before"]):
        return anchor
    if match["end"]:
        # The weekend of a Monday is the one before it.
        return anchor + timedelta(days=_SUNDAY - anchor.weekday() if anchor.weekday() else -1)
    return anchor + timedelta(days=max(0, _FRIDAY - anchor.weekday()))


def _week_from(match: re.Match[str], anchor: date) -> date:
    """The Friday of the week that begins on a day."""
    return anchor if _DUE.search(match["before"]) else anchor + timedelta(days=(_FRIDAY - anchor.weekday()) % _WEEK)


def _day_beside(match: re.Match[str], anchor: date) -> date:
    return step(anchor, 1 if match["side"] == "after" else -1, "day")


def _of_month(match: re.Match[str], today: date) -> date | None:
    """The second Tuesday of a month, or its last weekend; of a named one that is over the next year's."""
    named, year = match["month"], match["year"]
    if named not in MONTHS:
        months = [add_months(today.year, today.month, named.startswith("next"))]
    elif year is None:
        months = [(each, MONTHS.index(named) + 1) for each in (today.year, today.year + 1)]
    else:
        months = [(today.year + 1 if year == "next year" else read_year(year), MONTHS.index(named) + 1)]
    days = (_in_month(*month, _number(match["weekday"]), _PLACES[match["place"]]) for month in months)
    day = next((day for day in days if day >= today), None)
    if day and year is None and (day - today).days > _FAR_DAYS:
        raise NotADate  # of the month that was
    return day


def _in_month(year: int, month: int, weekday: int, place: int) -> date:
    if place < 0:
        last = month_end(year, month)
        return last - timedelta(days=(last.weekday() - weekday) % _WEEK)
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % _WEEK + _WEEK * place)


def _day_next_month(match: re.Match[str], today: date) -> date | None:
    year, month = add_months(today.year, today.month, 1)
    return date(year, month, read_day(match["day"]))


def _weekend_after_next(_match: re.Match[str], today: date) -> date | None:
    return today + timedelta(days=_SUNDAY - today.weekday() + 2 * _WEEK)


def _same_time(match: re.Match[str], today: date) -> date | None:
    return step(today, 1, match["unit"])


#: Each with its rank, as in `date_rules.RULES`.
RELATIVE = (
    rule(CALENDAR, rf"(?:the )?(?P<weekday>{_DAYS}|(?<=the )weekend) {_SIDE} {_ANCHOR}", _beside(_weekday_beside)),
    rule(CALENDAR, rf"the week {_SIDE} {_ANCHOR}", _beside(_week_beside)),
    rule(CALENDAR, rf"(?:the )?week(?P<end>end)? of {_ANCHOR}", _beside(_week_of)),
    rule(CALENDAR, rf"(?:the )?(?:week (?:commencing|beginning|starting)(?: on)?|w/c) {_ANCHOR}", _beside(_week_from)),
    rule(CALENDAR, rf"the (?:day|night|evening|afternoon|morning) {_SIDE} {_WHICH_DAY}", _beside(_day_beside)),
    rule(CALENDAR, rf"the eve(?P<side>(?!))? of {_ANCHOR}", _beside(_day_beside)),
    rule(CALENDAR, rf"(?:the )?{_PLACE} (?P<weekday>{_DAYS}|weekend) (?:of|in) {_MONTH}", _of_month),
    rule(CALENDAR, rf"the {_ORDINAL_DAY},? next month", _day_next_month),
    rule(CALENDAR, rf"next month,? (?:on )?the {_ORDINAL_DAY}{FREE}", _day_next_month),
    rule(CALENDAR, r"(?:the )?weekend after next", _weekend_after_next),
    rule(CALENDAR, r"(?:this|same|the same) time next (?P<unit>week|month)", _same_time),
)
