"""Live captions: shown while they are switched on and the call is recorded, and forgotten."""

from __future__ import annotations

from dataclasses import replace

from app.state import call_intents
from app.state.app_state import AppState
from app.state.effects import SaveChoices
from app.state.slices.captions import Caption, Captions
from app.state.so_far import goes_on
from app.state.tables import Reply, Step, Table
from app.state.toasts import CALL, toast
from app.wire import captions as wire

TABLE = Table()

#: A state may stand for several that came since the last one was drawn; more is not on the screen at once.
KEPT = 6
OFF_WORDS = "Captions come while AI recording is on, of those who agreed to be recorded. It is off now."


@TABLE.on(call_intents.SwitchCaptions)
def switch(state: AppState, event: call_intents.SwitchCaptions) -> Step:
    """On or off, kept for the next calls; where there is nothing to show yet, that is said."""
    choices = replace(state.devices.chosen, captions=event.is_on)
    state = replace(state, devices=replace(state.devices, chosen=choices))
    if state.call is not None and not event.is_on:
        state = replace(state, call=replace(state.call, captions=_none(state.call.captions)))
    if state.call is not None and event.is_on and state.call.recording.since is None:
        state = toast(state, OFF_WORDS, about=CALL)
    return state, (SaveChoices(choices),)


def _none(captions: Captions) -> Captions:
    """Nothing is shown any more; numbers go on, so that nothing is shown twice."""
    return replace(captions, shown=())


@TABLE.answers(wire.Captioned)
def captioned(state: AppState, message: wire.Captioned, reply: Reply) -> Step:
    """Somebody said something: a caption, and the next line of what was said so far where that is open."""
    call = state.call
    is_mine = call is not None and call.meeting.id == message.meeting and call.recording.since is not None
    if call is None or not is_mine or state.call_phase not in ("in", "reconnecting"):
        return state, ()
    if state.devices.chosen.captions:
        before = call.captions
        new = Caption(before.next_number, message.line, reply.at)
        captions = Captions((*before.shown, new)[-KEPT:], before.next_number + 1)
        state = replace(state, call=replace(call, captions=captions))
    return goes_on(state, message.line)
