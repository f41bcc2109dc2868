"""One's face in two sizes: the small one is sent beside the large one while the server asks for it.

It is made of the same pictures of the camera, so no camera is opened for it, and it ends with the large one. Who saves
data sends one size alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from app.net.heights import within
from app.net.rate import Budget, Rates
from app.wire.media import LOW, Source

if TYPE_CHECKING:
    from app.net.encoding import PicturePolicy
    from app.net.tracks import PictureTrack, SentTrack

#: Bits a second of the small one while nobody has said, and at most.
_START_BPS, _MOST_BPS = 150_000, 450_000
#: Nothing higher is small, whatever a server asks for: two large pictures cost a computer twice as much.
_MOST_PX = 270
#: What is wanted in a certain height; a screen is wanted as it is.
_FACES: tuple[Source, ...] = ("camera", LOW)


class SmallFace:
    """Adds the small one to what is sent, and takes it away."""

    def __init__(self, add: Callable[[SentTrack, Callable[[str], None]], None], remove: Callable[[], None]) -> None:
        """Sends nothing yet.

        Args:
            add: sends a track; what it is given besides is told in words where the server refuses.
            remove: sends it no more.
        """
        self._add, self._remove = add, remove
        self._of: PictureTrack | None = None
        self._is_refused = False

    def follow(self, camera: SentTrack | None, height: int | None) -> None:
        """Does what is due now; to be called whenever something may have changed.

        Args:
            camera: the track of the large one; None: there is none.
            height: pixels in which the small one is wanted; 0: no more, it rests; None: the server has not asked.
        """
        from app.net.tracks import PictureTrack

        if height is None:
            # Another connection: it may be asked for again.
            self._is_refused = False
        large = camera if isinstance(camera, PictureTrack) and height is not None else None
        if large is not None and (_is_saving(large.policy) or self._is_refused):
            large = None
        before = self._of
        if before is not None and large is not before:
            self._of = before.also = None
            self._remove()
        if large is not None and self._of is None and height:
            # Noted first: what follows comes back here.
            self._of = large
            large.also = PictureTrack(_small(large.policy))
            self._add(large.also, self._refused)

    def _refused(self, words: str) -> None:
        """The large one is seen by all: nothing that the user has to know."""
        self._is_refused = True


def _is_saving(policy: PicturePolicy) -> bool:
    return policy.most_rate <= policy.saver_rate


def _small(policy: PicturePolicy) -> PicturePolicy:
    start, least, most = (min(rate, limit) for rate, limit in (
        (policy.start_rate, _START_BPS), (policy.least_rate, _START_BPS), (policy.most_rate, _MOST_BPS),
    ))  # fmt: skip
    return replace(policy, start_rate=start, least_rate=least, most_rate=most)


def give(
    tracks: Mapping[Source, SentTrack],
    wanted: Mapping[Source, int | None],
    budgets: Mapping[Source, Budget],
    rates: Rates,
) -> None:
    """Lets each track have what there is for it now; on the loop.

    Args:
        tracks: what is sent.
        wanted: how high each picture is shown at most; 0: nobody looks, it rests; None, or not named: as it is.
        budgets: what each picture may cost.
        rates: what the voice may.
    """
    from app.net.tracks import MicrophoneTrack, PictureTrack

    for source, track in tracks.items():
        if isinstance(track, PictureTrack):
            height = wanted.get(source) if source in _FACES else None
            if source == LOW:
                height = min(height or _MOST_PX, _MOST_PX)
            track.budget = within(budgets.get(source), height or None, track.policy.start_rate)
            track.rest(wanted.get(source) == 0)
        elif isinstance(track, MicrophoneTrack):
            track.set_rate(rates.voice_bps)
