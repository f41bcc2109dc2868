"""Words: how texts are read, which words carry meaning, and when two texts speak of the same thing."""

from __future__ import annotations

import re

from app.wire.text import normal


def word_set(words: str) -> frozenset[str]:
    """What stands between the spaces of `words`: a long list that reads as text."""
    return frozenset(words.split())


#: A pattern, to be put into others.
WEEKDAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
STOP_WORDS = word_set(
    "a an the and or but if then so of to in on at by for with from into as is are was were be been being am do does "
    "did doing have has had having i you he she it we they me him her us them my your his its our their this that "
    "these those there here what which who whom when where why how not no yes yeah yep okay ok right well just like "
    "really very can could will would shall should may might must than too also about up down out over again all any "
    "both each few more most other some such only own same s t don ll re ve m d um uh mean know think thing things "
    "gonna wanna got get go going one kind sort bit lot maybe probably actually basically hmm let lets i'll i'm i've "
    "i'd you'll you're we'll we're it's that's don't sure thanks thank please great good fine nice hello hi hey bye "
    "goodbye now still need want let's there's what's oh ah alright perfect absolutely definitely course"
)
_WORD = re.compile(r"[^\W_]+(?:'[^\W\d_]+)?")
_ABBREVIATED = re.compile(
    r"(?:\b(?:[ap]\.m|[ap] m|e\.g|i\.e|no|nr|approx|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|mon|tues?|wed|thurs?|"
    r"thu|fri|sat|sun)|\d[ap]\.m|\b\d{1,2}\.\d{1,2})$"
)
#: Behind these a name or the other side follows, whatever its first letter.
_TITLE = re.compile(r"\b(?:mr|mrs|ms|mx|dr|prof|st|vs|e\.g|i\.e|approx)$")
#: `at 10 a.m. Friday` is one time.
_OF_DAY = re.compile(r"\b[ap]\.m$")
_DAY_FOLLOWS = re.compile(rf"\s*{WEEKDAY}\b|\s*(?:pst|pt|est|et|cst|mst|gmt|utc|cet)\b")
_SPACES = {code: " " for code in range(128) if chr(code).isspace()}
_APOSTROPHES = frozenset("\u2018\u2019\u02bc\u2032\uff07")


def plain(text: str) -> str:
    """The text in small letters with straight apostrophes and simple spaces, each letter in its old place.

    `str.lower` makes two letters of a Turkish capital I, so what is found in its answer lies elsewhere in the text;
    what is found in this one can be cut out of the text itself.
    """
    if text.isascii():
        return text.lower().translate(_SPACES)  # the same, many times faster
    return "".join(map(_plain_letter, text))


def _plain_letter(letter: str) -> str:
    if letter in _APOSTROPHES:
        return "'"
    return " " if letter.isspace() else letter.lower()[0]


def capital(text: str) -> str:
    """The text with a capital first letter, where that letter has one of its own length."""
    first = text[:1].title()
    return first + text[1:] if len(first) == 1 else text


def without(pattern: re.Pattern[str], text: str) -> str:
    """The text without what a pattern finds in `plain` of it."""
    kept, start = [], 0
    for found in pattern.finditer(plain(text)):
        kept.append(text[start : found.start()])
        start = found.end()
    return "".join([*kept, text[start:]])


def sentence_ends(text: str, marks: str = ".?!;") -> list[int]:
    """The places behind each sentence's last mark.

    The stop of `Dec. 15`, `Mr. Miller`, `5 p.m.` and `15.12.` ends none.

    Args:
        text: one or more sentences.
        marks: which marks end a sentence.
    """
    ends = []
    for found in re.finditer(rf"[{re.escape(marks)}]+(?=\s|$)", text):
        if found[0] != "." or not _goes_on(plain(text[: found.start()]), text[found.end() :]):
            ends.append(found.end())
    return ends


def _goes_on(before: str, rest: str) -> bool:
    """Whether a sentence goes on behind a full stop."""
    after = rest.lstrip()[:1]
    if after and _TITLE.search(before):
        return True
    if _OF_DAY.search(before) and _DAY_FOLLOWS.match(plain(rest)):
        return True
    return (after.islower() or after.isdigit()) and _ABBREVIATED.search(before) is not None


def split_words(text: str) -> list[str]:
    """All words in small letters, apostrophes kept."""
    return _WORD.findall(plain(normal(text)))


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
