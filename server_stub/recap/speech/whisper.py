"""The better engine: faster-whisper, used when its model lies in the server's own models folder."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from server_stub.recap.speech.engine import Heard, ModelMissing, Word
from server_stub.recap.voice import Samples

#: Two hypotheses: nearly the accuracy of five at less than half the time, which a call in progress needs.
BEAM = 2
#: Below this the language is a guess, and the words are taken for English.
#: Source: faster-whisper's own `language_detection_threshold`.
SURE_OF_LANGUAGE = 0.5


class WhisperEngine:
    """Punctuated text, tells English from other languages, gives each word its time."""

    trust = (
        "Written by a speech recogniser on the server: most words are right, but names, numbers and quiet passages "
        "can be wrong, so listen to the passage before you rely on one."
    )
    punctuates = True
    least_confidence = 0.2

    def __init__(self, model: str, folder: Path) -> None:
        """Loads a model that is there already; nothing is ever fetched here.

        Args:
            model: its name, for the recap's page.
            folder: holds `model.bin`, `config.json` and the tokenizer.

        Raises:
            ModelMissing: the folder does not hold a model that can be loaded.
        """
        from faster_whisper import WhisperModel

        try:
            self._model: Any = WhisperModel(
                str(folder), device="cpu", compute_type="int8", cpu_threads=1, num_workers=1, local_files_only=True
            )
        except (RuntimeError, ValueError, OSError) as error:
            raise ModelMissing(f"The speech model {model} cannot be loaded from {folder}.") from error
        self.name = f"faster-whisper {model}"
        self.version = version("faster-whisper")

    def transcribe(self, samples: Samples, *, greeted: Sequence[str] = ()) -> Heard:
        """Writes one utterance down; see `SpeechEngine`. Other languages come back without text; names help nothing."""
        segments, info = self._listen(samples)
        if info.language != "en":
            if info.language_probability >= SURE_OF_LANGUAGE:
                return Heard("", 0.0, language=info.language)
            segments, info = self._listen(samples, language="en")
        words = tuple(_word(part) for segment in segments for part in segment.words or ())
        text = " ".join("".join(word.text for word in words).split())
        confidence = sum(word.confidence for word in words) / len(words) if words else 0.0
        return Heard(text, round(confidence, 3), words, "en")

    def _listen(self, samples: Samples, language: str | None = None) -> Any:
        return self._model.transcribe(
            samples,
            language=language,
            beam_size=BEAM,
            temperature=0.0,
            word_timestamps=True,
            condition_on_previous_text=False,
        )


def _word(part: Any) -> Word:
    return Word(part.word, round(part.start, 3), round(part.end, 3), round(min(1.0, max(0.0, part.probability)), 3))
