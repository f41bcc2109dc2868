from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import av
import numpy as np
import pytest

from server_stub.recap.sound import OpusListener, SoundError, _frames, read_sound


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
    likeness = [np.corrcoef(spoken, from_file[70_000 + lag : 110_000 + lag])[0, 1] for lag in range(-120, 120)]
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
