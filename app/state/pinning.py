"""Looking at one picture: what is pinned fills the stage, and the others stand beside it."""

from __future__ import annotations

from dataclasses import replace

from app.state import call_intents
from app.state.app_state import AppState
from app.state.slices.stage import Stage
from app.state.tables import Step, Table

TABLE = Table()


@TABLE.on(call_intents.Pin)
def pin(state: AppState, event: call_intents.Pin) -> Step:
    """Looks at a tile, or at all alike again."""
    if state.call is None:
        return state, ()
    return replace(state, call=replace(state.call, stage=Stage(event.tile))), ()
