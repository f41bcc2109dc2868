"""The lobby of a call, as its host sees it."""

from __future__ import annotations

from dataclasses import dataclass

from app.wire.lobby import Guest


@dataclass(frozen=True, slots=True)
class Lobby:
    """Who waits, and how many seats there are."""

    waiting: tuple[Guest, ...] = ()
    #: Seats taken and seats in all, as the lobby panel shows them.
    taken: int = 0
    seats: int = 10
