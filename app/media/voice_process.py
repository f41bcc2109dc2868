"""The filters of one's own voice in a process of their own.

They do many small steps for each 10 ms. In the client's process each step would wait for the interpreter, which the
window and the pictures want as well: with three clients on two cores half of the voice was lost. From here it is one
write and one read a block, and on a busy computer neither waits for the other.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import signal
import struct
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, TypeAlias, get_args

import numpy as np

from app.media.echo import DELAY_SAMPLES
from app.media.noise import DELAY_BLOCKS
from app.media.rests import Rest
from app.media.types import BLOCK, MediaError, NoiseMode, Samples
from app.media.voice_filters import VoiceFilters

_log = logging.getLogger(__name__)

_MODES: tuple[NoiseMode, ...] = get_args(NoiseMode)
#: Mode of the noise filter, echo, levels, whether the costly ones rest, and how many blocks of the loudspeaker follow;
#: then those, then the microphone's.
_ASKED = struct.Struct("<BBBBB")
_ANSWERED = struct.Struct("<f")
_LENGTH = struct.Struct("<I")
_BYTES = 4 * BLOCK
#: Blocks that wait at most: 2 s. More than the second do not go in one question.
MOST_WAITING, MOST_AT_ONCE = 200, 8
#: So that a whole MOST_WAITING of both fits between the two processes, where the system lets one choose.
PIPE_BYTES = 1 << 20
#: It is given up when it has not answered for so long; the next one is started after a pause, each time a longer one.
HUNG_S = 1.0
#: So many blocks behind, the costly filters rest.
BEHIND = 60
BUSY = "Your computer is busy: the noise filter rests, so that your voice gets through whole."
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 30.0
#: One that has answered for so long has not failed at once: the pause after it is the first again.
STEADY_S = 60.0
#: By so many samples comes out later what goes in, 29 ms; and in so many blocks that is.
LATE = DELAY_SAMPLES + DELAY_BLOCKS * BLOCK
_LATE_BLOCKS = -(-LATE // BLOCK)
#: A voice waits so long at most for them to start, and goes on without them until they have; one that takes longer than
#: the second is given up.
READY_S, START_S = 4.0, 30.0


#: When a block came from the microphone, by the monotonic clock; None: it is not to be heard.
Mark: TypeAlias = float | None
OnClean: TypeAlias = Callable[[Samples, float, Mark], None]


class FiltersMissing(MediaError):
    """The process does not start; the call goes on unfiltered."""

    def __init__(self) -> None:
        super().__init__(
            "The filters for your voice do not start on this computer. Your microphone works without them."
        )


def voice_command() -> list[str]:
    """How the process is started: by this Python, or by the program itself where it is a packed one."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "--role", "voice"]
    return [sys.executable, "-m", "app.media.voice_process"]


@dataclass(slots=True)
class _Child:
    """A process and the blocks that it holds.

    Attributes:
        past: The newest that it has answered: what is in them comes out with the next ones.
        waiting: Each that it was given and has not answered yet, the oldest first, with its mark.
        known: How many answers come first that have been heard already.
    """

    process: subprocess.Popen[bytes]
    past: deque[Samples]
    waiting: deque[tuple[Samples, Mark]] = field(default_factory=deque)
    known: int = 0


