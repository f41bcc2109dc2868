"""Who is in the call, and for the host who waits to be let in."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from app.state.app_state import AppState
from app.state.events import Admit, Deny
from app.ui.bridge import Bridge
from app.ui.text import ElidedWords, Words, clock_words
from app.ui.widgets.buttons import Button
from app.ui.widgets.cards import Avatar, Card, Chip, Glyph, column, row
from app.ui.widgets.columns import Column, Scroll
from app.wire.lobby import Guest

#: How many people a meeting holds; the server enforces it.
SEATS = 10


@dataclass(frozen=True, slots=True)
class _Row:
    name: str
    is_you: bool
    is_host: bool
    is_guest: bool
    microphone: bool
    camera: bool
    is_connected: bool
    is_recorded: bool | None


class PeoplePanel(QWidget):
    """Everyone in the meeting, oneself first."""

    def __init__(self) -> None:
        super().__init__()
        self._people = Column(_person, gap=14, margins=(16, 12, 16, 12))
        self.setLayout(column(Scroll(self._people)))

    def show_state(self, state: AppState) -> None:
        """The people of the present call."""
        call = state.call
        if call is None:
            return
        ordered = sorted(call.people, key=lambda one: (one.id != call.you, one.joined_at, one.id))
        is_recording = call.recording_since is not None
        items = [
            (
                one.id,
                _Row(
                    one.name, one.id == call.you, one.id == call.host, one.is_guest, one.microphone_on,
                    one.camera_on, one.is_connected, one.consents if is_recording else None,
                ),
            )
            for one in ordered
        ]  # fmt: skip
        self._people.show_items(items)


def _person(data: _Row) -> QWidget:
    holder = QWidget()
    name = ElidedWords(f"{data.name} (you)" if data.is_you else data.name)
    below = "Reconnecting…" if not data.is_connected else ("Guest" if data.is_guest else "Member")
    if data.is_recorded is False:
        below += ", not recorded"
    box = row(Avatar(data.name, 34), gap=10)
    box.addLayout(column(name, ElidedWords(below, look="small"), gap=0), 1)
    if data.is_host:
        box.addWidget(Chip("Host", tone="accent"))
    box.addWidget(Glyph("mic" if data.microphone else "mic-off", ink="muted" if data.microphone else "danger"))
    box.addWidget(Glyph("video" if data.camera else "video-off", ink="muted" if data.camera else "danger"))
    holder.setLayout(box)
    state = f"microphone {'on' if data.microphone else 'off'}, camera {'on' if data.camera else 'off'}"
    holder.setAccessibleName(f"{data.name}, {'host, ' if data.is_host else ''}{state}")
    return holder


class LobbyCard(Card):
    """Who waits: Admit or Deny, for the host only."""

    def __init__(self, bridge: Bridge) -> None:
        self._bridge = bridge
        self._title = Words("", look="strong")
        self._guests = Column(self._make, renew=self._renew, gap=8)
        self._full = Words("The meeting is full: 10 of 10. Somebody has to leave first.", look="warning", wraps=True)
        super().__init__(
            column(self._title, self._guests, self._full, gap=10, margins=(14, 12, 14, 12)),
            ground="soft",
            name="lobby-card",
        )

    def show_state(self, state: AppState) -> None:
        """Who waits in the present call."""
        call = state.call
        waiting = call.waiting if call and state.is_host else ()
        is_full = call is not None and len(call.people) >= SEATS
        self._title.setText("Someone is waiting" if len(waiting) == 1 else f"{len(waiting)} people are waiting")
        self._guests.show_items([(one.id, (one, is_full)) for one in waiting])
        self._full.setVisible(is_full)
        self.setVisible(bool(waiting))

    def _make(self, data: tuple[Guest, bool]) -> QWidget:
        guest, is_full = data
        holder = QWidget()
        admit = Button("Admit", f"admit-{guest.id}", kind="primary")
        deny = Button("Deny", f"deny-{guest.id}", kind="quiet")
        admit.setAccessibleName(f"Admit {guest.name}")
        deny.setAccessibleName(f"Deny {guest.name}")
        admit.setEnabled(not is_full)
        admit.clicked.connect(lambda: self._bridge.do(Admit(guest=guest.id)))
        deny.clicked.connect(lambda: self._bridge.do(Deny(guest=guest.id)))
        head = row(Avatar(guest.name, 32), gap=10)
        since = f"Guest, waiting since {clock_words(guest.since)}"
        head.addLayout(column(ElidedWords(guest.name, look="label"), ElidedWords(since, look="small"), gap=0), 1)
        holder.setLayout(column(head, row(admit, deny, None), gap=8))
        return holder

    def _renew(self, holder: QWidget, data: tuple[Guest, bool]) -> bool:
        guest, is_full = data
        # Only whether there is a seat can change for someone who waits.
        admit = holder.findChild(Button, f"admit-{guest.id}")
        admit.setEnabled(not is_full)
        return True
