"""What a steady noise drowns is heard a second time without the noise; every other utterance is heard as it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from server_stub.recap.listening import Listener
from server_stub.recap.sound import read_sound
from server_stub.recap.speech.engine import Heard
from server_stub.recap.steady_noise import clean_steady_noise, is_drowned
from server_stub.recap.voice import RATE_HZ, Cut, Samples

CLIPS = Path(__file__).resolve().parents[2] / "data" / "speech"
NAMES = ("austen-1", "kennedy-2", "licence-1", "two-cities-3", "foreign-german-1")
#: As much as the cutter leaves before and after an utterance.
PAD = RATE_HZ // 5


def said(name: str) -> Samples:
    samples = np.concatenate([part for _, part in read_sound(CLIPS / f"{name}.flac", RATE_HZ)])
    return np.pad(samples, PAD)


def hum(count: int) -> Samples:
    times = np.arange(count) / RATE_HZ
    harmonics = sum(np.sin(2 * np.pi * 50 * each * times + each) / each for each in (1, 2, 3, 4, 5, 7))
    return np.asarray(harmonics + 0.02 * np.random.default_rng(0).standard_normal(count), np.float32)


def babble(count: int) -> Samples:
    voices = [np.resize(np.roll(said(name), number * 9_000), count) for number, name in enumerate(NAMES)]
    return np.asarray(sum(voice / voice.std() for voice in voices), np.float32)


def mixed(voice: Samples, noise: Samples, snr_db: float) -> Samples:
    """Together, and no louder than full scale."""
    both = voice + noise * voice.std() / noise.std() * 10 ** (-snr_db / 20)
    return np.asarray(both / max(1.0, float(np.abs(both).max())), np.float32)


def untouched() -> Iterator[tuple[str, Samples]]:
    for name in NAMES:
        voice = said(name)
        count = len(voice)
        yield name, voice
        yield f"{name}, faint", voice * np.float32(0.01)
        for snr_db in (10, 0, -10):
            yield f"{name}, babble at {snr_db} dB", mixed(voice, babble(count), snr_db)
        for snr_db in (10, 0):
            yield f"{name}, hum at {snr_db} dB", mixed(voice, hum(count), snr_db)


@pytest.mark.parametrize("sound", [pytest.param(sound, id=name) for name, sound in untouched()])
def test_a_voice_in_quiet_among_others_or_over_a_hum_is_not_drowned(sound: Samples) -> None:
    assert not is_drowned(sound)


@pytest.mark.parametrize("name", NAMES)
def test_a_hum_that_drowns_a_voice_is_taken_out(name: str) -> None:
    voice = said(name)
    drowned = mixed(voice, hum(len(voice)), -10)
    assert is_drowned(drowned)
    cleaned = clean_steady_noise(drowned, RATE_HZ)
    assert (len(cleaned), cleaned.dtype) == (len(drowned), np.float32)
    assert np.mean(cleaned[:PAD] ** 2) < 0.1 * np.mean(drowned[:PAD] ** 2), "its pauses are quieter"
    assert np.corrcoef(voice, cleaned)[0, 1] > np.corrcoef(voice, drowned)[0, 1] + 0.15, "and what is left is the voice"


def test_silence_and_what_is_too_short_survive() -> None:
    for sound in (np.zeros(0, np.float32), np.ones(100, np.float32), np.zeros(RATE_HZ, np.float32)):
        assert not is_drowned(sound)
    assert not clean_steady_noise(np.zeros(RATE_HZ, np.float32), RATE_HZ).any()
    short = np.ones(100, np.float32)
    assert clean_steady_noise(short, RATE_HZ) is short


class Ear:
    """Stands for the engine: keeps what it is given, and answers in turn."""

    name, version, trust, punctuates, least_confidence = "ear", "1", "", True, 0.3

    def __init__(self, *answers: Heard) -> None:
        self.given: list[Samples] = []
        self._answers = list(answers)

    def transcribe(self, samples: Samples, **_: object) -> Heard:
        self.given.append(samples)
        return self._answers.pop(0)


NOTHING, YES, OTHER = Heard("", 0.1), Heard("yes", 0.9), Heard("", 0.0, language="de")


def written(ear: Ear, sound: Samples) -> tuple[str, str]:
    listener = Listener(ear, {"ada": "Ada"})
    (spoken,) = listener.write("ada", Cut(1.0, 1.0 + len(sound) / RATE_HZ, sound))
    assert (spoken.start_s, spoken.end_s) == (1.0, 1.0 + len(sound) / RATE_HZ)
    return spoken.text, spoken.missing


def test_what_was_drowned_and_not_understood_is_heard_again_without_the_noise() -> None:
    voice = said("austen-1")
    drowned = mixed(voice, hum(len(voice)), -10)
    ear = Ear(NOTHING, YES)
    assert written(ear, drowned) == ("Yes.", "")
    first, again = ear.given
    assert first is drowned
    assert np.array_equal(again, clean_steady_noise(drowned, RATE_HZ))
    assert written(Ear(NOTHING, NOTHING), drowned) == ("", "unclear")
    assert written(Ear(NOTHING, OTHER), drowned) == ("", "unclear")


@pytest.mark.parametrize(("answer", "snr_db"), [(YES, -10), (OTHER, -10), (NOTHING, 0)])
def test_what_was_understood_or_not_drowned_is_heard_once_and_as_it_is(answer: Heard, snr_db: float) -> None:
    voice = said("austen-1")
    sound = mixed(voice, hum(len(voice)), snr_db)
    ear = Ear(answer)
    written(ear, sound)
    assert [one is sound for one in ear.given] == [True]
