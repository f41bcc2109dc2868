"""Screens and windows of an X11 session.

Pictures come by mss, which shares memory with the X server; the list of windows, and the picture of one window whatever
covers it (the Composite extension), by python-xlib.

`SEAMS` and `INSTANCE_SEAMS` list what is used of mss beyond its manual, for tests/test_platform.py.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from app.media.screen.types import Grab, Place, ScreenError, ScreenGone, ScreenRefused, ScreenSource, ScreenUnsupported

if TYPE_CHECKING:
    from app.media.types import Pixels

#: Module, name inside it. mss has no public way to the picture of one window.
SEAMS: tuple[tuple[str, str], ...] = (
    ("mss.linux.xshmgetimage", "MSSImplXShmGetImage.grab"),
    ("mss.linux.base", "MSSImplXCBBase.cursor"),
    ("mss.linux.xcb", "Drawable"),
    ("mss.linux.xcb", "Visualid"),
)
#: What says which drawable is grabbed, and what its pictures are like.
INSTANCE_SEAMS = ("drawable", "drawable_depth", "drawable_visual_id")

_LEAST_PX = 48
#: The name of the only screen, and of the first one for who knows no other.
_FIRST = "0"
#: Every so many looks at a screen: whether it is still there, and which windows of Parley lie on it.
_LOOK_AROUND_EVERY = 10
_MOST_NAME = 200
#: Panels and the desktop itself are no windows that anybody means.
_NOT_MEANT = ("_NET_WM_WINDOW_TYPE_DESKTOP", "_NET_WM_WINDOW_TYPE_DOCK")
_NO_DISPLAY = "The display of this session cannot be reached, so nothing can be shared from it."


class X11Screens:
    """See `Screens`; every call has connections of its own."""

    #: X11 has no way to leave a window out of a picture of the screen.
    shows_own_windows = True
    is_cheap = True

    def sources(self) -> tuple[ScreenSource, ...]:
        """Screens by their place, then windows as the window manager lists them; see `Screens.sources`."""
        with _grabber() as grabber:
            monitors = _by_name(_monitors(grabber))
        is_alone = len(monitors) == 1
        screens = tuple(
            ScreenSource(
                f"screen:{_FIRST if is_alone else name}",
                "Your screen" if is_alone else f"Screen {number}",
                "screen",
                one["width"],
                one["height"],
            )
            for number, (name, one) in enumerate(monitors.items(), start=1)
        )
        with _display() as display:
            return (*screens, *_windows(display))

    def open(self, id: str) -> Grab:
        """See `Screens.open`."""
        kind, _, name = id.partition(":")
        if kind == "screen":
            return _MonitorGrab(name)
        if kind == "window" and name.isdecimal():
            return _WindowGrab(int(name))
        raise ScreenGone


class _MonitorGrab:
    """A whole screen, with the pointer on it."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._own: tuple[Place, ...] = ()
        self._looks = 0
        self._stack = contextlib.ExitStack()
        try:
            self._open()
        except ScreenError:
            self.close()
            raise

    def _open(self) -> None:
        self._stack.close()
        self._grabber = self._stack.enter_context(_grabber())
        self._display = self._stack.enter_context(_display())
        self._look_around()

    def picture(self) -> Pixels | None:
        self._looks += 1
        try:
            return self._look()
        except _errors():
            # The connection's memory is as large as the screen was when it began; that may have changed.
            self._open()
        try:
            return self._look()
        except _errors() as error:
            raise ScreenGone("Your screen cannot be seen any more, so your share has ended.") from error

    def _look(self) -> Pixels:
        if self._looks % _LOOK_AROUND_EVERY == 0:
            self._look_around()
        raw = self._grabber.grab(self._monitor)
        pixels = _as_pixels(raw, self._monitor["width"], self._monitor["height"])
        _paint_pointer(self._grabber, pixels, self._monitor)
        return pixels

    def _look_around(self) -> None:
        monitors = _by_name(_monitors(self._grabber))
        if self._name == _FIRST:
            self._name = next(iter(monitors), "")
        if self._name not in monitors:
            raise ScreenGone("The screen is not there any more, so your share has ended.")
        self._monitor = monitors[self._name]
        left, top = self._monitor["left"], self._monitor["top"]
        own = _own_windows(self._display)
        self._own = tuple(one._replace(x=one.x - left, y=one.y - top) for one in own)

    def own_windows(self) -> tuple[Place, ...]:
        return self._own

    def place(self) -> Place | None:
        one = self._monitor
        return Place(one["left"], one["top"], one["width"], one["height"])

    def is_paused(self) -> bool:
        return False

    def close(self) -> None:
        self._stack.close()


