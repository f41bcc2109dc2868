"""Menus, and what opens like one: their corners are round on every kind of desktop."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QAction, QPainterPath, QRegion, QResizeEvent
from PySide6.QtWidgets import QMenu, QWidget

from app.ui.icons import icon
from app.ui.qt import override
from app.ui.session import session
from app.ui.text import unmarked
from app.ui.theme import tokens

#: As the style sheet rounds a menu.
_RADIUS_PX = 10
_POPUP = Qt.WindowType.FramelessWindowHint | Qt.WindowType.NoDropShadowWindowHint


def round_off(popup: QWidget, radius_px: int) -> None:
    """Lets what lies behind a small window be seen at its corners; before it is shown, and when its size changes.

    Args:
        popup: Without a frame.
        radius_px: Of the corners that it paints.
    """
    if session() not in ("x11", "xwayland"):
        popup.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        return
    # X may have no compositor: what is translucent would be black.
    outline = QPainterPath()
    outline.addRoundedRect(QRectF(popup.rect()), radius_px, radius_px)
    popup.setMask(QRegion(outline.toFillPolygon().toPolygon()))


class Menu(QMenu):
    """A menu that is made for one opening, and is gone when it is closed.

    Args:
        parent: To what it belongs.
        name: Its object name.
    """

    def __init__(self, parent: QWidget, name: str = "") -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setWindowFlags(self.windowFlags() | _POPUP)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        round_off(self, _RADIUS_PX)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        round_off(self, _RADIUS_PX)


def add_action(menu: QMenu, glyph: str, words: str, then: Callable[[], object], *, name: str) -> QAction:
    """Puts a line into a menu."""
    action = QAction(icon(glyph, tokens().text, 18), unmarked(words), menu)
    action.setObjectName(name)
    action.triggered.connect(lambda: then())
    menu.addAction(action)
    return action


def open_below(menu: QMenu, button: QWidget) -> None:
    """Opens a menu under a button (over it where there is no room), without blocking, its right edges aligned."""
    size = menu.sizeHint()
    below = button.mapToGlobal(button.rect().bottomRight())
    above = button.mapToGlobal(button.rect().topRight())
    bottom = button.screen().availableGeometry().bottom()
    y = below.y() + 6 if below.y() + 6 + size.height() <= bottom else above.y() - 6 - size.height()
    place = button.mapToGlobal(button.rect().topLeft())
    place.setX(max(button.screen().availableGeometry().left(), below.x() - size.width()))
    place.setY(y)
    menu.popup(place)
