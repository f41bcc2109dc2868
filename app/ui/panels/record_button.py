"""The host's switch for AI recording during a call: a button with words, and a question before it starts or stops."""

from __future__ import annotations

from PySide6.QtCore import QSize

from app.state.app_state import AppState
from app.state.call_intents import SwitchRecording
from app.ui.bridge import Bridge
from app.ui.panels.dialogs import Confirm
from app.ui.panels.model_notice import with_model
from app.ui.qt import override
from app.ui.text import set_tip
from app.ui.widgets.buttons import Button

START_WORDS = (
    "You are recorded from then on. Everyone else in the meeting is asked first and may leave; anyone who has not "
    "agreed is not recorded. After the meeting the members of the room get the video, a transcript and an AI recap; "
    "guests do not. All of it is deleted after six months."
)
STOP_WORDS = "The recap is made from what was recorded."


class RecordButton(Button):
    """“Record”, or “Recording” while it does: with words and corners, so that it is none of the round device buttons.

    Args:
        bridge: Takes the intent.
    """

    def __init__(self, bridge: Bridge) -> None:
        super().__init__("Record", "toggle-recording", kind="record", glyph="circle-dot")
        self._bridge = bridge
        self._state = AppState()
        self._question: Confirm | None = None
        self._is_short = False
        self.clicked.connect(self._ask)
        self._show()

    @property
    def _is_on(self) -> bool:
        return bool(self._state.call and self._state.call.recording.since is not None)

    def show_state(self, state: AppState) -> None:
        """Whether one may switch it, and what it does now; a question whose reason is gone goes, too."""
        was_on, self._state = self._is_on, state
        may_ask = state.is_host and state.call_phase == "in"
        if not may_ask or was_on != self._is_on:
            self.drop_question()
        self.setVisible(state.is_host)
        self.setEnabled(may_ask)
        self._show()

    def shorten(self, is_short: bool) -> None:
        """Fewer letters where there is little room."""
        if is_short != self._is_short:
            self._is_short = is_short
            self._show()

    def press(self) -> None:
        """What a click does, where one may click it."""
        if self.isVisible() and self.isEnabled():
            self._ask()

    def _show(self) -> None:
        words = "Recording" if self._is_on else "Record"
        self.say("Rec" if self._is_short else words)
        self.show_kind("recording" if self._is_on else "record")
        # The words that are seen stand in the name, so that it can be called by them.
        does = "Stop AI recording" if self._is_on else "Start AI recording"
        self.setAccessibleName(does)
        self.setAccessibleDescription("On" if self._is_on else "Off")
        set_tip(self, does if self._is_on else f"{does} (records and makes the recap)")

    @override
    def sizeHint(self) -> QSize:
        """As wide as the longer word, so that nothing beside it moves when a recording begins."""
        hint, letters = super().sizeHint(), self.fontMetrics()
        return (
            hint
            if self._is_short
            else QSize(
                hint.width() + letters.horizontalAdvance("Recording") - letters.horizontalAdvance(self.text()),
                hint.height(),
            )
        )

    @override
    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def _ask(self) -> None:
        if self._question is not None:
            return
        if self._is_on:
            self._question = Confirm(
                self.window(), "Stop AI recording?", STOP_WORDS, name="stop-recording",
                answers=("Stop", "Keep recording"),
            )  # fmt: skip
        else:
            self._question = Confirm(
                self.window(), "Start AI recording?", with_model(START_WORDS, self._state), name="start-recording",
                answers=("Start recording", "Cancel"), is_harmful=False,
            )  # fmt: skip
        wanted = not self._is_on
        self._question.answered.connect(lambda is_yes: self._answered(is_yes, wanted))

    def _answered(self, is_yes: bool, wanted: bool) -> None:
        self._question = None
        if is_yes:
            self._bridge.do(SwitchRecording(is_on=wanted))

    def drop_question(self) -> None:
        """Nothing is asked any more; that is a no."""
        if self._question is not None:
            self._question.close_dialog()
