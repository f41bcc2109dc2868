"""The microphone, with its level and what is done to the voice; the speaker, with a test sound."""

from __future__ import annotations

from app.media.types import Levels
from app.state.app_state import AppState
from app.state.call_intents import TryVoice
from app.state.slices.devices import Trial
from app.ui.panels.choosing import ChoicePart, Chosen
from app.ui.panels.device_line import DeviceLine
from app.ui.panels.key_field import KeyField
from app.ui.text import Words
from app.ui.widgets.buttons import IconButton
from app.ui.widgets.cards import column
from app.ui.widgets.fold import Fold
from app.ui.widgets.level_meter import LevelMeter

NOISE = (
    ("Standard: your voice stays as it is", "standard"),
    ("Strong: for a loud place where nobody else talks", "strong"),
    ("Off", "off"),
)
_TALK_WORDS = "In a call, one key lets you be heard while you hold it. It never mutes you, and rests while you type."
_TRIED: dict[Trial, str] = {
    "": "",
    "recording": "Say something. Five seconds are kept, on this computer alone, and then played to you.",
    "playing": "This is how the others would hear you.",
}


class MicrophonePart(ChoicePart):
    """Which microphone, how loud one is, and what is done to the voice before it leaves.

    Args:
        chosen: Of the panel.
        prefix: As of `ChoicePart`.
    """

    def __init__(self, chosen: Chosen, prefix: str) -> None:
        super().__init__(chosen, prefix)
        self._meter = LevelMeter()
        self._trial: Trial = ""
        self._try = IconButton("circle-dot", "", self.name("try-voice"))
        self._try.clicked.connect(lambda: chosen.bridge.do(TryVoice(is_on=not self._trial)))
        self._tried = Words("", look="small", wraps=True)
        self._tried.setObjectName(self.name("try-words"))
        self._tried.hide()
        below = [self._meter, self._tried]
        self._line = DeviceLine(chosen, prefix, "microphone", "mic", beside=[self._try], below=below)
        noise = self.make_list("noise", "Noise filter", "noise", NOISE)
        filtering = column(Words("Noise filter", look="label"), noise, gap=6)
        self._talk = KeyField("Hold to talk when muted", self.name("talk-key"))
        self._talk.chosen.connect(lambda key: chosen.change(push_to_talk=key))
        echo = self.make_switch("echo", "Take out the echo of your loudspeaker", "echo")
        levels = self.make_switch("levels", "Raise a quiet voice", "levels")
        more = column(echo, levels, self._talk, Words(_TALK_WORDS, look="small", wraps=True), gap=4)
        fold = Fold("Voice settings", self.name("microphone-more"), more)
        self.setLayout(column(self._line, column(filtering, fold, gap=4), gap=14))

    def show_state(self, state: AppState) -> None:
        """What is chosen, and what does not work."""
        super().show_state(state)
        self._line.show_state(state)
        self._talk.show_key(self.chosen.now.push_to_talk)
        self._trial = state.devices.trial
        self._try.setVisible(state.prejoin is not None)
        self._try.say("Stop" if self._trial else "Record your voice, and hear how you sound")
        self._try.show_off(False, "x" if self._trial else "circle-dot")
        self._tried.show_text(_TRIED[self._trial])

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
