"""Links that are followed, to this server or to another one, and going from server to server."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from app.state import call_intents, intents, people, recap
from app.state.accounts import unsent, without_account
from app.state.app_state import AppState, Links, Visit
from app.state.asking import ask, ask_now
from app.state.effects import ClosePeers, Effect, GoHome, StopDevices, VisitServer
from app.state.prejoin import IN_A_MEETING, at_link, cancel, find_card, not_open, open_page
from app.state.scope import is_ours
from app.state.slices.connection import Connection
from app.state.slices.reach import Reach
from app.state.slices.requests import Requests
from app.state.slices.rooms import RoomView
from app.state.slices.way import WayCheck
from app.state.tables import Reply, Step, Table
from app.state.toasts import CALL, LINK, of_request, toast
from app.state.whereabouts import FOR_THIS_COMPUTER, here, leads_here, leads_home
from app.wire import lobby
from app.wire.errors import Refused
from app.wire.links import BadLink, Link, ServerAddress, parse_link, parse_server
from app.wire.people import MeetingEnded
from app.wire.rooms import JoinRoom, LinksMoved, MeetingCard, Message, RoomInfo

TABLE = Table()

STAY_IN_CALL = "You are in a meeting. Leave it first to go to another server."
WAITS = "There is no connection to the server yet. The link opens as soon as there is one."
SIGN_IN_FIRST = "Sign in or create an account: then you enter the room that the invitation is for."


@TABLE.on(call_intents.FollowLink)
def follow_link(state: AppState, event: call_intents.FollowLink) -> Step:
    """A pasted or opened link."""
    try:
        link = parse_link(event.link)
    except BadLink as error:
        about = (of_request(lobby.LookAtLink), of_request(JoinRoom))
        return toast(state, str(error), is_bad=True, about=about), ()
    return follow(replace(state, links=replace(state.links, waiting=None)), link)


def follow(state: AppState, link: Link) -> Step:
    """Goes where a link leads; before it leaves for another server, the user is asked."""
    if here(state) is None:
        return _wait(state, link), ()
    if not leads_here(state, link):
        return (
            (toast(state, STAY_IN_CALL, about=CALL), ())
            if state.is_busy
            else (replace(state, links=replace(state.links, question=link)), ())
        )
    if link.kind == "meeting" and state.is_busy:
        return (
            replace(state, shows_call=True) if _is_of_call(state, link) else toast(state, IN_A_MEETING, about=CALL)
        ), ()
    if not _is_clear(state):
        return _wait(state, link), ()
    if link.kind == "meeting":
        return ask(state, lobby.LookAtLink(code=link.code))
    if state.me is None:
        return replace(
            state, links=replace(state.links, waiting=link), sign_in=replace(state.sign_in, words=SIGN_IN_FIRST)
        ), ()
    return ask(state, JoinRoom(code=link.code))


def _is_clear(state: AppState) -> bool:
    """Whether the server has said who it is, and it is settled who one is there."""
    is_settled = state.page != "starting" and not state.sign_in.is_under_way
    return state.can_ask and state.connection.has_greeted and is_settled


def _is_out_of_reach(state: AppState, link: Link) -> bool:
    """Whether one's server does not answer and the link leads to another one, so that it needs no waiting for."""
    return state.connection.phase in ("offline", "refused") and here(state) is not None and not leads_here(state, link)


def _wait(state: AppState, link: Link) -> AppState:
    state = replace(state, links=replace(state.links, waiting=link))
    return state if state.page == "starting" else toast(state, WAITS, about=LINK)


def _is_of_call(state: AppState, link: Link) -> bool:
    try:
        return state.call is not None and parse_link(state.call.meeting.link).code == link.code
    except BadLink:
        return False


def _needs_account(state: AppState, link: Link) -> bool:
    """Whether a link waits until somebody has signed in."""
    return state.me is None and (link.kind == "room" or (state.links.visit is not None and state.links.visit.stays))


def take_up(state: AppState) -> Step:
    """A link that waited is followed, once its server has greeted and it is clear who one is there."""
    link = state.links.waiting
    if link is None:
        return state, ()
    if _is_out_of_reach(state, link):
        return follow(replace(state, links=replace(state.links, waiting=None)), link)
    if not _is_clear(state):
        return state, ()
    if _needs_account(state, link):
        words = SIGN_IN_FIRST if link.kind == "room" else ""
        return replace(state, sign_in=replace(state.sign_in, words=state.sign_in.words or words)), ()
    return follow(replace(state, links=replace(state.links, waiting=None)), link)


