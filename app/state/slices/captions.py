"""What is said in a recorded call, while it goes on; nothing of it outlives the call, or the open panel."""

from __future__ import annotations

from dataclasses import dataclass

from app.wire.captions import Line, SummedUp


@dataclass(frozen=True, slots=True)
class Caption:
    """One line as a caption. `number` counts them in this call; `at` is this computer's clock, seconds since 1970."""

    number: int
    line: Line
    at: float


@dataclass(frozen=True, slots=True)
class Captions:
    """The newest ones, oldest first, while captions are switched on."""

    shown: tuple[Caption, ...] = ()
    next_number: int = 1


@dataclass(frozen=True, slots=True)
class SoFar:
    """What was said so far in the recording that runs, for a member whose panel is open.

    Attributes:
        is_known: the lines have been fetched, and grow.
        lines: in order of time.
        last: the number up to which all lines are here.
        is_cut: there were more before these.
        missed_since: since when one has missed what was said (the server's clock); None: nothing was missed.
        asked_since: the gist since then has been asked for and is not there yet.
        gist: what was said since a moment, in short.
        words: why something cannot be shown.
    """

    is_known: bool = False
    lines: tuple[Line, ...] = ()
    last: int = 0
    is_cut: bool = False
    missed_since: float | None = None
    asked_since: float | None = None
    gist: SummedUp | None = None
    words: str = ""
