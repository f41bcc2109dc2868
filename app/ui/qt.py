"""Small things that Qt lacks: a mark for methods that Qt calls by their names, so that mypy finds unknown ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLayout

if TYPE_CHECKING:
    from typing_extensions import override
else:

    def override(method):
        """Does nothing while the program runs."""
        return method


__all__ = ["empty", "override"]


def empty(box: QLayout) -> None:
    """Takes everything out of a layout and deletes its widgets."""
    while box.count():
        item = box.takeAt(0)
        widget = item.widget() if item is not None else None
        if widget is not None:
            widget.hide()
            widget.deleteLater()
