"""The check whether pictures and sound would reach the server from here: the user starts it, and is told in words."""

from __future__ import annotations

from dataclasses import replace

from app.state import events, intents
from app.state.app_state import AppState
from app.state.effects import CheckConnection
from app.state.slices.way import WayCheck
from app.state.tables import Step, Table

TABLE = Table()

OFFLINE = "There is no connection to the server at the moment."


@TABLE.on(intents.CheckWay)
def begin(state: AppState, event: intents.CheckWay) -> Step:
    """One at a time; without the server there is nothing to check."""
    if state.way.is_running:
        return state, ()
    address = state.connection.address
    if not state.can_ask:
        return replace(state, way=WayCheck(address, words=OFFLINE)), ()
    number = state.requests.next_number
    requests = replace(state.requests, next_number=number + 1)
    return replace(state, way=WayCheck(address, number, is_running=True), requests=requests), (CheckConnection(number),)


@TABLE.on(events.ConnectionChecked)
def found(state: AppState, event: events.ConnectionChecked) -> Step:
    """What was found holds for the server that was asked."""
    if not state.way.is_running or event.number != state.way.number:
        return state, ()
    return replace(state, way=replace(state.way, is_running=False, is_good=event.is_good, words=event.words)), ()
