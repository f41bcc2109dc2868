"""How much work a background may be: it gets simpler by itself on a slow computer, and is never switched off."""

from __future__ import annotations

from typing import NamedTuple

from app.media.types import MediaError

# About three seconds of camera: long enough not to act on a hiccup.
WINDOW_FRAMES = 90
#: 24 of 30 pictures a second; what is below is made up for before it can come near 15.
LEAST_DONE_SHARE = 0.8


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


class Effort:
    """Decides from counts alone when the background has to become cheaper.

    It never becomes dearer again by itself: switching to and fro would be worse to look at. A new choice begins anew.

    Attributes:
        step: How it is done now; one of STEPS.
    """

    def __init__(self) -> None:
        self.step = STEPS[0]
        self._arrived = 0
        self._done = 0

    def count_arrival(self) -> None:
        """Counts a frame that the camera gave."""
        self._arrived += 1

    def count_done(self) -> bool:
        """Counts a frame that was worked off.

        Returns:
            True if `step` has changed just now.
        """
        self._done += 1
        if self._arrived < WINDOW_FRAMES:
            return False
        is_behind = self._done < self._arrived * LEAST_DONE_SHARE
        self._arrived = self._done = 0
        if is_behind and self.step is not STEPS[-1]:
            self.step = STEPS[STEPS.index(self.step) + 1]
            return True
        return False
