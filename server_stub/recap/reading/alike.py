"""Whether two action items are of one matter."""

from __future__ import annotations

import re

from app.wire.recap import ActionItem
from server_stub.recap.date_periods import WEEKDAYS

_WORD = re.compile(r"[^\W_]{3,}")
_COMMON = frozenset({"and", "for", "from", "get", "give", "have", "into", "make", "one", "out", "send", "that", "the"})
_COMMON_TOO = frozenset({"this", "will", "with"})
_WHEN = frozenset({"today", "tomor", "tonig", "week", "month", *(day[:5] for day in WEEKDAYS)})


def is_same(one: ActionItem, other: ActionItem) -> bool:
    """Whether two items are of one matter: they cite the same words, and name the same thing."""
    return bool(set(one.evidence) & set(other.evidence)) and bool(words_of(one.text) & words_of(other.text))


def is_alike(one: ActionItem, other: ActionItem) -> bool:
    """Whether they are of one matter and in half of what is told apart alike: `Call Bob` is not `Call Ann`."""
    fewest = min(len(words_of(each.text) - _days(each)) for each in (one, other))
    return is_same(one, other) and 2 * likeness(one, other) >= max(1, fewest)


def _days(item: ActionItem) -> set[str]:
    return words_of(item.due_words) | _WHEN


def likeness(one: ActionItem, other: ActionItem) -> int:
    """How many words that tell things apart two items share."""
    return len((words_of(one.text) - _days(one)) & (words_of(other.text) - _days(other)))


def words_of(text: str) -> set[str]:
    """The beginnings of words that tell things apart."""
    found = (word.lower() for word in _WORD.findall(text))
    return {word[:5] for word in found if word not in _COMMON and word not in _COMMON_TOO}
