"""Weekdays that Whisper spells as it hears them: "by Wenzee", "by Tuzi", "by one Z".

A synthetic or mumbled "Wednesday" has lost its second syllable; a small model writes down what is left, and a due date
is gone. It is put right only where a day is named ("by", "until", "on" before it), and never over a name or a term of
this meeting.
"""

from __future__ import annotations

import re
from collections.abc import Collection

_DAYS = {
    "Monday": r"m[uo]nd[iy]+",
    "Tuesday": r"t[uo]+[sz]+(?:i|y|ie|ee|ey)",
    "Wednesday": r"(?:o.)?w[ei]n[sz]+(?:i|y|ie|ee|ey|ay)|(?:one |1)z+(?:i|y|ie|ee|ey)?",
}
_NAMED = re.compile(
    r"\b(by|until|till|before|on)(?: a)? (?:" + "|".join(f"(?P<{day}>{form})" for day, form in _DAYS.items()) + r")\b",
    re.IGNORECASE,
)


def mend_weekdays(text: str, known: Collection[str]) -> str:
    """Writes such words as the weekdays that they are.

    Args:
        text: of an utterance.
        known: names and terms of this meeting, which stay as they are.
    """
    words = {word.lower() for one in known for word in one.split()}

    def mend(found: re.Match[str]) -> str:
        day = str(found.lastgroup)
        return found[0] if found[day].lower() in words else f"{found[1]} {day}"

    return _NAMED.sub(mend, text)
