"""Whether two action items are of one matter."""

from __future__ import annotations

import re

from app.wire.recap import ActionItem

_WORD = re.compile(r"[^\W_]{3,}")
_COMMON = frozenset({"and", "for", "from", "get", "give", "have", "into", "make", "one", "out", "send", "that", "the"})
_COMMON_TOO = frozenset({"this", "will", "with"})


def is_same(one: ActionItem, other: ActionItem) -> bool:
    """Whether two items are of one matter: they cite the same words, and name the same thing."""
    return bool(set(one.evidence) & set(other.evidence)) and bool(words_of(one.text) & words_of(other.text))


def likeness(one: ActionItem, other: ActionItem) -> int:
    """How many words that tell things apart two items share."""
    return len(words_of(one.text) & words_of(other.text))


def words_of(text: str) -> set[str]:
    """The beginnings of words that tell things apart."""
    found = (word.lower() for word in _WORD.findall(text))
    return {word[:5] for word in found if word not in _COMMON and word not in _COMMON_TOO}
