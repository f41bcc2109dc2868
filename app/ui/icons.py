"""Icons in the colours of the theme, drawn once each."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap

from app import paths


@lru_cache(maxsize=64)
def _drawing(name: str) -> str:
    return paths.resource("icons", f"{name}.svg").read_text(encoding="utf-8")


@lru_cache(maxsize=512)
def pixmap(name: str, colour: str, size_px: int, *, gap_px: int = 0, ratio: float = 2.0) -> QPixmap:
    """An icon as pixels.

    Args:
        name: A file of resources/icons, without its ending.
        colour: "#rrggbb".
        size_px: Its side in logical pixels.
        gap_px: Empty logical pixels on its right.
        ratio: Device pixels for one logical pixel.
    """
    from PySide6.QtSvg import QSvgRenderer

    side = round(size_px * ratio)
    drawn = QPixmap(side + round(gap_px * ratio), side)
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    svg = _drawing(name).replace("currentColor", colour)
    QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(0, 0, side, side))
    painter.end()
    drawn.setDevicePixelRatio(ratio)
    return drawn


def icon(name: str, colour: str, size_px: int = 20, *, gap_px: int = 0) -> QIcon:
    """An icon for a button or a menu; see `pixmap`."""
    drawn = pixmap(name, colour, size_px, gap_px=gap_px)
    made = QIcon(drawn)
    # Qt would pale it for a button that cannot be pressed, whose ink is pale already.
    made.addPixmap(drawn, QIcon.Mode.Disabled)
    return made
