import numpy as np
import pytest

from app.media.echo import DELAY_SAMPLES, EchoCanceller
from app.media.types import BLOCK, RATE_HZ

SECONDS = 8
COUNT = SECONDS * RATE_HZ


def talk(seed: int, level: float) -> np.ndarray:
    """Syllables of shaped noise: what a canceller is measured with where nobody's voice is at hand."""
    chance = np.random.default_rng(seed)
    sound = np.convolve(chance.standard_normal(COUNT), np.hanning(24), "same")
    rhythm = np.repeat(chance.random(COUNT // 4_800) > 0.3, 4_800).astype(float)
    sound *= np.convolve(rhythm, np.hanning(960) / 480, "same")
    return (sound / np.sqrt(np.mean(sound**2)) * level).astype(np.float32)


def echo_of(far: np.ndarray, delay_ms: int) -> np.ndarray:
    """What a room makes of it: the direct way and 100 ms of reverberation."""
    room = np.random.default_rng(1).standard_normal(4_800) * np.exp(-np.arange(4_800) / 1_600) * 0.03
    room[0] = 0.5
    spectrum = np.fft.rfft(far, 2 * COUNT) * np.fft.rfft(room, 2 * COUNT)
    return np.roll(np.fft.irfft(spectrum)[:COUNT], delay_ms * RATE_HZ // 1_000).astype(np.float32)


def through(canceller: EchoCanceller, far: np.ndarray, near: np.ndarray) -> np.ndarray:
    out = []
    for played, heard in zip(far.reshape(-1, BLOCK), near.reshape(-1, BLOCK), strict=True):
        canceller.hear_far(played)
        out.append(canceller.process(heard))
    return np.concatenate(out)


def level_db(samples: np.ndarray) -> float:
    return float(10 * np.log10(np.mean(samples**2) + 1e-12))


@pytest.fixture
def canceller():
    made = EchoCanceller()
    yield made
    made.close()


def test_an_echo_is_taken_out_and_a_voice_over_it_stays(canceller: EchoCanceller) -> None:
    far, own = talk(2, 0.1), talk(3, 0.1)
    own[: 5 * RATE_HZ] = 0
    echo = echo_of(far, 60)
    out = through(canceller, far, echo + own)
    alone, both = slice(2 * RATE_HZ, 5 * RATE_HZ), slice(5 * RATE_HZ, COUNT - DELAY_SAMPLES)
    assert level_db(out[alone]) < level_db(echo[alone]) - 30
    heard = out[5 * RATE_HZ + DELAY_SAMPLES :]
    assert level_db(heard) == pytest.approx(level_db(own[both]), abs=3)
    assert np.corrcoef(heard, own[both])[0, 1] > 0.9


@pytest.mark.parametrize("is_on", [True, False])
def test_without_a_far_voice_the_microphone_passes_as_it_is(canceller: EchoCanceller, is_on: bool) -> None:
    own = talk(4, 0.1)[: 2 * RATE_HZ]
    canceller.is_on = is_on
    out = through(canceller, np.zeros_like(own), own)
    assert np.allclose(out[DELAY_SAMPLES:], own[:-DELAY_SAMPLES], atol=1e-6)


@pytest.mark.parametrize("is_light", [False, True])
def test_who_begins_while_the_other_ends_is_heard_whole_where_nothing_comes_back(
    canceller: EchoCanceller, is_light: bool
) -> None:
    canceller.is_light = is_light
    far, own = talk(2, 0.1), talk(3, 0.1)
    for at in range(0, SECONDS, 2):  # in turns, each half a second into the other
        far[at * RATE_HZ + RATE_HZ * 5 // 4 : (at + 2) * RATE_HZ] = 0
        own[at * RATE_HZ : at * RATE_HZ + RATE_HZ * 3 // 4] = 0
    out = through(canceller, far, own)
    assert np.allclose(out[DELAY_SAMPLES:], own[:-DELAY_SAMPLES], atol=1e-6)


def test_a_loudspeaker_that_runs_faster_loses_a_block_now_and_then(canceller: EchoCanceller) -> None:
    silence = np.zeros(BLOCK, np.float32)
    for number in range(2_000):
        canceller.hear_far(np.tile(silence, 2 if number % 100 == 0 else 1))
        canceller.process(silence)
    assert len(canceller._waiting) < 12


def test_a_loudspeaker_that_stops_is_silence(canceller: EchoCanceller) -> None:
    far, own = talk(5, 0.1)[: 3 * RATE_HZ], talk(6, 0.1)[: 3 * RATE_HZ]
    through(canceller, far, echo_of(np.pad(far, (0, COUNT - len(far))), 60)[: len(far)])
    out = np.concatenate([canceller.process(block) for block in own.reshape(-1, BLOCK)])
    last = slice(RATE_HZ, 3 * RATE_HZ - DELAY_SAMPLES)
    assert np.allclose(out[RATE_HZ + DELAY_SAMPLES :], own[last], atol=1e-6)


def test_off_lets_the_echo_through(canceller: EchoCanceller) -> None:
    canceller.is_on = False
    far = talk(7, 0.1)[:RATE_HZ]
    assert np.allclose(through(canceller, far, far)[DELAY_SAMPLES:], far[:-DELAY_SAMPLES], atol=1e-6)
