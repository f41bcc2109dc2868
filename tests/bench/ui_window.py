"""The window of `bench ui`: prints its figures as JSON.

cores              of one core for scaling (two workers) and painting (the UI thread) together, all faces in motion
painting_cores     the UI thread's share of that
process_cores      of one core for the whole process, with what feeds it here in place of decoders
fps                pictures painted a second and face
scale_ms           of one core for one picture, measured alone
cores_before, scale_before_ms: the yardstick
p999_block_ms      how long an event waits for the window while its panels, chat and size change; 99.9 % wait less
longest_block_ms   the worst of them
hang_mb            by how much the process grows while the window hangs for two seconds
late_after_hang    pictures painted in the second after that which are older than 150 ms
"""

import json
import os
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication, QPlainTextEdit

from app.media import pictures
from app.media.mailbox import Mailbox
from app.media.types import Frame, Picture
from app.shell.collector import Collector
from app.state.slices.chat import Chat
from app.ui.bridge import Bridge
from app.ui.widgets.video_tile import VideoTile
from app.ui.window import Window
from app.wire.chat import ChatLine
from tests.fakes.putting import put
from tests.looks import call_states

FACES, FPS, SIZE_PX = 10, 30, (640, 360)
STEADY_S, USED_S, HANG_S = 8.0, 12.0, 2.0
LATE_S = 0.15


def before(frame, views, *, mirror=False):
    """As it was done before planes were scaled first."""
    import cv2

    for number, view in views.items():
        small = pictures.crop_and_scale(frame, size_px=(view.width_px, view.height_px))
        pixels = cv2.cvtColor(small, cv2.COLOR_BGR2BGRA)
        yield number, Picture(pixels, view.width_px, view.height_px, frame.captured_at_s)


class Faces:
    """Gives the window what the decoder would: each face 30 times a second, from two workers."""

    def __init__(self, bridge, mailbox):
        self._bridge, self._mailbox = bridge, mailbox
        rng = np.random.default_rng(9)
        rows, columns = SIZE_PX[1] * 3 // 2, SIZE_PX[0]
        slope = np.add.outer(np.arange(rows), np.arange(columns)) // 4 + rng.integers(0, 12, (rows, columns))
        self._frames = [((slope + 31 * number) % 256).astype(np.uint8) for number in range(12)]
        self._pool = ThreadPoolExecutor(2)
        self._lock = threading.Lock()
        self._waiting = {}
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.make = pictures.make_pictures
        self.scaling_s = 0.0

    def begin(self):
        self._thread.start()

    def end(self):
        self._ends.set()
        self._thread.join()
        self._pool.shutdown()

    def _run(self):
        due, turns = time.monotonic(), 0
        while not self._ends.is_set():
            for place, (key, views) in enumerate(list(self._bridge.stage.wanted.items())):
                frame = Frame(self._frames[(turns + place) % len(self._frames)], "yuv420p", time.monotonic())
                # As in a call: what a worker has not begun when the next one comes is not scaled any more.
                if (waiting := self._waiting.get(key)) is not None:
                    waiting.cancel()
                self._waiting[key] = self._pool.submit(self._scale, key, frame, views)
            turns += 1
            due = max(due + 1 / FPS, time.monotonic() - 1 / FPS)
            self._ends.wait(max(0, due - time.monotonic()))

    def _scale(self, key, frame, views):
        at = time.thread_time()
        for view, picture in self.make(frame, views, mirror=not key[0]):
            self._mailbox.put(key, view, picture)
        with self._lock:
            self.scaling_s += time.thread_time() - at


def turn(seconds):
    loop = QEventLoop()
    QTimer.singleShot(int(seconds * 1000), loop.quit)
    loop.exec()


class Cost:
    """What is used and what is painted between two moments; on the UI thread."""

    def __init__(self, ages, faces):
        self._ages, self._faces = ages, faces
        self._at = self._now()

    def _now(self):
        return time.monotonic(), time.process_time(), time.thread_time(), self._faces.scaling_s, len(self._ages)

    def figures(self):
        wall, whole, painting, scaling, painted = (now - at for now, at in zip(self._now(), self._at, strict=True))
        return {
            "cores": round((painting + scaling) / wall, 3),
            "painting_cores": round(painting / wall, 3),
            "process_cores": round(whole / wall, 3),
            "fps": round(painted / wall / FACES, 1),
        }


