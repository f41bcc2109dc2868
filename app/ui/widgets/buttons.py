"""Buttons, switches and choices, all with a name for screen readers and a focus ring for keyboards only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QLayout,
    QPushButton,
    QSizePolicy,
    QStyledItemDelegate,
    QStyleOptionComboBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.ui.icons import icon, pixmap
from app.ui.qt import empty, override
from app.ui.text import set_tip, unmarked
from app.ui.theme import colour, tokens
from app.ui.widgets.frame import frame_of
from app.ui.widgets.painting import fill_round, frame_round, paint_ring, painting

if TYPE_CHECKING:
    _Mixed = QAbstractButton
else:
    # Qt's own class comes with the button that this is mixed into.
    _Mixed = object

#: The ink of a push button's icon, by its kind.
_INKS = {
    "primary": "on_accent", "danger": "on_danger", "leave": "on_danger", "link": "accent", "badlink": "danger",
    "recording": "danger",
}  # fmt: skip


def _prepare(button: QAbstractButton) -> None:
    """No click takes the focus; a hand over it says that it can be clicked."""
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setCursor(Qt.CursorShape.PointingHandCursor)


def is_enter(event: QKeyEvent) -> bool:
    """Whether a key is one of those that press a button; Qt itself knows only Space outside of its dialogs."""
    return event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat()


class _Pressable(_Mixed):
    """What all buttons that Qt paints share: a name, the keys that press them, and looks that follow their kind."""

    def _prepare(self, words: str, name: str, kind: str = "") -> None:
        self.setObjectName(name)
        self.setProperty("kind", kind)
        self.setAccessibleName(words)
        _prepare(self)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses it, as Space does."""
        self.click() if is_enter(event) else super().keyPressEvent(event)

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.EnabledChange):
            self._draw()

    def _restyle(self, name: str, value: object) -> None:
        """Another value of a property that the style sheet looks at."""
        self.setProperty(name, value)
        self.style().unpolish(self)
        self.style().polish(self)
        self._draw()

    def _draw(self) -> None:
        """Draws its icon again, in the current colour."""


class Button(_Pressable, QPushButton):
    """A button with words.

    Args:
        words: Plain text; a & is shown as such.
        name: The object name: stable, unique, for tests and the pilot.
        kind: "", "primary", "quiet", "outline", "link", "badlink", "danger", "leave", "record", "recording" or "tab".
        glyph: An icon's name, or empty.
    """

    def __init__(self, words: str, name: str, *, kind: str = "", glyph: str = "") -> None:
        super().__init__(unmarked(words))
        self._glyph = glyph
        self._prepare(words, name, kind)
        self._draw()

    def say(self, words: str, *, glyph: str | None = None) -> None:
        """Other words, and another icon where one is given."""
        if glyph is not None and glyph != self._glyph:
            self._glyph = glyph
            self._draw()
        if self.accessibleName() != words or self.text() != unmarked(words):
            self.setText(unmarked(words))
            self.setAccessibleName(words)
            self._draw()

    def show_text(self, words: str) -> None:
        """Other words on it, or the icon alone; what it is called stays."""
        if self.text() != unmarked(words):
            self.setText(unmarked(words))
            self._draw()

    def show_kind(self, kind: str) -> None:
        """Another kind of the same button."""
        if self.property("kind") != kind:
            self._restyle("kind", kind)

    def _draw(self) -> None:
        if self._glyph:
            ink = _INKS.get(self.property("kind") or "", "text") if self.isEnabled() else "muted"
            # The style leaves 4 px between icon and words; the rest of the gap is in the picture.
            gap_px = 5 if self.text() else 0
            self.setIcon(icon(self._glyph, getattr(tokens(), ink), 18, gap_px=gap_px))
            self.setIconSize(QSize(18 + gap_px, 18))


