import numpy as np
import pytest

from app.media.levels import LevelMeter, measure_level_db
from app.media.types import BLOCK

RANDOM = np.random.default_rng(1)


def noise(level_db: float, seconds: float) -> np.ndarray:
    return (RANDOM.standard_normal(round(seconds * 48_000)) * 10 ** (level_db / 20)).astype(np.float32)


def feed(meter: LevelMeter, samples: np.ndarray) -> list[bool]:
    blocks = samples[: len(samples) // BLOCK * BLOCK].reshape(-1, BLOCK)
    return [meter.add(block).is_speaking for block in blocks]


@pytest.mark.parametrize(("amplitude", "expected_db"), [(1.0, -3.0), (0.1, -23.0), (0.0, -100.0)])
def test_level_of_a_tone(amplitude: float, expected_db: float) -> None:
    tone = amplitude * np.sin(np.arange(4800) * 2 * np.pi * 440 / 48_000)
    assert measure_level_db(tone.astype(np.float32)) == pytest.approx(expected_db, abs=0.05)


def test_level_changes_ten_times_a_second() -> None:
    meter = LevelMeter()
    levels = [meter.add(noise(-30 + number % 7, 0.01)) for number in range(100)]
    assert len({id(level) for level in levels}) == 11


def test_speech_is_seen_and_survives_gaps_between_words() -> None:
    meter = LevelMeter()
    feed(meter, noise(-70, 1.0))
    assert feed(meter, noise(-25, 0.3))[-1]
    assert all(feed(meter, noise(-70, 0.25)))
    assert not feed(meter, noise(-70, 0.6))[-1]


def test_a_steady_fan_stops_counting_as_speech() -> None:
    meter = LevelMeter()
    feed(meter, noise(-70, 0.5))
    assert any(feed(meter, noise(-38, 1.0)))
    assert not any(feed(meter, noise(-38, 20.0))[-500:])
    assert feed(meter, noise(-20, 0.3))[-1]


def test_a_level_in_the_middle_keeps_what_was() -> None:
    quiet, loud = LevelMeter(), LevelMeter()
    feed(quiet, noise(-80, 0.5))
    feed(loud, noise(-80, 0.5))
    feed(loud, noise(-30, 0.3))
    between = noise(-50.5, 1.0)
    assert not any(feed(quiet, between))
    assert all(feed(loud, between))
