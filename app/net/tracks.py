"""What one sends: the newest picture of a camera or a screen, the microphone as Opus."""

from __future__ import annotations

import asyncio
import fractions
import time
from collections import deque
from typing import TYPE_CHECKING, Any

from aiortc import MediaStreamTrack

from app.media.types import BLOCK, RATE_HZ, Frame
from app.net.encoding import Encoded, PicturePolicy
from app.net.rate import VOICE_BPS
from app.net.voice_time import VoiceTime

if TYPE_CHECKING:
    import av

    from app.media.types import Samples
    from app.net.rate import Budget

#: What the encoder counts on when it adds forward error correction, in per cent.
_EXPECTED_LOSS = 10
_VIDEO_CLOCK_HZ = 90_000
#: So much of what was encoded may still be on its way out when the next picture is taken.
_AHEAD_S = 0.3
#: Two seconds of sound may wait for a network loop that is held up: too late for who listens, in time for the
#: recording. Beyond that older sound goes first.
_MOST_PACKETS_WAITING = 100
#: The zero of every track's time: RTP time goes on when a line carries the next track.
_ZERO_S = time.monotonic()


class Released(Exception):
    """Whoever waited for this track's next picture or packet must no longer send it."""


class SentTrack(MediaStreamTrack):  # type: ignore[misc]
    """A track that a line can carry; it may move from one line, or one connection, to the next.

    Whatever aiortc's end of a connection calls on it (`stop`) leaves it as it is.
    """

    def __init__(self) -> None:
        super().__init__()
        self._loop = asyncio.get_running_loop()
        self._arrived = asyncio.Event()
        self._start_s = _ZERO_S
        self._readings = 0

    def release(self) -> None:
        """Sends whoever waits in `recv` away with `Released`, and forgets what was not taken; on the loop."""
        self._readings += 1
        self._forget()
        self._arrived.set()

    def repeat(self) -> None:
        """The far side needs a picture that stands alone; on the loop. A camera has the next one soon anyway."""

    def _forget(self) -> None:
        """Drops what was not taken."""

    def _check(self, reading: int) -> None:
        if reading != self._readings:
            raise Released


class IdleTrack(SentTrack):
    """The track of a line that carries nothing."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind = kind

    async def recv(self) -> Any:
        """Waits until something else takes its place."""
        reading = self._readings
        while True:
            self._arrived.clear()
            await self._arrived.wait()
            self._check(reading)


class PictureTrack(SentTrack):
    """A camera or a screen as aiortc wants it: gives the newest frame, and nothing while there is no new one.

    A frame that nobody has taken is replaced by the next one, so nothing queues.

    Attributes:
        policy: how it is encoded; may be changed at any time and from any thread.
        budget: what it may cost now; None: nobody has said.
        also: gets the same frames; None: nothing does.
        pictures: how many were encoded so far.
    """

    kind = "video"

    def __init__(self, policy: PicturePolicy) -> None:
        super().__init__()
        self.policy = policy
        self.budget: Budget | None = None
        self.also: PictureTrack | None = None
        self.pictures = 0
        self._is_resting = False
        self._newest: Frame | None = None
        self._due_s = 0.0
        self._busy_until_s = 0.0
        self._last_pts = -1

    def show(self, frame: Frame) -> None:
        """Leaves a frame; from any thread. Its `form` should be "yuv420p", which costs least."""
        self._newest = frame
        try:
            self._loop.call_soon_threadsafe(self._arrived.set)
        except RuntimeError:
            self._newest = None
        if (also := self.also) is not None:
            also.show(frame)

    def hide(self) -> None:
        """Takes back a frame that has not gone out yet; from any thread."""
        self._newest = None
        if (also := self.also) is not None:
            also.hide()

    def rest(self, is_resting: bool) -> None:
        """Whether nothing is encoded, as nobody looks; on the loop. What was left meanwhile is shown afterwards."""
        if is_resting != self._is_resting:
            self._is_resting = is_resting
            self._arrived.set()

    def told(self, encoded: Encoded) -> None:
        """Hears what became of the last picture; in the encoder's worker. What was too much is made up for."""
        self.pictures += 1
        self._busy_until_s = max(self._busy_until_s, time.monotonic()) + encoded.size * 8 / encoded.rate
        self._due_s = max(self._due_s, self._busy_until_s - _AHEAD_S)

    def _forget(self) -> None:
        self._newest = None

    async def recv(self) -> av.VideoFrame:
        """The next frame to encode; called by aiortc, waits while there is none."""
        reading = self._readings
        while True:
            await self._wait()
            # A little less than a frame: a camera at 30 fps must not be cut down to 15 by jitter.
            early_s = self._due_s - time.monotonic()
            if early_s > 0:
                await asyncio.sleep(early_s)
            self._check(reading)
            self._arrived.clear()
            frame = self._take()
            if frame is not None:
                break
        fps = min(self.policy.fps, self.budget.fps) if self.budget else self.policy.fps
        self._due_s = time.monotonic() + 0.85 / fps
        return self._timed(frame)

    async def _wait(self) -> None:
        """Until there may be something to take."""
        await self._arrived.wait()

    def _take(self) -> Frame | None:
        """What goes out next; None: nothing yet."""
        if self._is_resting:
            return None
        frame, self._newest = self._newest, None
        return frame

    def _timed(self, frame: Frame) -> av.VideoFrame:
        import av

        # Without a copy: one of a screen would take the loop, which carries the voices, 1.4 ms each time.
        picture = av.VideoFrame.from_numpy_buffer(frame.pixels, format=frame.form)
        pts = round((frame.captured_at_s - self._start_s) * _VIDEO_CLOCK_HZ)
        self._last_pts = picture.pts = max(self._last_pts + 1, pts)
        picture.time_base = fractions.Fraction(1, _VIDEO_CLOCK_HZ)
        return picture


