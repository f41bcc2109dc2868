"""The reactions of a call that may still be on show."""

from __future__ import annotations

from dataclasses import dataclass

from app.wire.reactions import Reaction


@dataclass(frozen=True, slots=True)
class Shown:
    """One reaction. `number` counts them in this call; `at` is this computer's clock, seconds since 1970."""

    number: int
    person: str
    reaction: Reaction
    at: float


@dataclass(frozen=True, slots=True)
class Reactions:
    """The newest ones, oldest first: a state may stand for several that came since the last one was drawn."""

    shown: tuple[Shown, ...] = ()
    next_number: int = 1
