"""The types, units and errors with which pictures and sound are passed between parts.

Sound is everywhere float32, one channel, 48 kHz, in blocks of 480 samples (10 ms), full scale at 1.0.
Instants are seconds of `time.monotonic()`.

Errors of this package::

    MediaError              something with pictures or sound did not work
      DeviceError           a camera, microphone or speaker cannot be used; the call goes on without it
        DeviceMissing       there is none, or it was unplugged
        DeviceDenied        the system does not let this program use it
        DeviceSilent        it is open, and nothing comes from it
        DeviceBusy          another program holds it, or it does not answer
      FileUnreadable        a file that should play cannot be read
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Strings, so that importing the names does not import numpy.
Pixels: TypeAlias = "NDArray[np.uint8]"
"""uint8; [height, width, 3 or 4], or [height * 3 / 2, width] for yuv420p."""
Samples: TypeAlias = "NDArray[np.float32]"
"""float32, one channel, full scale at 1.0."""

RATE_HZ = 48_000
BLOCK = 480
"""Samples in a block: 10 ms at RATE_HZ."""
BLOCK_S = BLOCK / RATE_HZ

DeviceKind: TypeAlias = Literal["camera", "microphone", "speaker"]
SoundKind: TypeAlias = Literal["microphone", "speaker"]
PixelForm: TypeAlias = Literal["bgr24", "yuv420p"]
NoiseMode: TypeAlias = Literal["off", "standard", "strong"]
BackgroundKind: TypeAlias = Literal["none", "blur", "image"]
BlurStrength: TypeAlias = Literal["light", "strong"]
Crop: TypeAlias = Literal["cover", "fit"]
"""How a picture goes into a view: "cover" fills it and cuts what stands out (faces), "fit" shows all (screens)."""
PictureKey: TypeAlias = tuple[str, str]
"""Whose picture, and of what: a person's id ("" for oneself), and "camera" or "screen"; see `THUMBNAIL`."""
THUMBNAIL = "thumbnail"
"""The second half of the key of a small picture of what can be shared; the first is the source's id."""


class Part(NamedTuple):
    """A rectangle of a picture, in shares of its width and height from the top left: 0.0 to 1.0."""

    x: float
    y: float
    width: float
    height: float


WHOLE = Part(0.0, 0.0, 1.0, 1.0)
"""All of a picture."""


@dataclass(frozen=True, slots=True)
class Picture:
    """Pixels ready to paint.

    Attributes:
        pixels: uint8 [height, at least width, 4], BGRA in memory order (Qt's Format_RGB32), C-contiguous, never written
            again. Columns beyond the width mean nothing: rows begin where they are converted fastest.
        width_px: Width.
        height_px: Height.
        captured_at_s: When the camera saw it, or when it came off the network.
        part: Which part of the frame it shows.
        frame_px: Width and height of the whole frame that it was made of; (0, 0) where that does not matter.
    """

    pixels: Pixels
    width_px: int
    height_px: int
    captured_at_s: float
    part: Part = WHOLE
    frame_px: tuple[int, int] = (0, 0)

    @property
    def seen(self) -> Pixels:
        """Its pixels without those beyond the width: uint8 [height, width, 4]."""
        return self.pixels[:, : self.width_px]


@dataclass(frozen=True, slots=True)
class View:
    """What a view on the screen wants its pictures to be like.

    Attributes:
        width_px: Its width in device pixels.
        height_px: Its height.
        crop: See `Crop`.
        part: Which part of the frame goes into it; only with "fit".
    """

    width_px: int
    height_px: int
    crop: Crop = "cover"
    part: Part = WHOLE


Views: TypeAlias = Mapping[int, View]
"""The views of one picture, each under a number of its own."""
Wanted: TypeAlias = Mapping[PictureKey, Views]
"""Which pictures are on the screen, and for which views; what is not named is not scaled for."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What a camera gives and the codec takes.

    Attributes:
        pixels: uint8, C-contiguous: [height, width, 3] for "bgr24", [height * 3 / 2, width] for "yuv420p" (planar,
            even width and height). Never written again.
        form: The name by which PyAV knows this layout (`format` of `av.VideoFrame.from_numpy_buffer`).
        captured_at_s: When the camera saw it.
    """

    pixels: Pixels
    form: PixelForm
    captured_at_s: float

    @property
    def width_px(self) -> int:
        """Width."""
        return int(self.pixels.shape[1])

    @property
    def height_px(self) -> int:
        """Height."""
        rows = int(self.pixels.shape[0])
        return rows if self.form == "bgr24" else rows * 2 // 3


@dataclass(frozen=True, slots=True)
class Device:
    """A camera, microphone or speaker.

    Attributes:
        id: Stays the same while it is plugged in, and over restarts where the system allows; "default" is the
            system's choice.
        name: What the system calls it; show it as plain text.
        kind: What it is.
    """

    id: str
    name: str
    kind: DeviceKind


@dataclass(frozen=True, slots=True)
class Level:
    """How loud somebody is, ten times a second.

    Attributes:
        level_db: Loudness in dBFS, -100.0 (silence) to 0.0.
        is_speaking: Whether it sounds like somebody speaking up; steady, does not flicker between words.
    """

    level_db: float
    is_speaking: bool


Levels: TypeAlias = dict[str, Level]
"""How loud everybody is, by person's id; "" is one's own microphone."""


@dataclass(frozen=True, slots=True)
class Background:
    """What is behind the person in the outgoing picture.

    Attributes:
        kind: "none" (as the camera sees it), "blur" or "image".
        image_path: The picture file for "image".
        strength: How much "blur" hides.
    """

    kind: BackgroundKind = "none"
    image_path: Path | None = None
    strength: BlurStrength = "strong"


class MediaError(Exception):
    """Something with pictures or sound did not work; `words` may be shown to the user.

    Attributes:
        words: One or two plain English sentences.
    """

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


class FileUnreadable(MediaError):
    """A file that should play cannot be read."""


class DeviceError(MediaError):
    """A device cannot be used; the call goes on without it.

    Attributes:
        kind: Which kind of device.
    """

    sentence = "Your {kind} cannot be used."

    def __init__(self, kind: DeviceKind) -> None:
        super().__init__(self.sentence.format(kind=kind))
        self.kind = kind


class DeviceMissing(DeviceError):
    """There is no such device, or it was unplugged."""

    sentence = "No {kind} was found. Plug one in, or choose another one."


class DeviceDenied(DeviceError):
    """The system does not let this program use the device."""

    sentence = "This computer does not allow Parley to use the {kind}. Allow it in the system's privacy settings."


class DeviceSilent(DeviceError):
    """The device is open, but nothing comes from it: macOS gives silence where it does not allow a microphone."""

    sentence = (
        "Your {kind} gives nothing but silence. Is it switched off by a switch or key of its own, or not allowed in "
        "the system's privacy settings?"
    )


class DeviceBusy(DeviceError):
    """Another program holds the device, or it does not answer."""

    sentence = "The {kind} is in use by another program or does not answer. Close the other program and try again."
