"""A person's file while it is being written: what is not in it soon after would be lost with the server."""

from pathlib import Path

import av
import pytest

from server_stub.relay.matroska import LATE_MS, MatroskaFile, Sample
from tests.fakes.vp8 import key_frame

VOICE = b"\xf8" + bytes(80)


def times(path: Path) -> dict[str, list[int]]:
    """When each packet of the two tracks begins, in ms."""
    found: dict[str, list[int]] = {"audio": [], "video": []}
    with av.open(str(path)) as file:
        for packet in file.demux():
            if packet.size:
                found[packet.stream.type].append(packet.pts)
    return found


def voice(file: MatroskaFile, start_ms: int, end_ms: int) -> None:
    for at_ms in range(start_ms, end_ms, 20):
        file.write(Sample("audio", at_ms, VOICE, True))


@pytest.mark.parametrize("with_camera", [False, True], ids=["a camera that is never on", "one that goes off"])
def test_a_voice_without_a_picture_is_on_the_disk_four_seconds_later(tmp_path: Path, with_camera: bool) -> None:
    file = MatroskaFile(tmp_path / "ada.mkv")
    if with_camera:
        file.write(Sample("video", 0, key_frame(640, 360), True))
    voice(file, 0, 20_000)
    known = times(tmp_path / "ada.mkv")
    assert known["audio"][-1] >= 16_000
    assert known["audio"] == list(range(0, known["audio"][-1] + 1, 20))
    file.close()
    whole = times(tmp_path / "ada.mkv")
    assert whole["audio"] == list(range(0, 20_000, 20))
    assert whole["video"] == ([0] if with_camera else [])


def test_a_picture_that_comes_late_does_not_end_the_recording(tmp_path: Path) -> None:
    file = MatroskaFile(tmp_path / "ada.mkv")
    voice(file, 0, 10_000)
    for at_ms in (7_000, 7_030, 9_900, 9_990):
        file.write(Sample("video", at_ms, key_frame(640, 360), True))
    voice(file, 10_000, 12_000)
    file.close()
    found = times(tmp_path / "ada.mkv")
    assert found["audio"] == list(range(0, 12_000, 20))
    assert len(found["video"]) == 4
    assert found["video"] == sorted(found["video"])
    assert 7_000 < found["video"][0] <= 10_000 - LATE_MS
    assert found["video"][-2:] == [9_900, 9_990]
