"""One's own word on gestures: whether one's hands are watched where the host has switched them on."""

from __future__ import annotations

from app.ui.panels.choosing import ChoicePart, Chosen
from app.ui.text import Words
from app.ui.widgets.cards import column

_WORDS = (
    "When the host allows gestures, your hands are looked for in your camera’s picture, on this computer only: nothing "
    "of them is kept or sent. An open palm raises your hand; thumb up, thumb down, victory and OK are reactions."
)


class GesturesPart(ChoicePart):
    """A switch, and what it means.

    Args:
        chosen: Of the panel.
        prefix: As of `ChoicePart`.
    """

    def __init__(self, chosen: Chosen, prefix: str) -> None:
        super().__init__(chosen, prefix)
        switch = self.make_switch("gestures", "Gestures", "gestures", told=_WORDS)
        self.setLayout(column(switch, Words(_WORDS, look="small", wraps=True), gap=4))
