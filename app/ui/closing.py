"""Closing the window: asks once where that would end a meeting, and says what follows."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from app.state.app_state import AppState
from app.state.closing import CloseQuestion, question
from app.ui.widgets.scrim import is_open

if TYPE_CHECKING:
    from app.ui.panels.dialogs import Confirm

#: A session that ends closes its windows within this; one whose end was called off asks again afterwards.
_UNASKED_S = 60.0


class Closing:
    """Decides whether the window may close now.

    Args:
        window: Over it the question is shown; it is closed by a yes.
    """

    def __init__(self, window: QWidget) -> None:
        self._window = window
        self._dialog: Confirm | None = None
        self._asked: CloseQuestion | None = None
        self._free_until_s = 0.0

    def may_close(self, state: AppState) -> bool:
        """Whether nothing is to be asked; otherwise the question is on show afterwards."""
        if time.monotonic() < self._free_until_s:
            return True
        asked = question(state)
        if asked is None:
            return True
        if self._window.isMinimized():
            self._window.showNormal()
        self._show(asked)
        return False

    def let(self) -> None:
        """Asks nothing from now on, for as long as the end of a session takes: nobody may be there to answer."""
        self._free_until_s = time.monotonic() + _UNASKED_S

    def show_state(self, state: AppState) -> None:
        """A question that is open says what is true now, and goes with its reason."""
        if self._dialog is None or not is_open(self._dialog):
            return
        asked = question(state)
        if asked is None:
            self._put_away()
        elif asked != self._asked:
            self._show(asked)

    def _show(self, asked: CloseQuestion) -> None:
        if self._asked == asked and is_open(self._dialog):
            return
        from app.ui.panels.dialogs import Confirm

        self._put_away()
        self._asked = asked
        self._dialog = Confirm(
            self._window, asked.title, asked.words, name="close-parley", answers=("Close Parley", "Stay")
        )
        self._dialog.answered.connect(self._answered)

    def _put_away(self) -> None:
        dialog, self._dialog, self._asked = self._dialog, None, None
        if dialog is not None and is_open(dialog):
            dialog.answered.disconnect(self._answered)
            dialog.close_dialog()

    def _answered(self, is_yes: bool) -> None:
        self._dialog = self._asked = None
        if is_yes:
            self.let()
            self._window.close()
