"""Days of what somebody named by what happens then: `before they switch it off`, where they said on which day."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from server_stub.recap.due_dates import find_anchor
from server_stub.recap.words import plain

_LED = re.compile(r"(?:before|by the time|by|until|till|in time for|ahead of|for|at|when) (?P<event>.+)")
#: So begins what corrects the sentence before.
_CORRECTS = re.compile(r"(?:no|nope|sorry|wait|actually|oh no|i mean|you mean|not)\b")
_WORD = re.compile(r"[^\W\d_]{3,}")
#: Words alike to so many letters are one: `switch`, `switching`.
_STEM = 4
#: Those of an event that tell nothing of which it is.
_EMPTY = frozenset(
    {
        "the", "and", "that", "this", "they", "them", "she", "her", "his", "him", "you", "your", "our", "their",
        "its", "are", "was", "were", "will", "would", "can", "could", "does", "did", "has", "have", "had", "gets",
        "goes", "get", "got", "going", "off", "out", "over", "back", "all", "then", "there", "here", "with", "from",
        "next", "day", "week", "month", "time", "end", "begins", "begin", "starts", "start", "starting", "begun",
        "comes", "come", "coming", "latest", "again", "first", "thing",
    }
)  # fmt: skip


def day_of_event(words: str, sentences: Sequence[str], today: date) -> tuple[int, date] | None:
    """Which sentence names the day of an event, counted from 0, and the day; None where it is not one day alone.

    Args:
        words: the event as it is named: `before the opening`.
        sentences: of the piece of the talk, in order.
        today: the meeting's own day, before which none lies.
    """
    led = _LED.fullmatch(plain(words).rstrip(".,!?"))
    wanted = _stems(led["event"]) if led else set()
    found: dict[date, int] = {}
    for place, sentence in enumerate(sentences):
        if not wanted or not wanted <= _stems(plain(sentence)):
            continue
        named = find_anchor(sentence, today)
        behind = next(iter(sentences[place + 1 : place + 2]), "")
        corrected = find_anchor(behind, today) if _CORRECTS.match(plain(behind)) else None
        due = corrected or named
        if due and due.day and due.day >= today and plain(due.words) not in plain(words):
            found[due.day] = place + 1 if corrected else place
    return next(((place, day) for day, place in found.items()), None) if len(found) == 1 else None


def _stems(text: str) -> set[str]:
    return {word[:_STEM] for word in _WORD.findall(text) if word not in _EMPTY}