@TABLE.on(call_intents.AnswerLink)
def answer_link(state: AppState, event: call_intents.AnswerLink) -> Step:
    """Goes to the server that was shown, or not; only now anything is sent there."""
    link = state.links.question
    state = replace(state, links=replace(state.links, question=None))
    if link is None or not event.goes:
        return state, ()
    if state.is_busy:
        return toast(state, STAY_IN_CALL, about=CALL), ()
    if leads_home(state, link):
        state, effects = _go_home(state)
        return replace(state, links=replace(state.links, waiting=link)), effects
    home = here(state) if state.connection.is_home else state.connection.home
    visit = Visit(link=link, home=state.links.visit.home if state.links.visit else state, stays=link.kind == "room")
    state, effects = _leave_server(state, Connection(is_home=False, home=home, server=link.server))
    return replace(state, links=replace(state.links, waiting=link, visit=visit)), (*effects, VisitServer(link.server))


def _leave_server(state: AppState, connection: Connection) -> Step:
    """Nothing of the server that one leaves stays; its sign-in stays in the keychain, for it alone."""
    address = connection.server.address if connection.server else ""
    state, effects = without_account(state)
    state = replace(state, page="starting", connection=replace(connection, phase="connecting", address=address))
    return replace(state, sign_in=replace(state.sign_in, keyring_words="")), effects


def _go_home(state: AppState, *, is_local: bool = False) -> Step:
    visit = None if is_local else state.links.visit
    home = None if is_local else state.connection.home
    state, effects = _leave_server(replace(state, links=replace(state.links, visit=None)), Connection(server=home))
    return (as_it_was(state, visit.home) if visit else state), (*effects, GoHome(is_local))


def as_it_was(state: AppState, home: AppState) -> AppState:
    """What was true at the own server before a link led away, as after a connection that was lost there."""
    before = home.connection
    connection = replace(before, phase="connecting", words="", has_greeted=False, is_signed_in=False)
    home = unsent(replace(home, connection=connection if before.server or before.address else before))
    return replace(
        home,
        call=None,
        call_phase="none",
        prejoin=None,
        shows_call=True,
        devices=state.devices,
        is_minimised=state.is_minimised,
        toasts=state.toasts,
        reach=state.reach,
        own_meetings=state.own_meetings,
        speech=replace(state.speech, is_asked=False),
        links=Links(waiting=state.links.waiting),
        # A check that ran when one left is told to nobody.
        way=WayCheck() if home.way.is_running else home.way,
        requests=Requests(next_number=state.requests.next_number),
    )


@TABLE.on(call_intents.CancelJoin)
def cancel_join(state: AppState, event: call_intents.CancelJoin) -> Step:
    """Back from the page before the call."""
    return passed(*cancel(state))


@TABLE.on(call_intents.CloseCall)
def close_call(state: AppState, event: call_intents.CloseCall) -> Step:
    """The ended call is put away."""
    return passed(people.put_away(state))


@TABLE.on(intents.CloseRecapPage)
def close_recap(state: AppState, event: intents.CloseRecapPage) -> Step:
    """Back to the room."""
    return passed(recap.put_away(state))


@TABLE.hears(MeetingEnded)
def meeting_ended(state: AppState, message: MeetingEnded) -> Step:
    """For an invited person who waited there is nothing left to ask for."""
    is_asking = state.call_phase in ("joining", "waiting") and state.prejoin and not state.prejoin.meeting
    if state.passing and is_asking:
        return _dead(state, state.passing, message.words or "The meeting has ended.")
    return people.meeting_ended(state, message)


def passed(state: AppState, effects: tuple[Effect, ...] = ()) -> Step:
    """The meeting of a visit is over for this person: home, by itself."""
    if not state.is_passing or state.call_phase != "none":
        return state, effects
    state, more = _go_home(replace(state, links=replace(state.links, waiting=None)))
    return state, (*effects, *more)


def _dead(state: AppState, visit: Visit, words: str) -> Step:
    """The link of a visit leads nowhere: that is read, then one goes home."""
    state = replace(
        state,
        links=replace(state.links, visit=replace(visit, words=words)),
        prejoin=None,
        call=None,
        call_phase="none",
    )
    return state, (ClosePeers(), StopDevices())


@TABLE.refused(lobby.LookAtLink)
def look_refused(state: AppState, asked: lobby.LookAtLink, refused: Refused) -> Step:
    """Why a link was not shown, where it was followed."""
    if state.passing:
        return _dead(state, state.passing, refused.words)
    now = here(state)
    hint = f" {FOR_THIS_COMPUTER}" if is_ours(state) and now is not None and not now.is_secure else ""
    return toast(state, refused.words + hint, is_bad=True, about=of_request(lobby.LookAtLink)), ()


@TABLE.on(call_intents.SignInHere)
def sign_in_here(state: AppState, event: call_intents.SignInHere) -> Step:
    """Who has an account at the other server signs in there, and follows the link once more as its owner."""
    if not state.is_passing or state.links.visit is None or state.me is not None or state.call_phase != "prejoin":
        return state, ()
    visit = replace(state.links.visit, stays=True)
    state = replace(
        state,
        links=replace(state.links, visit=visit, waiting=visit.link),
        prejoin=None,
        call_phase="none",
        page="sign_in",
    )
    return replace(state, sign_in=replace(state.sign_in, words="")), (StopDevices(),)


