"""Rooms: creating, opening and leaving them, their members, and their meeting cards."""

from __future__ import annotations

import re
from dataclasses import replace

import msgspec

from app.state import intents
from app.state.app_state import AppState
from app.state.asking import NO_CONNECTION, ask, ask_now
from app.state.call_intents import BeginMeeting
from app.state.effects import ClosePeers, Effect, ForgetFiles, StopDevices
from app.state.forms import NO_ADDRESS
from app.state.prejoin import IN_A_MEETING, OPEN_NOW, begin_meeting, opening
from app.state.recap import card_changed
from app.state.scope import is_closed
from app.state.slices.prejoin import PreJoin
from app.state.slices.reach import Gift
from app.state.slices.rooms import RoomView
from app.state.tables import Reply, Step, Table
from app.state.toasts import CALL, of_request, toast
from app.state.whereabouts import shared
from app.wire import rooms as wire
from app.wire.addresses import is_address, tidy
from app.wire.errors import Refused
from app.wire.links import Link
from app.wire.recap import ListRecaps, RecapReady, RecapsListed
from app.wire.text import LONGEST_NAME, cut, one_line

TABLE = Table()

NO_NAME = "A room needs a name."
OVER = "This meeting has ended."
NO_MORE = "This meeting no longer takes place."
_UPCOMING = ("scheduled", "joinable")


def with_view(state: AppState, room: str, view: RoomView) -> AppState:
    """The state with another view of one room."""
    return replace(state, rooms=replace(state.rooms, views={**state.rooms.views, room: view}))


def load(state: AppState, room: str) -> Step:
    """Fetches a room's newest messages and its recaps, if they are not there."""
    if state.view(room).is_loaded or not state.can_ask:
        return state, ()
    state, first = ask(state, wire.ListMessages(room=room))
    state, second = ask(state, ListRecaps(room=room))
    return state, (*first, *second)


@TABLE.on(intents.MakeRoom)
def make_room(state: AppState, event: intents.MakeRoom) -> Step:
    """New room."""
    name = cut(one_line(event.name), LONGEST_NAME)
    if not name:
        return toast(state, NO_NAME, is_bad=True, about=of_request(wire.CreateRoom)), ()
    return ask_now(state, wire.CreateRoom(name=name, contract=event.contract))


@TABLE.on(intents.MeetNow)
def meet_now(state: AppState, event: intents.MeetNow) -> Step:
    """Starts a meeting in one's own room for that; the room is made first where there is none."""
    if state.is_busy:
        return toast(state, IN_A_MEETING, about=CALL), ()
    name = f"{cut(state.me.name, 30)}’s meetings" if state.me else ""
    room = next((one.id for one in state.rooms.known if one.owner == state.own_id and one.name == name), "")
    why_not = state.why_not_start(room)
    if why_not and not room:
        return toast(state, why_not, is_bad=True), ()
    if room:
        return begin_meeting(state, BeginMeeting(room=room, key=event.key))
    if any(number == state.rooms.meets_now[0] for number in state.requests.pending):
        return state, ()  # the second click of two
    state, effects = ask_now(state, wire.CreateRoom(name=name))
    return replace(
        state, rooms=replace(state.rooms, meets_now=(state.requests.next_number - 1, event.key))
    ) if effects else state, effects


@TABLE.on(intents.NameRoom)
def name_room(state: AppState, event: intents.NameRoom) -> Step:
    """Another name; everyone's list changes when the server says so."""
    name = cut(one_line(event.name), LONGEST_NAME)
    if not name:
        return toast(state, NO_NAME, is_bad=True, about=of_request(wire.RenameRoom)), ()
    return ask_now(state, wire.RenameRoom(room=event.room, name=name))


@TABLE.on(intents.QuitRoom)
def quit_room(state: AppState, event: intents.QuitRoom) -> Step:
    """Leaves a room."""
    return ask_now(state, wire.LeaveRoom(room=event.room))


@TABLE.on(intents.RemoveFromRoom)
def remove_member(state: AppState, event: intents.RemoveFromRoom) -> Step:
    """The owner takes a member out."""
    return ask_now(state, wire.RemoveMember(room=event.room, account=event.account))


@TABLE.on(intents.OpenRoom)
def open_room(state: AppState, event: intents.OpenRoom) -> Step:
    """Shows a room; what is unread in it is read by that."""
    if event.room and state.room_info(event.room) is None:
        return state, ()  # left meanwhile
    page = "rooms" if state.me else state.page
    state = replace(state, rooms=replace(state.rooms, open=event.room), page=page, shows_call=False)
    return load(state, event.room) if event.room else (state, ())


