"""What one chooses for calls beside the devices: out of sight, the chat, the speech model."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QWidget

from app.state.app_state import AppState
from app.state.call_intents import Choose
from app.state.capabilities import Ability
from app.state.slices.devices import Choices
from app.ui.bridge import Bridge
from app.ui.panels.speech_model import ModelLine
from app.ui.session import can_here
from app.ui.text import Words
from app.ui.widgets.buttons import Switch
from app.ui.widgets.cards import column


class CallSettings(QWidget):
    """When picture-in-picture opens by itself, and what is shown of the chat; each change is a `Choose` at once.

    Args:
        bridge: Takes the intents.
    """

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self._bridge = bridge
        self._choices = Choices()
        self._minimised = Switch("When Parley is minimised", "settings-pip-on-minimise")
        self._minimised.toggled.connect(lambda is_on: self._choose(replace(self._choices, pip_on_minimise=is_on)))
        self._rooms = Switch("When the rooms are opened", "settings-pip-with-rooms")
        self._rooms.toggled.connect(lambda is_on: self._choose(replace(self._choices, pip_with_rooms=is_on)))
        self._chat = Switch("Show new messages over the call", "settings-chat-notices")
        self._chat.toggled.connect(lambda is_on: self._choose(replace(self._choices, chat_notices=is_on)))
        self._model = ModelLine(bridge, "settings")
        self.setLayout(
            column(
                Words("Picture-in-picture", look="label"),
                Words("The call goes on in a small window:", look="small"),
                *self._line(self._minimised, "minimised"), *self._line(self._rooms, "small_window"),
                10, Words("Chat", look="label"), self._chat, 10, self._model,
                gap=4,
            )
        )  # fmt: skip

    def _line(self, switch: Switch, ability: Ability) -> list[QWidget]:
        """A switch; where it cannot work here, why."""
        found = can_here(ability)
        if found.is_able:
            return [switch]
        switch.setEnabled(False)
        switch.setAccessibleDescription(found.words)
        words = Words(found.words, look="small", wraps=True)
        words.setObjectName(f"{switch.objectName()}-words")
        return [switch, words]

    def show_state(self, state: AppState) -> None:
        """What is chosen."""
        self._choices = state.devices.chosen
        self._minimised.show_checked(self._choices.pip_on_minimise and self._minimised.isEnabled())
        self._rooms.show_checked(self._choices.pip_with_rooms and self._rooms.isEnabled())
        self._chat.show_checked(self._choices.chat_notices)
        self._model.show_state(state)

    def _choose(self, choices: Choices) -> None:
        self._choices = choices
        self._bridge.do(Choose(choices=choices))