class VoiceProcess:
    """`VoiceFilters` in another process: while there is none, or it is started anew, the voice passes as it is.

    From the first one on it passes as late as through them, so that nothing is lost or heard twice when one goes or
    comes. Nobody waits for an answer: on a busy computer it may come late, but all of them come.
    """

    def __init__(self, tell: Callable[[str], None], on_clean: OnClean) -> None:
        """Starts it, which takes about half a second, and waits for that no longer than READY_S.

        Args:
            tell: Takes words for the user.
            on_clean: Takes each block, float32 [BLOCK], 29 ms of sound later; how likely it is a voice, 0.0 to 1.0; and
                its mark. From a thread of this object, or from that of `push` while there is no process.
        """
        self._on_clean = on_clean
        self._wish = (0, 1, 1)
        self._far: deque[bytes] = deque(maxlen=MOST_WAITING)
        self._tell = tell
        self._answered_s = 0.0
        self._rest = Rest()
        self._has_told_busy = False
        self._pause_s = FIRST_PAUSE_S
        self._closed = threading.Event()
        self._child: _Child | None = None
        #: The newest blocks that a process had which is no more; None: there has not been any.
        self._past: deque[Samples] | None = None
        # What was given to a process that ended comes out before what is given afterwards.
        self._in_order = threading.Lock()
        self._is_ready = threading.Event()
        threading.Thread(target=self._keep, name="voice filters", daemon=True).start()
        self._is_ready.wait(READY_S)

    def settle(self, *, noise: NoiseMode, echo: bool, levels: bool) -> None:
        """Follows the choices, from any thread; see `VoiceFilters.settle`."""
        self._wish = (_MODES.index(noise), int(echo), int(levels))

    def begin(self) -> None:
        """Before the first block of a microphone: what was played before it listened is no echo in what it hears."""
        self._far.clear()

    def hear_far(self, samples: Samples) -> None:
        """Takes what the loudspeaker plays next, in its thread, and ends a process that hangs.

        Args:
            samples: float32 [n * BLOCK]; also none, where nothing is played.
        """
        for at in range(0, len(samples) - BLOCK + 1, BLOCK):
            self._far.append(samples[at : at + BLOCK].tobytes())
        child = self._child
        if child is not None and child.waiting and time.monotonic() - self._answered_s > HUNG_S:
            _log.info("the filters of the voice do not answer and are started anew")
            child.process.kill()

    def push(self, block: Samples, mark: Mark) -> None:
        """Takes the next block of the microphone; always from the same thread.

        Args:
            block: float32 [BLOCK]; not changed.
            mark: Comes back with the block.
        """
        with self._in_order:
            child = self._child
            if child is None:
                self._far.clear()
                self._pass(block.copy(), mark)
                return
            if len(child.waiting) >= MOST_WAITING:  # as a microphone's own ring would
                if self._far:
                    self._far.popleft()
                return
            now_s = time.monotonic()
            if not child.waiting:
                self._answered_s = now_s
            rests = self._has_to_rest(len(child.waiting), now_s)
            far = [self._far.popleft() for _ in range(min(len(self._far), MOST_AT_ONCE))]
            asked = self._question(block, far, rests=rests)
            child.waiting.append((block.copy(), mark))
        _ask(child.process, asked)

    def close(self) -> None:
        """Ends it; nothing comes afterwards."""
        self._closed.set()
        child, self._child = self._child, None
        if child is not None:
            _end(child.process)

    def _question(self, block: Samples, far: Sequence[bytes] = (), *, rests: bool = False) -> bytes:
        return b"".join((_ASKED.pack(*self._wish, rests, len(far)), *far, np.asarray(block, np.float32).tobytes()))

    def _pass(self, block: Samples, mark: Mark) -> None:
        """Hands a block on as it is, as late as the filters would if there have been any."""
        past = self._past
        if past is None:
            self._on_clean(block, 1.0, mark)
            return
        sound = np.concatenate([*past, block])
        past.append(block)
        self._on_clean(sound[-LATE - BLOCK : -LATE], 1.0, mark)

    def _take_over(self, child: _Child) -> None:
        """From now on blocks go through this one; it is given again what has not come out of the one before."""
        with self._in_order:
            if self._past is not None:
                child.past.extend(self._past)
                child.waiting.extend((block, None) for block in self._past)
                child.known = len(child.waiting)
                _ask(child.process, b"".join(map(self._question, self._past)))
            self._child = child

    def _has_to_rest(self, behind: int, now_s: float) -> bool:
        """Whether only the light filters can keep pace; a voice comes before how clean it is."""
        if self._rest.is_on(now_s):
            return True
        if behind < BEHIND:
            return False
        self._rest.begin(now_s)
        if not self._has_told_busy:
            self._has_told_busy = True
            self._tell(BUSY)
        return True

    def _keep(self) -> None:
        """Starts it, reads its answers, and starts the next one when it has ended."""
        try:
            process, told = _start()
        except MediaError as error:
            self._tell(error.words)
            self._is_ready.set()
            return
        for words in told:
            self._tell(words)
        while True:
            begun_s = time.monotonic()
            self._answered_s = begun_s
            silence = np.zeros(BLOCK, np.float32)
            child = _Child(process, deque([silence] * _LATE_BLOCKS, maxlen=_LATE_BLOCKS))
            self._take_over(child)
            self._is_ready.set()
            if not self._closed.is_set():
                self._read(child)
            self._child = None
            _end(process)
            if time.monotonic() - begun_s > STEADY_S:
                self._pause_s = FIRST_PAUSE_S
            if not (again := self._start_again()):
                return
            process = again

    def _read(self, child: _Child) -> None:
        stdout = child.process.stdout
        assert stdout is not None
        size = _ANSWERED.size + _BYTES
        with contextlib.suppress(OSError, ValueError):
            while len(answer := stdout.read(size)) == size:
                self._answered_s = time.monotonic()
                if self._closed.is_set():
                    return
                (speech,) = _ANSWERED.unpack_from(answer)
                block, mark = child.waiting.popleft()
                if child.known:
                    child.known -= 1
                    continue
                child.past.append(block)
                self._on_clean(np.frombuffer(answer, np.float32, BLOCK, _ANSWERED.size), speech, mark)
        if not self._closed.is_set():
            with self._in_order:
                self._past = child.past
                for block, mark in list(child.waiting)[child.known :]:
                    self._pass(block, mark)
                self._child = None

    def _start_again(self) -> subprocess.Popen[bytes] | None:
        while not self._closed.wait(self._pause_s):
            self._pause_s = min(LONGEST_PAUSE_S, 2 * self._pause_s)
            try:
                return _start()[0]
            except MediaError:
                continue
        return None


