"""How much work a background may be: simpler on a slow computer, tried dearer again later, never switched off."""

from __future__ import annotations

from typing import NamedTuple

from app.media.rests import FIRST_S, Rest
from app.media.types import MediaError

#: What is decided upon, at the least: long enough not to act on a hiccup, also with a camera of few pictures a second.
WINDOW_S, WINDOW_FRAMES = 3.0, 90
#: From so many pictures on it is known how many the camera gives a second.
FEWEST_FRAMES = 30
#: A choice is not judged while its models load and warm up.
SETTLE_S = 3.0
#: More pictures a second than this do not go out.
MOST_FPS = 30
#: 24 of 30 are enough: what is below is made up for before it can come near 15.
ENOUGH_SHARE = 0.8
#: A slower camera has less to lose: this many a second, or where it gives hardly as many, that share of what it gives.
ENOUGH_FPS, ENOUGH_OF_FEW = 16.0, 0.9
#: Only where no more than this share is lost is a dearer step tried: with 30 a second, twice the work leaves about 15.
SPARE_SHARE = 0.05


class Step(NamedTuple):
    """One way of doing it.

    Attributes:
        look_every: the person is looked for in every n-th picture.
        looks_when_moved: and in each in which something has moved.
        shrink: the outgoing picture is an n-th as wide and high.
    """

    look_every: int
    looks_when_moved: bool
    shrink: int


#: From the dearest to the cheapest; each costs about half of the one before.
STEPS = (Step(2, True, 1), Step(3, False, 1), Step(3, False, 2), Step(4, False, 4))


class BackgroundTooSlow(MediaError):
    """The computer cannot keep up with the background; it was made simpler, never switched off."""

    def __init__(self) -> None:
        super().__init__(
            "Your background is too much work for this computer, so it now follows you less closely. "
            "Switch it off for a smoother, sharper picture."
        )


def enough_of(fps: float) -> float:
    """How many pictures a second have to be worked off of so many that the camera gives."""
    wanted = min(fps, MOST_FPS)
    return max(ENOUGH_SHARE * wanted, min(ENOUGH_FPS, ENOUGH_OF_FEW * wanted))


class Effort:
    """Decides from counts and the camera's own clock when the background becomes cheaper, or dearer again.

    Cheaper as soon as too many pictures are lost, dearer by one step after a rest in which next to none was. A trial
    that fails is over within a second or so, and the next one comes after a longer rest: see `Rest`. A new choice
    begins anew.

    Attributes:
        step: How it is done now; one of STEPS.
    """

    def __init__(self) -> None:
        self.step = STEPS[0]
        self._rest = Rest()
        self._began_s: float | None = None
        self._now_s = self._changed_s = 0.0
        self._arrived = self._done = 0

    def count_arrival(self, at_s: float) -> None:
        """Counts a frame that the camera gave at that instant."""
        if self._began_s is None:
            self._began_s = at_s + SETTLE_S
        self._now_s = at_s
        self._arrived += at_s > self._began_s

    def count_done(self) -> bool:
        """Counts a frame that was worked off.

        Returns:
            True if `step` has changed just now.
        """
        if self._began_s is None or not self._arrived:
            return False
        self._done += 1
        if self._arrived < FEWEST_FRAMES:
            return False
        span_s = self._now_s - self._began_s
        fps = self._arrived / span_s
        wanted = min(fps, MOST_FPS)
        window_s = max(WINDOW_S, WINDOW_FRAMES / fps)
        lost = wanted * span_s - self._done
        is_behind = lost > (wanted - enough_of(fps)) * window_s
        if not is_behind and span_s < window_s:
            return False
        self._began_s, self._arrived, self._done = self._now_s, 0, 0
        return self._turn(1 if is_behind else -1 if lost <= SPARE_SHARE * wanted * span_s else 0)

    def _turn(self, by: int) -> bool:
        """Goes to a cheaper step (1) or a dearer one (-1) if there is one and it is time."""
        at = STEPS.index(self.step) + by
        if not by or not 0 <= at < len(STEPS):
            return False
        if by > 0:
            self._rest.begin(self._now_s)
        elif self._rest.is_on(self._now_s) or self._now_s - self._changed_s < FIRST_S:
            return False
        self.step, self._changed_s = STEPS[at], self._now_s
        return True