class _WindowGrab:
    """One window, from the memory in which the X server keeps it: what covers it is not in there."""

    def __init__(self, id: int) -> None:
        from Xlib.ext import composite

        self._stack = contextlib.ExitStack()
        self._grabber = self._stack.enter_context(_grabber())
        self._display = self._stack.enter_context(_display())
        self._window = self._display.create_resource_object("window", id)
        self._pixmap: Any = None
        #: Size and whether it is mapped: the server makes a new pixmap whenever these change.
        self._kept_as: tuple[int, int, bool] | None = None
        self._place: Place | None = None
        if not self._display.has_extension("Composite"):
            self.close()
            raise ScreenUnsupported("Single windows cannot be shared from this session. Share the whole screen.")
        self._window.composite_redirect_window(composite.RedirectAutomatic)
        self._display.sync()

    def picture(self) -> Pixels | None:
        from Xlib import X, error

        try:
            shape = self._window.get_geometry()
            is_mapped = self._window.get_attributes().map_state == X.IsViewable
            corner = self._window.translate_coords(self._display.screen().root, 0, 0)
        except (error.BadWindow, error.BadDrawable, error.ConnectionClosedError) as gone:
            raise ScreenGone("The window that you shared was closed, so your share has ended.") from gone
        # The server says where the root lies in the window.
        self._place = Place(-corner.x, -corner.y, shape.width, shape.height)
        kept_as = (shape.width, shape.height, is_mapped)
        if kept_as != self._kept_as:
            self._kept_as = kept_as
            if not self._take_pixmap(shape.depth):
                self._kept_as = None
        if self._pixmap is None or not is_mapped:
            return None
        return self._grabbed(shape.width, shape.height)

    def _take_pixmap(self, depth: int) -> bool:
        """Whether there is one now: a window on its way to the screen has none for a moment."""
        from mss.linux import xcb
        from Xlib import error

        if self._pixmap is not None:
            self._pixmap.free()
            self._pixmap = None
        if self._kept_as is not None and not self._kept_as[2]:
            return True
        self._pixmap = None
        try:
            pixmap = self._window.composite_name_window_pixmap()
            pixmap.get_geometry()
        except error.XError:
            return False
        self._pixmap = pixmap
        self._grabber.drawable = xcb.Drawable(pixmap.id)
        self._grabber.drawable_depth = depth
        self._grabber.drawable_visual_id = xcb.Visualid(0)
        return True

    def _grabbed(self, width: int, height: int) -> Pixels | None:
        root = self._display.screen()
        width, height = min(width, root.width_in_pixels), min(height, root.height_in_pixels)
        try:
            raw = self._grabber.grab({"left": 0, "top": 0, "width": width, "height": height})
        except _errors():
            # It was resized between the look and the grab, or is gone: the next look tells.
            self._kept_as = None
            return None
        return _as_pixels(raw, width, height)

    def place(self) -> Place | None:
        return self._place

    def own_windows(self) -> tuple[Place, ...]:
        return ()

    def is_paused(self) -> bool:
        return self._kept_as is not None and not self._kept_as[2]

    def close(self) -> None:
        self._stack.close()


def _errors() -> tuple[type[Exception], ...]:
    from mss.exception import ScreenShotError

    return (ScreenShotError, OSError)


@contextlib.contextmanager
def _grabber() -> Iterator[Any]:
    from app.media.screen.x11_grabber import Grabber

    try:
        grabber = Grabber(display=None)
    except _errors() as error:
        raise ScreenUnsupported(_NO_DISPLAY) from error
    try:
        yield grabber
    finally:
        grabber.close()


