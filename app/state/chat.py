"""The chat of a call."""

from __future__ import annotations

from dataclasses import replace

from app.state import call_intents
from app.state.app_state import AppState
from app.state.asking import ask
from app.state.effects import PlaySound
from app.state.slices.call import Call
from app.state.slices.drafts import Draft
from app.state.tables import Step, Table
from app.wire import chat as wire
from app.wire.errors import Refused

TABLE = Table()


@TABLE.on(call_intents.SayInChat)
def say(state: AppState, event: call_intents.SayInChat) -> Step:
    """A line is shown at once as a draft and sent; the sender learns of its success as the others do."""
    text = event.text.strip()[:4000]
    if not text or state.call is None:
        return state, ()
    draft = Draft(event.key, text)
    state = replace(
        state,
        call=replace(
            state.call,
            chat=replace(state.call.chat, drafts=(*state.call.chat.drafts, draft)),
        ),
    )
    return _send(state, event.key)


def _send(state: AppState, key: str) -> Step:
    call = state.call
    draft = next((one for one in call.chat.drafts if one.key == key), None) if call else None
    if call is None or draft is None:
        return state, ()
    if not state.is_seated:
        return fail_draft(state, key, words="Not sent: you are not in the meeting right now."), ()
    fresh = tuple(replace(one, has_failed=False, words="") if one.key == key else one for one in call.chat.drafts)
    state = replace(state, call=replace(call, chat=replace(call.chat, drafts=fresh)))
    return ask(state, wire.PostChat(meeting=call.meeting.id, text=draft.text, key=key))


@TABLE.on(call_intents.RetryChat)
def retry(state: AppState, event: call_intents.RetryChat) -> Step:
    """The same key again, so that the line is posted once whatever happened before."""
    return _send(state, event.key)


@TABLE.on(call_intents.DropChat)
def drop(state: AppState, event: call_intents.DropChat) -> Step:
    """A failed line is thrown away; one that is on its way stays, for it may stand in the chat already."""
    if state.call is None:
        return state, ()
    kept = tuple(one for one in state.call.chat.drafts if one.key != event.key or not one.has_failed)
    return replace(state, call=replace(state.call, chat=replace(state.call.chat, drafts=kept))), ()


def fail_draft(state: AppState, key: str, *, words: str) -> AppState:
    """Marks a line as not sent."""
    if state.call is None:
        return state
    drafts = tuple(
        replace(one, has_failed=True, words=words) if one.key == key else one for one in state.call.chat.drafts
    )
    return replace(state, call=replace(state.call, chat=replace(state.call.chat, drafts=drafts)))


@TABLE.refused(wire.PostChat)
def refused(state: AppState, asked: wire.PostChat, refused: Refused) -> Step:
    """The line stays, with the reason."""
    return fail_draft(state, asked.key, words=refused.words), ()


def still_drafts(drafts: tuple[Draft, ...], lines: tuple[wire.ChatLine, ...], you: str) -> tuple[Draft, ...]:
    """Those drafts that do not stand among these lines."""
    told = {line.key for line in lines if line.author == you}
    return tuple(draft for draft in drafts if draft.key not in told)


def unread_then(before: Call | None, lines: tuple[wire.ChatLine, ...], you: str) -> int:
    """How many lines one has not seen, back in a call; what stood there before one first came is not counted."""
    if before is None or before.panel == "chat":
        return 0
    known = {line.id for line in before.chat.lines}
    return before.chat.unread + sum(line.id not in known and line.author != you for line in lines)


@TABLE.hears(wire.ChatPosted)
def posted(state: AppState, message: wire.ChatPosted) -> Step:
    """A line stands in the chat."""
    call = state.call
    if call is None or call.meeting.id != message.meeting:
        return state, ()
    is_mine = message.line.author == call.you
    drafts = still_drafts(call.chat.drafts, (message.line,), call.you)
    if any(one.id == message.line.id for one in call.chat.lines):
        return replace(state, call=replace(call, chat=replace(call.chat, drafts=drafts))), ()
    is_seen = is_mine or call.panel == "chat"
    unread = call.chat.unread if is_seen else call.chat.unread + 1
    call = replace(
        call,
        chat=replace(call.chat, lines=(*call.chat.lines, message.line), drafts=drafts, unread=unread),
    )
    return replace(state, call=call), (() if is_seen else (PlaySound("message"),))
