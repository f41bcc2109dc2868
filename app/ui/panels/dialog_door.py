"""Opens a dialog over the window and puts it away, as the state says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtWidgets import QWidget

from app.state.app_state import AppState
from app.state.events import Intent
from app.ui.bridge import Bridge


class StateDialog(Protocol):
    """A dialog that shows what is in the state."""

    def show_state(self, state: AppState) -> None:
        """Shows what has changed."""

    def close_dialog(self) -> None:
        """Puts it away."""


class DialogDoor:
    """The one dialog of its kind on a page, which is there while the state wants it.

    Args:
        page: The page; the dialog lies over its window.
        bridge: Takes the intents.
        make: Makes the dialog.
        is_wanted: Whether the state wants it.
        put_away: What is told to the state when the page leaves while the dialog is open.
    """

    def __init__(
        self,
        page: QWidget,
        bridge: Bridge,
        make: Callable[[QWidget, Bridge], StateDialog],
        *,
        is_wanted: Callable[[AppState], bool],
        put_away: Intent,
    ) -> None:
        self._page, self._bridge = page, bridge
        self._make, self._is_wanted, self._put_away = make, is_wanted, put_away
        self._open: StateDialog | None = None

    def show_state(self, state: AppState) -> None:
        """Whether the dialog is there, and what it shows."""
        if not self._is_wanted(state):
            self._close()
            return
        if self._open is None:
            self._open = self._make(self._page.window(), self._bridge)
        self._open.show_state(state)

    def leave(self) -> None:
        """The page is not on show any more: nothing is looked at or measured for the dialog, either."""
        if self._open is not None:
            self._bridge.do(self._put_away)
        self._close()

    def _close(self) -> None:
        dialog, self._open = self._open, None
        if dialog is not None:
            dialog.close_dialog()
