"""Whisper on CTranslate2: the engine of every server that has a model.

A cut is encoded once, in a window of about its own length (faster-whisper pads each to 30 s and encodes it again for
the language); the language, the text and the times of the words all come out of that one pass.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from server_stub.recap.date_periods import WEEKDAYS
from server_stub.recap.speech.doubts import (
    SURE_OF_PHANTOM,
    begins_with,
    drop_echo,
    first_round,
    is_invented,
    is_loop,
    is_rushed,
    repeats,
    told_once,
)
from server_stub.recap.speech.engine import Heard, ModelMissing, Word
from server_stub.recap.speech.languages import is_suspect, pieces, quietest
from server_stub.recap.voice import RATE_HZ, Samples

#: Two hypotheses cost a tenth more than one, with which now and then "Wednesday" is "one Z". Measured by
#: `tests.bench ear`, as the windows are.
BEAM = 2
#: Silence behind the speech in each window, and the shortest window; seconds. A window is a whole number of seconds:
#: fitted more closely it costs no less, and "Thursday" became "thirsty". In less than four seconds words are written
#: that nobody said.
BEHIND_S = 1.0
LEAST_WINDOW_S = 4.0
LONGEST_WINDOW_S = 30.0
#: English has to be at least this likely. Source: own measurement on 81 slices of other languages,
#: 1-4 s long: none passes; where the likeliest language decides from 0.5 on, ten do.
LEAST_ENGLISH = 0.5
#: Nobody speaks more slowly for so many seconds without a pause. Source: the slowest cut of the test's speech has 2.0.
LEAST_WORDS_PER_S = 1.6
SHORTEST_WITH_GAPS_S = 4.0
#: Nobody says more; what is longer goes round in circles.
TOKENS_PER_S = 14
#: Half of Whisper's 448 tokens is for what came before; names fit into far less, and a long list misleads.
MOST_PROMPT = 112
#: Shown before the names: due dates hang on them, and a mumbled "Wednesday" was "one Z" in one of three hearings of the
#: same sentence (its sound cut into packets at other places), and in none with this.
WORKDAYS = ", ".join(day.title() for day in WEEKDAYS[:5])
FRAMES_PER_S = 100
#: The encoder halves the frames.
STEPS_PER_S = 50


@dataclass(frozen=True)
class _Tokens:
    """The numbers of Whisper's special tokens in this model's vocabulary."""

    start: int
    english: int | None
    transcribe: int
    before: int
    end: int

    @property
    def opening(self) -> list[int]:
        return [self.start, *([] if self.english is None else [self.english, self.transcribe])]


class WhisperEngine:
    """Punctuated text, tells English from other languages, gives each word its time."""

    trust = (
        "Written by a speech recogniser on the server: most words are right, but names, numbers and quiet passages "
        "can be wrong, so listen to the passage before you rely on one."
    )
    punctuates = True
    least_confidence = 0.3

    def __init__(self, model: str, folder: Path) -> None:
        """Loads a model that is there already; nothing is ever fetched here.

        Args:
            model: its name, for the recap's page.
            folder: holds `model.bin`, `config.json` and `tokenizer.json`.

        Raises:
            ModelMissing: the folder does not hold a model that can be loaded.
        """
        from ctranslate2.models import Whisper  # type: ignore[import-untyped]
        from faster_whisper.feature_extractor import FeatureExtractor
        from tokenizers import Tokenizer

        try:
            self._letters: Any = Tokenizer.from_file(str(folder / "tokenizer.json"))
            self._model: Any = Whisper(str(folder), device="cpu", compute_type="int8", inter_threads=1, intra_threads=1)
            self._tokens = self._read_tokens()
            self._opening = self._tokens.opening
        except Exception as error:  # a tokenizer that is no tokenizer raises a bare Exception
            raise ModelMissing(f"The speech model {model} cannot be loaded from {folder}.") from error
        self._features: Any = FeatureExtractor(feature_size=self._model.n_mels)
        self.name = f"faster-whisper {model}"
        self.version = version("faster-whisper")

    def _read_tokens(self) -> _Tokens:
        number = self._letters.token_to_id
        tells_languages = self._model.is_multilingual
        found = {
            "start": number("<|startoftranscript|>"),
            "transcribe": number("<|transcribe|>"),
            "before": number("<|startofprev|>"),
            "end": number("<|endoftext|>"),
        }
        if None in found.values():
            raise ValueError("not Whisper's vocabulary")
        return _Tokens(**found, english=number("<|en|>") if tells_languages else None)

    def transcribe(
        self,
        samples: Samples,
        *,
        greeted: Sequence[str] = (),
        spelling: Sequence[str] = (),
        pauses: Sequence[tuple[float, float]] | None = None,
    ) -> Heard:
        """Writes one utterance down; see `SpeechEngine`. Another language comes back without text."""
        samples = samples[: round((LONGEST_WINDOW_S - BEHIND_S) * RATE_HZ)]
        if not samples.size:
            return Heard("", 0.0)
        encoded = self._encode(samples)
        language = self._language(encoded)
        if pauses is not None and (cuts_s := self._switches(encoded, samples, pauses, language == "en")):
            return Heard("", 0.0, language=language, cuts_s=cuts_s)
        if language != "en":
            return Heard("", 0.0, language=language)
        heard = self._understand(encoded, samples, spelling)
        if pauses is not None and (missed_s := self._missed(heard, samples, pauses)):
            return Heard("", 0.0, language="en", cuts_s=missed_s)
        return heard

    def _missed(self, heard: Heard, samples: Samples, pauses: Sequence[tuple[float, float]]) -> tuple[float, ...]:
        """Where to cut what has too few words for its length, which is how a sentence that is passed over shows."""
        length_s = len(samples) / RATE_HZ
        spoken_s = length_s - sum(end_s - start_s for start_s, end_s in pauses)
        words = len(heard.text.split())
        if not words or spoken_s < SHORTEST_WITH_GAPS_S or words >= spoken_s * LEAST_WORDS_PER_S:
            return ()
        parts = pieces(length_s, pauses, must=False)
        if len(parts) == 1:
            parts = [(0.0, length_s / 2), (length_s / 2, length_s)]
        return tuple(round(quietest(samples, start_s), 3) for start_s, _ in parts[1:])

    def _understand(self, encoded: Any, samples: Samples, spelling: Sequence[str]) -> Heard:
        length_s = len(samples) / RATE_HZ
        found, score, silence = self._write(encoded, length_s, spelling)
        if spelling and is_loop(self._text(found)):
            # Behind a list of names it now and then goes on as with a list.
            found, score, silence = self._write(encoded, length_s, ())
        text = self._text(found)
        confidence = math.exp(score)
        words: tuple[Word, ...] = ()
        rushed = is_rushed(text, length_s)
        if confidence < SURE_OF_PHANTOM or rushed or repeats(text):
            words = self._said(encoded, found, samples)
            words = told_once(words) if rushed else words
            text = " ".join("".join(word.text for word in words).split())
            confidence = sum(word.confidence for word in words) / len(words) if words else confidence
        if is_loop(text) or is_invented(text, samples, confidence, silence, spelling):
            return Heard("", round(confidence, 3), (), "en")
        return Heard(text, round(confidence, 3), words, "en")

    def _said(self, encoded: Any, found: list[int], samples: Samples) -> tuple[Word, ...]:
        """The words with their times, without those that were only written again."""
        words = drop_echo(self._place(encoded, found, len(samples)))
        size = first_round(words)
        if not size:
            return words
        # Broken sound makes it go round in circles; who really says a sentence twice is heard to do so from there on.
        rest = samples[round(words[size].start_s * RATE_HZ) :]
        if not rest.size:
            return words[:size]
        again, _, _ = self._write(self._encode(rest), len(rest) / RATE_HZ, ())
        return words if begins_with(self._text(again), [word.text for word in words[:size]]) else words[:size]

    def _text(self, found: list[int]) -> str:
        return " ".join(self._letters.decode(found).split())

    def _encode(self, samples: Samples) -> Any:
        length_s = min(LONGEST_WINDOW_S, max(LEAST_WINDOW_S, math.ceil(len(samples) / RATE_HZ + BEHIND_S)))
        window = np.zeros(round(length_s * RATE_HZ), np.float32)
        window[: len(samples)] = samples[: len(window)]
        frames = self._features(window, padding=0)[:, : round(length_s * FRAMES_PER_S)]
        return self._model.encode(self._view(np.ascontiguousarray(frames[None])), to_cpu=True)

    @staticmethod
    def _view(array: Any) -> Any:
        from ctranslate2 import StorageView  # type: ignore[import-untyped]

        return StorageView.from_array(array)

    def _odds(self, encoded: Any) -> dict[str, float]:
        """How likely each language is, the likeliest first."""
        return {name[2:-2]: likely for name, likely in self._model.detect_language(encoded)[0]}

    def _language(self, encoded: Any) -> str:
        if self._tokens.english is None:
            return "en"
        odds = self._odds(encoded)
        if odds.get("en", 0.0) >= LEAST_ENGLISH:
            return "en"
        return next((name for name in odds if name != "en"), "en")

    def _switches(
        self, encoded: Any, samples: Samples, pauses: Sequence[tuple[float, float]], is_english: bool
    ) -> tuple[float, ...]:
        """Where the language changes. Looked for wherever it is not surely English, and else between pauses."""
        parts = pieces(len(samples) / RATE_HZ, pauses, must=not is_english)
        if self._tokens.english is None or len(parts) < 2:
            return ()
        steps = np.asarray(encoded)
        kinds = []
        for start_s, end_s in parts:
            piece = np.ascontiguousarray(steps[:, round(start_s * STEPS_PER_S) : round(end_s * STEPS_PER_S)])
            odds = self._odds(self._view(piece))
            if is_english and not is_suspect(odds):
                kinds.append(True)
                continue
            if is_english:
                # Torn out of its sentence a piece may look like anything: what it is says a hearing of its own.
                odds = self._odds(self._encode(samples[round(start_s * RATE_HZ) : round(end_s * RATE_HZ)]))
            kinds.append(odds.get("en", 0.0) >= LEAST_ENGLISH)
        borders = [parts[at][0] for at in range(1, len(parts)) if kinds[at] != kinds[at - 1]]
        return tuple(round(quietest(samples, border_s), 3) for border_s in borders)

    def _write(self, encoded: Any, length_s: float, spelling: Sequence[str]) -> tuple[list[int], float, float]:
        """The tokens of the text, their mean log probability, and how likely there is no speech at all.

        It writes its own times as well, though only the text is used: without them it goes on into the silence behind
        a short sentence and writes the sentence again.
        """
        before = self._prompt(spelling)
        opening = [*before, *self._opening]
        result = self._model.generate(
            encoded,
            [opening],
            beam_size=BEAM,
            patience=1,
            length_penalty=1,
            max_length=min(440, len(opening) + 16 + round(length_s * TOKENS_PER_S)),
            return_scores=True,
            return_no_speech_prob=True,
            suppress_blank=True,
            suppress_tokens=[-1],
        )[0]
        found = [token for token in result.sequences_ids[0] if token < self._tokens.end]
        score = result.scores[0] * len(found) / (len(found) + 1) if found else -9.0
        return found, score, float(result.no_speech_prob)

    def _prompt(self, spelling: Sequence[str]) -> list[int]:
        words = ". ".join(dict.fromkeys(word for word in spelling if word))
        if not words:
            return []
        tokens = self._letters.encode(f" {WORKDAYS}. {words}.", add_special_tokens=False).ids
        return [self._tokens.before, *tokens[:MOST_PROMPT]]

    def _place(self, encoded: Any, found: list[int], count: int) -> tuple[Word, ...]:
        """The words with their times and confidences."""
        if not found:
            return ()
        steps = max(1, min(count * STEPS_PER_S // RATE_HZ, np.asarray(encoded).shape[1]))
        placed = self._model.align(encoded, self._opening, [found], steps * 2, median_filter_width=7)[0]
        starts: dict[int, int] = {}
        for token, step in placed.alignments:
            starts.setdefault(token, step)
        end_s = count / RATE_HZ
        words: list[Word] = []
        for first, last in self._word_bounds(found):
            text = self._letters.decode(found[first:last])
            start = min(end_s, starts.get(first, 0) / STEPS_PER_S)
            end = min(end_s, starts.get(last, steps) / STEPS_PER_S)
            odds = placed.text_token_probs[first:last]
            confidence = min(1.0, max(0.0, sum(odds) / len(odds))) if odds else 0.0
            words.append(Word(text, round(start, 3), round(max(start, end), 3), round(confidence, 3)))
        return tuple(words)

    def _word_bounds(self, found: list[int]) -> list[tuple[int, int]]:
        """First token of each word and the one behind its last: a word begins with a space."""
        begins = [
            place for place, token in enumerate(found)
            if place == 0 or self._letters.id_to_token(token).startswith("Ġ")
        ]  # fmt: skip
        return list(zip(begins, [*begins[1:], len(found)], strict=True))
