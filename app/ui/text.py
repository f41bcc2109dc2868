"""Text on the screen: everything remote is plain text, and times are written as people say them."""

from __future__ import annotations

import html
from datetime import date, datetime

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent, QTextLayout, QTextOption
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from app.ui.qt import override
from app.wire.text import letters, one_line, paragraphs

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def unmarked(text: str) -> str:
    """Text for a button or a menu, where a single & would underline the letter after it."""
    return one_line(text).replace("&", "&&")


def set_tip(widget: QWidget, text: str) -> None:
    """A tool tip that shows exactly this text, whatever it holds (Qt guesses rich text otherwise)."""
    widget.setToolTip(f"<p style='white-space: pre-wrap'>{html.escape(text)}</p>" if text else "")


def initials(name: str) -> str:
    """One or two letters for a face that is not shown."""
    words = [word for word in one_line(name).split() if word[0].isalnum()]
    if not words:
        return "?"
    found = [letters(word)[0] for word in (words[0], *words[1:][-1:])]
    # ß and the like have a capital of two letters.
    return "".join(one.upper() if len(one.upper()) == len(one) else one for one in found)


def clock_words(at: float) -> str:
    """The time of day of an instant (seconds since 1970), on this computer's clock: "14:05"."""
    return datetime.fromtimestamp(at).strftime("%H:%M")


def day_words(at: float, now: float) -> str:
    """The day of an instant, as one says it on the day of `now`: "Today", "Tuesday", "12 May", "12 May 2025"."""
    return date_words(date.fromtimestamp(at), date.fromtimestamp(now))


def date_words(day: date, today: date) -> str:
    """The same for a calendar day; days of the coming and the past week by their names."""
    apart = (day - today).days
    if apart in (-1, 0, 1):
        return {-1: "Yesterday", 0: "Today", 1: "Tomorrow"}[apart]
    if -7 < apart < 0:
        return _DAYS[day.weekday()]
    words = f"{day.day} {_MONTHS[day.month - 1]}"
    return words if day.year == today.year else f"{words} {day.year}"


def full_date(day: date) -> str:
    """A day without reference to another: "Friday, 15 May 2026"."""
    return f"{_DAYS[day.weekday()]}, {day.day} {_MONTHS[day.month - 1]} {day.year}"


def due_words(iso: str, today: date) -> str:
    """A due date (YYYY-MM-DD) in words: "Fri, 15 May", "Fri, 15 May 2027"; as it came when it is no date."""
    try:
        day = date.fromisoformat(iso)
    except ValueError:
        return one_line(iso)
    year = "" if day.year == today.year else f" {day.year}"
    return f"{_DAYS[day.weekday()][:3]}, {day.day} {_MONTHS[day.month - 1]}{year}"


def timer_words(seconds: float) -> str:
    """A running time: "4:18", "1:02:03"."""
    whole = max(0, int(seconds))
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


def length_words(seconds: float) -> str:
    """A length: "45 seconds", "1 minute", "1 hour 5 minutes"."""
    if seconds < 60:
        return count_words(max(1, round(seconds)), "second")
    hours, minutes = divmod(round(seconds / 60), 60)
    parts = [count_words(hours, "hour")] if hours else []
    return " ".join([*parts, count_words(minutes, "minute")] if minutes or not hours else parts)


