"""Picture-in-picture: the small window that carries a call on while one works elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: Who opened it: nobody (it is closed), the user, the window when it was minimised, or the rooms in front of the call.
PipReason = Literal["", "user", "minimised", "rooms"]


@dataclass(frozen=True, slots=True)
class Pip:
    """Whether the small window is open, and why."""

    opened_by: PipReason = ""

    @property
    def is_open(self) -> bool:
        """Whether there is one."""
        return bool(self.opened_by)


@dataclass(frozen=True, slots=True)
class PipPlace:
    """Where it was last on one screen.

    Attributes:
        screen: the system's name of the screen.
        x: 0 is the left edge of the free area of the screen, 1 the right.
        y: 0 is its upper edge, 1 the lower.
        width: of the window, in logical pixels.
    """

    screen: str
    x: float
    y: float
    width: int
