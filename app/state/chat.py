"""The chat of a call."""

from __future__ import annotations

from dataclasses import replace

from app.state import call_intents, intents
from app.state.app_state import AppState
from app.state.asking import NO_CONNECTION, ask
from app.state.effects import Effect, PlaySound
from app.state.prejoin import find_card
from app.state.slices.call import Call
from app.state.slices.chat import ChatLog
from app.state.slices.drafts import Draft
from app.state.tables import Step, Table
from app.state.toasts import CALL, CHAT, toast, withdraw
from app.wire import chat as wire
from app.wire.errors import Refused
from app.wire.text import one_line

TABLE = Table()

#: So many lines are kept here; the server tells who comes in no more than the newest, either.
MOST_LINES = 500
#: So often a line goes out again by itself.
MOST_TRIES = 3
#: Of a line that is shown over the page.
FIRST_CHARS = 80


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
    if not state.is_seated and state.call_phase != "reconnecting":
        return fail_draft(state, key, words="Not sent: you are not in the meeting right now."), ()
    fresh = tuple(replace(one, has_failed=False, words="") if one.key == key else one for one in call.chat.drafts)
    state = replace(state, call=replace(call, chat=replace(call.chat, drafts=fresh)))
    if not state.is_seated:
        return state, ()  # it waits for `send_waiting`
    return ask(state, wire.PostChat(meeting=call.meeting.id, text=draft.text, key=key))


def send_waiting(state: AppState) -> Step:
    """Back in one's seat: what was under way when the connection was lost, and what was written since, is sent.

    Under its key, so that it is posted once whether it had arrived or not. What has gone out again three times may be
    why the connection was lost: its author is asked.
    """
    effects: tuple[Effect, ...] = ()
    for draft in state.call.chat.drafts if state.call else ():
        if draft.has_failed:
            continue
        if draft.tries >= MOST_TRIES:
            state = fail_draft(state, draft.key, words="Not sent: the connection was lost.")
            continue
        state, more = _send(_counted(state, draft.key), draft.key)
        effects = (*effects, *more)
    return state, effects


def _counted(state: AppState, key: str) -> AppState:
    call = state.call
    if call is None:
        return state
    drafts = tuple(replace(one, tries=one.tries + 1) if one.key == key else one for one in call.chat.drafts)
    return replace(state, call=replace(call, chat=replace(call.chat, drafts=drafts)))


def never_sent(call: Call) -> Call:
    """What still waits when the call is over: it stays, marked."""
    words = "Not sent: you were not in the meeting any more."
    drafts = tuple(one if one.has_failed else replace(one, has_failed=True, words=words) for one in call.chat.drafts)
    return replace(call, chat=replace(call.chat, drafts=drafts))


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
    if before is None:
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
    is_seen = is_mine or _is_looked_at(state)
    lines = (*call.chat.lines, message.line)[-MOST_LINES:]
    unread = call.chat.unread if is_seen else call.chat.unread + 1
    state = replace(state, call=replace(call, chat=replace(call.chat, lines=lines, drafts=drafts, unread=unread)))
    if is_seen:
        return state, ()
    return _say_so(state, message.line), (PlaySound("message"),)


def _is_looked_at(state: AppState) -> bool:
    """Whether the newest line is in sight: the panel is open at its end, in a window that is there."""
    call = state.call
    is_open = call is not None and call.panel == "chat" and call.chat.is_at_end
    return is_open and state.shows_call and not state.is_minimised


def _say_so(state: AppState, line: wire.ChatLine) -> AppState:
    """Shows who wrote and the first words, the newest line alone; not where the panel is open, further up."""
    is_open = state.call is not None and state.call.panel == "chat" and state.shows_call
    if is_open or not state.devices.chosen.chat_notices:
        return state
    text = one_line(line.text)
    first = text if len(text) <= FIRST_CHARS else text[: FIRST_CHARS - 1].rstrip() + "…"
    return toast(withdraw(state, CHAT), f"{one_line(line.author_name)}: {first}", about=(CALL, CHAT))


@TABLE.on(call_intents.LookAtChat)
def look(state: AppState, event: call_intents.LookAtChat) -> Step:
    """The open panel was scrolled."""
    call = state.call
    if call is None or call.chat.is_at_end == event.at_end:
        return state, ()
    return replace(state, call=replace(call, chat=replace(call.chat, is_at_end=event.at_end))), ()


def read_shown(state: AppState) -> Step:
    """What is looked at is read; after everything that happens, whatever brought it into sight."""
    if state.call is None or not state.call.chat.unread or not _is_looked_at(state):
        return state, ()
    return replace(state, call=replace(state.call, chat=replace(state.call.chat, unread=0))), ()


# --- read afterwards ----------------------------------------------------------------------------------------------
@TABLE.on(intents.OpenChatLog)
def open_log(state: AppState, event: intents.OpenChatLog) -> Step:
    """Asks for what was written in a meeting of one's room."""
    card = find_card(state, event.meeting)
    if card is None:
        return state, ()
    log = ChatLog(card.id, card.title)
    if not state.can_ask:
        return replace(state, chat_log=replace(log, words=NO_CONNECTION)), ()
    return ask(replace(state, chat_log=log), wire.ReadChat(meeting=card.id))


@TABLE.on(intents.CloseChatLog)
def close_log(state: AppState, event: intents.CloseChatLog) -> Step:
    """Put away; nothing of it stays in memory."""
    return replace(state, chat_log=None), ()


@TABLE.hears(wire.ChatRead, for_members=True)
def log_read(state: AppState, message: wire.ChatRead) -> Step:
    """The lines, if they are still wanted."""
    if state.chat_log is None or state.chat_log.meeting != message.meeting:
        return state, ()
    return replace(state, chat_log=replace(state.chat_log, lines=message.lines, words="")), ()


@TABLE.refused(wire.ReadChat)
def log_refused(state: AppState, asked: wire.ReadChat, refused: Refused) -> Step:
    """Why not is said where the lines would be."""
    if state.chat_log is None or state.chat_log.meeting != asked.meeting:
        return state, ()
    return replace(state, chat_log=replace(state.chat_log, words=refused.words)), ()
