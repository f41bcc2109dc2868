"""The recap page."""

from __future__ import annotations

from dataclasses import replace

from app.state import intents
from app.state.app_state import AppState
from app.state.asking import ask, ask_now
from app.state.effects import ForgetFiles
from app.state.prejoin import find_card
from app.state.slices.recap import RecapView
from app.state.tables import Step, Table
from app.wire import recap as wire
from app.wire.errors import Refused
from app.wire.rooms import MeetingCard
from app.wire.versions import RemakeRecap, RemakeTold

TABLE = Table()

DELETED = "This recording was deleted, and its recap with it."


@TABLE.on(intents.OpenRecapPage)
def open_page(state: AppState, event: intents.OpenRecapPage) -> Step:
    """Shows a meeting's recap, or how far it is."""
    card = find_card(state, event.meeting)
    if card is None:
        return state, ()
    return show(state, card)


def show(state: AppState, card: MeetingCard) -> Step:
    """Brings the page of a meeting's recap to the front and fetches what belongs on it."""
    state = replace(state, page="recap", recap=RecapView(meeting=card), shows_call=False)
    return fetch(state, card.id)


def stand_in(meeting: str, *, room: str, title: str, at: float = 0.0) -> MeetingCard:
    """What can be shown of a meeting that is not known here; the server's answer takes its place.

    Args:
        meeting: its id.
        room: of the meeting; empty: not known.
        title: as far as it is known.
        at: when it was, seconds since 1970; 0: not known.
    """
    # "ready": the page says that it is being opened, until the server says how far it is.
    return MeetingCard(
        id=meeting, room=room, title=title, link="", starter="", state="ended", started_at=at, recap="ready"
    )


def fetch(state: AppState, meeting: str, version: int = 0) -> Step:
    """Asks the server; while there is no connection the page says what it knows."""
    if not state.can_ask:
        return state, ()
    return ask(state, wire.OpenRecap(meeting=meeting, version=version))


@TABLE.on(intents.OpenVersion)
def open_version(state: AppState, event: intents.OpenVersion) -> Step:
    """What the recap was before it was made again, or what it is now."""
    if state.recap is None or state.recap.recap is None:
        return state, ()
    return fetch(state, state.recap.meeting.id, event.version)


@TABLE.on(intents.MakeRecapAgain)
def make_again(state: AppState, event: intents.MakeRecapAgain) -> Step:
    """Asks for it; the present recap can be read meanwhile."""
    view = state.recap
    if view is None or view.better is None or view.is_remade:
        return state, ()
    state = replace(state, recap=replace(view, remake_words=""))
    return ask_now(state, RemakeRecap(meeting=view.meeting.id))


@TABLE.hears(RemakeTold, for_members=True)
def remake_told(state: AppState, message: RemakeTold) -> Step:
    """It is being made, or the new one can be read."""
    view = state.recap
    if view is None or view.meeting.id != message.meeting:
        return state, ()
    state = replace(state, recap=replace(view, is_remade=message.is_on, remake_words=message.words))
    is_new = not message.is_on and not message.words
    return fetch(state, message.meeting) if is_new else (state, ())


@TABLE.refused(RemakeRecap)
def not_made_again(state: AppState, asked: RemakeRecap, refused: Refused) -> Step:
    """Said where it was asked."""
    if state.recap is None or state.recap.meeting.id != asked.meeting:
        return state, ()
    return replace(state, recap=replace(state.recap, remake_words=refused.words)), ()


def put_away(state: AppState) -> AppState:
    """Without the page: back to the room."""
    room = state.recap.meeting.room if state.recap else state.rooms.open
    room = room if state.room_info(room) else state.rooms.open
    state = replace(state, page="rooms", rooms=replace(state.rooms, open=room), recap=None)
    return replace(state, call=None, call_phase="none") if state.call_phase == "ended" else state


@TABLE.hears(wire.RecapOpened, for_members=True)
def opened(state: AppState, message: wire.RecapOpened) -> Step:
    """The recap, or the card that says how far it is."""
    if state.recap is None or state.recap.meeting.id != message.meeting.id:
        return state, ()
    view = replace(
        state.recap, meeting=message.meeting, recap=message.recap, words="", version=message.version,
        earlier=message.earlier, better=message.better, is_remade=message.is_remade,
    )  # fmt: skip
    return replace(state, recap=_what_is_left(view)), ()


def _what_is_left(view: RecapView) -> RecapView:
    """Of a recording that was deleted nothing stays here either."""
    return replace(view, recap=None, words=DELETED) if view.meeting.recap == "deleted" else view


@TABLE.refused(wire.OpenRecap)
def gone(state: AppState, asked: wire.OpenRecap, refused: Refused) -> Step:
    """The server no longer shows it: it has expired, or one is no longer a member."""
    view = replace(state.recap, recap=None, words=refused.words) if state.recap else None
    return replace(state, recap=view), (ForgetFiles(asked.meeting),)


def card_changed(state: AppState, card: MeetingCard) -> Step:
    """Progress; the page fills itself in when the recap is ready, and once more when its films are."""
    before = state.recap
    if before is None or before.meeting.id != card.id:
        return state, ()
    view = _what_is_left(replace(before, meeting=card))
    state = replace(state, recap=view)
    has_films_now = card.film == "ready" and before.meeting.film != "ready"
    if card.recap == "ready" and (view.recap is None or has_films_now):
        return fetch(state, card.id, view.version)
    return state, ()
