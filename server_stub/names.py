"""Names that people choose: trimmed, without control characters, told apart."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from server_stub.errors import Refusal

#: As the wire's `Name`.
LONGEST = 50
#: Control characters, and the invisible ones that turn text around or hide in it.
_UNWANTED = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def strip(text: str) -> str:
    """Some text on one line, without what cannot be seen."""
    kept = "".join(letter for letter in text if unicodedata.category(letter) not in _UNWANTED)
    return " ".join(kept.split())


def clean(name: str) -> str:
    """The name as it is shown: 1 to 50 characters.

    Raises:
        Refusal: nothing is left of it, or it is too long.
    """
    kept = strip(name)
    if not 1 <= len(kept) <= LONGEST:
        raise Refusal("bad_name", f"A name has 1 to {LONGEST} characters.")
    return kept


def distinct(name: str, taken: Iterable[str]) -> str:
    """The name, with a number behind it when somebody else has it."""
    known = {other.casefold() for other in taken}
    number, shown = 1, name
    while shown.casefold() in known:
        number += 1
        mark = f" ({number})"
        shown = name[: LONGEST - len(mark)] + mark
    return shown
