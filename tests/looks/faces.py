"""Drawn people in front of drawn rooms, as pictures of a camera."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QLinearGradient, QPainter, QPainterPath, QRadialGradient

from app.media.types import Picture

SKINS = ("#f1c9a5", "#c68642", "#8d5524", "#e0ac69", "#ffdbac", "#a66a3f")
HAIR = ("#2b1b12", "#6b3e1d", "#111111", "#a0692e", "#3d3d3d", "#74352a")


def picture(number, width=640, height=360, captured_at_s=0.0):
    """BGRA pixels of person `number`."""
    image = QImage(width, height, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    paint_room(painter, number, width, height)
    paint_person(painter, number, width, height)
    painter.end()
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(height, width, 4).copy()
    return Picture(pixels, width, height, captured_at_s)


def paint_room(painter, number, width, height):
    hue = (28 + number * 67) % 360
    wall = QLinearGradient(0, 0, width, height)
    wall.setColorAt(0, QColor.fromHsl(hue, 45, 190))
    wall.setColorAt(1, QColor.fromHsl((hue + 20) % 360, 55, 120))
    painter.fillRect(0, 0, width, height, wall)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(255, 255, 255, 70))
    painter.drawRoundedRect(QRectF(width * 0.74, -20, width * 0.17, height * 0.62), 6, 6)
    painter.setBrush(QColor.fromHsl((hue + 200) % 360, 40, 90, 120))
    painter.drawRect(QRectF(0, height * 0.62, width * 0.24, height * 0.05))
    for place in range(4):
        painter.setBrush(QColor.fromHsl((hue + 60 * place) % 360, 60, 110))
        painter.drawRect(QRectF(width * (0.03 + place * 0.045), height * 0.4, width * 0.033, height * 0.22))
    light = QRadialGradient(QPointF(width * 0.8, height * 0.1), width * 0.7)
    light.setColorAt(0, QColor(255, 248, 230, 110))
    light.setColorAt(1, QColor(255, 248, 230, 0))
    painter.fillRect(0, 0, width, height, light)


def paint_person(painter, number, width, height):
    unit, x, y = height / 100, width / 2, height * 0.46
    skin, hair = QColor(SKINS[number % 6]), QColor(HAIR[(number * 5) % 6])
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor.fromHsl((200 + number * 49) % 360, 55, 75))
    painter.drawRoundedRect(QRectF(x - 36 * unit, y + 27 * unit, 72 * unit, 60 * unit), 24 * unit, 24 * unit)
    painter.setBrush(skin.darker(112))
    painter.drawRoundedRect(QRectF(x - 7 * unit, y + 12 * unit, 14 * unit, 20 * unit), 6 * unit, 6 * unit)
    if number % 2 == 0:
        painter.setBrush(hair)
        painter.drawRoundedRect(QRectF(x - 21 * unit, y - 24 * unit, 42 * unit, 50 * unit), 20 * unit, 20 * unit)
    painter.setBrush(skin)
    painter.drawEllipse(QPointF(x, y), 16 * unit, 20 * unit)
    fringe = QPainterPath()
    fringe.addEllipse(QPointF(x, y - 6 * unit), 17.5 * unit, 18 * unit)
    cut = QPainterPath()
    cut.addEllipse(QPointF(x + (number % 3 - 1) * 4 * unit, y + 6 * unit), 17 * unit, 21 * unit)
    painter.setBrush(hair)
    painter.drawPath(fringe.subtracted(cut))
    painter.setBrush(QColor("#2a1c14"))
    for side in (-1, 1):
        painter.drawEllipse(QPointF(x + side * 6 * unit, y), 1.5 * unit, 1.8 * unit)
    smile = QPainterPath(QPointF(x - 5 * unit, y + 9 * unit))
    smile.quadTo(QPointF(x, y + (13 + number % 3) * unit), QPointF(x + 5 * unit, y + 9 * unit))
    painter.setBrush(QColor("#a8423f"))
    painter.drawPath(smile)
