"""What one sends: the newest camera picture as VP8, the microphone as Opus.

`SEAMS` lists each name of aiortc that is changed here, for tests/test_platform.py.
"""

from __future__ import annotations

import asyncio
import fractions
import time
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from aiortc import MediaStreamTrack

from app.media.types import BLOCK, RATE_HZ, Frame

if TYPE_CHECKING:
    import av

    from app.media.types import Samples

#: Module, name inside it.
SEAMS: tuple[tuple[str, str], ...] = (
    ("aiortc.codecs.vpx", "DEFAULT_BITRATE"),
    ("aiortc.codecs.vpx", "MIN_BITRATE"),
    ("aiortc.codecs.vpx", "MAX_BITRATE"),
    ("aiortc.codecs.vpx", "Vp8Encoder.encode"),
    ("aiortc.codecs.vpx", "Vp8Encoder.target_bitrate"),
)

#: Bits a second. Source: 640x360 at 30 fps looks clean from about 700 kbit/s on; the relay does not raise it later.
_START_RATE, _LEAST_RATE, _MOST_RATE = 800_000, 80_000, 2_500_000
#: A picture this wide or less is one that saves data, and gets so many bits at most.
#: Source: 320x180 at 12 fps is a face one can read from about 120 kbit/s on.
SAVER_WIDTH_PX, SAVER_RATE = 320, 120_000
_VOICE_RATE = 32_000
#: What the encoder counts on when it adds forward error correction, in per cent.
_EXPECTED_LOSS = 10
_FPS = 30
_VIDEO_CLOCK_HZ = 90_000
_PACKET = 2 * BLOCK
#: A microphone that falls behind the clock by more than this has been away; its time goes on with the clock.
_AWAY_S = 0.1
#: Sound that may wait for the network loop: older sound goes first.
_MOST_PACKETS_WAITING = 25


def set_rates() -> None:
    """Sets aiortc's VP8 rates, which are constants of a module; before the first call, again does nothing."""
    from aiortc.codecs import vpx

    vpx.DEFAULT_BITRATE, vpx.MIN_BITRATE, vpx.MAX_BITRATE = _START_RATE, _LEAST_RATE, _MOST_RATE
    plain = vpx.Vp8Encoder.encode
    if not hasattr(plain, "saves_data"):
        vpx.Vp8Encoder.encode = _saving(plain)


def _saving(encode: Callable[..., Any]) -> Callable[..., Any]:
    """An `encode` that keeps small pictures to a low rate: the one place where each picture meets its encoder."""

    def encode_within(encoder: Any, frame: Any, force_keyframe: bool = False) -> Any:
        if frame.width > SAVER_WIDTH_PX:
            full_rate = encoder.__dict__.pop("full_rate", None)
            if full_rate:
                encoder.target_bitrate = full_rate
        elif encoder.target_bitrate > SAVER_RATE:
            # Also what the far side asks for meanwhile is only for larger pictures.
            encoder.full_rate = encoder.target_bitrate
            encoder.target_bitrate = SAVER_RATE
        return encode(encoder, frame, force_keyframe)

    encode_within.saves_data = True  # type: ignore[attr-defined]
    return encode_within


class CameraTrack(MediaStreamTrack):  # type: ignore[misc]
    """The camera as aiortc wants it: gives the newest frame, 30 times a second at most, and nothing while it is off.

    A frame that nobody has taken is replaced by the next one, so nothing queues.
    """

    kind = "video"

    def __init__(self) -> None:
        super().__init__()
        self._loop = asyncio.get_running_loop()
        self._newest: Frame | None = None
        self._arrived = asyncio.Event()
        self._start_s = time.monotonic()
        self._due_s = 0.0
        self._last_pts = -1

    def show(self, frame: Frame) -> None:
        """Leaves a frame; from any thread. Its `form` should be "yuv420p", which costs least."""
        self._newest = frame
        try:
            self._loop.call_soon_threadsafe(self._arrived.set)
        except RuntimeError:
            self._newest = None

    async def recv(self) -> av.VideoFrame:
        """The next frame to encode; called by aiortc, waits while there is none."""
        while True:
            await self._arrived.wait()
            # A little less than a frame: a camera at 30 fps must not be cut down to 15 by jitter.
            early_s = self._due_s - time.monotonic()
            if early_s > 0:
                await asyncio.sleep(early_s)
            self._arrived.clear()
            frame, self._newest = self._newest, None
            if frame is not None:
                break
        self._due_s = time.monotonic() + 0.85 / _FPS
        return self._timed(frame)

    def _timed(self, frame: Frame) -> av.VideoFrame:
        import av

        picture = av.VideoFrame.from_ndarray(frame.pixels, format=frame.form)
        pts = round((frame.captured_at_s - self._start_s) * _VIDEO_CLOCK_HZ)
        self._last_pts = picture.pts = max(self._last_pts + 1, pts)
        picture.time_base = fractions.Fraction(1, _VIDEO_CLOCK_HZ)
        return picture


class MicrophoneTrack(MediaStreamTrack):  # type: ignore[misc]
    """The microphone as Opus packets of 20 ms: mono, 32 kbit/s, with forward error correction and without DTX.

    It gives aiortc encoded packets, so aiortc's own settings (stereo, 96 kbit/s) never matter. RTP time follows the
    clock: what was not sent while muted is a gap, not a delay.
    """

    kind = "audio"

    def __init__(self) -> None:
        super().__init__()
        self._loop = asyncio.get_running_loop()
        self._encoder = _make_encoder()
        self._blocks: deque[Samples] = deque(maxlen=2 * _MOST_PACKETS_WAITING)
        self._packets: deque[av.Packet] = deque(maxlen=_MOST_PACKETS_WAITING)
        self._arrived = asyncio.Event()
        self._start_s = time.monotonic()
        self._pts = 0
        self._is_read = False

    def hear(self, block: Samples) -> None:
        """Takes the next 10 ms, float32 [480]; from the microphone's thread. Silence by mute is not given at all."""
        if not self._is_read:
            # Before the connection is up; what was said then would only come late.
            return
        self._blocks.append(block)
        if len(self._blocks) > 1:
            try:
                self._loop.call_soon_threadsafe(self._encode)
            except RuntimeError:
                self._blocks.clear()

    async def recv(self) -> av.Packet:
        """The next packet; called by aiortc, waits while there is none."""
        self._is_read = True
        while not self._packets:
            self._arrived.clear()
            await self._arrived.wait()
        return self._packets.popleft()

    def _encode(self) -> None:
        """Encodes what has come; on the loop, 0.3 ms per packet."""
        import av
        import numpy as np

        while len(self._blocks) >= 2:
            samples = np.concatenate([self._blocks.popleft(), self._blocks.popleft()])
            frame = av.AudioFrame.from_ndarray(_to_int16(samples), format="s16", layout="mono")
            frame.sample_rate = RATE_HZ
            clock = round((time.monotonic() - self._start_s) * RATE_HZ)
            if clock - self._pts > _AWAY_S * RATE_HZ:
                self._pts = clock
            for encoded in self._encoder.encode(frame):
                packet = av.Packet(bytes(encoded))
                packet.pts = self._pts
                packet.time_base = fractions.Fraction(1, RATE_HZ)
                self._packets.append(packet)
            self._pts += _PACKET
        self._arrived.set()


def _to_int16(samples: Samples) -> Any:
    import numpy as np

    return (np.clip(samples, -1.0, 1.0) * 32767).astype(np.int16).reshape(1, -1)


def _make_encoder() -> Any:
    import av

    codec = av.CodecContext.create("libopus", "w")
    codec.bit_rate = _VOICE_RATE
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
