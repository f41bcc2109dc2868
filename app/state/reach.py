"""Whether others may reach the server of this computer."""

from __future__ import annotations

from dataclasses import replace

from app.state import events, intents
from app.state.app_state import AppState, Reach
from app.state.asking import Step
from app.state.effects import SetReach


def let_others(state: AppState, event: intents.LetOthersReach) -> Step:
    """The switch; the server of this computer is started anew for it."""
    if state.reach.is_changing:
        return state, ()  # the second click of two: which of two changes came last would be left to chance
    words = ""
    if not (state.connection.is_embedded and state.connection.is_home):
        words = "This works only with the server of this computer."
    elif state.is_busy:
        words = "You are in a meeting. Leave it first: the server of this computer is started anew for this."
    if words:
        return replace(state, reach=replace(state.reach, words=words)), ()
    return replace(state, reach=replace(state.reach, is_changing=True, words="")), (SetReach(event.is_on),)


def told(state: AppState, event: events.ReachTold) -> Step:
    """Where others find this computer, or why they do not."""
    return replace(state, reach=Reach(event.is_on, event.addresses, words=event.words)), ()
