"""Drawing words that the demo's faces and rooms share, and how a person looks and holds the head."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QBrush, QColor, QGradient, QLinearGradient, QPainter, QPainterPath, QPen, QRadialGradient

# Everything is drawn in these units and scaled to the picture.
CANVAS_WIDTH, CANVAS_HEIGHT = 640, 360
Curve = tuple[float, float, float, float, float, float]


@dataclass(frozen=True)
class Pose:
    """How a person holds the head in one picture.

    Attributes:
        sway_x: canvas units to the right of the rest.
        sway_y: canvas units below the rest.
        turn: which way the face looks, -1 (left) to 1 (right).
        tilt_deg: lean of the head.
        eyes_open: 0 (shut) to 1.
        mouth_open: 0 to 1.
        mouth_wide: 0 (round, as in "oo") to 1 (wide, as in "ee").
        brows_up: 0 to 1.
    """

    sway_x: float = 0.0
    sway_y: float = 0.0
    turn: float = 0.0
    tilt_deg: float = 0.0
    eyes_open: float = 1.0
    mouth_open: float = 0.0
    mouth_wide: float = 0.5
    brows_up: float = 0.0


@dataclass(frozen=True)
class Look:
    """What makes a person: colours as #rrggbb, the cut of hair, how wide the jaw and the brows are."""

    skin: str
    skin_light: str
    skin_shade: str
    hair: str
    hair_light: str
    iris: str
    lips: str
    clothes: str
    clothes_shade: str
    shirt: str
    brow_width: float
    jaw: float
    style: Literal["bob", "short"]


CLARA = Look(
    skin="#eebd9b", skin_light="#fbdcc3", skin_shade="#cf8f6f", hair="#54301f", hair_light="#93593a",
    iris="#4b7a5a", lips="#c25f5d", clothes="#2f5d6b", clothes_shade="#21434e", shirt="#f6f1e8",
    brow_width=3.2, jaw=0.0, style="bob",
)  # fmt: skip
FELIX = Look(
    skin="#d9a27c", skin_light="#efc4a2", skin_shade="#b0744f", hair="#2a2321", hair_light="#5a483f",
    iris="#5b4030", lips="#ab6154", clothes="#b9733a", clothes_shade="#8f5428", shirt="#efe7da",
    brow_width=5.0, jaw=6.0, style="short",
)  # fmt: skip
MIRA = Look(
    skin="#b97f5c", skin_light="#d6a07c", skin_shade="#8d5a3e", hair="#1f1a1c", hair_light="#4d3d3f",
    iris="#3d2c22", lips="#a44f55", clothes="#7a4a6d", clothes_shade="#583450", shirt="#f3eef2",
    brow_width=3.0, jaw=-1.0, style="bob",
)  # fmt: skip
LOOKS = {"Clara": CLARA, "Felix": FELIX, "Mira": MIRA}


def tint(colour: str, alpha: float = 1.0) -> QColor:
    """A colour with an opacity of 0 to 1."""
    mixed = QColor(colour)
    mixed.setAlphaF(alpha)
    return mixed


def ellipse(x: float, y: float, radius_x: float, radius_y: float) -> QPainterPath:
    """An ellipse as a path, so that it can be cut and joined."""
    path = QPainterPath()
    path.addEllipse(QPointF(x, y), radius_x, radius_y)
    return path


def curved(start: tuple[float, float], curves: list[Curve], *, close: bool = True) -> QPainterPath:
    """A path of cubic curves: two control points and an end each."""
    path = QPainterPath(QPointF(*start))
    for curve in curves:
        path.cubicTo(*curve)
    if close:
        path.closeSubpath()
    return path


def fade(start: tuple[float, float], end: tuple[float, float], *colours: QColor) -> QLinearGradient:
    """A straight gradient with its colours at even steps."""
    gradient = QLinearGradient(QPointF(*start), QPointF(*end))
    set_colours(gradient, colours)
    return gradient


def glow(middle: tuple[float, float], radius: float, *colours: QColor) -> QRadialGradient:
    """A round gradient with its colours at even steps from the middle."""
    gradient = QRadialGradient(QPointF(*middle), radius)
    set_colours(gradient, colours)
    return gradient


def set_colours(gradient: QGradient, colours: tuple[QColor, ...]) -> None:
    for index, colour in enumerate(colours):
        gradient.setColorAt(index / (len(colours) - 1), colour)


def fill(painter: QPainter, path: QPainterPath, brush: QColor | QGradient) -> None:
    """Fills a path without an outline."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QBrush(brush))
    painter.drawPath(path)


def stroke(painter: QPainter, path: QPainterPath, colour: QColor, width: float) -> None:
    """Draws a path's line with round ends."""
    pen = QPen(colour, width)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(path)
