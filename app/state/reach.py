"""Whether others may reach the server of this computer; asked when a link is shared."""

from __future__ import annotations

from dataclasses import replace

from app.state import events, intents
from app.state.app_state import AppState
from app.state.asking import ask_now
from app.state.effects import SetReach
from app.state.scope import REACHES, is_closed, is_for_nobody, is_ours, own_scope
from app.state.slices.reach import Gift, GiveWay, Handout, Reach
from app.state.tables import Step, Table
from app.state.toasts import toast
from app.state.whereabouts import shared
from app.wire.links import BadLink, parse_link
from app.wire.rooms import InviteMember
from app.wire.schedule import AskCalendarFile

TABLE = Table()

ONLY_HERE = "The link is copied. It works on this computer only: nobody else can join with it."
_DONE: dict[GiveWay, str] = {
    "copy": "The link is copied. ",
    "mail": "The invitation is in your mail program. ",
    "calendar": "",
    "invitation": "",
}
_ELSEWHERE = "This works only with the server of this computer."


@TABLE.on(intents.LetOthersReach)
def let_others(state: AppState, event: intents.LetOthersReach) -> Step:
    """The switch; meetings that run go on."""
    if state.reach.is_changing:
        return state, ()  # the second click of two: which of two changes came last would be left to chance
    if not is_ours(state):
        return replace(state, reach=replace(state.reach, words=_ELSEWHERE)), ()
    return replace(state, reach=replace(state.reach, is_changing=True, words="")), (SetReach(event.is_on),)


@TABLE.on(intents.GiveLink)
def give(state: AppState, event: intents.GiveLink) -> Step:
    """Gives a link away, or asks first where it leads to this computer alone."""
    giving = Gift(event.way, event.link, event.title, can_open=is_ours(state))
    if is_for_nobody(_shared(state, event.link)):
        return replace(state, giving=replace(state.giving, gift=giving)), ()
    return _give(state, giving)


@TABLE.on(intents.AnswerGiving)
def answer(state: AppState, event: intents.AnswerGiving) -> Step:
    """Lets others in and gives the link away then; takes it for this computer; or leaves it."""
    giving = state.giving.gift
    if giving is None or (giving.is_opening and event.answer == "open"):
        return state, ()
    if event.answer == "no":
        return (
            _called_off(replace(state, giving=replace(state.giving, gift=None)))
            if giving.is_opening
            else (replace(state, giving=replace(state.giving, gift=None)), ())
        )
    if event.answer == "here":
        return _take_here(replace(state, giving=replace(state.giving, gift=None)), giving)
    if not (giving.can_open and is_ours(state)):
        return state, ()
    if state.reach.is_on:
        return _opened(state, giving)
    reach = replace(state.reach, is_changing=True, words="")
    state = replace(state, reach=reach, giving=replace(state.giving, gift=replace(giving, is_opening=True, words="")))
    # Also where a change is under way: that may be the other one.
    return state, (SetReach(True),)


@TABLE.on(events.ReachTold)
def told(state: AppState, event: events.ReachTold) -> Step:
    """Where others find this computer, or why they do not."""
    state = replace(state, reach=Reach(event.is_on, event.addresses, words=event.words))
    giving = state.giving.gift
    if giving is None or not giving.is_opening:
        return state, ()
    if event.is_on:
        return _opened(toast(state, event.words), giving)
    if event.words:
        return replace(
            state, giving=replace(state.giving, gift=replace(giving, is_opening=False, words=event.words))
        ), ()
    # Only the network changed meanwhile: the answer is still to come.
    return replace(state, reach=replace(state.reach, is_changing=True)), ()


@TABLE.on(intents.TakeHandout)
def take_handout(state: AppState, event: intents.TakeHandout) -> Step:
    """It is done."""
    is_it = state.giving.handout is not None and state.giving.handout.number == event.number
    return (replace(state, giving=replace(state.giving, handout=None)) if is_it else state), ()


def _called_off(state: AppState) -> Step:
    """A yes that was taken back before it came true: others stay outside."""
    return replace(state, reach=replace(state.reach, is_changing=True)), (SetReach(False),)


def _opened(state: AppState, giving: Gift) -> Step:
    if is_closed(state):
        words = REACHES["here"]
        return replace(state, giving=replace(state.giving, gift=replace(giving, is_opening=False, words=words))), ()
    return _give(replace(state, giving=replace(state.giving, gift=None)), giving)


def _give(state: AppState, giving: Gift) -> Step:
    """Others can follow the link: it is done with it what was wanted."""
    if giving.way == "calendar":
        return ask_now(_said(state, giving.way), AskCalendarFile(meeting=giving.meeting))
    if giving.way == "invitation":
        return ask_now(_said(state, giving.way), InviteMember(room=giving.room, email=giving.email))
    return _hand_out(_said(state, giving.way), replace(giving, link=_shared(state, giving.link)))


def _said(state: AppState, way: GiveWay) -> AppState:
    return toast(state, _DONE[way] + REACHES[own_scope(state)]) if is_ours(state) else state


def _take_here(state: AppState, giving: Gift) -> Step:
    if giving.way == "calendar":
        return ask_now(state, AskCalendarFile(meeting=giving.meeting))
    return _hand_out(toast(state, ONLY_HERE), giving) if giving.way == "copy" else (state, ())


def _hand_out(state: AppState, giving: Gift) -> Step:
    # Numbers of requests only grow: the interface can tell this one from the one before.
    number = state.requests.next_number
    handout = Handout(number, giving.way, giving.link, giving.title)
    return replace(
        state, requests=replace(state.requests, next_number=number + 1), giving=replace(state.giving, handout=handout)
    ), ()


def _shared(state: AppState, link: str) -> str:
    """A link as it is given away now: it may have been drawn before the door was opened."""
    server = shared(state)
    try:
        found = parse_link(link)
    except BadLink:
        return link
    return replace(found, server=server).text if server and is_for_nobody(link) and is_ours(state) else link
