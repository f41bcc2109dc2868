"""Steps from one day to another: days, weeks, months, years, and working days."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

#: Working days are counted one by one; nobody plans further.
_MOST_WORKING_DAYS = 5000


def after_working_days(today: date, count: int) -> date:
    """So many days from Monday to Friday on; a ValueError where they are too many to count."""
    if count > _MOST_WORKING_DAYS:
        raise ValueError(f"{count} working days")
    day = today
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day


def step(day: date, count: int, unit: str) -> date:
    """So many days, weeks, months or years on; hours that do not fill a day stay within it."""
    if unit.startswith(("month", "year")):
        year, month = add_months(day.year, day.month, count * (12 if unit.startswith("year") else 1))
        return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
    if unit.startswith("hour"):
        return day + timedelta(days=count // 24)
    return day + timedelta(days=count * {"d": 1, "w": 7, "f": 14, "m": 0}[unit[0]])


def month_end(year: int, month: int) -> date:
    """The last day of a month."""
    return date(year, month, calendar.monthrange(year, month)[1])


def next_weekday(day: date, weekday: int) -> date:
    """The next such day of the week after a day, Monday is 0."""
    return day + timedelta(days=(weekday - day.weekday()) % 7 or 7)


def add_months(year: int, month: int, count: int) -> tuple[int, int]:
    """The year and month so many months on; a ValueError where no calendar has it."""
    whole = year * 12 + month - 1 + count
    if not date.min.year <= whole // 12 <= date.max.year:
        raise ValueError(f"{count} months")
    return whole // 12, whole % 12 + 1
