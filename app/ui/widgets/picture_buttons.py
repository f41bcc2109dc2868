"""Buttons that lie on a picture: light on a dark pill, so that they are seen on whatever is under them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from app.ui.icons import pixmap
from app.ui.qt import override
from app.ui.text import set_tip
from app.ui.theme import face
from app.ui.widgets.buttons import is_enter
from app.ui.widgets.cards import row
from app.ui.widgets.painting import painting

#: What lies on pictures has the same colours in both themes.
PILL = QColor(10, 14, 12, 228)
INK = "#ffffff"
_OVER = QColor(255, 255, 255, 46)
_DOWN = QColor(255, 255, 255, 76)
_OFF_INK = "#8d9692"
SIDE_PX = 32
_ICON_PX = 18


class PictureButton(QAbstractButton):
    """An icon, or words, or both.

    Args:
        words: What it does: its accessible name.
        name: The object name.
        glyph: An icon's name, or empty.
        label: Words that are shown.
    """

    def __init__(self, words: str, name: str, *, glyph: str = "", label: str = "") -> None:
        super().__init__()
        self._glyph = glyph
        self.setObjectName(name)
        self.setText(label)
        self.setFont(face(13))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.say(words)

    def say(self, words: str, *, glyph: str = "") -> None:
        """What it does now, and another icon."""
        if glyph and glyph != self._glyph:
            self._glyph = glyph
            self.update()
        if words != self.accessibleName():
            self.setAccessibleName(words)
            set_tip(self, words)

    def label(self, words: str) -> None:
        """Other words that are shown."""
        if words != self.text():
            self.setText(words)
            self.updateGeometry()

    @override
    def sizeHint(self) -> QSize:
        if not self.text():
            return QSize(SIDE_PX, SIDE_PX)
        words = self.fontMetrics().horizontalAdvance(self.text()) + 18
        return QSize(max(SIDE_PX, words + (_ICON_PX + 6 if self._glyph else 0)), SIDE_PX)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses it, as Space does."""
        self.click() if is_enter(event) else super().keyPressEvent(event)

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            area = QRectF(self.rect()).adjusted(1, 1, -1, -1)
            if self.isEnabled() and (self.isDown() or self.underMouse() or self.isChecked()):
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(_DOWN if self.isDown() or self.isChecked() else _OVER)
                painter.drawRoundedRect(area, area.height() / 2, area.height() / 2)
            if self.hasFocus():
                painter.setPen(QPen(QColor(INK), 2))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(area, area.height() / 2, area.height() / 2)
            self._paint_inside(painter, area)

    def _paint_inside(self, painter: QPainter, area: QRectF) -> None:
        ink = INK if self.isEnabled() else _OFF_INK
        left = area.left() + 8
        if self._glyph:
            x = left if self.text() else area.center().x() - _ICON_PX / 2
            painter.drawPixmap(QPointF(x, area.center().y() - _ICON_PX / 2), pixmap(self._glyph, ink, _ICON_PX))
            left += _ICON_PX + 6
        if self.text():
            painter.setPen(QColor(ink))
            painter.setFont(self.font())
            where = area if not self._glyph else QRectF(left, area.top(), area.right() - left - 4, area.height())
            side = Qt.AlignmentFlag.AlignLeft if self._glyph else Qt.AlignmentFlag.AlignHCenter
            painter.drawText(where, int(side | Qt.AlignmentFlag.AlignVCenter), self.text())


class PicturePill(QWidget):
    """Such buttons side by side on one dark pill.

    Args:
        name: The object name.
        buttons: From the left.

    Signals:
        focus_moved(): One of them was given the focus, or lost it.
    """

    focus_moved = Signal()

    def __init__(self, name: str, *buttons: QWidget) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.setLayout(row(*buttons, gap=2, margins=(3, 3, 3, 3)))
        for button in buttons:
            button.installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QFocusEvent):
            self.focus_moved.emit()
        return super().eventFilter(watched, event)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(PILL)
            painter.drawRoundedRect(QRectF(self.rect()), self.height() / 2, self.height() / 2)

    @override
    def mousePressEvent(self, event: object) -> None:
        """A click beside its buttons is none on the picture."""

    @override
    def mouseDoubleClickEvent(self, event: object) -> None:
        """Nor two of them."""