def _start() -> tuple[subprocess.Popen[bytes], list[str]]:
    """The process, once it can filter, and what it has to tell the user."""
    try:
        child = subprocess.Popen(
            voice_command(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=str(Path(__file__).resolve().parents[2]),
            pipesize=PIPE_BYTES,
            # Threads of a numerical library would stand in the way of the one that works.
            env={**os.environ, "PYTHONUTF8": "1", "OPENBLAS_NUM_THREADS": "1"},
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except OSError as error:
        raise FiltersMissing() from error
    assert child.stdout is not None
    hung = threading.Timer(START_S, child.kill)
    hung.daemon = True
    hung.start()
    try:
        told = json.loads(child.stdout.read(*_LENGTH.unpack(child.stdout.read(_LENGTH.size))))
    except (OSError, ValueError, struct.error) as error:
        _end(child)
        raise FiltersMissing() from error
    finally:
        hung.cancel()
    return child, [str(words) for words in told]


def _ask(child: subprocess.Popen[bytes], asked: bytes) -> None:
    """Writes questions; if it has ended, whoever reads its answers hands on what waits and starts the next one."""
    assert child.stdin is not None
    with contextlib.suppress(OSError, ValueError):
        child.stdin.write(asked)
        child.stdin.flush()


def _end(child: subprocess.Popen[bytes]) -> None:
    """Ends it, whatever it does; who reads its answers holds them until it has ended."""
    # What was still to be written has nowhere to go.
    with contextlib.suppress(OSError):
        if child.stdin is not None:
            child.stdin.close()
    try:
        child.wait(HUNG_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
    if child.stdout is not None:
        child.stdout.close()


def serve(asked: BinaryIO, answered: BinaryIO) -> None:
    """What the process does, until its input ends.

    Args:
        asked: Its input.
        answered: Its output.
    """
    told: list[str] = []
    filters = VoiceFilters(told.append)
    words = json.dumps(told).encode()
    answered.write(_LENGTH.pack(len(words)) + words)
    answered.flush()
    before: Sequence[int] = ()
    while len(head := asked.read(_ASKED.size)) == _ASKED.size:
        *wish, count = _ASKED.unpack(head)
        body = asked.read((count + 1) * _BYTES)
        if len(body) < (count + 1) * _BYTES:
            break
        samples = np.frombuffer(body, np.float32)
        if wish != before:
            before = wish
            filters.settle(noise=_MODES[wish[0]], echo=bool(wish[1]), levels=bool(wish[2]), rests=bool(wish[3]))
        filters.hear_far(samples[: count * BLOCK])
        clean = filters.process(samples[count * BLOCK :])
        answered.write(_ANSWERED.pack(filters.speech) + np.asarray(clean, np.float32).tobytes())
        answered.flush()
    filters.close()


def main() -> int:
    """Runs until the client closes the input, also when it is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answered = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # Nothing that a library prints may come between the answers.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    with contextlib.suppress(BrokenPipeError):
        serve(sys.stdin.buffer, answered)
    return 0


if __name__ == "__main__":
    sys.exit(main())
