import numpy as np
import pytest

from app.media.gain import PEAK, WANTED_DB, Gain
from app.media.types import BLOCK

RATE = 100


def voice(level_db: float, seconds: float, seed: int = 1) -> np.ndarray:
    """Syllables of noise: half a second on, a fifth off."""
    chance = np.random.default_rng(seed)
    blocks = chance.standard_normal((round(seconds * RATE), BLOCK))
    blocks *= 10 ** (level_db / 20)
    rests = np.arange(len(blocks)) % 70 >= 50
    blocks[rests] *= 1e-3
    return blocks.astype(np.float32)


def through(gain: Gain, blocks: np.ndarray, speech: float | None = None) -> np.ndarray:
    return np.stack([gain.process(block, speech) for block in blocks])


def spoken_db(blocks: np.ndarray) -> float:
    powers = (blocks**2).mean(axis=1)
    return float(10 * np.log10(powers[powers > powers.max() / 100].mean()))


@pytest.mark.parametrize("level_db", [-52.0, -40.0, -32.0, -18.0])
@pytest.mark.parametrize("speech", [None, 1.0])
def test_a_voice_comes_to_one_level_however_near_its_microphone_is(level_db: float, speech: float | None) -> None:
    out = through(Gain(), voice(level_db, 8.0), speech)
    assert spoken_db(out[-3 * RATE :]) == pytest.approx(WANTED_DB, abs=2.0)


def test_the_first_words_are_as_loud_as_they_were_spoken_and_nothing_is_clipped() -> None:
    said = voice(-20.0, 1.0)
    out = through(Gain(), said)
    assert spoken_db(out[:20]) == pytest.approx(spoken_db(said[:20]), abs=1.0)
    gain = Gain()
    through(gain, voice(-50.0, 6.0))
    shout = voice(-6.0, 0.5)
    out = through(gain, shout)
    assert np.abs(out).max() <= PEAK + 1e-6
    # Turned down as a whole: the shape of each block is the shout's own.
    assert min(np.corrcoef(one, other)[0, 1] for one, other in zip(out[1:40], shout[1:40], strict=True)) > 0.99


def test_what_is_no_voice_is_not_raised() -> None:
    hiss = np.random.default_rng(2).standard_normal((6 * RATE, BLOCK)).astype(np.float32) * 1e-3
    assert np.array_equal(through(Gain(), hiss), hiss)
    typing = voice(-40.0, 6.0)
    assert np.allclose(through(Gain(), typing, 0.1), typing)


def test_switched_off_and_on_it_makes_no_step() -> None:
    gain = Gain()
    through(gain, voice(-45.0, 3.0))
    hum = (0.01 * np.sin(2 * np.pi * 100 * np.arange(BLOCK) / 48_000)).astype(np.float32)
    raised = gain.process(hum, 0.0)
    assert np.abs(raised).max() > 5 * np.abs(hum).max()
    steepest = np.abs(np.diff(raised)).max()
    heard = [raised, gain.pass_by(hum), gain.pass_by(hum), gain.process(hum, 0.0), gain.process(hum, 0.0)]
    assert np.abs(np.diff(np.concatenate(heard))).max() < 1.5 * steepest
    assert np.array_equal(heard[2], hum)
