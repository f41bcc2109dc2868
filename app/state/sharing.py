"""Sharing one's own screen: chosen in a dialog, told to the others, ended by oneself, the host, or by itself."""

from __future__ import annotations

from dataclasses import replace

from app.state import call_intents, events
from app.state.app_state import AppState
from app.state.asking import ask, ask_now
from app.state.effects import Effect, FollowShare, ShowSources
from app.state.slices.sharing import OwnShare, Picker, Sharing
from app.state.tables import Step, Table
from app.state.toasts import CALL, toast
from app.wire import people
from app.wire import sharing as wire
from app.wire.errors import Refused

TABLE = Table()

SHARE_STOPPED = "The host stopped your screen share."


@TABLE.on(call_intents.OpenSharePicker)
def open_picker(state: AppState, event: call_intents.OpenSharePicker) -> Step:
    """Begins to list what can be shared; who shares already chooses something else in its place."""
    if state.call is None or not state.is_seated or state.call.sharing.picker is not None:
        # The second click of two, too: what has been listed is not told again.
        return state, ()
    return _with(state, picker=Picker()), ()


@TABLE.on(call_intents.ClosePicker)
def close_picker(state: AppState, event: call_intents.ClosePicker) -> Step:
    """Nothing was chosen."""
    return _with(state, picker=None), ()


@TABLE.on(events.SourcesListed)
def listed(state: AppState, event: events.SourcesListed) -> Step:
    """What can be shared. Where the system has a picker of its own there is nothing to choose before it."""
    if state.call is None or state.call.sharing.picker is None:
        return state, ()
    if len(event.sources) == 1 and event.sources[0].kind == "system":
        return start(state, call_intents.StartShare(source=event.sources[0], mode=state.call.sharing.mode))
    return _with(state, picker=Picker(event.sources, event.words, event.shows_own_windows)), ()


@TABLE.on(call_intents.StartShare)
def start(state: AppState, event: call_intents.StartShare) -> Step:
    """Opens it; the others are told with its first picture. A share that is on goes over into it."""
    if state.call is None or not state.is_seated:
        return _with(state, picker=None), ()
    sharing = state.call.sharing
    was_on = sharing.own is not None and sharing.own.is_on
    own = OwnShare(sharing.count + 1, event.source, event.mode, is_on=was_on)
    return _with(state, own=own, picker=None, count=own.number, mode=event.mode), ()


@TABLE.on(events.ShareBegan)
def began(state: AppState, event: events.ShareBegan) -> Step:
    """Its first picture is there."""
    own = _own(state, event.number)
    if own is None or own.is_on or state.call is None:
        return state, ()
    state = _with(state, own=replace(own, is_on=True))
    return _tell(state) if state.is_seated else (state, ())


@TABLE.on(events.ShareMoved)
def moved(state: AppState, event: events.ShareMoved) -> Step:
    """Where it lies, how it is sent, and whether there is anything to be seen."""
    own = _own(state, event.number)
    if own is None:
        return state, ()
    return _with(state, own=replace(own, place=event.place, is_paused=event.is_paused, sent_as=event.sent_as)), ()


@TABLE.on(events.ShareEnded)
def ended(state: AppState, event: events.ShareEnded) -> Step:
    """It ended by itself, or could not begin: said in words, and the call goes on."""
    own = _own(state, event.number)
    if own is None:
        return state, ()
    state, effects = _stop(state)
    return toast(state, event.words, is_bad=True, about=CALL) if event.words else state, effects


@TABLE.on(call_intents.StopOwnShare)
def stop(state: AppState, event: call_intents.StopOwnShare) -> Step:
    """Nothing of it goes out from this moment on."""
    return _stop(state)


def _stop(state: AppState) -> Step:
    if state.call is None or state.call.sharing.own is None:
        return state, ()
    was_on = state.call.sharing.own.is_on
    state = _with(state, own=None)
    if not was_on or state.call is None or not state.is_seated:
        return state, ()
    return ask(state, wire.StopSharing(meeting=state.call.meeting.id))


@TABLE.on(call_intents.SetShareMode)
def set_mode(state: AppState, event: call_intents.SetShareMode) -> Step:
    """Sharp, smooth, or as what moves demands; counts for the next share as well."""
    if state.call is None:
        return state, ()
    own = state.call.sharing.own
    return _with(state, own=replace(own, mode=event.mode) if own else None, mode=event.mode), ()


@TABLE.refused(wire.StartSharing)
def not_started(state: AppState, asked: wire.StartSharing, refused: Refused) -> Step:
    """The server does not take it."""
    return toast(_with(state, own=None), refused.words, is_bad=True, about=CALL), ()


@TABLE.refused(wire.StopSharing)
def not_stopped(state: AppState, asked: wire.StopSharing, refused: Refused) -> Step:
    """Gone already, with the seat."""
    return state, ()


def by_host(state: AppState, before: people.Person, now: people.Person) -> AppState:
    """Ends one's own share when the host has ended it.

    Args:
        state: what is true; `now` is oneself.
        before: oneself until now.
        now: as the server says, without having been asked.
    """
    if not before.sharing or now.sharing:
        return state
    return toast(_with(state, own=None), SHARE_STOPPED, about=CALL)


def seated_again(state: AppState) -> Step:
    """After a new seat, or the old one again: the server takes nobody for sharing whose connection was lost."""
    own = state.call.sharing.own if state.call else None
    return _tell(state) if own is not None and own.is_on else (state, ())


def _tell(state: AppState) -> Step:
    return ask_now(state, wire.StartSharing(meeting=state.call.meeting.id)) if state.call else (state, ())


def effects_between(before: AppState, after: AppState) -> tuple[Effect, ...]:
    """What has to be captured and listed from now on, whatever has changed it: a share ends with its call, too."""
    effects: tuple[Effect, ...] = ()
    if _shows_sources(before) != _shows_sources(after):
        effects = (*effects, ShowSources(_shows_sources(after)))
    wish = _wish(after)
    if _wish(before) != wish:
        effects = (*effects, FollowShare(wish))
    return effects


def _sharing(state: AppState) -> Sharing:
    is_in = state.call is not None and state.call_phase in ("in", "reconnecting")
    return state.call.sharing if is_in and state.call else Sharing()


def _shows_sources(state: AppState) -> bool:
    return _sharing(state).picker is not None


def _wish(state: AppState) -> OwnShare | None:
    """What is to be captured, without what is only told about it."""
    own = _sharing(state).own
    return OwnShare(own.number, own.source, own.mode, is_on=own.is_on) if own else None


def _own(state: AppState, number: int) -> OwnShare | None:
    own = state.call.sharing.own if state.call else None
    return own if own is not None and own.number == number else None


def _with(state: AppState, **changes: object) -> AppState:
    if state.call is None:
        return state
    sharing = replace(state.call.sharing, **changes)  # type: ignore[arg-type]
    return replace(state, call=replace(state.call, sharing=sharing))
