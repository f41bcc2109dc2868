"""A key that one chooses by pressing it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QWidget

from app.ui import keys
from app.ui.qt import override
from app.ui.text import Words
from app.ui.widgets.buttons import Button, IconButton
from app.ui.widgets.cards import column, row

#: Go on meaning what they mean in every window.
_KEPT = (Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Return, Qt.Key.Key_Enter)
_MODIFIERS = (
    Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta, Qt.Key.Key_AltGr, Qt.Key.Key_CapsLock,
    Qt.Key.Key_NumLock, Qt.Key.Key_ScrollLock, Qt.Key.Key_unknown,
)  # fmt: skip


class KeyField(QWidget):
    """Shows a key; a press on it waits for another one, and a cross takes it away.

    Signals:
        chosen(str): Another key as `QKeySequence` writes it; empty: none.

    Args:
        words: What the key is for.
        name: The object name of the button.
    """

    chosen = Signal(str)

    def __init__(self, words: str, name: str) -> None:
        super().__init__()
        self._words = words
        self._key = ""
        self._button = _KeyButton(name)
        self._button.pressed_key.connect(self._take)
        self._button.waiting_ended.connect(lambda: self.show_key(self._key))
        self._clear = IconButton("x", f"{words}: no key", f"{name}-off")
        self._clear.clicked.connect(lambda: self.chosen.emit(""))
        self._told = Words("", look="bad", wraps=True)
        self._told.setObjectName(f"{name}-words")
        self._told.hide()
        self.setLayout(column(row(Words(words), None, self._button, self._clear, gap=4), self._told, gap=2))

    def show_key(self, key: str) -> None:
        """The key that is chosen, as `QKeySequence` writes it; empty: none."""
        self._key = key
        if self._button.waits:
            return
        native = QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
        self._button.say(native or "Off")
        self._button.setAccessibleName(f"{self._words}: {native or 'no key'}")
        keeps = self._clear.sizePolicy()
        keeps.setRetainSizeWhenHidden(True)
        self._clear.setSizePolicy(keeps)
        self._clear.setVisible(bool(key))

    def _take(self, key: str) -> None:
        taken = keys.taken_by(key)
        self._told.show_text(
            f"{key} is a key of the call already: {taken.lower()}. Press another one." if taken else ""
        )
        if not taken:
            self.chosen.emit(key)


class _KeyButton(Button):
    """Waits for a key once it is pressed, until one comes or the focus goes."""

    pressed_key = Signal(str)
    waiting_ended = Signal()
    # Qt sends events while the button is being made.
    waits = False

    def __init__(self, name: str) -> None:
        super().__init__("", name, kind="outline")
        self.clicked.connect(self._wait)

    def _wait(self) -> None:
        self.waits = True
        self.say("Press a key…")
        self.setFocus()

    def _stop(self) -> None:
        self.waits = False
        self.waiting_ended.emit()

    @override
    def event(self, event: QEvent) -> bool:
        if self.waits and event.type() == QEvent.Type.ShortcutOverride:
            # What the key does elsewhere it does not do now.
            event.accept()
            return True
        return super().event(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if not self.waits or key in _KEPT:
            super().keyPressEvent(event)
        elif key == Qt.Key.Key_Escape:
            self._stop()
        elif key not in _MODIFIERS and not event.isAutoRepeat():
            # Alone, whatever else is held: it has to be held itself.
            self.pressed_key.emit(QKeySequence(key).toString())
            self._stop()

    @override
    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """A key that was just chosen does not press the button when it comes up."""
        if event.key() != Qt.Key.Key_Space or self.isDown():
            super().keyReleaseEvent(event)

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if self.waits:
            self._stop()
