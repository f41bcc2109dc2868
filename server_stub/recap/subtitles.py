"""What stands below the reel's picture at which second: who speaks, and up to two rows of what they say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.wire.recap import Utterance

ROWS = 2
#: The last words stand a little longer than they sound.
HOLD_S = 0.5


@dataclass(frozen=True)
class Subtitle:
    """Rows of words, from one second to another, and the name of whose they are."""

    start_s: float
    end_s: float
    speaker: str
    rows: tuple[str, ...]


class Subtitles:
    """The subtitles of one clip."""

    def __init__(self, transcript: Sequence[Utterance], wrap: Callable[[str], Sequence[str]]) -> None:
        """Cuts what was said into rows.

        Args:
            transcript: what is said in it.
            wrap: cuts a text into rows that are as wide as there is room.
        """
        self._said = transcript
        parts = [part for said in transcript for part in _cut(said, wrap(said.text))]
        self._parts = sorted(parts, key=lambda part: part.start_s)

    def at(self, at_s: float) -> Subtitle | None:
        """What is to be read at that second: of several who speak at once, whoever began last."""
        shown = [part for part in self._parts if part.start_s <= at_s < part.end_s]
        return shown[-1] if shown else None

    def speakers(self, at_s: float) -> set[str]:
        """The names of who speaks at that second."""
        return {said.speaker for said in self._said if said.start_s <= at_s < said.end_s}


def _cut(said: Utterance, rows: Sequence[str]) -> list[Subtitle]:
    """Two rows at a time, each for its part of the utterance by the count of its letters."""
    groups = [tuple(rows[start : start + ROWS]) for start in range(0, len(rows), ROWS)]
    whole = sum(len(row) for row in rows)
    parts, before = [], 0
    for group in groups:
        until = before + sum(len(row) for row in group)
        start_s, end_s = (
            said.start_s + (said.end_s - said.start_s) * count / whole for count in (before, until)
        )  # fmt: skip
        is_last = until == whole
        parts.append(Subtitle(start_s, end_s + (HOLD_S if is_last else 0.0), said.speaker, group))
        before = until
    return parts
