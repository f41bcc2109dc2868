"""What is on the stage of a call: which tiles, in which layout, and where each of them lies. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias, assert_never

from app.wire.people import Person

#: A tile may be as slim as 4:3 and as wide as 16:9: between them a 16:9 picture loses at most a quarter of its width.
SLIMMEST = 4 / 3
WIDEST = 16 / 9
GAP_PX = 8
#: One's own tile over the other's: a share of the stage's width, within bounds.
OWN_SHARE = 0.22
OWN_LEAST_PX, OWN_MOST_PX = 132, 280
OWN_MARGIN_PX = 14
#: The tiles beside the one that is looked at take this share of the stage at most.
STRIP_SHARE = 0.2


class Tile(NamedTuple):
    """A picture on the stage: whose, and of what. It is the key of its pictures, too.

    Attributes:
        person: their id; "" is oneself.
        source: their face or their screen.
    """

    person: str
    source: Literal["camera", "screen"] = "camera"


#: One's own face.
OWN = Tile("")


@dataclass(frozen=True, slots=True)
class Grid:
    """Everyone the same size."""

    tiles: tuple[Tile, ...]


@dataclass(frozen=True, slots=True)
class OneToOne:
    """The other person fills the stage; one's own tile is small, over a corner."""

    other: Tile
    own: Tile


@dataclass(frozen=True, slots=True)
class Speaker:
    """One face is large, the others are small beside it."""

    main: Tile
    strip: tuple[Tile, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """A screen is large and shown whole, the faces are small beside it."""

    main: Tile
    strip: tuple[Tile, ...]


Layout: TypeAlias = Grid | OneToOne | Speaker | Share


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle on the stage, in whole logical pixels from its top left."""

    x: int
    y: int
    width: int
    height: int


def layout_of(people: Sequence[Person], you: str, pinned: Tile | None = None) -> Layout:
    """The layout that suits a call.

    Args:
        people: Whoever has a seat.
        you: One's own id among them.
        pinned: What one chose to look at; counts while it is there.
    """
    others = sorted((one for one in people if one.id != you), key=lambda one: (one.joined_at, one.id))
    faces = (*(Tile(one.id) for one in others), *(OWN for one in people if one.id == you))
    sharing = sorted((one for one in others if one.sharing), key=lambda one: -one.sharing_since)
    screens = tuple(Tile(one.id, "screen") for one in sharing)
    tiles = (*screens, *faces)
    main = pinned if pinned in tiles else screens[0] if screens else None
    if main is None:
        return OneToOne(*faces) if len(faces) == 2 and faces[1] == OWN else Grid(faces)
    strip = tuple(tile for tile in tiles if tile != main)
    return Share(main, strip) if main.source == "screen" else Speaker(main, strip)


def tiles_of(layout: Layout) -> tuple[Tile, ...]:
    """What is on the stage, in the order in which it is read; a later tile may lie over an earlier one."""
    match layout:
        case Grid(tiles):
            return tiles
        case OneToOne(other, own):
            return other, own
        case Speaker(main, strip) | Share(main, strip):
            return main, *strip
        case _:
            assert_never(layout)


def arrange(layout: Layout, width: int, height: int) -> dict[Tile, Rect]:
    """Places everyone.

    Args:
        layout: What is on the stage.
        width: Of the stage, in pixels.
        height: Of the stage, in pixels.

    Returns:
        A rectangle for each tile, inside the stage, in the order of `tiles_of`. Empty for no stage.
    """
    if width < 1 or height < 1:
        return {}
    match layout:
        case Grid(tiles):
            return _grid(tiles, Rect(0, 0, width, height))
        case OneToOne(other, own):
            return _one_to_one(other, own, width, height)
        case Speaker(main, strip) | Share(main, strip):
            return _with_strip(main, strip, width, height)
        case _:
            assert_never(layout)


def _one_to_one(other: Tile, own: Tile, width: int, height: int) -> dict[Tile, Rect]:
    own_width = round(min(max(width * OWN_SHARE, OWN_LEAST_PX), OWN_MOST_PX, width / 2, height / 2 * WIDEST))
    own_height = round(own_width / WIDEST)
    margin = min(OWN_MARGIN_PX, (width - own_width) // 2, (height - own_height) // 2)
    small = Rect(width - own_width - margin, height - own_height - margin, own_width, own_height)
    return {other: Rect(0, 0, width, height), own: small}


def _with_strip(main: Tile, strip: tuple[Tile, ...], width: int, height: int) -> dict[Tile, Rect]:
    """The strip stands at the right, or below where the stage is high."""
    if not strip:
        return {main: Rect(0, 0, width, height)}
    if width >= height * SLIMMEST:
        # No wider than its tiles need.
        most = max(1, min(int(width * STRIP_SHARE), int((height - GAP_PX * (len(strip) - 1)) / len(strip) * WIDEST)))
        left = max(1, width - most - GAP_PX)
        return {main: Rect(0, 0, left, height), **_grid(strip, Rect(width - most, 0, most, height))}
    most = max(1, min(int(height * STRIP_SHARE), int(width / SLIMMEST)))
    above = max(1, height - most - GAP_PX)
    return {main: Rect(0, 0, width, above), **_grid(strip, Rect(0, height - most, width, most))}


def _grid(tiles: Sequence[Tile], room: Rect) -> dict[Tile, Rect]:
    if not tiles:
        return {}
    columns, tile_width, tile_height = max(
        (_tile(len(tiles), columns, room.width, room.height) for columns in range(1, len(tiles) + 1)),
        key=lambda one: one[1] * one[2],
    )
    rows = -(-len(tiles) // columns)
    used_height = rows * tile_height + (rows - 1) * GAP_PX
    top = room.y + (room.height - used_height) // 2
    placed = {}
    for index, tile in enumerate(tiles):
        line = index // columns
        in_line = min(columns, len(tiles) - line * columns)
        left = room.x + (room.width - in_line * tile_width - (in_line - 1) * GAP_PX) // 2
        x = left + (index - line * columns) * (tile_width + GAP_PX)
        placed[tile] = Rect(x, top + line * (tile_height + GAP_PX), tile_width, tile_height)
    return placed


def _tile(count: int, columns: int, width: int, height: int) -> tuple[int, int, int]:
    """The largest tile of the allowed shapes with so many columns: (columns, width, height)."""
    rows = -(-count // columns)
    most_wide = max(1.0, (width - (columns - 1) * GAP_PX) / columns)
    most_high = max(1.0, (height - (rows - 1) * GAP_PX) / rows)
    tile_width = min(most_wide, most_high * WIDEST)
    tile_height = min(most_high, tile_width / SLIMMEST)
    return columns, max(1, int(tile_width)), max(1, int(tile_height))
