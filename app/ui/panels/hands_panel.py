"""Whose hand is up, in order: the section above the people."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.state.app_state import AppState
from app.state.call_intents import LowerAllHands, LowerHand, LowerOthersHand
from app.state.hands import raised
from app.ui.aim import about
from app.ui.bridge import Bridge
from app.ui.text import ElidedWords
from app.ui.widgets.buttons import Button, IconButton
from app.ui.widgets.cards import Card, Chip, column, row
from app.ui.widgets.columns import Column
from app.wire.people import Person

#: A person, their place in the order, whether it is oneself, and whether one may lower the hand.
_Data = tuple[Person, int, bool, bool]


class HandsPanel(Card):
    """Everybody sees the order; one lowers one's own hand, the host anybody's, or all of them.

    Args:
        bridge: Takes the intents.
    """

    def __init__(self, bridge: Bridge) -> None:
        self._bridge = bridge
        self._title = ElidedWords("", look="strong")
        self._title.setObjectName("hands-title")
        self._all = Button("Lower all", "lower-all-hands", kind="link")
        self._all.clicked.connect(lambda: bridge.do(LowerAllHands()))
        self._hands = Column(self._make, renew=self._renew, gap=4)
        head = row(self._title, self._all)
        head.setStretch(0, 1)
        super().__init__(
            column(head, self._hands, gap=6, margins=(14, 8, 8, 10)), ground="raised", name="hands-panel"
        )  # fmt: skip

    def show_state(self, state: AppState) -> None:
        """Whose hand is up in the present call."""
        call = state.call
        up = raised(call.people) if call is not None else ()
        if call is None or not up:
            self.hide()
            return
        self._title.setText("1 raised hand" if len(up) == 1 else f"{len(up)} raised hands")
        self._all.setVisible(state.is_host)
        self._hands.show_items(
            [
                (one.id, (one, place, one.id == call.you, state.is_host or one.id == call.you))
                for place, one in enumerate(up, start=1)
            ]
        )
        self.show()

    def _make(self, data: _Data) -> QWidget:
        holder = QWidget()
        place = Chip("", tone="count")
        place.setObjectName("hand-place")
        name = ElidedWords("")
        name.setObjectName("hand-name")
        lower = IconButton("arrow-down", "", f"lower-hand-{data[0].id}")
        about(lower, data[0].id)
        lower.clicked.connect(lambda: self._lower(data[0], is_you=data[2]))
        box = row(place, name, lower, gap=10)
        box.setStretch(1, 1)
        holder.setLayout(box)
        self._renew(holder, data)
        return holder

    @staticmethod
    def _renew(holder: QWidget, data: _Data) -> bool:
        person, place, is_you, can_lower = data
        words = f"{person.name} (you)" if is_you else person.name
        name, lower = holder.findChild(ElidedWords, "hand-name"), holder.findChild(IconButton)
        mark = holder.findChild(Chip, "hand-place")
        if name is None or lower is None or mark is None:
            return False
        mark.setText(str(place))
        name.setText(words)
        lower.say("Lower your hand" if is_you else f"Lower {person.name}’s hand")
        lower.setVisible(can_lower)
        holder.setAccessibleName(f"{place}, {words}")
        return True

    def _lower(self, person: Person, *, is_you: bool) -> None:
        self._bridge.do(LowerHand() if is_you else LowerOthersHand(person=person.id))
