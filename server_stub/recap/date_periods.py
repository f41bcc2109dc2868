"""The days of the week, the months, and where weeks, months, quarters and years begin and end."""

from __future__ import annotations

import re
from datetime import date, timedelta

from server_stub.recap.date_steps import add_months, month_end

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november"),
    "december",
)
SHORT_MONTHS = {name[:3]: number for number, name in enumerate(MONTHS, 1)} | {"sept": 9}


def period_end(match: re.Match[str], today: date) -> date | None:
    """`end of the week` is its Friday; of a month its last day."""
    period, ahead = match["period"], 1 if (match["which"] or "").startswith(("next", "the following")) else 0
    if period == "week":
        friday = today + timedelta(days=4 - today.weekday() + 7 * ahead)
        return friday if friday >= today else friday + timedelta(days=7)
    if period == "weekend" and match.string.endswith("after ", 0, match.start()):
        return today + timedelta(days=7 - today.weekday())
    if period == "weekend":
        # Before the weekend is by Friday; by or on the weekend leaves all of it.
        last = 4 if re.search(r"\b(?:before|until|till)\b", match[0]) else 6
        return today + timedelta(days=(last - today.weekday()) % 7 + 7 * ahead)
    if period == "year":
        return date(today.year + ahead, 12, 31)
    last = today.month + ahead if period == "month" else ((today.month - 1) // 3 + ahead) * 3 + 3
    year, month = add_months(today.year, last, 0)
    return month_end(year, month)


def week_start(_match: re.Match[str], today: date) -> date | None:
    """The Monday that comes."""
    return today + timedelta(days=7 - today.weekday())


def quarter(match: re.Match[str], today: date) -> date | None:
    """The last day of the quarter with that number, in this year or the next."""
    month = 3 * int(match["quarter"])
    ends = (month_end(year, month) for year in (today.year, today.year + 1))
    return next(day for day in ends if day >= today)


def month_part(match: re.Match[str], today: date) -> date | None:
    """The first, the middle or the last day of a month, in this year or the next."""
    month, part = month_number(match["month"]), match["part"]
    wanted = 1 if part[0] in "bse" and "end" not in part else 15 if part.startswith("mid") else 31
    for year in (today.year, today.year + 1):
        day = date(year, month, min(wanted, month_end(year, month).day))
        if day >= today:
            return day
    return None


def month_number(said: str) -> int:
    """1 to 12 for a month's name or its short form: `sept.`."""
    return SHORT_MONTHS[said.rstrip(".")[:3]]
