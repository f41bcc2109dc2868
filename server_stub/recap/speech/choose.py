"""Chooses the speech engine: the best model that is present, the small built-in recogniser where there is none."""

from __future__ import annotations

from pathlib import Path

from server_stub.recap.speech.engine import ModelMissing, SpeechEngine
from server_stub.recap.speech.models import BUILT_IN, find, is_whole, present
from server_stub.recap.speech.sphinx import SphinxEngine

NO_MODEL = "Without a speech model only the small built-in recogniser could be used; `models pull` fetches one."


def choose_engine(model: str, folder: Path) -> tuple[SpeechEngine, str]:
    """The engine to use, and a plain sentence for the recap's notes where it is not the one asked for.

    Args:
        model: name of a model, such as `small`; `pocketsphinx` for the built-in recogniser; empty for the best model
            that is present.
        folder: where `models pull` puts models.
    """
    if model == BUILT_IN:
        return SphinxEngine(), ""
    notes: list[str] = []
    others = [name for name in present(folder) if name != model]
    for name in [model, *others] if model else others:
        engine, fault = _load(name, folder)
        if engine is not None:
            return engine, " ".join([*notes, f"{engine.name} was used instead."] if notes else [])
        notes.append(fault)
    return SphinxEngine(), " ".join([*notes, NO_MODEL])


def _load(name: str, folder: Path) -> tuple[SpeechEngine | None, str]:
    from server_stub.recap.speech.whisper import WhisperEngine

    place = find(name, folder)
    if place is None:
        return None, f"The speech model {name} is not on the server."
    if not is_whole(name, place):
        return None, f"The speech model {name} is damaged; `models pull {name}` fetches it again."
    try:
        return WhisperEngine(name, place), ""
    except ModelMissing:
        return None, f"The speech model {name} could not be loaded."
