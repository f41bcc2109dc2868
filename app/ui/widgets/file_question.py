"""The question for a file: which one, or where to save it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QFileDialog


class FileQuestion:
    """Keeps the dialog while it is open, and lets it go afterwards.

    Attributes:
        is_open: Whether there is a question that has not been answered yet.
    """

    def __init__(self) -> None:
        self.is_open = False

    def ask(self, dialog: QFileDialog, chosen: Callable[[str], None]) -> None:
        """Opens the question.

        Args:
            dialog: Set up by the caller, with the window as its parent.
            chosen: Takes the path; not called where nothing is chosen.
        """
        self.is_open = True
        dialog.fileSelected.connect(chosen)
        dialog.finished.connect(self._answered)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _answered(self) -> None:
        self.is_open = False
