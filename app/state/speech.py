"""The models for recaps of this computer's own server: asked for once, at the first recording; steered in settings."""

from __future__ import annotations

from dataclasses import replace

from app.state import events, intents
from app.state.app_state import AppState
from app.state.effects import Effect, SaveChoices, SteerModel
from app.state.scope import is_ours
from app.state.slices.speech import SpeechModel
from app.state.tables import Step, Table
from app.state.toasts import toast

TABLE = Table()

READY = "The models for recaps are ready. Recaps are written with them from now on."
NOT_NOW = "You can download the models later: in the call's settings, or by “Server…” in your own menu."


@TABLE.on(events.SpeechModelTold)
def told(state: AppState, event: events.SpeechModelTold) -> Step:
    """How it is now; the end of a download is said where nobody watches it."""
    before = state.speech
    now = SpeechModel(
        event.phase, event.name, event.done, event.whole, event.words, event.can_remove, is_asked=before.is_asked
    )
    if now.phase in ("unknown", "unwanted"):
        now = replace(now, is_asked=False)
    state = replace(state, speech=now)
    if before.phase == "fetching" and not now.is_asked:
        words = now.words or (READY if now.phase == "ready" else "")
        state = toast(state, words, is_bad=bool(now.words))
    return state, ()


@TABLE.on(intents.WishModel)
def wish(state: AppState, event: intents.WishModel) -> Step:
    """Shown at once; the server says what becomes of it."""
    speech = state.speech
    if event.wish == "pull" and speech.phase == "missing":
        state = replace(state, speech=replace(speech, phase="fetching", words=""))
    elif not (
        (event.wish == "cancel" and speech.phase == "fetching")
        or (event.wish == "remove" and speech.phase in ("missing", "ready"))
    ):
        return state, ()
    state, effects = _answered(state) if speech.is_asked else (state, ())
    return state, (*effects, SteerModel(event.wish))


@TABLE.on(intents.PutModelAway)
def put_away(state: AppState, event: intents.PutModelAway) -> Step:
    """Not now, or done: it is not asked again by itself."""
    speech = state.speech
    if not speech.is_asked:
        return state, ()
    was_asked = state.devices.chosen.heard_of_model
    state, effects = _answered(replace(state, speech=replace(speech, is_asked=False)))
    if speech.phase == "missing" and not was_asked:
        state = toast(state, NOT_NOW)
    return state, effects


def ask_once(before: AppState, after: AppState) -> AppState:
    """At the first recording that one begins on one's own server: the question, if there is something to ask."""
    if (
        before.call is not None
        and before.call.recording.since is None
        and after.call is not None
        and after.call.recording.since is not None
        and after.is_host
        and is_ours(after)
        and after.speech.phase == "missing"
        and not after.devices.chosen.heard_of_model
    ):
        return replace(after, speech=replace(after.speech, is_asked=True))
    return after


def _answered(state: AppState) -> Step:
    chosen = state.devices.chosen
    if chosen.heard_of_model:
        return state, ()
    chosen = replace(chosen, heard_of_model=True)
    effects: tuple[Effect, ...] = (SaveChoices(chosen),)
    return replace(state, devices=replace(state.devices, chosen=chosen)), effects
