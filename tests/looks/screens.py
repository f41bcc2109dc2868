"""A drawn screen full of small text, as a picture of a share."""

import math

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from app.media.types import Frame
from app.ui.theme import face

#: A line round a few words, as a hand draws it.
CIRCLE = tuple((round(4200 + 900 * math.cos(n / 5)), round(3000 + 420 * math.sin(n / 5) + 9 * n)) for n in range(33))
WORDS = "Routes B and C keep the name on one line; at 16 px only B can be told from the icon beside it."


def pixels(width=1920, height=1080):
    """BGRA pixels, [height, width, 4]: a document with a side list, in 13 px type."""
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor("#fbfbfa"))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillRect(0, 0, width, 40, QColor("#24303a"))
    painter.fillRect(0, 40, width // 5, height, QColor("#eceff1"))
    painter.setFont(face(13))
    for line in range((height - 80) // 26):
        y = 66 + line * 26
        painter.setPen(QColor("#394b54"))
        painter.drawText(20, y, f"{line + 1:02}  Chapter {line + 1}")
        painter.setPen(QColor("#1b1f22"))
        painter.drawText(width // 5 + 40, y, f"{line + 1}. {WORDS} {WORDS}"[: width // 8])
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor("#2f7fbf"))
    painter.drawRoundedRect(QRectF(width * 0.72, height * 0.5, width * 0.2, height * 0.3), 12, 12)
    painter.end()
    return np.frombuffer(image.constBits(), np.uint8).reshape(height, width, 4).copy()


def picture(view, captured_at_s=0.0):
    """As the decoder would make it for a view."""
    from app.media.pictures import make_picture

    frame = Frame(np.ascontiguousarray(pixels()[..., :3]), "bgr24", captured_at_s)
    return make_picture(frame, view)
