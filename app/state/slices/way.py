"""A check of the way by which pictures and sound reach the server."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WayCheck:
    """The newest check, of the server that `address` names."""

    address: str = ""
    #: Tells it from those before, of this server or another one.
    number: int = 0
    is_running: bool = False
    is_good: bool = False
    #: What was found; empty: nothing yet.
    words: str = ""
