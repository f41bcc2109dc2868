"""Names that people choose: cleaned, limited in length, made distinct."""

from __future__ import annotations

from collections.abc import Iterable

from app.wire.text import LONGEST_NAME, cut, looks, one_line
from server_stub.errors import Refusal


def clean(name: str) -> str:
    """The name as it is shown: 1 to 50 characters.

    Raises:
        Refusal: nothing is left of it, or it is too long.
    """
    kept = one_line(name)
    if not 1 <= len(kept) <= LONGEST_NAME:
        raise Refusal("bad_name", f"A name has 1 to {LONGEST_NAME} characters.")
    return kept


def distinct(name: str, taken: Iterable[str]) -> str:
    """The name, with a number behind it when somebody else has it, or one that looks the same."""
    known = {key for other in taken for key in looks(other)}
    number, shown = 1, name
    while not known.isdisjoint(looks(shown)):
        number += 1
        mark = f" ({number})"
        shown = cut(name, LONGEST_NAME - len(mark)) + mark
    return shown
