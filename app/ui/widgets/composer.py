"""The text box of a message: Enter sends, Shift+Enter breaks the line."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent, QTextCursor, QTextOption
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QWidget

from app.ui.emoji import load_emoji_font
from app.ui.qt import override
from app.ui.text import Words
from app.ui.widgets.buttons import Button, IconButton
from app.ui.widgets.cards import column, row
from app.ui.widgets.emoji_picker import EmojiPicker

#: What one message holds at most; the server refuses more.
MOST_CHARS = 4000
_MOST_LINES = 6


class _Field(QPlainTextEdit):
    """The text field; it grows with its lines up to a limit."""

    sent = Signal()
    left = Signal()
    looked_back = Signal()

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

    @override
    def sizeHint(self) -> QSize:
        return QSize(160, self.height())

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(80, self.height())

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lines break elsewhere in another width."""
        super().resizeEvent(event)
        self._grow()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter sends, Esc leaves, Up in an empty field looks back."""
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_enter and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.sent.emit()
            return
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.key() == Qt.Key.Key_Up and not self.toPlainText():
            self.looked_back.emit()
        super().keyPressEvent(event)

    @override
    def insertFromMimeData(self, source: QMimeData) -> None:
        # Pasting takes words only, never a file or a picture.
        if source.hasText():
            self.insertPlainText(source.text()[: MOST_CHARS * 2])


class Composer(QWidget):
    """A field and its send button.

    Signals:
        said(str): the text, trimmed and not empty; the field is empty again.
        looked_back(): Up was pressed in the empty field: one wants to change what one said last.

    Args:
        hint: What is written here.
        name: The field's object name; the buttons' are "<name>-send" and "<name>-emoji".
    """

    said = Signal(str)
    looked_back = Signal()

    def __init__(self, hint: str, name: str) -> None:
        super().__init__()
        load_emoji_font()
        self._field = _Field(hint, name)
        self._field.looked_back.connect(self.looked_back)
        self._send = IconButton("send", "Send", f"{name}-send", kind="filled")
        self._send.setEnabled(False)
        self._field.sent.connect(self._say)
        self._send.clicked.connect(self._say)
        self._field.textChanged.connect(self._typed)
        self._field.left.connect(self._put_emoji_away)
        self._picker: EmojiPicker | None = None
        self._emoji = IconButton("smile", "Emoji", f"{name}-emoji")
        self._emoji.setCheckable(True)
        self._emoji.clicked.connect(self._toggle_emoji)
        box = row(self._field, gap=6)
        for button in (self._emoji, self._send):
            box.addWidget(button, 0, Qt.AlignmentFlag.AlignBottom)
        self._box = column(box, gap=8)
        self.setLayout(self._box)

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

    # --- emoji ----------------------------------------------------------------------------------------------------
    def _toggle_emoji(self) -> None:
        if not self._emoji.isChecked():
            self._put_emoji_away()
            return
        if self._picker is None:
            self._picker = self._make_picker()
        self._picker.show()
        self._picker.begin()

    def _make_picker(self) -> EmojiPicker:
        picker = EmojiPicker(f"{self._field.objectName()}-emoji-panel")
        picker.picked.connect(self._put_in)
        picker.left.connect(self._leave_emoji)
        self._box.insertWidget(0, picker)
        return picker

    def _put_in(self, emoji: str) -> None:
        """Where one writes; the panel stays open for the next one."""
        self._field.insertPlainText(emoji)

    def _leave_emoji(self) -> None:
        self._put_emoji_away()
        self._field.setFocus()

    def _put_emoji_away(self) -> None:
        self._emoji.setChecked(False)
        if self._picker is not None:
            self._picker.hide()

    def _typed(self) -> None:
        self._send.setEnabled(bool(self.text().strip()))

    def _say(self) -> None:
        text = self.text().strip()[:MOST_CHARS]
        if text:
            self._field.clear()
            self._put_emoji_away()
            self.said.emit(text)


class TextEditor(QWidget):
    """Edits a posted text: Enter saves the change, Esc leaves the text as it was.

    Signals:
        kept(str): the text, trimmed and not empty.
        left(): nothing is to change.

    Args:
        text: As it stands.
        name: The field's object name; "<name>-keep" and "<name>-leave" are the buttons'.
    """

    kept = Signal(str)
    left = Signal()

    def __init__(self, text: str, name: str) -> None:
        super().__init__()
        self._field = _Field("Change your message", name)
        self._field.setPlainText(text)
        self._field.moveCursor(QTextCursor.MoveOperation.End)
        self._field.sent.connect(self._keep)
        self._field.left.connect(self.left)
        keep = Button("Save", f"{name}-keep", kind="link")
        leave = Button("Cancel", f"{name}-leave", kind="link")
        keep.clicked.connect(self._keep)
        leave.clicked.connect(self.left)
        hint = Words("Enter saves, Esc cancels", look="small")
        self.setLayout(column(self._field, row(None, hint, leave, keep), gap=2))

    def take_focus(self) -> None:
        """The next key goes into the field."""
        self._field.setFocus()

    def _keep(self) -> None:
        text = self._field.toPlainText().strip()[:MOST_CHARS]
        if text:
            self.kept.emit(text)
