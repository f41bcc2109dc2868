"""Signing in: a name on one's own computer, an account on a server, or a link for a guest."""

from __future__ import annotations

from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.state.app_state import AppState
from app.state.call_intents import FollowLink
from app.state.forms import is_address
from app.state.intents import AskForReset, EnterAccount, MakeAccount, NameOwner, ResetOwnPassword
from app.ui.bridge import Bridge
from app.ui.panels.dialogs import line_field
from app.ui.qt import override
from app.ui.text import Words
from app.ui.widgets.buttons import Button, Choice, help_button
from app.ui.widgets.cards import Card, Tabs, column, middle, row
from app.ui.widgets.columns import Scroll
from app.ui.widgets.frame import frame_of
from app.ui.widgets.mark import Mark
from app.ui.widgets.page import Page
from app.wire.links import BadLink, parse_link
from app.wire.text import password as prepared

#: The faces on the way to a new password.
_RESETTING = ("forgot", "code")
_KINDS = [("I am a freelancer", "freelancer"), ("I am a client", "client"), ("We are an agency", "agency")]


def _field(words: str, field: QWidget) -> QVBoxLayout:
    return column(Words(words, look="label"), field, gap=6)


class SignInPage(Page):
    """Five forms, one shown at a time.

    "name" is the first start on this computer, "enter" and "make" an account on a server, "forgot" and "code" the way
    to a new password.
    """

    def __init__(self, bridge: Bridge) -> None:
        super().__init__("sign-in-page")
        self._bridge = bridge
        self._face = "enter"
        self._is_embedded = False
        self._address, self._reset_words = "the server", ""
        self._title = Words("", look="display")
        self._intro = Words("", look="muted", wraps=True)
        self._tabs = Tabs((("enter", "Sign in"), ("make", "New account")), "sign-in-tabs")
        self._tabs.chosen.connect(self._show_face)
        self._words = Words("", look="bad", wraps=True)
        self._words.setObjectName("sign-in-words")
        self._told = Words("", look="accent", wraps=True)
        self._told.setObjectName("reset-words")
        self._keyring = Words("", look="small", wraps=True)
        self._keyring.setObjectName("keyring-words")
        self._go = Button("", "sign-in-go", kind="primary")
        self._go.setProperty("big", "true")
        self._go.clicked.connect(self._send)
        form = column(self._title, self._intro, 6, self._tabs, gap=12, margins=(32, 30, 32, 30))
        self._fields = self._make_fields()
        for holder in self._fields.values():
            form.addWidget(holder)
        for widget in (self._told, self._words, 4, self._go, self._make_ways(), self._keyring):
            form.addSpacing(widget) if isinstance(widget, int) else form.addWidget(widget)
        card = Card(form, name="sign-in-card")
        card.setFixedWidth(420)
        server = Button("Another server…", "sign-in-server", kind="link", glyph="server")
        server.clicked.connect(lambda: frame_of(self).open_server())
        ways = row(None, server, help_button("sign-in-help"), None)
        stack = middle(Mark(), card, self._make_guest(), ways, gap=16)
        stack.setContentsMargins(24, 24, 24, 24)
        inside = QWidget()
        inside.setLayout(stack)
        self.setLayout(column(Scroll(inside)))
        self._words.hide()
        self._told.hide()
        self._keyring.hide()
        self._show_face("enter")

    def _make_ways(self) -> QWidget:
        """Links from one face to another."""
        self._ways = {
            "forgot": Button("Forgot your password?", "sign-in-forgot", kind="link"),
            "code": Button("I have a code", "sign-in-have-code", kind="link"),
            "enter": Button("Back to sign in", "sign-in-back", kind="link"),
        }
        for face, button in self._ways.items():
            button.clicked.connect(lambda _=False, face=face: self._go_to(face))
        holder = QWidget()
        holder.setLayout(row(self._ways["forgot"], self._ways["enter"], None, self._ways["code"]))
        return holder

    def _go_to(self, face: str) -> None:
        self._password.clear()
        self._words.show_text("")
        self._show_face(face)
        (self._code if face == "code" and self._email.text() else self._email).setFocus()

    def _make_fields(self) -> dict[str, QWidget]:
        self._name = line_field("Your name, as others will see it", "sign-in-name", most=50)
        self._email = line_field("name@example.com", "sign-in-email", most=254)
        self._email.setAccessibleName("E-mail address")
        self._password = line_field("", "sign-in-password", most=256)
        self._password.setAccessibleName("Password")
        self._password.setEchoMode(QLineEdit.EchoMode.Password)
        self._code = line_field("From the mail, or from your administrator", "sign-in-code", most=256)
        self._code.setAccessibleName("Code")
        self._kind = Choice("How you work", "sign-in-kind")
        self._kind.show_items(_KINDS, "freelancer")
        for line in (self._name, self._email, self._code, self._password):
            line.returnPressed.connect(self._send)
        parts = {
            "name": ("Name", self._name), "email": ("E-mail", self._email), "kind": ("How you work", self._kind),
            "code": ("Code", self._code), "password": ("Password", self._password),
        }  # fmt: skip
        holders = {}
        for key, (words, field) in parts.items():
            holder = QWidget()
            holder.setLayout(_field(words, field))
            holders[key] = holder
        return holders

    def _make_guest(self) -> QWidget:
        self._link = line_field("Paste a meeting link", "guest-link", most=512)
        self._join = Button("Join", "guest-join", kind="outline")
        self._join.clicked.connect(self._follow)
        self._link.returnPressed.connect(self._follow)
        self._link_words = Words("", look="bad", wraps=True)
        self._link_words.setObjectName("guest-link-words")
        self._link_words.hide()
        self._link.textChanged.connect(lambda _: self._link_words.show_text(""))
        line: QHBoxLayout = row(self._link, self._join)
        box = column(
            Words("Join with a link", look="strong"),
            Words("Invited to a meeting? No account is needed.", look="muted", wraps=True),
            line, self._link_words, gap=8, margins=(32, 18, 32, 20),
        )  # fmt: skip
        card = Card(box)
        card.setFixedWidth(420)
        return card

    def show_state(self, state: AppState) -> None:
        """The right face for the server."""
        self._is_embedded = state.connection.is_embedded
        face = "name" if self._is_embedded else ("enter" if self._face == "name" else self._face)
        if face != self._face:
            self._show_face(face)
        self._address = state.connection.address or "the server"
        self._say_intro()
        # A code was asked for: what comes next is to write it down here.
        if state.sign_in.reset_words and state.sign_in.reset_words != self._reset_words and self._face == "forgot":
            self._show_face("code")
            self._code.setFocus()
        self._reset_words = state.sign_in.reset_words
        self._told.show_text(state.sign_in.reset_words if self._face in _RESETTING else "")
        self._words.show_text(state.sign_in.words)
        self._keyring.show_text(state.sign_in.keyring_words if self._face not in ("name", *_RESETTING) else "")
        self._go.setEnabled(not state.sign_in.is_under_way)
        self._go.say("Please wait…" if state.sign_in.is_under_way else self._go_words())

    def _say_intro(self) -> None:
        self._intro.setText(
            {
                "name": "Parley runs on this computer alone: no account, no cloud. Only your name is needed, so that "
                "others know who is speaking.",
                "forgot": "Enter the e-mail address of your account. If there is one, a code is mailed to it; an "
                "administrator of the server can give you one, too.",
                "code": "The code works once. Every other sign-in of the account ends.",
            }.get(self._face, f"Your rooms are kept on {self._address}.")
        )

    def _go_words(self) -> str:
        return {
            "name": "Start", "enter": "Sign in", "make": "Create account", "forgot": "Send me a code",
            "code": "Set the new password",
        }[self._face]  # fmt: skip

    def _show_face(self, face: str) -> None:
        self._face = face
        self._tabs.setVisible(face in ("enter", "make"))
        if face in ("enter", "make"):
            self._tabs.choose(face)
        titles = {
            "name": "Hello", "enter": "Welcome back", "make": "Nice to meet you", "forgot": "Forgot it?",
            "code": "A new password",
        }  # fmt: skip
        self._title.setText(titles[face])
        self._say_intro()
        shown = {
            "name": ("name",), "enter": ("email", "password"), "make": ("name", "email", "kind", "password"),
            "forgot": ("email",), "code": ("email", "code", "password"),
        }[face]  # fmt: skip
        for key, field in self._fields.items():
            field.setVisible(key in shown)
        self._ways["forgot"].setVisible(face == "enter")
        self._ways["enter"].setVisible(face in _RESETTING)
        self._ways["code"].setVisible(face == "forgot")
        self._told.show_text(self._reset_words if face in _RESETTING else "")
        self._password.setPlaceholderText("At least 8 characters" if face in ("make", "code") else "")
        self._go.say(self._go_words())

    def _send(self) -> None:
        if not self._go.isEnabled():
            return
        if self._face == "name":
            self._bridge.do(NameOwner(name=self._name.text()))
        elif self._face == "enter":
            self._bridge.do(EnterAccount(email=self._email.text(), password=self._password.text()))
        elif self._face == "forgot":
            if not is_address(self._email.text()):
                self._words.show_text("Please enter an e-mail address such as name@example.com.")
            else:
                self._words.show_text("")
                self._bridge.do(AskForReset(email=self._email.text().strip()))
        elif self._face == "code":
            self._reset()
        else:
            kind = self._kind.currentData()
            self._bridge.do(
                MakeAccount(email=self._email.text(), name=self._name.text(), kind=kind, password=self._password.text())
            )

    def _reset(self) -> None:
        email, code, password = self._email.text().strip(), self._code.text().strip(), self._password.text()
        if not (is_address(email) and code):
            self._words.show_text("Please enter your e-mail address and the code.")
        elif len(prepared(password)) < 8:
            self._words.show_text("Please choose a password of at least 8 characters.")
        else:
            self._words.show_text("")
            self._bridge.do(ResetOwnPassword(email=email, code=code, password=password))

    def _follow(self) -> None:
        text = self._link.text().strip()
        if not text:
            return
        try:
            parse_link(text)
        except BadLink as fault:
            self._link_words.show_text(str(fault))
            return
        self._bridge.do(FollowLink(link=text))

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        # A password does not stay in a field that is not seen.
        self._password.clear()
        self._code.clear()
        if self._face != "name":
            self._show_face("enter")

    def take_focus(self) -> None:
        """When the page opens."""
        (self._name if self._face in ("name", "make") else self._email).setFocus()
