"""The microphone, with its level and what is done to the voice; the speaker, with a test sound."""

from __future__ import annotations

from app.media.types import Levels
from app.state.app_state import AppState
from app.ui.panels.choosing import ChoicePart, Chosen
from app.ui.panels.device_line import DeviceLine
from app.ui.text import Words
from app.ui.widgets.buttons import IconButton
from app.ui.widgets.cards import column
from app.ui.widgets.level_meter import LevelMeter

NOISE = (
    ("Standard: your voice stays as it is", "standard"),
    ("Strong: for a loud place where nobody else talks", "strong"),
    ("Off", "off"),
)


class MicrophonePart(ChoicePart):
    """Which microphone, how loud one is, and what is done to the voice before it leaves.

    Args:
        chosen: Of the panel.
        prefix: As of `ChoicePart`.
    """

    def __init__(self, chosen: Chosen, prefix: str) -> None:
        super().__init__(chosen, prefix)
        self._meter = LevelMeter()
        self._line = DeviceLine(chosen, prefix, "microphone", "mic", below=[self._meter])
        noise = self.make_list("noise", "Noise filter", "noise", NOISE)
        filtering = column(Words("Noise filter", look="label"), noise, gap=6)
        self.setLayout(column(self._line, filtering, gap=14))

    def show_state(self, state: AppState) -> None:
        """What is chosen, and what does not work."""
        super().show_state(state)
        self._line.show_state(state)

    def show_levels(self, levels: Levels) -> None:
        """One's own voice."""
        own = levels.get("")
        self._meter.show_level(own.level_db if own is not None and self.chosen.now.microphone_on else -100.0)


class SpeakerPart(ChoicePart):
    """Which speaker, and a sound to hear it by.

    Args:
        chosen: Of the panel.
        prefix: As of `ChoicePart`.
    """

    def __init__(self, chosen: Chosen, prefix: str) -> None:
        super().__init__(chosen, prefix)
        test = IconButton("play", "Play a test sound", self.name("test-sound"))
        test.clicked.connect(lambda: chosen.bridge.play_test_sound())
        self._line = DeviceLine(chosen, prefix, "speaker", "volume-2", beside=[test])
        self.setLayout(column(self._line, gap=14))

    def show_state(self, state: AppState) -> None:
        """What is chosen, and what does not work."""
        super().show_state(state)
        self._line.show_state(state)
