"""The recap page."""

from __future__ import annotations

from dataclasses import replace

from app.state import events
from app.state.app_state import AppState, RecapView
from app.state.asking import Step, ask
from app.state.effects import Notify
from app.state.prejoin import find_card
from app.wire import recap as wire
from app.wire.rooms import MeetingCard


def open_page(state: AppState, event: events.OpenRecapPage) -> Step:
    """Shows a meeting's recap, or how far it is."""
    card = find_card(state, event.meeting)
    if card is None:
        return state, ()
    state = replace(state, place="recap", recap=RecapView(meeting=card), shows_call=False)
    return fetch(state, card.id)


def fetch(state: AppState, meeting: str) -> Step:
    """Asks the server; while there is no connection the page says what it knows."""
    if not state.can_ask:
        return state, ()
    return ask(state, wire.OpenRecap(meeting=meeting))


def close_page(state: AppState, event: events.CloseRecapPage) -> Step:
    """Back to the room."""
    room = state.recap.meeting.room if state.recap else state.room
    call_over = state.call_phase == "ended"
    state = replace(state, place="rooms", room=room, recap=None)
    return (replace(state, call=None, call_phase="none") if call_over else state), ()


def opened(state: AppState, message: wire.RecapOpened) -> Step:
    """The recap, or the card that says how far it is."""
    if state.recap is None or state.recap.meeting.id != message.meeting.id:
        return state, ()
    return replace(state, recap=RecapView(meeting=message.meeting, recap=message.recap)), ()


def card_changed(state: AppState, card: MeetingCard) -> Step:
    """Progress; the page fills itself in when the recap is ready."""
    if state.recap is None or state.recap.meeting.id != card.id:
        return state, ()
    state = replace(state, recap=replace(state.recap, meeting=card))
    if card.recap == "ready" and state.recap is not None and state.recap.recap is None:
        return fetch(state, card.id)
    return state, ()


def ready(state: AppState, message: wire.RecapReady) -> Step:
    """A notification, once."""
    from app.state.rooms import meeting_changed
    from app.wire.rooms import MeetingChanged

    state, effects = meeting_changed(state, MeetingChanged(meeting=message.meeting))
    return state, (*effects, Notify("The recap is ready", message.meeting.title))
