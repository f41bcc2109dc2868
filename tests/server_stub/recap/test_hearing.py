"""What the recap writes of people: the real speech model, which set-up brings."""

from pathlib import Path

import jiwer
import numpy as np
import pytest

from server_stub.recap.listening import Listener
from server_stub.recap.sound import read_sound
from server_stub.recap.speech import whisper
from server_stub.recap.speech.catalogue import DEFAULT
from server_stub.recap.speech.choose import choose_engine
from server_stub.recap.speech.engine import SpeechEngine
from server_stub.recap.speech.models import BUILT_IN
from server_stub.recap.transcript import Spoken, tell_missing
from server_stub.recap.voice import RATE_HZ, Cut, Samples
from tests.opus import lose, opus_packets
from tests.spoken import words_of

pytestmark = pytest.mark.heavy

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
    (spoken,) = listener.write("ada", Cut(0.0, len(samples) / RATE_HZ, samples))
    return spoken


def test_r50_people_are_understood(engine) -> None:
    names = ("kennedy-1", "kennedy-2", "kennedy-4", "two-cities-5", "austen-2", "austen-3", "licence-2")
    said = [" ".join(words_of((CLIPS / f"{name}.txt").read_text())) for name in names]
    heard = [" ".join(words_of(write(engine, read(name)).text)) for name in names]
    assert jiwer.wer(said, heard) <= 0.07


def test_r50_words_have_their_times_where_they_are_looked_at(engine, monkeypatch) -> None:
    monkeypatch.setattr(whisper, "SURE_OF_PHANTOM", 1.1)
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


def test_r50_a_sentence_said_twice_is_written_twice(engine) -> None:
    said = read("kennedy-4")
    for gap_s in (0.2, 0.8):
        talk = np.concatenate([said, np.zeros(round(gap_s * RATE_HZ), np.float32), said])
        parts = Listener(engine, {"ada": "Ada Byron"}).write("ada", Cut(0.0, len(talk) / RATE_HZ, talk))
        twice = " ".join(words_of(" ".join(part.text for part in parts)))
        assert twice.count("ask what you can do for your country") == 2


@pytest.mark.parametrize("part", [0.05, 0.1])
def test_r50_a_few_lost_packets_cost_few_words(engine, part: float) -> None:
    names = ("kennedy-4", "two-cities-5", "austen-2", "austen-3", "licence-2")
    said, heard = [], []
    for number, name in enumerate(names):
        listener = Listener(engine, {"ada": "Ada Byron"})
        left = lose(opus_packets(read(name)), part, np.random.default_rng(number))
        spoken = [piece for at, packet in left for piece in listener.hear_packet("ada", at, packet)]
        spoken += listener.flush()
        said.append(" ".join(words_of((CLIPS / f"{name}.txt").read_text())))
        heard.append(" ".join(words_of(" ".join(piece.text for piece in spoken))))
    assert jiwer.wer(said, heard) <= 0.12
