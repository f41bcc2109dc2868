"""The messages of rooms: posted, fetched, edited, deleted, searched."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from app.state import intents
from app.state.app_state import AppState
from app.state.asking import NO_CONNECTION, ask, ask_now, forget
from app.state.effects import Effect
from app.state.rooms import meeting_changed, with_view
from app.state.slices.drafts import Draft
from app.state.slices.rooms import SearchView
from app.state.tables import Step, Table
from app.state.toasts import of_request, toast
from app.wire import rooms as wire
from app.wire.errors import Refused

TABLE = Table()

NOT_SENT = "Not sent: there is no connection."
#: Letters that the server needs for a search, and most that it takes.
_LEAST_WORDS, _MOST_WORDS = 2, 100
TOO_SHORT = "Please write at least two letters."


@TABLE.on(intents.ShowEarlier)
def show_earlier(state: AppState, event: intents.ShowEarlier) -> Step:
    """Older messages."""
    view = state.view(event.room)
    if not (view.has_more and view.messages):
        return state, ()
    return ask_now(state, wire.ListMessages(room=event.room, before=view.messages[0].id))


@TABLE.hears(wire.MessagesListed, for_members=True)
def messages_listed(state: AppState, message: wire.MessagesListed) -> Step:
    """Fetched messages join those that are known, in order, each once."""
    view = state.view(message.room)
    newest = {one.id for one in message.messages}
    if not view.is_loaded and message.has_more and not any(one.id in newest for one in view.messages):
        # So much was missed that there is a gap: what is before it is fetched again when it is asked for.
        view = replace(view, messages=())
    merged = {one.id: one for one in view.messages}
    merged.update({one.id: one for one in message.messages})
    ordered = tuple(sorted(merged.values(), key=lambda one: (one.at, one.id)))
    has_more = (
        message.has_more
        if not (view.is_loaded and view.messages and message.messages) or ordered[0].id != view.messages[0].id
        else view.has_more
    )
    posted = {one.key for one in ordered if one.author == state.own_id}
    drafts = tuple(draft for draft in view.drafts if draft.key not in posted)
    return with_view(
        state, message.room, replace(view, messages=ordered, has_more=has_more, is_loaded=True, drafts=drafts)
    ), ()


@TABLE.on(intents.SayInRoom)
def say(state: AppState, event: intents.SayInRoom) -> Step:
    """A text is shown at once as a draft and sent; it stays, marked, if that fails."""
    text = event.text.strip()[:4000]
    if not text:
        return state, ()
    view = state.view(event.room)
    state = with_view(state, event.room, replace(view, drafts=(*view.drafts, Draft(event.key, text))))
    return _send(state, event.room, event.key)


def _send(state: AppState, room: str, key: str) -> Step:
    view = state.view(room)
    draft = next((one for one in view.drafts if one.key == key), None)
    if draft is None:
        return state, ()
    if state.connection.phase != "online":
        return fail_draft(state, room, key, words=NOT_SENT), ()
    fresh = replace(draft, has_failed=False, words="", request=state.requests.next_number if state.can_ask else 0)
    state = with_view(state, room, replace(view, drafts=tuple(fresh if one.key == key else one for one in view.drafts)))
    if not state.can_ask:
        return state, ()
    return ask(state, wire.PostMessage(room=room, text=draft.text, key=key))


def send_waiting(state: AppState) -> Step:
    """Sends what was said between the connection and the sign-in."""
    effects: tuple[Effect, ...] = ()
    for room, view in state.rooms.views.items():
        for draft in view.drafts:
            if not draft.has_failed and not draft.request:
                state, more = _send(state, room, draft.key)
                effects = (*effects, *more)
    return state, effects


@TABLE.on(intents.RetryMessage)
def retry(state: AppState, event: intents.RetryMessage) -> Step:
    """Retry of a failed text: the same key, so that it is posted once whatever happened before."""
    return _send(state, event.room, event.key)


@TABLE.on(intents.DropMessage)
def drop(state: AppState, event: intents.DropMessage) -> Step:
    """A failed text is thrown away."""
    view = state.view(event.room)
    return with_view(state, event.room, replace(view, drafts=tuple(d for d in view.drafts if d.key != event.key))), ()


def fail_draft(state: AppState, room: str, key: str, *, words: str) -> AppState:
    """Marks a text as not sent."""
    view = state.view(room)
    drafts = tuple(replace(d, has_failed=True, words=words) if d.key == key else d for d in view.drafts)
    return with_view(state, room, replace(view, drafts=drafts))


@TABLE.refused(wire.PostMessage)
def refused(state: AppState, asked: wire.PostMessage, refused: Refused) -> Step:
    """The text stays, with the reason."""
    return fail_draft(state, asked.room, asked.key, words=refused.words), ()


@TABLE.hears(wire.MessagePosted, for_members=True)
def message_posted(state: AppState, message: wire.MessagePosted) -> Step:
    """A message stands in a room; one's own draft of it goes."""
    new = message.message
    view = state.view(new.room)
    is_mine = bool(state.own_id) and new.author == state.own_id
    drafts = tuple(draft for draft in view.drafts if not (is_mine and draft.key == new.key))
    if any(one.id == new.id for one in view.messages):
        return with_view(state, new.room, replace(view, drafts=drafts)), ()
    unread = view.unread if is_mine else view.unread + 1
    view = replace(view, messages=(*view.messages, new), drafts=drafts, unread=unread)
    rooms = tuple(_with_message(room, new) if room.id == new.room else room for room in state.rooms.known)
    state = with_view(replace(state, rooms=replace(state.rooms, known=rooms)), new.room, view)
    return meeting_changed(state, new.meeting) if new.meeting else (state, ())


