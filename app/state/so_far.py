"""What was said so far in a recorded call, what one has missed, and moments that one marks: for members of the room."""

from __future__ import annotations

from dataclasses import replace

from app.state import call_intents
from app.state.app_state import AppState
from app.state.asking import ask, ask_now, is_asking
from app.state.slices.call import Call
from app.state.slices.captions import Captions, SoFar
from app.state.tables import Step, Table
from app.state.toasts import CALL, toast
from app.wire import captions as wire
from app.wire import recording
from app.wire.captions import Line
from app.wire.errors import Refused

TABLE = Table()

#: The name of its side panel.
PANEL = "so-far"
#: The newest lines are kept: each is a widget, and the recap has them all.
KEPT = 1000
#: So many seconds are worth a word to who comes late.
WORTH_S = 30.0
MARKED = "This moment is marked. It will be a highlight of the recap, with your name."


def can_read(state: AppState) -> bool:
    """Whether one may read now what was said so far: a member of the room, in a call that is recorded."""
    is_in = state.call is not None and state.call_phase in ("in", "reconnecting")
    return is_in and is_member(state) and state.call is not None and state.call.recording.since is not None


def is_member(state: AppState) -> bool:
    """Whether one is in the call as a member of its room, not as a guest."""
    own = state.call.own if state.call is not None else None
    return own is not None and not own.is_guest


def why_not_mark(state: AppState) -> str:
    """Why one cannot mark this moment of the call, in words; empty: one can."""
    if not can_read(state):
        return "Moments can be marked while AI recording is on. It is off now."
    own = state.call.own if state.call is not None else None
    return "" if own is not None and own.consents else "First choose to stay and be recorded: your name stands with it."


def _show(state: AppState, so_far: SoFar) -> AppState:
    return replace(state, call=replace(state.call, so_far=so_far)) if state.call else state


def _of(state: AppState, meeting: str) -> SoFar | None:
    """What is shown of a meeting, if that is the call one is in."""
    return state.call.so_far if state.call and state.call.meeting.id == meeting and can_read(state) else None


def look(state: AppState) -> Step:
    """After everything that happens: the open panel is filled, and one that is closed keeps nothing."""
    call = state.call
    if call is None:
        return state, ()
    so_far, is_open = call.so_far, call.panel == PANEL and can_read(state)
    if call.panel == PANEL and not is_open:
        # Recording is off: its tab has gone.
        state = replace(state, call=replace(call, panel=""))
    if not is_open:
        kept = SoFar(missed_since=so_far.missed_since if can_read(state) else None)
        return (state if so_far == kept else _show(state, kept)), ()
    if so_far.is_known or so_far.words or not state.is_seated or not state.can_ask or is_asking(state, wire.AskSoFar):
        return state, ()
    return ask(state, wire.AskSoFar(meeting=call.meeting.id))


@TABLE.hears(wire.SoFarTold)
def told(state: AppState, message: wire.SoFarTold) -> Step:
    """The lines that were asked for."""
    so_far = _of(state, message.meeting)
    if so_far is None:
        return state, ()
    last = max((one.number for one in message.lines), default=so_far.last)
    is_cut = so_far.is_cut or message.is_cut
    so_far = replace(so_far, is_known=True, last=max(last, so_far.last), words="", is_cut=is_cut)
    return _show(state, _with(so_far, message.lines)), ()


def _with(so_far: SoFar, new: tuple[Line, ...]) -> SoFar:
    """With more lines, each once and in order of time: what was written down later may have been said before."""
    known = {one.number: one for one in (*so_far.lines, *new)}
    lines = tuple(sorted(known.values(), key=lambda one: (one.at, one.number)))
    return replace(so_far, lines=lines[-KEPT:], is_cut=so_far.is_cut or len(lines) > KEPT)


