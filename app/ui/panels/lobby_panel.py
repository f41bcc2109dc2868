"""Who is waiting to be let in: the section above the people, and the line that says so while that is not open."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.state.app_state import AppState
from app.state.call_intents import Admit, AdmitEveryone, Deny, OpenPanel
from app.state.slices.call import Call
from app.ui.aim import about
from app.ui.bridge import Bridge
from app.ui.text import ElidedWords, Words, clock_words
from app.ui.widgets.buttons import Button
from app.ui.widgets.cards import Avatar, Card, Chip, Glyph, column, row
from app.ui.widgets.columns import Column
from app.wire.lobby import Guest


def seat_words(call: Call) -> str:
    """Seats taken and seats in all: "9/10"."""
    return f"{len(call.people)}/{call.lobby.seats}"


def is_full(call: Call) -> bool:
    """Whether somebody has to leave before the next one can come in; kept seats count."""
    return len(call.people) >= call.lobby.seats


class LobbyPanel(Card):
    """Who is waiting and since when: Admit, Deny, Admit all; for the host only."""

    def __init__(self, bridge: Bridge) -> None:
        self._bridge = bridge
        self._title = ElidedWords("", look="strong")
        self._title.setObjectName("lobby-title")
        self._seats = Chip("")
        self._seats.setObjectName("lobby-seats")
        self._guests = Column(self._make, renew=self._renew, gap=10)
        self._all = Button("Admit all", "admit-all", kind="outline", glyph="check-check")
        self._all.clicked.connect(lambda: bridge.do(AdmitEveryone()))
        self._full = Words("", look="warning", wraps=True)
        self._full.setObjectName("lobby-full")
        head = row(self._title, self._seats)
        head.setStretch(0, 1)
        # Above the guests, where it stays while more of them come; its place is there before the second one is.
        keeps = self._all.sizePolicy()
        keeps.setRetainSizeWhenHidden(True)
        self._all.setSizePolicy(keeps)
        super().__init__(
            column(head, self._all, self._guests, self._full, gap=10, margins=(14, 12, 14, 12)),
            ground="soft",
            name="lobby-panel",
        )

    def show_state(self, state: AppState) -> None:
        """Who waits in the present call."""
        call = state.call
        if call is None or not state.is_host or not call.lobby.waiting:
            self.hide()
            return
        count = len(call.lobby.waiting)
        full = seat_words(call) if is_full(call) else ""
        self._title.setText("1 person is waiting" if count == 1 else f"{count} people are waiting")
        self._seats.setText(seat_words(call))
        self._seats.setAccessibleName(f"{len(call.people)} of {call.lobby.seats} seats are taken")
        self._guests.show_items([(one.id, (one, full)) for one in call.lobby.waiting])
        self._all.setVisible(count > 1)
        self._all.setEnabled(not full)
        self._full.show_text(f"The meeting is full ({full}). Somebody has to leave first." if full else "")
        self.show()

    def _make(self, data: tuple[Guest, str]) -> QWidget:
        guest, _ = data
        holder = QWidget()
        admit = Button("", f"admit-{guest.id}", kind="primary")
        deny = Button("Deny", f"deny-{guest.id}", kind="quiet")
        deny.setAccessibleName(f"Deny {guest.name}")
        admit.clicked.connect(lambda: self._bridge.do(Admit(guest=guest.id)))
        deny.clicked.connect(lambda: self._bridge.do(Deny(guest=guest.id)))
        head = row(Avatar(guest.name, 32), gap=10)
        since = f"Guest, waiting since {clock_words(guest.since)}"
        head.addLayout(column(ElidedWords(guest.name, look="label"), ElidedWords(since, look="small"), gap=0), 1)
        holder.setLayout(column(head, row(admit, deny, None), gap=6))
        self._renew(holder, data)
        return holder

    def _renew(self, holder: QWidget, data: tuple[Guest, str]) -> bool:
        guest, full = data
        # Only whether there is a seat can change for someone who waits.
        admit = holder.findChild(Button, f"admit-{guest.id}")
        if admit is None:
            return False
        admit.setEnabled(not full)
        admit.say(full or "Admit")
        admit.setAccessibleName(f"{guest.name} cannot be admitted: {full} are in" if full else f"Admit {guest.name}")
        return True


class LobbyToast(Card):
    """A line over the tiles while somebody waits and the people panel is not open."""

    def __init__(self, bridge: Bridge) -> None:
        self._bridge = bridge
        self._guest = ""
        self._words = ElidedWords("", look="label")
        self._words.setObjectName("lobby-toast-words")
        self._admit = Button("Admit", "toast-admit", kind="primary")
        # Whose name stood there when it was pressed.
        self._pressed_for = ""
        self._admit.pressed.connect(self._remember)
        self._admit.clicked.connect(self._let_in)
        show = Button("Show", "toast-show", kind="outline")
        show.setAccessibleName("Show who is waiting")
        show.clicked.connect(lambda: bridge.do(OpenPanel(panel="people")))
        box = row(Glyph("bell", ink="accent"), self._words, show, self._admit, gap=10, margins=(14, 8, 10, 8))
        box.setStretch(1, 1)
        box.setAlignment(self._words, Qt.AlignmentFlag.AlignVCenter)
        super().__init__(box, ground="soft", name="lobby-toast")
        self.hide()

    def _remember(self) -> None:
        self._pressed_for = self._guest

    def _let_in(self) -> None:
        guest, self._pressed_for = self._pressed_for or self._guest, ""
        self._bridge.do(Admit(guest=guest))

    def show_state(self, state: AppState) -> None:
        """Who waits longest, and how many more."""
        call = state.call
        if call is None or not state.is_host or not call.lobby.waiting or call.panel == "people":
            self.hide()
            return
        first, more = call.lobby.waiting[0], len(call.lobby.waiting) - 1
        self._guest = first.id
        about(self._admit, first.id)
        full = is_full(call)
        words = (
            f"{first.name} is waiting to be let in"
            if not more
            else f"{first.name} and {more} more are waiting to be let in"
        )
        self._words.setText(f"{words}, but the meeting is full" if full else words)
        self._admit.setEnabled(not full)
        self._admit.say(seat_words(call) if full else "Admit")
        self._admit.setAccessibleName(f"Admit {first.name}")
        self.show()
