"""Devices: which there are, and which are chosen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

DeviceKind = Literal["camera", "microphone", "speaker"]


@dataclass(frozen=True, slots=True)
class Choices:
    """The devices that the user chose; saved at once by `effects.SaveChoices`."""

    #: Device ids; empty: the system's default.
    camera: str = ""
    microphone: str = ""
    speaker: str = ""
    noise_filter: bool = True
    #: "none", "blur" or "image:<file name in resources/backgrounds>".
    background: str = "none"
    microphone_on: bool = True
    camera_on: bool = True
    #: Sends a small, slow picture: for connections that are paid by the megabyte.
    data_saver: bool = False


@dataclass(frozen=True, slots=True)
class DeviceItem:
    """A device that can be chosen."""

    id: str
    name: str
    kind: DeviceKind


@dataclass(frozen=True, slots=True)
class Devices:
    """The devices of this computer."""

    chosen: Choices = Choices()
    #: Those that there are now.
    found: tuple[DeviceItem, ...] = ()
