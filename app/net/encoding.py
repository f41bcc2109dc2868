"""How a picture becomes VP8 on its way out: a policy for each track, and an encoder that follows it.

`SEAMS` lists each name of aiortc that is used here though it is not told in its manual, for tests/test_platform.py.
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

from app.net.quantiser import quantiser_of

if TYPE_CHECKING:
    import av

    from app.net.rate import Budget

#: Module, name inside it.
SEAMS: tuple[tuple[str, str], ...] = (
    ("aiortc.codecs.vpx", "Vp8Encoder._packetize"),
    ("aiortc.codecs.vpx", "number_of_threads"),
)

#: A rate that differs by less is left as it is: changing it costs a key frame.
_RATE_STEP = 0.1
_KEY_FRAME_AT_LAST = 3_000
#: A face's key frame has at most so many per cent of what one picture has on the average.
_KEY_PER_CENT = "500"
#: Key frames follow each other when the last one had that many times its time on the line, and this pause.
_KEY_THROUGH, _KEY_PAUSE_S = 1.0, 0.2
_PICTURE_IDS = 1 << 15
_CLOCK_HZ = 90_000


@dataclass(frozen=True, slots=True)
class PicturePolicy:
    """What an encoder may spend on one track and how it spends it; a new one takes effect with the next picture.

    Attributes:
        start_rate: bits a second while the far side asks for none.
        least_rate: bits a second whatever the far side asks for.
        most_rate: bits a second whatever the far side asks for.
        saver_rate: bits a second at most while data is saved.
        fps: pictures a second at most.
        quantiser: finest and coarsest, 0 to 63; a lower coarsest one keeps text sharp and lets the pace drop.
        noise_sensitivity: how strongly grain is smoothed before it costs bits, 0 (not) to 4.
        cpu_used: how much is left out for speed, -16 to 16; a negative one is kept to, a positive one follows the load.
        is_screen: what it shows is drawn, not seen by a camera: sharp edges count.
    """

    start_rate: int
    least_rate: int
    most_rate: int
    saver_rate: int
    fps: int
    quantiser: tuple[int, int] = (2, 56)
    noise_sensitivity: int = 0
    cpu_used: int = -12
    is_screen: bool = False

    def __post_init__(self) -> None:
        # Here, where whoever writes one sees it: the encoder would only fail with the first picture.
        finest, coarsest = self.quantiser
        if not 0 < self.least_rate <= self.start_rate <= self.most_rate or min(self.saver_rate, self.fps) <= 0:
            raise ValueError("rates and pace of a picture policy are above zero, and the start lies within the rates")
        if not (0 <= finest <= coarsest <= 63 and 0 <= self.noise_sensitivity <= 4 and -16 <= self.cpu_used <= 16):
            raise ValueError("an option of a picture policy is out of VP8's range")

    def saving(self) -> PicturePolicy:
        """The same while data is saved: no rate is above `saver_rate`."""
        start, least, most = (min(one, self.saver_rate) for one in (self.start_rate, self.least_rate, self.most_rate))
        return replace(self, start_rate=start, least_rate=least, most_rate=most)

    def rate_for(self, asked: int | None) -> int:
        """Bits a second when the far side asks for that many; None: it has not asked."""
        return max(self.least_rate, min(asked or self.start_rate, self.most_rate))


#: Source: 640x360 at 30 fps looks clean from about 700 kbit/s on. It begins with less, and is there after a second or
#: two where the link carries it.
#: Own measurements, a portrait of 1280x720 with grain at 1.8 Mbit/s: 16.3 ms a picture with noise sensitivity 4 at
#: cpu_used -6, 9.2 with 0 at -12, which is a decibel nearer to what the camera saw, and 0.2 dB less near than 0 at -6.
#: At cpu_used -12 a quantiser of at most 56 cannot keep to the rate of saved data: twice as much was sent.
CAMERA = PicturePolicy(
    start_rate=400_000, least_rate=12_000, most_rate=900_000, saver_rate=120_000, fps=30, quantiser=(2, 63),
)  # fmt: skip
#: Source: 1280x720 at 30 fps of a person who sits before a camera looks clean from about 1.8 Mbit/s on.
CAMERA_HD = replace(CAMERA, start_rate=800_000, most_rate=2_500_000)


#: Source: own measurements at 1920x1080 on one core, a page full of letters of 11 px, which can all be read at the
#: coarsest quantiser here. Scrolled by 45 px a picture it takes 64 kB and 22 ms at -6; from -7 on, which does not find
#: where the text has gone, 116 kB and no less time; at -4 24 kB, but up to 65 ms where it was scrolled too far. What
#: stands still is fine after a second. The relay forwards 8 Mbit/s of a screen.
SCREEN_TEXT = PicturePolicy(
    start_rate=2_000_000, least_rate=40_000, most_rate=7_000_000, saver_rate=1_000_000, fps=10,
    quantiser=(10, 48), cpu_used=-6, is_screen=True,
)  # fmt: skip
SCREEN_MOTION = PicturePolicy(
    start_rate=1_500_000, least_rate=40_000, most_rate=4_000_000, saver_rate=600_000, fps=30
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Encoded:
    """What became of one picture.

    Attributes:
        size: its bytes.
        rate: bits a second that it was encoded for.
        quantiser: how coarse it is, 0 to 63.
        took_s: how long it took.
        cpu_s: processor time that the encoding thread spent.
    """

    size: int
    rate: int
    quantiser: int
    took_s: float
    cpu_s: float


@dataclass(slots=True)
class Made:
    """What one encoder has made of its track so far.

    Attributes:
        pictures: how many.
        bytes: of all.
        size_px: width and height of the newest one.
    """

    pictures: int = 0
    bytes: int = 0
    size_px: tuple[int, int] = (0, 0)

    def note(self, frame: av.VideoFrame, size: int) -> None:
        """Counts a picture of so many bytes."""
        self.pictures += 1
        self.bytes += size
        self.size_px = frame.width, frame.height


class Follows(Protocol):
    """A track that says how its pictures are to be encoded now."""

    policy: PicturePolicy
    budget: Budget | None

    def told(self, encoded: Encoded) -> None:
        """Hears what became of its last picture; in a worker."""


class PictureEncoder:
    """Stands where aiortc expects a VP8 encoder: asks its track for the policy at each picture."""

    def __init__(self, track: Follows, *, after: PictureEncoder | None = None) -> None:
        """Nothing is opened before the first picture, which is a key frame.

        Args:
            track: whose pictures these are.
            after: the encoder whose place this one takes, of another track of the same line: picture ids and times go
                on from it, since a receiver need not know that the track is another.
        """
        self._track = track
        self._codec: Any = None
        self._opened: tuple[Any, ...] = ()
        self._steady_pts = self._last_pts = 0
        self._key_through_s = 0.0
        self.made = Made()
        self._picture_id: int = after._picture_id if after else random.randrange(_PICTURE_IDS)
        self._timestamp: int = after._timestamp if after else -1

    @property
    def rate(self) -> int:
        """Bits a second that the next picture is encoded for."""
        budget = self._track.budget
        return self._track.policy.rate_for(budget.rate if budget else None)

    def encode(self, frame: av.VideoFrame, force_keyframe: bool = False) -> tuple[list[bytes], int]:
        """Called by aiortc in a worker.

        Args:
            frame: "yuv420p" at best; its time counts 90 kHz.
            force_keyframe: the far side cannot go on without one.

        Returns:
            The payloads of its packets, and its RTP time.
        """
        import av
        from aiortc.codecs.vpx import Vp8Encoder

        # Noted before: PyAV changes the frame's time into its own units.
        self._timestamp = max(self._timestamp + 1, frame.pts)
        began_s, began_cpu_s = time.perf_counter(), time.thread_time()
        policy, rate, budget = self._track.policy, self.rate, self._track.budget
        frame = _fitted(frame, budget.height if budget else 0)
        needed = _needed(frame, policy)
        if needed != self._opened or abs(rate - self._codec.bit_rate) > _RATE_STEP * self._codec.bit_rate:
            self._codec, self._opened = _open(frame, policy, rate), needed
        fps = min(policy.fps, budget.fps) if budget else policy.fps
        frame.pts = self._steady_pts = self._steady_pts + self._step(frame, fps, is_steady=policy.is_screen)
        if force_keyframe and began_s >= self._key_through_s:
            frame.pict_type = av.video.frame.PictureType.I
        encoded = b"".join(bytes(packet) for packet in self._codec.encode(frame))
        spent = (time.perf_counter() - began_s, time.thread_time() - began_cpu_s)
        if encoded and not encoded[0] & 1:
            # Whoever asks for another one before this is through would only make it later.
            self._key_through_s = time.perf_counter() + _KEY_THROUGH * len(encoded) * 8 / rate + _KEY_PAUSE_S
        if encoded:
            self.made.note(frame, len(encoded))
            self._track.told(Encoded(len(encoded), rate, quantiser_of(encoded), *spent))
        payloads: list[bytes] = Vp8Encoder._packetize(encoded, self._picture_id)
        self._picture_id = (self._picture_id + 1) % _PICTURE_IDS
        return payloads, self._timestamp

    def _step(self, frame: av.VideoFrame, fps: float, *, is_steady: bool) -> int:
        """How far a picture is taken to lie behind the last one, in 1/90000 s.

        Not much more than at full pace: where that cannot be kept to, each picture would get the bits of those that are
        left out, cost more, and come later still.
        """
        past, self._last_pts = self._timestamp - self._last_pts, self._timestamp
        most = round(_CLOCK_HZ / fps)
        return most if is_steady else max(1, min(past, most * 3 // 2))


def _fitted(frame: av.VideoFrame, height: int) -> av.VideoFrame:
    """The frame in planes, and not higher than that; 0: as high as it is."""
    if not height or frame.height <= height:
        return frame if frame.format.name == "yuv420p" else frame.reformat(format="yuv420p")
    width = max(2, frame.width * height // frame.height // 2 * 2)
    return frame.reformat(width, height // 2 * 2, "yuv420p", interpolation="FAST_BILINEAR")


def _needed(frame: av.VideoFrame, policy: PicturePolicy) -> tuple[Any, ...]:
    """All that an open encoder cannot change, but for the rate."""
    return (
        frame.width,
        frame.height,
        policy.quantiser,
        policy.noise_sensitivity,
        policy.cpu_used,
        policy.is_screen,
    )


def _open(frame: av.VideoFrame, policy: PicturePolicy, rate: int) -> Any:
    import multiprocessing

    import av
    from aiortc.codecs.vpx import number_of_threads

    codec = av.CodecContext.create("libvpx", "w")
    codec.width, codec.height, codec.pix_fmt = frame.width, frame.height, "yuv420p"
    codec.bit_rate = rate
    codec.gop_size = _KEY_FRAME_AT_LAST
    codec.qmin, codec.qmax = policy.quantiser
    codec.options = {
        # One second's worth, in FFmpeg's way of saying it; the same least and most rate make it a constant one. A
        # screen's debt from one large picture is forgotten sooner, so that what stands still is soon fine.
        "bufsize": str(rate * 3 // 10 if policy.is_screen else rate),
        "minrate": str(rate),
        "maxrate": str(rate),
        "overshoot-pct": "15",
        "undershoot-pct": "100",
        "deadline": "realtime",
        "lag-in-frames": "0",
        "partitions": "0",
        "cpu-used": str(policy.cpu_used),
        "noise-sensitivity": str(policy.noise_sensitivity),
        "static-thresh": "1",
        **({} if policy.is_screen else {"max-intra-rate": _KEY_PER_CENT}),
        "screen-content-mode": str(int(policy.is_screen)),
    }
    codec.thread_count = number_of_threads(frame.width * frame.height, multiprocessing.cpu_count())
    return codec
