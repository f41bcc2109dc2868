"""The reactions as drawings, and what each is called."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap

from app import paths
from app.wire.reactions import Reaction

#: In the order in which they are offered.
NAMES: dict[Reaction, str] = {
    "thumbs_up": "Thumbs up", "heart": "Heart", "laugh": "Laughter", "party": "Party", "clap": "Applause",
    "think": "Thinking", "thumbs_down": "Thumbs down", "victory": "Victory", "ok": "OK",
}  # fmt: skip


@lru_cache(maxsize=32)
def drawing(reaction: Reaction, size_px: int, *, ratio: float = 2.0) -> QPixmap:
    """A reaction as pixels.

    Args:
        reaction: Which one.
        size_px: Its side in logical pixels.
        ratio: Device pixels for one logical pixel.
    """
    from PySide6.QtSvg import QSvgRenderer

    side = round(size_px * ratio)
    drawn = QPixmap(side, side)
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    QSvgRenderer(str(paths.resource("reactions", f"{reaction}.svg"))).render(painter, QRectF(0, 0, side, side))
    painter.end()
    drawn.setDevicePixelRatio(ratio)
    return drawn
