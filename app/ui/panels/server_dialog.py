"""Which server keeps the rooms: the one of this computer or a team's; and whether others may reach this computer."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.state.app_state import AppState
from app.state.intents import CheckWay, LetOthersReach, UseServer
from app.state.scope import REACHES, own_scope
from app.state.slices.reach import Reach
from app.ui.bridge import Bridge
from app.ui.panels.dialogs import Confirm, line_field
from app.ui.panels.giving import CopyLink
from app.ui.panels.speech_model import ModelLine
from app.ui.text import TextBlock, Words
from app.ui.widgets.buttons import Button, Switch
from app.ui.widgets.cards import Card, Glyph, Line, Tabs, column, row
from app.ui.widgets.columns import Column, Roll
from app.ui.widgets.scrim import Scrim
from app.wire.links import BadLink, parse_server

_HERE = "Parley runs its own server on this computer. Your rooms, messages and recaps are kept here, and nowhere else."
_TEAM = (
    "A team or a company runs its own server, always on. Ask its administrator for the address; nothing is sent there "
    "before you press the button."
)
#: What one should know before one lets others in.
REACH_WORDS = (
    "Others need this computer to be awake, with Parley open: while it sleeps, nobody gets in. Recordings and recaps "
    "of these meetings are kept on this computer. The connection is encrypted."
)


class ServerDialog(Scrim):
    """Changes the server for good, and opens this computer's own to others.

    Args:
        parent: The window.
        bridge: Takes the intents.
    """

    def __init__(self, parent: QWidget, bridge: Bridge) -> None:
        self._bridge = bridge
        self._state = AppState()
        self._face, self._is_embedded, self._has_shown = "here", False, False
        self._tabs = Tabs((("here", "This computer"), ("team", "A team's server")), "server-tabs")
        self._tabs.chosen.connect(self._show_face)
        inside = QWidget()
        inside.setLayout(
            column(
                Words("Server", look="heading"), self._tabs, self._make_here(), self._make_team(), None,
                gap=12, margins=(24, 22, 20, 8),
            )
        )  # fmt: skip
        self._roll = Roll(inside, width_px=500)
        self._use = Button("", "server-use", kind="primary")
        self._use.clicked.connect(self._send)
        close = Button("Close", "server-close", kind="quiet")
        close.clicked.connect(self.close_dialog)
        foot = row(None, close, self._use, margins=(24, 4, 24, 20))
        super().__init__(parent, Card(column(self._roll, foot, gap=4), name="server-dialog"), width_px=500)
        self.dismissed.connect(self.close_dialog)
        self._show_face("here")

    def _make_here(self) -> QWidget:
        self._reach = Switch("Let others reach this computer", "reach-switch")
        self._reach.clicked.connect(self._switch)
        self._reach_words = Words("", look="bad", wraps=True)
        self._reach_words.setObjectName("reach-words")
        self._changing = Words("", look="small", wraps=True)
        self._addresses = Column(self._make_address, gap=6)
        self._title = Words("Others reach it at", look="label")
        self._scope = Words("", look="small", wraps=True)
        self._scope.setObjectName("reach-scope")
        note = row(Glyph("info", ink="accent"), Words(REACH_WORDS, wraps=True), gap=10, margins=(14, 10, 14, 10))
        note.setStretch(1, 1)
        self._reach_part = QWidget()
        self._reach_part.setLayout(
            column(
                Line(),
                self._reach,
                self._changing,
                self._reach_words,
                Card(note, ground="raised"),
                self._title,
                self._addresses,
                self._scope,
            )
        )
        holder = QWidget()
        self._model = ModelLine(self._bridge, "server")
        self._model_part = QWidget()
        self._model_part.setLayout(column(Line(), self._model, gap=12))
        holder.setLayout(column(Words(_HERE, look="muted", wraps=True), self._reach_part, self._model_part, gap=12))
        self._here = holder
        return holder

    def _make_team(self) -> QWidget:
        self._field = line_field("https://parley.example.com", "server-address", most=200)
        self._field.setAccessibleName("Address of the server")
        self._field.returnPressed.connect(self._send)
        self._bad = Words("", look="bad", wraps=True)
        self._bad.setObjectName("server-words")
        self._now = Words("", look="small", wraps=True)
        self._check = Button("Check the connection for calls", "server-check", glyph="list-checks")
        self._check.clicked.connect(lambda: self._bridge.do(CheckWay()))
        self._found = Words("", wraps=True)
        self._found.setObjectName("server-check-words")
        holder = QWidget()
        holder.setLayout(
            column(
                Words(_TEAM, look="muted", wraps=True), self._field, self._bad, self._now,
                row(self._check, None), self._found,
                Words("The rooms of this computer stay here; you can come back to them at any time.",
                      look="small", wraps=True),
            )
        )  # fmt: skip
        self._bad.hide()
        self._team = holder
        return holder

    def _make_address(self, address: str) -> QWidget:
        words = TextBlock(address, widest_px=360)
        copy = CopyLink(f"reach-copy-{address}", self._bridge, words="Copy", kind="quiet")
        copy.setAccessibleName(f"Copy {address}")
        copy.show_link(address)
        box = row(words, copy, margins=(12, 4, 4, 4))
        box.setStretch(0, 1)
        return Card(box, ground="raised")

    def show_state(self, state: AppState) -> None:
        """Where one is, and who may come."""
        connection = state.connection
        if not self._has_shown:
            self._has_shown = True
            self._show_face("here" if connection.is_embedded or not connection.server_id else "team")
        self._is_embedded = connection.is_embedded
        is_owner = connection.is_embedded and state.me is not None
        self._reach_part.setVisible(is_owner)
        self._state = state
        self._show_reach(state.reach)
        self._now.show_text("" if connection.is_embedded else f"You are on {connection.address} now.")
        self._show_check(state)
        self._model.show_state(state)
        self._model_part.setVisible(not self._model.isHidden())
        self._show_use()
        self._fit()

    def _show_check(self, state: AppState) -> None:
        """Whether calls would work from here; of the own computer's server there is nothing to ask."""
        way = state.way
        self._check.setVisible(not state.connection.is_embedded and state.me is not None)
        self._check.setEnabled(not way.is_running)
        is_ours = way.address == state.connection.address and self._check.isVisibleTo(self._team)
        self._found.show_text(("Checking…" if way.is_running else way.words) if is_ours else "")

    def _show_reach(self, reach: Reach) -> None:
        self._reach.show_checked(reach.is_on)
        self._reach.setEnabled(not reach.is_changing)
        self._reach_words.show_text("" if reach.is_changing else reach.words)
        self._changing.show_text("Please wait…" if reach.is_changing else "")
        is_open = reach.is_on and bool(reach.addresses)
        self._title.setVisible(is_open)
        self._addresses.show_items([(one, one) for one in reach.addresses] if is_open else [])
        self._scope.show_text(REACHES[own_scope(self._state)] if reach.is_on else "")

    def _switch(self, is_on: bool) -> None:
        """Before the door is closed on somebody, that is said."""
        inside = self._state.call.people if self._state.is_busy and self._state.call else ()
        if is_on or len(inside) < 2:
            self._bridge.do(LetOthersReach(is_on=is_on))
            return
        self._reach.show_checked(True)
        asks = Confirm(
            self.parentWidget(), "Stop letting others in?",
            "Your meeting goes on for you. Everyone who joined it from another computer leaves it at once, and the "
            "links that you shared do not work until you let others in again.",
            name="close-reach", answers=("Stop letting others in", "Keep it open"),
        )  # fmt: skip
        asks.answered.connect(lambda yes: self._bridge.do(LetOthersReach(is_on=False)) if yes else None)

    def _show_face(self, face: str) -> None:
        self._face = face
        self._tabs.choose(face)
        self._here.setVisible(face == "here")
        self._team.setVisible(face == "team")
        self._show_use()
        self._fit()

    def _show_use(self) -> None:
        self._use.say("Use this computer" if self._face == "here" else "Go to this server")
        self._use.setVisible(self._face == "team" or not self._is_embedded)

    def _fit(self) -> None:
        self._roll.updateGeometry()
        self.refit()

    def _send(self) -> None:
        address = ""
        if self._face == "team":
            try:
                address = parse_server(self._field.text()).text
            except BadLink as fault:
                self._bad.show_text(str(fault))
                self._fit()
                return
        self.close_dialog()
        self._bridge.do(UseServer(address=address))
