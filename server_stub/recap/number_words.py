"""Numbers as people say them: counts of any size, days of a month, years."""

from __future__ import annotations

import re
from collections.abc import Iterable

_ONES = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS = (
    "ten",
    "eleven",
    "twelve",
    *(f"{word}teen" for word in ("thir", "four", "fif", "six", "seven", "eigh", "nine")),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SMALL = {word: number for number, word in enumerate((*_ONES, *_TEENS), 1)} | {
    word: 10 * number for number, word in enumerate(_TENS, 2)
}
_LARGE = {"hundred": 100, "thousand": 1000, "million": 1_000_000}
_VAGUE = {
    **{"a": 1, "an": 1, "a couple of": 2, "couple of": 2, "a couple": 2, "a few": 3, "half a dozen": 6, "a dozen": 12},
    **{"another": 1, "another couple of": 2, "another few": 3},
}
_ORDINALS = (
    *("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh"),
    *("twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth"),
)
#: Ordinals of a month's days: `first` to `thirty first`.
ORDINAL_DAYS = (
    {word: number for number, word in enumerate(_ORDINALS, 1)}
    | {"twentieth": 20, "thirtieth": 30, "thirty first": 31}
    | {f"twenty {word}": 20 + number for number, word in enumerate(_ORDINALS[:9], 1)}
)
#: The same, and the plain numbers that stand for them: `January fifteen`.
DAYS = (
    ORDINAL_DAYS
    | {word: number for word, number in _SMALL.items() if number <= 30}
    | {f"twenty {word}": 20 + number for number, word in enumerate(_ONES, 1)}
    | {"thirty one": 31}
)
_MORE = "billion half quarter third dozen percent zero"
#: Every word that stands for a number and for little else.
NUMBER_WORDS = frozenset({*_SMALL, *_LARGE, *_MORE.split()} | {word for said in ORDINAL_DAYS for word in said.split()})


def any_of(words: Iterable[str]) -> str:
    """A pattern of phrases, the longest first, whose words a blank or a hyphen parts."""
    return "|".join(re.escape(word).replace(r"\ ", r"[ -]") for word in sorted(words, key=len, reverse=True))


_WORD = any_of((*_SMALL, *_LARGE))
#: Matches a count: `16`, `sixteen`, `a hundred and twenty`, `a couple of`.
COUNT = rf"(?:\d{{1,9}}|(?:an? )?(?:{_WORD})(?:(?:[ -]| and )(?:{_WORD})){{0,8}}|{any_of(_VAGUE)})"
#: Matches a year: `2027`, `'27`, `twenty twenty-seven`, `two thousand and twenty seven`.
YEAR = (
    rf"(?:(?:19|20|21)\d\d|'\d\d|twenty[ -](?:{any_of(_TENS)})(?:[ -](?:{any_of(_ONES)}))?|"
    rf"two thousand(?: and)? (?:(?:{any_of(_TENS)})(?:[ -](?:{any_of(_ONES)}))?|{any_of((*_ONES, *_TEENS))}))"
)


def read_count(said: str) -> int:
    """The number that a match of `COUNT` means.

    Raises:
        ValueError: these are number words, and no number: `hundred seven thousand two million`.
    """
    bare = said.replace("-", " ")
    if bare.isdigit():
        return int(bare)
    if bare in _VAGUE:
        return _VAGUE[bare]
    whole = part = 0
    for word in bare.split():
        if word in ("a", "an"):
            part = 1
        elif word in _SMALL:
            # `twenty one` adds up, `two five` and `twenty thirty` are no number.
            if part % 100 and (part % 10 or part % 100 < 20 or _SMALL[word] > 9):
                raise ValueError(said)
            part += _SMALL[word]
        elif word == "hundred":
            part = max(1, part) * 100
        elif word in _LARGE:
            whole, part = whole + max(1, part) * _LARGE[word], 0
    return whole + part


def read_year(said: str) -> int:
    """The year that a match of `YEAR` means; two digits are of this century."""
    if said.isdigit():
        return int(said) if len(said) > 2 else 2000 + int(said)
    if said.startswith("'"):
        return 2000 + int(said[1:])
    words = said.replace("-", " ")
    if words.startswith("two thousand"):
        return read_count(words)
    return 2000 + read_count(words.removeprefix("twenty "))


def read_day(said: str) -> int:
    """The day of a month: `15th`, `fifteenth`, `fifteen`."""
    digits = re.match(r"\d+", said)
    return int(digits[0]) if digits else DAYS[said.replace("-", " ")]
