"""The host's rights in a call: mute, stop a share, remove, lock, a new link."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from app.state import call_intents
from app.state.app_state import AppState
from app.state.asking import ask_now
from app.state.tables import Step, Table
from app.state.toasts import CALL, toast
from app.wire import people, sharing

TABLE = Table()

RENEWED = "The meeting has a new link. The old one does not work any more."


@TABLE.on(call_intents.MuteOther)
def mute_other(state: AppState, event: call_intents.MuteOther) -> Step:
    """Someone's microphone goes off, when the server says so."""
    meeting = _as_host(state)
    return ask_now(state, people.MutePerson(meeting=meeting, person=event.person)) if meeting else (state, ())


def _as_host(state: AppState) -> str:
    """The meeting whose host one is; empty: none."""
    return state.call.meeting.id if state.call and state.is_host and state.is_seated else ""


@TABLE.on(call_intents.StopOthersShare)
def stop_share(state: AppState, event: call_intents.StopOthersShare) -> Step:
    """Someone's share ends."""
    meeting = _as_host(state)
    return ask_now(state, sharing.StopShareOf(meeting=meeting, person=event.person)) if meeting else (state, ())


@TABLE.on(call_intents.RemoveOther)
def remove_other(state: AppState, event: call_intents.RemoveOther) -> Step:
    """Someone is taken out, for this meeting for good."""
    meeting = _as_host(state)
    return ask_now(state, people.RemovePerson(meeting=meeting, person=event.person)) if meeting else (state, ())


@TABLE.on(call_intents.Lock)
def lock(state: AppState, event: call_intents.Lock) -> Step:
    """The meeting was locked, or opened again."""
    meeting = _as_host(state)
    return ask_now(state, people.LockMeeting(meeting=meeting, is_locked=event.is_locked)) if meeting else (state, ())


@TABLE.hears(people.MeetingLocked)
def locked(state: AppState, message: people.MeetingLocked) -> Step:
    """Shown to everyone."""
    if state.call is None or state.call.meeting.id != message.meeting:
        return state, ()
    return replace(state, call=replace(state.call, is_locked=message.is_locked)), ()


@TABLE.on(call_intents.MakeNewLink)
def make_new_link(state: AppState, event: call_intents.MakeNewLink) -> Step:
    """The old link dies."""
    meeting = _as_host(state)
    return ask_now(state, people.RenewLink(meeting=meeting)) if meeting else (state, ())


@TABLE.hears(people.LinkRenewed)
def link_renewed(state: AppState, message: people.LinkRenewed) -> Step:
    """What is copied from now on is the new one."""
    call = state.call
    if call is None or call.meeting.id != message.meeting:
        return state, ()
    state = replace(state, call=replace(call, meeting=msgspec.structs.replace(call.meeting, link=message.link)))
    return (toast(state, RENEWED, about=CALL) if state.is_host else state), ()
