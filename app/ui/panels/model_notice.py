"""What is said of the server's language model wherever somebody is asked about a recording."""

from __future__ import annotations

from app.state.app_state import AppState
from app.wire.language_model import model_words
from app.wire.text import one_line


def with_model(words: str, state: AppState) -> str:
    """Words about a recording, and what its recap is written with, where the server uses a language model."""
    # Host and name come from the server, which may be a stranger's.
    return f"{words} {one_line(model_words(state.connection.language_model))}".rstrip()
