import threading
import wave
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest

from app.media.clock import Clock
from app.media.types import BLOCK, BLOCK_S, FileUnreadable, Frame
from app.rehearsal.devices import FileCamera, FileMicrophone, FileScreen, FileSpeaker
from tests.fakes.clips import GREY_STEP, write_video, write_wav
from tests.fakes.media_clock import JumpingClock
from tests.patience import PATIENCE_S

LIMIT_S = PATIENCE_S


@pytest.fixture
def counting_wav(tmp_path: Path) -> Path:
    """Half a second; block n holds n / 100."""
    return write_wav(tmp_path / "count.wav", np.repeat(np.arange(50) / 100, BLOCK))


@pytest.fixture
def ten_frames(tmp_path: Path) -> Path:
    return write_video(tmp_path / "ten.mkv", frames=10, fps=10)


def hear(device: FileMicrophone, count: int, during: Callable[[int], None] = lambda number: None) -> list[float]:
    """Runs a microphone for so many blocks; returns each one's number in `counting_wav`."""
    heard: list[float] = []
    done = threading.Event()

    def take(block: np.ndarray) -> None:
        if len(heard) < count:
            assert block.shape == (BLOCK,)
            assert block.dtype == np.float32
            during(len(heard))
            heard.append(round(float(block[100]) * 100))
        else:
            done.set()

    device.start(take)
    assert done.wait(LIMIT_S)
    device.stop()
    return heard


def see(device: FileCamera, count: int, clock: Clock) -> list[tuple[float, int]]:
    """Runs a camera for so many frames; returns the instant and the number of each."""
    seen: list[tuple[float, int]] = []
    done = threading.Event()

    def take(frame: Frame) -> None:
        if len(seen) < count:
            assert frame.form == "yuv420p"
            bgr = cv2.cvtColor(frame.pixels, cv2.COLOR_YUV2BGR_I420)
            seen.append((clock.now_s(), round((float(bgr[4, 4, 1]) - 16) / GREY_STEP)))
        else:
            done.set()

    device.start(take)
    assert done.wait(LIMIT_S)
    device.stop()
    return seen


def test_the_microphone_hears_each_block_at_its_instant(counting_wav: Path) -> None:
    clock = JumpingClock(1000.0)
    assert hear(FileMicrophone(counting_wav, clock=clock), 50) == list(range(50))
    assert clock.waits[:50] == pytest.approx([1000.0 + number * BLOCK_S for number in range(50)])


def test_a_slow_consumer_makes_no_drift(counting_wav: Path) -> None:
    clock = JumpingClock(0.0)

    def lag(number: int) -> None:
        clock.present_s += 0.004

    assert hear(FileMicrophone(counting_wav, clock=clock), 50, lag) == list(range(50))
    assert clock.waits[49] == pytest.approx(49 * BLOCK_S)


def test_after_a_hold_up_it_catches_up_and_after_a_long_one_it_skips(counting_wav: Path) -> None:
    clock = JumpingClock(0.0)

    def hold_up(number: int) -> None:
        clock.present_s += {10: 0.1, 20: 1.2}.get(number, 0.0)

    heard = hear(FileMicrophone(counting_wav, clock=clock), 30, hold_up)
    assert heard[:21] == list(range(21))
    assert heard[21] == pytest.approx(41, abs=1)


def test_once_is_followed_by_silence_and_loop_by_the_beginning(counting_wav: Path) -> None:
    assert hear(FileMicrophone(counting_wav, clock=JumpingClock()), 60)[48:] == [48, 49, *[0] * 10]
    assert hear(FileMicrophone(counting_wav, loop=True, clock=JumpingClock()), 53)[48:] == [48, 49, 0, 1, 2]


def test_once_it_is_stopped_nothing_reads_the_file_any_more(counting_wav: Path) -> None:
    # In real time: it has read far ahead, or does so just now.
    hear(FileMicrophone(counting_wav, loop=True), 3)
    assert not [thread for thread in threading.enumerate() if thread.name == "sound file"]


def test_a_shared_start_is_waited_for_or_joined_in_the_middle(counting_wav: Path) -> None:
    early = hear(FileMicrophone(counting_wav, start_at_s=1000.05, clock=JumpingClock(1000.0)), 8)
    assert early == [0, 0, 0, 0, 0, 0, 1, 2]
    late = hear(FileMicrophone(counting_wav, start_at_s=999.9, clock=JumpingClock(1000.0)), 3)
    assert late == [10, 11, 12]
    inside = hear(FileMicrophone(counting_wav, start_at_s=999.9, from_s=0.2, clock=JumpingClock(1000.0)), 2)
    assert inside == [30, 31]


def test_the_camera_sees_each_frame_at_its_instant_and_keeps_the_last(ten_frames: Path) -> None:
    clock = JumpingClock(500.0)
    seen = see(FileCamera(ten_frames, size_px=None, loop=False, clock=clock), 30, clock)
    firsts = {number: at_s for at_s, number in reversed(seen)}
    assert [firsts[number] - 500.0 for number in range(10)] == pytest.approx([number / 10 for number in range(10)])
    assert seen[-1][1] == 9


