import io
import json
import queue
import signal
import struct
import sys
import threading

import numpy as np
import pytest

from app.media import voice_process
from app.media.types import BLOCK
from app.media.voice_filters import VoiceFilters
from app.media.voice_process import BEHIND, BUSY, HUNG_S, LATE, VoiceProcess, serve

pytestmark = pytest.mark.processes

LIMIT_S = 30.0
#: Says that it is ready, then reads and never answers.
MUTE = "import struct,sys; sys.stdout.buffer.write(struct.pack('<I', 2) + b'[]'); sys.stdout.flush(); sys.stdin.read()"

#: Answers each question with how many blocks of the loudspeaker came with it.
COUNTS = """
import struct, sys
sys.stdout.buffer.write(struct.pack('<I', 2) + b'[]')
sys.stdout.flush()
while head := sys.stdin.buffer.read(5):
    body = sys.stdin.buffer.read((head[4] + 1) * 1920)
    sys.stdout.buffer.write(struct.pack('<f', head[4]) + body[-1920:])
    sys.stdout.flush()
"""
#: Filters that change nothing: each block comes out as late as theirs.
LATER = f"""
import struct, sys
late = bytes(4 * {LATE})
sys.stdout.buffer.write(struct.pack('<I', 2) + b'[]')
sys.stdout.flush()
while head := sys.stdin.buffer.read(5):
    late += sys.stdin.buffer.read((head[4] + 1) * 1920)[-1920:]
    sys.stdout.buffer.write(struct.pack('<f', 1.0) + late[:1920])
    late = late[1920:]
    sys.stdout.flush()
"""
#: Never gets so far as to say that it is ready.
STUCK = "import sys; sys.stdin.read()"


class Heard:
    """What comes out."""

    def __init__(self) -> None:
        self.blocks: queue.Queue[tuple[np.ndarray, bool]] = queue.Queue()
        self.told: list[str] = []

    def take(self, count: int) -> np.ndarray:
        return np.stack([self.blocks.get(timeout=LIMIT_S)[0] for _ in range(count)])


@pytest.fixture
def heard():
    return Heard()


@pytest.fixture
def voice(heard):
    made = VoiceProcess(heard.told.append, lambda block, speech, mark: heard.blocks.put((block.copy(), mark)))
    yield made
    made.close()


def sound(count: int, seed: int = 1) -> np.ndarray:
    return (np.random.default_rng(seed).standard_normal((count, BLOCK)) * 0.1).astype(np.float32)


def test_it_does_what_the_filters_do_here_and_every_block_comes_back(voice, heard) -> None:
    near, far = sound(15), sound(15, 2)
    here = VoiceFilters(print)
    here.settle(noise="strong", echo=True, levels=False)
    voice.settle(noise="strong", echo=True, levels=False)
    expected = []
    for played, said in zip(far, near, strict=True):
        here.hear_far(played)
        expected.append(here.process(said))
        voice.hear_far(played)
        voice.push(said, 1.0)
    here.close()
    assert np.array_equal(heard.take(15), np.stack(expected))
    assert heard.told == []


def test_each_block_comes_back_with_its_own_mark(voice, heard) -> None:
    marks = [1.0, None, None, 4.0, None, 6.0]
    for block, mark in zip(sound(len(marks)), marks, strict=True):
        voice.push(block, mark)
    assert [heard.blocks.get(timeout=LIMIT_S)[1] for _ in marks] == marks


def test_one_that_is_killed_is_started_again_and_nothing_of_the_voice_is_lost_or_heard_twice(
    heard, monkeypatch
) -> None:
    monkeypatch.setattr(voice_process, "voice_command", lambda: [sys.executable, "-c", LATER])
    monkeypatch.setattr(voice_process, "FIRST_PAUSE_S", 0.0)
    voice = VoiceProcess(heard.told.append, lambda block, speech, mark: heard.blocks.put((block.copy(), mark)))
    said = []

    def say(count):
        for block in sound(count, len(said)):
            voice.push(block, float(len(said)))
            said.append(block)

    say(5)
    first = voice._child.process
    first.kill()
    say(5)
    while voice._child is None or voice._child.process is first:
        say(1)
        threading.Event().wait(0.001)
    say(10)
    came = [heard.blocks.get(timeout=LIMIT_S) for _ in said]
    assert [mark for _, mark in came] == list(range(len(said)))
    assert np.array_equal(np.concatenate([block for block, _ in came])[LATE:], np.concatenate(said)[:-LATE])
    voice.close()


def test_what_one_that_ends_had_not_answered_comes_out_as_it_is(heard, monkeypatch) -> None:
    monkeypatch.setattr(voice_process, "voice_command", lambda: [sys.executable, "-c", MUTE])
    monkeypatch.setattr(voice_process, "FIRST_PAUSE_S", LIMIT_S)
    voice = VoiceProcess(heard.told.append, lambda block, speech, mark: heard.blocks.put((block, mark)))
    said = sound(20)
    for number, block in enumerate(said):
        voice.push(block, float(number))
    voice._child.process.kill()
    came = [heard.blocks.get(timeout=LIMIT_S) for _ in said]
    assert np.array_equal(np.concatenate([block for block, _ in came])[LATE:], np.concatenate(said)[:-LATE])
    assert [mark for _, mark in came] == list(range(20))
    voice.close()


