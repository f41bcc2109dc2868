"""What the server wants one to know: the badge, one desktop notification each, and where a click leads."""

from __future__ import annotations

from dataclasses import replace

from app.state import call_intents, intents
from app.state.app_state import AppState
from app.state.asking import ask
from app.state.effects import Effect, Notify
from app.state.prejoin import find_card, go_to_meeting
from app.state.recap import show, stand_in
from app.state.rooms import open_room
from app.state.tables import Step, Table
from app.wire import notices as wire
from app.wire.errors import Refused
from app.wire.rooms import MeetingCard

TABLE = Table()

TITLES: dict[wire.NoticeKind, str] = {
    "recap_ready": "The recap is ready",
    "meeting_soon": "A meeting begins soon",
    "meeting_started": "A meeting has started",
    "meeting_cancelled": "A meeting was cancelled",
    "deletion": "About a recording",
    "removed": "You left a room",
}
_MOST_IDS = 100
_OF_RECAP = ("recap_ready", "deletion")
_OF_MEETING = ("meeting_soon", "meeting_started")


@TABLE.hears(wire.NoticeTold, for_members=True)
def told(state: AppState, message: wire.NoticeTold) -> Step:
    """New ones count at the badge; those that ring here are shown on the desktop, each once."""
    known = {one.id for one in state.news}
    new = [one for one in message.notices if one.id not in known and not _is_in(state, one)]
    past = tuple(one.id for one in message.notices if _is_in(state, one))
    state = replace(state, news=tuple(sorted((*state.news, *new), key=lambda one: (one.at, one.id))))
    rings = tuple(Notify(TITLES[one.kind], one.words, one.id) for one in new) if message.rings else ()
    state, effects = _see(state, past)
    return state, (*rings, *effects)


def _is_in(state: AppState, notice: wire.NoticeInfo) -> bool:
    """Whether a notice calls to the meeting that one is in already."""
    is_there = state.call is not None and state.call.meeting.id == notice.subject and state.is_busy
    return is_there and notice.kind in _OF_MEETING


@TABLE.hears(wire.NoticesSeen)
def seen(state: AppState, message: wire.NoticesSeen) -> Step:
    """On this device or on another one."""
    return replace(state, news=tuple(one for one in state.news if one.id not in message.ids)), ()


def _see(state: AppState, ids: tuple[str, ...]) -> Step:
    state = replace(state, news=tuple(one for one in state.news if one.id not in ids))
    effects: tuple[Effect, ...] = ()
    for start in range(0, len(ids) if state.can_ask else 0, _MOST_IDS):
        state, more = ask(state, wire.SeeNotices(ids=ids[start : start + _MOST_IDS]))
        effects = (*effects, *more)
    return state, effects


@TABLE.refused(wire.SeeNotices)
def see_refused(state: AppState, asked: wire.SeeNotices, refused: Refused) -> Step:
    """Nobody asked for it by hand."""
    return state, ()


def see_what_is_open(state: AppState) -> Step:
    """Whose recap is open, and whose meeting one is in, needs no notice any more."""
    recap = state.recap.meeting.id if state.page == "recap" and state.recap else ""
    call = state.call.meeting.id if state.call and state.call_phase == "in" else ""
    ids = tuple(
        one.id
        for one in state.news
        if (one.kind in _OF_RECAP and one.subject == recap) or (one.kind in _OF_MEETING and one.subject == call)
    )
    return _see(state, ids) if ids else (state, ())


@TABLE.on(intents.SeeAllNews)
def see_all(state: AppState, event: intents.SeeAllNews) -> Step:
    """The badge is emptied."""
    return _see(state, tuple(one.id for one in state.news))


@TABLE.on(intents.OpenNews)
def open_news(state: AppState, event: intents.OpenNews) -> Step:
    """A click on a notice, here or on the desktop."""
    notice = next((one for one in state.news if one.id == event.id), None)
    if notice is None:
        return state, ()
    state, effects = _see(state, (notice.id,))
    state, more = _lead(state, notice)
    return state, (*effects, *more)


def _lead(state: AppState, notice: wire.NoticeInfo) -> Step:
    card = find_card(state, notice.subject)
    if notice.kind in _OF_RECAP and notice.subject:
        return show(state, card or _card_of(state, notice))
    if notice.kind in _OF_MEETING and card is not None and card.state in ("scheduled", "joinable", "ongoing"):
        return go_to_meeting(state, call_intents.GoToMeeting(meeting=card.id))
    if state.room_info(notice.room) is None:
        return state, ()
    return open_room(state, intents.OpenRoom(room=notice.room))


def _card_of(state: AppState, notice: wire.NoticeInfo) -> MeetingCard:
    """What can be shown of a meeting whose room was not loaded yet."""
    info = state.room_info(notice.room)
    return stand_in(notice.subject, room=notice.room, title=info.name if info else "", at=notice.at)
