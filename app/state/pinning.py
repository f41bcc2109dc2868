"""How one sees the stage of a call: what is large, whether oneself is on it, and where."""

from __future__ import annotations

from dataclasses import replace

from app.state import call_intents
from app.state.app_state import AppState
from app.state.effects import SaveChoices
from app.state.slices.call import Call
from app.state.stage import ANCHORS, DEFAULT_ANCHOR, Anchor, Layout, Stage, layout_of
from app.state.tables import Step, Table
from app.state.toasts import CALL, toast

TABLE = Table()

STILL_COPIED = "A still of the shared screen is on the clipboard."
NO_STILL = "No picture of the shared screen came, so nothing was copied. Try again in a moment."


def layout(state: AppState, call: Call) -> Layout:
    """The layout of a call as one sees it."""
    return layout_of(call.people, call.you, call.stage, own_anchor(state))


def own_anchor(state: AppState) -> Anchor:
    """Where one's own tile lies over the stage of two; a place that this version does not know is the usual one."""
    return next((one for one in ANCHORS if one == state.devices.chosen.own_view), DEFAULT_ANCHOR)


def _staged(state: AppState, call: Call, stage: Stage) -> Step:
    return replace(state, call=replace(call, stage=stage)), ()


@TABLE.on(call_intents.Pin)
def pin(state: AppState, event: call_intents.Pin) -> Step:
    """Looks at a tile, or at none any more: a share that was large then stands among the others."""
    call = state.call
    if call is None:
        return state, ()
    stage = call.stage
    running = frozenset((one.id, one.sharing_since) for one in call.people if one.sharing)
    if event.tile is not None:
        is_share = event.tile.source == "screen"
        kept = {one for one in stage.put_back & running if not (is_share and one[0] == event.tile.person)}
        return _staged(state, call, replace(stage, pinned=event.tile, put_back=frozenset(kept)))
    was_face = stage.pinned is not None and stage.pinned.source == "camera"
    return _staged(state, call, replace(stage, pinned=None, put_back=stage.put_back if was_face else running))


@TABLE.on(call_intents.ChooseLayout)
def choose_layout(state: AppState, event: call_intents.ChooseLayout) -> Step:
    """Another layout begins without anything pinned, and with a share that is on."""
    if state.call is None:
        return state, ()
    stage = replace(state.call.stage, mode=event.mode, pinned=None, put_back=frozenset())
    return _staged(state, state.call, stage)


@TABLE.on(call_intents.HideOwnView)
def hide_own_view(state: AppState, event: call_intents.HideOwnView) -> Step:
    """One's own tile goes, or comes back."""
    if state.call is None:
        return state, ()
    return _staged(state, state.call, replace(state.call.stage, hides_own=event.is_hidden))


@TABLE.on(call_intents.PlaceOwnView)
def place_own_view(state: AppState, event: call_intents.PlaceOwnView) -> Step:
    """Kept for this call and the next ones."""
    chosen = replace(state.devices.chosen, own_view=event.anchor)
    return replace(state, devices=replace(state.devices, chosen=chosen)), (SaveChoices(chosen),)


@TABLE.on(call_intents.StillCopied)
def still_copied(state: AppState, event: call_intents.StillCopied) -> Step:
    """Says so, since nothing else is seen of it."""
    return toast(state, STILL_COPIED if event.is_copied else NO_STILL, is_bad=not event.is_copied, about=CALL), ()


@TABLE.on(call_intents.SpeakerChanged)
def speaker_changed(state: AppState, event: call_intents.SpeakerChanged) -> Step:
    """Who is large where the layout follows the voices."""
    if state.call is None or event.person == state.call.stage.speaker:
        return state, ()
    return _staged(state, state.call, replace(state.call.stage, speaker=event.person))
