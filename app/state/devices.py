"""Devices: which there are, which are chosen, and what is wrong with one."""

from __future__ import annotations

from dataclasses import replace

from app.state import call_intents, events
from app.state.app_state import AppState
from app.state.asking import ask
from app.state.effects import SaveChoices
from app.state.slices.devices import DeviceKind
from app.state.tables import Step, Table
from app.wire import people

TABLE = Table()


@TABLE.on(events.ChoicesLoaded)
def loaded(state: AppState, event: events.ChoicesLoaded) -> Step:
    """As it was chosen the last time."""
    return replace(state, devices=replace(state.devices, chosen=event.choices)), ()


@TABLE.on(events.DevicesListed)
def listed(state: AppState, event: events.DevicesListed) -> Step:
    """Those that there are now."""
    return replace(state, devices=replace(state.devices, found=event.devices)), ()


@TABLE.on(call_intents.Choose)
def choose(state: AppState, event: call_intents.Choose) -> Step:
    """Kept at once; in a call the others are told what one shows."""
    before = state.devices.chosen
    state = replace(state, devices=replace(state.devices, chosen=event.choices))
    shown = (event.choices.microphone_on, event.choices.camera_on)
    effects = (SaveChoices(event.choices),)
    if state.call and state.is_seated and shown != (before.microphone_on, before.camera_on):
        state, more = show_own(state, state.call.meeting.id)
        return state, (*effects, *more)
    return state, effects


def show_own(state: AppState, meeting: str) -> Step:
    """Tells the others what one shows now."""
    choices = state.devices.chosen
    told = people.ShowState(meeting=meeting, microphone_on=choices.microphone_on, camera_on=choices.camera_on)
    return ask(state, told)


@TABLE.on(events.DeviceTold)
def device_told(state: AppState, event: events.DeviceTold) -> Step:
    """A device failed or works again; the call goes on either way."""

    def changed(words: tuple[tuple[DeviceKind, str], ...]) -> tuple[tuple[DeviceKind, str], ...]:
        kept = tuple(one for one in words if one[0] != event.kind)
        return (*kept, (event.kind, event.words)) if event.words else kept

    if state.prejoin:
        state = replace(state, prejoin=replace(state.prejoin, device_words=changed(state.prejoin.device_words)))
    if state.call:
        state = replace(
            state, call=replace(state.call, media=replace(state.call.media, words=changed(state.call.media.words)))
        )
    return state, ()
