"""What one chooses for calls beside the devices: out of sight, the chat, the models for recaps."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.state.app_state import AppState
from app.state.capabilities import Ability
from app.ui.panels.choosing import ChoicePart, Chosen
from app.ui.panels.speech_model import ModelLine
from app.ui.session import can_here
from app.ui.text import Words
from app.ui.widgets.buttons import Switch
from app.ui.widgets.cards import column


class CallSettings(ChoicePart):
    """When picture-in-picture opens by itself, and what is shown of the chat; each change is a `Choose` at once.

    Args:
        chosen: Shared with the panel above it, which shows the state first.
        prefix: As of `ChoicePart`.
    """

    def __init__(self, chosen: Chosen, prefix: str) -> None:
        super().__init__(chosen, prefix)
        minimised = self.make_switch("pip_on_minimise", "When Parley is minimised", "pip-on-minimise")
        rooms = self.make_switch("pip_with_rooms", "When the rooms are opened", "pip-with-rooms")
        chat = self.make_switch("chat_notices", "Show new messages over the call", "chat-notices")
        self._model = ModelLine(chosen.bridge, prefix)
        self.setLayout(
            column(
                Words("Picture-in-picture", look="label"),
                Words("The call goes on in a small window:", look="small"),
                *self._line(minimised, "minimised"), *self._line(rooms, "small_window"),
                10, Words("Chat", look="label"), chat, 10, self._model,
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
        super().show_state(state)
        self._model.show_state(state)