def _with_message(room: wire.RoomInfo, new: wire.Message) -> wire.RoomInfo:
    return msgspec.structs.replace(room, last_message=new)


@TABLE.on(intents.ChangeMessage)
def change(state: AppState, event: intents.ChangeMessage) -> Step:
    """Another text; it stands there when the server says so."""
    text = event.text.strip()[:4000]
    if not text:
        return toast(
            state,
            "A message needs some text. You can delete it instead.",
            is_bad=True,
            about=of_request(wire.EditMessage),
        ), ()
    return ask_now(state, wire.EditMessage(message=event.message, text=text))


@TABLE.on(intents.TakeBackMessage)
def take_back(state: AppState, event: intents.TakeBackMessage) -> Step:
    """Deletes a text of one's own."""
    return ask_now(state, wire.DeleteMessage(message=event.message))


@TABLE.hears(wire.MessageChanged, for_members=True)
def changed(state: AppState, message: wire.MessageChanged) -> Step:
    """Edited or deleted, wherever it is shown."""
    new = message.message

    def put(messages: tuple[wire.Message, ...]) -> tuple[wire.Message, ...]:
        return tuple(new if one.id == new.id else one for one in messages)

    view = state.view(new.room)
    rooms = tuple(
        _with_message(room, new) if room.last_message and room.last_message.id == new.id else room
        for room in state.rooms.known
    )
    search = replace(state.search, messages=put(state.search.messages)) if state.search else None
    if search is not None and new.is_deleted:
        search = replace(search, messages=tuple(one for one in search.messages if one.id != new.id))
    state = with_view(state, new.room, replace(view, messages=put(view.messages)))
    return replace(state, rooms=replace(state.rooms, known=rooms), search=search), ()


@TABLE.on(intents.SearchFor)
def search_for(state: AppState, event: intents.SearchFor) -> Step:
    """Looks in the messages of all rooms; of several searches only the last one is shown."""
    words = " ".join(event.words.split())[:_MOST_WORDS]
    state = forget(state, wire.Search)
    if not words:
        return replace(state, search=None), ()
    trouble = TOO_SHORT if len(words) < _LEAST_WORDS else "" if state.can_ask else NO_CONNECTION
    if trouble:
        return replace(state, search=SearchView(words, is_asking=False, trouble=trouble)), ()
    return ask(replace(state, search=SearchView(words)), wire.Search(words=words))


@TABLE.hears(wire.Found, for_members=True)
def found(state: AppState, message: wire.Found) -> Step:
    """What was found."""
    if state.search is None or state.search.words != message.words:
        return state, ()
    return replace(state, search=SearchView(message.words, message.messages, message.has_more, is_asking=False)), ()


@TABLE.refused(wire.Search)
def not_found(state: AppState, asked: wire.Search, refused: Refused) -> Step:
    """A search that the server refused."""
    search = replace(state.search, is_asking=False, trouble=refused.words) if state.search else None
    return replace(state, search=search), ()


def search_again(state: AppState) -> Step:
    """Looks for what was not looked for while there was no connection."""
    if state.search is None or state.search.trouble != NO_CONNECTION:
        return state, ()
    return search_for(state, intents.SearchFor(words=state.search.words))
