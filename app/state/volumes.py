"""How loud one hears each person: kept on this computer, told to nobody."""

from __future__ import annotations

import json
from dataclasses import replace

from app.state import call_intents
from app.state.app_state import AppState
from app.state.effects import SaveChoices
from app.state.slices.devices import Choices
from app.state.tables import Step, Table

TABLE = Table()
#: Percent: as they are sent, and the most.
PLAIN, MOST = 100, 200
#: Those that were set last are kept.
_PEOPLE = 100


@TABLE.on(call_intents.SetVolume)
def set_volume(state: AppState, event: call_intents.SetVolume) -> Step:
    """Kept at once, for the next call with that person, too."""
    percent = min(MOST, max(0, event.percent))
    others = {person: one for person, one in volumes_of(state.devices.chosen).items() if person != event.person}
    kept = others if percent == PLAIN else {event.person: percent, **others}
    choices = replace(state.devices.chosen, volumes=json.dumps(dict(list(kept.items())[:_PEOPLE])))
    return replace(state, devices=replace(state.devices, chosen=choices)), (SaveChoices(choices),)


def volumes_of(choices: Choices) -> dict[str, int]:
    """Percent by person, the last one set first; who is not in it is heard as sent. Empty where nothing can be read."""
    try:
        stored = json.loads(choices.volumes or "{}")
    except (ValueError, RecursionError):
        return {}
    found = stored.items() if isinstance(stored, dict) else ()
    return {person: one for person, one in found if type(one) is int and 0 <= one <= MOST}
