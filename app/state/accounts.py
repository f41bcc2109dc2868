"""Connecting and signing in."""

from __future__ import annotations

import sys
from dataclasses import replace

import msgspec

from app import __version__
from app.state import events, intents
from app.state.app_state import AppState
from app.state.asking import NO_CONNECTION, ask
from app.state.effects import ClosePeers, Effect, KeepToken, Reconnect, SendOwner, StopDevices
from app.state.forms import NO_ADDRESS, SHORT_PASSWORD
from app.state.slices.drafts import Draft
from app.state.slices.requests import Requests
from app.state.slices.sign_in import SignIn
from app.state.slices.toasts import Toasts
from app.state.tables import Step, Table
from app.state.toasts import JOIN, toast
from app.wire import accounts, addresses
from app.wire.codec import PROTOCOL
from app.wire.errors import Refused
from app.wire.fields import Ask
from app.wire.rooms import InviteMember
from app.wire.text import LONGEST_NAME, cut, one_line, password

TABLE = Table()

#: The kind of system, for the list of one's own sign-ins.
DEVICE = {"linux": "Linux", "darwin": "macOS", "win32": "Windows"}.get(sys.platform, sys.platform[:60])
ELSEWHERE = "You were signed out from another place."
_LOST = "The connection was lost. Please try again."


@TABLE.on(events.ConnectionChanged)
def connection_changed(state: AppState, event: events.ConnectionChanged) -> Step:
    """The socket's state; a call in progress keeps its seat on the server and is taken up again.

    Who waits in a lobby goes on waiting, and asks again by `signing_in`.
    """
    phase = event.phase
    connection = replace(
        state.connection,
        phase=phase,
        words=event.words,
        address=event.address or state.connection.address,
        server=event.server or state.connection.server,
        has_greeted=False,
        is_signed_in=False,
    )
    state = replace(state, connection=connection)
    if phase == "online":
        return ask(state, accounts.Hello(version=__version__, protocol=PROTOCOL, device=DEVICE))
    if phase == "connecting":
        return state, ()
    if phase == "refused" and state.reach.is_changing:
        # The server of this computer does not come back: nothing else will tell.
        state = replace(state, reach=replace(state.reach, is_changing=False, words=event.words))
        if state.giving.gift is not None:
            state = replace(
                state,
                giving=replace(state.giving, gift=replace(state.giving.gift, is_opening=False, words=event.words)),
            )
    if state.call:
        state = replace(state, call=replace(state.call, has_seat=False))
    state = unsent(state)
    if state.call_phase == "joining":
        words = "The connection was lost before you joined. Please try again."
        if state.prejoin is None:
            # On the way back into a call: it can be tried again from there.
            return toast(
                replace(state, call_phase="ended" if state.call else "none"), words, is_bad=True, about=JOIN
            ), ()
        return replace(state, call_phase="prejoin", prejoin=replace(state.prejoin, words=words)), ()
    if state.call_phase == "waiting" and state.prejoin and phase == "refused":
        return replace(state, call_phase="prejoin", prejoin=replace(state.prejoin, words=event.words)), ()
    if state.call_phase == "in":
        return replace(state, call_phase="reconnecting"), ()
    return state, ()


@TABLE.on(intents.TryAgain)
def try_again(state: AppState, event: intents.TryAgain) -> Step:
    """Now, and not when the next try is due."""
    return state, (Reconnect(),)


def unsent(state: AppState) -> AppState:
    """Whatever was under way may not have arrived: it stays, marked, with its key, so that a retry is harmless.

    What was written in a call goes out by itself once one has one's seat again.
    """

    def failed(drafts: tuple[Draft, ...]) -> tuple[Draft, ...]:
        words = "Not sent: the connection was lost."
        return tuple(replace(draft, has_failed=True, words=draft.words or words) for draft in drafts)

    views = {room: replace(view, drafts=failed(view.drafts)) for room, view in state.rooms.views.items()}
    plan, search = state.plan, state.search
    if plan and plan.is_sending:
        plan = replace(plan, is_sending=False, words=_LOST)
    if search and search.is_asking:
        search = replace(search, is_asking=False, trouble=NO_CONNECTION)
    for one in state.requests.pending.values():
        if isinstance(one, InviteMember) and one.room in views:
            views[one.room] = replace(views[one.room], invitation_words=_LOST)
    sign_in = replace(state.sign_in, is_under_way=False)
    requests = replace(state.requests, pending={})
    return replace(
        state,
        rooms=replace(state.rooms, views=views),
        plan=plan,
        search=search,
        sign_in=sign_in,
        requests=requests,
    )


def for_visitors(message: accounts.Greeting) -> accounts.Greeting:
    """What a server says, to who does not hold its secret: on somebody else's computer one signs in as anywhere."""
    return msgspec.structs.replace(message, is_embedded=False, needs_owner=False)


@TABLE.on(events.TokenFound)
def token_found(state: AppState, event: events.TokenFound) -> Step:
    """Signs in with what there is, or shows the form. A token is for the server that it came from, and no other."""
    connection = state.connection
    if not connection.has_greeted or connection.server_id != event.server_id:
        return state, ()
    state = replace(state, sign_in=replace(state.sign_in, keyring_words=event.words))
    if connection.is_signed_in:
        return state, ()  # by hand, while the keyring was asked
    if state.connection.is_embedded:
        # The embedded server's own user needs no token: its client holds the owner's secret.
        if state.connection.needs_owner:
            return replace(state, page="sign_in"), ()
        return _as_owner(state, "")
    if event.token:
        return ask(
            replace(state, sign_in=replace(state.sign_in, is_under_way=True)), accounts.Resume(token=event.token)
        )
    gone: tuple[Effect, ...] = ()
    if state.me is not None:
        # Its sign-in was kept nowhere while one was away: what is remembered of the account is nobody's now.
        state, gone = without_account(state)
    return replace(state, page="sign_in"), gone


