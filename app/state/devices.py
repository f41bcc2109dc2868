"""Devices: which there are, which are chosen, and what is wrong with one."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from typing import Any

from app.state import call_intents, events
from app.state.app_state import AppState
from app.state.asking import ask
from app.state.effects import SaveChoices, Talk, TryVoice
from app.state.slices.devices import Choices, DeviceKind, fits
from app.state.tables import Step, Table
from app.state.toasts import DEVICES, MUTED, toast
from app.wire import people

TABLE = Table()
#: Kind of device -> what is kept for each of them by itself: one dim camera is no reason to lift all pictures.
PER_DEVICE: dict[DeviceKind, tuple[str, ...]] = {
    "camera": ("picture", "low_light"),
    "microphone": ("noise", "echo", "levels"),
}
_MOST_DEVICES = 20


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
    before = state
    choices = _as_it_was_with(state.devices.chosen, _with_changes(state.devices.chosen, event))
    state = replace(state, devices=replace(state.devices, chosen=choices))
    state, effects = _show_changes(before, state)
    return state, (SaveChoices(choices), *effects)


def _with_changes(now: Choices, event: call_intents.Choose) -> Choices:
    if event.shown is None:
        return event.choices
    wanted = {one.name: getattr(event.choices, one.name) for one in fields(Choices)}
    return replace(now, **{name: value for name, value in wanted.items() if value != getattr(event.shown, name)})


def _show_changes(before: AppState, state: AppState) -> Step:
    """In a call the others are told what one shows, where that has changed."""
    if state.call is None or not state.is_seated or _shown(before) == _shown(state):
        return state, ()
    return show_own(state, state.call.meeting.id)


def _shown(state: AppState) -> tuple[bool, bool]:
    return state.devices.microphone_on, state.devices.chosen.camera_on


def show_own(state: AppState, meeting: str) -> Step:
    """Tells the others what one shows now."""
    microphone_on, camera_on = _shown(state)
    return ask(state, people.ShowState(meeting=meeting, microphone_on=microphone_on, camera_on=camera_on))


# --- what belongs to one device -----------------------------------------------------------------------------------
def _as_it_was_with(before: Choices, after: Choices) -> Choices:
    """With another device comes what was chosen when that one was in use last; what is new to us stays as it is."""
    changed = {kind for kind in PER_DEVICE if getattr(before, kind) != getattr(after, kind)}
    if not changed:
        return after
    kept = _kept(before.per_device)
    for kind in changed:
        names = PER_DEVICE[kind]
        old = f"{kind} {getattr(before, kind)}"
        kept = {old: {name: getattr(before, name) for name in names}, **{k: v for k, v in kept.items() if k != old}}
        found = kept.get(f"{kind} {getattr(after, kind)}", {})
        fitting = {name: found[name] for name in names if fits(name, found.get(name))}
        after = replace(after, **fitting)
    return replace(after, per_device=json.dumps(dict(list(kept.items())[:_MOST_DEVICES])))


def _kept(stored: str) -> dict[str, dict[str, Any]]:
    """What is kept of devices, the last one first; nothing where it cannot be read."""
    try:
        found = json.loads(stored or "{}")
    except (ValueError, RecursionError):
        return {}
    return {k: v for k, v in found.items() if isinstance(v, dict)} if isinstance(found, dict) else {}


# --- push-to-talk, and speaking while one is muted ----------------------------------------------------------------
@TABLE.on(call_intents.Talk)
def talk(state: AppState, event: call_intents.Talk) -> Step:
    """Heard while the key is held; where the microphone is on already, the key changes nothing, least of all that."""
    can_talk = state.is_seated and not state.devices.chosen.microphone_on
    return _talking(state, event.is_held and (can_talk or state.devices.is_talking))


def fall_silent(state: AppState) -> Step:
    """No held key outlasts the seat in which it was pressed."""
    return (state, ()) if state.is_seated else _talking(state, False)


def _talking(state: AppState, is_talking: bool) -> Step:
    if is_talking == state.devices.is_talking:
        return state, ()
    before = state
    state = replace(state, devices=replace(state.devices, is_talking=is_talking))
    state, effects = _show_changes(before, state)
    return state, (Talk(is_talking), *effects)


@TABLE.on(events.SpokeMuted)
def spoke_muted(state: AppState, event: events.SpokeMuted) -> Step:
    """Said until the microphone is on."""
    if not state.is_seated or state.devices.microphone_on:
        return state, ()
    key = state.devices.chosen.push_to_talk
    held = f", or hold {key} while you speak" if key else ""
    return toast(state, f"You are speaking, but you are muted. Press M to be heard{held}.", about=MUTED), ()


# --- trying one's voice -------------------------------------------------------------------------------------------
@TABLE.on(call_intents.TryVoice)
def try_voice(state: AppState, event: call_intents.TryVoice) -> Step:
    """Before a call only: in it the others would hear what is said for the trial."""
    if event.is_on and (state.call_phase != "prejoin" or state.devices.trial):
        return state, ()
    words = dict(state.prejoin.device_words).get("microphone", "") if state.prejoin else ""
    if event.is_on and words:
        return toast(state, words, about=DEVICES), ()
    return state, (TryVoice(event.is_on),)


@TABLE.on(events.TrialTold)
def trial_told(state: AppState, event: events.TrialTold) -> Step:
    """How far it is."""
    return replace(state, devices=replace(state.devices, trial=event.trial)), ()


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
    # Nothing more comes for a trial to keep, nor to count its end by.
    ends_trial = event.kind == "microphone" and event.words and state.devices.trial
    return state, ((TryVoice(False),) if ends_trial else ())
