import numpy as np
import pytest

from app.media import noise, webrtc
from app.media.types import BLOCK
from app.media.voice_filters import VoiceFilters


def test_what_is_missing_is_told_and_the_rest_works(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail_noise() -> None:
        raise noise.NoiseFilterMissing()

    def fail_webrtc() -> None:
        raise webrtc.WebrtcMissing()

    monkeypatch.setattr(noise, "_load_library", fail_noise)
    monkeypatch.setattr(webrtc, "_load_library", fail_webrtc)
    told: list[str] = []
    filters = VoiceFilters(told.append)
    filters.settle(noise="strong", echo=True, levels=True)
    block = np.full(BLOCK, 0.25, np.float32)
    filters.hear_far(block)
    assert np.array_equal(filters.process(block), block)
    filters.close()
    assert [words.split(".")[0] for words in told] == [
        "The noise filter is not available on this computer",
        "Your computer cannot take out the echo of its loudspeaker or level your voice",
    ]


def test_all_off_is_the_sound_itself_a_little_later() -> None:
    filters = VoiceFilters(print)
    filters.settle(noise="off", echo=False, levels=False)
    own = (np.random.default_rng(1).standard_normal(BLOCK * 100) * 0.1).astype(np.float32)
    heard = []
    for block in own.reshape(-1, BLOCK):
        filters.hear_far(block)
        heard.append(filters.process(block))
    filters.close()
    late = round(0.0289 * 48_000)
    out = np.concatenate(heard)[BLOCK * 30 :]
    assert max(np.abs(out - own[BLOCK * 30 - shift : len(own) - shift]).max() < 1e-6 for shift in (late, late + 1))