def _as_owner(state: AppState, name: str) -> Step:
    number = state.requests.next_number
    return replace(
        state,
        requests=replace(state.requests, next_number=number + 1),
        sign_in=replace(state.sign_in, is_under_way=True),
    ), (SendOwner(name, number),)


@TABLE.on(intents.NameOwner)
def name_owner(state: AppState, event: intents.NameOwner) -> Step:
    """The first start on this computer."""
    if not one_line(event.name):
        return replace(state, sign_in=replace(state.sign_in, words="Please enter your name.")), ()
    if not state.connection.has_greeted:
        return replace(state, sign_in=replace(state.sign_in, words=NO_CONNECTION)), ()
    return _as_owner(replace(state, sign_in=replace(state.sign_in, words="")), cut(one_line(event.name), LONGEST_NAME))


@TABLE.on(intents.EnterAccount)
def enter_account(state: AppState, event: intents.EnterAccount) -> Step:
    """Sign-in form."""
    if not (event.email.strip() and event.password):
        return replace(
            state, sign_in=replace(state.sign_in, words="Please enter your e-mail address and your password.")
        ), ()
    # As it was typed: what an older program kept is found by that alone.
    typed = event.password if len(event.password) <= 256 else password(event.password)
    return _sign_in(state, accounts.SignIn(email=event.email.strip(), password=typed))


def _sign_in(state: AppState, message: Ask) -> Step:
    if not state.connection.has_greeted:
        return replace(state, sign_in=replace(state.sign_in, words=NO_CONNECTION)), ()
    return ask(replace(state, sign_in=replace(state.sign_in, words="", is_under_way=True)), message)


@TABLE.on(intents.MakeAccount)
def make_account(state: AppState, event: intents.MakeAccount) -> Step:
    """Sign-up form."""
    words = ""
    if not one_line(event.name):
        words = "Please enter your name."
    elif not addresses.is_address(addresses.tidy(event.email)):
        words = NO_ADDRESS
    elif not 8 <= len(password(event.password)) <= 256:
        words = SHORT_PASSWORD
    if words:
        return replace(state, sign_in=replace(state.sign_in, words=words)), ()
    message = accounts.SignUp(
        email=addresses.tidy(event.email),
        name=cut(one_line(event.name), LONGEST_NAME),
        kind=event.kind,
        password=password(event.password),
    )
    return _sign_in(state, message)


@TABLE.on(intents.LeaveAccount)
def leave_account(state: AppState, event: intents.LeaveAccount) -> Step:
    """Sign out counts at once, connected or not: the token is forgotten here, and by the server if it hears of it."""
    sent: tuple[Effect, ...] = ()
    if state.can_ask:
        state, sent = ask(state, accounts.SignOut())
    state, effects = without_account(replace(state, links=replace(state.links, waiting=None)))
    return state, (*sent, KeepToken(state.connection.server_id, ""), *effects)


@TABLE.hears(accounts.SignedOut)
def signed_out(state: AppState, message: accounts.SignedOut) -> Step:
    """The server's answer, when one is out already; or its own idea: then the token is worth nothing and it is said."""
    if state.me is None or message.re:
        return state, ()
    state, effects = without_account(state)
    return replace(state, sign_in=replace(state.sign_in, words=ELSEWHERE)), (
        KeepToken(state.connection.server_id, ""),
        *effects,
    )


def without_account(state: AppState) -> Step:
    """Nothing of the account stays in memory."""
    fresh = AppState(
        page="sign_in",
        connection=replace(state.connection, is_signed_in=False),
        sign_in=SignIn(keyring_words=state.sign_in.keyring_words),
        devices=state.devices,
        is_minimised=state.is_minimised,
        reach=state.reach,
        own_meetings=state.own_meetings,
        speech=replace(state.speech, is_asked=False),
        links=state.links,
        toasts=Toasts(next_number=state.toasts.next_number),
        requests=Requests(next_number=state.requests.next_number),
    )
    return fresh, (ClosePeers(), StopDevices())


@TABLE.refused(accounts.Hello)
def hello_refused(state: AppState, asked: accounts.Hello, refused: Refused) -> Step:
    """This program and the server do not speak the same protocol."""
    return sign_in_refused(state, refused)


def sign_in_refused(state: AppState, message: Refused) -> Step:
    """A sign-in that failed (its request is not kept, because it holds a secret)."""
    if message.reason == "other_version":
        connection = replace(state.connection, phase="refused", words=message.words)
        return replace(state, connection=connection, sign_in=replace(state.sign_in, is_under_way=False)), ()
    if not state.sign_in.is_under_way:
        # The answer to something that is not wanted any more; without a number, a complaint about the connection.
        return (state if message.re else toast(state, message.words, is_bad=True)), ()
    state = replace(state, sign_in=replace(state.sign_in, is_under_way=False))
    if message.reason == "bad_token":
        words = message.words if state.me else ""
        state, effects = without_account(state)
        return replace(state, sign_in=replace(state.sign_in, words=words)), (
            KeepToken(state.connection.server_id, ""),
            *effects,
        )
    if state.me is None:
        return replace(state, sign_in=replace(state.sign_in, words=message.words), page="sign_in"), ()
    return toast(state, message.words, is_bad=True), ()
