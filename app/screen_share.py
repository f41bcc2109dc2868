"""One's own share: joins what is captured to the track by which it goes out."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from app.media.screen.capture import CaptureEvents, ScreenCapture
from app.media.screen.modes import Mode
from app.media.screen.types import MakeScreens, Place
from app.media.types import Frame
from app.net.encoding import SCREEN_MOTION, SCREEN_TEXT
from app.net.screen_track import ScreenFigures, ScreenTrack
from app.state.slices.sharing import OwnShare

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ShareEvents:
    """What a share tells, after its number; called from the capture's thread.

    Attributes:
        began: its first picture is there.
        moved: where it lies, whether it is paused, and the mode it is sent in.
        ended: it ended by itself; why, in words.
    """

    began: Callable[[int], None]
    moved: Callable[[int, Place | None, bool, Mode], None]
    ended: Callable[[int, str], None]


class ScreenShare:
    """At most one share at a time; everything runs on the loop unless a method says otherwise."""

    def __init__(
        self,
        screens: MakeScreens,
        events: ShareEvents,
        *,
        aside: Callable[[Callable[[], None]], object],
        saves_data: Callable[[], bool],
    ) -> None:
        """Captures nothing.

        Args:
            screens: makes what is opened; called in the capture's thread.
            events: what is told.
            aside: runs what may take long, in order.
            saves_data: whether data is to be saved at the moment; from any thread.
        """
        self._screens = screens
        self._events = events
        self._aside = aside
        self._now: _Running | None = None
        self.saves_data = saves_data
        #: Takes each new picture, in the capture's thread: for one's own tile of it.
        self.preview: Callable[[Frame], None] = lambda frame: None

    @property
    def track(self) -> ScreenTrack | None:
        """By which it goes out; None while nothing is captured."""
        return self._now.track if self._now else None

    @property
    def number(self) -> int:
        """Which share that is; 0 while nothing is captured."""
        return self._now.number if self._now else 0

    def follow(self, wish: OwnShare | None) -> None:
        """Captures what is wished from now on, or nothing."""
        running = self._now
        if running is not None and wish is not None and running.number == wish.number:
            running.capture.choose(wish.mode)
            return
        self._now = None
        if running is not None:
            running.is_over = True
            running.track.hide()
            self._aside(running.capture.stop)
        if wish is not None:
            # A share that replaces another one goes out by the same track: nothing has to be agreed on again.
            self._now = _Running(wish, self, running.track if running is not None else ScreenTrack(SCREEN_TEXT))
            self._now.capture.start()

    def figures(self) -> ScreenFigures:
        """How it is encoded; from any thread."""
        running = self._now
        return running.track.figures if running is not None else ScreenFigures()


class _Running:
    """One share while it is captured."""

    def __init__(self, wish: OwnShare, share: ScreenShare, track: ScreenTrack) -> None:
        self.number = wish.number
        self.track = track
        #: Nothing of it may be shown or told any more, whatever its thread still does.
        self.is_over = False
        self._share = share
        self._mode: Mode | None = None
        self._lies: tuple[Place | None, bool] = (None, False)
        told = CaptureEvents(shown=self._shown, moved=self._moved, ended=self._ended)
        self.capture = ScreenCapture(lambda: share._screens().open(wish.source.id), told, wish=wish.mode)

    def _shown(self, frame: Frame, mode: Mode) -> None:
        if self.is_over:
            return
        policy = SCREEN_TEXT if mode == "text" else SCREEN_MOTION
        self.track.policy = policy.saving() if self._share.saves_data() else policy
        self.track.show(frame)
        self._share.preview(frame)
        if mode == "motion":
            self.capture.spent(self.track.figures.encode_s)
        if self._mode is None:
            self._share._events.began(self.number)
        if mode != self._mode:
            self._mode = mode
            self._tell()

    def _moved(self, place: Place | None, is_paused: bool) -> None:
        self._lies = (place, is_paused)
        if self._mode is not None or is_paused:
            self._tell()

    def _tell(self) -> None:
        if not self.is_over:
            self._share._events.moved(self.number, *self._lies, self._mode or "text")

    def _ended(self, words: str) -> None:
        if not self.is_over:
            self._share._events.ended(self.number, words)
