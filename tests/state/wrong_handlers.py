"""Handlers of the wrong type, for mypy alone: it has to refuse each, else the ignore is unused and itself an error."""

from __future__ import annotations

from app.state import call_intents, intents
from app.state.app_state import AppState
from app.state.tables import Reply, Step, Table
from app.wire import chat, people, rooms
from app.wire.errors import Refused

TABLE = Table()


@TABLE.on(intents.MakeRoom)  # type: ignore[arg-type]
def of_another_event(state: AppState, event: call_intents.SayInChat) -> Step:
    """Takes another event than it is registered for."""
    return state, ()


@TABLE.hears(chat.ChatPosted)  # type: ignore[arg-type]
def of_another_message(state: AppState, message: rooms.MessagePosted) -> Step:
    """Takes another message."""
    return state, ()


@TABLE.answers(people.Welcome)  # type: ignore[arg-type]
def of_another_answer(state: AppState, message: people.PersonJoined, reply: Reply) -> Step:
    """Takes another answer."""
    return state, ()


@TABLE.refused(rooms.PostMessage)  # type: ignore[arg-type]
def of_another_request(state: AppState, asked: chat.PostChat, refused: Refused) -> Step:
    """Takes the refusal of another request."""
    return state, ()


@TABLE.on(intents.GoHome)  # type: ignore[arg-type]
def without_effects(state: AppState, event: intents.GoHome) -> AppState:
    """Gives no step."""
    return state
