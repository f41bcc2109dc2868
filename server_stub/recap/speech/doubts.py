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
#: Nobody says more.
_MOST_WORDS_PER_S = 8.0


def drop_echo(words: Sequence[Word]) -> tuple[Word, ...]:
    """Without words that are written again behind their sentence: they have no time of their own in the sound."""
    kept = list(words)
    while True:
        said = _plain(kept)
        for size in range(len(kept) // 2, 0, -1):
            # The last word is given whatever silence is left.
            again = kept[-size:-1] or kept[-1:]
            if said[-size:] == said[-2 * size : -size] and all(word.end_s <= word.start_s for word in again):
                del kept[-size:]
                break
        else:
            return tuple(kept)


def first_round(words: Sequence[Word]) -> int:
    """How many words are one phrase that all of them say over and over; 0 where they do not."""
    return _round_of(_plain(words))


def is_rushed(text: str, length_s: float) -> bool:
    """Whether more is written than anybody can say in so many seconds."""
    return len(text.split()) > _MOST_WORDS_PER_S * length_s


def told_once(words: Sequence[Word]) -> tuple[Word, ...]:
    """Each sentence once, and none that is only the beginning of one before."""
    kept: list[Word] = []
    told: list[list[str]] = []
    begun = 0
    for at, word in enumerate(words, 1):
        if at < len(words) and not word.text.rstrip().endswith((".", "?", "!")):
            continue
        sentence = words[begun:at]
        said, begun = _plain(sentence), at
        if all(each[: len(said)] != said for each in told):
            kept += sentence
            told.append(said)
    return tuple(kept)


def repeats(text: str) -> bool:
    """Whether a text may hold an echo, a round or a loop: only then the times of its words tell anything."""
    said = [word for each in text.split() if (word := " ".join(split_words(each)))]
    ends_twice = any(said[-size:] == said[-2 * size : -size] for size in range(1, len(said) // 2 + 1))
    return ends_twice or _round_of(said) > 0 or is_loop(text)


def begins_with(heard: str, phrase: Sequence[str]) -> bool:
    """Whether another hearing begins with a phrase: with three of four of its words, each in its place."""
    wanted = split_words(" ".join(phrase))
    alike = sum(one == other for one, other in zip(split_words(heard), wanted, strict=False))
    return 4 * alike >= 3 * len(wanted) > 0


def _plain(words: Sequence[Word]) -> list[str]:
    return [" ".join(split_words(word.text)) for word in words]


def _round_of(said: Sequence[str]) -> int:
    for size in range(LEAST_PHRASE, len(said) - LEAST_PHRASE + 1):
        if 2 * len(said) >= 3 * size and said[size:] == said[:-size]:
            return size
    return 0


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
