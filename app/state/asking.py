"""How a feature asks the server: numbers the request and remembers it until it is answered."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

import msgspec

from app.state.app_state import AppState
from app.state.effects import Send, SendKnock
from app.state.tables import Step
from app.state.toasts import CONNECTION, asked_again, toast
from app.wire.fields import Ask, Tell
from app.wire.lobby import Knock

Asked = TypeVar("Asked", bound=Ask)

NO_CONNECTION = "There is no connection to the server. Please try again in a moment."
#: Their fields are secrets: the state keeps no copy while they are under way.
_UNKEPT = ("Resume", "SignIn", "SignUp", "SignInOwner")
#: Secret fields of those that have to be known again by a refusal; the kept copy holds a dash in their place.
_SECRETS = {"ChangePassword": ("old", "new"), "ResetPassword": ("code", "password")}


def ask(state: AppState, message: Ask) -> Step:
    """Sends a message with a fresh number; the answer finds it again in `state.requests.pending`."""
    state, numbered = _kept(state, message)
    return state, (Send(numbered),)


def knock(state: AppState, message: Knock) -> Step:
    """As `ask`, but the conductor adds the name of this installation."""
    state, numbered = _kept(state, message)
    return state, (SendKnock(numbered),)


def _kept(state: AppState, message: Asked) -> tuple[AppState, Asked]:
    state = asked_again(state, type(message))
    number, kind = state.requests.next_number, type(message).__name__
    numbered = msgspec.structs.replace(message, request=number)
    hidden = msgspec.structs.replace(numbered, **dict.fromkeys(_SECRETS.get(kind, ()), "-"))
    kept = {} if kind in _UNKEPT else {number: hidden}
    return replace(
        state, requests=replace(state.requests, next_number=number + 1, pending={**state.requests.pending, **kept})
    ), numbered


def ask_now(state: AppState, message: Ask) -> Step:
    """Asks what a click wants, or says why it cannot be asked."""
    return ask(state, message) if state.can_ask else (toast(state, NO_CONNECTION, is_bad=True, about=CONNECTION), ())


def is_asking(state: AppState, kind: type[Ask]) -> bool:
    """Whether a request of this kind is under way."""
    return any(isinstance(one, kind) for one in state.requests.pending.values())


def forget(state: AppState, *kinds: type[Ask]) -> AppState:
    """No answer to requests of these kinds is wanted any more."""
    return replace(
        state,
        requests=replace(
            state.requests,
            pending={number: one for number, one in state.requests.pending.items() if not isinstance(one, kinds)},
        ),
    )


def answered(state: AppState, message: Tell) -> tuple[AppState, Ask | None]:
    """Takes the request that a message answers out of those under way."""
    asked = state.requests.pending.get(message.re)
    if asked is None:
        return state, None
    left = {number: one for number, one in state.requests.pending.items() if number != message.re}
    return replace(state, requests=replace(state.requests, pending=left)), asked
