"""Who gets which pictures where links are narrow, and how much a picture may cost; pure.

Voices come first and are never held back. Of what is left the screen gets most and the faces share the rest; where that
is too little for all, who spoke last is seen. What a picture may cost is what its best viewer can have: the others go
without it until it fits.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Collection, Hashable, Iterable, Sequence
from typing import NamedTuple

from app.net.estimate import OVERHEAD_BYTES

#: What is sent again, feedback and the like.
_KEPT = 0.92
#: Beside a screen, faces get a fifth.
_SCREEN_SHARE = 0.8
#: A face is not worth less than this; the only picture that somebody gets may be worth this little.
FACE_BPS, LEAST_BPS = 60_000, 20_000
#: A picture that flows goes on until it is so much too large; one that waits begins when there is so much room.
_TOO_LARGE, _ROOM = 1.15, 0.9
#: Who uses no more than this has room to spare: a link is taken for one and a half times what comes in, where that is
#: all that is known.
_EASY = 0.75
#: Opus at 32 kbit/s with all headers costs 52 while somebody speaks, and half of that in a quiet room.
_SPOKEN_BPS, _TURN_S = 42_000, 4.0
_LOOK_S, _MEASURED_S = 0.2, 1.0
#: What flows at less is not measured yet, or rests.
_MEASURED_BPS = 10_000
#: Less than this share is less; a sender has so long to follow; and so much of a face is reckoned with.
_LESS, _OBEYS_S, _RECKONED = 0.97, 3.0, 0.85
#: A sender who does not keep to what they were told is let through up to so many times what is left: beyond, voices
#: would not get through.
_FIRST = 1.5


class Flow(NamedTuple):
    """One picture that is sent.

    Attributes:
        key: names it.
        is_screen: a screen, or else a face.
        bps: what it costs now.
        spoke_s: when its person spoke last.
        low: the same face made small, where there is one.
        prefers_low: the small one does for who it is for.
        needs_bps: more than this it need not cost for who it is for.
        is_heeded: see `Allowed.is_heeded`.
    """

    key: Hashable
    is_screen: bool
    bps: float
    spoke_s: float = 0.0
    low: Flow | None = None
    prefers_low: bool = False
    needs_bps: float = math.inf
    is_heeded: bool = True


class Cost:
    """What a stream costs, measured over its last second.

    Attributes:
        bps: bits a second at the last look, with all headers.
        spoke_s: when a voice was last more than a breath; 0.0 before.
    """

    __slots__ = ("_bits", "_looks", "bps", "spoke_s")

    def __init__(self) -> None:
        self.bps = self.spoke_s = 0.0
        self._bits = 0
        self._looks: deque[tuple[float, int]] = deque()

    def note(self, size: int) -> None:
        """Counts a packet of so many bytes, RTP header included."""
        self._bits += (size + OVERHEAD_BYTES) * 8

    def look(self, now_s: float) -> None:
        """Measures; to be called two to four times a second: more often tells nothing more."""
        if self._looks and now_s - self._looks[-1][0] < _LOOK_S:
            return
        self._looks.append((now_s, self._bits))
        while len(self._looks) > 2 and now_s - self._looks[1][0] >= _MEASURED_S:
            self._looks.popleft()
        since_s, before = self._looks[0]
        past_s = now_s - since_s
        self.bps = (self._bits - before) / past_s if past_s > 0 else 0.0
        if self.bps > _SPOKEN_BPS:
            # In steps, so that two who talk to each other do not take turns in the pictures with every word.
            self.spoke_s = max(self.spoke_s, now_s // _TURN_S * _TURN_S)


class Allowed:
    """What the sender of a picture was told that it may cost, and what to reckon with for it.

    A link's estimate goes up and down by a fifth all the time, and a sender is given what it has just then: reckoned
    with in full, the picture would not fit a moment later.
    """

    __slots__ = ("_bps", "_less_s")

    def __init__(self) -> None:
        self._bps: float | None = None
        self._less_s = -math.inf

    def say(self, bps: float, now_s: float) -> None:
        """It may cost so many bits a second from now on."""
        if self._bps is not None and bps < self._bps * _LESS:
            self._less_s = now_s
        self._bps = bps

    def reckoned(self, measured_bps: float, now_s: float, *, is_face: bool) -> float:
        """Bits a second to reckon with.

        Args:
            measured_bps: what it cost in the last second.
            now_s: monotonic.
            is_face: it moves all the time, so one that costs nothing rests; a screen may stand still.
        """
        if self._bps is None:
            return measured_bps
        if is_face and measured_bps < _MEASURED_BPS:
            return self._bps * _RECKONED
        # Who has just been told to send less does so soon; who does not is taken at what they send.
        bps = min(measured_bps, self._bps) if now_s - self._less_s < _OBEYS_S else measured_bps
        return bps * _RECKONED if is_face else bps

    def is_heeded(self, measured_bps: float, now_s: float) -> bool:
        """Whether its sender keeps to what they were told, as far as an encoder can, or has not had the time to."""
        has_time = now_s - self._less_s < _OBEYS_S
        return self._bps is None or has_time or measured_bps <= self._bps * _FIRST + LEAST_BPS


class Plan(NamedTuple):
    """What one viewer gets.

    Attributes:
        flows: the pictures that they get now, each in one size.
        shares: bits a second that each picture may cost for them, were it made for them alone; by the large one.
        roomy: the pictures that their link bears large, whether they get them so or not.
        is_easy: it bears them all, with room to spare.
    """

    flows: frozenset[Hashable]
    shares: dict[Hashable, float]
    roomy: frozenset[Hashable]
    is_easy: bool


def plan_for(bps: float, voices_bps: float, pictures: Iterable[Flow], flowing: Collection[Hashable]) -> Plan:
    """Decides for one viewer.

    Args:
        bps: what their link carries.
        voices_bps: what all voices together cost.
        pictures: all that there is for them; of a face in two sizes the large one, which names the small one.
        flowing: what they get until now: a change costs a key frame.
    """
    left = max(0.0, bps * _KEPT - voices_bps)
    ordered = sorted(pictures, key=lambda flow: (not flow.is_screen, -flow.spoke_s))
    flows, roomy, used = _fitting(left, ordered, flowing)
    is_easy = len(flows) == len(roomy) == len(ordered) and used <= left * _EASY
    return Plan(flows, _shares(left, ordered), roomy, is_easy)


def _shares(left: float, ordered: Sequence[Flow]) -> dict[Hashable, float]:
    screens = [flow.key for flow in ordered if flow.is_screen]
    faces = [flow for flow in ordered if not flow.is_screen]
    for_screens = (left * _SCREEN_SHARE if faces else left) if screens else 0.0
    for_faces = left - for_screens
    seen = max(min(len(faces), int(for_faces / FACE_BPS)), 0 if screens else 1)
    shares = dict.fromkeys(screens, for_screens / max(1, len(screens)))
    level = _level(for_faces, sorted(face.needs_bps for face in faces[:seen]))
    for place, face in enumerate(faces):
        shares[face.key] = level if place < seen else 0.0
    return shares


def _level(left: float, needs: Sequence[float]) -> float:
    """What each of some pictures may cost, least needs first: what one does not need is the others'."""
    for place, need in enumerate(needs):
        alike = left / (len(needs) - place)
        if need >= alike:
            return alike
        left -= need
    return needs[-1] + left if needs else 0.0


