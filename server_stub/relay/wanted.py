"""Which pictures each viewer shows, and how high the owner of a picture is to send it; pure.

A viewer who has said nothing is taken to show everything as it is: a client that says nothing loses nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

Wants: TypeAlias = Mapping[tuple[str, str], int]
"""Person and source ("camera" or "screen") to the height in pixels of the largest view; who is not named is hidden."""

#: Less is told only after it has been so for a while: who turns a page and back again costs no change of size.
_LESS_AFTER_S = 1.5


def is_shown(wants: Wants | None, person: str, source: str) -> bool:
    """Whether a viewer shows that picture; None: they have said nothing."""
    return wants is None or (person, source) in wants


def height_for(person: str, source: str, viewers: Iterable[Wants | None]) -> int | None:
    """How high a picture is wanted, in pixels.

    Args:
        person: whose picture.
        source: "camera" or "screen".
        viewers: what each of the others shows.

    Returns:
        The height of the largest view; 0: nobody looks; None: as it is, which a screen is always, for its text.
    """
    highest = 0
    for wants in viewers:
        if wants is None or (source == "screen" and (person, source) in wants):
            return None
        highest = max(highest, wants.get((person, source), 0))
    return highest


class Telling:
    """What the owner of one picture has been told of how high it is wanted.

    Attributes:
        told: pixels, 0 or None as of `height_for`; only after the first `is_due`.
    """

    def __init__(self) -> None:
        self.told: int | None = None
        self._has_told = False
        self._less_since_s: float | None = None

    def is_due(self, height: int | None, now_s: float) -> bool:
        """Whether to tell them this height now, which is taken for done."""
        if self._has_told and height == self.told:
            self._less_since_s = None
            return False
        if self._has_told and (self.told is None or (height is not None and height < self.told)):
            if self._less_since_s is None:
                self._less_since_s = now_s
            if now_s - self._less_since_s < _LESS_AFTER_S:
                return False
        self.told, self._has_told, self._less_since_s = height, True, None
        return True
