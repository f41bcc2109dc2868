"""Reactions: sent, and shown for a moment when the server tells of them, one's own as well."""

from __future__ import annotations

from dataclasses import replace

from app.state import call_intents
from app.state.app_state import AppState
from app.state.asking import ask
from app.state.slices.reactions import Shown
from app.state.tables import Reply, Step, Table
from app.wire import reactions as wire
from app.wire.errors import Refused

TABLE = Table()

#: More than ten people may send while a state waits to be drawn.
KEPT = 30


@TABLE.on(call_intents.React)
def react(state: AppState, event: call_intents.React) -> Step:
    """A reaction is worth nothing later: without a connection it is not sent."""
    if state.call is None or not state.is_seated or not state.can_ask:
        return state, ()
    return ask(state, wire.React(meeting=state.call.meeting.id, reaction=event.reaction))


@TABLE.refused(wire.React)
def not_shown(state: AppState, asked: wire.React, refused: Refused) -> Step:
    """Too many at once: those before it are on show, so there is nothing to say."""
    return state, ()


@TABLE.answers(wire.Reacted)
def reacted(state: AppState, message: wire.Reacted, reply: Reply) -> Step:
    """Someone's, or one's own, in the call that one is in."""
    call = state.call
    if call is None or call.meeting.id != message.meeting or state.call_phase != "in":
        return state, ()
    before = call.reactions
    new = Shown(before.next_number, message.person, message.reaction, reply.at)
    after = replace(before, shown=(*before.shown, new)[-KEPT:], next_number=before.next_number + 1)
    return replace(state, call=replace(call, reactions=after)), ()
