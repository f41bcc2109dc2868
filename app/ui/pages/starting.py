"""What is shown until the server answers, and where it cannot be reached at all."""

from __future__ import annotations

from PySide6.QtCore import Qt

from app.state.app_state import AppState, Visit
from app.state.intents import GoHome, TryAgain
from app.state.whereabouts import why_not_there
from app.ui.bridge import Bridge
from app.ui.text import Words
from app.ui.widgets.buttons import Button
from app.ui.widgets.cards import Spinner, middle
from app.ui.widgets.frame import frame_of
from app.ui.widgets.mark import Mark
from app.ui.widgets.page import Page


class StartingPage(Page):
    """The first page."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__("starting-page")
        self._spinner = Spinner()
        self._words = Words("Starting…", look="muted", wraps=True)
        self._words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._words.setFixedWidth(380)
        self._again = Button("Try again", "starting-try-again", kind="primary", glyph="rotate-ccw")
        self._again.clicked.connect(lambda: bridge.do(TryAgain()))
        self._again.hide()
        self._server = Button("Another server…", "starting-server", kind="link", glyph="server")
        self._server.clicked.connect(lambda: frame_of(self).open_server())
        self._server.hide()
        self._close = Button("Close", "visit-close", kind="outline")
        self._close.clicked.connect(lambda: bridge.do(GoHome()))
        self._close.hide()
        self.setLayout(middle(Mark(), self._words, self._spinner, self._again, self._close, self._server, gap=18))

    def show_state(self, state: AppState) -> None:
        """How the connection is."""
        link = state.connection.phase
        words = {
            "starting": "Starting…",
            "connecting": "Connecting…",
            "online": "Signing in…",
            "offline": "The server cannot be reached.",
            "refused": "The server does not accept this version of Parley.",
        }[link]
        self._close.setVisible(state.is_passing)
        if state.links.visit is not None and state.is_passing:
            self._show_visit(state, state.links.visit)
            return
        self._words.setText(
            state.connection.words if link in ("offline", "refused") and state.connection.words else words
        )
        self._spinner.setVisible(link in ("starting", "connecting", "online"))
        self._again.setVisible(link == "offline")
        self._server.setVisible(link in ("offline", "refused"))

    def _show_visit(self, state: AppState, visit: Visit) -> None:
        """The way to a meeting that one was invited to, or why it leads nowhere."""
        words, is_offline = why_not_there(state), state.connection.phase == "offline"
        self._words.setText(words or "Opening the invitation…")
        self._spinner.setVisible(not words)
        self._again.setVisible(is_offline and not visit.words)
        self._server.hide()
