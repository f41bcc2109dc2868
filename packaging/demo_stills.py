"""Draws the demo call's still pictures: the guest's camera, and the page that is shown on a shared screen; own art."""

from __future__ import annotations

import os
from pathlib import Path

from demo_brush import LOOKS, Pose, fade, fill, tint
from demo_camera import HEIGHT_PX, OVERSIZE, WIDTH_PX, paint_picture
from demo_rooms import box, paint_room
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication, QImage, QPainter

FONTS = Path(__file__).resolve().parent.parent / "resources" / "fonts"
PAGE_WIDTH, PAGE_HEIGHT = 1920, 1080
INK, MUTED, ACCENT, PAPER, GROUND = "#17201c", "#5f6b65", "#0f8a5f", "#ffffff", "#dcdad2"

# Kept: fonts go with it.
_APP: list[QGuiApplication] = []
_HOURS = (("Monday to Thursday", "9.00 to 18.00"), ("Friday", "9.00 to 14.00"), ("By appointment", "at any time"))
_NEWS = (
    "New: advice by video. Choose a time, get a link.",
    "From 3 December our office is open again after the move.",
    "We are looking for a trainee; write to us by the end of January.",
)


def write_face(path: Path, name: str) -> None:
    """Draws one person as a camera that sees somebody sit still: 640x360."""
    room = paint_room(name, WIDTH_PX * OVERSIZE, HEIGHT_PX * OVERSIZE).convertToFormat(QImage.Format.Format_RGB32)
    _save(paint_picture(room, LOOKS[name], Pose(turn=-0.15, tilt_deg=2.0, mouth_wide=0.8)), path)


def write_page(path: Path) -> None:
    """Draws two drafts of a home page side by side, with text as small as on a real screen: 1920x1080."""
    if QGuiApplication.instance() is None:
        _APP.append(_make_app())
    for weight in ("Regular", "Medium", "SemiBold"):
        QFontDatabase.addApplicationFont(str(FONTS / f"Inter-{weight}.woff2"))
    image = QImage(PAGE_WIDTH, PAGE_HEIGHT, QImage.Format.Format_RGB888)
    image.fill(tint(GROUND))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _write(painter, 60, 34, "Home page, two drafts", 30, INK, QFont.Weight.DemiBold)
    _write(painter, 1500, 44, "Felix, 2 of 3 rounds", 18, MUTED)
    _draw_draft(painter, 60, "Draft 1", "#27415c", columns=2)
    _draw_draft(painter, 990, "Draft 2", ACCENT, columns=1)
    painter.end()
    _save(image, path)


def _draw_draft(painter: QPainter, left: int, title: str, accent: str, *, columns: int) -> None:
    _write(painter, left, 88, title, 20, MUTED, QFont.Weight.Medium)
    fill(painter, box(left, 124, 870, 916), tint(PAPER))
    fill(painter, box(left, 124, 870, 64), tint(accent))
    _write(painter, left + 28, 140, "Weber & Partner", 22, PAPER, QFont.Weight.DemiBold)
    for index, word in enumerate(("Advice", "People", "Office", "Contact")):
        _write(painter, left + 470 + index * 96, 146, word, 15, PAPER)
    fill(painter, box(left + 28, 216, 814, 250), fade((left, 216), (left + 814, 466), tint("#cfe6f2"), tint("#e2d5c0")))
    _write(painter, left + 60, 290, "Good advice starts with listening.", 34, INK, QFont.Weight.DemiBold)
    _write(painter, left + 60, 346, "Contracts, companies and inheritance, for 25 years in the same street.", 16, INK)
    fill(painter, box(left + 60, 388, 190, 44), tint(accent))
    _write(painter, left + 88, 398, "Ask for a date", 16, PAPER, QFont.Weight.Medium)
    wide = 814 if columns == 1 else 390
    for index, line in enumerate(_NEWS):
        x = left + 28 if columns == 1 else left + 28 + (index % 2) * 424
        y = 500 + index * 118 if columns == 1 else 500 + (index // 2) * 150
        fill(painter, box(x, y, wide, 100 if columns == 1 else 132), tint("#f3f2ee"))
        _write(painter, x + 18, y + 14, f"{index + 1}. News", 13, accent, QFont.Weight.DemiBold)
        painter.setFont(_font(14, QFont.Weight.Normal))
        painter.setPen(tint(INK))
        painter.drawText(QRectF(x + 18, y + 40, wide - 36, 80), Qt.TextFlag.TextWordWrap, line)
    for index, (days, hours) in enumerate(_HOURS):
        y = 880 + index * 34
        _write(painter, left + 28, y, days, 13, INK)
        _write(painter, left + 300, y, hours, 13, INK, QFont.Weight.Medium)
    _write(
        painter,
        left + 28,
        1004,
        "Weber & Partner, 12 Mill Street. Imprint and privacy at the foot of each page.",
        11,
        MUTED,
    )


def _font(size_px: int, weight: QFont.Weight) -> QFont:
    font = QFont("Inter")
    font.setPixelSize(size_px)
    font.setWeight(weight)
    return font


def _write(
    painter: QPainter, x: int, y: int, words: str, size_px: int, ink: str, weight: QFont.Weight = QFont.Weight.Normal
) -> None:
    painter.setFont(_font(size_px, weight))
    painter.setPen(tint(ink))
    painter.drawText(QRectF(x, y, 1400, size_px * 1.5), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, words)


def _save(image: QImage, path: Path) -> None:
    if not image.save(str(path), None, 90 if path.suffix == ".jpg" else 0):
        raise OSError(f"{path} cannot be written")


def _make_app() -> QGuiApplication:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    return QGuiApplication([])
