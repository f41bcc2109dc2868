import numpy as np
import pytest

from app.media import noise
from app.media.noise import DELAY_BLOCKS, NoiseFilter, NoiseFilterMissing
from app.media.types import BLOCK, RATE_HZ, NoiseMode

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


def filtered(samples: np.ndarray, mode: NoiseMode) -> np.ndarray:
    noise_filter = NoiseFilter(mode)
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


@pytest.fixture(scope="module")
def clicking(clean: np.ndarray) -> np.ndarray:
    """Seven keys a second."""
    chance = np.random.default_rng(5)
    out = clean.copy()
    for at in chance.integers(0, len(clean) - 1_200, SECONDS * 7):
        out[at : at + 1_200] += 0.3 * chance.standard_normal(1_200) * np.exp(-np.arange(1_200) / 150)
    return out


def voices(clean: np.ndarray, *seconds: float) -> np.ndarray:
    """What others say behind the speaker: the same mouth elsewhere in its words, higher, two at once."""
    return sum(
        np.interp(np.arange(len(TIMES)) * rise % len(TIMES), np.arange(len(TIMES)), np.roll(clean, int(at * RATE_HZ)))
        for at, rise in zip(seconds, (1.4, 1.7), strict=True)
    )


@pytest.mark.parametrize("mode", ["standard", "strong"])
def test_r13_the_filter_raises_the_share_of_voice(mode: NoiseMode, clean: np.ndarray, noisy: np.ndarray) -> None:
    off_db, on_db = (snr_db(clean, filtered(noisy, one)) for one in ("off", mode))
    assert off_db == pytest.approx(5.0, abs=0.2)
    assert on_db > off_db + 4.0


def test_clicks_are_taken_out(clean: np.ndarray, clicking: np.ndarray) -> None:
    assert snr_db(clean, filtered(clicking, "standard")) > snr_db(clean, filtered(clicking, "off")) + 6.0


def test_standard_leaves_a_clean_voice_as_it_is(clean: np.ndarray) -> None:
    assert snr_db(clean, filtered(clean, "standard")) > snr_db(clean, filtered(clean, "strong")) + 5.0


def test_standard_does_not_mute_the_speaker_when_others_talk_behind(clean: np.ndarray) -> None:
    behind = voices(clean, 0.7, 2.1)
    heard = (clean + behind * np.sqrt(np.mean(clean**2) / np.mean(behind**2) / 10**0.5)).astype(np.float32)
    assert snr_db(clean, filtered(heard, "standard")) > snr_db(clean, filtered(heard, "off")) - 0.5


def test_off_is_the_sound_itself_a_little_later(noisy: np.ndarray) -> None:
    assert np.array_equal(filtered(noisy, "off"), noisy[: -DELAY_BLOCKS * BLOCK])


@pytest.mark.parametrize("mode", ["standard", "strong"])
def test_r13_a_switch_takes_effect_within_200_ms_both_ways(mode: NoiseMode) -> None:
    hiss = (np.random.default_rng(4).standard_normal(RATE_HZ * 3) * 0.05).astype(np.float32)
    noise_filter = NoiseFilter("off")
    blocks = iter(hiss.reshape(-1, BLOCK))

    def heard_level(count: int) -> float:
        return float(np.sqrt(np.mean([noise_filter.process(next(blocks)) ** 2 for _ in range(count)])))

    before = heard_level(100)
    noise_filter.mode = mode
    heard_level(20)
    quiet = heard_level(60)
    noise_filter.mode = "off"
    heard_level(20)
    after = heard_level(60)
    noise_filter.close()
    assert quiet < before / 4
    assert after == pytest.approx(before, rel=0.1)


@pytest.mark.parametrize("mode", ["standard", "strong"])
def test_a_switch_does_not_click(mode: NoiseMode) -> None:
    tone = (0.3 * np.sin(2 * np.pi * 200 * np.arange(RATE_HZ) / RATE_HZ)).astype(np.float32)
    noise_filter = NoiseFilter("off")
    out = []
    for number, block in enumerate(tone.reshape(-1, BLOCK)):
        noise_filter.mode = mode if 30 <= number < 60 else "off"
        out.append(noise_filter.process(block))
    noise_filter.close()
    steps = np.abs(np.diff(np.concatenate(out)))[DELAY_BLOCKS * BLOCK :]
    assert steps.max() < np.abs(np.diff(tone)).max() * 1.5


def test_what_was_said_before_the_filter_was_off_does_not_come_out_when_it_is_on_again(clean: np.ndarray) -> None:
    noise_filter = NoiseFilter("strong")
    for block in clean.reshape(-1, BLOCK)[:100]:
        noise_filter.process(block)
    noise_filter.mode = "off"
    silence = np.zeros(BLOCK, np.float32)
    for _ in range(20):
        noise_filter.process(silence)
    noise_filter.mode = "strong"
    heard = np.concatenate([noise_filter.process(silence) for _ in range(20)])
    noise_filter.close()
    assert np.abs(heard).max() < 1e-4


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
