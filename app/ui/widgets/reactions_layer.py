"""Reactions that float up over the tiles of a call."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.state.slices.call import Call
from app.state.slices.reactions import Shown
from app.ui.motion import motion
from app.ui.qt import override
from app.ui.reactions import NAMES, drawing
from app.ui.theme import face
from app.ui.widgets.painting import painting
from app.wire.reactions import Reaction
from app.wire.text import one_line

#: So long one is seen; what is older when it is to be drawn is not shown any more.
SEEN_S = 2.0
_SIZE_PX, _RISE_PX, _STEP_MS = 46, 150, 33
_NAME_PX, _NAME_WIDEST_PX = 11, 140
_MOST = 40


@dataclass(slots=True)
class _Flight:
    """One on its way; it follows the tile, and stays where that was when it goes."""

    reaction: Reaction
    person: str
    name: str
    begun_s: float
    aside_px: int
    at: QPoint


class ReactionsLayer(QWidget):
    """Lies over the tiles and lets every click through; it is shown only while something is on it.

    Args:
        clock: Seconds of a clock that is never set.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._seen = ("", 0)
        self._flights: list[_Flight] = []
        self._place_of: Callable[[str], QPoint | None] = lambda person: None
        self._timer = QTimer(self, interval=_STEP_MS)
        self._timer.timeout.connect(self._step)
        self.setObjectName("reactions-layer")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    @property
    def on_show(self) -> tuple[tuple[Reaction, str], ...]:
        """What floats now, and whose it is."""
        return tuple((one.reaction, one.name) for one in self._flights)

    def show_call(self, call: Call, place_of: Callable[[str], QPoint | None]) -> None:
        """Lets those float that have come since the last time.

        Args:
            call: With the newest reactions.
            place_of: The middle of someone's tile on this widget, None where they have none; "" is oneself.
        """
        motion.look()
        self._place_of = place_of
        newest = call.reactions.next_number - 1
        # A meeting that one closed and came back to counts from the beginning.
        last = self._seen[1] if self._seen[0] == call.meeting.id and self._seen[1] <= newest else 0
        self._seen = (call.meeting.id, newest)
        names = {one.id: one.name for one in call.people}
        for one in call.reactions.shown:
            if one.number > last and time.time() - one.at < SEEN_S:
                is_own = one.person == call.you
                name = "You" if is_own else one_line(names.get(one.person, ""))
                self._launch(one, "" if is_own else one.person, name)

    def clear(self) -> None:
        """Nothing floats any more."""
        self._flights.clear()
        self._timer.stop()
        self.hide()

    def _launch(self, one: Shown, person: str, name: str) -> None:
        foot = QPoint(self.width() // 2, self.height() - _SIZE_PX)
        # Several of one person do not lie on each other.
        flight = _Flight(one.reaction, person, name, self._clock(), one.number * 29 % 61 - 30, foot)
        self._flights = [*self._flights, flight][-_MOST:]
        self.show()
        self._timer.start()
        self._follow(flight)
        if QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, f"{name}: {NAMES[one.reaction]}"))

    def _step(self) -> None:
        now_s = self._clock()
        for flight in self._flights:
            self._follow(flight)
        self._flights = [one for one in self._flights if now_s - one.begun_s < SEEN_S]
        if not self._flights:
            self._timer.stop()
            self.hide()

    def _follow(self, flight: _Flight) -> None:
        """Paints where it was and where it is."""
        self.update(_area(flight))
        place = self._place_of(flight.person)
        if place is not None:
            flight.at = place + QPoint(flight.aside_px, 30)
            self.update(_area(flight))

    # --- painting -------------------------------------------------------------------------------------------------
    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        now_s = self._clock()
        with painting(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            for flight in self._flights:
                self._paint(painter, flight, min(1.0, (now_s - flight.begun_s) / SEEN_S))

    def _paint(self, painter: QPainter, flight: _Flight, done: float) -> None:
        """`done`: how much of its time is over, 0 to 1."""
        painter.setOpacity(min(1.0, done / 0.08 if motion.is_less else 1.0, (1.0 - done) / 0.35))
        risen, size = (_RISE_PX / 3, float(_SIZE_PX)) if motion.is_less else _moved(done)
        spot = QRectF(0, 0, size, size)
        spot.moveCenter(QPointF(flight.at.x(), flight.at.y() - risen))
        painter.drawPixmap(spot.toRect(), drawing(flight.reaction, _SIZE_PX))
        painter.setFont(face(_NAME_PX))
        words = painter.fontMetrics().elidedText(flight.name, Qt.TextElideMode.ElideRight, _NAME_WIDEST_PX - 16)
        pill = QRectF(0, 0, painter.fontMetrics().horizontalAdvance(words) + 14, 18)
        pill.moveCenter(QPointF(flight.at.x(), flight.at.y() - risen + _SIZE_PX / 2 + 11))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(10, 14, 12, 190))
        painter.drawRoundedRect(pill, 9, 9)
        painter.setPen(QColor("#ffffff"))
        painter.drawText(pill, int(Qt.AlignmentFlag.AlignCenter), words)


def _area(flight: _Flight) -> QRect:
    """All that it ever covers while its tile stands still."""
    side = max(_SIZE_PX, _NAME_WIDEST_PX) + 8
    return QRect(
        flight.at.x() - side // 2, flight.at.y() - _RISE_PX - _SIZE_PX, side, _RISE_PX + 2 * _SIZE_PX + 24
    )  # fmt: skip


def _moved(done: float) -> tuple[float, float]:
    """How far it has risen, and how large it is: it comes up quickly and slows down."""
    return _RISE_PX * (1.0 - (1.0 - done) ** 2), _SIZE_PX * min(1.0, 0.5 + done / 0.12 * 0.5)
