"""Desktop notifications: shown when the window does not show the same, withdrawn when they have been seen."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from app.shell.attention import Tray, bring_up, is_on_show
from app.state.app_state import AppState
from app.state.call_intents import ShowCall, StopOwnShare
from app.state.intents import OpenNews
from app.ui.bridge import Bridge
from app.ui.window import Window

if TYPE_CHECKING:
    from app.shell.desktop_bus import DesktopNotes, Note


class Notes:
    """Shows them by the desktop's own service on Linux; in the tray elsewhere, and where there is no such service.

    Made on the UI thread; so are all calls, except where a method says otherwise.

    Args:
        window: Says what the user sees, and comes to the front at a click.
        bridge: Takes what a click wants.
    """

    def __init__(self, window: Window, bridge: Bridge) -> None:
        self._window = window
        self._bridge = bridge
        self._tray = Tray(window)
        self._tray.clicked.connect(self._open)
        self._tray.stopped.connect(lambda: bridge.do(StopOwnShare()))
        bridge.state_changed.connect(self._show_sharing)
        self._desktop: DesktopNotes | None = None
        self._noted: set[str] = set()

    def notify(self, title: str, words: str, news: str) -> None:
        """Shows a note soon; from any thread.

        Args:
            title: Its first line, plain text.
            words: What follows, plain text.
            news: The id of the notice that a click on it opens; empty: the call.
        """
        self._bridge.call_soon(lambda: self._show(title, words, news))

    def close(self) -> None:
        """Takes back what still stands."""
        if self._desktop is not None:
            self._desktop.close()

    def _show(self, title: str, words: str, news: str) -> None:
        if self._window.isActiveWindow() and is_on_show(self._window.state, news):
            return
        if not sys.platform.startswith("linux"):
            self._tray.show(title, words, news)
            return
        from app.shell.desktop_bus import DesktopNotes, Note

        if self._desktop is None:
            call_soon = self._bridge.call_soon
            self._desktop = DesktopNotes(
                clicked=lambda clicked: call_soon(lambda: self._open(clicked)),
                failed=lambda note: call_soon(lambda: self._show_in_tray(note)),
            )
            self._bridge.state_changed.connect(self._take_back)
        self._noted.update({news} - {""})
        self._desktop.show(Note(title, words, news))

    def _show_sharing(self, state: AppState) -> None:
        own = state.call.sharing.own if state.call else None
        self._tray.show_sharing(own is not None and own.is_on)

    def _show_in_tray(self, note: Note) -> None:
        self._tray.show(note.title, note.words, note.news)

    def _take_back(self, state: AppState) -> None:
        """What has been seen, be it on another device, needs no note any more."""
        seen = self._noted - {one.id for one in state.news}
        self._noted -= seen
        for news in seen:
            if self._desktop is not None:
                self._desktop.take_back(news)

    def _open(self, news: str) -> None:
        """A note was clicked: brings the window up, and leads where its notice (if any) does."""
        bring_up(self._window)
        if news:
            self._bridge.do(OpenNews(id=news))
        elif self._window.state.is_busy:
            self._bridge.do(ShowCall(shows_call=True))
