"""Connecting and signing in."""

from __future__ import annotations

from dataclasses import replace

from app.state import events
from app.state.app_state import AppState, Draft, Link
from app.state.asking import Step, ask
from app.state.effects import ClosePeers, Effect, FindToken, KeepToken, SendOwner, StopDevices
from app.wire import accounts, people
from app.wire.errors import Refused


def link_changed(state: AppState, event: events.LinkChanged) -> Step:
    """The socket's state; a call in progress keeps its seat on the server and is taken up again."""
    link: Link = event.link
    connection = replace(
        state.connection, link=link, words=event.words, address=event.address or state.connection.address
    )
    state = replace(state, connection=connection)
    if link == "online":
        from app import __version__
        from app.wire.codec import PROTOCOL

        return ask(state, accounts.Hello(version=__version__, protocol=PROTOCOL))
    if link == "connecting":
        return state, ()
    state = _all_unsent(replace(state, is_signing_in=False, pending={}))
    if state.call_phase == "joining":
        words = "The connection was lost before you were in. Please try again."
        prejoin = replace(state.prejoin, words=words) if state.prejoin else None
        return replace(state, call_phase="prejoin" if prejoin else "none", prejoin=prejoin), ()
    if state.call_phase == "waiting" and state.prejoin:
        words = "The connection was lost while you waited. Please ask again."
        return replace(state, call_phase="prejoin", prejoin=replace(state.prejoin, words=words)), ()
    if state.call_phase == "in":
        return replace(state, call_phase="reconnecting"), ()
    return state, ()


def _all_unsent(state: AppState) -> AppState:
    """Whatever was under way may not have arrived: it stays, marked, with its key, so that a retry is harmless."""

    def failed(drafts: tuple[Draft, ...]) -> tuple[Draft, ...]:
        words = "Not sent: the connection was lost."
        return tuple(replace(draft, has_failed=True, words=draft.words or words) for draft in drafts)

    views = {room: replace(view, drafts=failed(view.drafts)) for room, view in state.views.items()}
    call = replace(state.call, chat_drafts=failed(state.call.chat_drafts)) if state.call else None
    return replace(state, views=views, call=call)


def greeted(state: AppState, message: accounts.Greeting) -> Step:
    """The server is known: look for a sign-in that belongs to it."""
    connection = replace(
        state.connection,
        server_id=message.server_id,
        is_embedded=message.is_embedded,
        needs_owner=message.needs_owner,
        terms_version=message.terms_version,
        notice_version=message.notice_version,
    )
    state = replace(state, connection=connection)
    if state.call and state.call.guest_token and state.call_phase == "reconnecting":
        return ask(state, people.RejoinAsGuest(token=state.call.guest_token))
    return state, (FindToken(message.server_id, message.is_embedded),)


def token_found(state: AppState, event: events.TokenFound) -> Step:
    """Signs in with what there is, or shows the form."""
    state = replace(state, keyring_words=event.words)
    if state.connection.is_embedded:
        # The embedded server's own user needs no token: its client holds the owner's secret.
        if state.connection.needs_owner:
            return replace(state, place="sign_in"), ()
        return _as_owner(state, "")
    if event.token:
        return ask(replace(state, is_signing_in=True), accounts.Resume(token=event.token))
    return replace(state, place="sign_in"), ()


def _as_owner(state: AppState, name: str) -> Step:
    number = state.next_request
    return replace(state, next_request=number + 1, is_signing_in=True), (SendOwner(name, number),)


def name_owner(state: AppState, event: events.NameOwner) -> Step:
    """The first start on this computer."""
    if not event.name.strip():
        return replace(state, sign_in_words="Please enter your name."), ()
    return _as_owner(replace(state, sign_in_words=""), event.name.strip()[:50])


def enter_account(state: AppState, event: events.EnterAccount) -> Step:
    """Sign-in form."""
    if not (event.email.strip() and event.password):
        return replace(state, sign_in_words="Please enter your e-mail address and your password."), ()
    message = accounts.SignIn(email=event.email.strip(), password=event.password)
    return ask(replace(state, sign_in_words="", is_signing_in=True), message)


