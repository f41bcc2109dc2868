"""The lobby: waiting as a guest, letting in as the host."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from app.state import call_intents
from app.state.app_state import AppState
from app.state.asking import ask_now
from app.state.effects import Effect, Notify, PlaySound
from app.state.prejoin import not_let_in
from app.state.tables import Step, Table
from app.wire import lobby as wire
from app.wire.errors import Refused

TABLE = Table()
TABLE.ignore(
    wire.GuestAdmitted,  # the welcome follows
    wire.KnockWithdrawn,  # one was gone from the page at the click
)


@TABLE.hears(wire.KnockHeard)
def knock_heard(state: AppState, message: wire.KnockHeard) -> Step:
    """One waits."""
    if state.prejoin is None or state.call_phase != "joining":
        return state, ()
    prejoin = replace(state.prejoin, title=message.title, is_recording=message.is_recording)
    return replace(state, call_phase="waiting", prejoin=prejoin), ()


@TABLE.hears(wire.GuestDenied)
def denied(state: AppState, message: wire.GuestDenied) -> Step:
    """The host did not let one in."""
    return not_let_in(state, message.words) if state.call_phase in ("waiting", "joining") else (state, ())


@TABLE.hears(wire.LobbyChanged)
def lobby_changed(state: AppState, message: wire.LobbyChanged) -> Step:
    """Who waits; a new knock is heard and shown."""
    if state.call is None or state.call.meeting.id != message.meeting:
        return state, ()
    known = {guest.id for guest in state.call.lobby.waiting}
    new = [guest for guest in message.waiting if guest.id not in known]
    call = replace(
        state.call, lobby=replace(state.call.lobby, waiting=message.waiting, taken=message.taken, seats=message.seats)
    )
    state = replace(state, call=call)
    effects: tuple[Effect, ...] = ()
    if new:
        effects = (PlaySound("knock"), Notify("Someone is waiting", f"{new[0].name} asks to join the meeting."))
    return state, effects


@TABLE.refused(wire.WithdrawKnock)
def withdraw_refused(state: AppState, asked: wire.WithdrawKnock, refused: Refused) -> Step:
    """Let in or denied meanwhile: one is not there either way."""
    return state, ()


@TABLE.on(call_intents.Admit)
def admit(state: AppState, event: call_intents.Admit) -> Step:
    """Let in; the panel changes when the server says so."""
    if state.call is None:
        return state, ()
    return ask_now(state, wire.AdmitGuest(meeting=state.call.meeting.id, guest=event.guest))


@TABLE.on(call_intents.Deny)
def deny(state: AppState, event: call_intents.Deny) -> Step:
    """Do not."""
    if state.call is None:
        return state, ()
    return ask_now(state, wire.DenyGuest(meeting=state.call.meeting.id, guest=event.guest))


@TABLE.on(call_intents.AdmitEveryone)
def admit_everyone(state: AppState, event: call_intents.AdmitEveryone) -> Step:
    """Let in who waits, as long as there are seats."""
    if state.call is None:
        return state, ()
    return ask_now(state, wire.AdmitAll(meeting=state.call.meeting.id))


def hears_knocks(state: AppState) -> bool:
    """Whether somebody waits for one's own answer."""
    return (
        state.is_host and state.call_phase in ("in", "reconnecting") and bool(state.call and state.call.lobby.waiting)
    )


def named(message: wire.Knock, installation: str) -> wire.Knock:
    """A knock with the name of this installation, which the state does not know."""
    return msgspec.structs.replace(message, installation=installation)