def read_shown(state: AppState) -> Step:
    """What is on the screen has been read: the server is told, one request at a time."""
    is_shown = state.page == "rooms" and (not state.shows_call or state.call_phase == "none")
    if not (is_shown and state.me and state.can_ask and state.view(state.rooms.open).unread):
        return state, ()
    if any(isinstance(one, wire.MarkRead) and one.room == state.rooms.open for one in state.requests.pending.values()):
        return state, ()
    state = with_view(state, state.rooms.open, replace(state.view(state.rooms.open), unread=0))
    return ask(state, wire.MarkRead(room=state.rooms.open))


@TABLE.refused(wire.MarkRead)
def mark_refused(state: AppState, asked: wire.MarkRead, refused: Refused) -> Step:
    """Nobody asked for it by hand."""
    return state, ()


@TABLE.hears(wire.RoomRead, for_members=True)
def room_read(state: AppState, message: wire.RoomRead) -> Step:
    """Read on another device. Of one's own request nothing is to be done: what came since is unread all the same."""
    if message.re or not state.view(message.room).unread:
        return state, ()
    return with_view(state, message.room, replace(state.view(message.room), unread=0)), ()


@TABLE.on(intents.Invite)
def invite(state: AppState, event: intents.Invite) -> Step:
    """Asks for a one-use code, to be shown or mailed."""
    email = tidy(event.email)
    if email and not is_address(email):
        return not_invited(state, event.room, NO_ADDRESS), ()
    if email and is_closed(state):
        # What the server mails would lead to this computer alone.
        return replace(state, giving=replace(state.giving, gift=Gift("invitation", room=event.room, email=email))), ()
    if not state.can_ask:
        return not_invited(state, event.room, NO_CONNECTION), ()
    return ask(not_invited(state, event.room, ""), wire.InviteMember(room=event.room, email=email or None))


@TABLE.refused(wire.InviteMember)
def invite_refused(state: AppState, asked: wire.InviteMember, refused: Refused) -> Step:
    """Said in the dialog."""
    return not_invited(state, asked.room, refused.words), ()


def not_invited(state: AppState, room: str, words: str) -> AppState:
    """Why there is no code, in the dialog that waits for it; empty: it is being made."""
    return with_view(state, room, replace(state.view(room), invitation_words=words))


@TABLE.hears(wire.InvitationMade, for_members=True)
def invitation_made(state: AppState, message: wire.InvitationMade) -> Step:
    """Shows the code and the link that holds it."""
    server = shared(state)
    link = Link(server, message.code, "room").text if server else ""
    view = replace(
        state.view(message.room),
        invitation=message.code,
        invitation_email=message.email,
        invitation_link=link,
        invitation_words="",
    )
    return with_view(state, message.room, view), ()


@TABLE.on(intents.ForgetInvitation)
def forget_invitation(state: AppState, event: intents.ForgetInvitation) -> Step:
    """The dialog is closed."""
    view = state.view(event.room)
    fresh = replace(view, invitation="", invitation_email="", invitation_link="", invitation_words="")
    return with_view(state, event.room, fresh), ()


@TABLE.on(intents.PostOtherMeeting)
def post_other_meeting(state: AppState, event: intents.PostOtherMeeting) -> Step:
    """The link of another provider's meeting, as a plain message."""
    url = event.url.strip()
    if not re.fullmatch(r"https?://[^\s]+", url) or not 8 <= len(url) <= 2000:
        words = "Please paste the meeting's web address. It begins with https://"
        return toast(state, words, is_bad=True, about=of_request(wire.PostExternalMeeting)), ()
    return ask_now(state, wire.PostExternalMeeting(room=event.room, url=url, key=event.key))


@TABLE.answers(wire.RoomChanged, for_members=True)
def room_changed(state: AppState, message: wire.RoomChanged, reply: Reply) -> Step:
    """A new or different room; one that was just made or entered here is opened at once."""
    new = message.room
    known = any(room.id == new.id for room in state.rooms.known)
    rooms = (
        tuple(new if room.id == new.id else room for room in state.rooms.known) if known else (*state.rooms.known, new)
    )
    state = replace(state, rooms=replace(state.rooms, known=rooms))
    effects: tuple[Effect, ...] = ()
    asked = reply.asked
    if isinstance(asked, wire.CreateRoom | wire.JoinRoom) or not state.rooms.open:
        state, effects = open_room(state, intents.OpenRoom(room=new.id))
    if asked is not None and asked.request == state.rooms.meets_now[0]:
        state, more = begin_meeting(state, BeginMeeting(room=new.id, key=state.rooms.meets_now[1]))
        return state, (*effects, *more)
    return state, effects


