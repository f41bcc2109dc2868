"""The feasts that people name as dates, and the days on which they fall."""

from __future__ import annotations

import re
from datetime import date, timedelta

#: Those with a day of their own: month and day.
_FIXED = {
    **{"christmas eve": (12, 24), "boxing day": (12, 26), "christmas": (12, 25), "halloween": (10, 31)},
    **{"new year's eve": (12, 31), "new year's": (1, 1), "new year": (1, 1), "valentine's": (2, 14)},
    **{"st patrick's": (3, 17), "bonfire night": (11, 5)},
}
#: Those that are so many days after Easter Sunday.
_BY_EASTER = {
    **{"shrove tuesday": -47, "pancake day": -47, "ash wednesday": -46, "palm sunday": -7, "maundy thursday": -3},
    **{"good friday": -2, "holy saturday": -1, "easter saturday": -1, "easter sunday": 0, "easter monday": 1},
    **{"easter": 0, "whit sunday": 49, "whitsun": 49, "pentecost": 49, "whit monday": 50, "pentecost monday": 50},
    **{"ascension day": 39},
}
#: Those that are so many days after the fourth Thursday of November.
_BY_THANKSGIVING = {"thanksgiving": 0, "black friday": 1, "cyber monday": 4}
#: A pattern of their names.
FEASTS = "|".join(sorted((*_FIXED, *_BY_EASTER, *_BY_THANKSGIVING), key=len, reverse=True))


def _easter(year: int) -> date:
    """Source: the anonymous Gregorian computus (Meeus, Astronomical Algorithms, 1991)."""
    a, b, c = year % 19, year // 100, year % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    k = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    m = (a + 11 * h + 22 * k) // 451
    month, day = divmod(h + k - 7 * m + 114, 31)
    return date(year, month, day + 1)


def feast(match: re.Match[str], today: date) -> date:
    """The next day of the feast that a rule found in its group `feast`."""
    return next(day for year in (today.year, today.year + 1) if (day := _day_in(match["feast"], year)) >= today)


def _day_in(name: str, year: int) -> date:
    if name in _BY_EASTER:
        return _easter(year) + timedelta(days=_BY_EASTER[name])
    if name in _BY_THANKSGIVING:
        first = date(year, 11, 1)
        return first + timedelta(days=(3 - first.weekday()) % 7 + 21 + _BY_THANKSGIVING[name])
    return date(year, *_FIXED[name])
