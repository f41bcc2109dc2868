"""Camera, microphone, speaker, background, gestures and data: the same panel before the call and in it, kept at once.

A further row goes into the part that it belongs to (`camera_part`, `sound_parts`, `background_part`), by `make_switch`
or `make_list` of `choosing.ChoicePart`.
"""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QWidget

from app.media.types import Levels
from app.state.app_state import AppState
from app.state.call_intents import Choose
from app.state.slices.devices import Choices, DeviceKind
from app.ui.bridge import Bridge
from app.ui.panels.background_part import BackgroundPart
from app.ui.panels.camera_part import CameraPart
from app.ui.panels.choosing import ChoicePart, Chosen
from app.ui.panels.gestures_part import GesturesPart
from app.ui.panels.sound_parts import MicrophonePart, SpeakerPart
from app.ui.text import Words, bytes_words
from app.ui.widgets.buttons import IconButton
from app.ui.widgets.cards import column

_SAVER_WORDS = (
    "Sends a smaller, slower picture. Video and voice use data: your internet or phone provider may charge for it."
)


class DevicePanel(QWidget):
    """Shows `AppState.devices`; each change is a `Choose` at once.

    Args:
        bridge: Takes the intents and plays the test sound.
        prefix: Put before object names, as the panel is there twice: before and in the call.

    Attributes:
        chosen: What it shows; shared with the settings that stand below it.
    """

    def __init__(self, bridge: Bridge, prefix: str) -> None:
        super().__init__()
        chosen = self.chosen = Chosen(bridge)
        self._microphone = MicrophonePart(chosen, prefix)
        self._parts: tuple[ChoicePart, ...] = (
            CameraPart(chosen, prefix),
            self._microphone,
            SpeakerPart(chosen, prefix),
            BackgroundPart(chosen, prefix),
            GesturesPart(chosen, prefix),
            DataPart(chosen, prefix),
        )
        self.setLayout(column(*self._parts, gap=14))

    def show_state(self, state: AppState) -> None:
        """What is chosen, what there is to choose, and what does not work."""
        self.chosen.now = state.devices.chosen
        for part in self._parts:
            part.show_state(state)

    def show_levels(self, levels: Levels) -> None:
        """One's own voice."""
        self._microphone.show_levels(levels)


class DataPart(ChoicePart):
    """How much is sent, and has been.

    Args:
        chosen: Of the panel.
        prefix: As of `ChoicePart`.
    """

    def __init__(self, chosen: Chosen, prefix: str) -> None:
        super().__init__(chosen, prefix)
        saver = self.make_switch("data_saver", "Data saver", "data-saver", told=_SAVER_WORDS)
        self._used = Words("", look="label")
        self._used.setObjectName(self.name("used-data"))
        self._used.hide()
        self.setLayout(column(saver, Words(_SAVER_WORDS, look="small", wraps=True), self._used, gap=4))

    def show_state(self, state: AppState) -> None:
        """What is chosen, and what the call has used."""
        super().show_state(state)
        used = state.call.media.used_bytes if state.call and not state.prejoin else 0
        self._used.show_text(f"Used in this call: {bytes_words(used)}" if used else "")


def toggle(bridge: Bridge, choices: Choices, kind: DeviceKind) -> None:
    """Switches one's microphone or camera."""
    if kind == "microphone":
        bridge.do(Choose(choices=replace(choices, microphone_on=not choices.microphone_on), shown=choices))
    elif kind == "camera":
        bridge.do(Choose(choices=replace(choices, camera_on=not choices.camera_on), shown=choices))


class ToggleButton(IconButton):
    """The microphone's or the camera's button, showing its state."""

    def __init__(self, bridge: Bridge, kind: DeviceKind, name: str, *, look: str = "round") -> None:
        self._kind = kind
        self._choices = Choices()
        self._glyph_on = "mic" if kind == "microphone" else "video"
        super().__init__(self._glyph_on, kind.capitalize(), name, kind=look)
        self.clicked.connect(lambda: toggle(bridge, self._choices, kind))

    def show_choices(self, choices: Choices) -> None:
        """On or off."""
        self._choices = choices
        is_on = choices.microphone_on if self._kind == "microphone" else choices.camera_on
        key = "M" if self._kind == "microphone" else "V"
        self.show_off(not is_on, self._glyph_on if is_on else f"{self._glyph_on}-off")
        self.say(f"Turn the {self._kind} {'off' if is_on else 'on'} ({key})", state="On" if is_on else "Off")
