"""Words that a recogniser cannot know how to spell: names of products and people, as somebody wrote them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from server_stub.recap.words import STOP_WORDS

#: Of all that was written in a call; a recogniser takes a hint of a few dozen words.
MOST_TERMS = 24
_LONGEST = 30
_TOKEN = re.compile(r"[^\W_]+(?:[-.'][^\W_]+)*")
_ADDRESS = re.compile(r"\S*(?:://|www\.|@)\S*")


def terms_of(text: str) -> list[str]:
    """The words of a text that have a spelling of their own, such as `ComfyUI`, `GPT-4` or `Priya`, in order.

    A capital at a sentence's beginning says nothing; addresses are nobody's speech.
    """
    found = []
    text = _ADDRESS.sub(" ", text)
    for match in _TOKEN.finditer(text):
        word, before = match[0], text[: match.start()].rstrip()
        begins = not before or before[-1] in ".?!:\n"
        has_inner = any(letter.isupper() for letter in word[1:]) and not word.isupper()
        mixes = any(letter.isdigit() for letter in word) and any(letter.isalpha() for letter in word)
        is_named = word[0].isupper() and not begins
        known = word.lower() in STOP_WORDS
        if 1 < len(word) <= _LONGEST and not known and (has_inner or mixes or is_named):
            found.append(word)
    return list(dict.fromkeys(found))


def newest(terms: Iterable[str], more: Iterable[str]) -> tuple[str, ...]:
    """Terms with more of them, the newest first, no more than a hint can hold."""
    return tuple(dict.fromkeys([*more, *terms]))[:MOST_TERMS]
