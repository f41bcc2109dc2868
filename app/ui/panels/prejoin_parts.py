"""Parts of the page before a call: notice, recording switch, question of the seat."""

from __future__ import annotations

from app.state.app_state import AppState
from app.state.call_intents import AnswerMove, ChooseGestures, ChooseRecording, ReadNotice
from app.state.gestures import NEED_RECORDING, can_choose, needs_recording
from app.state.slices.prejoin import PreJoin
from app.ui.bridge import Bridge
from app.ui.panels.meeting_words import when_words
from app.ui.panels.model_notice import with_model
from app.ui.text import Words, clock_words, people_words, set_tip
from app.ui.widgets.buttons import Button, Switch, Tick
from app.ui.widgets.cards import Card, Glyph, column, row

#: Doors open so long before the planned start; the server decides, this is only said.
OPENS_EARLY_S = 600.0
_NO_AI = (
    "Transcript, summary, action items and highlights are made only while AI recording is on, and only the host can "
    "switch it on. It is off now, so nothing of this meeting is written down."
)

_AI = (
    "Recording and the AI recap are one: it starts when you join, and everyone is told before they do. Video, "
    "transcript, summary and action items go to the members of the room and are deleted after six months. "
    "While it is off, nothing is written down"
)
_NOTICE = (
    "If you join, your voice, your picture and what you share are recorded, and when you raise a hand, react or mark a "
    "moment. Your words can be read as captions in the meeting. The video, a transcript and an AI recap go to the "
    "members of the room, and are deleted after six months."
)
_GESTURES = (
    "An open palm raises the hand; thumb up, thumb down, victory and OK are reactions. Everyone’s hands are watched on "
    "their own computer only."
)


class RecordCard(Card):
    """The switches for AI recording and gestures for the host; for everyone else, why there is no AI without it."""

    def __init__(self, bridge: Bridge) -> None:
        self._switch = Switch("AI recording", "record-switch")
        self._switch.toggled.connect(lambda is_on: bridge.do(ChooseRecording(record=is_on)))
        self._gestures = Switch("Gestures", "gestures-switch")
        self._gestures.toggled.connect(lambda is_on: bridge.do(ChooseGestures(is_on=is_on)))
        self._words = Words("", look="small", wraps=True)
        self._words.setObjectName("record-words")
        self._no_ai = Words(_NO_AI, look="small", wraps=True)
        self._no_ai.setObjectName("no-ai-words")
        switches = row(self._switch, self._gestures, gap=28)
        switches.setStretch(0, 1)
        switches.setStretch(1, 1)
        super().__init__(
            column(switches, self._words, self._no_ai, gap=4, margins=(14, 10, 14, 12)),
            ground="raised", name="record-card",
        )  # fmt: skip

    def show_state(self, state: AppState) -> None:
        """What can be switched on, and why gestures cannot."""
        self._gestures.setEnabled(can_choose(state))
        off = ", and gestures do not work" if needs_recording(state) else ""
        self._words.setText(with_model(f"{_AI}{off}.", state))
        told = _GESTURES if self._gestures.isEnabled() else NEED_RECORDING
        self._gestures.setAccessibleDescription(told)
        set_tip(self._gestures, told)

    def show_prejoin(self, prejoin: PreJoin) -> None:
        """The switches, or the words; nothing while the meeting is recorded: the notice says it then."""
        for one in (self._switch, self._gestures, self._words):
            one.setVisible(prejoin.may_record)
        self._no_ai.setVisible(not prejoin.may_record)
        self._switch.show_checked(prejoin.record)
        self._gestures.show_checked(prejoin.gestures)
        self.setVisible(prejoin.may_record or not (prejoin.is_recording or prejoin.code))