def make_account(state: AppState, event: events.MakeAccount) -> Step:
    """Sign-up form."""
    words = ""
    if not event.name.strip():
        words = "Please enter your name."
    elif event.email.count("@") != 1 or event.email.strip().startswith("@") or event.email.strip().endswith("@"):
        words = "Please enter an e-mail address such as name@example.com."
    elif len(event.password) < 8:
        words = "Please choose a password of at least 8 characters."
    if words:
        return replace(state, sign_in_words=words), ()
    message = accounts.SignUp(
        email=event.email.strip(), name=event.name.strip()[:50], kind=event.kind, password=event.password
    )
    return ask(replace(state, sign_in_words="", is_signing_in=True), message)


def signed_in(state: AppState, message: accounts.SignedIn) -> Step:
    """In: rooms are shown; a call that was interrupted is taken up."""
    connection = replace(state.connection, needs_owner=False)
    place = "rooms" if state.place in ("starting", "sign_in") else state.place
    room = state.room or (message.rooms[0].id if message.rooms else "")
    state = replace(
        state,
        connection=connection,
        me=message.account,
        accepted_terms=message.accepted_terms,
        rooms=message.rooms,
        room=room,
        place=place,
        sign_in_words="",
        is_signing_in=False,
        # What was missed while offline is fetched again when a room is shown.
        views={one: replace(view, is_loaded=False) for one, view in state.views.items()},
    )
    effects: tuple[Effect, ...] = ()
    if not connection.is_embedded:
        effects = (KeepToken(connection.server_id, message.token),)
    if state.call and state.call_phase == "reconnecting":
        state, more = ask(state, rejoining(state))
        effects = (*effects, *more)
    if room:
        from app.state.rooms import load

        state, more = load(state, room)
        effects = (*effects, *more)
    return state, effects


def rejoining(state: AppState) -> people.JoinMeeting:
    """The request that takes a kept seat again; consent that was given stays given."""
    call = state.call
    if call is None:
        raise ValueError("there is no call to rejoin")
    consents = any(person.id == call.you and person.consents for person in call.people)
    return people.JoinMeeting(
        meeting=call.meeting.id,
        microphone_on=state.choices.microphone_on,
        camera_on=state.choices.camera_on,
        notice_version=state.connection.notice_version if consents or call.recording_since else 0,
    )


def leave_account(state: AppState, event: events.LeaveAccount) -> Step:
    """Sign out: the token is forgotten here and on the server."""
    state, effects = ask(state, accounts.SignOut())
    return state, (*effects, KeepToken(state.connection.server_id, ""))


def signed_out(state: AppState, message: accounts.SignedOut) -> Step:
    """Nothing of the account stays in memory."""
    fresh = AppState(
        place="sign_in", connection=state.connection, choices=state.choices, devices=state.devices,
        next_request=state.next_request, keyring_words=state.keyring_words,
    )  # fmt: skip
    return fresh, (ClosePeers(), StopDevices())


def terms_accepted(state: AppState, message: accounts.TermsAccepted) -> Step:
    """The pop-up closes; devices may be opened from here on."""
    from app.state.prejoin import devices_may_open

    return devices_may_open(replace(state, accepted_terms=message.version))


def refused(state: AppState, message: Refused) -> Step:
    """A sign-in that failed (its request is not kept, because it holds a secret)."""
    if message.reason == "other_version":
        connection = replace(state.connection, link="refused", words=message.words)
        return replace(state, connection=connection, is_signing_in=False), ()
    effects: tuple[Effect, ...] = ()
    if message.reason == "bad_token":
        effects = (KeepToken(state.connection.server_id, ""),)
    place = "sign_in" if state.me is None or message.reason == "bad_token" else state.place
    words = "" if message.reason == "bad_token" and state.me is None else message.words
    return replace(state, sign_in_words=words, is_signing_in=False, place=place), effects
