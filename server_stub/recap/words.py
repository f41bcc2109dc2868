"""Words: which carry meaning, and when two texts speak of the same thing."""

from __future__ import annotations

import re

_STOP = (
    "a an the and or but if then so of to in on at by for with from into as is are was were be been being am do does "
    "did doing have has had having i you he she it we they me him her us them my your his its our their this that "
    "these "
    "those there here what which who whom when where why how not no yes yeah yep okay ok right well just like really "
    "very can could will would shall should may might must than too also about up down out over again all any both "
    "each few more most other some such only own same s t don ll re ve m d um uh mean know think thing things gonna "
    "wanna "
    "got get go going one kind sort bit lot maybe probably actually basically hmm let lets i'll i'm i've i'd you'll "
    "you're "
    "we'll we're it's that's don't sure thanks thank please great good fine nice hello hi hey bye goodbye now still "
    "need want let's there's what's oh ah alright perfect absolutely definitely course"
)
STOP_WORDS = frozenset(_STOP.split())
_WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)?")


def split_words(text: str) -> list[str]:
    """All words in lower case, apostrophes kept."""
    return _WORD.findall(text.lower().replace("\u2019", "'"))


def stem(word: str) -> str:
    """A crude stem, the same for `invoice`, `invoices` and `invoicing`."""
    word = word.removesuffix("'s")
    for ending in ("ings", "ing", "ies", "ied", "es", "ed", "s", "e", "y"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def content(text: str) -> list[str]:
    """Stems of the words that carry meaning, in order."""
    return [stem(word) for word in split_words(text) if word not in STOP_WORDS and len(word) > 1]


def overlap(one: str, other: str) -> float:
    """How much of the shorter text's meaning is in the longer one too, 0-1."""
    left, right = set(content(one)), set(content(other))
    return len(left & right) / min(len(left), len(right)) if left and right else 0.0