class NoticeCard(Card):
    """The recording notice, which has to be ticked as read."""

    def __init__(self, bridge: Bridge) -> None:
        self._read = Tick("I have read this and agree to be recorded", "notice-read")
        self._read.toggled.connect(lambda is_on: bridge.do(ReadNotice(is_read=is_on)))
        self._words = Words(_NOTICE, wraps=True)
        self._words.setObjectName("notice-words")
        head = row(Glyph("circle-dot", ink="danger"), Words("This meeting is being recorded", look="strong"), None)
        super().__init__(
            column(head, self._words, self._read, gap=8, margins=(14, 12, 14, 10)),
            ground="alarm",
            name="recording-notice",
        )

    def show_prejoin(self, prejoin: PreJoin) -> None:
        """Only where something is recorded."""
        self._read.show_checked(prejoin.notice_read)
        self.setVisible(prejoin.is_recording)

    def show_state(self, state: AppState) -> None:
        """What this server writes recaps with."""
        self._words.setText(with_model(_NOTICE, state))


class MoveCard(Card):
    """One is in this meeting on another device already: move here, or stay there."""

    def __init__(self, bridge: Bridge) -> None:
        move = Button("Move here", "move-here", kind="primary")
        stay = Button("Stay there", "move-stay", kind="outline")
        move.clicked.connect(lambda: bridge.do(AnswerMove(moves=True)))
        stay.clicked.connect(lambda: bridge.do(AnswerMove(moves=False)))
        head = row(
            Glyph("monitor", ink="accent"), Words("You are in this meeting on another device", look="strong"), None
        )
        words = Words(
            "Move here, and the other device leaves the meeting. Your place in it stays the same.", wraps=True
        )
        super().__init__(
            column(head, words, row(None, stay, move), gap=8, margins=(14, 12, 14, 12)), ground="soft", name="move-card"
        )

    def show_prejoin(self, prejoin: PreJoin) -> None:
        """Only where it is asked."""
        self.setVisible(prejoin.asks_move)


def opens_words(at: float, now: float) -> str:
    """When the doors of a planned meeting open.

    Args:
        at: Its planned start, seconds since 1970.
        now: Seconds since 1970.
    """
    opens = when_words(at - OPENS_EARLY_S, now)
    return f"This meeting opens {opens}, ten minutes before its start at {clock_words(at)}."


def hint_words(prejoin: PreJoin) -> str:
    """Why Join cannot be pressed; empty where it can. A grey button alone leaves one guessing."""
    needs_name = bool(prejoin.code) and not prejoin.guest_name.strip()
    needs_yes = prejoin.is_recording and not prejoin.notice_read
    if prejoin.opens_at is not None:
        return "You can join when the meeting opens."
    if prejoin.asks_move:
        return "Choose above where you want to take part."
    if needs_name and needs_yes:
        return "Enter your name, and tick that you have read the notice about the recording."
    if needs_name:
        return "Enter your name first."
    return "Tick that you have read the notice about the recording." if needs_yes else ""


def can_join(prejoin: PreJoin) -> bool:
    """Whether Join can be pressed: what the hint asks for is all that it waits for."""
    return not hint_words(prejoin)


def who_words(prejoin: PreJoin) -> str:
    """Who is there, as far as one may know."""
    if prejoin.code:
        who = f"{prejoin.host} invites you" if prejoin.host else "You are invited"
        return f"{who}, and will be asked to let you in." if prejoin.host else f"{who}. The host will let you in."
    if prejoin.meeting is None or not prejoin.meeting.people:
        return "Nobody else is here yet."
    return f"{people_words(prejoin.meeting.people)} in the meeting."


def server_words(state: AppState, prejoin: PreJoin) -> str:
    """On which server the meeting is, where that is not plainly one's own."""
    if not state.connection.address or (state.connection.is_home and not prejoin.code):
        return ""
    address = state.connection.address
    return f"{prejoin.server} ({address})" if prejoin.server else f"At {address}"


def preview_words(state: AppState, prejoin: PreJoin) -> str:
    """In place of one's own picture."""
    told = dict(prejoin.device_words)
    if prejoin.asks_terms:
        return ""
    if "camera" in told:
        return told["camera"]
    return "" if state.devices.chosen.camera_on else "Your camera is off"
