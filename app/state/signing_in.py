"""Signed in: what was interrupted is resumed, and what is open is fetched again."""

from __future__ import annotations

from dataclasses import replace

from msgspec.structs import replace as replace_fields

from app.state import account_dialog, intents, messages, recap, rooms, schedule
from app.state.accounts import without_account
from app.state.app_state import AppState
from app.state.asking import ask
from app.state.effects import Effect, FindToken, KeepToken
from app.state.people import rejoining
from app.state.prejoin import knock_again
from app.state.slices.rooms import RoomView
from app.state.tables import Step, Table
from app.wire import accounts

TABLE = Table()


@TABLE.hears(accounts.Greeting)
def greeted(state: AppState, message: accounts.Greeting) -> Step:
    """The server is known: look for a sign-in that belongs to it."""
    gone: tuple[Effect, ...] = ()
    if state.connection.server_id not in ("", message.server_id):
        # Another server at the same address: nothing that belongs to the one before is for it.
        state, gone = without_account(state)
    connection = replace(
        state.connection,
        has_greeted=True,
        server_id=message.server_id,
        is_embedded=message.is_embedded,
        needs_owner=message.needs_owner,
        terms_version=message.terms_version,
        notice_version=message.notice_version,
        is_reachable=message.is_reachable,
        talks_to=message.talks_to,
        media_by=message.media_by,
        receipt_key=message.receipt_key,
        gestures_need_recording=message.gestures_need_recording,
        language_model=message.language_model,
    )
    if message.notice_version != state.connection.notice_version:
        state = _notice_unread(state)
    state = replace(state, connection=connection)
    if state.call_phase == "waiting" and state.me is None:
        return knock_again(state)
    if state.call and state.call.guest_token and state.call_phase == "reconnecting" and state.me is None:
        return ask(state, rejoining(state, state.call, moves=False))
    return state, (*gone, FindToken(message.server_id, message.is_embedded))


def _notice_unread(state: AppState) -> AppState:
    """What was read or agreed to is not what is asked any more."""
    if state.prejoin and state.prejoin.notice_read:
        state = replace(state, prejoin=replace(state.prejoin, notice_read=False))
    call = state.call
    if call is None or call.own is None:
        return state
    people = tuple(replace_fields(one, consents=False) if one.id == call.you else one for one in call.people)
    return replace(state, call=replace(call, people=people))


@TABLE.hears(accounts.SignedIn)
def signed_in(state: AppState, message: accounts.SignedIn) -> Step:
    """In: rooms are shown; a call that was interrupted is taken up."""
    connection = replace(state.connection, needs_owner=False, is_signed_in=True)
    page = "rooms" if state.page in ("starting", "sign_in") else state.page
    known = {one.id for one in message.rooms}
    room = state.rooms.open if state.rooms.open in known else message.rooms[0].id if message.rooms else ""
    state = replace(
        state,
        connection=connection,
        me=message.account,
        accepted_terms=message.accepted_terms,
        rooms=replace(state.rooms, known=message.rooms, open=room, views=_views(state, message, known)),
        page=page,
        sign_in=replace(state.sign_in, words="", reset_words="", is_under_way=False),
        access=message.access,
        news=(),
    )
    effects: tuple[Effect, ...] = ()
    if not connection.is_embedded:
        effects = (KeepToken(connection.server_id, message.token),)
    if state.call and state.call_phase == "reconnecting":
        state, more = ask(state, rejoining(state, state.call, moves=state.connection.is_embedded))
        effects = (*effects, *more)
    state, more = knock_again(state)
    effects = (*effects, *more)
    if room:
        state, more = rooms.load(state, room)
        effects = (*effects, *more)
    state, more = messages.send_waiting(state)
    effects = (*effects, *more)
    state, more = _asked_again(state)
    return state, (*effects, *more)


def _asked_again(state: AppState) -> Step:
    """What is open and was not answered, or may be different by now."""
    state, effects = messages.search_again(state)
    if state.page == "recap" and state.recap:
        # Also one that is here already: it may have been deleted, or be none of ours any more.
        state, more = recap.fetch(state, state.recap.meeting.id)
        effects = (*effects, *more)
    if state.plan and state.plan.meeting and state.plan.plan is None:
        state, more = schedule.open_plan(state, intents.OpenPlan(room=state.plan.room, meeting=state.plan.meeting))
        effects = (*effects, *more)
    if state.account:
        state, more = account_dialog.open_dialog(state, intents.OpenAccount(is_open=True))
        effects = (*effects, *more)
    return state, effects


def _views(state: AppState, message: accounts.SignedIn, known: set[str]) -> dict[str, RoomView]:
    """What is known of the rooms; what was missed while offline is fetched again when a room is shown."""
    return {
        room: replace(state.view(room), is_loaded=False, unread=message.unread.get(room, 0))
        for room in {*state.rooms.views, *message.unread} & known
    }
