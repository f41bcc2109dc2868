"""How a feature asks the server: numbers the request and remembers it until it is answered."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from app.state.app_state import AppState, Notice
from app.state.effects import Effect, Send
from app.wire.fields import Ask, Tell

Step = tuple[AppState, tuple[Effect, ...]]

NO_CONNECTION = "There is no connection to the server. Please try again in a moment."
#: Their fields are secrets: the state keeps no copy while they are under way.
_UNKEPT = ("Resume", "SignIn", "SignUp", "SignInOwner")


def ask(state: AppState, message: Ask) -> Step:
    """Sends a message with a fresh number; the answer finds it again in `state.pending`."""
    number = state.next_request
    numbered = msgspec.structs.replace(message, request=number)
    kept = {} if type(message).__name__ in _UNKEPT else {number: numbered}
    return replace(state, next_request=number + 1, pending={**state.pending, **kept}), (Send(numbered),)


def ask_now(state: AppState, message: Ask) -> Step:
    """Asks what a click wants, or says why it cannot be asked."""
    return ask(state, message) if state.can_ask else (tell(state, NO_CONNECTION, is_bad=True), ())


def forget(state: AppState, *kinds: type[Ask]) -> AppState:
    """No answer to requests of these kinds is wanted any more."""
    return replace(state, pending={number: one for number, one in state.pending.items() if not isinstance(one, kinds)})


def answered(state: AppState, message: Tell) -> tuple[AppState, Ask | None]:
    """Takes the request that a message answers out of those under way."""
    asked = state.pending.get(message.re)
    if asked is None:
        return state, None
    left = {number: one for number, one in state.pending.items() if number != message.re}
    return replace(state, pending=left), asked


def tell(state: AppState, words: str, *, is_bad: bool = False) -> AppState:
    """Puts a line at the top of the window; the same words stand there once, and at most three lines."""
    if not words or any(notice.words == words for notice in state.notices):
        return state
    number = max((notice.number for notice in state.notices), default=0) + 1
    return replace(state, notices=(*state.notices, Notice(number, words, is_bad))[-3:])
