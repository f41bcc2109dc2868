"""What is on the stage of a call: which tiles, in which layout, and where each of them lies. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
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
#: What one shares.
OWN_SCREEN = Tile("", "screen")

#: How one wants to see the others: as it suits the call, all alike, or large who speaks.
Mode: TypeAlias = Literal["automatic", "grid", "speaker"]
#: Where one's own tile lies over the stage of two.
Anchor: TypeAlias = Literal["top-left", "top", "top-right", "left", "right", "bottom-left", "bottom", "bottom-right"]
DEFAULT_ANCHOR: Anchor = "bottom-right"
#: Each as shares of the room that is left beside the tile, from the left and from the top.
ANCHORS: dict[Anchor, tuple[float, float]] = {
    "top-left": (0, 0), "top": (0.5, 0), "top-right": (1, 0), "left": (0, 0.5), "right": (1, 0.5),
    "bottom-left": (0, 1), "bottom": (0.5, 1), "bottom-right": (1, 1),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stage:
    """How one chose to see the stage of a call."""

    #: Fills it while that picture is there.
    pinned: Tile | None = None
    mode: Mode = "automatic"
    #: One's own tile is not shown while others are there.
    hides_own: bool = False
    #: Who of the others spoke last, not only for a moment; "": nobody yet.
    speaker: str = ""
    #: Shares that do not become large by themselves any more: who shares, and since when.
    put_back: frozenset[tuple[str, float]] = frozenset()


@dataclass(frozen=True, slots=True)
class Grid:
    """Everyone the same size."""

    tiles: tuple[Tile, ...]


@dataclass(frozen=True, slots=True)
class OneToOne:
    """The other person fills the stage; one's own tile is small and lies over it."""

    other: Tile
    own: Tile
    anchor: Anchor = DEFAULT_ANCHOR


@dataclass(frozen=True, slots=True)
class Speaker:
    """One face is large, the others are small beside it."""

    main: Tile
    strip: tuple[Tile, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """A screen is large and shown whole, the faces are small beside it; one's own may lie over all (`own`)."""

    main: Tile
    strip: tuple[Tile, ...]
    own: Tile | None = None
    anchor: Anchor = DEFAULT_ANCHOR


Layout: TypeAlias = Grid | OneToOne | Speaker | Share


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle on the stage, in whole logical pixels from its top left."""

    x: int
    y: int
    width: int
    height: int


def layout_of(people: Sequence[Person], you: str, stage: Stage = Stage(), anchor: Anchor = DEFAULT_ANCHOR) -> Layout:
    """The layout that suits a call and what one chose.

    Args:
        people: Whoever has a seat.
        you: One's own id among them.
        stage: What one chose.
        anchor: Where one's own tile lies with two people.
    """
    others = sorted((one for one in people if one.id != you), key=lambda one: (one.joined_at, one.id))
    sharing = sorted((one for one in others if one.sharing), key=lambda one: -one.sharing_since)
    # One's own screen is before one's eyes, but what others point at on it is seen on its tile.
    shows_screen = any(one.id == you and one.sharing and (one.members_point or one.guests_point) for one in people)
    screens = (*(Tile(one.id, "screen") for one in sharing), *((OWN_SCREEN,) if shows_screen else ()))
    large = [Tile(one.id, "screen") for one in sharing if (one.id, one.sharing_since) not in stage.put_back]
    shows_own = any(one.id == you for one in people) and not (stage.hides_own and others)
    faces = (*(Tile(one.id) for one in others), *((OWN,) if shows_own else ()))
    tiles = (*screens, *faces)
    main: Tile
    if stage.pinned is not None and stage.pinned in tiles:
        main = stage.pinned
    elif large and stage.mode != "grid":
        main = large[0]
    elif len(faces) == 2 and shows_own and not screens and stage.mode != "grid":
        return OneToOne(faces[0], OWN, anchor)
    elif others and (stage.mode == "speaker" or len(tiles) == 1):
        main = Tile(stage.speaker) if stage.speaker and Tile(stage.speaker) in faces else faces[0]
    else:
        return Grid(tiles)
    strip = tuple(tile for tile in tiles if tile != main)
    if main.source == "camera":
        return Speaker(main, strip)
    if len(others) == 1 and shows_own:
        return Share(main, tuple(tile for tile in strip if tile != OWN), OWN, anchor)
    return Share(main, strip)


def tiles_of(layout: Layout) -> tuple[Tile, ...]:
    """What is on the stage, in the order in which it is read; a later tile may lie over an earlier one."""
    match layout:
        case Grid(tiles):
            return tiles
        case OneToOne(other, own):
            return other, own
        case Speaker(main, strip):
            return main, *strip
        case Share(main, strip, own):
            return main, *strip, *((own,) if own is not None else ())
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
            return {other: Rect(0, 0, width, height), own: own_place(layout, width, height)}
        case Speaker(main, strip):
            return _with_strip(main, strip, width, height)
        case Share(main, strip, own):
            over = {own: own_place(layout, width, height)} if own is not None else {}
            return {**_with_strip(main, strip, width, height), **over}
        case _:
            assert_never(layout)


def own_place(layout: OneToOne | Share, width: int, height: int) -> Rect:
    """Where one's own tile lies over the stage of two."""
    own_width, own_height, margin = _own_size(layout, width, height)
    across, down = ANCHORS[layout.anchor]
    margin_x, margin_y = min(margin, (width - own_width) // 2), min(margin, (height - own_height) // 2)
    x = margin_x + round((width - own_width - 2 * margin_x) * across)
    y = margin_y + round((height - own_height - 2 * margin_y) * down)
    return Rect(x, y, own_width, own_height)


def bounded(layout: OneToOne | Share, at: tuple[int, int], width: int, height: int) -> Rect:
    """One's own tile while it is dragged: its top left is wanted at a point, but it never leaves the stage."""
    own_width, own_height, _ = _own_size(layout, width, height)
    return Rect(min(max(at[0], 0), width - own_width), min(max(at[1], 0), height - own_height), own_width, own_height)


def nearest_anchor(layout: OneToOne | Share, place: Rect, width: int, height: int) -> Anchor:
    """Where one's own tile snaps to when it is let go at a place."""

    def distance(anchor: Anchor) -> int:
        there = own_place(replace(layout, anchor=anchor), width, height)
        return (there.x - place.x) ** 2 + (there.y - place.y) ** 2

    return min(ANCHORS, key=distance)


def next_anchor(anchor: Anchor, across: int, down: int) -> Anchor:
    """The anchor beside another one, by an arrow key: -1, 0 or 1 to the right and downwards. The middle is none."""
    x, y = ANCHORS[anchor]
    goal = (min(max(x + across / 2, 0), 1), min(max(y + down / 2, 0), 1))
    if goal == (0.5, 0.5):
        goal = (goal[0] + across / 2, goal[1] + down / 2)
    return next(one for one, place in ANCHORS.items() if place == goal)


def _own_size(layout: OneToOne | Share, width: int, height: int) -> tuple[int, int, int]:
    """Width, height and margin; beside a share it begins in the strip, where it covers nothing of the screen."""
    share, margin = (OWN_SHARE, OWN_MARGIN_PX) if isinstance(layout, OneToOne) else (STRIP_SHARE, 0)
    own_width = int(min(max(width * share, OWN_LEAST_PX), OWN_MOST_PX, width / 2, height / 2 * WIDEST))
    return max(1, own_width), max(1, round(own_width / WIDEST)), margin


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
