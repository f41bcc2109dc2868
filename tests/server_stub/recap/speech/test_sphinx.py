import jiwer
import numpy as np
import pytest

from server_stub.recap.listening import Listener
from server_stub.recap.speech.sphinx import SphinxEngine


@pytest.fixture(scope="module")
def engine() -> SphinxEngine:
    return SphinxEngine()


def plain(text: str) -> str:
    return "".join(c for c in text.lower() if c.isalpha() or c in " '")


@pytest.mark.heavy
def test_words_reach_the_right_speaker_through_opus(engine, packets, script) -> None:
    listener = Listener(engine, {name: name for name in packets})
    heard = [
        spoken
        for name, stream in packets.items()
        for start_s, opus in stream
        for spoken in listener.hear_packet(name, start_s, opus)
    ]
    heard += listener.flush()
    for name in packets:
        truth = " ".join(plain(line["text"]) for line in script if line["speaker"] == name)
        said = " ".join(plain(spoken.text) for spoken in heard if spoken.person == name)
        assert jiwer.wer(truth, said) <= 0.2
    assert all(spoken.text[0].isupper() and spoken.text[-1] in ".?" for spoken in heard)


def test_nothing_is_heard_in_silence(engine) -> None:
    for count in (0, 8000):
        assert engine.transcribe(np.zeros(count, np.float32)).text == ""


def test_same_sound_same_text_whatever_came_before(engine) -> None:
    noise = np.random.default_rng(3).normal(0, 0.1, 16_000).astype(np.float32)
    first = engine.transcribe(noise)
    engine.transcribe(np.sin(np.arange(16_000) / 20).astype(np.float32))
    assert engine.transcribe(noise) == first