def goes_on(state: AppState, line: Line) -> Step:
    """Somebody said something more; whoever missed a line asks for it."""
    call = state.call
    if call is None or not call.so_far.is_known or not can_read(state):
        return state, ()
    if line.number <= call.so_far.last + 1:
        last = max(line.number, call.so_far.last)
        return _show(state, _with(replace(call.so_far, last=last), (line,))), ()
    if not state.can_ask or is_asking(state, wire.AskSoFar):
        return state, ()
    return ask(state, wire.AskSoFar(meeting=call.meeting.id, after=call.so_far.last))


@TABLE.refused(wire.AskSoFar)
def not_told(state: AppState, asked: wire.AskSoFar, refused: Refused) -> Step:
    """Said in the panel; lines that grow are asked for again with the next one."""
    so_far = _of(state, asked.meeting)
    if so_far is None or so_far.is_known:
        return state, ()
    return _show(state, replace(so_far, words=refused.words)), ()


@TABLE.on(call_intents.AskAgainSoFar)
def again(state: AppState, event: call_intents.AskAgainSoFar) -> Step:
    """Tries once more."""
    return (_show(state, replace(state.call.so_far, words="")), ()) if state.call else (state, ())


# --- what one has missed ------------------------------------------------------------------------------------------
@TABLE.on(call_intents.CatchUp)
def catch_up(state: AppState, event: call_intents.CatchUp) -> Step:
    """Asks what was said since a moment."""
    if state.call is None or not state.is_seated or not can_read(state) or is_asking(state, wire.SumUp):
        return state, ()
    meeting = state.call.meeting.id
    state = _show(state, replace(state.call.so_far, asked_since=event.since, gist=None))
    return ask(state, wire.SumUp(meeting=meeting, since=event.since))


@TABLE.on(call_intents.PutGistAway)
def put_away(state: AppState, event: call_intents.PutGistAway) -> Step:
    """Read; what was missed is not offered again."""
    if state.call is None:
        return state, ()
    return _show(state, replace(state.call.so_far, gist=None, asked_since=None, missed_since=None)), ()


@TABLE.hears(wire.SummedUp)
def summed_up(state: AppState, message: wire.SummedUp) -> Step:
    """The gist, if the panel is still open."""
    so_far = _of(state, message.meeting)
    if so_far is None or so_far.asked_since != message.since:
        return state, ()
    return _show(state, replace(so_far, gist=message, asked_since=None)), ()


@TABLE.refused(wire.SumUp)
def not_summed_up(state: AppState, asked: wire.SumUp, refused: Refused) -> Step:
    """Said at the top of the window; the button is there again."""
    so_far = _of(state, asked.meeting)
    if so_far is not None:
        state = _show(state, replace(so_far, asked_since=None))
    return toast(state, refused.words, is_bad=True, about=CALL), ()


def came_late(state: AppState, now: float) -> AppState:
    """Says to who has just come in what they can read. `now`: the server's clock."""
    since = state.call.so_far.missed_since if state.call else None
    if since is None or now - since < WORTH_S or not can_read(state):
        return state
    return toast(state, "You missed a part of this recorded meeting. “So far” tells you what was said.", about=CALL)


def forgotten(call: Call) -> Call:
    """Without all that was said."""
    return replace(call, captions=Captions(next_number=call.captions.next_number), so_far=SoFar())


# --- marks --------------------------------------------------------------------------------------------------------
@TABLE.on(call_intents.MarkMoment)
def mark(state: AppState, event: call_intents.MarkMoment) -> Step:
    """Marks this moment of the recording, when the server says so."""
    if state.call is None or not state.is_seated or not can_read(state):
        return state, ()
    return ask_now(state, recording.MarkMoment(meeting=state.call.meeting.id))


@TABLE.hears(recording.MomentMarked)
def marked(state: AppState, message: recording.MomentMarked) -> Step:
    """It is kept."""
    if state.call is None or state.call.meeting.id != message.meeting:
        return state, ()
    return toast(state, MARKED, about=CALL), ()
