"""Receipts as files: JSON, or a PDF that a person can read and that carries the same signed text inside.

`packaging/verify_receipt.py` checks either without the server and without a network.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF
from PySide6.QtGui import QFont, QPageLayout, QPageSize, QPdfWriter, QTextCharFormat, QTextCursor, QTextDocument
from PySide6.QtWidgets import QFileDialog, QWidget

from app.ui.text import full_date
from app.ui.theme import FAMILY
from app.ui.widgets.buttons import Button
from app.ui.widgets.file_question import FileQuestion
from app.wire.privacy import Receipt
from app.wire.text import one_line

_TITLES = {"consent": "Receipt of your consent to be recorded", "deletion": "Receipt of a deleted recording"}
#: How to name the facts of a receipt, in the order in which they are printed; others are in the signed text only.
_FACTS = (
    ("person", "Who agreed"),
    ("meeting", "Meeting"),
    ("meeting_started", "The meeting began"),
    ("told_and_agreed_at", "The notice was shown and agreed to"),
    ("deleted_at", "Deleted"),
    ("notice_version", "Version of the notice's wording"),
    ("recorded", "What is recorded"),
    ("language_model", "Who writes the recap"),
    ("deleted", "What was deleted"),
    ("kept", "How long it is kept"),
    ("deletion", "How to have it deleted earlier"),
    ("recording", "Name of the recording"),
    ("server", "Name of the server"),
)
_CHECK = (
    "The text below was signed by the server (Ed25519, over its UTF-8 bytes). The same text is inside this file as "
    "receipt.json. The program verify_receipt.py, which comes with Parley, checks it without the server and without a "
    "network; the server's key is on the privacy page in Parley's help. What counts is that check, not this page."
)
_PDF, _JSON = "PDF document (*.pdf)", "JSON text (*.json)"


def receipt_json(receipt: Receipt) -> bytes:
    """The receipt as verify_receipt.py reads it: UTF-8 JSON with kind, body, signature and key."""
    fields = {"kind": receipt.kind, "body": receipt.body, "signature": receipt.signature, "key": receipt.key}
    return json.dumps(fields, ensure_ascii=False, indent=1).encode()


def receipt_lines(receipt: Receipt) -> list[tuple[str, str]]:
    """What a receipt states, as pairs of plain lines; empty where its text is no JSON object."""
    try:
        facts = json.loads(receipt.body)
    except (ValueError, RecursionError):
        return []
    if not isinstance(facts, dict):
        return []
    return [(words, _said(facts[name])) for name, words in _FACTS if name in facts]


def _said(value: object) -> str:
    """A moment in words where it is one, with its zone; else as it is."""
    text = one_line(str(value))
    try:
        at = datetime.fromisoformat(text) if isinstance(value, str) and text.endswith("Z") else None
    except ValueError:
        at = None
    return f"{full_date(at.date())}, {at:%H:%M:%S} UTC" if at else text


def receipt_pdf(receipt: Receipt) -> bytes:
    """The receipt as a PDF (A4) with the statement, the signed text, its signature, and receipt.json attached."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle(_TITLES[receipt.kind])
    writer.setCreator("Parley")
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    writer.setPageMargins(QMarginsF(18, 16, 18, 16), QPageLayout.Unit.Millimeter)
    writer.addFileAttachment("receipt.json", QByteArray(receipt_json(receipt)), "application/json")
    _statement(receipt).print_(writer)
    # The end of the file is written when the writer goes.
    del writer
    return bytes(buffer.data().data())


