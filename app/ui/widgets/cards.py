"""Cards, columns and rows: how pages are laid out."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QHideEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.ui.icons import pixmap
from app.ui.qt import override
from app.ui.text import Words, initials
from app.ui.theme import colour, face, tokens
from app.ui.widgets.painting import painting
from app.wire.text import one_line

Part = QWidget | QLayout | int | None


def fill(box: QBoxLayout, parts: Sequence[Part], gap: int, margins: tuple[int, int, int, int]) -> QBoxLayout:
    """Puts parts into a box: widgets and layouts as they are, a number as a gap, None as a stretch."""
    box.setSpacing(gap)
    box.setContentsMargins(*margins)
    for part in parts:
        if part is None:
            box.addStretch(1)
        elif isinstance(part, int):
            box.addSpacing(part)
        elif isinstance(part, QWidget):
            box.addWidget(part)
        else:
            box.addLayout(part)
    return box


def row(*parts: Part, gap: int = 8, margins: tuple[int, int, int, int] = (0, 0, 0, 0)) -> QHBoxLayout:
    """Parts beside each other; see `fill`."""
    box = QHBoxLayout()
    fill(box, parts, gap, margins)
    return box


def column(*parts: Part, gap: int = 8, margins: tuple[int, int, int, int] = (0, 0, 0, 0)) -> QVBoxLayout:
    """Parts below each other; see `fill`."""
    box = QVBoxLayout()
    fill(box, parts, gap, margins)
    return box


def centred(widget: QWidget) -> QHBoxLayout:
    """A widget in the middle of its line.

    An alignment flag would give wrapped words only the height that they need in the whole width of the line.
    """
    return row(None, widget, None, gap=0)


def middle(*parts: Part, gap: int = 16) -> QVBoxLayout:
    """Parts in the middle of the page, both ways."""
    box = column(None, gap=gap)
    for part in parts:
        box.addLayout(centred(part)) if isinstance(part, QWidget) else fill(box, [part], gap, (0, 0, 0, 0))
    box.addStretch(1)
    return box


class Card(QFrame):
    """A ground with parts on it.

    Args:
        layout: The parts.
        ground: "" (a card with a border) or one of the grounds of the style sheet.
        name: The object name, where tests look for it.
    """

    def __init__(self, layout: QLayout, *, ground: str = "", name: str = "") -> None:
        super().__init__()
        self.setProperty("ground", ground)
        if name:
            self.setObjectName(name)
        self.setLayout(layout)


class Line(QFrame):
    """A thin line between parts."""

    def __init__(self, *, is_upright: bool = False) -> None:
        super().__init__()
        if is_upright:
            self.setFixedWidth(1)
        else:
            self.setFixedHeight(1)


class Chip(QLabel):
    """A few words on a small round ground. Tones: "", "accent", "danger", "alarm", "warning", "count"."""

    def __init__(self, words: str, *, tone: str = "") -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(one_line(words))
        self.setProperty("tone", tone)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_text(self, words: str) -> None:
        """Other words; hidden when empty."""
        self.setText(one_line(words))
        self.setVisible(bool(words))


class Glyph(QWidget):
    """An icon that is only looked at."""

    def __init__(self, name: str, *, ink: str = "muted", size_px: int = 18) -> None:
        super().__init__()
        self._name, self._ink = name, ink
        self.setFixedSize(size_px, size_px)

    def show_icon(self, name: str, ink: str) -> None:
        """Another icon or colour."""
        self._name, self._ink = name, ink
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            painter.drawPixmap(QPointF(0, 0), pixmap(self._name, getattr(tokens(), self._ink), self.width()))


class Avatar(QWidget):
    """Initials on a round ground, in a colour of their own; the same person always has the same."""

    def __init__(self, name: str, size_px: int = 32, *, is_online: bool = False) -> None:
        super().__init__()
        self._name = name
        self._is_online = is_online
        self.setFixedSize(size_px, size_px)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            paint_initials(painter, QRectF(self.rect()), self._name)
            if self._is_online:
                spot = QPointF(self.width() - 5, self.height() - 5)
                painter.setBrush(colour("surface"))
                painter.drawEllipse(spot, 5, 5)
                painter.setBrush(colour("accent_fill"))
                painter.drawEllipse(spot, 3.5, 3.5)


def paint_initials(painter: QPainter, spot: QRectF, name: str) -> None:
    """Draws a person's initials into a circle."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(own_colour(name))
    painter.drawEllipse(spot)
    painter.setPen(Qt.GlobalColor.white)
    painter.setFont(face(max(9, round(spot.width() * 0.38)), face(9).Weight.DemiBold))
    painter.drawText(spot, int(Qt.AlignmentFlag.AlignCenter), initials(name))