def count_words(count: int, noun: str) -> str:
    """A number and its noun, for nouns that take an s: "3 minutes"."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def people_words(count: int) -> str:
    """How many people: "1 person", "3 people"."""
    return "1 person" if count == 1 else f"{count} people"


def bytes_words(count: int) -> str:
    """An amount of data, in the units of providers: "0.4 MB", "128 MB", "1.2 GB" (1 MB is 1,000,000 bytes)."""
    if count >= 1_000_000_000:
        return f"{count / 1e9:.1f} GB"
    return f"{count / 1e6:.0f} MB" if count >= 10_000_000 else f"{count / 1e6:.1f} MB"


def rate_words(bps: float) -> str:
    """Bits a second, in the units of providers: "0 kbit/s", "640 kbit/s", "1.2 Mbit/s"."""
    return f"{bps / 1e6:.1f} Mbit/s" if bps >= 999_500 else f"{bps / 1e3:.0f} kbit/s"


class Words(QLabel):
    """A label that shows exactly the text it is given.

    Args:
        text: Plain text; never read as markup.
        look: The style sheet's name for it: "", "muted", "small", "strong", "title", "heading", "display", "bad".
        wraps: Breaks lines at words. Words longer than the line are for `TextBlock`.
    """

    def __init__(self, text: str = "", *, look: str = "", wraps: bool = False) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("look", look)
        self.setWordWrap(wraps)
        self.setText(text)

    def show_text(self, text: str) -> None:
        """Another text; hidden when empty."""
        if text != self.text():
            self.setText(text)
        self.setVisible(bool(text))


class ElidedWords(Words):
    """One line that ends in … where there is no room, with the whole text as its tool tip."""

    def __init__(self, text: str = "", *, look: str = "") -> None:
        self._whole = one_line(text)
        super().__init__(self._whole, look=look)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    @override
    def setText(self, text: str) -> None:
        """Keeps the whole text; what is shown depends on the width."""
        self._whole = one_line(text)
        super().setText(self._whole)
        self.setAccessibleName(self._whole)
        self.updateGeometry()

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(24, super().sizeHint().height())

    @override
    def sizeHint(self) -> QSize:
        width = self.fontMetrics().horizontalAdvance(self._whole) + 2
        return QSize(width, super().sizeHint().height())

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_cut = self.fontMetrics().horizontalAdvance(self._whole) > self.width()
        set_tip(self, self._whole if is_cut else "")

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        shown = self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideRight, self.width())
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.rect(), int(self.alignment() | Qt.AlignmentFlag.AlignVCenter), shown)
        painter.end()


class TextBlock(QWidget):
    """Paragraphs of plain text that wrap anywhere if they must, so that no message can widen the window.

    Args:
        text: Plain text; line breaks are kept.
        widest_px: The width that it asks for at most.
    """

    def __init__(self, text: str = "", *, widest_px: int = 520) -> None:
        super().__init__()
        self._text = ""
        self._widest_px = widest_px
        self._lines: list[QTextLayout] = []
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.set_text(text)

    def text(self) -> str:
        """What is shown."""
        return self._text

    def set_text(self, text: str) -> None:
        """Another text."""
        self._text = paragraphs(text)
        self._lines = []
        self.setAccessibleName(self._text)
        self.updateGeometry()
        self.update()

    def _paragraphs(self) -> list[QTextLayout]:
        # Kept until the text or the font changes: shaping is what costs.
        if not self._lines:
            option = QTextOption()
            option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
            for paragraph in self._text.split("\n"):
                layout = QTextLayout(paragraph, self.font())
                layout.setTextOption(option)
                self._lines.append(layout)
        return self._lines

    def _lay_out(self, width: int) -> tuple[int, int]:
        """Breaks the lines for a width; gives the width that was used and the height."""
        widest, top = 0.0, 0.0
        leading = self.fontMetrics().height() * 0.12
        for layout in self._paragraphs():
            layout.beginLayout()
            while (line := layout.createLine()).isValid():
                line.setLineWidth(max(1, width))
                line.setPosition(QPoint(0, 0).toPointF() + QPoint(0, round(top)).toPointF())
                top += line.height() + leading
                widest = max(widest, line.naturalTextWidth())
            layout.endLayout()
        return round(widest + 0.999), round(top)

    @override
    def hasHeightForWidth(self) -> bool:
        return True

    @override
    def heightForWidth(self, width: int) -> int:
        return self._lay_out(width)[1]

    @override
    def sizeHint(self) -> QSize:
        width, height = self._lay_out(self._widest_px)
        return QSize(min(width, self._widest_px), height)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(60, self.fontMetrics().height())

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        self._lines = []
        self.updateGeometry()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        self._lay_out(self.width())
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        for layout in self._paragraphs():
            layout.draw(painter, QPoint(0, 0).toPointF(), clip=QRect(self.rect()).toRectF())
        painter.end()
