"""Who is in the call; for the host also who is waiting, what they may do with each person, the lock and the link."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QWidget

from app.state.app_state import AppState
from app.state.call_intents import Lock, MakeNewLink, MuteOther, RemoveOther, SetVolume, StopOthersShare
from app.state.quality import is_weak
from app.state.slices.call import Call
from app.state.volumes import PLAIN, volumes_of
from app.ui.bridge import Bridge
from app.ui.panels.dialogs import Confirm
from app.ui.panels.giving import CopyLink, MailInvitation
from app.ui.panels.hands_panel import HandsPanel
from app.ui.panels.lobby_panel import LobbyPanel
from app.ui.panels.receipt_file import ReceiptButton
from app.ui.panels.volume_line import VolumeLine
from app.ui.qt import override
from app.ui.text import ElidedWords, Words
from app.ui.widgets.buttons import Button, IconButton, Switch
from app.ui.widgets.cards import Avatar, Card, Chip, Glyph, column, row
from app.ui.widgets.columns import Column, Scroll
from app.ui.widgets.menu import Menu, add_action, open_below
from app.wire.text import one_line


@dataclass(frozen=True, slots=True)
class _Row:
    id: str
    name: str
    is_you: bool
    is_host: bool
    is_guest: bool
    microphone: bool
    camera: bool
    shares: bool
    is_connected: bool
    is_weak: bool
    is_recorded: bool | None
    #: One is the host, and this is somebody else.
    can_act: bool
    #: Percent, for oneself alone.
    volume: int


class PeoplePanel(QWidget):
    """Everyone in the meeting, oneself first; who waits above them, the meeting's link below.

    Args:
        bridge: Takes the intents.
    """

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self._bridge = bridge
        self._confirm: Confirm | None = None
        self._lobby = LobbyPanel(bridge)
        self._hands = HandsPanel(bridge)
        self._people = Column(self._make, renew=self._renew, gap=14, margins=(4, 2, 0, 2))
        self._meeting = MeetingBox(bridge, self._ask)
        self._receipt = ReceiptButton("Save consent receipt…", "call-receipt")
        inside = QWidget()
        inside.setLayout(
            column(
                self._lobby,
                self._hands,
                self._people,
                self._receipt,
                self._meeting,
                None,
                gap=12,
                margins=(12, 8, 12, 12),
            )
        )
        self.setLayout(column(Scroll(inside, fades="surface")))

    def show_state(self, state: AppState) -> None:
        """The people of the present call."""
        call = state.call
        if call is None:
            return
        if not state.is_host and self._confirm is not None:
            self._confirm.close_dialog()
        self._lobby.show_state(state)
        self._hands.show_state(state)
        self._meeting.show_state(state)
        self._receipt.show_receipt(call.recording.receipt)
        self._people.show_items([(one.id, one) for one in _rows(call, state)])

    def _make(self, data: _Row) -> QWidget:
        return _PersonRow(data, self._open_menu)

    @staticmethod
    def _renew(holder: QWidget, data: _Row) -> bool:
        if isinstance(holder, _PersonRow):
            holder.show_person(data)
        return True

    def _open_menu(self, data: _Row, button: QWidget) -> None:
        # The panel's, not the button's: the person may leave while it is open.
        menu = Menu(self, "person-actions")
        do = self._bridge.do
        menu.addAction(
            VolumeLine(
                menu, f"volume-{data.id}", data.volume,
                lambda percent: do(SetVolume(person=data.id, percent=percent)),
            )
        )  # fmt: skip
        if data.can_act:
            self._add_host_actions(menu, data)
        open_below(menu, button)

    def _add_host_actions(self, menu: Menu, data: _Row) -> None:
        do = self._bridge.do
        menu.addSeparator()
        if data.microphone:
            add_action(menu, "mic-off", "Mute", lambda: do(MuteOther(person=data.id)), name=f"mute-{data.id}")
        if data.shares:
            add_action(
                menu, "monitor", "Stop their share", lambda: do(StopOthersShare(person=data.id)),
                name=f"stop-share-{data.id}",
            )  # fmt: skip
        add_action(menu, "user-minus", "Remove…", lambda: self._ask_remove(data), name=f"remove-{data.id}")

    def _ask_remove(self, data: _Row) -> None:
        self._ask(
            Confirm(
                self.window(), "Remove from the meeting?",
                f"{one_line(data.name)} leaves the meeting at once and cannot come back to it.",
                name="remove-person", answers=("Remove", "Keep"),
            ),
            lambda: self._bridge.do(RemoveOther(person=data.id)),
        )  # fmt: skip

    def _ask(self, confirm: Confirm, then: Callable[[], None]) -> None:
        if self._confirm is not None:
            self._confirm.close_dialog()
        self._confirm = confirm

        def answered(is_yes: bool) -> None:
            self._confirm = None
            if is_yes:
                then()

        confirm.answered.connect(answered)

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        """The people are not on show any more, so nothing about them is asked."""
        if self._confirm is not None:
            self._confirm.close_dialog()


class _PersonRow(QWidget):
    """One person: the parts stay where they are while what they say changes, so that no click falls into a hole."""

    def __init__(self, data: _Row, open_menu: Callable[[_Row, QWidget], None]) -> None:
        super().__init__()
        self._data = data
        self._name, self._below = ElidedWords(""), ElidedWords("", look="small")
        self._below.setObjectName(f"volume-of-{data.id}")
        self._host, self._mark = Chip("Host", tone="accent"), Chip("Not recorded", tone="warning")
        self._mark.setObjectName(f"not-recorded-{data.id}")
        marked = QWidget()
        marked.setLayout(row(self._host, self._mark, None, gap=6, margins=(0, 2, 0, 0)))
        self._marked = marked
        self._microphone, self._camera = Glyph("mic"), Glyph("video")
        self._more = IconButton("ellipsis", "", f"person-menu-{data.id}")
        self._more.clicked.connect(lambda: open_menu(self._data, self._more))
        box = row(Avatar(data.name, 34), gap=8)
        box.addLayout(column(self._name, self._below, marked, gap=0), 1)
        for widget in (self._microphone, self._camera, self._more):
            box.addWidget(widget)
        self.setLayout(box)
        self.show_person(data)

    def show_person(self, data: _Row) -> None:
        """What is true of the person now."""
        self._data = data
        self._name.setText(f"{data.name} (you)" if data.is_you else data.name)
        below = "Reconnecting…" if not data.is_connected else ("Guest" if data.is_guest else "Member")
        below += ", sharing the screen" if data.shares else ""
        below += ", weak connection" if data.is_weak else ""
        self._below.setText(below if data.volume == PLAIN else f"{below}, {_volume_words(data.volume)}")
        self._mark.setVisible(data.is_recorded is False)
        self._host.setVisible(data.is_host)
        self._marked.setVisible(data.is_host or data.is_recorded is False)
        for glyph, name, is_on in (
            (self._microphone, "mic", data.microphone),
            (self._camera, "video", data.camera),
        ):
            glyph.show_icon(name if is_on else f"{name}-off", "muted" if is_on else "danger")
        self._more.say(f"What you can do with {data.name}")
        self._more.setVisible(not data.is_you)
        # In one's own row its place stays free.
        keeps = self._more.sizePolicy()
        keeps.setRetainSizeWhenHidden(data.is_you)
        self._more.setSizePolicy(keeps)
        self.setAccessibleName(_spoken(data))


def _volume_words(percent: int) -> str:
    return f"volume {percent} %" if percent else "you do not hear them"


def _rows(call: Call, state: AppState) -> list[_Row]:
    volumes = volumes_of(state.devices.chosen)
    ordered = sorted(call.people, key=lambda one: (one.id != call.you, one.joined_at, one.id))
    is_recording = call.recording.since is not None
    return [
        _Row(
            id=one.id, name=one.name, is_you=one.id == call.you, is_host=one.id == call.host, is_guest=one.is_guest,
            microphone=one.microphone_on, camera=one.camera_on, shares=one.sharing, is_connected=one.is_connected,
            is_weak=is_weak(call, one.id),
            is_recorded=one.consents if is_recording else None, can_act=state.is_host and one.id != call.you,
            volume=volumes.get(one.id, PLAIN),
        )
        for one in ordered
    ]  # fmt: skip


def _spoken(data: _Row) -> str:
    parts = [data.name, "host" if data.is_host else "", f"microphone {'on' if data.microphone else 'off'}"]
    parts += [f"camera {'on' if data.camera else 'off'}", "not recorded" if data.is_recorded is False else ""]
    parts += ["weak connection" if data.is_weak else ""]
    parts += ["" if data.volume == PLAIN else _volume_words(data.volume)]
    return ", ".join(part for part in parts if part)


class MeetingBox(Card):
    """The meeting's link, and for the host the lock and a new link.

    Args:
        bridge: Takes the intents.
        ask: Shows a question, and does something after a yes.
    """

    def __init__(self, bridge: Bridge, ask: Callable[[Confirm, Callable[[], None]], None]) -> None:
        self._bridge = bridge
        self._ask = ask
        self._lock = Switch("Lock the meeting", "lock-meeting")
        self._lock.toggled.connect(lambda is_on: bridge.do(Lock(is_locked=is_on)))
        self._lock_words = Words(
            "Nobody else can come in or ask to, whatever link they have.", look="small", wraps=True
        )
        self._locked = row(Glyph("lock", ink="warning"), Words("The host has locked the meeting.", wraps=True), gap=8)
        self._locked.setStretch(1, 1)
        self._told = QWidget()
        self._told.setLayout(self._locked)
        self._copy = CopyLink("people-copy-link", bridge, kind="link", words="Copy link")
        self._mail = MailInvitation("people-email", bridge, kind="link")
        self._renew = Button("New link…", "new-link", kind="link", glyph="rotate-ccw")
        self._renew.clicked.connect(self._ask_renew)
        super().__init__(
            column(
                self._lock, self._lock_words, self._told, row(self._copy, None), row(self._mail, None),
                row(self._renew, None),
                gap=8, margins=(14, 10, 14, 12),
            ),
            ground="raised", name="meeting-box",
        )  # fmt: skip

    def show_state(self, state: AppState) -> None:
        """Whether it is locked, and which link it has."""
        call = state.call
        if call is None:
            return
        self._lock.show_checked(call.is_locked)
        for widget in (self._lock, self._lock_words, self._renew):
            widget.setVisible(state.is_host)
        self._told.setVisible(call.is_locked and not state.is_host)
        self._copy.show_link(call.meeting.link)
        self._mail.show_meeting(call.meeting.title, call.meeting.link)

    def _ask_renew(self) -> None:
        self._ask(
            Confirm(
                self.window(), "Make a new link?",
                "The old link stops working at once: whoever has it cannot ask to join any more. Everyone in the "
                "meeting stays in it.", name="renew-link", answers=("Make a new link", "Keep the old one"),
            ),
            lambda: self._bridge.do(MakeNewLink()),
        )  # fmt: skip