def test_one_that_hangs_is_ended(heard, monkeypatch) -> None:
    monkeypatch.setattr(voice_process, "voice_command", lambda: [sys.executable, "-c", MUTE])
    voice = VoiceProcess(heard.told.append, lambda block, speech, mark: None)
    hung = voice._child.process
    monkeypatch.undo()
    voice.push(sound(1)[0], 1.0)
    voice._answered_s -= HUNG_S
    voice.hear_far(sound(1)[0])
    assert hung.wait(LIMIT_S) != 0
    voice.close()


@pytest.mark.skipif(sys.platform == "win32", reason="no process is stopped there")
def test_one_that_hangs_does_not_hold_up_the_end(heard):
    voice = VoiceProcess(heard.told.append, lambda block, speech, mark: None)
    hung = voice._child.process
    hung.send_signal(signal.SIGSTOP)
    voice.push(sound(1)[0], 1.0)
    closing = threading.Thread(target=voice.close, daemon=True)
    closing.start()
    closing.join(LIMIT_S)
    has_ended = not closing.is_alive()
    hung.kill()
    assert has_ended
    assert hung.wait(LIMIT_S) != 0


def test_one_that_takes_long_to_start_holds_no_voice_up_and_is_given_up_in_the_end(heard, monkeypatch):
    monkeypatch.setattr(voice_process, "voice_command", lambda: [sys.executable, "-c", STUCK])
    monkeypatch.setattr(voice_process, "READY_S", 0.0)
    monkeypatch.setattr(voice_process, "START_S", 0.1)
    told = queue.Queue()
    voice = VoiceProcess(told.put, lambda block, speech, mark: heard.blocks.put((block, mark)))
    own = sound(1)[0]
    voice.push(own, 1.0)
    assert np.array_equal(heard.take(1)[0], own)
    assert told.get(timeout=LIMIT_S).startswith("The filters for your voice do not start")
    voice.close()


def test_what_was_played_before_a_microphone_listened_is_not_taken_for_its_echo(monkeypatch):
    monkeypatch.setattr(voice_process, "voice_command", lambda: [sys.executable, "-c", COUNTS])
    counts = queue.Queue()
    voice = VoiceProcess(print, lambda block, speech, mark: counts.put(speech))
    near, far = sound(1)[0], sound(30).reshape(-1)
    voice.hear_far(far)
    voice.begin()
    voice.push(near, 1.0)
    voice.hear_far(far[: 2 * BLOCK])
    voice.push(near, 1.0)
    assert [counts.get(timeout=LIMIT_S) for _ in range(2)] == [0, 2]
    voice.close()


def test_who_ended_after_a_long_time_is_started_again_soon(monkeypatch):
    monkeypatch.setattr(voice_process, "voice_command", lambda: [sys.executable, "-c", MUTE])
    monkeypatch.setattr(voice_process, "FIRST_PAUSE_S", 0.01)
    pauses = []
    for steady_s in (3600.0, 0.0):
        monkeypatch.setattr(voice_process, "STEADY_S", steady_s)
        voice = VoiceProcess(print, lambda block, speech, mark: None)
        for _ in range(3):
            now = voice._child
            now.process.kill()
            while voice._child in (None, now):
                threading.Event().wait(0.01)
        pauses.append(voice._pause_s)
        voice.close()
    assert pauses == [0.08, 0.02]


def test_where_the_computer_is_too_busy_the_costly_filters_rest_and_no_block_is_lost(heard, monkeypatch) -> None:
    monkeypatch.setattr(voice_process, "voice_command", lambda: [sys.executable, "-c", MUTE])
    voice = VoiceProcess(heard.told.append, lambda block, speech, mark: None)
    now_s = 1000.0
    assert not voice._has_to_rest(BEHIND - 1, now_s)
    assert voice._has_to_rest(BEHIND, now_s)
    assert voice._has_to_rest(0, now_s + 19)
    assert not voice._has_to_rest(0, now_s + 21)
    assert voice._has_to_rest(BEHIND, now_s + 22)
    assert voice._has_to_rest(0, now_s + 60)  # a longer rest than the first
    assert not voice._has_to_rest(0, now_s + 63)
    assert heard.told == [BUSY]
    voice._child.process.kill()
    voice.close()


def test_one_that_does_not_start_is_told_and_the_voice_passes(heard, monkeypatch) -> None:
    for command in ([sys.executable, "-c", "raise SystemExit(1)"], ["/nowhere/at/all"]):
        monkeypatch.setattr(voice_process, "voice_command", lambda command=command: command)
        voice = VoiceProcess(heard.told.append, lambda block, speech, mark: heard.blocks.put((block, mark)))
        own = sound(1)[0]
        voice.push(own, 1.0)
        assert np.array_equal(heard.take(1)[0], own)
        voice.close()
    assert [words.split(".")[0] for words in heard.told] == [
        "The filters for your voice do not start on this computer"
    ] * 2


def test_what_the_filters_lack_is_told_to_the_client(monkeypatch) -> None:
    from app.media import noise, webrtc

    def missing():
        raise noise.NoiseFilterMissing()

    def lost():
        raise webrtc.WebrtcMissing()

    monkeypatch.setattr(noise, "_load_library", missing)
    monkeypatch.setattr(webrtc, "_load_library", lost)
    answered = io.BytesIO()
    serve(io.BytesIO(b"half a question"[:3]), answered)
    (length,) = struct.unpack("<I", answered.getvalue()[:4])
    assert len(json.loads(answered.getvalue()[4 : 4 + length])) == 2
