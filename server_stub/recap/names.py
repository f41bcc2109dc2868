"""The people of a meeting as others call them: by the whole name or its first part, in either spelling of `é`.

Some names are words too (`Will`, `Mark`, `Grace`), and a recogniser writes both alike: these are names only where the
sentence shows it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from app.wire.text import normal
from server_stub.recap.words import plain

_WORDS_TOO = (
    "will mark may bill rose grace faith joy hope art june april august dawn frank grant guy jack penny pat rob sue "
    "wade chase dean drew gene jean miles nick pearl ray rich skip victor young long sky summer autumn melody chance "
    "chuck drake earl finch hunter mason page paige parker reed rusty stone sunny van chip cliff dale dick don ginger "
    "hazel heather iris ivy jasmine lance lily max miller olive pierce porter robin ruby sandy tab trip violet wing"
)
#: Names that are English words as well.
WORDS_TOO = frozenset(_WORDS_TOO.split())
#: Who says this next calls somebody.
GREETING = r"(?:hi|hello|hey|dear|welcome|thanks|thank you|good (?:morning|afternoon|evening|day))"
_GREETED = re.compile(rf"\b{GREETING},? $")
_BEGINS = re.compile(r"(?:\b(?:and|but|then|or|so|because|that|if|when|think|hope|okay|ok|yes|well|great),?|,) $")
_ACTS = re.compile(
    r"'ll\b|,| (?:will|can|could|would|should|must|has to|needs to|is (?:going|gonna)|takes care)\b|[.!?]?$"
)


class Names:
    """Finds the names of a meeting's people in what is said."""

    def __init__(self, names: Iterable[str]) -> None:
        """Learns who may be called.

        Args:
            names: of everyone in the meeting; where two have one first name, the earlier has it.
        """
        self._called = {
            plain(normal(part)): name for name in reversed(tuple(names)) for part in (*name.split()[:1], name) if part
        }
        #: A pattern of all of them, for text as `words.plain` gives it.
        self.pattern = "|".join(re.escape(part) for part in sorted(self._called, key=len, reverse=True)) or r"(?!)"
        self._any = re.compile(rf"(?<![\w'])(?:{self.pattern})(?!\w)")

    def __getitem__(self, called: str) -> str:
        """The whole name of the one who is called so."""
        return self._called[called]

    def get(self, called: str | None) -> str | None:
        """The whole name of the one who is called so; None where nobody is."""
        return self._called.get(called or "")

    def find(self, text: str) -> str | None:
        """The whole name of the first one whom a text names."""
        low = plain(text)
        found = (each for each in self._any.finditer(low) if is_name(text, low, each.start(), each.end()))
        return next((self._called[each[0]] for each in found), None)


def is_name(text: str, low: str, start: int, end: int) -> bool:
    """Whether a name's letters in a sentence are the name, and not a word that is written alike.

    Args:
        text: the sentence.
        low: `words.plain` of it.
        start: place of the first letter.
        end: place behind the last.
    """
    if low[start:end] not in WORDS_TOO or _GREETED.search(low[:start]):
        return True
    is_first = not text[:start].strip(" \"'“(")
    if text != low and not is_first:
        return text[start].isupper()
    begins = is_first or _BEGINS.search(low[:start]) is not None
    return begins and _ACTS.match(low[end:]) is not None
