"""What names a day where it is known that a day is meant: `by six`, `two weeks`, `in a bit`."""

from __future__ import annotations

import re
from datetime import date, timedelta

from server_stub.recap.date_periods import MONTHS, WEEKDAYS, period_end
from server_stub.recap.date_rules import DAY, TIME, Resolver
from server_stub.recap.date_steps import after_working_days, month_end, next_weekday, step
from server_stub.recap.hours import HOUR
from server_stub.recap.number_words import COUNT, YEAR, read_count, read_year

#: Behind a day or a time it takes nothing from it.
_TAIL = r"(?:-ish|ish| ish| or so| maybe| probably| hopefully| tops| latest| at the latest)?"
_END = rf"{_TAIL}(?=[.!?]*$)"
_ABOUT = r"(?:(?:maybe|say|about|around|like|roughly|probably),? )*"
_NEXT_WEEK = r"(?:(?:early |later? |sometime )?next week[,.]?|(?:the following week|(?:the )?week after)[,.])"
_THEN = r" (?:(?:so|on|by|the|i'd say|maybe|say|about|around|like|probably),? )*"
_WEEKDAY = rf"(?P<weekday>{'|'.join(WEEKDAYS)})"
_PART = r"(?: (?:morning|afternoon|evening|night|noon|lunch|lunchtime))?"
#: Not before or after it.
_WITHIN = r"(?<!before )(?<!after )"
_MONTH = rf"(?P<month>{'|'.join(MONTHS)})"
_OF_YEAR = rf"(?:,? (?:of )?(?P<year>{YEAR}))?"
_OF_MONTH = rf"(?:(?:of|in) {_MONTH}|of (?:the|this) month)"
_WEDNESDAY, _FRIDAY, _MIDDLE = 2, 4, 15


def _today(_match: re.Match[str], today: date) -> date | None:
    return today


def _days_on(count: int) -> Resolver:
    return lambda _match, today: step(today, count, "day")


def _in_week(weeks: int, weekday: int | None = None) -> Resolver:
    """The day of the week that comes so many weeks on: the one that is named, or this one."""

    def resolve(match: re.Match[str], today: date) -> date | None:
        wanted = WEEKDAYS.index(match["weekday"]) if weekday is None else weekday
        return today + timedelta(days=7 * weeks + wanted - today.weekday())

    return resolve


def _month_starts(match: re.Match[str], today: date) -> date:
    """The first day of the month that is named and comes, or is; of this one where none is named."""
    named, year = match.groupdict().get("month"), match.groupdict().get("year")
    month = MONTHS.index(named) + 1 if named else today.month
    return date(read_year(year) if year else today.year + (month < today.month), month, 1)


def _last_of_month(match: re.Match[str], today: date) -> date | None:
    first = _month_starts(match, today)
    return month_end(first.year, first.month)


def _before_month(match: re.Match[str], today: date) -> date | None:
    first = _month_starts(match, today)
    return first - timedelta(days=1) if first > today else None


def _first_week_of_month(match: re.Match[str], today: date) -> date | None:
    first = _month_starts(match, today)
    # One that begins on a Thursday or Friday has its first whole week after it.
    friday = first + timedelta(days=2 + (_FRIDAY - 2 - first.weekday()) % 7)
    return friday if friday >= today else None


def _in_next_month(day: int) -> Resolver:
    return lambda _match, today: step(today.replace(day=1), 1, "month").replace(day=day)


def _mid_month(_match: re.Match[str], today: date) -> date | None:
    return (today if today.day <= _MIDDLE else step(today.replace(day=1), 1, "month")).replace(day=_MIDDLE)


def _last_working_day(match: re.Match[str], today: date) -> date | None:
    first = _month_starts(match, today)
    last = month_end(first.year, first.month)
    day = last - timedelta(days=max(0, last.weekday() - _FRIDAY))
    return day if day >= today else None


def _coming(match: re.Match[str], today: date) -> date | None:
    return next_weekday(today, WEEKDAYS.index(match["weekday"]))


def _after(match: re.Match[str], today: date) -> date | None:
    return step(today, read_count(match["count"]), match["unit"])


def _rule(rank: int, pattern: str, resolve: Resolver, about: str = _ABOUT) -> tuple[int, re.Pattern[str], Resolver]:
    led = r"^(?P<before>(?:(?:by|before|in|within|after|at|until|till) )?)"
    return rank, re.compile(rf"{led}{about}(?:{pattern}){_END}"), resolve


