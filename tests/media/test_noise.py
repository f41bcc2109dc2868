import numpy as np
import pytest

from app.media import noise
from app.media.noise import DELAY_BLOCKS, NoiseFilter, NoiseFilterMissing, clean_steady_noise
from app.media.types import BLOCK, RATE_HZ

SECONDS = 4
TIMES = np.arange(SECONDS * RATE_HZ) / RATE_HZ
SYLLABLE = RATE_HZ // 5
VOWELS = ((730, 1090, 2440), (270, 2290, 3010), (300, 870, 2240), (530, 1840, 2480), (570, 840, 2410))
BANDWIDTHS = (80, 100, 140)


def formants(frequencies: np.ndarray, vowel: tuple[int, int, int]) -> np.ndarray:
    """The response of a mouth: one two-pole resonance per formant."""
    response = np.ones(len(frequencies), complex)
    turn = np.exp(-2j * np.pi * frequencies / RATE_HZ)
    for center, width in zip(vowel, BANDWIDTHS, strict=True):
        radius = np.exp(-np.pi * width / RATE_HZ)
        angle = 2 * np.pi * center / RATE_HZ
        response *= (1 - radius) / (1 - 2 * radius * np.cos(angle) * turn + radius**2 * turn**2)
    return response


def speech_like() -> np.ndarray:
    """Glottal pulses at 90 Hz with some breath, through five vowels, with pauses."""
    pitch = 90 * (1 + 0.12 * np.sin(2 * np.pi * 0.7 * TIMES) + 0.03 * np.sin(2 * np.pi * 3.1 * TIMES))
    pulses = np.diff(np.floor(np.cumsum(pitch) / RATE_HZ), prepend=0)
    pulses += 0.02 * np.random.default_rng(0).standard_normal(len(TIMES))
    voice = np.zeros(len(TIMES))
    rise_and_fall = np.sqrt(np.sin(np.linspace(0, np.pi, SYLLABLE)))
    for number, piece in enumerate(pulses.reshape(-1, SYLLABLE)):
        spectrum = np.fft.rfft(piece, 2 * SYLLABLE)
        spectrum *= formants(np.fft.rfftfreq(2 * SYLLABLE, 1 / RATE_HZ), VOWELS[number % 5])
        is_pause = number % 6 == 5
        heard = np.fft.irfft(spectrum)[:SYLLABLE] * rise_and_fall * (not is_pause)
        voice[number * SYLLABLE : (number + 1) * SYLLABLE] = heard
    return (voice / np.abs(voice).max() * 0.5).astype(np.float32)


def filtered(samples: np.ndarray, *, is_on: bool) -> np.ndarray:
    noise_filter = NoiseFilter(is_on=is_on)
    out = np.concatenate([noise_filter.process(block) for block in samples.reshape(-1, BLOCK)])
    noise_filter.close()
    return out[DELAY_BLOCKS * BLOCK :]


def snr_db(clean: np.ndarray, heard: np.ndarray) -> float:
    clean = clean[: len(heard)]
    voice = clean * (np.dot(clean, heard) / np.dot(clean, clean))
    return float(10 * np.log10(np.sum(voice**2) / np.sum((heard - voice) ** 2)))


@pytest.fixture(scope="module")
def clean() -> np.ndarray:
    return speech_like()


@pytest.fixture(scope="module")
def noisy(clean: np.ndarray) -> np.ndarray:
    hiss = np.random.default_rng(3).standard_normal(len(clean)).astype(np.float32)
    return clean + hiss * np.sqrt(np.mean(clean**2) / np.mean(hiss**2) / 10**0.5)


def test_r13_the_filter_raises_the_share_of_voice(clean: np.ndarray, noisy: np.ndarray) -> None:
    off_db, on_db = (snr_db(clean, filtered(noisy, is_on=is_on)) for is_on in (False, True))
    assert off_db == pytest.approx(5.0, abs=0.2)
    assert on_db > off_db + 4.0


def test_off_is_the_sound_itself_a_little_later(noisy: np.ndarray) -> None:
    assert np.array_equal(filtered(noisy, is_on=False), noisy[: -DELAY_BLOCKS * BLOCK])


def test_r13_a_switch_takes_effect_within_200_ms_both_ways() -> None:
    hiss = (np.random.default_rng(4).standard_normal(RATE_HZ * 3) * 0.05).astype(np.float32)
    noise_filter = NoiseFilter(is_on=False)
    blocks = iter(hiss.reshape(-1, BLOCK))

    def heard_level(count: int) -> float:
        return float(np.sqrt(np.mean([noise_filter.process(next(blocks)) ** 2 for _ in range(count)])))

    before = heard_level(100)
    noise_filter.switch(True)
    heard_level(20)
    quiet = heard_level(60)
    noise_filter.switch(False)
    heard_level(20)
    after = heard_level(60)
    noise_filter.close()
    assert quiet < before / 4
    assert after == pytest.approx(before, rel=0.1)


def test_a_switch_does_not_click() -> None:
    tone = (0.3 * np.sin(2 * np.pi * 200 * np.arange(RATE_HZ) / RATE_HZ)).astype(np.float32)
    noise_filter = NoiseFilter(is_on=False)
    out = []
    for number, block in enumerate(tone.reshape(-1, BLOCK)):
        noise_filter.switch(30 <= number < 60)
        out.append(noise_filter.process(block))
    noise_filter.close()
    steps = np.abs(np.diff(np.concatenate(out)))[DELAY_BLOCKS * BLOCK :]
    assert steps.max() < np.abs(np.diff(tone)).max() * 1.5


def test_speech_is_told_from_silence(clean: np.ndarray) -> None:
    noise_filter = NoiseFilter()
    chances = []
    for block in clean.reshape(-1, BLOCK):
        noise_filter.process(block)
        chances.append(noise_filter.speech_probability)
    noise_filter.close()
    assert max(chances) > 0.8
    assert min(chances) < 0.2


def test_a_missing_library_is_said_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(noise.importlib.util, "find_spec", lambda name: None)
    noise._load_library.cache_clear()
    with pytest.raises(NoiseFilterMissing, match="not available on this computer"):
        NoiseFilter()


def test_a_steady_hum_is_taken_out_of_a_recording(clean: np.ndarray) -> None:
    hum = sum(np.sin(2 * np.pi * 50 * times * TIMES) / times for times in (1, 2, 3)) * 0.05
    dirty = (clean + hum).astype(np.float32)
    cleaned = clean_steady_noise(dirty, RATE_HZ)
    assert len(cleaned) == len(dirty)
    assert cleaned.dtype == np.float32
    assert snr_db(clean, cleaned) > snr_db(clean, dirty) + 6.0


def test_short_and_silent_recordings_survive_cleaning() -> None:
    short = np.ones(100, np.float32)
    assert np.array_equal(clean_steady_noise(short, RATE_HZ), short)
    assert not clean_steady_noise(np.zeros(RATE_HZ, np.float32), RATE_HZ).any()
