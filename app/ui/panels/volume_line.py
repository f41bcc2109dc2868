"""How loud one hears somebody: a line of the menu of that person."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QMenu, QSlider, QWidget, QWidgetAction

from app.state.volumes import MOST, PLAIN
from app.ui.qt import override
from app.ui.text import Words
from app.ui.widgets.cards import Glyph, column, row

_STEP = 10
#: A drag makes many values; so often one of them is told.
_TELL_EVERY_MS = 120


class VolumeLine(QWidgetAction):
    """A slider, heard while it is dragged; nobody else hears anything of it.

    Args:
        menu: Whose line it is.
        name: The object name of the slider.
        percent: How loud it is now.
        tell: Takes each new value, in percent.
    """

    def __init__(self, menu: QMenu, name: str, percent: int, tell: Callable[[int], None]) -> None:
        super().__init__(menu)
        self._slider = _Slider(Qt.Orientation.Horizontal)
        self._slider.setObjectName(name)
        self._slider.setAccessibleName("Volume for you, in percent")
        self._slider.setRange(0, MOST)
        self._slider.setSingleStep(_STEP)
        self._slider.setPageStep(_STEP)
        self._slider.setValue(percent)
        self._slider.setMinimumWidth(190)
        self._words = Words("", look="small")
        self._tell = tell
        self._told = percent
        self._clock = QTimer(self, interval=_TELL_EVERY_MS, singleShot=True)
        self._clock.timeout.connect(self._tell_now)
        self._slider.valueChanged.connect(self._moved)
        self._slider.sliderReleased.connect(self._tell_now)
        # What is dragged last counts, also where the menu is closed at once.
        menu.aboutToHide.connect(self._tell_now)
        menu.aboutToShow.connect(lambda: self._begin(menu))
        self._show(percent)
        head = row(Glyph("volume-2", size_px=18), Words("Volume for you"), None, self._words, gap=8)
        inside = QWidget()
        inside.setLayout(column(head, self._slider, gap=2, margins=(10, 6, 14, 6)))
        self.setDefaultWidget(inside)

    def _begin(self, menu: QMenu) -> None:
        """Left and right change it at once; up and down go to the other lines, from here."""
        menu.setActiveAction(self)
        self._slider.setFocus(Qt.FocusReason.PopupFocusReason)

    def _moved(self, percent: int) -> None:
        self._show(percent)
        if not self._clock.isActive():
            self._clock.start()

    def _tell_now(self) -> None:
        self._clock.stop()
        percent = self._slider.value()
        # As it is sent is easy to find again.
        percent = PLAIN if abs(percent - PLAIN) < _STEP // 2 else percent
        if percent != self._told:
            self._told = percent
            self._tell(percent)

    def _show(self, percent: int) -> None:
        self._words.setText("Off" if percent == 0 else f"{percent} %")


class _Slider(QSlider):
    """Leaves the keys of the menu to the menu."""

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Escape):
            event.ignore()
        else:
            super().keyPressEvent(event)