@contextlib.contextmanager
def _display() -> Iterator[Any]:
    from Xlib import error
    from Xlib.display import Display

    try:
        display = Display()
    except (error.DisplayError, error.ConnectionClosedError, OSError) as failure:
        raise ScreenUnsupported(_NO_DISPLAY) from failure
    # Otherwise it prints what arrives late about a window that has gone.
    display.set_error_handler(lambda *_: None)
    try:
        yield display
    finally:
        with contextlib.suppress(error.ConnectionClosedError, OSError):
            display.close()


def _monitors(grabber: Any) -> list[dict[str, Any]]:
    try:
        found: list[dict[str, Any]] = grabber.monitors()
    except _errors() as error:
        raise ScreenRefused("The screens of this computer cannot be listed.") from error
    # The first one is all of them together.
    return found[1:] or found


def _by_name(monitors: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """By the names of their sockets, which stay while other screens come and go; by numbers where there are none.

    A share by the number alone would go over to another screen when one before it is unplugged.
    """
    sockets = [one.get("output", "") for one in monitors]
    return {
        socket if socket and sockets.count(socket) == 1 else str(number): one
        for number, (socket, one) in enumerate(zip(sockets, monitors, strict=True))
    }


def _own_windows(display: Any) -> tuple[Place, ...]:
    """Where windows of this program lie on the desktop."""
    from Xlib import X, error

    found = []
    root = display.screen().root
    for id in _property(display, root, "_NET_CLIENT_LIST") or ():
        window = display.create_resource_object("window", id)
        try:
            if list(_property(display, window, "_NET_WM_PID") or ()) != [os.getpid()]:
                continue
            if window.get_attributes().map_state == X.IsViewable:
                shape, corner = window.get_geometry(), window.translate_coords(root, 0, 0)
                found.append(Place(-corner.x, -corner.y, shape.width, shape.height))
        except error.XError:  # closed meanwhile
            continue
    return tuple(found)


def _windows(display: Any) -> tuple[ScreenSource, ...]:
    from Xlib import X, error

    listed = _property(display, display.screen().root, "_NET_CLIENT_LIST") or ()
    not_meant = {display.intern_atom(name) for name in _NOT_MEANT}
    found = []
    for id in listed:
        window = display.create_resource_object("window", id)
        try:
            is_seen = window.get_attributes().map_state == X.IsViewable
            shape = window.get_geometry()
            types = set(_property(display, window, "_NET_WM_WINDOW_TYPE") or ())
            is_own = list(_property(display, window, "_NET_WM_PID") or ()) == [os.getpid()]
            name = _name(display, window)
        except error.XError:  # closed meanwhile
            continue
        if is_seen and min(shape.width, shape.height) >= _LEAST_PX and not is_own and not types & not_meant:
            found.append(ScreenSource(f"window:{id}", name, "window", shape.width, shape.height))
    return tuple(found)


def _property(display: Any, window: Any, name: str) -> Any:
    from Xlib import X

    found = window.get_full_property(display.intern_atom(name), X.AnyPropertyType)
    return found.value if found is not None else None


def _name(display: Any, window: Any) -> str:
    raw = _property(display, window, "_NET_WM_NAME") or _property(display, window, "WM_NAME") or b""
    text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else str(raw)
    kept = "".join(one for one in text if one.isprintable()).strip()
    return kept[:_MOST_NAME] or "Window without a name"


def _as_pixels(raw: Any, width: int, height: int) -> Pixels:
    import numpy as np

    return np.frombuffer(raw, np.uint8).reshape(height, width, 4)


def _paint_pointer(grabber: Any, pixels: Pixels, monitor: dict[str, Any]) -> None:
    """Paints the pointer where it is: the X server leaves it out. Where it cannot be had, there is none."""
    import numpy as np

    try:
        shot = grabber.cursor()
    except _errors():
        return
    left, top = shot.left - monitor["left"], shot.top - monitor["top"]
    right, bottom = min(monitor["width"], left + shot.width), min(monitor["height"], top + shot.height)
    x, y = max(0, left), max(0, top)
    if x >= right or y >= bottom:
        return
    image = np.frombuffer(shot.raw, np.uint8).reshape(shot.height, shot.width, 4)
    image = image[y - top : bottom - top, x - left : right - left].astype(np.uint16)
    under = pixels[y:bottom, x:right]
    # Its colours are multiplied by its opacity already.
    under[:, :, :3] = image[:, :, :3] + under[:, :, :3] * (255 - image[:, :, 3:]) // 255
