"""Puts names in place of `I`, `you` and `my`, where it is certain who is meant."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass, field

from server_stub.recap.verbs import ADVERBS, BASES, is_had, of_a_name
from server_stub.recap.words import plain, word_set

#: More names than these in a sentence, and it reads worse than what was said.
MOST_NAMES, MOST_OF_ONE = 3, 2
_WORD = re.compile(r"^(\W*)(.*?)(\W*)$", re.DOTALL)
_THEY = {
    "we": "they", "us": "them", "our": "their", "ours": "theirs", "we're": "they are", "we've": "they have",
    "we'll": "they will",
}  # fmt: skip
_UNCERTAIN = frozenset(["mine", "yours", "myself", "yourself", "ourselves", "yourselves", "y'all", "let's"])
#: Before these `I` begins a clause of its own.
_CLAUSE_WORDS = word_set(
    "because if when so and but that which what until before after once where how as while than whether since unless "
    "who whom why or then"
)
#: `If you click there` is about everybody.
_OF_ANYBODY = word_set("just see click scroll get know press find notice look can't can're pay go walk have want")
_TAKES_OBJECT = word_set(
    "to for with from of at about by on send sent give gave show showed tell told ask asked let help helped owe owed "
    "bring brought call called charge charged pay paid see saw"
)
#: Behind `and` these begin anything but a verb that would have to change.
_NO_VERB = (
    ADVERBS
    | _CLAUSE_WORDS
    | word_set(
        "a an the my your our their his her its this that these those it he she they we i you i'm i'll i've i'd it's "
        "there they're we're he's she's that's to of in on at for with from by one two three four five six seven eight "
        "nine ten half all both not no will would can could should might may must was had did the rest others more "
        "less it'll you'll you're nobody everybody nothing everything yes"
    )
)
_SAYING = frozenset(
    [
        "said",
        "says",
        "thinks",
        "thought",
        "guesses",
        "hopes",
        "hoped",
        "believes",
        "knows",
        "knew",
        "sure",
        "told",
        "that",
    ]
)
#: Somebody else is told about, in words that may be theirs.
SPOKEN_OF = re.compile(
    r"\b(?:said|says|saying|told|tells|asked|asks|goes|went like|wrote|writes)\b|"
    r"(?:\b(?:was|is|were)|'(?:m|s|re)) like\b(?=,)"
)
_OWN = re.compile(r"\b(?<!['’.])(?:i|we|my|our|me|us|i'm|i'll|i've|i'd|we're|we'll|we've|you|your|you're|you'll)\b")


class Unclear(Exception):
    """It is not certain who or what is meant, or how it would be said of somebody else."""


@dataclass(frozen=True)
class Speakers:
    """Who speaks, and who is spoken to: None where that may be one of several. Both as they are called."""

    speaker: str
    other: str | None
    #: Words that are no names, in small letters.
    common: frozenset[str] = frozenset()


@dataclass
class _Words:
    """A sentence on its way: words with the marks round them."""

    parts: list[tuple[str, str, str]]
    is_asked: bool = False
    is_inflected: bool = False
    subjects: list[str] = field(default_factory=list)
    names: int = 0

    def low(self, place: int) -> str:
        """The word at a place in small letters; empty behind the end and before the start."""
        return plain(self.parts[place][1]) if 0 <= place < len(self.parts) else ""

    def ends(self, place: int) -> bool:
        """Whether a mark follows the word at a place."""
        return not 0 <= place < len(self.parts) - 1 or bool(self.parts[place][2])


def name_people(text: str, who: Speakers, *, is_asked: bool = False) -> str:
    """The text as somebody else would say it.

    `we` becomes `they`: who they are stays as open as it was.

    Args:
        text: what was said.
        who: by whom and to whom.
        is_asked: it is of a question, where `you` is the one who is asked and not just anybody.

    Raises:
        Unclear: a word cannot be turned with certainty.
    """
    low = plain(text)
    told = SPOKEN_OF.search(low)
    if (
        told
        and _OWN.search(re.split(r", (?:so|but|and)\b", low[told.end() :])[0])
        and not re.match(r"i (?:said|told|asked)\b", low)
    ):
        # `She said I will pay`: who pays is in the tone of the voice.
        raise Unclear(text)
    words = _Words([_split(word) for word in text.split()], is_asked=is_asked)
    if _has(words, _THEY) and _has(words, ("they", "them", "their", "they're", "they've", "they'll", "theirs")):
        raise Unclear(text)
    place = 0
    while place < len(words.parts):
        place = _turn(words, place, who)
    if words.is_inflected and _goes_on_bare(words):
        raise Unclear(text)
    if words.names > MOST_NAMES or any(words.subjects.count(name) > MOST_OF_ONE for name in words.subjects):
        raise Unclear(text)
    turned = " ".join("".join(part) for part in words.parts if any(part))
    if _OWN.search(re.sub(r"\bUS\b", "", turned).lower()):
        raise Unclear(text)  # joined to another word by a dash, or the like
    return turned


def _split(word: str) -> tuple[str, str, str]:
    found = _WORD.match(word)
    return (found[1], found[2], found[3]) if found else ("", word, "")


def _has(words: _Words, wanted: Container[str]) -> bool:
    return any(words.low(place) in wanted for place in range(len(words.parts)))


def _put(words: _Words, place: int, core: str) -> None:
    before, _, after = words.parts[place]
    words.parts[place] = (before, core, after)


def _turn(words: _Words, place: int, who: Speakers) -> int:
    """Turns the word at a place; returns the next place."""
    low = words.low(place)
    if low in _UNCERTAIN:
        raise Unclear(low)
    if low == "us" and words.parts[place][1] == "US":
        return place + 1
    if low in _THEY:
        _put(words, place, _THEY[low])
    elif low == "we'd":
        _put(words, place, f"they {'had' if is_had(words.low(place + 1)) else 'would'}")
    elif low == "me":
        if words.low(place - 1).endswith(("'s", "is", "was")):
            raise Unclear(low)
        _name(words, place, who.speaker)
    elif low == "my":
        _own(words, place, who.speaker)
    elif low in ("i", "i'm", "i've", "i'll", "i'd"):
        return _subject(words, place, who.speaker)
    elif low in ("you", "your", "you're", "you've", "you'll", "you'd"):
        return _turn_you(words, place, who)
    return place + 1


def _turn_you(words: _Words, place: int, who: Speakers) -> int:
    if who.other is None:
        raise Unclear("you")
    low = words.low(place)
    if low == "your":
        _own(words, place, who.other)
        return place + 1
    after = words.low(place + 1)
    is_object = words.low(place - 1) in _TAKES_OBJECT or words.ends(place)
    if low == "you" and (is_object or not (of_a_name(after) or after in ADVERBS)):
        if not place or words.low(place - 1) in _CLAUSE_WORDS or not (is_object or after in _NO_VERB):
            raise Unclear(low)
        _name(words, place, who.other)
        return place + 1
    if (after in _OF_ANYBODY or after in BASES) and low != "you'll" and not words.is_asked:
        raise Unclear(low)
    return _subject(words, place, who.other)


def _name(words: _Words, place: int, name: str) -> None:
    words.names += 1
    _put(words, place, name)


def _own(words: _Words, place: int, name: str) -> None:
    """`My` is `their` behind the one whose it is, where nobody else can be meant."""
    if set(words.subjects) == {name} and not _has(words, ("they", "them", "their", "we", "our", "us")):
        _put(words, place, "their")
    else:
        _name(words, place, f"{name}'s")


def _subject(words: _Words, place: int, name: str) -> int:
    """`I have just sent it`: the name, and the verb as it is of a name."""
    low = words.low(place)
    if name in words.subjects and words.low(place - 1) in _SAYING:
        raise Unclear(low)  # `Felix thinks Felix can`: nobody would say that
    words.subjects.append(name)
    contracted = low.partition("'")[2]
    if contracted:
        verb = {"m": "is", "re": "is", "ve": "has", "ll": "will"}.get(contracted)
        if verb is None:
            at = place + 1
            while words.low(at) in ADVERBS:
                at += 1
            verb = "had" if is_had(words.low(at)) else "would"
        _name(words, place, f"{name} {verb}")
        words.is_inflected |= contracted in ("ve", "m", "re")
        return place + 1
    _name(words, place, name)
    at = place + 1
    while words.low(at) in ADVERBS:
        at += 1
    turned = of_a_name(words.low(at))
    if turned is None or words.ends(at - 1) or words.ends(at):
        # `I know, that one is old`: behind a mark there is another sentence.
        raise Unclear(low)
    word, is_present = turned
    _put(words, at, word)
    words.is_inflected |= is_present
    return at + 1


def _goes_on_bare(words: _Words) -> bool:
    """`I send it and refine it`: a second verb would have to change too."""
    for place in range(1, len(words.parts)):
        after = words.low(place)
        at = place - 1
        while words.low(at) in ADVERBS:
            at -= 1
        joined = words.low(at) in ("and", "or", "but", "then")
        if joined and after not in _NO_VERB and not after.endswith(("ing", "ed", "s")) and not after[:1].isdigit():
            return True
        if at >= 0 and words.parts[at][2] == "," and after in BASES:
            return True
    return False
