"""A thin border round what one shares, on top of everything, that lets every click through."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint, QRect, Qt
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.state.app_state import AppState
from app.state.slices.sharing import OwnShare
from app.ui.qt import override
from app.ui.session import can_here, keep_out_of_shares
from app.ui.theme import colour

_WIDE_PX = 3
_FLAGS = (
    Qt.WindowType.Tool
    | Qt.WindowType.FramelessWindowHint
    | Qt.WindowType.WindowStaysOnTopHint
    | Qt.WindowType.WindowTransparentForInput
    | Qt.WindowType.WindowDoesNotAcceptFocus
    | Qt.WindowType.X11BypassWindowManagerHint
    | Qt.WindowType.NoDropShadowWindowHint
)


class ShareBorder(QObject):
    """Keeps four slim windows for as long as one shares something whose place is known.

    Args:
        window: It owns this object.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._sides: tuple[_Side, ...] = ()
        self._place: tuple[int, int, int, int] | None = None

    @property
    def sides(self) -> tuple[QWidget, ...]:
        """The windows, while there are any."""
        return self._sides

    def show_state(self, state: AppState) -> None:
        """Whether one shares, and where that lies now."""
        own = state.call.sharing.own if state.call else None
        place = own.place if own is not None and own.is_on and not own.is_paused else None
        if own is None or place is None or not can_here("place").is_able:
            self.close()
        elif place != self._place:
            self._place = place
            self._sides = self._sides or tuple(_Side() for _ in range(4))
            for side, where in zip(self._sides, sides_of(_on_desktop(place), is_inside=_is_inside(own)), strict=True):
                side.setGeometry(where)
                side.show()
                keep_out_of_shares(side)

    def close(self) -> None:
        """Takes it away."""
        sides, self._sides, self._place = self._sides, (), None
        for side in sides:
            side.hide()
            side.deleteLater()


def _is_inside(own: OwnShare) -> bool:
    """Round a screen there is no room outside of it."""
    return own.source.kind != "window"


def sides_of(shared: QRect, *, is_inside: bool) -> tuple[QRect, QRect, QRect, QRect]:
    """The four sides of a border round a rectangle, or along its inner edge: top, bottom, left, right."""
    outer = shared if is_inside else shared.adjusted(-_WIDE_PX, -_WIDE_PX, _WIDE_PX, _WIDE_PX)
    left, top, width, height = outer.x(), outer.y(), outer.width(), outer.height()
    return (
        QRect(left, top, width, _WIDE_PX),
        QRect(left, top + height - _WIDE_PX, width, _WIDE_PX),
        QRect(left, top + _WIDE_PX, _WIDE_PX, height - 2 * _WIDE_PX),
        QRect(left + width - _WIDE_PX, top + _WIDE_PX, _WIDE_PX, height - 2 * _WIDE_PX),
    )


def _on_desktop(place: tuple[int, int, int, int]) -> QRect:
    """From the system's pixels to those of Qt, which keeps a screen's corner and divides what lies on it."""
    x, y, width, height = place
    middle = QPoint(x + width // 2, y + height // 2)
    for screen in QGuiApplication.screens():
        ratio, corner = screen.devicePixelRatio(), screen.geometry().topLeft()
        size = screen.geometry().size() * ratio
        if QRect(corner, size).contains(middle):
            at = corner + (QPoint(x, y) - corner) / ratio
            return QRect(at.x(), at.y(), round(width / ratio), round(height / ratio))
    return QRect(x, y, width, height)


class _Side(QWidget):
    def __init__(self) -> None:
        super().__init__(None, _FLAGS)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
        self.setAccessibleName("Border of what you share")

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), colour("accent_fill"))
        painter.end()
