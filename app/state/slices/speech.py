"""The models for recaps of this computer's own server: what turns speech into text, and what reads it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: "unknown": the server of this computer has not said; "unwanted": another recogniser was chosen for it.
ModelPhase = Literal["unknown", "unwanted", "missing", "fetching", "ready"]
ModelWish = Literal["pull", "cancel", "remove"]


@dataclass(frozen=True, slots=True)
class SpeechModel:
    """How it is with the model.

    `done` and `whole` are bytes: what has come, and all. `words` say what went wrong.
    """

    phase: ModelPhase = "unknown"
    name: str = ""
    done: int = 0
    whole: int = 0
    words: str = ""
    #: Something of it lies in the server's own folder.
    can_remove: bool = False
    #: The dialog about it is on show.
    is_asked: bool = False
