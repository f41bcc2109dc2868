"""Recordings without a network: a crash, a full disk, a slow disk, a person without a picture, names of files."""

import asyncio
import errno
import gc
import json
import os
import signal
import struct
import subprocess
import sys
import time
import weakref
from dataclasses import replace
from pathlib import Path

import av
import pytest

from server_stub.relay.engine import NoSpace, RelayError, RelayStatistics
from server_stub.relay.recorder import LEAST_ROOM_BYTES, ROOM_EVERY_S, Recording, RecordingHooks, free_bytes
from tests.bench.relay_clip import make_clip
from tests.patience import PATIENCE_S

ROOT = Path(__file__).parents[3]
PLENTY = 10**12


@pytest.fixture(scope="module")
def clip():
    return make_clip(2)


class Sender:
    """Sends a clip into a tap as RTP, as fast as it is asked to."""

    def __init__(self, tap, units, rate_hz, clock_hz):
        self.tap, self.units, self.rate_hz, self.clock_hz = tap, units, rate_hz, clock_hz
        self.seq, self.number = 65_000, 0

    def send(self, arrived_s, *, loses=lambda seq: False):
        unit = self.units[self.number % len(self.units)]
        timestamp = (2**32 - 40_000 + self.number * self.clock_hz // self.rate_hz) % 2**32
        for part, payload in enumerate(unit):
            marker = 0x80 if part == len(unit) - 1 and self.clock_hz == 90_000 else 0
            packet = struct.pack("!BBHLL", 0x80, marker | 97, self.seq & 0xFFFF, timestamp, 900) + payload
            if not loses(self.seq):
                self.tap.take_packet(packet, arrived_s)
            self.seq += 1
        self.number += 1


def voice_of(recording, clip, person):
    tap = recording.tap_for(person, "microphone", lambda: None)
    return Sender(tap, [[packet] for packet in clip.voice], 50, 48_000)


def camera_of(recording, clip, person, want=lambda: None, source="camera"):
    return Sender(recording.tap_for(person, source, want), clip.pictures, 30, 90_000)


def send_both(senders, seconds, start_s):
    """Sends voice and picture in the order in which they would arrive, without waiting."""
    due = sorted((number / sender.rate_hz, at) for at, sender in enumerate(senders)
                 for number in range(round(seconds * sender.rate_hz)))  # fmt: skip
    for offset_s, at in due:
        senders[at].send(start_s + offset_s)


class Told:
    def __init__(self, *, free=PLENTY, open_container=None):
        self.heard, self.stopped = [], []
        self.free = free
        self.over = asyncio.Event()
        self.hooks = RecordingHooks(self._hear, self._stop, lambda folder: self.free, open_container)

    def _hear(self, person, start_s, opus):
        self.heard.append((person, start_s, opus))

    def _stop(self, reason):
        self.stopped.append(reason)
        self.over.set()


def decoded(path, kind):
    with av.open(str(path)) as file:
        return list(file.decode(**{kind: 0}))


def test_voice_and_picture_are_kept_whole_and_in_time(tmp_path, clip):
    async def main():
        told = Told()
        recording = Recording("m", tmp_path / "r", told.hooks)
        await recording.start({"ada": "Ada"})
        send_both([voice_of(recording, clip, "ada"), camera_of(recording, clip, "ada")], 3, time.monotonic())
        await recording.stop()
        assert recording.add_counts_to(RelayStatistics()) == RelayStatistics(frames_recorded=240)
        assert [round(start_s - told.heard[0][1], 3) for _, start_s, _ in told.heard] == [
            round(0.02 * number, 3) for number in range(150)
        ]
        assert [opus for _, _, opus in told.heard[:100]] == clip.voice

    asyncio.run(main())
    path = tmp_path / "r" / "ada.mkv"
    assert len(decoded(path, "video")) == 90
    assert sum(frame.samples for frame in decoded(path, "audio")) / 48_000 == pytest.approx(3.0, abs=0.02)
    with av.open(str(path)) as file:
        assert file.duration / 1e6 == pytest.approx(3.0, abs=0.2)
        assert (file.streams.video[0].width, file.streams.video[0].height) == (640, 360)


def test_a_voice_without_a_picture_is_kept_and_a_picture_may_come_later(tmp_path, clip):
    async def main():
        recording = Recording("m", tmp_path / "r", Told().hooks)
        await recording.start({"ada": "Ada"})
        start_s = time.monotonic()
        send_both([voice_of(recording, clip, "ada")], 5, start_s)
        send_both([camera_of(recording, clip, "ada")], 1, start_s + 4)
        await recording.stop()

    asyncio.run(main())
    path = tmp_path / "r" / "ada.mkv"
    assert sum(frame.samples for frame in decoded(path, "audio")) / 48_000 == pytest.approx(5.0, abs=0.02)
    pictures = decoded(path, "video")
    assert len(pictures) == 30
    assert pictures[0].time == pytest.approx(4.0, abs=0.1)


def test_a_lost_packet_costs_frames_that_are_counted_and_a_key_frame_is_wanted(tmp_path, clip):
    async def main():
        wanted = []
        recording = Recording("m", tmp_path / "r", Told().hooks)
        await recording.start({"ada": "Ada"})
        camera, start_s = camera_of(recording, clip, "ada", lambda: wanted.append(1)), time.monotonic()
        for number in range(120):
            camera.send(start_s + number / 30, loses=lambda seq: seq == 65_020)
        await recording.stop()
        figures = recording.add_counts_to(RelayStatistics())
        assert figures.frames_lost > 0
        assert figures.frames_recorded + figures.frames_lost in (119, 120)
        assert wanted

    asyncio.run(main())
    decoded(tmp_path / "r" / "ada.mkv", "video")


def index_of(tmp_path):
    return json.loads((tmp_path / "r" / "recording.json").read_text())["people"]


def test_a_screen_has_its_own_file_and_the_index_says_when_it_was_shared(tmp_path, clip):
    async def main():
        recording = Recording("m", tmp_path / "r", Told().hooks)
        await recording.start({"ada": "Ada"})
        start_s, screen = time.monotonic(), camera_of(recording, clip, "ada", source="screen")
        send_both([screen], 1, start_s)
        recording.tap_for("ada", "camera", lambda: None).pause(start_s + 2)
        loop, written = asyncio.get_running_loop(), asyncio.Event()
        recording._disk.do(lambda: loop.call_soon_threadsafe(written.set))
        await written.wait()
        assert index_of(tmp_path)[0]["shares"] == [[pytest.approx(0, abs=0.1), None]], "it is there after a crash"
        screen.tap.pause(start_s + 30)  # it stood still meanwhile, and was shared all the same
        screen.tap.pause(start_s + 31)
        send_both([screen], 1, start_s + 40)
        await recording.stop()

    asyncio.run(main())
    (entry,) = index_of(tmp_path)
    first, (begin_s, end_s) = entry.pop("shares")
    assert first == [pytest.approx(0, abs=0.1), pytest.approx(30, abs=0.1)]
    assert begin_s == pytest.approx(40, abs=0.1)
    assert end_s is not None, "it ended with the recording"
    assert entry == {"id": "ada", "name": "Ada", "file": "ada.mkv", "screen": "ada.screen.mkv"}
    assert len(decoded(tmp_path / "r" / "ada.screen.mkv", "video")) == 60


def test_files_are_named_by_ids_and_nothing_is_written_over(tmp_path, clip):
    async def record(person):
        recording = Recording("m", tmp_path / "r", Told().hooks)
        await recording.start({person: "../../Eve"})
        assert recording.tap_for("stranger", "microphone", lambda: None) is None
        send_both([voice_of(recording, clip, person)], 1, time.monotonic())
        await recording.stop()

    for person in ("ada", "ada", "../../etc/x"):
        asyncio.run(record(person))
    names = sorted(path.name for path in (tmp_path / "r").iterdir())
    assert names[:2] == ["ada.2.mkv", "ada.mkv"]
    assert names[2].startswith("person-")
    assert names[3] == "recording.json"
    assert len(names) == 4


def test_too_little_room_is_said_before_anything_is_made(tmp_path):
    async def main():
        with pytest.raises(NoSpace, match="500 MB"):
            await Recording("m", tmp_path / "r", Told(free=499_999_999).hooks).start({})

    asyncio.run(main())
    assert not (tmp_path / "r").exists()
    assert free_bytes(tmp_path / "not" / "there") > 0


@pytest.mark.logs_warnings
def test_a_disk_that_does_not_answer_is_said_in_words(tmp_path):
    def broken(folder):
        raise OSError(5, "Input/output error")

    hooks = replace(Told().hooks, free=broken)
    with pytest.raises(RelayError, match="cannot be written"):
        asyncio.run(Recording("m", tmp_path / "r", hooks).start({}))


@pytest.mark.logs_warnings
def test_a_folder_that_cannot_be_made_is_said_in_words(tmp_path):
    (tmp_path / "file").write_text("")

    async def main():
        with pytest.raises(RelayError, match="cannot be written"):
            await Recording("m", tmp_path / "file" / "r", Told().hooks).start({})

    asyncio.run(main())


def test_who_publishes_again_does_not_end_the_recording_with_packets_that_were_still_waited_for(tmp_path, clip):
    async def main():
        told = Told()
        recording = Recording("m", tmp_path / "r", told.hooks)
        await recording.start({"ada": "Ada"})
        start_s = time.monotonic()
        lost = voice_of(recording, clip, "ada")
        for number in range(60):
            lost.send(start_s + number * 0.02, loses=lambda seq: seq == 65_050)
        again = voice_of(recording, clip, "ada")
        for number in range(60):
            again.send(start_s + 1.21 + number * 0.02)
        recording.pass_time(time.monotonic())
        for number in range(60):
            again.send(start_s + 2.41 + number * 0.02)
        await recording.stop()
        assert told.stopped == []
        starts = [start_s for _, start_s, _ in told.heard]
        assert starts == sorted(starts)
        assert recording.add_counts_to(RelayStatistics()) == RelayStatistics(frames_recorded=179)

    asyncio.run(main())
    assert sum(frame.samples for frame in decoded(tmp_path / "r" / "ada.mkv", "audio")) / 48_000 > 3.5


def test_a_clock_that_runs_ahead_and_is_published_again_does_not_end_the_recording(tmp_path, clip):
    async def main():
        told = Told()
        recording = Recording("m", tmp_path / "r", told.hooks)
        await recording.start({"ada": "Ada"})
        start_s = time.monotonic()
        early = voice_of(recording, clip, "ada")
        for number in range(60):
            early.send(start_s + number * 0.018)
        late = voice_of(recording, clip, "ada")
        for number in range(60):
            late.send(start_s + 1.08 + number * 0.02)
        await recording.stop()
        assert told.stopped == []
        assert recording.add_counts_to(RelayStatistics()).frames_recorded == 120

    asyncio.run(main())
    assert len(decoded(tmp_path / "r" / "ada.mkv", "audio")) >= 119


def test_publishing_again_and_again_does_not_fill_the_memory(tmp_path, clip):
    async def main():
        recording = Recording("m", tmp_path / "r", Told().hooks)
        await recording.start({"ada": "Ada"})
        taps = [weakref.ref(recording.tap_for("ada", "camera", lambda: None)) for _ in range(20)]
        gc.collect()
        assert sum(tap() is not None for tap in taps) == 1
        await recording.stop()

    asyncio.run(main())


@pytest.mark.logs_warnings
def test_a_disk_that_is_nearly_full_ends_the_recording_while_there_is_room_for_the_rest(tmp_path, clip):
    async def main():
        told = Told()
        recording = Recording("m", tmp_path / "r", told.hooks)
        await recording.start({"ada": "Ada"})
        start_s = time.monotonic()
        send_both([voice_of(recording, clip, "ada"), camera_of(recording, clip, "ada")], 2, start_s)
        recording.pass_time(start_s + ROOM_EVERY_S)
        assert told.stopped == []
        told.free = LEAST_ROOM_BYTES - 1
        recording.pass_time(start_s + 2 * ROOM_EVERY_S)
        async with asyncio.timeout(PATIENCE_S):
            await told.over.wait()
        assert told.stopped == ["disk_full"]
        # Told once the files are complete: what is told next may be that the recap is made of them.
        with av.open(str(tmp_path / "r" / "ada.mkv")) as file:
            assert file.duration

    asyncio.run(main())
    assert len(decoded(tmp_path / "r" / "ada.mkv", "video")) == 60


class FullDisk:
    """A container that takes some packets and then has no room, at its end neither."""

    def __init__(self, *arguments, error=errno.ENOSPC, **options):
        self._real = av.open(*arguments, **options)
        self._error = error
        self.left = 100

    def __getattr__(self, name):
        return getattr(self._real, name)

    def mux(self, packet):
        self.left -= 1
        if self.left < 0:
            raise OSError(self._error, os.strerror(self._error))
        self._real.mux(packet)

    def close(self):
        self._real.close()
        raise OSError(self._error, os.strerror(self._error))


@pytest.mark.logs_warnings
@pytest.mark.parametrize(("error", "reason"), [(errno.ENOSPC, "disk_full"), (errno.EIO, "failed")])
def test_a_disk_that_fills_ends_the_recording_and_what_was_written_plays(tmp_path, clip, error, reason):
    async def main():
        told = Told(open_container=lambda *a, **o: FullDisk(*a, error=error, **o))
        recording = Recording("m", tmp_path / "r", told.hooks)
        await recording.start({"ada": "Ada"})
        voice = voice_of(recording, clip, "ada")
        send_both([voice], 4, time.monotonic())
        async with asyncio.timeout(PATIENCE_S):
            await told.over.wait()
        assert told.stopped == [reason]
        send_both([voice], 1, time.monotonic())
        assert recording.add_counts_to(RelayStatistics()).frames_overrun == 0
        await recording.stop()
        assert told.stopped == [reason]

    asyncio.run(main())
    assert len(decoded(tmp_path / "r" / "ada.mkv", "audio")) >= 90


def test_a_disk_that_is_too_slow_loses_counted_frames_and_memory_does_not_grow(tmp_path, clip, monkeypatch):
    monkeypatch.setattr("server_stub.relay.disk.MAX_QUEUED", 0)

    async def main():
        recording = Recording("m", tmp_path / "r", Told().hooks)
        await recording.start({"ada": "Ada"})
        send_both([voice_of(recording, clip, "ada")], 1, time.monotonic())
        await recording.stop()
        assert recording.add_counts_to(RelayStatistics()) == RelayStatistics(frames_overrun=50)

    asyncio.run(main())


KILLED = """
import asyncio, sys, time
from pathlib import Path
from tests.bench.relay_clip import make_clip
from tests.server_stub.relay.test_recorder import Told, camera_of, voice_of
from server_stub.relay.recorder import Recording
from tests.patience import PATIENCE_S

async def main():
    clip = make_clip(1)
    recording = Recording("m", Path(sys.argv[1]), Told().hooks)
    await recording.start({"ada": "Ada"})
    senders = [voice_of(recording, clip, "ada"), camera_of(recording, clip, "ada")]
    start_s = time.monotonic()
    while True:
        now_s = time.monotonic()
        for sender in senders:
            while start_s + sender.number / sender.rate_hz <= now_s:
                sender.send(now_s)
        print(f"{now_s - start_s:.3f}", flush=True)
        await asyncio.sleep(0.02)

asyncio.run(main())
"""


def test_a_killed_process_leaves_a_file_that_plays_to_the_last_second(tmp_path):
    command = [sys.executable, "-c", KILLED, str(tmp_path / "r")]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        sent_s = 0.0
        while sent_s < 2.5:
            sent_s = float(process.stdout.readline())
        process.send_signal(signal.SIGKILL)
    path = tmp_path / "r" / "ada.mkv"
    assert json.loads((tmp_path / "r" / "recording.json").read_text())["people"][0]["file"] == "ada.mkv"
    assert decoded(path, "audio")[-1].time > sent_s - 1.3
    assert decoded(path, "video")[-1].time > sent_s - 1.3
