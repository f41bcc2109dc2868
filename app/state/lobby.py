"""The lobby: waiting as a guest, letting in as the host."""

from __future__ import annotations

from dataclasses import replace

from app.state import events
from app.state.app_state import AppState
from app.state.asking import Step, ask_now
from app.state.effects import Effect, Notify, PlaySound
from app.state.prejoin import not_let_in
from app.wire import lobby as wire


def knock_heard(state: AppState, message: wire.KnockHeard) -> Step:
    """One waits."""
    if state.prejoin is None or state.call_phase != "joining":
        return state, ()
    prejoin = replace(state.prejoin, title=message.title, is_recording=message.is_recording)
    return replace(state, call_phase="waiting", prejoin=prejoin), ()


def denied(state: AppState, message: wire.GuestDenied) -> Step:
    """The host did not let one in."""
    return not_let_in(state, message.words) if state.call_phase in ("waiting", "joining") else (state, ())


def lobby_changed(state: AppState, message: wire.LobbyChanged) -> Step:
    """Who waits; a new knock is heard and shown."""
    if state.call is None or state.call.meeting.id != message.meeting:
        return state, ()
    known = {guest.id for guest in state.call.waiting}
    new = [guest for guest in message.waiting if guest.id not in known]
    state = replace(state, call=replace(state.call, waiting=message.waiting))
    effects: tuple[Effect, ...] = ()
    if new:
        effects = (PlaySound("knock"), Notify("Someone is waiting", f"{new[0].name} asks to join the meeting."))
    return state, effects


def admit(state: AppState, event: events.Admit) -> Step:
    """Let in; the panel changes when the server says so."""
    if state.call is None:
        return state, ()
    return ask_now(state, wire.AdmitGuest(meeting=state.call.meeting.id, guest=event.guest))


def deny(state: AppState, event: events.Deny) -> Step:
    """Do not."""
    if state.call is None:
        return state, ()
    return ask_now(state, wire.DenyGuest(meeting=state.call.meeting.id, guest=event.guest))
