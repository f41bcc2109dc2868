"""Yes and no by the small words too: a part of a claim that stands nearly word for word in what was said."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from server_stub.recap.proof.pieces import Piece, cut
from server_stub.recap.words import plain, word_set

_TOKEN = re.compile(r"[^\W_]+")
#: `isn't` as `is not`, `they're` as `they are`; who it is of does not matter here.
_APART = (
    (re.compile(r"^(?:no|nope|yes|yeah) (?=(?:the|it|that|there|he|she|they|we|you|i)\b)"), ""),
    (re.compile(r"\bno one\b"), "nobody"),
    (re.compile(r"\bwon't\b"), "will not"),
    (re.compile(r"\bcan't\b|\bcannot\b"), "can not"),
    (re.compile(r"n't\b"), " not"),
    (re.compile(r"'ll\b"), " will"),
    (re.compile(r"'ve\b"), " have"),
    (re.compile(r"'(?:m|re|s)\b"), " is"),
)
_ALIKE = {"am": "is", "are": "is", "were": "was", "has": "have", "does": "do"}
_PERSONS = word_set("i you he she they we me him them us my your his her their our mine yours theirs ours")
_LINKS = word_set("and but so well then though because")
_NO = word_set("not no never nobody nothing none neither nor without hardly barely")
#: Two parts are one where so much of all their words is in both.
_SAME = 0.75
#: Enough where no other part speaks against it.
_NEAR = 0.5


class _Part(NamedTuple):
    """A part of a sentence: its words but for persons and links, and whether it says no."""

    words: Counter[str]
    is_denied: bool


def is_turned(text: str, said: Sequence[Piece], names: frozenset[str]) -> bool:
    """Whether a part of a claim says no where all that is nearly the same says yes, or the other way round.

    Args:
        text: the claim.
        said: the cited sentences.
        names: words of names, in small letters.
    """
    spoken = _spoken(said)
    for part in _parts(text, names):
        shares = [_share(part.words, other.words) for other in spoken]
        best = max(shares, default=0.0)
        near = [other for other, share in zip(spoken, shares, strict=True) if share == best]
        if best >= _SAME and all(other.is_denied != part.is_denied for other in near):
            return True
    return False


def stands(text: str, said: Sequence[Piece], names: frozenset[str]) -> bool:
    """Whether each part of a claim stands nearly word for word in what was said, with the same yes or no."""
    spoken = _spoken(said)
    return all(
        any(other.is_denied == part.is_denied and _share(part.words, other.words) >= _NEAR for other in spoken)
        for part in _parts(text, names)
    )


def _spoken(said: Sequence[Piece]) -> list[_Part]:
    """Those of what was said: as they are tidied, and as they stood."""
    return [_part(fragment.low) for piece in said for fragment in (*piece.fragments, *cut(piece.raw))]


def _parts(text: str, names: frozenset[str]) -> list[_Part]:
    """Those of a claim; whoever it names is `they` here."""
    called = _TOKEN.sub(lambda found: "they" if found[0] in names else found[0], plain(text))
    return [_part(fragment.low) for fragment in cut(called)]


def _part(low: str) -> _Part:
    for pattern, words in _APART:
        low = pattern.sub(words, low)
    tokens = [_ALIKE.get(token, token) for token in _TOKEN.findall(low)]
    denials = sum(token in _NO for token in tokens)
    told = [token for token in tokens if token not in _NO and token not in _LINKS]
    kept = [token for token in told if token not in _PERSONS] or told
    return _Part(Counter(kept), denials % 2 == 1)


def _share(one: Counter[str], other: Counter[str]) -> float:
    """How much of the words of two parts is in both, 0-1."""
    return (one & other).total() / max(1, (one | other).total())
