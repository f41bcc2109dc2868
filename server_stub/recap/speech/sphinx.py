"""The engine of who has no model: pocketsphinx, whose English model comes in its own wheel."""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

import numpy as np

from server_stub.recap.speech.engine import Heard, Word
from server_stub.recap.speech.mending import mend
from server_stub.recap.speech.models import BUILT_IN
from server_stub.recap.voice import RATE_HZ, Samples

FRAME_RATE_HZ = 100
#: Source: own measurement: 0.39-0.84 on English, 0.23-0.28 on German.
LEAST_CONFIDENCE = 0.3
#: The search wants a moment of quiet on both sides, or it swallows the first and last consonant.
EDGE_S = 0.3
#: -80 dB of full scale.
FAINT = 1e-4

_ALTERNATIVE = re.compile(r"\(\d+\)$")


class SphinxEngine:
    """Lower-case words without punctuation; needs no download."""

    name = BUILT_IN
    trust = (
        "Written by the small built-in recogniser: clear voices come out with about one word in ten wrong, "
        "others with one in three, so listen to the passage before you rely on a word."
    )
    punctuates = False
    least_confidence = LEAST_CONFIDENCE

    def __init__(self) -> None:
        from pocketsphinx import Decoder

        # Normalised over each whole utterance: the text of one does not depend on those before it.
        self._decoder: Any = Decoder(samprate=RATE_HZ, loglevel="FATAL", cmn="batch")
        self.version = version("pocketsphinx")

    def transcribe(
        self,
        samples: Samples,
        *,
        greeted: Sequence[str] = (),
        spelling: Sequence[str] = (),
        pauses: Sequence[tuple[float, float]] | None = None,
    ) -> Heard:
        """Writes one utterance down, its known misspellings mended; see `SpeechEngine`.

        It takes no hint for the spelling and tells no languages apart.
        """
        if not samples.size or float(np.abs(samples).max()) < FAINT:
            # Out of digital silence the search makes a word, and is sure of it.
            return Heard("", 0.0)
        edge = np.zeros(round(EDGE_S * RATE_HZ), np.float32)
        sound = np.concatenate([edge, np.clip(samples, -1.0, 1.0), edge])
        decoder = self._decoder
        decoder.start_utt()
        decoder.process_raw((sound * 32767).astype(np.int16).tobytes(), no_search=False, full_utt=True)
        decoder.end_utt()
        if decoder.hyp() is None:
            return Heard("", 0.0)
        words = mend([_word(part) for part in decoder.seg() if part.word[0] not in "<["], greeted)
        if not words:
            return Heard("", 0.0)
        confidence = sum(word.confidence for word in words) / len(words)
        return Heard(" ".join(word.text for word in words), round(confidence, 3), words)


def _word(part: Any) -> Word:
    return Word(
        _ALTERNATIVE.sub("", part.word),
        round(max(0.0, part.start_frame / FRAME_RATE_HZ - EDGE_S), 3),
        round(max(0.0, (part.end_frame + 1) / FRAME_RATE_HZ - EDGE_S), 3),
        round(min(1.0, max(0.0, float(part.prob))), 3),
    )