def own_colour(name: str) -> QColor:
    """A person's own colour: white letters on it can be read."""
    # A stable sum, not hash(): that differs from run to run. Lightness keeps white letters at 4.5:1 and more.
    hue = sum(ord(char) * (place + 7) for place, char in enumerate(name)) * 47 % 360
    return QColor.fromHsl(hue, 80, 78)


class Spinner(QWidget):
    """A turning arc: something is on its way. It turns only while it is seen."""

    def __init__(self, size_px: int = 28) -> None:
        super().__init__()
        self._turn = 30
        self._timer = QTimer(self, interval=80)
        self._timer.timeout.connect(self._step)
        self.setFixedSize(size_px, size_px)
        self.setAccessibleName("Please wait")

    def _step(self) -> None:
        self._turn = (self._turn - 30) % 360
        self.update()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        self._timer.start()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        self._timer.stop()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        from PySide6.QtGui import QPen

        with painting(self) as painter:
            arc = QRectF(self.rect()).adjusted(3, 3, -3, -3)
            painter.setPen(QPen(colour("line"), 3))
            painter.drawEllipse(arc)
            painter.setPen(QPen(colour("accent"), 3, c=Qt.PenCapStyle.RoundCap))
            painter.drawArc(arc, self._turn * 16, 100 * 16)


class Tabs(QWidget):
    """Two or more words of which one is chosen. Signals: chosen(str) with the value."""

    chosen = Signal(str)

    def __init__(self, items: Sequence[tuple[str, str]], name: str) -> None:
        from PySide6.QtWidgets import QButtonGroup

        from app.ui.widgets.buttons import Button

        super().__init__()
        self.setObjectName(name)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._buttons: dict[str, Button] = {}
        group = QButtonGroup(self)
        box = row(gap=4, margins=(4, 4, 4, 4))
        for value, words in items:
            button = Button(words, f"{name}-{value}", kind="tab")
            button.setCheckable(True)
            button.clicked.connect(lambda _=False, value=value: self.chosen.emit(value))
            group.addButton(button)
            box.addWidget(button, 1)
            self._buttons[value] = button
        self.setLayout(box)

    def choose(self, value: str) -> None:
        """Shows one as chosen, without a signal."""
        self._buttons[value].setChecked(True)

    def say(self, value: str, words: str) -> None:
        """Other words for one."""
        self._buttons[value].say(words)

    def set_visible(self, value: str, is_visible: bool) -> None:
        """Takes one away or puts it back."""
        self._buttons[value].setVisible(is_visible)


class EmptyState(QWidget):
    """Where there is nothing yet: an icon, what this place is, and what to do.

    Args:
        glyph: An icon's name.
        title: A few words.
        words: A helpful sentence.
        more: Buttons below.
        width_px: How wide the sentence may be.
    """

    def __init__(self, glyph: str, title: str, words: str, *more: QWidget, width_px: int = 360) -> None:
        super().__init__()
        self._words = Words(words, look="muted", wraps=True)
        self._words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._words.setFixedWidth(width_px)
        self._title = Words(title, look="title")
        self.setLayout(middle(Glyph(glyph, ink="accent", size_px=36), self._title, self._words, *more, gap=10))

    def say(self, title: str, words: str) -> None:
        """Other words."""
        self._title.setText(title)
        self._words.setText(words)
