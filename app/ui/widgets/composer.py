"""Where one writes: Enter sends, Shift+Enter breaks the line."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QTextOption
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QWidget

from app.ui.widgets.buttons import IconButton
from app.ui.widgets.cards import row

#: What one message holds at most; the server refuses more.
MOST_CHARS = 4000
_MOST_LINES = 6


class _Field(QPlainTextEdit):
    """The text field; it grows with its lines up to a limit."""

    sent = Signal()

    def __init__(self, hint: str, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(hint)
        self.setPlaceholderText(hint)
        self.setTabChangesFocus(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().documentLayout().documentSizeChanged.connect(lambda _: self._grow())
        self._grow()

    def _grow(self) -> None:
        lines = max(1, min(_MOST_LINES, int(self.document().size().height())))
        is_full = self.document().size().height() > _MOST_LINES
        policy = Qt.ScrollBarPolicy.ScrollBarAsNeeded if is_full else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.setVerticalScrollBarPolicy(policy)
        self.setFixedHeight(round(self.fontMetrics().lineSpacing() * lines + 2 * self.document().documentMargin()) + 18)

    def sizeHint(self) -> QSize:
        """The size it asks for."""
        return QSize(160, self.height())

    def minimumSizeHint(self) -> QSize:
        """The least size it can do with."""
        return QSize(80, self.height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc puts it away."""
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_enter and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.sent.emit()
            return
        super().keyPressEvent(event)

    def insertFromMimeData(self, source: object) -> None:
        # Pasting takes words only, never a file or a picture.
        if source.hasText():  # type: ignore[attr-defined]
            self.insertPlainText(source.text()[: MOST_CHARS * 2])  # type: ignore[attr-defined]


class Composer(QWidget):
    """A field and its send button.

    Signals:
        said(str): the text, trimmed and not empty; the field is empty again.

    Args:
        hint: What is written here.
        name: The field's object name; the button's is "<name>-send".
    """

    said = Signal(str)

    def __init__(self, hint: str, name: str) -> None:
        super().__init__()
        self._field = _Field(hint, name)
        self._send = IconButton("send", "Send", f"{name}-send", kind="filled")
        self._send.setEnabled(False)
        self._field.sent.connect(self._say)
        self._send.clicked.connect(self._say)
        self._field.textChanged.connect(self._typed)
        box = row(self._field, gap=8)
        box.addWidget(self._send, 0, Qt.AlignmentFlag.AlignBottom)
        self.setLayout(box)

    def text(self) -> str:
        """What is written and not sent."""
        return self._field.toPlainText()

    def set_text(self, text: str) -> None:
        """Puts a text back that was begun before."""
        self._field.setPlainText(text)

    def take_focus(self) -> None:
        """The next key goes into the field."""
        self._field.setFocus()

    def set_hint(self, hint: str) -> None:
        """Another hint."""
        self._field.setPlaceholderText(hint)
        self._field.setAccessibleName(hint)

    def _typed(self) -> None:
        self._send.setEnabled(bool(self.text().strip()))

    def _say(self) -> None:
        text = self.text().strip()[:MOST_CHARS]
        if text:
            self._field.clear()
            self.said.emit(text)
