import struct
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import av
import numpy as np
import pytest

from server_stub.recap import listening
from server_stub.recap.sound import OpusListener, SoundError, _frames, read_sound, read_voice


def whole(path: Path, rate_hz: int = 16_000) -> tuple[float, np.ndarray]:
    pieces = list(read_sound(path, rate_hz))
    return pieces[0][0], np.concatenate([samples for _, samples in pieces])


def test_packets_and_files_give_the_same_sound(talk, packets) -> None:
    start_s, from_file = whole(talk["Ada"])
    listener = OpusListener()
    live = np.concatenate([listener.decode(opus) for _, opus in packets["Ada"]])
    assert abs(start_s) < 0.05
    assert live.size == pytest.approx(from_file.size, abs=1600)
    spoken = live[70_000:110_000]
    likeness = [np.corrcoef(spoken, from_file[70_000 + lag : 110_000 + lag])[0, 1] for lag in range(-200, 200)]
    assert max(likeness) > 0.98


def test_damaged_packets_are_passed_over(packets) -> None:
    listener = OpusListener()
    for junk in (b"", b"\xff", bytes(range(40)), b"\x03\xff\xff"):
        assert listener.decode(junk).dtype == np.float32
    assert listener.decode(packets["Ada"][50][1]).size == 320


def test_file_cut_off_in_the_middle_is_read_to_there(recordings, tmp_path: Path) -> None:
    data = recordings["Grace"].read_bytes()
    broken = tmp_path / "broken.mkv"
    broken.write_bytes(data[: len(data) * 2 // 3])
    full, part = whole(recordings["Grace"])[1].size, whole(broken)[1].size
    assert full * 0.3 < part < full


def test_from_a_second_on(talk) -> None:
    start_s, _ = next(read_sound(talk["Ada"], 16_000, from_s=5.0))
    assert 4.9 <= start_s <= 5.0


def test_what_is_no_sound_is_told_in_words(tmp_path: Path) -> None:
    text = tmp_path / "a.txt"
    text.write_text("not a sound")
    with pytest.raises(SoundError, match="not a sound"):
        list(read_sound(text, 16_000))
    with pytest.raises(SoundError, match="no such file"):
        list(read_sound(tmp_path / "none.wav", 16_000))


def test_a_packet_that_no_decoder_understands_costs_itself_alone() -> None:
    class Packet:
        def __init__(self, error: Exception | None = None) -> None:
            self.error = error

        def decode(self) -> list[str]:
            if self.error:
                raise self.error
            return ["frame"]

    class File:
        streams = SimpleNamespace(audio=[0])

        def demux(self, stream: int) -> Iterator[Packet]:
            for kind in (None, av.error.PatchWelcomeError, av.error.ExternalError, av.error.UndefinedError, None):
                yield Packet(kind(1, "odd") if kind else None)

    assert list(_frames(File())) == ["frame", "frame"]


def float_wav(path: Path, samples: np.ndarray, *, rate_hz: int = 16_000) -> Path:
    """A WAV of floats (32 or 64 bits), one channel or [n, channels]."""
    channels = 1 if samples.ndim == 1 else samples.shape[1]
    body, width = samples.tobytes(), samples.dtype.itemsize
    head = struct.pack("<HHIIHH", 3, channels, rate_hz, rate_hz * channels * width, channels * width, width * 8)
    path.write_bytes(
        b"RIFF" + struct.pack("<I", len(body) + 36) + b"WAVEfmt " + struct.pack("<I", 16) + head
        + b"data" + struct.pack("<I", len(body)) + body
    )  # fmt: skip
    return path


def tone(peak: float, dtype: type = np.float32) -> np.ndarray:
    return (np.sin(np.arange(32_000) / 16_000 * 2 * np.pi * 220) * peak).astype(dtype)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("peak", [1.5, 8.0, 32_768.0, 1e30])
def test_floats_beyond_full_scale_are_made_softer_as_a_whole(tmp_path: Path, peak: float, dtype: type) -> None:
    _, heard = whole(float_wav(tmp_path / "loud.wav", tone(peak, dtype)))
    _, right = whole(float_wav(tmp_path / "right.wav", tone(1.0)))
    assert np.abs(heard).max() <= 1.0
    assert heard.size == right.size
    assert np.abs(heard - right).max() < 1e-3


def test_a_quiet_file_of_floats_stays_as_it_is(tmp_path: Path) -> None:
    _, heard = whole(float_wav(tmp_path / "quiet.wav", tone(0.25)))
    assert np.abs(heard).max() == pytest.approx(0.25, abs=0.01)


def test_one_loud_second_makes_all_softer_in_every_channel(tmp_path: Path) -> None:
    sound = np.stack([tone(0.5), np.concatenate([tone(0.5)[:16_000], tone(4.0)[16_000:]])], axis=1)
    _, heard = whole(float_wav(tmp_path / "stereo.wav", np.ascontiguousarray(sound)))
    first, second = np.abs(heard[1_000:15_000]).max(), np.abs(heard[17_000:]).max()
    assert first == pytest.approx(0.5 / ((0.5 + 4) / 2), abs=0.01)
    assert second == pytest.approx(1.0, abs=0.02)


@pytest.mark.parametrize("odd", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_what_is_no_number_is_silence_and_the_rest_is_heard(tmp_path: Path, odd: float, dtype: type) -> None:
    sound = tone(0.5, dtype)
    sound[8_000:8_010] = odd
    _, heard = whole(float_wav(tmp_path / "odd.wav", sound))
    assert np.isfinite(heard).all()
    assert np.abs(heard).max() == pytest.approx(0.5, abs=0.02)
    sound[:] = odd
    _, heard = whole(float_wav(tmp_path / "odd.wav", sound))
    assert not heard.any()


def test_a_file_whose_clock_runs_away_ends_there(tmp_path: Path) -> None:
    from server_stub.relay.matroska import MatroskaFile, Sample

    opus = bytes([31 << 3]) + bytes(3)
    path = tmp_path / "late.mkv"
    file = MatroskaFile(path)
    for start_ms in (0, 20, 40, 3_000_000_000, 3_000_000_020):
        file.write(Sample("audio", start_ms, opus, True))
    file.close()
    assert max(start_s for start_s, _ in read_sound(path, 16_000)) < 1


def test_packets_that_claim_more_than_there_can_be_are_passed_over(packets) -> None:
    listener = OpusListener()
    good = packets["Ada"][50][1]
    for absurd in (bytes([31 << 3 | 3, 63]) + good, bytes([3 << 3 | 3, 48]) + good, bytes([31 << 3 | 3, 0])):
        assert listener.decode(absurd).size == 0
    assert listener.decode(good).size == 320


def test_a_listener_makes_one_decoder_for_each_person(packets, monkeypatch) -> None:
    made: list[OpusListener] = []

    class Counted(OpusListener):
        def __init__(self) -> None:
            super().__init__()
            made.append(self)

    monkeypatch.setattr(listening, "OpusListener", Counted)
    # Nothing is written down before an utterance ends, and the first does not end in half a second.
    listener = listening.Listener(None, {"ada": "Ada", "grace": "Grace"})  # type: ignore[arg-type]
    for person, name in (("ada", "Ada"), ("grace", "Grace")):
        for at, opus in packets[name][:25]:
            assert list(listener.hear_packet(person, at, opus)) == []
    assert len(made) == 2


def test_lost_packets_are_covered_in_the_manner_of_the_voice(packets) -> None:
    first = next(number for number, (_, opus) in enumerate(packets["Ada"]) if len(opus) > 40)
    stream = packets["Ada"][first : first + 150]
    whole, broken = OpusListener(), OpusListener()
    said = np.concatenate([samples for at, opus in stream for _, samples in whole.follow(at, opus)])
    lost = set(range(20, 150, 10))
    pieces = [
        piece for number, (at, opus) in enumerate(stream) if number not in lost for piece in broken.follow(at, opus)
    ]
    covered = np.concatenate([samples for _, samples in pieces])
    assert len(covered) == len(said)
    ends = [start_s + len(samples) / 16_000 for start_s, samples in pieces]
    assert [start_s for start_s, _ in pieces[1:]] == pytest.approx(ends[:-1])
    silent = said.copy()
    for number in lost:
        silent[number * 320 : (number + 1) * 320] = 0
    assert np.square(covered - said).sum() < np.square(silent - said).sum()


def test_a_long_loss_is_covered_at_its_beginning_and_a_muted_microphone_not_at_all(packets) -> None:
    (first, one), (_, other) = packets["Ada"][60:62]
    for gap_s, covered_s in ((0.3, 0.1), (5.0, 0.0), (0.004, 0.0)):
        listener = OpusListener()
        list(listener.follow(first, one))
        pieces = list(listener.follow(first + 0.02 + gap_s, other))
        assert pieces[-1][0] == pytest.approx(first + 0.02 + gap_s)
        assert sum(len(samples) for _, samples in pieces[:-1]) / 16_000 == pytest.approx(covered_s)


def test_a_persons_file_is_covered_too_and_others_are_read_as_they_are(packets, tmp_path: Path) -> None:
    from server_stub.relay.matroska import MatroskaFile, Sample

    path = tmp_path / "ada.mkv"
    file = MatroskaFile(path)
    for number, (at, opus) in enumerate(packets["Ada"][:150]):
        if number % 10:
            file.write(Sample("audio", round(at * 1000), opus, True))
    file.close()
    pieces = list(read_voice(path))
    ends = [start_s + len(samples) / 16_000 for start_s, samples in pieces]
    assert [start_s for start_s, _ in pieces[1:]] == pytest.approx(ends[:-1], abs=0.002)
    assert min(start_s + len(samples) / 16_000 for start_s, samples in read_voice(path, from_s=1.0)) > 1.0
    wav = float_wav(tmp_path / "a.wav", tone(0.5))
    assert sum(len(samples) for _, samples in read_voice(wav)) == whole(wav)[1].size
