"""Pointers and pen strokes over a shared screen, in each person's colour and with their name; gone after a while."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from app.ui.motion import motion
from app.ui.theme import face
from app.ui.widgets.cards import own_colour
from app.ui.widgets.zoom import Place
from app.wire.pointing import MOST_SPOT, Pointing, Spot, Spots

#: A stroke stays for so long after its last point, a pointer after its last move; it fades at the end of that.
STAY_S = 3.0
FADE_S = 0.8
#: Whatever comes, no more is kept than this.
MOST_STROKES, MOST_POINTS = 60, 600
_WIDE_PX = 4.0
_DOT_PX = 7.0


@dataclass(slots=True)
class _Stroke:
    name: str
    at_s: float
    spots: list[Spot] = field(default_factory=list)


class Marks:
    """What is pointed at on one screen."""

    def __init__(self) -> None:
        """Nothing."""
        self._strokes: dict[tuple[str, int], _Stroke] = {}
        self._pointers: dict[str, _Stroke] = {}

    def take(self, whose: tuple[str, str], kind: Pointing, spots: Spots, *, stroke: int, now_s: float) -> None:
        """Somebody points.

        Args:
            whose: The person's id, and the name that is shown beside it.
            kind: See `app.wire.pointing`.
            spots: Where, oldest first.
            stroke: Which line of that person goes on.
            now_s: Seconds of a clock that never goes back.
        """
        person, name = whose
        if kind == "pen" and spots:
            line = self._strokes.setdefault((person, stroke), _Stroke(name, now_s))
            line.at_s = now_s
            line.spots.extend(spots)
            del line.spots[:-MOST_POINTS]
            while len(self._strokes) > MOST_STROKES:
                self._strokes.pop(next(iter(self._strokes)))
        elif kind == "pointer" and spots and (person in self._pointers or len(self._pointers) < MOST_STROKES):
            self._pointers[person] = _Stroke(name, now_s, [spots[-1]])
        elif kind == "away":
            self._pointers.pop(person, None)

    def forget_old(self, now_s: float) -> bool:
        """Lets go of what is gone; whether there is anything left to be seen."""
        self._strokes = {key: one for key, one in self._strokes.items() if now_s - one.at_s < STAY_S}
        self._pointers = {key: one for key, one in self._pointers.items() if now_s - one.at_s < STAY_S}
        return bool(self._strokes or self._pointers)

    def paint(self, painter: QPainter, place: Place, now_s: float) -> None:
        """Draws all.

        Args:
            painter: Of the view.
            place: Where the whole screen lies in the view.
            now_s: As for `take`.
        """
        for line in self._strokes.values():
            self._paint_stroke(painter, line, place, now_s)
        for one in self._pointers.values():
            at, ink = _where(one.spots[-1], place), _ink(one, now_s)
            painter.setPen(QPen(QColor(255, 255, 255, ink.alpha()), 2))
            painter.setBrush(ink)
            painter.drawEllipse(at, _DOT_PX, _DOT_PX)
            _paint_name(painter, one.name, at, ink)

    def _paint_stroke(self, painter: QPainter, line: _Stroke, place: Place, now_s: float) -> None:
        points = [_where(spot, place) for spot in line.spots]
        ink = _ink(line, now_s)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        # A light edge, so that it is seen on dark and on light.
        for colour, wide in ((QColor(255, 255, 255, ink.alpha() * 3 // 4), _WIDE_PX + 3), (ink, _WIDE_PX)):
            painter.setPen(
                QPen(colour, wide, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
            )
            if len(line.spots) == 1:
                painter.drawPoint(points[0])
            else:
                painter.drawPolyline(QPolygonF(points))
        _paint_name(painter, line.name, points[-1], ink)


def _ink(line: _Stroke, now_s: float) -> QColor:
    ink = own_colour(line.name)
    left = STAY_S - (now_s - line.at_s)
    # Where less motion is wanted it is there, and then it is not.
    share = 1.0 if motion.is_less else min(1.0, left / FADE_S)
    ink.setAlphaF(max(0.0, share))
    return ink


def _where(spot: Spot, place: Place) -> QPointF:
    return QPointF(place.x + spot[0] / MOST_SPOT * place.width, place.y + spot[1] / MOST_SPOT * place.height)


def _paint_name(painter: QPainter, name: str, at: QPointF, ink: QColor) -> None:
    painter.setFont(face(12))
    words = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, 160)
    pill = QRectF(at.x() + 10, at.y() + 10, painter.fontMetrics().horizontalAdvance(words) + 14, 20)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink)
    painter.drawRoundedRect(pill, 10, 10)
    painter.setPen(QColor(255, 255, 255, ink.alpha()))
    painter.drawText(pill, int(Qt.AlignmentFlag.AlignCenter), words)
