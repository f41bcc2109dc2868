"""Rooms, their messages, their meeting cards."""

from __future__ import annotations

from dataclasses import replace

from app.state import events
from app.state.app_state import AppState, Draft, RoomView
from app.state.asking import Step, ask, ask_now, tell
from app.state.effects import Effect
from app.wire import rooms as wire
from app.wire.recap import ListRecaps, RecapsListed

NOT_SENT = "Not sent: there is no connection."


def with_view(state: AppState, room: str, view: RoomView) -> AppState:
    """The state with another view of one room."""
    return replace(state, views={**state.views, room: view})


def load(state: AppState, room: str) -> Step:
    """Fetches a room's newest messages and its recaps, if they are not there."""
    if state.view(room).is_loaded or not state.can_ask:
        return state, ()
    state, first = ask(state, wire.ListMessages(room=room))
    state, second = ask(state, ListRecaps(room=room))
    return state, (*first, *second)


def make_room(state: AppState, event: events.MakeRoom) -> Step:
    """New room."""
    name = event.name.strip()[:50]
    if not name:
        return tell(state, "A room needs a name.", is_bad=True), ()
    return ask_now(state, wire.CreateRoom(name=name))


def open_room(state: AppState, event: events.OpenRoom) -> Step:
    """Shows a room; what is unread in it is read."""
    place = "rooms" if state.me else state.place
    state = replace(state, room=event.room, place=place, shows_call=False)
    if not event.room:
        return state, ()
    state = with_view(state, event.room, replace(state.view(event.room), unread=0))
    return load(state, event.room)


def show_earlier(state: AppState, event: events.ShowEarlier) -> Step:
    """Older messages."""
    view = state.view(event.room)
    if not (view.has_more and view.messages):
        return state, ()
    return ask_now(state, wire.ListMessages(room=event.room, before=view.messages[0].id))


def invite(state: AppState, event: events.Invite) -> Step:
    """Asks for a one-use code."""
    return ask_now(state, wire.InviteMember(room=event.room))


def invitation_made(state: AppState, message: wire.InvitationMade) -> Step:
    """Shows the code."""
    return with_view(state, message.room, replace(state.view(message.room), invitation=message.code)), ()


def forget_invitation(state: AppState, event: events.ForgetInvitation) -> Step:
    """The dialog is closed."""
    return with_view(state, event.room, replace(state.view(event.room), invitation="")), ()


def enter_by_code(state: AppState, event: events.EnterRoomByCode) -> Step:
    """A code was typed in."""
    code = event.code.strip()
    if not code or len(code) > 256:
        return tell(state, "Please paste the invitation code that you were given.", is_bad=True), ()
    return ask_now(state, wire.JoinRoom(code=code))


def room_changed(state: AppState, message: wire.RoomChanged) -> Step:
    """A new or different room; an answer to one's own request is opened at once."""
    new = message.room
    known = any(room.id == new.id for room in state.rooms)
    rooms = tuple(new if room.id == new.id else room for room in state.rooms) if known else (*state.rooms, new)
    state = replace(state, rooms=rooms)
    if message.re or not state.room:
        return open_room(state, events.OpenRoom(room=new.id))
    return state, ()


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


def recaps_listed(state: AppState, message: RecapsListed) -> Step:
    """The sidebar's list."""
    return with_view(state, message.room, replace(state.view(message.room), recaps=message.meetings)), ()


def say(state: AppState, event: events.SayInRoom) -> Step:
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
    if state.connection.link != "online":
        return fail_draft(state, room, key, words=NOT_SENT), ()
    fresh = replace(draft, has_failed=False, words="", request=state.next_request if state.can_ask else 0)
    state = with_view(state, room, replace(view, drafts=tuple(fresh if one.key == key else one for one in view.drafts)))
    if not state.can_ask:
        return state, ()
    return ask(state, wire.PostMessage(room=room, text=draft.text, key=key))


def send_waiting(state: AppState) -> Step:
    """Sends what was said between the connection and the sign-in."""
    effects: tuple[Effect, ...] = ()
    for room, view in state.views.items():
        for draft in view.drafts:
            if not draft.has_failed and not draft.request:
                state, more = _send(state, room, draft.key)
                effects = (*effects, *more)
    return state, effects


def retry(state: AppState, event: events.RetryMessage) -> Step:
    """Retry of a failed text: the same key, so that it is posted once whatever happened before."""
    return _send(state, event.room, event.key)


def drop(state: AppState, event: events.DropMessage) -> Step:
    """A failed text is thrown away."""
    view = state.view(event.room)
    return with_view(state, event.room, replace(view, drafts=tuple(d for d in view.drafts if d.key != event.key))), ()


def fail_draft(state: AppState, room: str, key: str, *, words: str) -> AppState:
    """Marks a text as not sent."""
    view = state.view(room)
    drafts = tuple(replace(d, has_failed=True, words=words) if d.key == key else d for d in view.drafts)
    return with_view(state, room, replace(view, drafts=drafts))


def message_posted(state: AppState, message: wire.MessagePosted) -> Step:
    """A message stands in a room; one's own draft of it goes."""
    new = message.message
    view = state.view(new.room)
    is_mine = bool(state.own_id) and new.author == state.own_id
    is_seen = state.room == new.room and state.place == "rooms"
    drafts = tuple(draft for draft in view.drafts if not (is_mine and draft.key == new.key))
    if any(one.id == new.id for one in view.messages):
        return with_view(state, new.room, replace(view, drafts=drafts)), ()
    unread = view.unread if is_mine or is_seen else view.unread + 1
    view = replace(view, messages=(*view.messages, new), drafts=drafts, unread=unread)
    rooms = tuple(_with_message(room, new) if room.id == new.room else room for room in state.rooms)
    state = with_view(replace(state, rooms=rooms), new.room, view)
    return meeting_changed(state, wire.MeetingChanged(meeting=new.meeting)) if new.meeting else (state, ())


def _with_message(room: wire.RoomInfo, new: wire.Message) -> wire.RoomInfo:
    import msgspec

    return msgspec.structs.replace(room, last_message=new)


def meeting_changed(state: AppState, message: wire.MeetingChanged) -> Step:
    """A meeting's card is different, wherever it is shown."""
    import msgspec

    card = message.meeting
    rooms = tuple(
        msgspec.structs.replace(room, meeting=card if card.state == "ongoing" else None)
        if room.id == card.room and (card.state == "ongoing" or (room.meeting and room.meeting.id == card.id))
        else room
        for room in state.rooms
    )
    view = state.view(card.room)
    messages = tuple(
        msgspec.structs.replace(one, meeting=card) if one.meeting and one.meeting.id == card.id else one
        for one in view.messages
    )
    recaps = tuple(card if one.id == card.id else one for one in view.recaps)
    if card.recap != "none" and not any(one.id == card.id for one in recaps):
        recaps = (card, *recaps)
    state = with_view(replace(state, rooms=rooms), card.room, replace(view, messages=messages, recaps=recaps))
    if state.call and state.call.meeting.id == card.id:
        ended = card.state == "ended"
        state = replace(state, call=replace(state.call, meeting=card, can_rejoin=state.call.can_rejoin and not ended))
    if state.prejoin and state.prejoin.meeting and state.prejoin.meeting.id == card.id:
        is_recording = card.recap == "recording"
        state = replace(state, prejoin=replace(state.prejoin, meeting=card, is_recording=is_recording))
    from app.state.recap import card_changed

    return card_changed(state, card)
