"""Whether a face is made a second time, small, what each of the two may cost, and who gets which; pure.

A face is one picture as long as one size does for all who see it. A small one is made beside it while somebody shows
the face small whom another's large view would cost much, or has a link that bears much less than the others'. It is
made at once, and for a while after nobody needs it any more; a viewer whose link was too narrow for the large one
stays with the small one for a while, too: each change costs a key frame.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from app.net.heights import most_bps
from app.wire.media import MOST_HEIGHT_PX
from server_stub.relay.budget import FACE_BPS, LEAST_BPS

#: A view of at most so many pixels is served small, where another's is at least so high.
SMALL_PX, LARGE_PX = 270, 540
#: The heights in which a face is made small; up to so many pixels the first one does.
LOW_PX, LOW_LARGE_PX = 180, 270
_LOW_DOES_PX = 198
#: A link that bears less than this share of what the best one does decides no more what the large picture may cost.
NEAR = 0.6
#: The small picture costs so much of what the least link has for it: it is to fit beside the others' for sure.
SURE = 0.85
#: A sender with less than this is better off with one picture; one that sends two goes on down to the other.
_TWO_BPS, _STILL_TWO_BPS = 400_000, 300_000
#: Who shows a face smaller than before counts as that after this; who turns a page and back again costs no key frame.
SMALL_AFTER_S = 1.5
#: After their link was too narrow for the large picture a viewer stays with the small one for so long.
POOR_FOR_S = 5.0
#: A link that has borne the large one for so long does bear it.
PROVEN_S = 4.0
#: The small picture is made for so long after nobody needs it.
KEPT_S = 5.0


class Viewer(NamedTuple):
    """Somebody who shows a face.

    Attributes:
        height: pixels of their largest view; None: as it is.
        share: bits a second that it might cost, were it made for them alone; 0.0: there is no room for it.
        has_room: their link bears the large picture as it is now.
    """

    height: int | None
    share: float
    has_room: bool = True


@dataclass(frozen=True, slots=True)
class Layers:
    """How a face is made and shared out.

    Attributes:
        low_px: how high the small picture is made at most; 0: not at all.
        high_bps: what the large one may cost; None: nobody has said.
        low_bps: what the small one may cost; None as above.
        small: the viewers who are to have the small one, where there is one.
        poor: those of them whose link does not bear the large one.
        large: the viewers who are to have the large one.
    """

    low_px: int = 0
    high_bps: float | None = None
    low_bps: float | None = None
    small: frozenset[str] = frozenset()
    poor: frozenset[str] = frozenset()
    large: frozenset[str] = frozenset()

    def prefers_low(self, viewer: str, height: int | None) -> bool:
        """Whether somebody who shows it that high now is to have the small one, where there is one.

        Who enlarges it is not kept waiting, and who shows it small for the first time costs no large key frame.
        """
        return viewer in self.poor or (viewer not in self.large and height is not None and height <= SMALL_PX)


class Face:
    """One person's face, and what was decided of it before.

    Attributes:
        layers: what was decided last.
    """

    def __init__(self) -> None:
        """One picture for all."""
        self.layers = Layers()
        self._needed_s = -math.inf
        self._low_px = 0
        self._large_s: dict[str, float] = {}
        self._poor_s: dict[str, float] = {}
        #: Since when each one is to have the large one.
        self._since_s: dict[str, float] = {}

    def decide(self, viewers: Mapping[str, Viewer], *, is_recorded: bool, up_bps: float, now_s: float) -> Layers:
        """Decides; to be called a few times a second.

        Args:
            viewers: all who show it, by their ids.
            is_recorded: it is recorded as it is, too.
            up_bps: what the link of the face's person carries.
            now_s: monotonic.
        """
        self._note(viewers, now_s)
        may_be_two = len(viewers) + is_recorded >= 2 and up_bps >= (_STILL_TWO_BPS if self.layers.low_px else _TWO_BPS)
        small = self._small(viewers, is_recorded, now_s) if may_be_two else frozenset[str]()
        large = viewers.keys() - small
        # Whatever a client says of its link: more than the face can need, or is sent, counts for nothing.
        tallest = MOST_HEIGHT_PX if is_recorded else max(map(_pixels, viewers.values()), default=0)
        most = min(up_bps, most_bps(tallest))
        best = min(
            max((viewers[one].share for one in self._proven(large, now_s) or large or viewers), default=0.0), most
        )
        poor = {one for one in large if now_s < self._poor_s.get(one, -math.inf)} if may_be_two else set[str]()
        # Those whose link is nearly as good as the best one get the small picture where there is one.
        far = {one for one in poor if self.layers.low_px or 0 < viewers[one].share < NEAR * best}
        self._needed_s = self._needed_s if may_be_two else -math.inf
        low_px = self._height(viewers, small | far, now_s)
        low_bps = _least(viewers, small | far, FACE_BPS, SURE) or self.layers.low_bps
        near = {one for one in large if viewers[one].share >= NEAR * best}
        self.layers = Layers(
            low_px,
            _least(viewers, near, LEAST_BPS) if large else max(best, LEAST_BPS) if viewers else None,
            low_bps if low_px else None,
            frozenset(small | poor),
            frozenset(poor),
            frozenset(large - poor),
        )
        self._since_s = {one: self._since_s.get(one, now_s) for one in self.layers.large}
        return self.layers

    def _proven(self, large: Collection[str], now_s: float) -> list[str]:
        """Those of the viewers whose link has borne the large picture for a while.

        What is said of a link that is tried again is a guess: it must not make the picture too dear for others.
        """
        return [one for one in large if now_s - self._since_s.get(one, now_s) >= PROVEN_S]

    def _note(self, viewers: Mapping[str, Viewer], now_s: float) -> None:
        """Keeps since when each one counts as what."""
        # Who hides it for a moment begins nothing anew.
        for kept, for_s in ((self._large_s, SMALL_AFTER_S), (self._poor_s, 0.0)):
            for gone in [one for one, at_s in kept.items() if one not in viewers and now_s >= at_s + for_s]:
                del kept[gone]
        for one, viewer in viewers.items():
            if _pixels(viewer) > SMALL_PX:
                self._large_s[one] = now_s
            if not viewer.has_room:
                self._poor_s[one] = now_s + POOR_FOR_S

    def _small(self, viewers: Mapping[str, Viewer], is_recorded: bool, now_s: float) -> frozenset[str]:
        """Who shows it small while somebody else wants it much larger."""
        tallest = MOST_HEIGHT_PX if is_recorded else max(_pixels(viewer) for viewer in viewers.values())
        if tallest < LARGE_PX:
            return frozenset()
        return frozenset(
            one
            for one, viewer in viewers.items()
            if _pixels(viewer) <= SMALL_PX and now_s - self._large_s.get(one, -math.inf) >= SMALL_AFTER_S
        )

    def _height(self, viewers: Mapping[str, Viewer], takers: Collection[str], now_s: float) -> int:
        """How high the small picture is made now; 0: not at all."""
        if takers:
            self._needed_s = now_s
            is_low = all(_pixels(viewers[one]) <= _LOW_DOES_PX for one in takers)
            self._low_px = LOW_PX if is_low else LOW_LARGE_PX
        elif now_s - self._needed_s >= KEPT_S:
            self._low_px = 0
        return self._low_px


def _pixels(viewer: Viewer) -> int:
    return MOST_HEIGHT_PX if viewer.height is None else viewer.height


def _least(viewers: Mapping[str, Viewer], some: Collection[str], floor: float, part: float = 1.0) -> float | None:
    """What a picture may cost so that all of these can have it, but for those whose link bears hardly any.

    Args:
        viewers: all.
        some: who gets it; None is returned where nobody does.
        floor: bits a second that it is worth at least.
        part: of the least share.
    """
    shares = [viewers[one].share for one in some if viewers[one].share > 0]
    return max(floor, min(shares) * part) if shares else (floor if some else None)