class MicrophoneTrack(SentTrack):
    """The microphone as Opus packets of 20 ms: mono, 32 kbit/s or less, with forward error correction and without DTX.

    It gives aiortc encoded packets, so aiortc's own settings (stereo, 96 kbit/s) never matter. RTP time follows the
    clock: what was not sent while muted is a gap, not a delay.
    """

    kind = "audio"

    def __init__(self) -> None:
        super().__init__()
        self._rate = VOICE_BPS
        self._encoder = _make_encoder(self._rate)
        self._time = VoiceTime()
        self._blocks: deque[tuple[int, Samples]] = deque(maxlen=2 * _MOST_PACKETS_WAITING)
        self._packets: deque[av.Packet] = deque(maxlen=_MOST_PACKETS_WAITING)
        self._is_read = False
        self._is_half = False
        self._ends_at = 0
        self._said_s = 0.0

    def set_rate(self, bps: int) -> None:
        """Spends so many bits a second from the next packet on; on the loop."""
        if bps != self._rate:
            self._rate = bps
            self._encoder = _make_encoder(bps)

    def hear(self, block: Samples, said_s: float | None = None) -> None:
        """Takes the next 10 ms; always from the same thread. While muted see `rest`.

        Args:
            block: float32 [480].
            said_s: when it came from the microphone, by the monotonic clock: filters may hand it on late. None: now.
        """
        if not self._is_read:
            # Before the connection is up; what was said then would only come late.
            self._time.pause()
            return
        self._said_s = time.monotonic() if said_s is None else said_s
        at = self._time.stamp(round((self._said_s - self._start_s) * RATE_HZ))
        self._is_half = not (self._is_half and at == self._ends_at)
        self._ends_at = at + BLOCK
        self._blocks.append((at, block))
        if len(self._blocks) > 1:
            try:
                self._loop.call_soon_threadsafe(self._encode)
            except RuntimeError:
                self._blocks.clear()

    def rest(self) -> None:
        """In place of a block that is not to be sent, from the microphone's thread; or once that has ended."""
        if self._is_half:
            import numpy as np

            # Half a packet that waited for the next word would come late by the whole pause.
            self.hear(np.zeros(BLOCK, np.float32), self._said_s)
            self._is_half = False
        self._time.pause()

    def _forget(self) -> None:
        self._is_read = False
        self._blocks.clear()
        self._packets.clear()

    async def recv(self) -> av.Packet:
        """The next packet; called by aiortc, waits while there is none."""
        reading = self._readings
        self._is_read = True
        while not self._packets:
            self._arrived.clear()
            await self._arrived.wait()
            self._check(reading)
        return self._packets.popleft()

    def _encode(self) -> None:
        """Encodes what has come; on the loop, 0.3 ms per packet."""
        import av
        import numpy as np

        while len(self._blocks) >= 2:
            (at, first), (then, second) = self._blocks.popleft(), self._blocks.popleft()
            if then != at + BLOCK:
                # A gap begins within the packet.
                self._blocks.appendleft((then, second))
                second = np.zeros(BLOCK, np.float32)
            frame = av.AudioFrame.from_ndarray(_to_int16(np.concatenate([first, second])), format="s16", layout="mono")
            frame.sample_rate = RATE_HZ
            for encoded in self._encoder.encode(frame):
                packet = av.Packet(bytes(encoded))
                packet.pts = at
                packet.time_base = fractions.Fraction(1, RATE_HZ)
                self._packets.append(packet)
        self._arrived.set()


def _to_int16(samples: Samples) -> Any:
    import numpy as np

    return (np.clip(samples, -1.0, 1.0) * 32767).astype(np.int16).reshape(1, -1)


def _make_encoder(bps: int) -> Any:
    import av

    codec = av.CodecContext.create("libopus", "w")
    codec.bit_rate = bps
    codec.format = "s16"
    codec.layout = "mono"
    codec.sample_rate = RATE_HZ
    codec.time_base = fractions.Fraction(1, RATE_HZ)
    codec.options = {
        "application": "voip",
        "frame_duration": "20",
        "fec": "1",
        "packet_loss": str(_EXPECTED_LOSS),
        "dtx": "0",
        "vbr": "constrained",
    }
    codec.open()
    return codec
