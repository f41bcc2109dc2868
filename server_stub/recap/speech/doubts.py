"""What a recogniser writes though nobody said it: phrases on near-silence, words that go round in circles."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from server_stub.recap.speech.engine import Word
from server_stub.recap.voice import RATE_HZ, Samples
from server_stub.recap.words import split_words

#: The loudest quarter of a second of speech is louder than this; -56 dB of full scale.
FAINT = 10 ** (-56 / 20)
#: What Whisper learnt from subtitles to write where nothing is said. Real thanks are said with more confidence.
_PHANTOMS = frozenset(
    {
        "you", "thank you", "thanks", "thank you very much", "thank you so much", "thanks for watching",
        "thank you for watching", "thanks for listening", "bye", "bye bye", "the end", "the", "so", "oh", "okay",
        "please subscribe", "subtitles by the amara org community", "i'm sorry", "music", "applause", "silence",
        "foreign", "hmm", "mm", "ah", "uh", "um", "i", "a",
    }
)  # fmt: skip
SURE_OF_PHANTOM = 0.6
#: Above this Whisper itself thinks that nobody speaks; its text needs more confidence then.
SILENT = 0.6
SURE_THOUGH_SILENT = 0.5
#: Fewer words people do say twice on end.
LEAST_PHRASE = 4
_LONGEST_ROUND = 8
_ROUNDS = 4


def drop_echo(words: Sequence[Word]) -> tuple[Word, ...]:
    """Without words that are written again behind their sentence: they have no time of their own in the sound."""
    kept = _first_round(list(words))
    while True:
        said = [" ".join(split_words(word.text)) for word in kept]
        for size in range(len(kept) // 2, 0, -1):
            # The last word is given whatever silence is left.
            again = kept[-size:-1] or kept[-1:]
            if said[-size:] == said[-2 * size : -size] and all(word.end_s <= word.start_s for word in again):
                del kept[-size:]
                break
        else:
            return tuple(kept)


def _first_round(words: list[Word]) -> list[Word]:
    """Of words that are one phrase over and over, as broken sound makes them, the phrase."""
    said = [" ".join(split_words(word.text)) for word in words]
    for size in range(LEAST_PHRASE, len(said) - LEAST_PHRASE + 1):
        if 2 * len(said) >= 3 * size and said[size:] == said[:-size]:
            return words[:size]
    return words


def is_loop(text: str) -> bool:
    """Whether some words, or letters, are written four times on end or more, which people hardly do."""
    words = split_words(text)
    for size in range(1, _LONGEST_ROUND + 1):
        rounds = _ROUNDS + 2 if size == 1 else _ROUNDS
        for start in range(len(words) - size * rounds + 1):
            if all(words[at] == words[at + size] for at in range(start, start + size * (rounds - 1))):
                return True
    return re.search(r"(\w{1,3})\1{5,}", text) is not None


def is_invented(text: str, samples: Samples, confidence: float, silence: float, spelling: Sequence[str] = ()) -> bool:
    """Whether a text is more likely made up than heard.

    Args:
        text: as written.
        samples: the utterance, float32 mono at 16 kHz.
        confidence: of its words, 0-1.
        silence: how likely nobody speaks, 0-1.
        spelling: names and titles that the recogniser was shown: it may simply say them back.
    """
    words = split_words(text)
    if not words or loudest(samples) < FAINT:
        return True
    if silence > SILENT and confidence < SURE_THOUGH_SILENT:
        return True
    if " ".join(words) in _PHANTOMS:
        return confidence < SURE_OF_PHANTOM
    shown = {word for each in spelling for word in split_words(each)}
    return bool(shown) and set(words) <= shown and confidence < SURE_OF_PHANTOM


def loudest(samples: Samples) -> float:
    """The level of the loudest quarter of a second, as a part of full scale."""
    step = RATE_HZ // 4
    rows = np.resize(samples, (max(1, len(samples) // step), step)) if len(samples) >= step else samples[None]
    return float(np.sqrt((rows.astype(np.float64) ** 2).mean(axis=1)).max()) if samples.size else 0.0
