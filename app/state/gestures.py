"""Gestures: the host's switch, when one's own hands are watched, and what a gesture does.

What a hand shows is seen in `app/media/hands.py`; only its name comes here.
"""

from __future__ import annotations

from dataclasses import replace

from app.state import call_intents, events, hands, reactions
from app.state.app_state import AppState
from app.state.asking import ask_now
from app.state.effects import Effect, WatchHands
from app.state.slices.gestures import Gestures
from app.state.tables import Step, Table
from app.state.toasts import CALL, toast
from app.wire import gestures as wire

TABLE = Table()

NEED_RECORDING = "Gestures work only while AI recording is on."
ON = (
    "Gestures are on: an open palm raises your hand; thumb up, thumb down, victory and OK are reactions. "
    "Your hands are watched on this computer only, and under Devices you can switch that off."
)
OFF = "The host switched gestures off."


def needs_recording(state: AppState) -> bool:
    """Whether gestures work only while AI recording is on, at this server."""
    return state.connection.gestures_need_recording


def why_not(state: AppState) -> str:
    """Why gestures cannot be switched on in the call now, in words; empty: they can."""
    is_recorded = state.call is not None and state.call.recording.since is not None
    return NEED_RECORDING if needs_recording(state) and not is_recorded else ""


def can_choose(state: AppState) -> bool:
    """Whether gestures can be switched on with the join: together with AI recording, where they need it."""
    prejoin = state.prejoin
    return prejoin is not None and prejoin.may_record and (prejoin.record or not needs_recording(state))


def is_watched(state: AppState) -> bool:
    """Whether one's own hands are watched now: while everyone and oneself want it, and the camera is on."""
    call, chosen = state.call, state.devices.chosen
    is_in = call is not None and state.call_phase in ("in", "reconnecting")
    return is_in and call is not None and call.gestures.is_on and chosen.gestures and chosen.camera_on


def effects_between(before: AppState, after: AppState) -> tuple[Effect, ...]:
    """Begins to watch, or stops."""
    now = is_watched(after)
    return (WatchHands(now),) if now != is_watched(before) else ()


def _show(state: AppState, gestures: Gestures) -> AppState:
    return replace(state, call=replace(state.call, gestures=gestures)) if state.call else state


def tell(state: AppState) -> AppState:
    """Says what gestures do, to who can use them."""
    return toast(state, ON, about=CALL) if is_watched(state) else state


@TABLE.on(call_intents.ChooseGestures)
def choose(state: AppState, event: call_intents.ChooseGestures) -> Step:
    """The switch of the page before the call; the server checks who may."""
    if state.prejoin is None or not state.prejoin.may_record:
        return state, ()
    return replace(state, prejoin=replace(state.prejoin, gestures=event.is_on and can_choose(state))), ()


@TABLE.on(call_intents.SwitchGestures)
def switch(state: AppState, event: call_intents.SwitchGestures) -> Step:
    """The host's switch; what is shown changes when the server says so."""
    if state.call is None or not state.is_host or not state.is_seated:
        return state, ()
    words = why_not(state) if event.is_on else ""
    if words:
        return toast(state, f"{words} It is off now.", about=CALL), ()
    return ask_now(state, wire.SwitchGestures(meeting=state.call.meeting.id, is_on=event.is_on))


@TABLE.hears(wire.GesturesSwitched)
def switched(state: AppState, message: wire.GesturesSwitched) -> Step:
    """On or off for everyone; told where that is news."""
    call = state.call
    if call is None or call.meeting.id != message.meeting:
        return state, ()
    was_on = call.gestures.is_on
    state = _show(state, replace(call.gestures, is_on=message.is_on))
    if message.is_on:
        return (state if was_on else tell(state)), ()
    words = message.words or ("" if state.is_host or not was_on else OFF)
    return (toast(state, words, about=CALL) if words else state), ()


@TABLE.on(events.Gestured)
def gestured(state: AppState, event: events.Gestured) -> Step:
    """One's own hand has shown something for long enough: as if it had been clicked."""
    call = state.call
    if call is None or not state.is_seated or not state.can_ask or not is_watched(state):
        return state, ()
    if event.gesture != "hand":
        return reactions.react(state, call_intents.React(reaction=event.gesture))
    if hands.is_up(state):
        return state, ()
    state, raising = hands.raise_hand(state, call_intents.RaiseHand())
    return _show(state, Gestures(is_on=True, has_raised=True)), raising


@TABLE.on(events.PalmGone)
def palm_gone(state: AppState, event: events.PalmGone) -> Step:
    """A hand that a palm has raised goes down with it."""
    call = state.call
    if call is None or not call.gestures.has_raised:
        return state, ()
    if not (state.is_seated and state.can_ask):
        return _show(state, replace(call.gestures, is_palm_gone=True)), ()
    return hands.lower_hand(_show(state, Gestures(call.gestures.is_on)), call_intents.LowerHand())


def seated_again(state: AppState) -> Step:
    """One's seat is taken again: a palm that went meanwhile takes the hand with it now."""
    is_gone = state.call is not None and state.call.gestures.is_palm_gone
    return palm_gone(state, events.PalmGone()) if is_gone else (state, ())
