"""Pointing at a shared screen: who may. Where somebody points passes the state by, as pictures do."""

from __future__ import annotations

from app.state import call_intents
from app.state.app_state import AppState
from app.state.asking import ask_now
from app.state.slices.call import Call
from app.state.tables import Step, Table
from app.wire import pointing as wire

TABLE = Table()
# The conductor gives these to the window.
TABLE.ignore(wire.Pointed)


def may_point(call: Call, sharer: str) -> bool:
    """Whether one may point at what somebody else shares; the server says so, too."""
    you, other = call.own, call.person(sharer)
    if you is None or other is None or you is other or not other.sharing:
        return False
    return other.guests_point if you.is_guest else other.members_point


def pointing_lets(call: Call) -> tuple[bool, bool]:
    """Whom one lets point at one's own share: members, guests."""
    you = call.own
    return (you.members_point, you.guests_point) if you is not None and you.sharing else (False, False)


@TABLE.on(call_intents.LetPoint)
def let_point(state: AppState, event: call_intents.LetPoint) -> Step:
    """Others may point at one's share, or no more, when the server says so."""
    if state.call is None or not state.is_seated:
        return state, ()
    meeting = state.call.meeting.id
    return ask_now(state, wire.AllowPointing(meeting=meeting, members=event.members, guests=event.guests))
