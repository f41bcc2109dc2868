"""What a hand says by its shape, and when that counts. Pure: points and instants go in, words come out.

The rules stand on MediaPipe's world landmarks: 21 points in metres about the hand's middle, x to the right of the
picture, y down, z away from the camera; the wrist first, then four of each finger from the thumb to the little one.
The thresholds lie in the gaps that 252 photographed hands leave between them (`python -m tests.bench gestures`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

Point: TypeAlias = tuple[float, float, float]
Gesture: TypeAlias = Literal["hand", "thumbs_up", "thumbs_down", "victory", "ok"]
"""What counts: an open palm raises the hand, the others are the reactions of the same names."""
Shape: TypeAlias = Gesture | Literal["fist", "other"]

#: So long a gesture is held before it counts.
HOLD_S = 0.8
#: A look that misses the hand does not undo what was held before it.
GAP_S = 0.3
#: A gesture that has counted counts again when it has not been seen for so long.
REST_S = 1.0
#: A hand that a palm has raised goes down when the palm has not been seen for so long.
LOWER_S = 2.0

_WRIST, _THUMB, _THUMB_TIP, _INDEX_TIP = 0, 2, 4, 8
_KNUCKLES = _INDEX, _MIDDLE, _, _LITTLE = 5, 9, 13, 17
# Tip from the wrist, by the knuckle from the wrist; and how far the finger is bent.
_OPEN, _SHUT, _BENT_DEG = 1.5, 1.25, 80.0
# The thumb's tip from the little finger's knuckle, by the palm's breadth and by its length: a turned hand is narrow,
# one that leans towards the camera short. And how far the thumb is bent.
_OUT, _OUT_LONG, _POINTS, _THUMB_BENT_DEG = 1.32, 0.78, 1.6, 55.0
# By the palm's length: a pointing thumb is clear of every finger; thumb and index finger make a ring, which is wider
# where the finger is bent.
_CLEAR, _RING, _BENT_RING = 0.6, 0.4, 0.65
# From the vertical.
_THUMB_CONE_DEG, _UPRIGHT_DEG = 60.0, 60.0


@dataclass(frozen=True, slots=True)
class _Measures:
    """What the rules look at; fingers from the index to the little one.

    Attributes:
        are_open: Whether each is stretched.
        are_shut: Whether each is closed; one may be neither.
        thumb_is_out: Whether the thumb stands off the palm.
        thumb_points: Whether it is well away from all other fingers.
        thumb_deg: Where it points: 0 up, 180 down.
        has_ring: Whether thumb and index finger make a ring.
        tilt_deg: Where the hand points: 0 up, 180 down.
    """

    are_open: tuple[bool, ...]
    are_shut: tuple[bool, ...]
    thumb_is_out: bool
    thumb_points: bool
    thumb_deg: float
    has_ring: bool
    tilt_deg: float


def shape_of(hand: Sequence[Point]) -> Shape:
    """What a hand shows.

    Args:
        hand: 21 world landmarks.
    """
    is_ = _measure(hand)
    if is_.thumb_points and all(is_.are_shut):
        is_up, is_down = is_.thumb_deg < _THUMB_CONE_DEG, is_.thumb_deg > 180 - _THUMB_CONE_DEG
        return "thumbs_up" if is_up else "thumbs_down" if is_down else "other"
    if all(is_.are_shut):
        return "fist"
    if is_.tilt_deg > _UPRIGHT_DEG:
        return "other"
    if is_.has_ring:
        return "ok" if all(is_.are_open[1:]) else "other"
    if all(is_.are_open):
        return "hand" if is_.thumb_is_out else "other"
    is_victory = all(is_.are_open[:2]) and all(is_.are_shut[2:]) and not is_.thumb_is_out
    return "victory" if is_victory else "other"


def open_fingers(hand: Sequence[Point]) -> int:
    """How many fingers are stretched out, the thumb among them.

    Args:
        hand: 21 world landmarks.
    """
    is_ = _measure(hand)
    has_thumb = is_.thumb_points if all(is_.are_shut) else is_.thumb_is_out and not is_.has_ring
    return sum(is_.are_open) + has_thumb


def _measure(hand: Sequence[Point]) -> _Measures:
    wrist, thumb, tip = hand[_WRIST], hand[_THUMB], hand[_THUMB_TIP]
    length = math.dist(wrist, hand[_MIDDLE]) or 1.0
    breadth = math.dist(hand[_INDEX], hand[_LITTLE]) or 1.0
    reaches = [math.dist(hand[one + 3], wrist) / (math.dist(hand[one], wrist) or 1.0) for one in _KNUCKLES]
    bends = [_angle_deg(hand[one], hand[one + 1], hand[one + 2], hand[one + 3]) for one in _KNUCKLES]
    is_straight = _angle_deg(hand[_THUMB - 1], thumb, hand[_THUMB + 1], tip) < _THUMB_BENT_DEG
    out, ring = math.dist(tip, hand[_LITTLE]), math.dist(tip, hand[_INDEX_TIP]) / length
    clear = min(math.dist(tip, hand[one + 1]) for one in _KNUCKLES) / length
    return _Measures(
        are_open=tuple(reach > _OPEN and bend < _BENT_DEG for reach, bend in zip(reaches, bends, strict=True)),
        are_shut=tuple(reach < _SHUT for reach in reaches),
        thumb_is_out=out > _OUT * breadth and out > _OUT_LONG * length and is_straight,
        thumb_points=out > _POINTS * breadth and clear > _CLEAR,
        thumb_deg=_tilt_deg(thumb, tip),
        has_ring=ring < _RING or (ring < _BENT_RING and reaches[0] < _OPEN),
        tilt_deg=_tilt_deg(wrist, hand[_MIDDLE]),
    )


def _angle_deg(a: Point, b: Point, c: Point, d: Point) -> float:
    """Between the way from a to b and that from c to d."""
    first, second = [q - p for p, q in zip(a, b, strict=True)], [q - p for p, q in zip(c, d, strict=True)]
    lengths = math.hypot(*first) * math.hypot(*second)
    if not lengths:
        return 0.0
    cosine = sum(p * q for p, q in zip(first, second, strict=True)) / lengths
    return math.degrees(math.acos(max(-1.0, min(1.0, cosine))))


def _tilt_deg(foot: Point, head: Point) -> float:
    """How far a way in the picture is from upright: 0.0 up, 180.0 down."""
    return abs(math.degrees(math.atan2(head[0] - foot[0], foot[1] - head[1])))


class Sight(NamedTuple):
    """What one look at a picture has found.

    Attributes:
        gesture: What a hand shows that may count; None: nothing.
        is_still: Whether that hand is held still: one that moves means nothing by its shape.
    """

    gesture: Gesture | None = None
    is_still: bool = False


NOTHING = Sight()


@dataclass(frozen=True, slots=True)
class Held:
    """What one look has led to.

    Attributes:
        gesture: What is being held; None: nothing that may count.
        share: How much of its time it has been held, 0.0 to 1.0.
        made: What counts from this look on, once.
        is_gone: The palm that had raised the hand is not seen any more.
    """

    gesture: Gesture | None = None
    share: float = 0.0
    made: Gesture | None = None
    is_gone: bool = False


class Hold:
    """Says when a gesture counts: held for `HOLD_S`, while one is quiet, and once."""

    def __init__(self) -> None:
        self._gesture: Gesture | None = None
        self._since_s = 0.0
        self._seen_s = 0.0
        #: What has counted and has not been away since, and when it was seen last.
        self._spent: dict[Gesture, float] = {}
        self._palm_seen_s: float | None = None

    @property
    def has_raised(self) -> bool:
        """A palm has raised the hand, and is waited for to go."""
        return self._palm_seen_s is not None

    def see(self, sight: Sight, at_s: float, *, is_quiet: bool = True) -> Held:
        """Takes what a look has found.

        Args:
            sight: That.
            at_s: When; an instant.
            is_quiet: False while one speaks: who talks with their hands means nothing by them.
        """
        is_gone = self._look_for_palm(sight.gesture, at_s)
        # One that is still there after a time in which nobody looked has not been away.
        spent = self._spent.items()
        self._spent = {one: seen_s for one, seen_s in spent if one == sight.gesture or at_s - seen_s < REST_S}
        gesture = sight.gesture if sight.is_still else None
        if sight.gesture in self._spent:
            self._spent[sight.gesture], gesture = at_s, None
        if not is_quiet:
            self._gesture = None
            return Held(is_gone=is_gone)
        if gesture is None and self._gesture is not None and at_s - self._seen_s <= GAP_S:
            return Held(self._gesture, self._share(self._seen_s), is_gone=is_gone)
        if gesture != self._gesture:
            self._gesture, self._since_s = gesture, at_s
        if gesture is None:
            return Held(is_gone=is_gone)
        self._seen_s = at_s
        share = self._share(at_s)
        if share < 1.0:
            return Held(gesture, share, is_gone=is_gone)
        self._gesture = None
        self._spent[gesture] = at_s
        if gesture == "hand":
            self._palm_seen_s = at_s
        return Held(gesture, 1.0, made=gesture, is_gone=is_gone)

    def end(self) -> Held:
        """Nobody looks any more: what was held is let go, and a palm is not seen."""
        is_gone = self.has_raised
        self.__init__()  # type: ignore[misc]
        return Held(is_gone=is_gone)

    def _share(self, at_s: float) -> float:
        # Looks do not come to the millisecond: the last one of those that fit counts.
        return min(1.0, (at_s - self._since_s) / (HOLD_S - 0.02))

    def _look_for_palm(self, gesture: Gesture | None, at_s: float) -> bool:
        if self._palm_seen_s is None:
            return False
        if gesture == "hand":
            self._palm_seen_s = at_s
        elif at_s - self._palm_seen_s >= LOWER_S:
            self._palm_seen_s = None
            return True
        return False
