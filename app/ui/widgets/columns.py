"""Columns of parts that are kept while their data is, and that scroll."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QLinearGradient, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from app.ui.qt import override
from app.ui.theme import colour


class Column(QWidget):
    """A column of keyed parts: parts whose data did not change keep their widget.

    Args:
        make: Builds the widget of one item.
        renew: Shows other data in the widget of the same key and says whether it could; a widget that is renewed keeps
            the focus and a press that is under way, which a new one in its place would lose.
        gap: Space between them.
        margins: Space round them.
        at_foot: Few parts lie at the foot of the room that there is, not at its head.
    """

    def __init__(
        self,
        make: Callable[[Any], QWidget],
        *,
        renew: Callable[[Any, Any], bool] | None = None,
        gap: int = 8,
        margins: tuple[int, int, int, int] = (0, 0, 0, 0),
        at_foot: bool = False,
    ) -> None:
        super().__init__()
        self._make = make
        self._renew = renew
        self._first = 1 if at_foot else 0
        self._shown: dict[Hashable, tuple[Any, QWidget]] = {}
        self._box = QVBoxLayout(self)
        self._box.setSpacing(gap)
        self._box.setContentsMargins(*margins)
        self._box.addStretch(1)

    def show_items(self, items: Sequence[tuple[Hashable, Any]]) -> bool:
        """Shows these items in this order.

        Args:
            items: Key and data; data is compared by ==.

        Returns:
            Whether anything is different.
        """
        before = [(key, data) for key, (data, _) in self._shown.items()]
        if before == list(items):
            return False
        fresh: dict[Hashable, tuple[Any, QWidget]] = {}
        made: list[QWidget] = []
        for place, (key, data) in enumerate(items):
            old = self._shown.pop(key, None)
            if old is not None and (old[0] == data or (self._renew is not None and self._renew(old[1], data))):
                widget = old[1]
            else:
                if old is not None:
                    self._drop(old[1])
                widget = self._make(data)
                made.append(widget)
            fresh[key] = (data, widget)
            if self._box.indexOf(widget) != place + self._first:
                self._box.insertWidget(place + self._first, widget)
        for _, widget in self._shown.values():
            self._drop(widget)
        self._shown = fresh
        if self.isVisible():
            # Qt would show them a turn of the event loop later: until then there would be a hole where a click goes.
            for widget in made:
                widget.show()
        return True

    def widget(self, key: Hashable) -> QWidget | None:
        """The widget of an item."""
        found = self._shown.get(key)
        return found[1] if found else None

    def data(self, key: Hashable) -> Any:
        """What is shown of an item; None where there is none of that key."""
        found = self._shown.get(key)
        return found[0] if found else None

    def _drop(self, widget: QWidget) -> None:
        self._box.removeWidget(widget)
        widget.hide()
        widget.deleteLater()

    def clear(self) -> None:
        """Shows nothing; the next `show_items` builds everything again."""
        self.show_items([])


class Scroll(QScrollArea):
    """A column that scrolls up and down only, and stays at its end when it was there.

    Signals:
        looked_at_end(bool): the end came into sight, or is out of it.

    Args:
        inside: What scrolls.
        sticks: Whether new parts at the end scroll into sight, as in a conversation.
        fades: The ground that it lies on, a token's name: the foot fades into it while there is more below, so that a
            line that is cut by the edge is seen to go on. Empty: no fading.
    """

    looked_at_end = Signal(bool)

    def __init__(self, inside: QWidget, *, sticks: bool = False, fades: str = "") -> None:
        super().__init__()
        self._inside = inside
        self._fade = _Fade(self, fades) if fades else None
        self._sticks = sticks
        self._is_at_end = True
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(inside)
        # Both would be filled with the window's ground otherwise, whatever they lie on.
        inside.setAutoFillBackground(False)
        self.viewport().setAutoFillBackground(False)
        bar = self.verticalScrollBar()
        bar.rangeChanged.connect(self._follow)
        bar.valueChanged.connect(self._note)
        if self._fade is not None:
            bar.rangeChanged.connect(self._fade.follow)
            bar.valueChanged.connect(self._fade.follow)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._fade is not None:
            self._fade.follow()

    def to_end(self) -> None:
        """Shows the end from now on."""
        was_at_end, self._is_at_end = self._is_at_end, True
        self._follow()
        if not was_at_end:
            self.looked_at_end.emit(True)

    def _note(self, value: int) -> None:
        was_at_end, self._is_at_end = self._is_at_end, value >= self.verticalScrollBar().maximum() - 24
        if was_at_end != self._is_at_end:
            self.looked_at_end.emit(self._is_at_end)

    @property
    def is_at_end(self) -> bool:
        """Whether the end is in sight."""
        return self._is_at_end

    def _follow(self) -> None:
        if self._sticks and self._is_at_end:
            self.verticalScrollBar().setValue(self.verticalScrollBar().maximum())


class Roll(Scroll):
    """What a dialog holds: as high as it is, and scrolled where the window is lower than that.

    Args:
        inside: What is in the dialog.
        width_px: How wide it is in a window that is wide enough.
    """

    def __init__(self, inside: QWidget, *, width_px: int) -> None:
        super().__init__(inside, fades="surface")
        self._width_px = width_px

    @override
    def sizeHint(self) -> QSize:
        layout = self._inside.layout()
        if layout is None:
            return super().sizeHint()
        # What was shown or hidden a moment ago is known to the layouts only after a turn of the event loop.
        for part in self._inside.findChildren(QWidget):
            if (inner := part.layout()) is not None:
                inner.invalidate()
        layout.invalidate()
        width = min(self._width_px, self.window().width() - 32 - 40)
        has_own = layout.hasHeightForWidth()
        return QSize(self._width_px, layout.totalHeightForWidth(width) if has_own else layout.sizeHint().height())

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(120, 80)


class _Fade(QWidget):
    """The foot of a scrolled column, where it goes on below."""

    _HEIGHT_PX = 30

    def __init__(self, scroll: Scroll, ground: str) -> None:
        super().__init__(scroll)
        self._scroll = scroll
        self._ground = ground
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def follow(self) -> None:
        """Where it lies, and whether it is seen."""
        bar = self._scroll.verticalScrollBar()
        view = self._scroll.viewport().geometry()
        self.setGeometry(view.x(), view.bottom() + 1 - self._HEIGHT_PX, view.width(), self._HEIGHT_PX)
        self.setVisible(bar.value() < bar.maximum() - 2)
        self.raise_()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        full, none = colour(self._ground), colour(self._ground)
        none.setAlpha(0)
        shades = QLinearGradient(0, 0, 0, self.height())
        shades.setColorAt(0, none)
        shades.setColorAt(0.9, full)
        painter = QPainter(self)
        painter.fillRect(self.rect(), shades)
        painter.end()
