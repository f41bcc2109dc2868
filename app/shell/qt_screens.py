"""Screens and windows by Qt, for every system but X11: Windows, macOS, and Wayland, whose own picker asks.

Qt's captures live on the UI thread and are asked from others; their pictures are turned into plain pixels by whoever
looks at them.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QImage

from app.media.screen.types import Grab, Place, ScreenError, ScreenGone, ScreenRefused, ScreenSource, ScreenUnsupported

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QCapturableWindow, QVideoFrame

    from app.media.types import Pixels

_log = logging.getLogger(__name__)

Found = TypeVar("Found")

_UI_LIMIT_S = 5.0
_LOOK_AROUND_S = 1.0
#: The border round what is shared consists of windows that are slimmer.
_BORDER_PX = 10
#: The only thing that can be shared where the system asks by itself.
SYSTEM = ScreenSource("system", "", "system")
_NOT_CHOSEN = "Nothing was chosen to be shared, or this desktop does not allow it."


class QtScreens(QObject):
    """See `Screens`. Made on the UI thread; everything else from any other thread."""

    shows_own_windows = True
    #: Each look opens a capture of its own.
    is_cheap = False

    _asked = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._asked.connect(self._answer, Qt.ConnectionType.QueuedConnection)

    def sources(self) -> tuple[ScreenSource, ...]:
        """See `Screens.sources`; where the system has a picker of its own, that alone."""
        return self.ask(_sources)

    def open(self, id: str) -> Grab:
        """See `Screens.open`."""
        return self.ask(lambda: _Feed(self, id), unwanted=lambda feed: feed.close())

    def ask(self, act: Callable[[], Found], *, unwanted: Callable[[Found], None] = lambda found: None) -> Found:
        """Does something on the UI thread and returns what that returns.

        Args:
            act: what is done; not at all once nobody waits for it any more.
            unwanted: takes what came of it too late.

        Raises:
            ScreenUnsupported: the window does not answer.
        """
        future: Future[Found] = Future()

        def run() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                future.set_result(act())
            except BaseException as error:
                if not isinstance(error, ScreenError):
                    _log.exception("the window could not do what another thread asked of it")
                # Its frames hold what was half made: another thread must not be the last to let go of Qt's objects.
                future.set_exception(_without_frames(error))

        self.soon(run)
        try:
            return future.result(_UI_LIMIT_S)
        except TimeoutError:
            if not future.cancel():
                future.add_done_callback(lambda late: None if late.exception() else unwanted(late.result()))
            raise ScreenUnsupported("The window is busy. Try again in a moment.") from None

    def soon(self, act: Callable[[], None]) -> None:
        """Does something on the UI thread, later."""
        self._asked.emit(act)

    @Slot(object)
    def _answer(self, act: Callable[[], None]) -> None:
        act()


def _without_frames(error: BaseException) -> BaseException:
    """The error, and what it came from."""
    each: BaseException | None = error
    while each is not None:
        each.__traceback__ = None
        each = each.__cause__ or each.__context__
    return error


def _sources() -> tuple[ScreenSource, ...]:
    if _system_asks():
        return (SYSTEM,)
    screens = QGuiApplication.screens()
    found = [
        ScreenSource(
            f"screen:{number}",
            "Your screen" if len(screens) == 1 else f"Screen {number + 1}",
            "screen",
            round(one.geometry().width() * one.devicePixelRatio()),
            round(one.geometry().height() * one.devicePixelRatio()),
        )
        for number, one in enumerate(screens)
    ]
    return (*found, *(ScreenSource(id, window.description(), "window") for id, window in _windows().items()))


def _system_asks() -> bool:
    """Whether this is a Wayland session, also where the window itself is one of X11."""
    return bool(os.environ.get("WAYLAND_DISPLAY")) or QGuiApplication.platformName().startswith("wayland")


def _windows() -> dict[str, QCapturableWindow]:
    """Windows of other programs, by an id that is the same as long as their titles and order are."""
    from PySide6.QtMultimedia import QWindowCapture

    own = {one.title() for one in QGuiApplication.topLevelWindows()}
    kept = [one for one in QWindowCapture.capturableWindows() if one.description() and one.description() not in own]
    counts: dict[str, int] = {}
    found = {}
    for one in kept:
        counts[one.description()] = counts.get(one.description(), 0) + 1
        found[f"window:{counts[one.description()]}:{one.description()}"] = one
    return found


class _Feed(QObject):
    """One open capture. Made on the UI thread; looked at by another one."""

    def __init__(self, screens: QtScreens, id: str) -> None:
        from PySide6.QtMultimedia import QMediaCaptureSession, QScreenCapture, QVideoSink, QWindowCapture

        super().__init__()
        self._screens: QtScreens | None = screens
        self._lock = threading.Lock()
        self._newest: QVideoFrame | None = None
        self._error: ScreenError | None = None
        self._place: Place | None = None
        self._own: tuple[Place, ...] = ()
        self._looked_s = 0.0
        self._session = QMediaCaptureSession(self)
        self._sink = QVideoSink(self)
        # Never in the thread that captures: `stop` waits for that one, and would wait for ever if Python ran there.
        self._sink.videoFrameChanged.connect(self._take, Qt.ConnectionType.QueuedConnection)
        self._session.setVideoSink(self._sink)
        self._capture: QScreenCapture | QWindowCapture
        if id.startswith("window:"):
            window = _windows().get(id)
            if window is None:
                raise ScreenGone
            self._capture = QWindowCapture(self)
            self._capture.setWindow(window)
            self._session.setWindowCapture(self._capture)
        else:
            self._capture = QScreenCapture(self)
            if id != SYSTEM.id:
                self._set_screen(self._capture, id)
            self._session.setScreenCapture(self._capture)
        self._is_system = id == SYSTEM.id
        self._capture.errorOccurred.connect(self._fail)
        # Only now: what could not be made is not kept.
        self.setParent(screens)
        self._capture.start()

    def _set_screen(self, capture: QObject, id: str) -> None:
        number = id.removeprefix("screen:")
        screens = QGuiApplication.screens()
        if not number.isdecimal() or int(number) >= len(screens):
            raise ScreenGone
        screen = screens[int(number)]
        capture.setScreen(screen)  # type: ignore[attr-defined]
        shape, ratio = screen.geometry(), screen.devicePixelRatio()
        # Qt keeps a screen's corner as the system has it.
        self._place = Place(shape.x(), shape.y(), round(shape.width() * ratio), round(shape.height() * ratio))

    @Slot(object)
    def _take(self, frame: QVideoFrame) -> None:
        if self._place is not None and time.monotonic() - self._looked_s > _LOOK_AROUND_S:
            self._looked_s = time.monotonic()
            self._own = _own_windows(self._place)
        with self._lock:
            self._newest = frame

    def _fail(self, error: object, words: str) -> None:
        from PySide6.QtMultimedia import QScreenCapture, QWindowCapture

        _log.info("the capture of a screen ended: %s", error)
        names = (QScreenCapture.Error, QWindowCapture.Error)
        if error in [one.CapturingNotSupported for one in names]:
            self._error = ScreenUnsupported()
        elif error in [one.CaptureFailed for one in names]:
            self._error = ScreenRefused(_NOT_CHOSEN if self._is_system else "")
        else:
            self._error = ScreenGone()

    def picture(self) -> Pixels | None:
        with self._lock:
            frame, self._newest = self._newest, None
        if self._error is not None:
            raise self._error
        return _pixels_of(frame.toImage()) if frame is not None and frame.isValid() else None

    def place(self) -> Place | None:
        return self._place

    def own_windows(self) -> tuple[Place, ...]:
        return self._own

    def is_paused(self) -> bool:
        return False

    def close(self) -> None:
        screens, self._screens = self._screens, None
        if screens is not None:
            # Nobody waits: at the program's end the window does not answer any more.
            screens.soon(self._end)

    def _end(self) -> None:
        self._capture.stop()
        self._session.setVideoSink(None)  # type: ignore[arg-type]
        self.deleteLater()


def _own_windows(screen: Place) -> tuple[Place, ...]:
    """Where windows of this program lie on a screen, in its pixels."""
    found = []
    for window in QGuiApplication.topLevelWindows():
        shape, ratio = window.geometry(), window.devicePixelRatio()
        if window.isVisible() and shape.width() > _BORDER_PX and shape.height() > _BORDER_PX:
            at = (round((shape.x() - screen.x) * ratio), round((shape.y() - screen.y) * ratio))
            found.append(Place(*at, round(shape.width() * ratio), round(shape.height() * ratio)))
    return tuple(found)


def _pixels_of(image: QImage) -> Pixels | None:
    import numpy as np

    if image.isNull():
        return None
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return np.ascontiguousarray(rows[:, : image.width() * 4]).reshape(image.height(), image.width(), 4)
