"""What lies over a tile's picture as a sign, and what it shows in place of one."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from app.ui.icons import pixmap
from app.ui.theme import colour, face
from app.ui.widgets.cards import paint_initials

#: Over pictures, so that these are the same in both themes.
PILL, PILL_INK = QColor(10, 14, 12, 190), "#ffffff"
_HAND_GROUND, _HAND_INK, HAND_PX = "#f0b429", "#1a1404", 48
_WEAK_GROUND, _WEAK_INK = QColor(10, 14, 12, 228), "#f0b429"
WEAK_PX, _WEAK_ICON_PX = 26, 16
#: Below this height words and initials are small, and stand above the name that lies on the tile's foot.
_SMALL_PX, _NAME_PX = 220, 30
_FLAGS = int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap)


def paint_weak(painter: QPainter, spot: QRectF) -> None:
    """Says that a connection is weak; in a square."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_WEAK_GROUND)
    painter.drawEllipse(spot)
    corner = spot.center() - QPointF(_WEAK_ICON_PX / 2, _WEAK_ICON_PX / 2)
    painter.drawPixmap(corner, pixmap("wifi-off", _WEAK_INK, _WEAK_ICON_PX))


def paint_absent(painter: QPainter, area: QRectF, initials_of: str, note: str) -> None:
    """Initials, with a few words below them where there are any.

    Args:
        painter: On a ground in the colour "tile".
        area: Where.
        initials_of: Whose.
        note: The words; where they have no room, what stands before their colon.
    """
    is_small = area.height() < _SMALL_PX
    if note and is_small:
        area = area.adjusted(0, 0, 0, -_NAME_PX)
    share = 0.28 if note and is_small else 0.42
    side = max(24.0 if note and is_small else 34.0, min(96.0, min(area.width(), area.height()) * share))
    if not note:
        centre = area.center()
        paint_initials(painter, QRectF(centre.x() - side / 2, centre.y() - side / 2, side, side), initials_of)
        return
    gap, inset = (3.0, 6.0) if is_small else (8.0, 16.0)
    painter.setFont(face(11 if is_small else 14))
    room = QRectF(area.left() + inset, 0, area.width() - 2 * inset, max(0.0, area.height() - side - gap))
    words = _fitting(note, room, QFontMetricsF(painter.font(), painter.device()))
    needed = QFontMetricsF(painter.font(), painter.device()).boundingRect(room, _FLAGS, words).height()
    top = area.top() + max(2.0, (area.height() - side - gap - needed) / 2)
    below = QRectF(room.left(), top + side + gap, room.width(), needed + 2)
    painter.setPen(colour("text"))
    painter.drawText(below, _FLAGS, words)
    paint_initials(painter, QRectF(area.center().x() - side / 2, top, side, side), initials_of)


def _fitting(words: str, room: QRectF, metrics: QFontMetricsF) -> str:
    needed = metrics.boundingRect(QRectF(0, 0, room.width(), 1000), _FLAGS, words)
    has_room = needed.height() <= room.height() and needed.width() <= room.width()
    return words if has_room else words.partition(":")[0]


def paint_mark(painter: QPainter, area: QRectF, mark: str) -> None:
    """A few words in the upper corner on the right."""
    painter.setFont(face(11))
    width = min(area.width() - 12, painter.fontMetrics().horizontalAdvance(mark) + 18.0)
    pill = QRectF(area.right() - 8 - width, area.top() + 8, width, 22)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(PILL)
    painter.drawRoundedRect(pill, 11, 11)
    painter.setPen(QColor(PILL_INK))
    painter.drawText(pill, int(Qt.AlignmentFlag.AlignCenter), mark)


def paint_hand(painter: QPainter, area: QRectF, place: int) -> None:
    """A raised hand with its place in the order, at the foot on the right, the size of the name's pill."""
    inset, height, size = (6, 22, 11) if area.height() < 150 else (10, 28, 13)
    pill = QRectF(area.right() - inset - HAND_PX, area.bottom() - inset - height, HAND_PX, height)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(_HAND_GROUND))
    painter.drawRoundedRect(pill, height / 2, height / 2)
    mark = size + 3
    painter.drawPixmap(QPointF(pill.left() + 9, pill.center().y() - mark / 2), pixmap("hand", _HAND_INK, mark))
    painter.setPen(QColor(_HAND_INK))
    painter.setFont(face(size, face(9).Weight.DemiBold))
    words = pill.adjusted(9 + mark, 0, -7, 0)
    painter.drawText(words, int(Qt.AlignmentFlag.AlignCenter), str(place))
