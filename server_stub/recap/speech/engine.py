"""What a speech engine is, whichever one it is.

Errors:
    SpeechError
      ModelMissing    the model is not in its folder
      ModelUnreached  the model cannot be fetched
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from server_stub.recap.voice import Samples


class SpeechError(Exception):
    """Speech cannot be turned into text; the message is for people."""


class ModelMissing(SpeechError):
    """The engine's model is not on this computer."""


class ModelUnreached(SpeechError):
    """The engine's model cannot be fetched."""


@dataclass(frozen=True)
class Word:
    """One word as heard: seconds from the utterance's start, confidence 0-1."""

    text: str
    start_s: float
    end_s: float
    confidence: float


@dataclass(frozen=True)
class Heard:
    """What an engine made of one utterance.

    Attributes:
        text: as the engine writes it; empty where nothing was understood.
        confidence: mean of the words' own, 0-1.
        words: in order, with their times. An engine that punctuates gives them only where it had to look twice.
        language: ISO 639-1 where the engine can tell, else None.
        cuts_s: where to cut it, in seconds from its start, because the language changes or a sentence was passed
            over; there is no text then: each part is to be written down by itself.
    """

    text: str
    confidence: float
    words: tuple[Word, ...] = ()
    language: str | None = None
    cuts_s: tuple[float, ...] = ()


class SpeechEngine(Protocol):
    """Writes down English speech."""

    @property
    def name(self) -> str:
        """The engine and its model, such as `faster-whisper base`."""

    @property
    def version(self) -> str:
        """The package's version."""

    @property
    def trust(self) -> str:
        """One honest sentence on how far to trust it."""

    @property
    def punctuates(self) -> bool:
        """Whether its text has capitals and full stops of its own."""

    @property
    def least_confidence(self) -> float:
        """Text below this mean confidence is more likely noise or another language than English."""

    def transcribe(
        self,
        samples: Samples,
        *,
        greeted: Sequence[str] = (),
        spelling: Sequence[str] = (),
        pauses: Sequence[tuple[float, float]] | None = None,
    ) -> Heard:
        """Writes one utterance down; the same samples and names always give the same text.

        Args:
            samples: float32 mono at 16 kHz, -1 to 1.
            greeted: names of those whom the speaker may call.
            spelling: names and terms of this meeting as they are written, the most important first.
            pauses: silences (start_s, end_s) inside; given, it may ask for cuts, else the utterance is all one.
        """
