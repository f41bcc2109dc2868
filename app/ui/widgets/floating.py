"""A window that floats over all others: dragged by what is in it, resized at its edges, at rest inside the screen."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QMouseEvent, QScreen
from PySide6.QtWidgets import QWidget

from app.state.pip import FIRST_PX, FRAME_PX, best_place, height_of, overlaps, place_of, rect_at, resized, snapped
from app.state.slices.pip import PipPlace
from app.state.stage import Rect
from app.ui.qt import override
from app.ui.session import can_here, keep_out_of_shares

#: So far along an edge a corner reaches.
_CORNER_PX = 20
_CURSORS = {
    (0, 0): Qt.CursorShape.ArrowCursor,
    (1, 0): Qt.CursorShape.SizeHorCursor, (-1, 0): Qt.CursorShape.SizeHorCursor,
    (0, 1): Qt.CursorShape.SizeVerCursor, (0, -1): Qt.CursorShape.SizeVerCursor,
    (1, 1): Qt.CursorShape.SizeFDiagCursor, (-1, -1): Qt.CursorShape.SizeFDiagCursor,
    (1, -1): Qt.CursorShape.SizeBDiagCursor, (-1, 1): Qt.CursorShape.SizeBDiagCursor,
}  # fmt: skip
_STEPS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}


class Floating(QWidget):
    """The window itself; its shape is that of `app.state.pip.height_of`.

    It has no parent: most window managers minimise a window together with its children. Whoever makes it closes and
    deletes it. Where a program may not choose the place of a window, the desktop moves and resizes it.

    Signals:
        moved(PipPlace): it has come to rest somewhere else, or in another size.
        returned(): it was clicked twice, or Esc was pressed.

    Attributes:
        is_free: Whether a program may choose where its windows are.
    """

    moved = Signal(object)
    returned = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._grip: tuple[QPoint, Rect, tuple[int, int]] | None = None
        self.is_free = can_here("place").is_able
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
        self.setAttribute(Qt.WidgetAttribute.WA_MacAlwaysShowToolWindow)
        flags = Qt.WindowType.Tool | Qt.WindowType.WindowStaysOnTopHint
        # Where only the desktop can put it on top, it does so by the menu of the title bar.
        self.setWindowFlags(flags | Qt.WindowType.FramelessWindowHint if can_here("on_top").is_able else flags)
        self.setMouseTracking(True)
        self.setMinimumSize(200, 150)
        # Otherwise the first button gets the focus, and a ring, as soon as somebody clicks anywhere on it.
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setFocus()

    def keep_off(self, area: Rect | None) -> bool:
        """Keeps off a part of the desktop that others see, where the system cannot leave a window out of it.

        It goes to another screen where there is one, and else is hidden until it may be seen again.

        Args:
            area: in the system's pixels; None: it may be everywhere.

        Returns:
            Whether it is hidden.
        """
        if area is None or can_here("kept_out").is_able or not self.is_free:
            self.show()
            return False
        name, _ = self._room_here()
        free = [one for one in QGuiApplication.screens() if not overlaps(_pixels(one), area)]
        if free and all(one.name() != name for one in free):
            self._go(rect_at(None, _room(free[0])))
        self.setVisible(bool(free))
        return not free

    # --- where it lies --------------------------------------------------------------------------------------------
    def open_near(self, window: QWidget, places: list[PipPlace]) -> None:
        """Shows it.

        Args:
            window: Where it was on no screen yet, it comes up in the corner of this one's.
            places: Where it was before, the last one first.
        """
        if self.is_free:
            screens = {one.name(): one for one in QGuiApplication.screens()}
            name, place = best_place(places, tuple(screens), window.screen().name())
            self._go(rect_at(place, _room(screens.get(name, window.screen()))))
        else:
            self.resize(FIRST_PX, height_of(FIRST_PX))
        self.show()
        keep_out_of_shares(self)

    def resize_to(self, width: int) -> None:
        """Another size at the same corner of the screen."""
        before, (_, room) = self._where(), self._room_here()
        across = 1 if before.x + before.width / 2 < room.x + room.width / 2 else -1
        down = 1 if before.y + before.height / 2 < room.y + room.height / 2 else -1
        self._settle(resized(before, (across, down), (across * (width - before.width), 0), room))

    def move_towards(self, across: int, down: int) -> None:
        """To an edge of the screen: -1 for the left or upper one, 1 for the right or lower, 0 for none."""
        now, (_, room) = self._where(), self._room_here()
        self._settle(Rect(now.x + across * room.width, now.y + down * room.height, now.width, now.height))

    def stay_on_a_screen(self) -> None:
        """A screen was taken away, perhaps the one that it was on."""
        if self.is_free:
            self._go(snapped(self._where(), self._room_here()[1]))

    def _go(self, rect: Rect) -> None:
        self.setGeometry(rect.x, rect.y, rect.width, rect.height)

    def _where(self) -> Rect:
        return _rect(self.geometry())

    def _room_here(self) -> tuple[str, Rect]:
        screen = QGuiApplication.screenAt(self.geometry().center()) or self.screen()
        return screen.name(), _room(screen)

    def _settle(self, rect: Rect) -> None:
        """Comes to rest, and is found there again the next time."""
        name, room = self._room_here()
        at_rest = snapped(rect, room)
        self._go(at_rest)
        self.moved.emit(place_of(at_rest, name, room))

    def _edges_at(self, at: QPoint) -> tuple[int, int]:
        """Which edges are under the pointer; see `resized`."""
        x, y, right, low = at.x(), at.y(), self.width() - 1, self.height() - 1
        if FRAME_PX <= x <= right - FRAME_PX and FRAME_PX <= y <= low - FRAME_PX:
            return 0, 0
        across = -1 if x < _CORNER_PX else 1 if x > right - _CORNER_PX else 0
        down = -1 if y < _CORNER_PX else 1 if y > low - _CORNER_PX else 0
        return across, down

    # --- pointer and keys -----------------------------------------------------------------------------------------
    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move it to the edges of the screen; Esc goes back."""
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Escape and not event.isAutoRepeat():
            self.returned.emit()
        elif key in _STEPS and self.is_free:
            self.move_towards(*_STEPS[key])
        else:
            super().keyPressEvent(event)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Takes hold of it, or of an edge."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        handle = self.windowHandle()
        if self.is_free:
            self._grip = (event.globalPosition().toPoint(), self._where(), self._edges_at(event.position().toPoint()))
        elif handle is not None:
            handle.startSystemMove()

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drags; without a button the pointer says what it would do."""
        if self._grip is None:
            self.setCursor(_CURSORS[self._edges_at(event.position().toPoint()) if self.is_free else (0, 0)])
            return
        since, before, edges = self._grip
        by = event.globalPosition().toPoint() - since
        if edges == (0, 0):
            self.move(before.x + by.x(), before.y + by.y())
        else:
            self._go(resized(before, edges, (by.x(), by.y()), self._room_here()[1]))

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Lets go of it; one that has only been clicked stays where it is."""
        grip, self._grip = self._grip, None
        if grip is not None and self._where() != grip[1]:
            self._settle(self._where())

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Back to the window."""
        self._grip = None
        if event.button() == Qt.MouseButton.LeftButton:
            self.returned.emit()


def _rect(of: QRect) -> Rect:
    return Rect(of.x(), of.y(), of.width(), of.height())


def _pixels(screen: QScreen) -> Rect:
    """A screen on the desktop, in the system's pixels."""
    place, ratio = screen.geometry(), screen.devicePixelRatio()
    return Rect(place.x(), place.y(), round(place.width() * ratio), round(place.height() * ratio))


def _room(screen: QScreen) -> Rect:
    return _rect(screen.availableGeometry())