@TABLE.on(intents.GoHome)
def go_home(state: AppState, event: intents.GoHome) -> Step:
    """Back to the own server."""
    if state.connection.is_home:
        return state, ()
    return (
        (toast(state, STAY_IN_CALL, about=CALL), ())
        if state.is_busy
        else _go_home(replace(state, links=replace(state.links, waiting=None)))
    )


@TABLE.on(intents.UseServer)
def use_server(state: AppState, event: intents.UseServer) -> Step:
    """Another server for good, or with an empty address the one of this computer."""
    if state.is_busy:
        return toast(state, STAY_IN_CALL, about=CALL), ()
    state = replace(state, links=replace(state.links, waiting=None, visit=None))
    if not event.address.strip():
        return _go_home(state, is_local=True)
    try:
        server = parse_server(event.address)
    except BadLink as error:
        return toast(state, str(error), is_bad=True), ()
    state, effects = _leave_server(replace(state, reach=Reach()), Connection(server=server))
    return state, (*effects, VisitServer(server, is_for_good=True))


@TABLE.answers(lobby.LinkShown)
def link_shown(state: AppState, message: lobby.LinkShown, reply: Reply) -> Step:
    """What the link leads to: a member joins directly, anybody else knocks."""
    code = reply.asked.code if isinstance(reply.asked, lobby.LookAtLink) else ""
    if state.is_busy:
        return state, ()  # one has gone into a meeting meanwhile
    card = find_card(state, message.meeting) if message.meeting else None
    over = {"cancelled": "This meeting was cancelled.", "ended": "This meeting has ended."}.get(message.state, "")
    if state.passing and over and not message.meeting:
        return _dead(state, state.passing, over)
    if message.state == "cancelled":
        return not_open(state, "This meeting was cancelled.", code), ()
    if message.state == "ended" and message.meeting and (card is None or card.recap != "none"):
        # That is where the mail about a recap leads; whether there is one, its page says.
        return recap.show(state, card or recap.stand_in(message.meeting, room="", title=message.title))
    if message.state == "ended" or (message.meeting and card is None):
        return not_open(state, "This meeting has ended.", code), ()
    return open_page(state, card) if card else at_link(state, message, code)


@TABLE.on(intents.EnterRoomByCode)
def enter_by_code(state: AppState, event: intents.EnterRoomByCode) -> Step:
    """A code was typed in, or the link that holds one was pasted in its place."""
    code = event.code.strip()
    if "/" in code:
        return follow_link(state, call_intents.FollowLink(link=code))
    if not code or len(code) > 256:
        words = "Please paste the invitation code that you were given."
        return toast(state, words, is_bad=True, about=of_request(JoinRoom)), ()
    return ask_now(state, JoinRoom(code=code))


@TABLE.hears(LinksMoved)
def moved(state: AppState, message: LinksMoved) -> Step:
    """The server is found at another address: every link to it that is shown or can be copied names that one."""
    try:
        server = parse_server(message.server)
    except BadLink:
        return state, ()

    def card(one: MeetingCard | None) -> MeetingCard | None:
        if one is None or one.provider != "parley":
            return one
        return msgspec.structs.replace(one, link=_at(server, one.link))

    def room(one: RoomInfo) -> RoomInfo:
        last = one.last_message
        return msgspec.structs.replace(
            one,
            meeting=card(one.meeting),
            scheduled=tuple(filter(None, map(card, one.scheduled))),
            last_message=message_of(last) if last else None,
        )

    def message_of(one: Message) -> Message:
        return msgspec.structs.replace(one, meeting=card(one.meeting)) if one.meeting else one

    def view(one: RoomView) -> RoomView:
        return replace(
            one,
            messages=tuple(map(message_of, one.messages)),
            recaps=tuple(filter(None, map(card, one.recaps))),
            invitation_link=_at(server, one.invitation_link),
        )

    return replace(
        state,
        connection=replace(state.connection, is_reachable=message.is_reachable),
        rooms=replace(
            state.rooms,
            known=tuple(map(room, state.rooms.known)),
            views={key: view(one) for key, one in state.rooms.views.items()},
        ),
        search=replace(state.search, messages=tuple(map(message_of, state.search.messages))) if state.search else None,
        prejoin=replace(state.prejoin, meeting=card(state.prejoin.meeting)) if state.prejoin else None,
        call=replace(state.call, meeting=card(state.call.meeting) or state.call.meeting) if state.call else None,
        recap=replace(state.recap, meeting=card(state.recap.meeting) or state.recap.meeting) if state.recap else None,
    ), ()


def _at(server: ServerAddress, text: str) -> str:
    """The same link at another address of its server."""
    try:
        return replace(parse_link(text), server=server).text
    except BadLink:
        return text
