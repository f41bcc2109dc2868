"""Which of two engines hears better, by the names that recaps keep; without loading either."""

from __future__ import annotations

from pathlib import Path

from server_stub.recap.speech.catalogue import DEFAULT, known
from server_stub.recap.speech.models import BUILT_IN, find, has_right_sizes, present

#: What `WhisperEngine` puts before its model's name.
WHISPER = "faster-whisper "
#: Seconds of one core for a second of speech with the default model (measured by `tests.bench ear`), and to load it;
#: larger models cost about as much more as they are larger.
COST, LOAD_S = 0.2, 15.0


def best_engine(model: str, folder: Path) -> str:
    """The engine that `choose_engine` would load now, as far as names and sizes tell.

    Args:
        model: name of the model that was chosen; empty: the best that is there.
        folder: the server's models folder.
    """
    if model == BUILT_IN:
        return BUILT_IN
    others = [name for name in present(folder) if name != model]
    for name in [model, *others] if model else others:
        place = find(name, folder)
        if place is not None and has_right_sizes(name, place):
            return f"{WHISPER}{name}"
    return BUILT_IN


def is_better(one: str, other: str) -> bool:
    """Whether an engine hears better than another one; of two models that are not known by name nothing is known."""
    return _rank(one) > _rank(other) >= 0


def about_s(engine: str, speech_s: float) -> float:
    """How long an engine takes for so many seconds of speech, on one core of a usual computer."""
    model = known().get(engine.removeprefix(WHISPER))
    times = model.bytes / known()[DEFAULT].bytes if model is not None else 1.0
    return LOAD_S + speech_s * COST * max(1.0, times)


def _rank(engine: str) -> int:
    """The known models from the fastest to the most accurate; -1 of what is not known, 0 of the built-in engine."""
    if engine == BUILT_IN:
        return 0
    models = list(known())
    name = engine.removeprefix(WHISPER)
    return models.index(name) + 1 if engine.startswith(WHISPER) and name in models else -1
