"""Time zones by the names of the IANA database. Other files in that database's folders do not count."""

from __future__ import annotations

import re
from functools import lru_cache
from zoneinfo import ZoneInfo

#: As the wire's `ZoneName`; no step of it can lead out of the folder.
_NAME = re.compile(r"[A-Za-z0-9_+-]+(?:/[A-Za-z0-9_+-]+){0,3}")
_LONGEST = 64
#: They mean nothing, or something else on each computer, or count leap seconds.
_NO_ZONES = ("Factory", "localtime", "posixrules")
_NO_FOLDERS = ("posix", "right")


@lru_cache(maxsize=128)
def find_zone(name: str) -> ZoneInfo | None:
    """A time zone by its name, such as Europe/Lisbon; None where there is no such zone on this computer."""
    if len(name) > _LONGEST or not _NAME.fullmatch(name) or name in _NO_ZONES or name.split("/")[0] in _NO_FOLDERS:
        return None
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # a folder, a file of another kind, or none
        return None


def no_zone_words(name: str) -> str:
    """That there is no such zone, for people."""
    shown = "".join(char if char.isprintable() else "?" for char in name)
    return f"There is no time zone called {shown if len(shown) <= _LONGEST else shown[:_LONGEST] + '…'}."
