"""Which tiles where: rectangles for the people on show, from nothing but their number and the room there is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

#: "grid": everyone alike. "one_to_one": the other one fills the stage, one's own tile lies small over its corner.
LayoutKind = Literal["grid", "one_to_one"]

#: A tile may be as slim as 4:3 and as wide as 16:9: between them a 16:9 picture loses at most a quarter of its width.
SLIMMEST = 4 / 3
WIDEST = 16 / 9
GAP_PX = 8
#: One's own tile over the other's: a share of the stage's width, within bounds.
OWN_SHARE = 0.22
OWN_LEAST_PX, OWN_MOST_PX = 132, 280
OWN_MARGIN_PX = 14


@dataclass(frozen=True, slots=True)
class Rect:
    """A place on the stage, in whole logical pixels from its top left."""

    x: int
    y: int
    width: int
    height: int


def kind_for(count: int) -> LayoutKind:
    """The layout that suits so many people."""
    return "one_to_one" if count == 2 else "grid"


def arrange(kind: LayoutKind, people: Sequence[str], width: int, height: int) -> dict[str, Rect]:
    """Places everyone.

    Args:
        kind: "one_to_one" needs exactly two people and falls back to the grid otherwise.
        people: Tile keys in the order of the screen; for "one_to_one" one's own last.
        width: Of the stage, in pixels.
        height: Of the stage, in pixels.

    Returns:
        A rectangle for each key, inside the stage; a later one may lie over an earlier one. Empty for no stage.
    """
    if width < 1 or height < 1 or not people:
        return {}
    if kind == "one_to_one" and len(people) == 2:
        return _one_to_one(people[0], people[1], width, height)
    return _grid(people, width, height)


def _one_to_one(other: str, own: str, width: int, height: int) -> dict[str, Rect]:
    own_width = round(min(max(width * OWN_SHARE, OWN_LEAST_PX), OWN_MOST_PX, width / 2, height / 2 * WIDEST))
    own_height = round(own_width / WIDEST)
    margin = min(OWN_MARGIN_PX, (width - own_width) // 2, (height - own_height) // 2)
    small = Rect(width - own_width - margin, height - own_height - margin, own_width, own_height)
    return {other: Rect(0, 0, width, height), own: small}


def _grid(people: Sequence[str], width: int, height: int) -> dict[str, Rect]:
    columns, tile_width, tile_height = max(
        (_tile(len(people), columns, width, height) for columns in range(1, len(people) + 1)),
        key=lambda one: one[1] * one[2],
    )
    rows = -(-len(people) // columns)
    used_height = rows * tile_height + (rows - 1) * GAP_PX
    top = (height - used_height) // 2
    placed = {}
    for index, key in enumerate(people):
        line = index // columns
        in_line = min(columns, len(people) - line * columns)
        left = (width - in_line * tile_width - (in_line - 1) * GAP_PX) // 2
        x = left + (index - line * columns) * (tile_width + GAP_PX)
        placed[key] = Rect(x, top + line * (tile_height + GAP_PX), tile_width, tile_height)
    return placed


def _tile(count: int, columns: int, width: int, height: int) -> tuple[int, int, int]:
    """The largest tile of the allowed shapes with so many columns: (columns, width, height)."""
    rows = -(-count // columns)
    most_wide = max(1.0, (width - (columns - 1) * GAP_PX) / columns)
    most_high = max(1.0, (height - (rows - 1) * GAP_PX) / rows)
    tile_width = min(most_wide, most_high * WIDEST)
    tile_height = min(most_high, tile_width / SLIMMEST)
    return columns, max(1, int(tile_width)), max(1, int(tile_height))
