"""What the recap writes of people: the real speech model, which set-up brings."""

from pathlib import Path

import jiwer
import numpy as np
import pytest

from server_stub.recap.listening import Listener
from server_stub.recap.sound import read_sound
from server_stub.recap.speech.catalogue import DEFAULT
from server_stub.recap.speech.choose import choose_engine
from server_stub.recap.speech.engine import SpeechEngine
from server_stub.recap.speech.models import BUILT_IN
from server_stub.recap.transcript import Spoken, tell_missing
from server_stub.recap.voice import RATE_HZ, Cut, Samples
from tests.spoken import words_of

CLIPS = Path(__file__).resolve().parents[2] / "data" / "speech"


@pytest.fixture(scope="module")
def engine() -> SpeechEngine:
    engine, note = choose_engine(DEFAULT, CLIPS)
    assert engine.name != BUILT_IN, f"{note} `make setup` brings the speech model."
    return engine


def read(name: str) -> Samples:
    return np.concatenate([samples for _, samples in read_sound(CLIPS / f"{name}.flac", RATE_HZ)])


def write(engine: SpeechEngine, samples: Samples, *, terms: tuple[str, ...] = ()) -> Spoken:
    listener = Listener(engine, {"ada": "Ada Byron", "grace": "Grace Hopper"})
    listener.terms = terms
    return listener.write("ada", Cut(0.0, len(samples) / RATE_HZ, samples))


def test_r50_people_are_understood(engine) -> None:
    names = ("kennedy-1", "kennedy-2", "kennedy-4", "two-cities-5", "austen-2", "austen-3", "licence-2")
    said = [" ".join(words_of((CLIPS / f"{name}.txt").read_text())) for name in names]
    heard = [" ".join(words_of(write(engine, read(name)).text)) for name in names]
    assert jiwer.wer(said, heard) <= 0.07


def test_r50_each_word_has_its_time(engine) -> None:
    samples = read("two-cities-5")
    heard = engine.transcribe(samples)
    assert "".join(word.text for word in heard.words).split() == heard.text.split()
    times = [at for word in heard.words for at in (word.start_s, word.end_s)]
    assert times == sorted(times)
    assert 0 <= times[0] <= times[-1] <= len(samples) / RATE_HZ
    before = [word.start_s for word in heard.words if word.text.strip() == "before"]
    assert len(before) == 2
    assert before[1] - before[0] > 1


def test_r51_of_another_language_no_word_is_written_only_when_it_was(engine) -> None:
    german = read("foreign-german-2")
    pieces = [write(engine, german[round(at * RATE_HZ) : round((at + 2) * RATE_HZ)]) for at in (0, 2, 4)]
    assert [(piece.text, piece.missing) for piece in pieces] == [("", "language")] * 3
    assert "0:00-0:02" in tell_missing(pieces[:1])[0]


@pytest.mark.parametrize("level", [0.0, 0.0005, 0.05])
def test_r50_without_a_voice_no_word_is_written_whatever_was_shown(engine, level: float) -> None:
    noise = np.random.default_rng(5).normal(0, level, 3 * RATE_HZ).astype(np.float32)
    assert write(engine, noise, terms=("Website relaunch", "ComfyUI", "Priya")).text == ""
    assert write(engine, noise).text == ""


def test_r50_a_name_is_spelled_as_it_was_written(engine) -> None:
    samples = read("austen-1")
    assert "Dashwood" in write(engine, samples, terms=("Dashwood",)).text
    assert "Dashwoode" in write(engine, samples, terms=("John Dashwoode",)).text
