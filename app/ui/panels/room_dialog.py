"""A room's dialogs: a new one, and what can be changed about one that is there."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.state.app_state import AppState
from app.state.intents import MakeRoom, NameRoom, QuitRoom, RemoveFromRoom
from app.ui.bridge import Bridge
from app.ui.panels.dialogs import Confirm, line_field
from app.ui.text import ElidedWords, Words
from app.ui.widgets.buttons import Button, Choice
from app.ui.widgets.cards import Avatar, Card, Chip, column, row
from app.ui.widgets.columns import Column, Roll
from app.ui.widgets.scrim import Scrim
from app.wire.rooms import ContractKind, Member
from app.wire.text import fold, one_line

#: Under which agreement people work together, in plain words; the value is what the server is told.
CONTRACTS: tuple[tuple[str, ContractKind], ...] = (
    ("We work together directly", "direct"),
    ("The work goes through an agency", "agency"),
    ("A ready-made offer from a catalog", "catalog"),
)


class NewRoomDialog(Scrim):
    """Asks for a new room's name and for the kind of contract its people work under."""

    def __init__(self, parent: QWidget, bridge: Bridge) -> None:
        self._bridge = bridge
        self._name = line_field("Name of the room", "room-name-field", most=50)
        self._kind = Choice("How you work together", "room-contract")
        self._kind.show_items([(words, value) for words, value in CONTRACTS], "direct")
        self._ok = Button("Create room", "room-name-field-ok", kind="primary")
        self._ok.setEnabled(False)
        cancel = Button("Cancel", "room-name-field-cancel", kind="quiet")
        self._name.textChanged.connect(lambda text: self._ok.setEnabled(bool(text.strip())))
        self._name.returnPressed.connect(self._make)
        self._ok.clicked.connect(self._make)
        cancel.clicked.connect(self.close_dialog)
        box = column(
            Words("New room", look="heading"),
            Words("A room keeps the messages and meetings of one project or one client.", look="muted", wraps=True),
            4, self._name, Words("How you work together", look="label"), self._kind,
            Words("It cannot be changed later. Some servers do not offer Parley meetings for one of these.",
                  look="small", wraps=True), 8, row(None, cancel, self._ok),
        )  # fmt: skip
        box.setContentsMargins(24, 22, 24, 20)
        super().__init__(parent, Card(box, name="new-room-dialog"))
        self.dismissed.connect(self.close_dialog)
        self._name.setFocus()

    def _make(self) -> None:
        name = self._name.text().strip()
        if name:
            self.close_dialog()
            self._bridge.do(MakeRoom(name=name, contract=self._kind.currentData()))


class RoomDialog(Scrim):
    """A room's name, its members, and the way out of it.

    Args:
        parent: The window.
        room: The room's id.
        bridge: Takes the intents.
    """

    def __init__(self, parent: QWidget, room: str, bridge: Bridge) -> None:
        self.room = room
        self._bridge = bridge
        self._own_id, self._owner, self._before = "", "", ""
        self._name = line_field("Name of the room", "room-rename", most=50)
        self._save = Button("Save", "room-rename-save", kind="outline")
        self._save.clicked.connect(self._rename)
        self._name.returnPressed.connect(self._rename)
        self._name.textChanged.connect(lambda _: self._check())
        self._kind = Words("", look="small", wraps=True)
        self._count = Words("", look="label")
        self._members = Column(self._make_member, gap=8)
        self._who = Words("", look="small", wraps=True)
        leave = Button("Leave this room…", "room-leave", kind="outline", glyph="log-out")
        leave.clicked.connect(self._ask_leave)
        close = Button("Close", "room-settings-close", kind="primary")
        close.clicked.connect(self.close_dialog)
        self._title = ElidedWords("Room settings", look="heading")
        inside = QWidget()
        inside.setLayout(
            column(
                self._title, Words("Name", look="label"), row(self._name, self._save), self._kind, 6, self._count,
                self._members, self._who, None, margins=(24, 22, 20, 8),
            )
        )  # fmt: skip
        self._roll = Roll(inside, width_px=480)
        foot = row(leave, None, close, margins=(24, 4, 24, 20))
        super().__init__(parent, Card(column(self._roll, foot, gap=4), name="room-dialog"), width_px=480)
        self.dismissed.connect(self.close_dialog)

    def show_state(self, state: AppState) -> None:
        """Shows the room as it is now; closes when one is no longer a member."""
        info = state.room_info(self.room)
        if info is None:
            self.close_dialog()
            return
        self._own_id, self._owner = state.own_id, info.owner
        if info.name != self._before:
            self._before = info.name
            self._name.setText(info.name)
        words = next(words for words, value in CONTRACTS if value == info.contract)
        self._kind.setText(f"Contract: {words[0].lower()}{words[1:]}.")
        self._count.setText(f"Members ({len(info.members)})")
        ordered = sorted(info.members, key=lambda one: (one.id != info.owner, fold(one.name)))
        self._members.show_items([(one.id, (one, state.own_id, info.owner)) for one in ordered])
        owner = next((one_line(one.name) for one in info.members if one.id == info.owner), "")
        if info.owner == state.own_id:
            self._who.show_text("You own this room and can take members out.")
        else:
            self._who.show_text(f"{owner} owns this room and can take members out." if owner else "")
        self._check()
        self._roll.updateGeometry()
        self.refit()

    def _make_member(self, data: tuple[Member, str, str]) -> QWidget:
        member, own_id, owner = data
        words = f"{member.name} (you)" if member.id == own_id else member.name
        box = row(Avatar(member.name, 32, is_online=member.is_online), ElidedWords(words), gap=10)
        box.setStretch(1, 1)
        if member.id == owner:
            box.addWidget(Chip("Owner", tone="accent"))
        elif owner == own_id and own_id:
            out = Button("Remove…", f"remove-member-{member.id}", kind="badlink", glyph="user-minus")
            out.setAccessibleName(f"Remove {one_line(member.name)} from the room")
            out.clicked.connect(lambda: self._ask_remove(member))
            box.addWidget(out)
        holder = QWidget()
        holder.setLayout(box)
        return holder

    def _check(self) -> None:
        name = self._name.text().strip()
        self._save.setEnabled(bool(name) and name != self._before)

    def _rename(self) -> None:
        if self._save.isEnabled():
            self._bridge.do(NameRoom(room=self.room, name=self._name.text().strip()))

    def _ask_remove(self, member: Member) -> None:
        words = (
            f"{one_line(member.name)} no longer sees anything of this room: no messages, no meetings, no recaps. "
            "A new invitation brings them back."
        )
        asks = Confirm(
            self.parentWidget(), f"Remove {one_line(member.name)}?", words,
            name="remove-member", answers=("Remove", "Keep"),
        )  # fmt: skip
        asks.answered.connect(
            lambda yes: self._bridge.do(RemoveFromRoom(room=self.room, account=member.id)) if yes else None
        )

    def _ask_leave(self) -> None:
        words = "You no longer see its messages, meetings and recaps. Only a new invitation brings you back."
        asks = Confirm(
            self.parentWidget(), f"Leave {self._before}?", words, name="leave-room", answers=("Leave", "Stay")
        )
        asks.answered.connect(lambda yes: self._bridge.do(QuitRoom(room=self.room)) if yes else None)
