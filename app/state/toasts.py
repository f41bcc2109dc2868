"""Toasts: each knows what it is about, and goes when that is over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from app.state import events, intents
from app.state.app_state import AppState
from app.state.slices.toasts import Toast
from app.state.tables import Step, Table
from app.wire.fields import Ask

TABLE = Table()

#: The meeting that one is in, or on the way into.
CALL = "call"
#: A line of the call's chat that one has not seen.
CHAT = "chat"
#: Devices that are open: before a call and in it.
DEVICES = "devices"
#: What one says while one is muted.
MUTED = "muted"
#: A way into a call that failed.
JOIN = "join"
#: The connection to the server.
CONNECTION = "connection"
#: The link that waits for its server.
LINK = "link"
_ROOM, _ASKED = "room ", "asked "
#: So many are kept: the oldest go first, of those that are no complaints before the others.
MOST = 12


def of_room(room: str) -> str:
    """Subject: the room of that id, while it is the open one."""
    return _ROOM + room


def of_request(kind: type[Ask]) -> str:
    """Subject: what a request of this kind wanted, until it is asked once more."""
    return _ASKED + kind.__name__


def subjects(state: AppState, asked: Ask) -> tuple[str, ...]:
    """What a refusal of a request is about."""
    found = [of_request(type(asked))]
    if room := getattr(asked, "room", ""):
        found.append(of_room(room))
    meeting = getattr(asked, "meeting", "")
    if meeting and state.is_busy and state.call is not None and state.call.meeting.id == meeting:
        found.append(CALL)
    return tuple(found)


def toast(state: AppState, words: str, *, is_bad: bool = False, about: str | tuple[str, ...] = ()) -> AppState:
    """Says a sentence over the page. The same words stand there once: said again, they are the newest.

    Args:
        state: What is true.
        words: Plain text for the user; empty: nothing is said.
        is_bad: Something did not work: it stays until it is put away, or over.
        about: When any one of these is over, the notice goes: `CALL`, `CHAT`, `DEVICES`, `MUTED`, `JOIN`, `CONNECTION`,
            `LINK`, `of_room`, `of_request`.
    """
    if not words:
        return state
    number = state.toasts.next_number
    about = (about,) if isinstance(about, str) else about
    # Of a room that is not open one may read, too: it goes by other reasons then.
    about = tuple(one for one in about if not (one.startswith(_ROOM) and _is_over(state, one)))
    new = Toast(number, words, is_bad, about)
    kept = [one for one in state.toasts.shown if one.words != words] + [new]
    while len(kept) > MOST:
        kept.remove(next((one for one in kept[:-1] if not one.is_bad), kept[0]))
    return replace(state, toasts=replace(state.toasts, shown=tuple(kept), next_number=number + 1))


@TABLE.on(events.Announced)
def told(state: AppState, event: events.Announced) -> Step:
    """Said from outside the state."""
    return toast(state, event.words, is_bad=event.is_bad, about=event.about), ()


@TABLE.on(intents.Explain)
def explain(state: AppState, event: intents.Explain) -> Step:
    """A button that cannot do what it is for says why."""
    return toast(state, event.words), ()


def complain(state: AppState, asked: Ask, words: str) -> AppState:
    """Says why a request was refused, at the top of the window."""
    return toast(state, words, is_bad=True, about=subjects(state, asked))


@TABLE.on(intents.PutAway)
def put_away(state: AppState, event: intents.PutAway) -> Step:
    """Read, or in the way."""
    return _without(state, lambda one: one.number == event.number), ()


def withdraw(state: AppState, subject: str) -> AppState:
    """Without the notices about a subject."""
    return _without(state, lambda one: subject in one.about)


def asked_again(state: AppState, kind: type[Ask]) -> AppState:
    """What was said of an earlier request of this kind is answered by the new one."""
    return withdraw(state, of_request(kind))


def clear_past(state: AppState) -> AppState:
    """Without the notices whose subject is over."""
    return _without(state, lambda one: any(_is_over(state, subject) for subject in one.about))


def _without(state: AppState, is_past: Callable[[Toast], bool]) -> AppState:
    stays = tuple(one for one in state.toasts.shown if not is_past(one))
    return state if len(stays) == len(state.toasts.shown) else replace(state, toasts=replace(state.toasts, shown=stays))


def _is_over(state: AppState, subject: str) -> bool:
    if subject == CALL:
        return not state.is_busy
    if subject == CHAT:
        return state.call is None or not state.call.chat.unread
    if subject == DEVICES:
        return state.call_phase in ("none", "ended")
    if subject == MUTED:
        return not state.is_busy or state.devices.microphone_on
    if subject == JOIN:
        return state.call_phase not in ("none", "ended")
    if subject == CONNECTION:
        return state.can_ask
    if subject == LINK:
        return state.links.waiting is None
    return subject.startswith(_ROOM) and subject != of_room(state.rooms.open)
