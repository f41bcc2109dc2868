"""A tile of the call's stage: a picture, and while it is pointed at or has the focus, the buttons for it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QEnterEvent, QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QApplication

from app.media.types import Crop
from app.state.stage import Tile
from app.ui.qt import override
from app.ui.stage import Stage
from app.ui.widgets.buttons import is_enter
from app.ui.widgets.cards import column, row
from app.ui.widgets.painting import Edges, painting
from app.ui.widgets.picture_buttons import PictureButton, PicturePill
from app.ui.widgets.video_tile import RADIUS_PX, VideoTile

#: Keys, and where they lead: to the right and downwards.
ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
#: On a smaller tile the buttons would hide who is on it.
_LEAST_WIDTH_PX, _LEAST_HEIGHT_PX = 104, 60


class _WeakButton(PictureButton):
    """Lies over the sign of a weak connection, which the tile paints: only who points or goes there sees it."""

    def __init__(self, name: str) -> None:
        super().__init__("", name)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if self.hasFocus() or self.underMouse():
            with painting(self) as painter:
                painter.setPen(QPen(QColor("#ffffff"), 2))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawEllipse(QRectF(self.rect()).adjusted(1, 1, -1, -1))


class StageTile(VideoTile):
    """Somebody's face or screen on the stage; oneself can be hidden, and everything can be pinned.

    Args:
        stage: Gives it pictures.
        tile: Which one it is.
        crop: How pictures go into it.

    Signals:
        pin_wanted(bool): Look at it, or no more.
        hide_wanted(): Take one's own view away.
        connection_asked(): The sign of a weak connection was pressed.

    Attributes:
        tile: Which one it is.
        is_large: The others stand beside it.
    """

    pin_wanted = Signal(bool)
    hide_wanted = Signal()
    connection_asked = Signal()

    def __init__(self, stage: Stage, tile: Tile, *, crop: Crop = "cover") -> None:
        super().__init__(stage=stage, key=tile, crop=crop)
        of_what = "" if tile.source == "camera" else f"-{tile.source}"
        name = f"{tile.person or 'own'}{of_what}"
        self.tile = tile
        self.is_large = False
        self._can_pin = False
        self._is_over = False
        self.setObjectName(f"tile-{name}")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._pin = PictureButton("Pin", f"pin-{name}", glyph="pin")
        self._pin.clicked.connect(self._toggle_pin)
        self._hide = PictureButton("Hide my view from myself", f"hide-{name}", glyph="eye-off")
        self._hide.clicked.connect(self.hide_wanted)
        self._tools = PicturePill(f"tools-{name}", self._pin, self._hide)
        self._tools.focus_moved.connect(self._look_at_focus)
        self._tools.hide()
        self._weak = _WeakButton(f"weak-{name}")
        self._weak.setParent(self)
        self._weak.clicked.connect(self.connection_asked)
        self._weak.hide()
        self._box = column(row(self._tools, None), None, margins=(8, 8, 8, 8))
        self.setLayout(self._box)
        self.setMinimumSize(1, 1)

    def show_place(self, *, is_large: bool, can_pin: bool, can_hide: bool) -> None:
        """What it is on the stage.

        Args:
            is_large: The others stand beside it.
            can_pin: There are others to stand beside it.
            can_hide: It is one's own, and others are there.
        """
        self.is_large, self._can_pin = is_large, can_pin or is_large
        self._pin.setVisible(self._can_pin)
        self._hide.setVisible(can_hide)
        self._name_pin()
        self._show_tools()

    @override
    def _tell(self) -> None:
        super()._tell()
        if hasattr(self, "_pin"):
            self._name_pin()

    @override
    def _renew(self) -> None:
        super()._renew()
        self._place_weak()

    @override
    def show_weak(self, is_weak: bool, words: str = "") -> None:
        """See `VideoTile`; `words` are said of the sign."""
        super().show_weak(is_weak)
        self._weak.say(words)
        self._weak.setVisible(is_weak)
        self._place_weak()

    def _place_weak(self) -> None:
        if hasattr(self, "_weak"):
            self._weak.setGeometry(self._weak_place)
            self._weak.raise_()

    def _name_pin(self) -> None:
        if not self.is_large:
            self._pin.say(f"Pin {self._name}", glyph="pin")
        elif self._is_screen:
            self._pin.say(f"Show {self._name} among the others", glyph="layout-grid")
        else:
            self._pin.say(f"Unpin {self._name}", glyph="pin-off")

    def _toggle_pin(self) -> None:
        if self._can_pin:
            self.pin_wanted.emit(not self.is_large)

    def _show_tools(self) -> None:
        is_wanted = self._is_over or self.hasFocus() or self.isAncestorOf(QApplication.focusWidget() or self.window())
        is_large_enough = self.width() >= _LEAST_WIDTH_PX and self.height() >= _LEAST_HEIGHT_PX
        has_any = not (self._pin.isHidden() and self._hide.isHidden())
        self._tools.setVisible(is_wanted and is_large_enough and has_any)

    def _look_at_focus(self) -> None:
        # When the focus has arrived where it goes.
        QTimer.singleShot(0, self, self._show_tools)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_weak()

    @override
    def enterEvent(self, event: QEnterEvent) -> None:
        self._is_over = True
        self._show_tools()

    @override
    def leaveEvent(self, event: object) -> None:
        self._is_over = False
        self._show_tools()

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._renew()
        self._show_tools()

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._renew()
        self._look_at_focus()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter looks at it, or no more."""
        if is_enter(event) or event.key() == Qt.Key.Key_Space:
            self._toggle_pin()
        else:
            super().keyPressEvent(event)

    @override
    def _edges(self) -> Edges | None:
        return None if self.hasFocus() else super()._edges()

    @override
    def _paint_front(self, has_corners: bool, painter: QPainter) -> None:
        super()._paint_front(has_corners, painter)
        if self.hasFocus():
            self._paint_focus(painter)

    def _paint_focus(self, painter: QPainter) -> None:
        """Light on dark: seen on any picture."""
        area = QRectF(self.rect())
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for ink, wide, inset in (("#0a0e0c", 5, 2.5), ("#ffffff", 2, 2.5)):
            painter.setPen(QPen(QColor(ink), wide))
            painter.drawRoundedRect(area.adjusted(inset, inset, -inset, -inset), RADIUS_PX - 1, RADIUS_PX - 1)
