from pathlib import Path

import av
import numpy as np
import pytest

from server_stub.recap.mix import FADE, RATE_HZ, ClipSound, mix_files


def write_tone(path: Path, seconds: float, level: float) -> Path:
    samples = (level * np.sin(np.arange(round(seconds * RATE_HZ)) / 20) * 32767).astype(np.int16)
    with av.open(str(path), "w") as file:
        stream = file.add_stream("pcm_s16le", rate=RATE_HZ)
        stream.layout = "mono"
        frame = av.AudioFrame.from_ndarray(samples[None], format="s16", layout="mono")
        frame.sample_rate = RATE_HZ
        file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return path


def test_sounds_add_up_from_their_common_zero(tmp_path: Path) -> None:
    files = [write_tone(tmp_path / "a.wav", 2.5, 0.2), write_tone(tmp_path / "b.wav", 1.0, 0.3)]
    mixed = np.concatenate(list(mix_files(files)))
    assert mixed.size == 3 * RATE_HZ
    assert np.abs(mixed[:RATE_HZ]).max() == pytest.approx(0.5, abs=0.01)
    assert np.abs(mixed[RATE_HZ + 2000 : 2 * RATE_HZ]).max() == pytest.approx(0.2, abs=0.01)
    assert not mixed[round(2.6 * RATE_HZ) :].any()


def test_loud_voices_are_bent_not_broken(tmp_path: Path) -> None:
    files = [write_tone(tmp_path / f"{n}.wav", 1.0, 0.9) for n in range(3)]
    mixed = np.concatenate(list(mix_files(files)))
    assert 0.9 < np.abs(mixed).max() <= 1.0


def test_files_without_sound_are_silent(tmp_path: Path) -> None:
    text = tmp_path / "a.mkv"
    text.write_text("nothing")
    assert list(mix_files([text])) == []
    assert list(mix_files([])) == []
    assert len(list(mix_files([text, write_tone(tmp_path / "b.wav", 1.0, 0.3)]))) == 1


def test_clips_are_cut_out_as_the_whole_passes_by() -> None:
    clips = ClipSound([(0.5, 1.5), (1.25, 2.0)])
    whole = np.arange(3 * RATE_HZ, dtype=np.float32)
    for at in range(0, whole.size, RATE_HZ):
        clips.pass_by(whole[at : at + RATE_HZ])
    first, second = clips.clips()
    assert np.array_equal(first[FADE:-FADE], whole[RATE_HZ // 2 + FADE : RATE_HZ * 3 // 2 - FADE])
    assert first[0] == first[-1] == 0.0
    assert second.size == RATE_HZ * 3 // 4
