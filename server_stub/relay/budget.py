"""Who gets which pictures where links are narrow, and how much a picture may cost; pure.

Voices come first and are never held back. Of what is left the screen gets most and the faces share the rest; where that
is too little for all, who spoke last is seen. What a picture may cost is what its best viewer can have: the others go
without it until it fits.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass

from app.net.estimate import OVERHEAD_BYTES

#: What is sent again, feedback and the like.
_KEPT = 0.92
#: Beside a screen, faces get a fifth.
_SCREEN_SHARE = 0.8
#: A face is not worth less than this; the only picture that somebody gets may be worth this little.
FACE_BPS, LEAST_BPS = 60_000, 20_000
#: A picture that flows goes on until it is so much too large; one that waits begins when there is so much room.
_TOO_LARGE, _ROOM = 1.15, 0.9
#: Opus at 32 kbit/s with all headers costs 52 while somebody speaks, and half of that in a quiet room.
_SPOKEN_BPS, _TURN_S = 42_000, 4.0
_LOOK_S = 0.2


@dataclass(frozen=True, slots=True)
class Flow:
    """One picture that is sent.

    Attributes:
        key: names it.
        is_screen: a screen, or else a face.
        bps: what it costs now.
        spoke_s: when its person spoke last.
    """

    key: Hashable
    is_screen: bool
    bps: float
    spoke_s: float = 0.0


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
        self._looks: deque[tuple[float, int]] = deque(maxlen=5)

    def note(self, size: int) -> None:
        """Counts a packet of so many bytes, RTP header included."""
        self._bits += (size + OVERHEAD_BYTES) * 8

    def look(self, now_s: float) -> None:
        """Measures; to be called four times a second or so: more often tells nothing more."""
        if self._looks and now_s - self._looks[-1][0] < _LOOK_S:
            return
        self._looks.append((now_s, self._bits))
        since_s, before = self._looks[0]
        past_s = now_s - since_s
        self.bps = (self._bits - before) / past_s if past_s > 0 else 0.0
        if self.bps > _SPOKEN_BPS:
            # In steps, so that two who talk to each other do not take turns in the pictures with every word.
            self.spoke_s = max(self.spoke_s, now_s // _TURN_S * _TURN_S)


@dataclass(frozen=True, slots=True)
class Plan:
    """What one viewer gets.

    Attributes:
        flows: the pictures that they get now.
        shares: bits a second that each picture may cost for them, were it made for them alone.
    """

    flows: frozenset[Hashable]
    shares: dict[Hashable, float]


def plan_for(bps: float, voices_bps: float, pictures: Iterable[Flow], flowing: Collection[Hashable]) -> Plan:
    """Decides for one viewer.

    Args:
        bps: what their link carries.
        voices_bps: what all voices together cost.
        pictures: all that there is for them.
        flowing: what they get until now: a change costs a key frame.
    """
    left = max(0.0, bps * _KEPT - voices_bps)
    ordered = sorted(pictures, key=lambda flow: (not flow.is_screen, -flow.spoke_s))
    return Plan(_fitting(left, ordered, flowing), _shares(left, ordered))


def _shares(left: float, ordered: Sequence[Flow]) -> dict[Hashable, float]:
    screens = [flow.key for flow in ordered if flow.is_screen]
    faces = [flow.key for flow in ordered if not flow.is_screen]
    for_screens = (left * _SCREEN_SHARE if faces else left) if screens else 0.0
    for_faces = left - for_screens
    seen = max(min(len(faces), int(for_faces / FACE_BPS)), 0 if screens else 1)
    shares = dict.fromkeys(screens, for_screens / max(1, len(screens)))
    for place, key in enumerate(faces):
        shares[key] = for_faces / seen if place < seen else 0.0
    return shares


def _fitting(left: float, ordered: Sequence[Flow], flowing: Collection[Hashable]) -> frozenset[Hashable]:
    flows, used = set[Hashable](), 0.0
    for flow in ordered:
        factor = _TOO_LARGE if flow.key in flowing else _ROOM
        if used + flow.bps <= left * factor or not flows:
            flows.add(flow.key)
            used += flow.bps
    return frozenset(flows)


def most_of(shares: Iterable[float]) -> float | None:
    """What a picture may cost, of the shares that its viewers have for it; None: nobody sees it, it costs nothing."""
    return max((max(share, LEAST_BPS) for share in shares), default=None)
