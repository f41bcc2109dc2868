"""What one sends of a screen: what stands still is sent again only until it is sharp, or when a viewer needs it."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from app.net.encoding import Encoded, PicturePolicy
from app.net.tracks import PictureTrack

if TYPE_CHECKING:
    from app.media.types import Frame

#: A picture that stands still is made finer step by step, until it is this fine or that many steps were made.
_FINE = 14
_MOST_STEPS = 60
_STEP_S = 0.2
#: Figures are of so many pictures back.
_FIGURES = 60


@dataclass(frozen=True, slots=True)
class ScreenFigures:
    """How a screen is encoded, over its last `_FIGURES` pictures.

    Attributes:
        pictures: encoded since the share began.
        encode_s: time that one took, the mean.
        encode_all_s: time of all since the share began.
        encode_cpu_s: processor time of these.
        quantiser: of the last one, 0 (finest) to 63.
        sent_bytes: of all since the share began.
    """

    pictures: int = 0
    encode_s: float = 0.0
    encode_all_s: float = 0.0
    encode_cpu_s: float = 0.0
    quantiser: int = 63
    sent_bytes: int = 0


class ScreenTrack(PictureTrack):
    """A screen as aiortc wants it; see `PictureTrack`."""

    def __init__(self, policy: PicturePolicy) -> None:
        super().__init__(policy)
        self._standing: Frame | None = None
        #: When the standing picture is due again; None: not until something moves or somebody asks.
        self._again_s: float | None = None
        #: Somebody has asked; kept apart, since a picture may be in the encoder at that moment.
        self._is_asked = False
        self._steps = 0
        self._took: deque[float] = deque(maxlen=_FIGURES)
        self.figures = ScreenFigures()

    def show(self, frame: Frame) -> None:
        """Leaves a frame; from any thread."""
        self._steps = 0
        super().show(frame)

    def hide(self) -> None:
        """Takes back what has not gone out yet, and shows nothing of it again; from any thread."""
        super().hide()
        self._standing = self._again_s = None

    def repeat(self) -> None:
        """Somebody cannot go on without a key frame: the standing picture goes out once more; on the loop."""
        self._steps = 0
        self._is_asked = self._standing is not None
        self._arrived.set()

    def told(self, encoded: Encoded) -> None:
        """Paces what follows by what was spent, and makes what stands still finer; in the encoder's worker."""
        now_s = time.monotonic()
        self.pictures += 1
        # The next one waits until this one is through, at the rate that the line has.
        self._due_s = max(self._due_s, now_s + encoded.size * 8 / encoded.rate - 1 / self.policy.fps)
        self._took.append(encoded.took_s)
        before = self.figures
        self.figures = ScreenFigures(
            before.pictures + 1,
            sum(self._took) / len(self._took),
            before.encode_all_s + encoded.took_s,
            before.encode_cpu_s + encoded.cpu_s,
            encoded.quantiser,
            before.sent_bytes + encoded.size,
        )
        self._steps += 1
        is_done = encoded.quantiser <= _FINE or self._steps > _MOST_STEPS
        self._again_s = None if is_done else now_s + _STEP_S

    def _forget(self) -> None:
        # Another line, or another connection, begins with the picture that stands.
        self._newest = self._newest or self._standing

    def _take(self) -> Frame | None:
        frame = super()._take()
        if frame is None and not self._is_resting and self._standing is not None and self._is_due_again():
            frame = replace(self._standing, captured_at_s=time.monotonic())
        if frame is not None:
            self._standing, self._again_s, self._is_asked = frame, None, False
        return frame

    def _is_due_again(self) -> bool:
        return self._is_asked or (self._again_s is not None and time.monotonic() >= self._again_s)

    async def _wait(self) -> None:
        if self._is_resting:
            await self._arrived.wait()
            return
        if self._newest is not None or (self._is_asked and self._standing is not None):
            return
        # One that was hidden while it was in the encoder is due again, too: there is nothing left of it to send.
        again_s = self._again_s if self._standing is not None else None
        left_s = None if again_s is None else max(0.0, again_s - time.monotonic())
        try:
            async with asyncio.timeout(left_s):
                await self._arrived.wait()
        except TimeoutError:
            return