def _fitting(
    left: float, ordered: Sequence[Flow], flowing: Collection[Hashable]
) -> tuple[frozenset[Hashable], frozenset[Hashable], float]:
    """What of it a link bears: as many pictures as it can, then as many of them large; and what that costs."""
    chosen, roomy, used = dict[Hashable, Flow](), set[Hashable](), 0.0
    for flow in ordered:
        least = flow.low or flow
        is_begun = flow.key in flowing or least.key in flowing
        if used + least.bps <= left * (_TOO_LARGE if is_begun else _ROOM):
            roomy.add(flow.key)
        elif chosen or not (least.is_heeded or least.bps <= left * _FIRST):
            continue
        chosen[flow.key] = least
        used += least.bps
    for flow in ordered:
        if flow.low is None:
            continue
        more = flow.bps - (flow.low.bps if flow.key in chosen else 0.0)
        if used + more > left * (_TOO_LARGE if flow.key in flowing else _ROOM):
            roomy.discard(flow.key)
            continue
        roomy.add(flow.key)
        if not flow.prefers_low:
            chosen[flow.key] = flow
            used += more
    return frozenset(flow.key for flow in chosen.values()), frozenset(roomy), used


def most_of(shares: Iterable[float]) -> float | None:
    """What a picture may cost, of the shares that its viewers have for it; None: nobody sees it, it costs nothing."""
    return max((max(share, LEAST_BPS) for share in shares), default=None)
