"""What can be shared, with small living pictures, for as long as somebody chooses among it."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from app.media.device_thread import DeviceThread
from app.media.pictures import fit_size, resize
from app.media.priority import yield_to_voices
from app.media.screen.types import Grab, MakeScreens, ScreenError, Screens, ScreenSource
from app.media.types import Picture, View, Views

_log = logging.getLogger(__name__)

_LIST_EVERY_S, _LOOK_EVERY_S = 1.5, 0.5
_BROKEN = "What can be shared could not be listed. Try again."


@dataclass(frozen=True, slots=True)
class GalleryEvents:
    """What a gallery tells; called from its thread.

    Attributes:
        listed: what can be shared, why nothing can in words, and whether Parley's own windows show on a shared screen.
        show: a source's id, the number of the view, and the picture for it.
    """

    listed: Callable[[tuple[ScreenSource, ...], str, bool], None]
    show: Callable[[str, int, Picture], None]


class Gallery:
    """Lists and looks, in a thread of its own."""

    def __init__(self, screens: MakeScreens, events: GalleryEvents) -> None:
        """Looks at nothing yet.

        Args:
            screens: makes what is looked at; called in the gallery's thread.
            events: what is told.
        """
        self._make = screens
        self._events = events
        self._views: dict[str, Views] = {}
        self._thread = DeviceThread("gallery")
        self._wake = threading.Event()

    def start(self) -> None:
        """Begins; returns at once."""
        self._thread.begin(self._run)

    def stop(self) -> None:
        """Ends soon; returns at once."""
        self._thread.end(limit_s=0, wake=self._wake)

    def set_views(self, views: dict[str, Views]) -> None:
        """Where pictures are shown now, by source; from any thread."""
        self._views = views
        self._wake.set()

    def _run(self, stopped: threading.Event) -> None:
        yield_to_voices()
        with contextlib.ExitStack() as stack:
            try:
                screens = self._make()
                looks = stack.enter_context(contextlib.closing(_Looks(screens)))
                self._watch(screens, looks, stopped)
            except ScreenError as error:
                self._fail(error.words, stopped)
            except Exception:
                _log.exception("what can be shared could not be listed")
                self._fail(_BROKEN, stopped)

    def _fail(self, words: str, stopped: threading.Event) -> None:
        # Another one may have begun meanwhile.
        if not stopped.is_set():
            self._events.listed((), words, False)

    def _watch(self, screens: Screens, looks: _Looks, stopped: threading.Event) -> None:
        listed: tuple[ScreenSource, ...] | None = None
        list_due_s = 0.0
        while not stopped.is_set():
            if time.monotonic() >= list_due_s:
                found = screens.sources()
                list_due_s = time.monotonic() + _LIST_EVERY_S
                looks.keep({one.id for one in found})
                if found != listed and not stopped.is_set():
                    listed = found
                    self._events.listed(found, "", screens.shows_own_windows)
            self._wake.clear()
            for source in listed or ():
                views = self._views.get(source.id, {})
                if views and source.kind != "system" and not stopped.is_set():
                    for number, picture in looks.pictures(source.id, views):
                        self._events.show(source.id, number, picture)
            self._wake.wait(_LOOK_EVERY_S)


class _Looks:
    """The open sources, and the last picture of each."""

    def __init__(self, screens: Screens) -> None:
        self._screens = screens
        self._open: dict[str, Grab | None] = {}
        self._last: dict[str, Picture] = {}

    def keep(self, ids: set[str]) -> None:
        for id in set(self._open) - ids:
            self._drop(id)

    def pictures(self, id: str, views: Views) -> list[tuple[int, Picture]]:
        if id not in self._open:
            self._open[id] = self._opened(id)
        grab = self._open[id]
        try:
            pixels = grab.picture() if grab is not None else None
        except ScreenError:
            self._drop(id)
            return []
        if pixels is not None:
            height, width = pixels.shape[:2]
            self._last[id] = Picture(pixels, width, height, time.monotonic())
            if not self._screens.is_cheap and grab is not None:
                grab.close()
                self._open[id] = None
        last = self._last.get(id)
        return [(number, _small(last, view)) for number, view in views.items()] if last is not None else []

    def _opened(self, id: str) -> Grab | None:
        try:
            return self._screens.open(id)
        except ScreenError:
            return None

    def _drop(self, id: str) -> None:
        self._last.pop(id, None)
        grab = self._open.pop(id, None)
        if grab is not None:
            grab.close()

    def close(self) -> None:
        self.keep(set())


def _small(whole: Picture, view: View) -> Picture:
    size = fit_size(whole.width_px, whole.height_px, tile_px=(view.width_px, view.height_px))
    pixels = resize(whole.pixels, size)
    return Picture(pixels, size[0], size[1], whole.captured_at_s)
