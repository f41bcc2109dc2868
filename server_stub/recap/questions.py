"""What is a question by its words, which a recogniser may end with a full stop."""

from __future__ import annotations

import re

_ASKS = re.compile(r"(?:what|how) about\b", re.IGNORECASE)
_FREE = r"(?: (?!(?:i|you|we|they|he|she|it)\b)[a-z][\w'-]*){0,3}?"
_INVERTED = re.compile(
    r"(?!.*(?:,|\b(?:is|are|was|were)\b))(?i:(?:(?:on|in|at|by|for|from|until) )?(?:(?:what|which|how)\b"
    rf"(?-i:{_FREE})|when|where|why|who) (?:(?:do|does|did|can|could|will|would|should) (?:i|you|we|they|he|she|it)|"
    r"(?:do|does|can|could|will|would|should) (?:the|your|our|my) \w+))\b"
)


def asks_by_form(sentence: str) -> bool:
    """Whether a tidied sentence, from its first word, asks something however it ends."""
    return any(asks.match(sentence) for asks in (_ASKS, _INVERTED))
