"""The ring that fills while a gesture is held, at one's own tile or in the small window: full means that it counts."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from app.media.gestures import Gesture, Held
from app.ui.icons import pixmap
from app.ui.motion import motion
from app.ui.qt import override
from app.ui.reactions import NAMES, drawing
from app.ui.theme import face
from app.ui.widgets.painting import painting

_STEP_MS = 33
#: Looks at the hand come so far apart, and one adds so much: between two of them the ring goes on.
_LOOK_S, _LOOK_SHARE = 0.2, 0.25
#: A full ring stays so long, so that it is seen.
_FULL_S = 0.4
_RADIUS_PX, _WIDE_PX, _MARK_PX, _WORDS_PX, _WORDS_ROOM_PX = 34, 6, 34, 11, 26
#: From the ring's middle to its outer edge.
SIDE_PX = _RADIUS_PX + _WIDE_PX
# Over pictures, so that these are the same in both themes.
_GROUND, _TRACK, _INK, _HAND_INK = QColor(10, 14, 12, 205), QColor(255, 255, 255, 70), QColor("#5fe0ab"), "#f0b429"


def words_of(gesture: Gesture) -> str:
    """What a gesture does, in a word or two."""
    return "Raise hand" if gesture == "hand" else NAMES[gesture]


class HoldLayer(QWidget):
    """Lies over the tiles and lets every click through; it is shown only while something is held.

    Args:
        clock: Seconds of a clock that is never set.
        speaks: Whether a screen reader is told what counted; of several one is enough.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic, *, speaks: bool = True) -> None:
        super().__init__()
        self._clock = clock
        self._speaks = speaks
        self._held = Held()
        self._begun_s = 0.0
        self._from = 0.0
        self._place_of: Callable[[str], QPoint | None] = lambda person: None
        self._area, self._centre, self._words_down = QRect(), QPointF(), 1
        self._timer = QTimer(self, interval=_STEP_MS)
        self._timer.timeout.connect(self._step)
        self.setObjectName("hold-layer")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    @property
    def on_show(self) -> tuple[Gesture | None, float]:
        """What the ring is about, and how much of it is filled; None: there is none."""
        return self._held.gesture, self._share()

    def show_places(self, place_of: Callable[[str], QPoint | None]) -> None:
        """Where it belongs.

        Args:
            place_of: The middle of someone's tile on this widget, None where they have none; "" is oneself.
        """
        self._place_of = place_of

    def show_held(self, held: Held) -> None:
        """What one's own hand shows now, and for how much of its time."""
        if held.gesture is None and self._held.made is not None:
            return  # it is full: it goes by itself
        motion.look()
        self._from = self._share() if held.gesture == self._held.gesture and not self._held.made else 0.0
        self._held, self._begun_s = held, self._clock()
        if held.gesture is None:
            self.clear()
            return
        self.show()
        self._timer.start()
        self._step()
        if held.made and self._speaks and QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, f"Gesture: {words_of(held.made)}"))

    def clear(self) -> None:
        """No ring."""
        self._held = Held()
        self._timer.stop()
        self.hide()

    def _share(self) -> float:
        """How much of the ring is filled now."""
        if self._held.made is not None or motion.is_less:
            return self._held.share
        done = min(1.0, (self._clock() - self._begun_s) / _LOOK_S)
        aim = min(0.99, self._held.share + _LOOK_SHARE)
        return max(self._held.share, self._from) * (1 - done) + aim * done

    def _step(self) -> None:
        if self._held.made is not None and self._clock() - self._begun_s >= _FULL_S:
            self.clear()
            return
        self.update(self._area)
        foot = QPoint(self.width() // 2, self.height() - 2 * _RADIUS_PX)
        centre = self._place_of("") or foot
        # Words below it, or above where a tile at the foot leaves them no room.
        self._words_down = 1 if centre.y() + SIDE_PX + _WORDS_ROOM_PX <= self.height() else -1
        self._centre = QPointF(centre)
        half = SIDE_PX + _WORDS_ROOM_PX
        self._area = QRect(centre.x() - half, centre.y() - half, 2 * half, 2 * half)
        self.update(self._area)

    # --- painting -------------------------------------------------------------------------------------------------
    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        gesture = self._held.gesture
        if gesture is None:
            return
        with painting(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            centre = self._centre
            self._paint_ring(painter, centre)
            mark = pixmap("hand", _HAND_INK, _MARK_PX) if gesture == "hand" else drawing(gesture, _MARK_PX)
            painter.drawPixmap(centre - QPointF(_MARK_PX / 2, _MARK_PX / 2), mark)
            self._paint_words(painter, centre, words_of(gesture))

    def _paint_ring(self, painter: QPainter, centre: QPointF) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_GROUND)
        painter.drawEllipse(centre, SIDE_PX, SIDE_PX)
        around = QRectF(centre.x() - _RADIUS_PX, centre.y() - _RADIUS_PX, 2 * _RADIUS_PX, 2 * _RADIUS_PX)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for ink, share in ((_TRACK, 1.0), (_INK, self._share())):
            painter.setPen(QPen(ink, _WIDE_PX, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            # In sixteenths of a degree, from the top and clockwise.
            painter.drawArc(around, 90 * 16, -round(360 * 16 * share))

    def _paint_words(self, painter: QPainter, centre: QPointF, words: str) -> None:
        painter.setFont(face(_WORDS_PX))
        pill = QRectF(0, 0, painter.fontMetrics().horizontalAdvance(words) + 14, 18)
        pill.moveCenter(centre + QPointF(0, self._words_down * (SIDE_PX + _WORDS_ROOM_PX / 2)))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_GROUND)
        painter.drawRoundedRect(pill, 9, 9)
        painter.setPen(QColor("#ffffff"))
        painter.drawText(pill, int(Qt.AlignmentFlag.AlignCenter), words)
