"""Raised hands: one's own, what the host hears of others', and their order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import msgspec

from app.state import call_intents
from app.state.app_state import AppState
from app.state.asking import ask_now, is_asking
from app.state.effects import PlaySound
from app.state.slices.call import Call
from app.state.slices.gestures import Gestures
from app.state.tables import Step, Table
from app.state.toasts import CALL, toast, withdraw
from app.wire import hands as wire
from app.wire.people import Person
from app.wire.text import one_line

TABLE = Table()


def raised(people: Iterable[Person]) -> tuple[Person, ...]:
    """Those whose hand is up, who raised it first at the head."""
    return tuple(sorted((one for one in people if one.raised_at), key=lambda one: (one.raised_at, one.id)))


def is_up(state: AppState) -> bool:
    """Whether one's own hand is up."""
    own = state.call.own if state.call else None
    return own is not None and bool(own.raised_at)


@TABLE.on(call_intents.RaiseHand)
def raise_hand(state: AppState, event: call_intents.RaiseHand) -> Step:
    """Up, when the server says so; it stays up where it is already."""
    if state.call is None or not state.is_seated or is_up(state):
        return state, ()
    return ask_now(_by_hand(state, state.call), wire.RaiseHand(meeting=state.call.meeting.id))


@TABLE.on(call_intents.LowerHand)
def lower_hand(state: AppState, event: call_intents.LowerHand) -> Step:
    """Down, when the server says so; also one of which the server has not said yet that it is up."""
    if state.call is None or not state.is_seated or not (is_up(state) or is_asking(state, wire.RaiseHand)):
        return state, ()
    return ask_now(_by_hand(state, state.call), wire.LowerHand(meeting=state.call.meeting.id))


def _by_hand(state: AppState, call: Call) -> AppState:
    """No gesture has to do with it any more: what was clicked is not undone by a palm that goes."""
    return replace(state, call=replace(call, gestures=Gestures(call.gestures.is_on)))


@TABLE.on(call_intents.LowerOthersHand)
def lower_others_hand(state: AppState, event: call_intents.LowerOthersHand) -> Step:
    """The host lowers one."""
    if state.call is None or not state.is_seated or not state.is_host:
        return state, ()
    return ask_now(state, wire.LowerHandOf(meeting=state.call.meeting.id, person=event.person))


@TABLE.on(call_intents.LowerAllHands)
def lower_all_hands(state: AppState, event: call_intents.LowerAllHands) -> Step:
    """The host lowers all."""
    if state.call is None or not state.is_seated or not state.is_host:
        return state, ()
    return ask_now(state, wire.LowerAllHands(meeting=state.call.meeting.id))


@TABLE.hears(wire.HandsLowered)
def hands_lowered(state: AppState, message: wire.HandsLowered) -> Step:
    """The host has lowered all."""
    call = state.call
    if call is None or call.meeting.id != message.meeting:
        return state, ()
    for one in raised(call.people):
        state = withdraw(state, _of(one.id))
    people = tuple(msgspec.structs.replace(one, raised_at=0.0) for one in call.people)
    return replace(state, call=replace(call, people=people)), ()


def noticed(state: AppState, before: Person, now: Person) -> Step:
    """What someone's hand means to oneself: the host hears of each that goes up, once."""
    if before.raised_at == now.raised_at:
        return state, ()
    state = withdraw(state, _of(now.id))
    if not now.raised_at or not state.is_host or (state.call and state.call.you == now.id):
        return state, ()
    words = f"{one_line(now.name)} raised their hand."
    return toast(state, words, about=(CALL, _of(now.id))), (PlaySound("hand"),)


def put_down(state: AppState, person: str) -> AppState:
    """Without what was said of the hand of somebody who has left."""
    return withdraw(state, _of(person))


def _of(person: str) -> str:
    """Subject of a notice: the hand of a person, while it is up."""
    return f"hand:{person}"