def _statement(receipt: Receipt) -> QTextDocument:
    document = QTextDocument()
    document.setDefaultFont(_font(10))
    cursor = QTextCursor(document)

    def write(text: str, size_pt: int = 10, *, is_bold: bool = False) -> None:
        style = QTextCharFormat()
        style.setFont(_font(size_pt, is_bold=is_bold))
        # Inserted as plain text: nothing in a name is ever read as markup.
        cursor.insertText(text + "\n", style)

    write(_TITLES[receipt.kind], 17, is_bold=True)
    write("")
    for words, value in receipt_lines(receipt):
        write(words, 9, is_bold=True)
        write(value)
        write("", 4)
    write("Signed text", 12, is_bold=True)
    write(_CHECK)
    write("", 4)
    for words, value in (("Text", receipt.body), ("Signature", receipt.signature), ("Key", receipt.key)):
        write(words, 9, is_bold=True)
        write(one_line(value), 8)
    return document


def _font(size_pt: int, *, is_bold: bool = False) -> QFont:
    font = QFont(FAMILY)
    font.setPointSize(size_pt)
    font.setBold(is_bold)
    # The typeface draws "==" or ":" between digits as one sign otherwise, which nobody could copy out of the file.
    for feature in ("calt", "liga"):
        font.setFeature(QFont.Tag(feature), 0)
    return font


def write_receipt(receipt: Receipt, path: Path) -> None:
    """Writes a receipt: JSON where the name ends in .json, else PDF.

    Raises:
        OSError: the file cannot be written.
    """
    path.write_bytes(receipt_json(receipt) if path.suffix.lower() == ".json" else receipt_pdf(receipt))


class ReceiptButton(Button):
    """Asks where to save a receipt, and does; says what it did.

    Args:
        words: On the button.
        name: The object name.
        kind: As of `Button`.
        ask: Called by a click while there is no receipt: it has to be fetched first. Once it is there, the question
            where to save it opens by itself.
    """

    def __init__(self, words: str, name: str, *, kind: str = "outline", ask: Callable[[], None] | None = None) -> None:
        super().__init__(words, name, kind=kind, glyph="shield-check")
        self._words = words
        self._ask = ask
        self._receipt: Receipt | None = None
        self._is_waiting = False
        self._question = FileQuestion()
        self.clicked.connect(self._press)

    def show_receipt(self, receipt: Receipt | None) -> None:
        """The receipt; without one the button is hidden, unless it knows how to ask for it."""
        is_other = receipt != self._receipt
        self._receipt = receipt
        self.setVisible(receipt is not None or self._ask is not None)
        if is_other:
            self.say(self._words, glyph="shield-check")
        if receipt is not None and self._is_waiting:
            self._is_waiting = False
            self._ask_where(receipt)

    def stop_waiting(self) -> None:
        """What was asked for is not wanted any more: it was about something else."""
        self._is_waiting = False

    def _press(self) -> None:
        if self._receipt is not None:
            self._ask_where(self._receipt)
        elif self._ask is not None:
            self._is_waiting = True
            self._ask()

    def _ask_where(self, receipt: Receipt) -> None:
        if self._question.is_open:
            return
        dialog = QFileDialog(self.window(), "Save receipt")
        dialog.setObjectName("save-receipt")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters([_PDF, _JSON])
        dialog.setDefaultSuffix("pdf")
        dialog.filterSelected.connect(lambda chosen: dialog.setDefaultSuffix("json" if chosen == _JSON else "pdf"))
        dialog.selectFile(f"parley-{receipt.kind}-receipt")
        self._question.ask(dialog, lambda path: self.save(receipt, Path(path)))

    def save(self, receipt: Receipt, path: Path) -> None:
        """Writes it there; the button says that it did, or a dialog why not."""
        try:
            write_receipt(receipt, path)
        except OSError as fault:
            _say_not_saved(self.window(), f"{path}: {fault.strerror or 'the disk does not take it'}.", self._press)
            return
        self.say("Receipt saved", glyph="check")


def _say_not_saved(window: QWidget, words: str, again: Callable[[], None]) -> None:
    from app.ui.panels.dialogs import Confirm

    asks = Confirm(
        window, "The receipt was not saved", words, name="receipt-not-saved",
        answers=("Choose another place", "Do not save"),
    )  # fmt: skip
    asks.answered.connect(lambda yes: again() if yes else None)
