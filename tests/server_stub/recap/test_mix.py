from pathlib import Path

import av
import numpy as np
import pytest

from server_stub.recap.mix import FADE, RATE_HZ, mix_clips, mix_files


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


def test_clips_are_as_they_are_in_the_whole(tmp_path: Path) -> None:
    files = [write_tone(tmp_path / "a.wav", 3.0, 0.2), write_tone(tmp_path / "b.wav", 1.6, 0.3)]
    whole = np.concatenate(list(mix_files(files)))
    spans = [(0.5, 1.5), (1.25, 2.0), (2.5, 3.5)]
    for (start_s, end_s), clip in zip(spans, mix_clips(files, spans), strict=True):
        expected = np.pad(whole, (0, RATE_HZ))[round(start_s * RATE_HZ) : round(end_s * RATE_HZ)]
        assert clip.size == expected.size
        assert np.abs(clip[FADE:-FADE] - expected[FADE:-FADE]).max() < 0.001
        assert clip[0] == clip[-1] == 0.0


def test_a_clip_of_a_recording_is_where_it_is_in_the_whole(recordings: dict[str, Path]) -> None:
    files = list(recordings.values())
    whole = np.concatenate(list(mix_files(files)))
    (clip,) = mix_clips(files, [(8.013, 9.987)])
    inner = clip[FADE:-FADE]
    # A file's own clock counts in packets: the whole, which follows on from packet to packet, may be one off.
    slack, first = RATE_HZ // 25, round(8.013 * RATE_HZ) + FADE
    around = whole[first - slack : first + inner.size + slack]
    product = np.correlate(around, inner, "valid")
    best = int(product.argmax())
    found = around[best : best + inner.size]
    assert np.corrcoef(found, inner)[0, 1] > 0.98


def test_clips_of_files_without_sound_are_silent(tmp_path: Path) -> None:
    text = tmp_path / "a.mkv"
    text.write_text("nothing")
    (clip,) = mix_clips([text], [(0.0, 0.5)])
    assert clip.size == RATE_HZ // 2
    assert not clip.any()