def scale_ms(make, views):
    """Of one picture, in this thread alone."""
    frame = Frame(np.random.default_rng(1).integers(0, 255, (540, 640)).astype(np.uint8), "yuv420p", 0.0)
    view = next(iter(views.values()))
    runs = []
    for _ in range(200):
        at = time.thread_time()
        list(make(frame, {1: view}))
        runs.append(time.thread_time() - at)
    return round(sorted(runs)[len(runs) // 2] * 1000, 3)


class Waits:
    """How long events wait until the window takes them."""

    def __init__(self, bridge):
        self.waited_s = []
        self._bridge = bridge
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        while not self._ends.wait(0.004):
            sent = time.perf_counter()
            self._bridge.call_soon(lambda sent=sent: self.waited_s.append(time.perf_counter() - sent))

    def end(self):
        self._ends.set()
        self._thread.join()
        turn(0.1)
        return sorted(self.waited_s)


def everybody(**changes):
    """Ten people with their cameras on."""
    people = tuple(call_states.person(number, camera_on=True) for number in range(FACES))
    return call_states.call(FACES, people=people, **changes)


def use(window, seconds):
    """Chat, panels and the size change all the time, as by a restless hand."""
    until, step, lines = time.monotonic() + seconds, 0, []
    while time.monotonic() < until:
        step += 1
        if step % 2:
            lines.append(ChatLine(id=f"c{step}", author="p1", author_name="Clara", at=time.time(), text=f"Line {step}"))
        panel = ("chat", "chat", "people", "")[step // 3 % 4]
        state = everybody(panel=panel, chat=Chat(tuple(lines[-60:])))
        window.show_state(put(state, "devices.chosen.microphone_on", bool(step % 5)))
        if step % 3 == 0:
            window.resize(1920 - step * 16 % 480, 1080 - step * 9 % 270)
        for field in window.findChildren(QPlainTextEdit) if panel == "chat" else ():
            field.insertPlainText("word ")
        turn(0.12)
    window.resize(1920, 1080)


def resident_mb():
    with open("/proc/self/statm") as found:
        return int(found.read().split()[1]) * 4096 / 1e6


def hang(ages):
    """The window does nothing for two seconds; how much the process grew, and how old what it paints then is."""
    least = resident_mb()
    most, ends = [least], threading.Event()

    def look():
        while not ends.wait(0.02):
            most.append(resident_mb())

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    time.sleep(HANG_S)
    ends.set()
    watcher.join()
    painted = len(ages)
    turn(1.0)
    return round(max(most) - least, 1), sum(age > LATE_S for age in ages[painted:])


def measure(bridge, mailbox, window):
    ages = []
    VideoTile.tell_painted = lambda tile: ages.append(time.monotonic() - tile._picture.captured_at_s)
    faces = Faces(bridge, mailbox)
    faces.begin()
    turn(1.5)
    cost = Cost(ages, faces)
    turn(STEADY_S)
    steady = cost.figures()
    faces.make = before
    turn(0.5)
    cost = Cost(ages, faces)
    turn(STEADY_S / 2)
    cores_before = cost.figures()["cores"]
    faces.make = pictures.make_pictures
    waits = Waits(bridge)
    use(window, USED_S)
    waited_s = waits.end()
    window.show_state(everybody())
    turn(1.0)
    hang_mb, late = hang(ages)
    faces.end()
    views = next(iter(bridge.stage.wanted.values()))
    return {
        **steady, "p999_block_ms": round(waited_s[int(len(waited_s) * 0.999)] * 1000, 1), "hang_mb": hang_mb,
        "late_after_hang": late, "longest_block_ms": round(waited_s[-1] * 1000, 1), "cores_before": cores_before,
        "scale_ms": scale_ms(pictures.make_pictures, views), "scale_before_ms": scale_ms(before, views),
    }  # fmt: skip


def main():
    app = QApplication(sys.argv[:1])
    Collector(app)
    mailbox = Mailbox(lambda: bridge.wake())
    bridge = Bridge(mailbox, lambda intent: None)
    window = Window(bridge, "dark")
    window.resize(1920, 1080)
    window.show()
    window.show_state(everybody())
    print(json.dumps(measure(bridge, mailbox, window)), flush=True)
    # Without taking the window apart, which is not measured.
    del app
    os._exit(0)


if __name__ == "__main__":
    main()
