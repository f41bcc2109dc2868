"""Names: of people and things that a text names, each has to be said in what it cites, or be of who speaks there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from app.wire.recap import Utterance
from server_stub.recap.proof.pieces import LIGHT, base, heavy
from server_stub.recap.verbs import BASES
from server_stub.recap.words import plain, split_words, word_set

#: A name is a word with a capital that does not begin its sentence.
_NAME = re.compile(r"(?<![.?!:;]\s)(?<!^)(?<![\"“'(\w])[^\W\d_]{2,}\b")
_CAPITAL = re.compile(r"(?<![^\W\d_])(?<![^\W\d_]['’])[^\W\d_a-z][^\W\d_]*(?:['’][^\W\d_]+)*\b")
_FIRST = re.compile(r"(?:^|(?<=[.;?!] ))(?P<name>[^\W\d_]{2,})")
#: Begin a sentence and name nobody.
_NOBODY = LIGHT | word_set(
    "everyone everybody nobody somebody someone anyone both neither none nothing everything people they most some all "
    "after before until during since because although though while once if when as no not do never"
)
_TITLES = frozenset(["mr", "mrs", "ms", "mx", "dr", "prof", "hon", "right"])
#: Where only two people meet, these name them both.
_BOTH = re.compile(r"(?:you|your|yours|me|my|mine|us|we|our|i)(?:'\w+)?")
_NO_NAMES = frozenset({"i", "i'll", "i'm", "i've", "i'd", "ok"})


def doubts(text: str, cited: Sequence[Utterance], names: tuple[str, ...]) -> bool:
    """Whether a text names somebody or something that nobody named.

    Args:
        text: the claim.
        cited: what it rests on.
        names: of everyone in the meeting.
    """
    words = {word for said in cited for word in split_words(said.text)}
    allowed = words | {word for said in cited for word in split_words(said.speaker)}
    if len(names) == 2 and any(map(_BOTH.fullmatch, words)):
        allowed |= {word for name in names for word in split_words(name)}
    known = {word for name in names for word in split_words(name) if len(word) > 2}
    claimed = {plain(name) for name in _NAME.findall(text) if name[0].isupper()} - LIGHT
    claimed |= known & set(split_words(text))
    if _are_mixed(text, names):
        return True
    if any(name not in allowed and name not in _NO_NAMES and f"{name}'s" not in allowed for name in claimed):
        return True
    stems = {base(word) for word in allowed} | {stem for said in cited for stem in heavy(plain(said.text))}
    return any(base(name) not in stems for name in _firsts(text))


def are_unsaid(task: str, cited: Sequence[Utterance], names: tuple[str, ...]) -> bool:
    """Whether a task names somebody who is not in the meeting, or something, that nobody named; it begins with a verb.

    Args:
        task: what is to be done.
        cited: what it rests on.
        names: of everyone in the meeting.
    """
    allowed = {word.removesuffix("'s") for said in cited for word in split_words(said.text)}
    allowed |= {word for name in names for word in split_words(name)} | LIGHT | _NO_NAMES
    _, _, rest = task.partition(" ")
    claimed = [plain(found[0]) for found in _CAPITAL.finditer(rest) if len(found[0]) > 1]
    forms = ({name, name.removesuffix("'s"), name.removesuffix("s"), f"{name}s"} for name in claimed)
    return _are_mixed(task, names) or any(not each & allowed for each in forms)


def _firsts(text: str) -> list[str]:
    """The words that begin a sentence and may be names."""
    found = [plain(each["name"]) for each in _FIRST.finditer(text) if each["name"][0].isupper()]
    return [name for name in found if name not in _NOBODY and name not in BASES]


def _are_mixed(text: str, names: tuple[str, ...]) -> bool:
    """Whether somebody has the first name of one and another name of somebody else."""
    parts = [split_words(name) for name in names]
    pairs = {pair for name in parts for pair in pairwise(name)}
    firsts, lasts = (
        {name[0] for name in parts if name and name[0] not in _TITLES},
        {word for name in parts for word in name[1:]},
    )
    return any(
        one in firsts and other in lasts and (one, other) not in pairs for one, other in pairwise(split_words(text))
    )