def test_the_camera_loops_without_a_seam(ten_frames: Path) -> None:
    clock = JumpingClock(500.0)
    seen = see(FileCamera(ten_frames, size_px=None, clock=clock), 40, clock)
    changes = [(at_s, now) for (_, before), (at_s, now) in pairwise(seen) if now != before]
    assert [now for _, now in changes[:12]] == [1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2]
    assert [at_s - 500.0 for at_s, _ in changes[:12]] == pytest.approx([number / 10 for number in range(1, 13)])


def test_a_short_film_is_read_from_its_file_once(ten_frames: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = JumpingClock(500.0)
    camera = FileCamera(ten_frames, size_px=None, clock=clock)
    decode, rounds = camera._decode, []
    monkeypatch.setattr(camera, "_decode", lambda: rounds.append(1) or decode())
    seen = see(camera, 60, clock)
    assert len(rounds) == 2  # a look whether it can be read, and the film
    changes = [number for (_, before), (_, number) in pairwise(seen) if number != before]
    assert changes[:19] == [*range(1, 10), *range(10)]


def test_camera_and_microphone_with_one_start_stay_together(ten_frames: Path) -> None:
    clock = JumpingClock(500.0)
    seen = see(FileCamera(ten_frames, size_px=None, start_at_s=499.5, clock=clock), 3, clock)
    assert seen[0] == (pytest.approx(500.0), 5)


def test_the_first_picture_stands_before_the_start(ten_frames: Path) -> None:
    clock = JumpingClock(500.0)
    seen = see(FileCamera(ten_frames, size_px=None, start_at_s=500.4, clock=clock), 12, clock)
    assert seen[0] == (500.0, 0)
    assert next(at_s for at_s, number in seen if number == 1) == pytest.approx(500.5)


def test_frames_are_cut_to_the_cameras_shape(tmp_path: Path) -> None:
    path = write_video(tmp_path / "square.mkv", frames=2, fps=10, size_px=(64, 64))
    sizes = []
    got = threading.Event()

    def take(frame: Frame) -> None:
        sizes.append((frame.width_px, frame.height_px))
        got.set()

    device = FileCamera(path, size_px=(640, 360), clock=JumpingClock())
    device.start(take)
    assert got.wait(LIMIT_S)
    device.stop()
    assert sizes[0] == (640, 360)


def test_a_still_picture_is_a_camera_and_a_screen(tmp_path: Path) -> None:
    path = tmp_path / "still.png"
    cv2.imwrite(str(path), np.full((90, 160, 3), 16 + 3 * GREY_STEP, np.uint8))
    for device_type in (FileCamera, FileScreen):
        clock = JumpingClock(0.0)
        seen = see(device_type(path, clock=clock), 31, clock)
        assert {number for _, number in seen} == {3}
        assert seen[30][0] == pytest.approx(30 / 15, abs=0.1)


@pytest.mark.parametrize("device_type", [FileCamera, FileMicrophone, FileScreen])
def test_unreadable_files_fail_at_start(tmp_path: Path, device_type: type[FileCamera]) -> None:
    (tmp_path / "bad.bin").write_bytes(b"x" * 100)
    for name in ("bad.bin", "none.bin"):
        with pytest.raises(FileUnreadable):
            device_type(tmp_path / name).start(lambda given: None)


def test_a_sound_file_is_no_camera(counting_wav: Path) -> None:
    with pytest.raises(FileUnreadable, match="no picture"):
        FileCamera(counting_wav).start(lambda frame: None)


def test_the_file_speaker_writes_what_would_be_heard_at_real_pace(tmp_path: Path) -> None:
    clock = JumpingClock(0.0)
    pulled: list[float] = []
    done = threading.Event()

    def pull(samples: int) -> np.ndarray:
        pulled.append(clock.now_s())
        if len(pulled) == 60:
            with wave.open(str(tmp_path / "out.wav")) as unfinished:
                assert unfinished.getnframes() >= 25 * BLOCK
            done.set()
        return np.full(samples, min(1.5, len(pulled) / 100), np.float32)

    device = FileSpeaker(tmp_path / "out.wav", clock=clock)
    device.start(pull)
    assert done.wait(LIMIT_S)
    device.stop()
    assert pulled[:60] == pytest.approx([number * BLOCK_S for number in range(60)])
    with wave.open(str(tmp_path / "out.wav")) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (48_000, 1, 2)
        assert file.getnframes() == len(pulled) * BLOCK
        heard = np.frombuffer(file.readframes(file.getnframes()), "<i2")[::BLOCK] / 32767
    assert heard[:60] == pytest.approx([number / 100 for number in range(1, 61)], abs=1e-4)


def test_a_speaker_file_that_cannot_be_made(tmp_path: Path) -> None:
    with pytest.raises(FileUnreadable):
        FileSpeaker(tmp_path / "no" / "folder.wav").start(lambda samples: np.zeros(samples, np.float32))
