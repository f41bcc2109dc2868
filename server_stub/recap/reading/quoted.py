"""Words of a quote, and how much of it was said somewhere."""

from __future__ import annotations

import re
from collections.abc import Sequence

#: So much of a quote's words have to stand in an utterance.
QUOTED = 0.75
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")


def words_of(text: str) -> list[str]:
    """In lower case, without marks."""
    return _WORD.findall(text.lower().replace("’", "'"))


def longest_run(wanted: Sequence[str], said: Sequence[str]) -> tuple[int, int]:
    """How many words of the quote follow each other as they were said, at most, and where; the last of several."""
    longest, found, before = 0, 0, [0] * (len(said) + 1)
    for one in wanted:
        row = [0] * (len(said) + 1)
        for at, other in enumerate(said, 1):
            if one == other:
                row[at] = before[at - 1] + 1
                if (row[at], at - row[at]) >= (longest, found):
                    longest, found = row[at], at - row[at]
        before = row
    return longest, found
