"""Chooses the speech engine: the configured model where it is present, the built-in one where it is not."""

from __future__ import annotations

from pathlib import Path

from server_stub.recap.speech.engine import ModelMissing, SpeechEngine
from server_stub.recap.speech.models import folder_of, present
from server_stub.recap.speech.sphinx import SphinxEngine


def choose_engine(model: str, folder: Path) -> tuple[SpeechEngine, str]:
    """The engine to use, and a plain sentence for the recap's notes where it is not the one asked for.

    Args:
        model: name of a faster-whisper model, such as `small.en`; empty for the built-in engine.
        folder: where `models pull` puts models.
    """
    if not model:
        return SphinxEngine(), ""
    if not present(model, folder):
        return SphinxEngine(), f"The speech model {model} is not on the server; the built-in recogniser was used."
    from server_stub.recap.speech.whisper import WhisperEngine

    try:
        return WhisperEngine(model, folder_of(model, folder)), ""
    except ModelMissing:
        return SphinxEngine(), f"The speech model {model} could not be loaded; the built-in recogniser was used."
