"""The screens that were shared while a meeting was recorded: whose, and when."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec


class Shared(msgspec.Struct, frozen=True, kw_only=True):
    """One share, from its beginning to its end.

    Attributes:
        path: the file that holds the pictures of all shares of this person.
        start_s: seconds from the recording's start.
        end_s: the same; None where it ran until the recording ended.
    """

    path: str
    start_s: float
    end_s: float | None = None

    def is_on(self, at_s: float) -> bool:
        """Whether the screen was shown at that second, though perhaps nothing moved on it."""
        return self.start_s <= at_s and (self.end_s is None or at_s < self.end_s)


class NewScreen(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody began to share a screen. `at_s`: seconds from the recording's start."""

    at_s: float
    person: str


def newest_at(shares: Iterable[Shared], at_s: float) -> Shared | None:
    """The share that is large at that second: of several the one that began last."""
    return max((one for one in shares if one.is_on(at_s)), key=lambda one: (one.start_s, one.path), default=None)