#: Each with its rank, as in `date_rules.RULES`.
WHOLE = (
    _rule(TIME, rf"{HOUR}(?: o'clock)?(?: (?:today|tonight))?", _today, about=""),
    # `Around 15` may be a day of the month.
    _rule(TIME, rf"(?:about|around) (?!1[3-9]|2\d){HOUR}", _today, about=""),
    _rule(TIME, rf"(?:half(?: past)?|quarter (?:past|to)) {HOUR}", _today),
    _rule(TIME, r"this aft", _today),
    _rule(TIME, r"now(?: after (?:this|us|the call))?|(?:close|end) of play", _today),
    _rule(
        TIME, r"(?:right )?now|a bit|a (?:minute|moment|second)|half an hour|an hour|(?:my |your |our )?lunch", _today
    ),
    _rule(TIME, r"(?:the |this )?(?:evening|night|arvo)|supper|dinner|bedtime|the (?:next )?hour", _today),
    _rule(
        TIME,
        r"(?:now )?(?:(?:as )?soon as|the (?:second|moment|minute)|when|once|after) (?:we|i)(?:'re|'m| are| am|'ve)? "
        r"(?:hang(?:ing)? up|hung up|finish(?:ed)?|(?:done|finished|through)(?: (?:here|with (?:this|you)))?|"
        r"off (?:this|here|with you|the (?:phone|call)))",
        _today,
    ),
    _rule(DAY, rf"{_NEXT_WEEK}{_THEN}{_WEEKDAY}{_PART}", _in_week(1)),
    _rule(DAY, rf"{_NEXT_WEEK}{_THEN}(?:{'|'.join(WEEKDAYS)}),? (?:or|and|to) {_WEEKDAY}", _in_week(1)),
    _rule(DAY, r"this week or next(?: week)?", _in_week(1, _FRIDAY)),
    _rule(DAY, rf"(?:the )?week after next[,.]{_THEN}{_WEEKDAY}{_PART}", _in_week(2)),
    _rule(DAY, rf"{_WITHIN}(?:the )?(?:mid|middle of|midweek) next week", _in_week(1, _WEDNESDAY)),
    _rule(DAY, rf"{_WITHIN}(?:the )?week after next", _in_week(2, _FRIDAY)),
    _rule(DAY, r"the (?:day|morning|evening|night) after next", _days_on(2)),
    _rule(DAY, r"this day week", _days_on(7)),
    _rule(DAY, r"(?<!after )(?P<which>)(?:(?:the|my|your) )?(?P<period>weekend)", period_end),
    _rule(DAY, r"(?:the )?last day of (?:the|this) month|the month (?:is|'s) finished", _last_of_month),
    _rule(DAY, rf"(?:the |our )?last (?:working|business) day {_OF_MONTH}", _last_working_day),
    _rule(DAY, rf"the last day (?:of|in) {_MONTH}", _last_of_month),
    _rule(
        DAY,
        rf"{_WITHIN}(?:early|(?:at )?the (?:beginning|start) of|beginning of|start of) next month",
        _in_next_month(1),
    ),
    _rule(DAY, rf"{_WITHIN}(?:mid|(?:the )?middle of) next month", _in_next_month(_MIDDLE)),
    _rule(DAY, r"mid[- ]?month|the middle of (?:the|this) month", _mid_month),
    _rule(DAY, r"mid-?week", lambda _match, today: next_weekday(today, _WEDNESDAY)),
    _rule(DAY, r"eow", _in_week(0, _FRIDAY)),
    _rule(DAY, r"(?<!after )the next couple of days", _days_on(2)),
    _rule(DAY, r"tomorrow or the (?:day|morning|evening) after", _days_on(2)),
    _rule(DAY, r"tomorrow week", _days_on(8)),
    _rule(DAY, r"overnight", _days_on(1)),
    _rule(DAY, rf"(?:on )?{_WEEKDAY} (?:next|coming)", _coming),
    _rule(DAY, rf"(?:on )?this coming {_WEEKDAY}{_PART}", _coming),
    _rule(DAY, rf"{_WITHIN}(?:the )?first week (?:of|in) {_MONTH}", _first_week_of_month),
    _rule(DAY, rf"(?<=in ){_MONTH}{_OF_YEAR}", _last_of_month),
    _rule(DAY, rf"(?<=before ){_MONTH}{_OF_YEAR}", _before_month),
    _rule(DAY, r"the morn(?:'s (?:morning|night))?", _days_on(1)),
    _rule(TIME, rf"(?P<count>{COUNT}) (?P<unit>minutes?|hours?)", _after),
    _rule(
        DAY,
        rf"(?P<count>{COUNT}) (?:working|business) days?",
        lambda match, today: after_working_days(today, read_count(match["count"])),
    ),
    _rule(DAY, rf"(?P<count>{COUNT}) (?P<unit>days?|weeks?|fortnights?|months?)", _after),
)
