"""AI recording: one switch, told to everyone at once, and each person's choice to stay."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from app.state import call_intents
from app.state.app_state import AppState
from app.state.asking import ask, ask_now
from app.state.people import leave
from app.state.slices.call import Call
from app.state.so_far import forgotten
from app.state.tables import Step, Table
from app.state.toasts import CALL, toast
from app.wire import recording as wire

TABLE = Table()
#: To the host, who switched it off.
STOPPED_BY_YOU = "AI recording is off. The recap is made from what was recorded."


@TABLE.on(call_intents.SwitchRecording)
def switch(state: AppState, event: call_intents.SwitchRecording) -> Step:
    """The host's switch; what is shown changes when the server says so."""
    if state.call is None or state.call_phase != "in":
        return state, ()
    meeting = state.call.meeting.id
    return ask_now(state, wire.StartRecording(meeting=meeting) if event.is_on else wire.StopRecording(meeting=meeting))


@TABLE.hears(wire.RecordingStarted)
def started(state: AppState, message: wire.RecordingStarted) -> Step:
    """Recorded from now on: who has not consented yet is asked, in the call and in the lobby."""
    if state.call and state.call.meeting.id == message.meeting and state.call_phase in ("in", "reconnecting"):
        call = replace(
            state.call,
            recording=replace(state.call.recording, since=message.at, asks_consent=message.by != state.call.you),
        )
        return replace(state, call=_with_consent_of(call, message.by)), ()
    if state.prejoin and state.call_phase in ("prejoin", "waiting", "joining"):
        return replace(state, prejoin=replace(state.prejoin, is_recording=True)), ()
    return state, ()


def _with_consent_of(call: Call, by: str) -> Call:
    """A consent counts for one recording only: each that begins or ends takes all back but that of who began it."""
    people = tuple(msgspec.structs.replace(person, consents=person.id == by) for person in call.people)
    return replace(call, people=people)


def share_words(call: Call) -> str:
    """Whether one's own share is being recorded, for who shares; empty while the meeting is not recorded."""
    if call.recording.since is None:
        return ""
    is_recorded = call.own is not None and call.own.consents
    return "Your share is being recorded" if is_recorded else "Your share is not being recorded"


@TABLE.hears(wire.RecordingStopped)
def stopped(state: AppState, message: wire.RecordingStopped) -> Step:
    """No longer recorded; why is said unless the host simply switched it off."""
    if state.call is None or state.call.meeting.id != message.meeting:
        return state, ()
    call = _with_consent_of(
        replace(forgotten(state.call), recording=replace(state.call.recording, since=None, asks_consent=False)), ""
    )
    state = replace(state, call=call)
    if message.reason == "ended":
        return state, ()
    words = STOPPED_BY_YOU if message.reason == "host" and state.is_host else message.words
    return toast(state, words, is_bad=message.reason != "host", about=CALL), ()


@TABLE.on(call_intents.AnswerConsent)
def answer(state: AppState, event: call_intents.AnswerConsent) -> Step:
    """Stay and be recorded, or leave."""
    if state.call is None or not state.call.recording.asks_consent:
        return state, ()
    if not event.stays:
        return leave(state, call_intents.Leave())
    state = (
        replace(state, call=replace(state.call, recording=replace(state.call.recording, asks_consent=False)))
        if state.call
        else state
    )
    notice = state.connection.notice_version
    return ask(state, wire.AcceptRecording(meeting=state.call.meeting.id, notice_version=notice))  # type: ignore[union-attr]
