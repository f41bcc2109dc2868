"""What each thing that one sends may cost: voice first, then the screen, then one's face; pure.

The relay says what the link carries (REMB over all streams) and what a picture may cost for the best of its viewers
(REMB of one stream). What is left for a picture decides its size and pace as well: small and fluent is better than
large and broken.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass

from app.wire.media import LOW, Source

#: Bits a second of a voice, on a good and on a poor link, and what 50 packets a second add to it.
VOICE_BPS, POOR_VOICE_BPS = 32_000, 16_000
_VOICE_HEADERS_BPS = 50 * 50 * 8
#: On links of less than this voices are sent with fewer bits, until there is so much more.
_POOR_BPS, _GOOD_BPS = 140_000, 220_000
#: What is sent again, feedback and the like; and what a picture's packets add to it.
_KEPT, _PICTURE_HEADERS = 0.92, 1.06
#: A face that is made small as well gets this share of what is left before anything else, but not more than this.
_LOW_SHARE, _LOW_MOST_BPS = 0.2, 450_000
#: Beside a screen, a face gets this share of what is left, but not less and not more than this.
_FACE_SHARE, _FACE_LEAST_BPS, _FACE_MOST_BPS = 0.2, 150_000, 400_000
_LEAST_BPS = 12_000
#: From so many bits a second on a face may have this height and pace. Source: own measurements with a portrait: 640x360
#: is clean from 700 kbit/s on, and better than 480x270 from 300 on; 320x180 at 12 fps can be read from 120 on.
_STEPS = (
    (1_000_000, 720, 30.0),
    (600_000, 540, 30.0),
    (280_000, 360, 30.0),
    (150_000, 270, 20.0),
    (90_000, 180, 15.0),
    (55_000, 180, 10.0),
    (30_000, 180, 5.0),
    (0, 180, 2.0),
)
#: A larger size only with so much more than its least: each change of size costs a key frame.
_SURE = 1.15
#: A rate that falls by more is heeded at once, one that grows by that much after a while: a new rate is a new encoder.
_FALLS, _GROWS, _GROWS_A_LITTLE = 0.88, 1.25, 1.08
_GROWS_AFTER_S, _GROWS_A_LITTLE_AFTER_S = 1.5, 6.0
#: A picture goes out so much faster than it is made: soon on a link that never was too narrow, even on one that was.
_PACE, _PACE_NARROW = 2.5, 1.3
_NARROW_S = 60.0
#: What is sent once more is at most this share of what the link carries; so much where that is not known.
_AGAIN, AGAIN_BPS = 0.35, 400_000.0


@dataclass(frozen=True, slots=True)
class Budget:
    """What a picture may cost now.

    Attributes:
        rate: bits a second of its encoder.
        height: pixels at most; 0: as it is.
        fps: pictures a second at most.
    """

    rate: int
    height: int = 0
    fps: float = 30.0


@dataclass(slots=True)
class _Given:
    budget: Budget
    since_s: float


class Rates:
    """Shares out what one's link carries.

    Attributes:
        link_bps: bits a second that the link carries, with all headers; None: not known yet.
        voice_bps: bits a second for the voice.
    """

    def __init__(self) -> None:
        self.link_bps: float | None = None
        self.voice_bps = VOICE_BPS
        self._most: dict[Source, float] = {}
        self._given: dict[Source, _Given] = {}
        self._narrow_s = -math.inf

    def link_carries(self, bps: float, now_s: float) -> None:
        """The relay says what the link carries."""
        if self.link_bps is not None and bps < self.link_bps * _FALLS:
            self._narrow_s = now_s
        self.link_bps = bps
        self._choose_voice()

    def may_cost(self, source: Source, bps: float, now_s: float) -> None:
        """The relay says what a picture may cost for who sees it; of a voice, what their links carry."""
        # Who gets a face small changes with the others' views: that tells nothing of one's own link.
        if bps < self._most.get(source, math.inf) * _FALLS and source in self._given and source != LOW:
            self._narrow_s = now_s
        self._most[source] = bps
        self._choose_voice()

    def _choose_voice(self) -> None:
        best = min(self._most.get("microphone", math.inf), math.inf if self.link_bps is None else self.link_bps)
        is_poor = best < _POOR_BPS or (self.voice_bps == POOR_VOICE_BPS and best < _GOOD_BPS)
        self.voice_bps = POOR_VOICE_BPS if is_poor else VOICE_BPS

    def forget(self) -> None:
        """Another connection begins: nothing is known of its link."""
        self.link_bps = None
        self.voice_bps = VOICE_BPS
        self._most.clear()
        self._given.clear()
        self._narrow_s = -math.inf

    def budgets(self, sources: Collection[Source], now_s: float) -> dict[Source, Budget]:
        """What each picture may cost now; one that is not named has no limit yet.

        Args:
            sources: what is sent.
            now_s: monotonic.
        """
        found: dict[Source, Budget] = {}
        for source in sources:
            if source != "microphone" and (bps := self._share(source, sources)) is not None:
                found[source] = self._settle(source, max(_LEAST_BPS, bps / _PICTURE_HEADERS), now_s)
        return found

    @property
    def again_bps(self) -> float:
        """Bits a second that may be sent once more, for what was lost."""
        return AGAIN_BPS if self.link_bps is None else self.link_bps * _AGAIN

    def pace_bps(self, now_s: float) -> float:
        """Bits a second at which packets of pictures may follow each other; 0: whatever comes."""
        rate = sum(given.budget.rate for given in self._given.values())
        return rate * (_PACE_NARROW if now_s - self._narrow_s < _NARROW_S else _PACE)

    def _share(self, source: Source, sources: Collection[Source]) -> float | None:
        most = self._most.get(source)
        if self.link_bps is None:
            return most
        left = max(0.0, self.link_bps * _KEPT - self.voice_bps - _VOICE_HEADERS_BPS)
        if LOW in sources:
            # Where the large one rests the small one has all that there is.
            low = min(
                left * (_LOW_SHARE if "camera" in sources else 1.0),
                _LOW_MOST_BPS,
                self._most.get(LOW, math.inf),
            )
            if source == LOW:
                return low
            left -= low
        if "screen" in sources and "camera" in sources:
            face = min(max(left * _FACE_SHARE, min(_FACE_LEAST_BPS, left / 3)), _FACE_MOST_BPS)
            left = face if source == "camera" else left - face
        return left if most is None else min(left, most)

    def _settle(self, source: Source, rate: float, now_s: float) -> Budget:
        before = self._given.get(source)
        if before is not None and not _is_news(rate, before, now_s):
            return before.budget
        height, fps = 0, 30.0
        if source != "screen" and (seen := self._known(source, rate, now_s)) is not None:
            height, fps = _form(seen, before.budget.height if before else 0)
        budget = Budget(round(rate), height, fps)
        self._given[source] = _Given(budget, now_s)
        return budget

    def _known(self, source: Source, rate: float, now_s: float) -> float | None:
        """What a picture has for sure, bits a second; None: it may have more than what is known.

        Of a link only so much is known as is sent: where little moves, a wide one looks narrow until it was too narrow.
        """
        if now_s - self._narrow_s < _NARROW_S:
            return rate
        most = self._most.get(source)
        return None if most is None else most / _PICTURE_HEADERS


def _is_news(rate: float, before: _Given, now_s: float) -> bool:
    share, past_s = rate / before.budget.rate, now_s - before.since_s
    return (
        share < _FALLS
        or (share > _GROWS and past_s >= _GROWS_AFTER_S)
        or (share > _GROWS_A_LITTLE and past_s >= _GROWS_A_LITTLE_AFTER_S)
    )


def _form(rate: float, height: int) -> tuple[int, float]:
    """The height and pace of a face; it becomes larger than `height` only where that is sure to last."""
    fitting = next(step for step in _STEPS if rate >= step[0])
    if height and fitting[1] > height and rate < fitting[0] * _SURE:
        fitting = next(step for step in _STEPS if step[1] <= height)
    return fitting[1], fitting[2]
