"""What one chose to look at in a call."""

from __future__ import annotations

from dataclasses import dataclass

from app.state.stage import Tile


@dataclass(frozen=True, slots=True)
class Stage:
    """One's own view of the stage."""

    #: Fills it while that picture is there.
    pinned: Tile | None = None
