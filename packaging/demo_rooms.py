"""Draws the rooms behind the people of the demo call, out of focus: own art."""

from __future__ import annotations

import numpy as np
from demo_brush import CANVAS_HEIGHT, CANVAS_WIDTH, curved, ellipse, fade, fill, glow, stroke, tint
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QGradient, QImage, QPainter, QPainterPath

BLUR_SIGMA_PX = 7.0


def box(x: float, y: float, width: float, height: float) -> QPainterPath:
    """A box with slightly round corners."""
    path = QPainterPath()
    path.addRoundedRect(QRectF(x, y, width, height), 2, 2)
    return path


def backdrop(painter: QPainter, brush: QColor | QGradient) -> None:
    """Fills the whole canvas and what lies just outside it."""
    fill(painter, box(-20, -20, CANVAS_WIDTH + 40, CANVAS_HEIGHT + 40), brush)


def draw_office(painter: QPainter) -> None:
    """Clara's: a bright wall, a window with morning light, a plant, folders on a board."""
    backdrop(painter, fade((0, 0), (640, 200), tint("#f3ead9"), tint("#e2d5c0"), tint("#c9b89f")))
    fill(painter, box(28, 18, 170, 210), tint("#fbf7ee"))
    for x in (38, 118):
        fill(painter, box(x, 28, 72, 190), fade((0, 28), (0, 218), tint("#cfe6f2"), tint("#eef7f4"), tint("#cfe0b4")))
    fill(painter, ellipse(110, 110, 260, 220), glow((110, 110), 250, tint("#fff6dc", 0.75), tint("#fff6dc", 0)))
    fill(painter, box(440, 108, 180, 9), tint("#8a6547"))
    for index, colour in enumerate(("#c8553d", "#f0b65a", "#2f6f73", "#e9e2d4", "#5a7d9a", "#c8553d", "#d9cbb3")):
        height = 48 + (index * 13) % 17
        fill(painter, box(450 + index * 20, 108 - height, 16, height), tint(colour))
    fill(painter, box(512, 268, 74, 100), fade((512, 0), (586, 0), tint("#d98e63"), tint("#a8613c")))
    for lean, tip in ((-86, 150), (-52, 118), (-12, 104), (34, 116), (72, 148)):
        leaf = curved((548, 272), [(548 + lean * 0.3, 220, 540 + lean, tip + 40, 548 + lean, tip),
                                   (562 + lean, tip + 50, 560 + lean * 0.4, 230, 552, 272)])  # fmt: skip
        fill(painter, leaf, fade((0, tip), (0, 272), tint("#6ba368"), tint("#2f5d3f")))


def draw_studio(painter: QPainter) -> None:
    """Felix's: a calm green wall, a lamp that is on, two framed prints, a desk at the side."""
    backdrop(painter, fade((0, 0), (640, 360), tint("#4e6b66"), tint("#3c5652"), tint("#2a3d3c")))
    for x, y, width, colours in ((62, 44, 92, ("#f2c14e", "#d1603d")), (172, 62, 64, ("#7fb7be", "#dacc96"))):
        fill(painter, box(x, y, width, width * 1.25), tint("#efe6d5"))
        fill(painter, box(x + 9, y + 9, width - 18, width * 1.25 - 18), tint(colours[1]))
        fill(painter, ellipse(x + width * 0.5, y + width * 0.55, width * 0.26, width * 0.26), tint(colours[0]))
    fill(painter, ellipse(530, 120, 260, 240), glow((530, 120), 240, tint("#ffd892", 0.85), tint("#ffb765", 0.25),
                                                    tint("#ffb765", 0)))  # fmt: skip
    stroke(painter, curved((532, 150), [(532, 200, 532, 260, 532, 330)], close=False), tint("#2b2522"), 7)
    shade = curved((496, 86), [(510, 80, 554, 80, 568, 86), (576, 112, 584, 140, 590, 158),
                               (560, 166, 504, 166, 474, 158), (480, 140, 488, 112, 496, 86)])  # fmt: skip
    fill(painter, shade, fade((0, 80), (0, 165), tint("#ffe9bd"), tint("#fff6df")))
    fill(painter, box(-20, 268, 240, 110), fade((0, 268), (0, 360), tint("#94694a"), tint("#6f4c35")))
    for index, colour in enumerate(("#dfe3dc", "#bb5a3c", "#e2b25e")):
        fill(painter, box(20 + index * 4, 256 - index * 14, 120 - index * 12, 12), tint(colour))


def draw_gallery(painter: QPainter) -> None:
    """Mira's: a pale wall with a row of photographs, a bench under them."""
    backdrop(painter, fade((0, 0), (640, 360), tint("#e9eaf0"), tint("#d5d8e2"), tint("#b9bfce")))
    photographs = (("#27415c", "#e9b44c"), ("#8f2d3a", "#f2d7c6"), ("#3f6b4f", "#d8e6c8"), ("#5a4a78", "#e0c3d9"))
    for index, (ground, spot) in enumerate(photographs):
        x = 24 + index * 154
        fill(painter, box(x, 52, 128, 96), tint("#ffffff"))
        fill(painter, box(x + 7, 59, 114, 82), tint(ground))
        fill(painter, ellipse(x + 42 + 14 * (index % 3), 104, 24, 20), tint(spot))
    fill(painter, box(-20, 286, 680, 90), fade((0, 286), (0, 360), tint("#a98d72"), tint("#856a52")))


ROOMS = {"Clara": draw_office, "Felix": draw_studio, "Mira": draw_gallery}


def paint_room(name: str, width_px: int, height_px: int) -> QImage:
    """Paints a person's room, blurred as a lens does it.

    Returns:
        RGB888, `width_px` x `height_px`.
    """
    import cv2

    image = QImage(width_px, height_px, QImage.Format.Format_RGB888)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(width_px / CANVAS_WIDTH, height_px / CANVAS_HEIGHT)
    ROOMS[name](painter)
    painter.end()
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(height_px, image.bytesPerLine())
    pixels = rows[:, : width_px * 3].reshape(height_px, width_px, 3)
    soft = np.ascontiguousarray(cv2.GaussianBlur(pixels, (0, 0), BLUR_SIGMA_PX * width_px / CANVAS_WIDTH))
    return QImage(soft.data, width_px, height_px, width_px * 3, QImage.Format.Format_RGB888).copy()