@TABLE.hears(wire.RoomLeft, for_members=True)
def room_left(state: AppState, message: wire.RoomLeft) -> Step:
    """One is no longer a member: nothing of the room stays here."""
    room = message.room
    info = state.room_info(room)
    rooms = tuple(one for one in state.rooms.known if one.id != room)
    views = {name: view for name, view in state.rooms.views.items() if name != room}
    search = state.search
    if search is not None:
        search = replace(search, messages=tuple(one for one in search.messages if one.room != room))
    state = replace(
        state,
        rooms=replace(state.rooms, known=rooms, views=views),
        search=search,
        plan=None if state.plan and state.plan.room == room else state.plan,
        news=tuple(one for one in state.news if one.room != room or one.kind == "removed"),
    )
    if info is not None and not message.re:
        state = toast(state, message.words or f"You are no longer a member of the room {info.name}.")
    state, effects = _page_moved(state, room)
    effects = (*effects, ForgetFiles())
    if state.rooms.open != room:
        return state, effects
    state = replace(state, rooms=replace(state.rooms, open=rooms[0].id if rooms else ""))
    state, more = load(state, state.rooms.open) if state.rooms.open else (state, ())
    return state, (*effects, *more)


def _page_moved(state: AppState, room: str) -> Step:
    """The recap page and the page before a call go with their room; a call in it is the server's to end."""
    if state.recap is not None and state.recap.meeting.room == room:
        state = replace(state, recap=None, page="rooms" if state.page == "recap" else state.page)
    effects: tuple[Effect, ...] = ()
    if state.call_phase == "prejoin" and state.prejoin and state.prejoin.meeting:
        if state.prejoin.meeting.room == room:
            state = replace(state, prejoin=None, call_phase="none")
            effects = (ClosePeers(), StopDevices())
    elif state.call_phase == "ended" and state.call and state.call.meeting.room == room:
        state = replace(
            state, call=replace(state.call, can_rejoin=False, chat=replace(state.call.chat, lines=(), drafts=()))
        )
    return state, effects


@TABLE.hears(RecapsListed, for_members=True)
def recaps_listed(state: AppState, message: RecapsListed) -> Step:
    """The sidebar's list; what was deleted while one was away goes from this computer too."""
    gone = tuple(ForgetFiles(one.id) for one in message.meetings if one.recap == "deleted")
    return with_view(state, message.room, replace(state.view(message.room), recaps=message.meetings)), gone


def _with_card(room: wire.RoomInfo, card: wire.MeetingCard) -> wire.RoomInfo:
    """The room with another card: of its running meeting, or among those to come."""
    running = room.meeting
    if card.state == "ongoing" or (running is not None and running.id == card.id):
        running = card if card.state == "ongoing" else None
    others = tuple(one for one in room.scheduled if one.id != card.id)
    coming = (*others, card) if card.state in _UPCOMING else others
    ordered = tuple(sorted(coming, key=lambda one: (one.starts_at or one.started_at, one.id)))
    return msgspec.structs.replace(room, meeting=running, scheduled=ordered)


def _words_before(prejoin: PreJoin, before: wire.MeetingCard, card: wire.MeetingCard) -> str:
    """What the page before a call says of its meeting, which is different now."""
    if card.state not in ("scheduled", "joinable", "ongoing"):
        return OVER if before.state == "ongoing" else NO_MORE
    has_opened = prejoin.opens_at is not None and opening(card) is None
    return OPEN_NOW if has_opened or (before.is_locked and not card.is_locked) else prejoin.words


def meeting_changed(state: AppState, card: wire.MeetingCard) -> Step:
    """A meeting's card is different, wherever it is shown."""
    rooms = tuple(_with_card(room, card) if room.id == card.room else room for room in state.rooms.known)
    view = state.view(card.room)
    messages = tuple(
        msgspec.structs.replace(one, meeting=card) if one.meeting and one.meeting.id == card.id else one
        for one in view.messages
    )
    recaps = tuple(card if one.id == card.id else one for one in view.recaps)
    if card.recap != "none" and not any(one.id == card.id for one in recaps):
        recaps = (card, *recaps)
    state = with_view(
        replace(state, rooms=replace(state.rooms, known=rooms)),
        card.room,
        replace(view, messages=messages, recaps=recaps),
    )
    if state.call and state.call.meeting.id == card.id:
        ended = card.state == "ended"
        state = replace(state, call=replace(state.call, meeting=card, can_rejoin=state.call.can_rejoin and not ended))
    if state.prejoin and state.prejoin.meeting and state.prejoin.meeting.id == card.id:
        words = _words_before(state.prejoin, state.prejoin.meeting, card)
        prejoin = replace(state.prejoin, meeting=card, opens_at=opening(card), words=words)
        state = replace(state, prejoin=replace(prejoin, is_recording=card.recap == "recording"))
    state, effects = card_changed(state, card)
    return state, (*effects, ForgetFiles(card.id)) if card.recap == "deleted" else effects


@TABLE.hears(RecapReady, for_members=True)
def recap_ready(state: AppState, message: RecapReady) -> Step:
    """The card says so; the one notification is that of the notice."""
    return meeting_changed(state, message.meeting)