class IconButton(_Pressable, QToolButton):
    """A button that is only an icon; its words are the tool tip and the accessible name.

    Args:
        glyph: An icon's name.
        words: What it does.
        name: The object name.
        kind: "", "round" (the call's toolbar), "filled" (the accent) or "thumb" (a small picture with words).
    """

    def __init__(self, glyph: str, words: str, name: str, *, kind: str = "") -> None:
        super().__init__()
        self._glyph = glyph
        self._prepare("", name, kind)
        self.setProperty("off", False)
        self.toggled.connect(self._draw)
        self.say(words)
        self._draw()

    def say(self, words: str, *, state: str = "") -> None:
        """What a click does, and for a screen reader in which state the thing is."""
        if self.accessibleName() != words or self.accessibleDescription() != state:
            self.setAccessibleName(words)
            self.setAccessibleDescription(state)
            set_tip(self, words)

    def show_off(self, is_off: bool, glyph: str) -> None:
        """Alarming where something is off; with the icon for it."""
        if self.property("off") != is_off or glyph != self._glyph:
            self._glyph = glyph
            self._restyle("off", is_off)

    def _ink(self) -> str:
        if not self.isEnabled():
            return "muted"
        if self.property("off"):
            return "on_danger"
        if self.property("kind") == "filled":
            return "on_accent"
        return "accent" if self.isChecked() else "text"

    def _draw(self) -> None:
        if self._glyph:
            size = 22 if self.property("kind") == "round" else 20
            self.setIcon(icon(self._glyph, getattr(tokens(), self._ink()), size))
            self.setIconSize(QSize(size, size))


class Badged(IconButton):
    """An icon button with a small count at its corner."""

    def __init__(self, glyph: str, words: str, name: str, *, kind: str = "") -> None:
        self._count = 0
        super().__init__(glyph, words, name, kind=kind)

    def show_count(self, count: int) -> None:
        """The number; none at 0."""
        if count != self._count:
            self._count = count
            self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._count:
            return
        words = str(self._count) if self._count < 100 else "99+"
        font = self.font()
        font.setPixelSize(11)
        font.setBold(True)
        with painting(self) as painter:
            painter.setFont(font)
            width = max(18, painter.fontMetrics().horizontalAdvance(words) + 9)
            spot = QRectF(self.width() - width - 1, 1, width, 18)
            fill_round(painter, spot, 9, "accent_fill")
            painter.setPen(colour("on_accent"))
            painter.drawText(spot, int(Qt.AlignmentFlag.AlignCenter), words)


class _Painted(QAbstractButton):
    """What the switch and the tick share: words beside a painted mark."""

    _mark_px = 40

    def __init__(self, words: str, name: str) -> None:
        super().__init__()
        self.setText(words)
        self.setObjectName(name)
        self.setAccessibleName(words)
        self.setCheckable(True)
        _prepare(self)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_checked(self, is_checked: bool) -> None:
        """The state, without telling anybody that it changed."""
        if is_checked != self.isChecked():
            self.blockSignals(True)
            self.setChecked(is_checked)
            self.blockSignals(False)
            self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance(self.text()) + self._mark_px + 24, 30)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(self._mark_px + 60, 30)

    def _write(self, painter: QPainter, where: QRectF) -> None:
        painter.setPen(colour("text" if self.isEnabled() else "muted"))
        shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, int(where.width()))
        painter.drawText(where, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), shown)


class Switch(_Painted):
    """Words on the left, an on/off switch on the right."""

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        track = QRectF(self.width() - 42, (self.height() - 22) / 2, 38, 22)
        is_on = self.isChecked() and self.isEnabled()
        x = track.right() - 11 if self.isChecked() else track.left() + 11
        with painting(self) as painter:
            self._write(painter, QRectF(2, 0, track.left() - 12, self.height()))
            frame_round(painter, track.adjusted(1, 1, -1, -1), 10, is_on=is_on)
            knob = QRectF(x - 6, track.center().y() - 6, 12, 12)
            fill_round(painter, knob, 6, "on_accent" if is_on else "edge")
            if self.hasFocus():
                paint_ring(painter, track, 13)


