from pathlib import Path

import numpy as np
import pytest

from app.media.sounds import read_sound, stream_blocks
from app.media.types import BLOCK, FileUnreadable
from tests.fakes.clips import write_video, write_wav


def tone(seconds: float, rate_hz: int) -> np.ndarray:
    return 0.5 * np.sin(2 * np.pi * 440 * np.arange(round(seconds * rate_hz)) / rate_hz)


@pytest.mark.parametrize("rate_hz", [48_000, 44_100, 16_000])
def test_any_rate_becomes_48_khz(tmp_path: Path, rate_hz: int) -> None:
    heard = read_sound(write_wav(tmp_path / "a.wav", tone(0.5, rate_hz), rate_hz))
    assert heard.dtype == np.float32
    assert len(heard) == pytest.approx(24_000, abs=50)
    assert np.abs(heard[2000:22000]).max() == pytest.approx(0.5, abs=0.02)
    assert np.argmax(np.abs(np.fft.rfft(heard[:24000]))) == pytest.approx(220, abs=1)


def test_blocks_begin_where_asked_and_the_last_is_filled_up(tmp_path: Path) -> None:
    samples = np.arange(BLOCK * 3 + 100) / 2000
    path = write_wav(tmp_path / "a.wav", samples)
    blocks = list(stream_blocks(path, from_s=0.015))
    assert [len(block) for block in blocks] == [BLOCK] * 2
    assert np.concatenate(blocks)[: BLOCK * 2 - 140] == pytest.approx(samples[720:], abs=1e-4)
    assert not blocks[-1][-140:].any()
    assert list(stream_blocks(path, from_s=9.0)) == []


@pytest.mark.parametrize("content", [None, b"", b"not a sound at all"])
def test_unreadable_files_are_said_in_words(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "broken.wav"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(FileUnreadable, match=r"broken\.wav"):
        read_sound(path)


def test_a_video_without_sound(tmp_path: Path) -> None:
    with pytest.raises(FileUnreadable, match="no sound"):
        read_sound(write_video(tmp_path / "a.mkv", frames=2, fps=10))
