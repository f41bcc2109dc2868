"""Who are you: a name on one's own computer, an account on a server, or a link for a guest."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.state.app_state import AppState
from app.state.events import EnterAccount, FollowLink, MakeAccount, NameOwner
from app.ui.bridge import Bridge
from app.ui.panels.dialogs import line_field
from app.ui.text import Words
from app.ui.widgets.buttons import Button, Choice
from app.ui.widgets.cards import Card, Page, Tabs, column, middle, row
from app.ui.widgets.columns import Scroll
from app.ui.widgets.mark import Mark

_KINDS = [("I am a freelancer", "freelancer"), ("I am a client", "client"), ("We are an agency", "agency")]


def _field(words: str, field: QWidget) -> QVBoxLayout:
    return column(Words(words, look="label"), field, gap=6)


class SignInPage(Page):
    """Three faces: "name" (first start on this computer), "enter" and "make" (an account on a server)."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__("sign-in-page")
        self._bridge = bridge
        self._face = "enter"
        self._is_embedded = False
        self._title = Words("", look="display")
        self._intro = Words("", look="muted", wraps=True)
        self._tabs = Tabs((("enter", "Sign in"), ("make", "New account")), "sign-in-tabs")
        self._tabs.chosen.connect(self._show_face)
        self._words = Words("", look="bad", wraps=True)
        self._words.setObjectName("sign-in-words")
        self._keyring = Words("", look="small", wraps=True)
        self._go = Button("", "sign-in-go", kind="primary")
        self._go.setProperty("big", "true")
        self._go.clicked.connect(self._send)
        form = column(self._title, self._intro, 6, self._tabs, gap=12, margins=(32, 30, 32, 30))
        self._fields = self._make_fields()
        for field in self._fields.values():
            form.addWidget(field)
        for widget in (self._words, 4, self._go, self._keyring):
            form.addSpacing(widget) if isinstance(widget, int) else form.addWidget(widget)
        card = Card(form, name="sign-in-card")
        card.setFixedWidth(420)
        stack = middle(Mark(), card, self._make_guest(), gap=16)
        stack.setContentsMargins(24, 24, 24, 24)
        inside = QWidget()
        inside.setLayout(stack)
        self.setLayout(column(Scroll(inside)))
        self._words.hide()
        self._keyring.hide()
        self._show_face("enter")

    def _make_fields(self) -> dict[str, QWidget]:
        self._name = line_field("Your name, as others will see it", "sign-in-name", most=50)
        self._email = line_field("name@example.com", "sign-in-email", most=254)
        self._email.setAccessibleName("E-mail address")
        self._password = line_field("", "sign-in-password", most=256)
        self._password.setAccessibleName("Password")
        self._password.setEchoMode(QLineEdit.EchoMode.Password)
        self._kind = Choice("How you work", "sign-in-kind")
        self._kind.show_items(_KINDS, "freelancer")
        for field in (self._name, self._email, self._password):
            field.returnPressed.connect(self._send)
        parts = {
            "name": ("Name", self._name), "email": ("E-mail", self._email), "kind": ("How you work", self._kind),
            "password": ("Password", self._password),
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
        line: QHBoxLayout = row(self._link, self._join)
        box = column(
            Words("Join with a link", look="strong"),
            Words("Invited to a meeting? No account is needed.", look="muted", wraps=True),
            line, gap=8, margins=(32, 18, 32, 20),
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
        if face != "name":
            self._intro.setText(f"Your rooms are kept on {state.connection.address or 'the server'}.")
        self._words.show_text(state.sign_in_words)
        self._keyring.show_text(state.keyring_words if face != "name" else "")
        self._go.setEnabled(not state.is_signing_in)
        self._go.say("Please wait…" if state.is_signing_in else self._go_words())

    def _go_words(self) -> str:
        return {"name": "Start", "enter": "Sign in", "make": "Make the account"}[self._face]

    def _show_face(self, face: str) -> None:
        self._face = face
        self._tabs.setVisible(face != "name")
        if face != "name":
            self._tabs.choose(face)
        self._title.setText({"name": "Hello", "enter": "Welcome back", "make": "Nice to meet you"}[face])
        if face == "name":
            self._intro.setText(
                "Parley runs on this computer alone: no account, no cloud. Only your name is needed, so that others "
                "know who is speaking."
            )
        shown = {"name": ("name",), "enter": ("email", "password"), "make": ("name", "email", "kind", "password")}[face]
        for key, field in self._fields.items():
            field.setVisible(key in shown)
        self._password.setPlaceholderText("At least 8 characters" if face == "make" else "")
        self._go.say(self._go_words())

    def _send(self) -> None:
        if not self._go.isEnabled():
            return
        if self._face == "name":
            self._bridge.do(NameOwner(name=self._name.text()))
        elif self._face == "enter":
            self._bridge.do(EnterAccount(email=self._email.text(), password=self._password.text()))
        else:
            kind = self._kind.currentData()
            self._bridge.do(
                MakeAccount(email=self._email.text(), name=self._name.text(), kind=kind, password=self._password.text())
            )

    def _follow(self) -> None:
        if self._link.text().strip():
            self._bridge.do(FollowLink(link=self._link.text().strip()))

    def hideEvent(self, event: object) -> None:
        """It is not seen any more."""
        # A password does not stay in a field that is not seen.
        self._password.clear()

    def take_focus(self) -> None:
        """When the page opens."""
        (self._email if self._face == "enter" else self._name).setFocus()
