"""Rows of settings that are bound to `Choices`: what every panel of settings is made of, kept the moment it changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QWidget

from app.state.app_state import AppState
from app.state.call_intents import Choose
from app.state.slices.devices import Choices
from app.ui.bridge import Bridge
from app.ui.widgets.buttons import Choice, Switch


class Chosen:
    """What is chosen, the same for all parts of a panel.

    Attributes:
        now: Shown at once, although the state only follows: a second change must not undo the first.
    """

    def __init__(self, bridge: Bridge) -> None:
        """Nothing is shown yet.

        Args:
            bridge: Takes the intents.
        """
        self.bridge = bridge
        self.now = Choices()

    def change(self, **changes: Any) -> None:
        """Chooses something else.

        Args:
            changes: By the names of `Choices`.
        """
        shown, self.now = self.now, replace(self.now, **changes)
        self.bridge.do(Choose(choices=self.now, shown=shown))


class ChoicePart(QWidget):
    """A part of a panel of settings; a subclass lays its rows out, and shows more of a state where it needs to.

    Args:
        chosen: Of the panel.
        prefix: Put before object names, as a panel may be there twice: before and in the call.
    """

    def __init__(self, chosen: Chosen, prefix: str) -> None:
        super().__init__()
        self.chosen = chosen
        self._prefix = prefix
        self._shows: list[Callable[[Choices], None]] = []

    def name(self, name: str) -> str:
        """The object name of a row."""
        return f"{self._prefix}-{name}"

    def make_switch(self, field: str, words: str, name: str, *, told: str = "") -> Switch:
        """A switch for a choice that is on or off.

        Args:
            field: Its name in `Choices`.
            words: What is on or off.
            name: See `name`.
            told: What it means, for a screen reader.
        """
        switch = Switch(words, self.name(name))
        switch.setAccessibleDescription(told)
        switch.toggled.connect(lambda is_on: self.chosen.change(**{field: is_on}))
        # What cannot work here is off, whatever was chosen.
        self._shows.append(lambda choices: switch.show_checked(getattr(choices, field) and switch.isEnabled()))
        return switch

    def make_list(self, field: str, words: str, name: str, items: Sequence[tuple[str, str]]) -> Choice:
        """A list for a choice between a few values.

        Args:
            field: Its name in `Choices`.
            words: What is chosen.
            name: See `name`.
            items: Words and the value behind them; the first one is shown for a value that is not there.
        """
        choice = Choice(words, self.name(name))
        choice.activated.connect(lambda _: self.chosen.change(**{field: choice.currentData()}))
        self._shows.append(lambda choices: choice.show_items(list(items), getattr(choices, field)))
        return choice

    def show_state(self, state: AppState) -> None:
        """What is chosen."""
        for show in self._shows:
            show(self.chosen.now)
