"""The account: who one is here, changing the password, and where one is signed in."""

from __future__ import annotations

import time

from PySide6.QtWidgets import QLineEdit, QWidget

from app.state.app_state import AppState
from app.state.intents import ChangeOwnPassword, EndOwnSignIn, LeaveAccount, OpenAccount
from app.ui.bridge import Bridge
from app.ui.panels.dialogs import Confirm, line_field
from app.ui.qt import empty
from app.ui.text import ElidedWords, Words, clock_words, day_words
from app.ui.widgets.buttons import Button
from app.ui.widgets.cards import Avatar, Card, Chip, Glyph, Line, column, row
from app.ui.widgets.columns import Column, Roll
from app.ui.widgets.scrim import Scrim
from app.wire.accounts import SignInInfo
from app.wire.text import one_line

_KINDS = {"freelancer": "Freelancer", "client": "Client", "agency": "Agency"}


def seen_words(info: SignInInfo, now: float) -> str:
    """Since when a sign-in is there and when it was used last, in a line."""
    since = f"since {_said(day_words(info.since, now))}"
    if info.is_online:
        return f"Online now, {since}"
    day = _said(day_words(info.last_seen, now))
    at = f" at {clock_words(info.last_seen)}" if day in ("today", "yesterday") else ""
    return f"Last used {day}{at}, {since}"


def _said(day: str) -> str:
    """A day in the middle of a sentence."""
    return day.lower() if day in ("Today", "Yesterday") else day


def password_field(words: str, name: str) -> QLineEdit:
    """A field whose text is not shown."""
    field = line_field(words, name, most=256)
    field.setEchoMode(QLineEdit.EchoMode.Password)
    return field


class AccountDialog(Scrim):
    """Shows `AppState.account`.

    Args:
        parent: The window.
        bridge: Takes the intents.
    """

    def __init__(self, parent: QWidget, bridge: Bridge) -> None:
        self._bridge = bridge
        self._face, self._name = row(), ElidedWords("", look="title")
        self._email, self._kind = ElidedWords("", look="muted"), Words("", look="small")
        self._sign_ins = Column(self._make_sign_in, gap=8)
        who = row(self._face, gap=14)
        who.addLayout(column(self._name, self._email, self._kind, gap=1), 1)
        inside = QWidget()
        inside.setLayout(
            column(
                Words("Your account", look="heading"), who, 2, Line(), *self._make_password(), 2, Line(),
                Words("Where you are signed in", look="label"), self._sign_ins, None,
                gap=10, margins=(24, 22, 20, 8),
            )
        )  # fmt: skip
        self._roll = Roll(inside, width_px=500)
        out = Button("Sign out", "account-sign-out", kind="outline", glyph="log-out")
        out.clicked.connect(lambda: bridge.do(LeaveAccount()))
        close = Button("Close", "account-close", kind="primary")
        close.clicked.connect(self._leave)
        foot = row(out, None, close, margins=(24, 4, 24, 20))
        super().__init__(parent, Card(column(self._roll, foot, gap=4), name="account-dialog"), width_px=500)
        self.dismissed.connect(self._leave)

    def _make_password(self) -> list[QWidget]:
        self._old = password_field("Current password", "account-old-password")
        self._new = password_field("New password, at least 8 characters", "account-new-password")
        self._change = Button("Change password", "account-change-password", kind="outline", glyph="key-round")
        self._change.clicked.connect(self._send)
        self._words = Words("", look="bad", wraps=True)
        self._words.setObjectName("account-words")
        self._good = Words("", look="accent", wraps=True)
        self._good.setObjectName("account-good")
        for field in (self._old, self._new):
            field.textChanged.connect(lambda _: self._check())
            field.returnPressed.connect(self._send)
        self._check()
        note = Words("Every other sign-in ends when you change it.", look="small", wraps=True)
        button = QWidget()
        line = row(self._change, note, gap=12)
        line.setStretch(1, 1)
        button.setLayout(line)
        title = Words("Password", look="label")
        return [title, self._old, self._new, self._words, self._good, button]

    def _check(self) -> None:
        self._change.setEnabled(bool(self._old.text()) and len(self._new.text()) >= 8)

    def _send(self) -> None:
        if self._change.isEnabled():
            self._bridge.do(ChangeOwnPassword(old=self._old.text(), new=self._new.text()))

    def show_state(self, state: AppState) -> None:
        """The account, and what became of the change."""
        if state.account is None or state.me is None:
            return
        if state.me.name != self._name.accessibleName() or not self._face.count():
            empty(self._face)
            self._face.addWidget(Avatar(state.me.name, 48))
        self._name.setText(state.me.name)
        self._email.setText(state.me.email)
        self._kind.setText(f"{_KINDS[state.me.kind]}, on {state.connection.address}")
        view = state.account
        if view.is_good and view.words and not self._good.text():
            self._old.clear()
            self._new.clear()
        self._words.show_text("" if view.is_good else view.words)
        self._good.show_text(view.words if view.is_good else "")
        self._sign_ins.show_items([(one.id, one) for one in view.sign_ins])
        self._roll.updateGeometry()
        self.refit()

    def _make_sign_in(self, info: SignInInfo) -> QWidget:
        device = one_line(info.device) or "Unknown system"
        box = row(Glyph("monitor"), gap=12)
        box.addLayout(
            column(ElidedWords(device, look="strong"), Words(seen_words(info, time.time()), look="small"), gap=1), 1
        )
        if info.is_this:
            box.addWidget(Chip("This computer", tone="accent"))
        else:
            end = Button("End…", f"end-sign-in-{info.id}", kind="badlink", glyph="log-out")
            end.setAccessibleName(f"End the sign-in on {device}")
            end.clicked.connect(lambda: self._ask_end(info, device))
            box.addWidget(end)
        holder = QWidget()
        holder.setLayout(box)
        return holder

    def _ask_end(self, info: SignInInfo, device: str) -> None:
        asks = Confirm(
            self.parentWidget(), f"End the sign-in on {device}?",
            "Parley is signed out there at once, and leaves the meeting if it is in one.",
            name="end-sign-in", answers=("End it", "Keep it"),
        )  # fmt: skip
        asks.answered.connect(lambda yes: self._bridge.do(EndOwnSignIn(id=info.id)) if yes else None)

    def _leave(self) -> None:
        self._bridge.do(OpenAccount(is_open=False))

    def close_dialog(self) -> None:
        """Puts it away, and what was typed."""
        self._old.clear()
        self._new.clear()
        super().close_dialog()
