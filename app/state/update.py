"""`update(state, event)`: the one function that changes the state. The phase table comes first."""

from __future__ import annotations

from app.state import (
    account_dialog,
    accounts,
    captions,
    chat,
    closing,
    devices,
    events,
    gestures,
    hands,
    host,
    links,
    lobby,
    messages,
    news,
    people,
    pinning,
    pip,
    pointing,
    prejoin,
    privacy,
    quality,
    reach,
    reactions,
    recap,
    recording,
    rooms,
    schedule,
    sharing,
    signing_in,
    so_far,
    speech,
    toasts,
    volumes,
    way,
)
from app.state.app_state import AppState, CallPhase
from app.state.asking import answered
from app.state.effects import RepeatKnock
from app.state.tables import Reply, Step, Table
from app.wire.errors import Refused
from app.wire.fields import Ask

#: What may follow what in a call.
PHASES: dict[CallPhase, frozenset[CallPhase]] = {
    "none": frozenset({"prejoin"}),
    "prejoin": frozenset({"joining", "none"}),
    "joining": frozenset({"in", "waiting", "prejoin", "ended", "none"}),
    "waiting": frozenset({"in", "prejoin", "none"}),
    "in": frozenset({"reconnecting", "ended", "none"}),
    "reconnecting": frozenset({"in", "prejoin", "ended", "none"}),
    "ended": frozenset({"joining", "prejoin", "none"}),
}

#: The features.
TABLE = Table.joined(
    one.TABLE
    for one in (
        account_dialog,
        accounts,
        captions,
        chat,
        closing,
        devices,
        gestures,
        hands,
        host,
        links,
        lobby,
        messages,
        news,
        people,
        pinning,
        pip,
        pointing,
        prejoin,
        privacy,
        quality,
        reach,
        reactions,
        recap,
        recording,
        rooms,
        schedule,
        sharing,
        signing_in,
        so_far,
        speech,
        toasts,
        volumes,
        way,
    )
)


class IllegalPhase(RuntimeError):
    """An event would have moved the call against `PHASES`; nothing was changed."""


def update(state: AppState, event: events.Event) -> Step:
    """The next state, and what is to be done about it.

    Raises:
        IllegalPhase: a fault of ours; the caller keeps the old state.
    """
    if isinstance(event, events.Heard):
        after, effects = _heard(state, event)
    else:
        handler = TABLE.events.get(type(event))
        if handler is None:
            return state, ()
        after, effects = handler(state, event)
    for follow_up in (
        links.take_up,
        rooms.read_shown,
        chat.read_shown,
        news.see_what_is_open,
        so_far.look,
        devices.fall_silent,
    ):
        after, more = follow_up(after)
        effects = (*effects, *more)
    after = speech.ask_once(state, after)
    after = pip.settle(state, toasts.clear_past(after))
    if lobby.hears_knocks(after) != lobby.hears_knocks(state):
        effects = (*effects, RepeatKnock(lobby.hears_knocks(after)))
    effects = (*effects, *sharing.effects_between(state, after), *gestures.effects_between(state, after))
    if after.call_phase != state.call_phase and after.call_phase not in PHASES[state.call_phase]:
        raise IllegalPhase(f"{state.call_phase} -> {after.call_phase} by {type(event).__name__}")
    return after, effects


def _heard(state: AppState, event: events.Heard) -> Step:
    message = event.message
    state, asked = answered(state, message)
    if isinstance(message, Refused):
        return _refused(state, message, asked)
    if state.me is None and type(message) in TABLE.for_members:
        # On its way when one signed out: nothing of the account comes back into memory.
        return state, ()
    handler = TABLE.told.get(type(message))
    return handler(state, message, Reply(asked, event.at)) if handler else (state, ())


def _refused(state: AppState, message: Refused, asked: Ask | None) -> Step:
    """A refusal is shown where its request was made."""
    if asked is None:
        return accounts.sign_in_refused(state, message)
    shown = TABLE.refusals.get(type(asked))
    return shown(state, asked, message) if shown else (toasts.complain(state, asked, message.words), ())
