"""What is measured of a face or a body stays in this process: no file, no socket, no line of a log."""

import logging
import os
import sys
import threading
import time
from pathlib import Path

import cv2
import numpy as np
import pytest

from app.media.background import BackgroundPainter
from app.media.effort import Step
from app.media.gestures import Sight
from app.media.hands import HandReader, HandWatch
from app.media.outgoing import Outgoing
from app.media.outline import Outline
from app.media.person_mask import PersonMask
from app.media.pictures import to_i420
from app.media.planes import Shrunk
from app.media.types import Background, Frame, Picture, View
from tests.fakes.camera import FakeCamera
from tests.fakes.person import draw_person

RESOURCES = Path(__file__).parents[2] / "resources"
MODEL = RESOURCES / "models" / "person.onnx"
HANDS = RESOURCES / "models" / "hand_full.task"
PALM = cv2.imread(str(Path(__file__).parents[1] / "data" / "hands" / "palm.jpg"))
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC


class Watch:
    """Notes what the process opens for writing and each use of a socket, while it is on."""

    def __init__(self) -> None:
        self.is_on = False
        self.seen: list[str] = []
        # A hook cannot be taken away again; switched off it costs next to nothing.
        sys.addaudithook(self._look)

    def _look(self, event: str, args: tuple) -> None:
        if not self.is_on:
            return
        if event.startswith("socket.") or event in ("os.rename", "os.link", "subprocess.Popen", "os.system"):
            self.seen.append(event)
        elif event == "open" and isinstance(args[2], int) and args[2] & WRITES:
            self.seen.append(f"open {args[0]}")

    def __enter__(self) -> "Watch":
        self.seen.clear()
        self.is_on = True
        return self

    def __exit__(self, *_: object) -> None:
        self.is_on = False


@pytest.fixture(scope="module")
def watch() -> Watch:
    return Watch()


def sockets_and_files() -> set[str]:
    """What the process holds open, by the kernel's own words: this sees the native libraries too."""
    found = set()
    for one in Path("/proc/self/fd").iterdir():
        try:
            target = os.readlink(one)
        except OSError:
            continue
        if target.startswith(("socket:", "/")) and not target.startswith("/dev/"):
            found.add(target)
    return found


def test_the_watch_sees_a_file_and_a_socket(watch: Watch, tmp_path: Path) -> None:
    import socket

    with watch:
        (tmp_path / "x").write_text("x")
        socket.socket().close()
    assert f"open {tmp_path / 'x'}" in watch.seen
    assert "socket.__new__" in watch.seen


@pytest.mark.parametrize("choice", [
    Background("blur"), Background("image", RESOURCES / "backgrounds" / "studio.jpg"),
], ids=["blur", "image"])  # fmt: skip
def test_r67_finding_the_person_writes_no_file_opens_no_socket_and_logs_nothing(
    watch: Watch, caplog: pytest.LogCaptureFixture, choice: Background
) -> None:
    picture, _ = draw_person()
    mask, painter, outline = PersonMask(MODEL), BackgroundPainter(), Outline()
    painter.choose(choice)
    frame = to_i420(Frame(picture, "bgr24", 0.0))

    def paint() -> Frame:
        shrunk = Shrunk(frame)
        return painter.paint(frame, shrunk, outline.follow(shrunk, Step(1, True, 1), mask.find))

    paint()  # the libraries' first picture loads the rest of them
    before = sockets_and_files() if sys.platform == "linux" else set()
    with caplog.at_level(logging.DEBUG), watch:
        for _ in range(3):
            shown = paint()
    assert not np.array_equal(shown.pixels, frame.pixels)
    assert watch.seen == []
    assert caplog.text == ""
    if sys.platform == "linux":
        assert sockets_and_files() <= before
    mask.close()


def test_r67_the_whole_way_from_the_camera_to_the_picture_writes_nothing(watch: Watch) -> None:
    picture, _ = draw_person()
    shown: list[Picture] = []
    arrived = threading.Event()

    def show(view: int, one: Picture) -> None:
        shown.append(one)
        arrived.set()

    PersonMask(MODEL).close()  # loads the library, which the first one would do while it is watched
    outgoing = Outgoing(mask_model=MODEL, show=show, tell=lambda error: None)
    camera = FakeCamera()
    outgoing.set_views({1: View(320, 180)})
    outgoing.use_camera(camera)
    outgoing.set_background(Background("blur"))
    camera.give(picture)
    assert arrived.wait(20)
    count = len(shown)
    with watch:
        while len(shown) < count + 3:
            arrived.clear()
            camera.give(picture)
            assert arrived.wait(20)
    assert watch.seen == []
    outgoing.close()


def test_r67_what_is_measured_of_a_hand_stays_in_the_function_that_names_its_gesture(
    watch: Watch, caplog: pytest.LogCaptureFixture
) -> None:
    reader = HandReader(HANDS)
    reader.read(Frame(PALM, "bgr24", 1.0))  # the library's first picture loads the rest of it
    before = sockets_and_files() if sys.platform == "linux" else set()
    with caplog.at_level(logging.DEBUG), watch:
        for number in range(3):
            given = reader.read(Frame(PALM, "bgr24", 1.2 + 0.2 * number))
    assert given == Sight("hand", True), "one word, and whether it is held still"
    assert watch.seen == []
    assert caplog.text == ""
    if sys.platform == "linux":
        assert sockets_and_files() <= before
    kept = [value for value in vars(reader).values() if isinstance(value, list | tuple | dict | np.ndarray)]
    assert [len(one) for one in kept] == [5], "where the hand was, for whether it moves: no landmark of its 21"
    reader.close()


def test_r67_the_whole_way_from_the_camera_to_the_gesture_writes_nothing(
    watch: Watch, caplog: pytest.LogCaptureFixture
) -> None:
    HandReader(HANDS).close()  # loads the library, which the first one would do while it is watched
    told: list[object] = []
    counts = threading.Event()

    def take(held: object) -> None:
        told.append(held)
        if getattr(held, "made", None):
            counts.set()

    hands = HandWatch(HANDS, held=take, failed=told.append, is_quiet=lambda: True)
    stopped = threading.Event()

    def play() -> None:
        while not stopped.wait(0.05):
            hands.see(Frame(PALM, "bgr24", time.monotonic()))

    player = threading.Thread(target=play)
    hands.watch(True)
    player.start()
    with caplog.at_level(logging.DEBUG), watch:
        assert counts.wait(30)
    stopped.set()
    player.join()
    hands.close()
    assert watch.seen == []
    assert caplog.text == ""
    words = {type(value) for one in told for value in (getattr(one, name) for name in one.__slots__)}  # type: ignore[attr-defined]
    assert words <= {str, float, bool, type(None)}, "words and shares alone"