class Tick(_Painted):
    """A box to tick, and the sentence that is confirmed by it."""

    _mark_px = 28

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        box = QRectF(3, (self.height() - 20) / 2, 20, 20)
        with painting(self) as painter:
            frame_round(painter, box, 6, is_on=self.isChecked())
            if self.isChecked():
                painter.drawPixmap(QPointF(box.left() + 3, box.top() + 3), pixmap("check", tokens().on_accent, 14))
            if self.hasFocus():
                paint_ring(painter, box, 8)
            self._write(painter, QRectF(32, 0, self.width() - 32, self.height()))


#: Of so many letters a name may not fit into its list.
_LONG = 24


class Choice(QComboBox):
    """A list to choose one thing from; long names do not widen it."""

    def __init__(self, words: str, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(words)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        # Qt's own for lists does not look at the style sheet.
        self.setItemDelegate(QStyledItemDelegate(self))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_items(self, items: Sequence[tuple[str, str]], chosen: str) -> None:
        """Fills the list without telling anybody.

        Args:
            items: Words and the value behind them.
            chosen: The value that is set now; the first item where it is not in the list.
        """
        self.blockSignals(True)
        if [(self.itemText(i), self.itemData(i)) for i in range(self.count())] != items:
            self.clear()
            for words, value in items:
                self.addItem(words, value)
        self.setCurrentIndex(max(0, self.findData(chosen)))
        self.blockSignals(False)
        set_tip(self, self.currentText() if len(self.currentText()) > _LONG else "")

    @override
    def initStyleOption(self, option: QStyleOptionComboBox) -> None:
        """A name that is too long ends in dots, and the tool tip has all of it; the style would cut a letter."""
        super().initStyleOption(option)
        words = self.currentText()
        room = self.width() - 28 - 2 * 14
        option.currentText = self.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, room)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        with painting(self) as painter:
            y = (self.height() - 16) / 2
            painter.drawPixmap(QPointF(self.width() - 28, y), pixmap("chevron-down", tokens().muted, 16))


class RowButton(_Pressable, QPushButton):
    """A whole row that can be clicked; its parts go into a layout inside it, or into `fill` where they may change."""

    def __init__(self, words: str, name: str) -> None:
        super().__init__()
        self._prepare(words, name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def fill(self, parts: QLayout) -> None:
        """Other parts in the same button, which keeps its focus and a press that is under way."""
        inside = QWidget()
        inside.setLayout(parts)
        for widget in (inside, *inside.findChildren(QWidget)):
            widget.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        box = self.layout()
        if box is None:
            box = QVBoxLayout(self)
            box.setContentsMargins(0, 0, 0, 0)
        else:
            empty(box)
        box.addWidget(inside)
        if self.isVisible():
            inside.show()

    @override
    def event(self, event: QEvent) -> bool:
        """The style sheet gives each button a least height, which would count instead of that of the row's parts."""
        is_done = super().event(event)
        if event.type() in (QEvent.Type.Polish, QEvent.Type.StyleChange):
            self.setMinimumHeight(0)
        return is_done

    @override
    def hasHeightForWidth(self) -> bool:
        layout = self.layout()
        return layout.hasHeightForWidth() if layout else False

    @override
    def heightForWidth(self, width: int) -> int:
        layout = self.layout()
        return layout.heightForWidth(width) if layout else super().heightForWidth(width)

    @override
    def sizeHint(self) -> QSize:
        layout = self.layout()
        return layout.sizeHint() if layout else super().sizeHint()

    @override
    def minimumSizeHint(self) -> QSize:
        layout = self.layout()
        return layout.minimumSize() if layout else super().minimumSizeHint()


def help_button(name: str, anchor: str = "") -> Button:
    """A visible way to the help, and from there to the terms and the privacy page; F1 does the same.

    Args:
        name: The object name.
        anchor: A question of resources/texts/help.toml; the one that fits the page where it is empty.
    """
    button = Button("Help", name, kind="quiet", glyph="info")
    button.setAccessibleDescription("Opens the help, with the terms of use and the privacy page")
    button.clicked.connect(lambda: frame_of(button).open_help(anchor))
    return button
