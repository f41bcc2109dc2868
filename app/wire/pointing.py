"""Pointing at a shared screen: a pointer or a pen that fades, while the sharer lets the others. Never stored."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from app.wire.fields import Ask, Id, Tell

#: "pointer": the pointer moved; "pen": a line went on; "away": nothing is pointed at any more.
Pointing = Literal["pointer", "pen", "away"]
#: A place on the screen: ten-thousandths of its width and height from the top left.
MOST_SPOT = 10_000
Coordinate = Annotated[int, Meta(ge=0, le=MOST_SPOT)]
Spot = tuple[Coordinate, Coordinate]
#: So many places a message.
MOST_SPOTS = 16
Spots = Annotated[tuple[Spot, ...], Meta(max_length=MOST_SPOTS)]
#: Tells the lines of one person apart.
Stroke = Annotated[int, Meta(ge=0, le=1_000_000)]


class AllowPointing(Ask, frozen=True, kw_only=True):
    """Who shares lets members, guests or both point at it; answered with `PersonChanged`. Refused: not_allowed."""

    meeting: Id
    members: bool
    guests: bool


class PointAt(Ask, frozen=True, kw_only=True):
    """Points at the screen that `person` shares; answered with `Pointed`. Refused: not_allowed, too_much.

    Without a request number nothing is answered, and what is too much or not allowed any more is left out in silence.
    """

    meeting: Id
    person: Id
    kind: Pointing
    stroke: Stroke = 0
    spots: Spots = ()


class Pointed(Tell, frozen=True, kw_only=True):
    """Someone points at the screen of `sharer`; who reads too slowly is not told of each."""

    meeting: str
    sharer: str
    person: str
    kind: Pointing
    stroke: int = 0
    spots: tuple[tuple[int, int], ...] = ()
