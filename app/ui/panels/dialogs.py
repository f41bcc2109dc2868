"""Cards in the middle of the window: a name, a code, an invitation, the terms. None of them blocks."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit, QWidget

from app import paths
from app.ui.bridge import Bridge
from app.ui.panels.giving import CopyLink
from app.ui.text import TextBlock, Words
from app.ui.widgets.buttons import Button
from app.ui.widgets.cards import Card, Glyph, Spinner, column, row
from app.ui.widgets.columns import Scroll
from app.ui.widgets.scrim import Scrim
from app.wire import addresses
from app.wire.addresses import tidy


def line_field(hint: str, name: str, *, most: int = 256) -> QLineEdit:
    """A field for one line of text."""
    field = QLineEdit()
    field.setObjectName(name)
    field.setPlaceholderText(hint)
    field.setAccessibleName(hint)
    field.setMaxLength(most)
    return field


def is_address(text: str) -> bool:
    """Whether a text is an e-mail address, perhaps with what it was pasted with."""
    return addresses.is_address(addresses.tidy(text))


class AskLine(Scrim):
    """Asks for one line.

    Args:
        parent: The window.
        title: What is asked.
        words: A sentence of help.
        hint: In the field.
        name: Object name: the field's; "<name>-ok" and "<name>-cancel" are the buttons'.
        ok: The words of the button that goes on.
        then: Called with the trimmed text.
        most: The longest text.
    """

    def __init__(
        self, parent: QWidget, title: str, words: str, *,
        hint: str, name: str, ok: str, then: Callable[[str], None], most: int = 256,
    ) -> None:  # fmt: skip
        self._then = then
        self._field = line_field(hint, name, most=most)
        self._ok = Button(ok, f"{name}-ok", kind="primary")
        self._ok.setEnabled(False)
        cancel = Button("Cancel", f"{name}-cancel", kind="quiet")
        self._field.textChanged.connect(lambda text: self._ok.setEnabled(bool(text.strip())))
        self._field.returnPressed.connect(self._go)
        self._ok.clicked.connect(self._go)
        cancel.clicked.connect(self.close_dialog)
        box = column(Words(title, look="heading"), Words(words, look="muted", wraps=True), 4, self._field, 8)
        box.addLayout(row(None, cancel, self._ok))
        box.setContentsMargins(24, 22, 24, 20)
        super().__init__(parent, Card(box))
        self.dismissed.connect(self.close_dialog)
        self._field.setFocus()

    def _go(self) -> None:
        text = self._field.text().strip()
        if text:
            self.close_dialog()
            self._then(text)


class Confirm(Scrim):
    """Asks before something with consequences.

    Signals:
        answered(bool): once, whether it was a yes; Esc is a no.

    Args:
        parent: The window.
        title: The question.
        words: What follows from a yes.
        name: Object name: "<name>-ok" and "<name>-cancel" are the buttons'.
        answers: The words of the two buttons, yes and no.
        is_harmful: A yes cannot be taken back.
    """

    answered = Signal(bool)

    def __init__(
        self, parent: QWidget, title: str, words: str, *, name: str, answers: tuple[str, str], is_harmful: bool = True
    ) -> None:
        yes = Button(answers[0], f"{name}-ok", kind="danger" if is_harmful else "primary")
        no = Button(answers[1], f"{name}-cancel", kind="outline")
        yes.clicked.connect(lambda: self._close(True))
        no.clicked.connect(self.close_dialog)
        box = column(Words(title, look="heading", wraps=True), Words(words, wraps=True), 8, row(None, no, yes))
        box.setContentsMargins(24, 22, 24, 20)
        super().__init__(parent, Card(box, name=f"{name}-dialog"), width_px=420)
        self.dismissed.connect(self.close_dialog)
        no.setFocus()

    def close_dialog(self) -> None:
        """Puts it away; that is a no."""
        self._close(False)

    def _close(self, is_yes: bool) -> None:
        if not self.isHidden():
            self.hide()
            self.deleteLater()
            self.answered.emit(is_yes)


class InvitationDialog(Scrim):
    """Shows a one-use code that lets one account become a member, its link, and mails it where that is wanted.

    Args:
        parent: The window.
        room: The room's name.
        bridge: Takes the intents about its link.
        closed: Called when it is put away.
        mail: Called with the address to which another code is to be mailed.
    """

    def __init__(
        self, parent: QWidget, room: str, bridge: Bridge, *,
        closed: Callable[[], None], mail: Callable[[str], None] = lambda _: None,
    ) -> None:  # fmt: skip
        self._closed, self._mail = closed, mail
        self._code = ""
        self._wait = Spinner()
        self._shown = Words("", look="mono")
        self._shown.setObjectName("invitation-code")
        self._shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._shown.setWordWrap(True)
        self._copy = Button("Copy code", "invitation-copy", kind="primary", glyph="copy")
        self._copy.clicked.connect(self._put_code)
        self._copy_link = CopyLink("invitation-copy-link", bridge, words="Copy link", glyph="link")
        done = Button("Done", "invitation-done", kind="quiet")
        done.clicked.connect(self.close_dialog)
        self._making = Words("Making a code…", look="muted")
        field = Card(row(self._wait, self._making, self._shown, margins=(16, 12, 16, 12)), ground="raised")
        words = (
            "Send this code to one person who has an account on this server. They enter it under "
            "“Enter a code or link” and become a member. It works once, whoever uses it."
        )
        box = column(
            Words(f"Invite to {room}", look="heading", wraps=True), Words(words, look="muted", wraps=True), 4, field,
            self._make_mail(), 8,
        )  # fmt: skip
        box.addLayout(row(None, done, self._copy_link, self._copy))
        box.setContentsMargins(24, 22, 24, 20)
        super().__init__(parent, Card(box, name="invitation-dialog"))
        self.dismissed.connect(self.close_dialog)
        self.show_code("")

    def _make_mail(self) -> QWidget:
        self._address = line_field("Or mail a code to name@example.com", "invitation-email", most=254)
        self._address.setAccessibleName("E-mail address that gets a code")
        self._send = Button("Send", "invitation-send", kind="outline", glyph="mail")
        self._send.setEnabled(False)
        self._send.clicked.connect(self._send_mail)
        self._address.returnPressed.connect(self._send_mail)
        self._address.textChanged.connect(lambda text: self._send.setEnabled(is_address(text)))
        self._sent = Words("", look="accent", wraps=True)
        self._sent.setObjectName("invitation-sent")
        self._bad = Words("", look="bad", wraps=True)
        self._bad.setObjectName("invitation-words")
        holder = QWidget()
        holder.setLayout(column(row(self._address, self._send), self._sent, self._bad, gap=4))
        return holder

    def _send_mail(self) -> None:
        if self._send.isEnabled():
            self._mail(tidy(self._address.text()))
            self._address.clear()

    def show_code(self, code: str, *, link: str = "", email: str = "", words: str = "") -> None:
        """The code, once the server has made it.

        Args:
            code: Empty while it is on its way.
            link: Opens the same room; empty: there is none.
            email: Where the code was mailed; empty: nowhere.
            words: Why there is no code, or why it was not mailed.
        """
        self._code = code
        self._wait.setVisible(not (code or words))
        self._making.show_text("" if code else "There is no code." if words else "Making a code…")
        self._bad.show_text(words)
        self._shown.show_text(code)
        self._copy.setEnabled(bool(code))
        self._copy_link.show_link(link)
        self._sent.show_text(f"This code was mailed to {email}." if code and email and not words else "")
        self.refit()

    def _put_code(self) -> None:
        QGuiApplication.clipboard().setText(self._code)
        self._copy.say("Copied", glyph="check")
        QTimer.singleShot(2000, self._copy, lambda: self._copy.say("Copy code", glyph="copy"))

    def close_dialog(self) -> None:
        """Puts it away; the code is forgotten."""
        super().close_dialog()
        self._closed()


class TextDialog(Scrim):
    """Shows a long text of resources/texts, whose first line is its title."""

    def __init__(self, parent: QWidget, title: str, file: str) -> None:
        _, text = paths.resource("texts", file).read_text(encoding="utf-8").split("\n", 1)
        block = TextBlock(text.strip(), widest_px=560)
        holder = QWidget()
        holder.setLayout(column(block, None, margins=(0, 0, 12, 0)))
        close = Button("Close", "text-close", kind="primary")
        close.clicked.connect(self.close_dialog)
        scroll = Scroll(holder, fades="surface")
        scroll.setMinimumHeight(340)
        scroll.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        scroll.setAccessibleName(title)
        box = column(Words(title, look="heading"), scroll, 6, row(None, close), margins=(24, 22, 16, 20))
        super().__init__(parent, Card(box, name="text-dialog"), width_px=620)
        self.dismissed.connect(self.close_dialog)


class TermsDialog(Scrim):
    """The first-time pop-up: two texts to read, Continue and Cancel. Esc cancels.

    Args:
        parent: The window.
        accept: Called by Continue.
        cancel: Called by Cancel and Esc.
    """

    def __init__(self, parent: QWidget, *, accept: Callable[[], None], cancel: Callable[[], None]) -> None:
        terms = Button("Read the terms of use", "terms-read", kind="outline", glyph="file-text")
        privacy = Button("Read the privacy policy", "privacy-read", kind="outline", glyph="shield-check")
        terms.clicked.connect(lambda: TextDialog(parent, "Terms of use", "terms.txt"))
        privacy.clicked.connect(lambda: TextDialog(parent, "Privacy policy", "privacy.txt"))
        go_on = Button("Continue", "terms-continue", kind="primary")
        back = Button("Cancel", "terms-cancel", kind="quiet")
        go_on.clicked.connect(accept)
        back.clicked.connect(cancel)
        words = (
            "By continuing you accept the terms of use and the privacy policy. Your camera and microphone stay off "
            "until you do."
        )
        box = column(
            Glyph("shield-check", ink="accent", size_px=32), Words("Before you join", look="heading"),
            Words(words, wraps=True), 4, terms, privacy, 10, row(None, back, go_on), margins=(26, 24, 26, 22),
        )  # fmt: skip
        super().__init__(parent, Card(box, name="terms-dialog"), width_px=440)
        self.dismissed.connect(cancel)
