"""Where devices come from: this computer, files in their places, or a test."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from app.media.camera import Camera
from app.media.microphone import Microphone
from app.media.speaker import Speaker
from app.media.types import Device, DeviceError, DeviceKind

OnLost = Callable[[DeviceError], None]


class DeviceMaker(Protocol):
    """Makes devices, unopened: those of the computer, files, or a test's."""

    def camera(self, device_id: str, on_lost: OnLost) -> Camera:
        """A camera; "default" is the system's choice."""

    def microphone(self, device_id: str, on_lost: OnLost) -> Microphone:
        """A microphone."""

    def speaker(self, device_id: str, on_lost: OnLost) -> Speaker:
        """A speaker."""

    def list_all(self) -> tuple[Device, ...]:
        """What can be chosen; may take a second."""


class SystemDevices:
    """The devices of this computer."""

    def camera(self, device_id: str, on_lost: OnLost) -> Camera:
        """A camera; see `DeviceMaker`."""
        from app.media.camera import DeviceCamera

        return DeviceCamera(device_id, on_lost=on_lost)

    def microphone(self, device_id: str, on_lost: OnLost) -> Microphone:
        """A microphone; see `DeviceMaker`."""
        from app.media.microphone import DeviceMicrophone

        return DeviceMicrophone(device_id, on_lost=on_lost)

    def speaker(self, device_id: str, on_lost: OnLost) -> Speaker:
        """A speaker; see `DeviceMaker`."""
        from app.media.speaker import DeviceSpeaker

        return DeviceSpeaker(device_id, on_lost=on_lost)

    def list_all(self) -> tuple[Device, ...]:
        """What is plugged in; see `DeviceMaker`."""
        from app.media.devices import list_devices

        return list_devices(refresh=True)


@dataclass(frozen=True, slots=True)
class FileDevices:
    """Files in place of devices, for the demo and for tests; those that are not given are the computer's own.

    Attributes:
        camera_file: played again and again.
        microphone_file: played once, silence follows.
        speaker_file: takes what would be heard, as WAV.
        start_at_s: the instant (`time.monotonic()`) at which the files begin; None: when opened.
    """

    camera_file: Path | None = None
    microphone_file: Path | None = None
    speaker_file: Path | None = None
    start_at_s: float | None = None

    def camera(self, device_id: str, on_lost: OnLost) -> Camera:
        """A camera; see `DeviceMaker`."""
        from app.media.scripted import FileCamera

        if self.camera_file is None:
            return SystemDevices().camera(device_id, on_lost)
        return FileCamera(self.camera_file, start_at_s=self.start_at_s)

    def microphone(self, device_id: str, on_lost: OnLost) -> Microphone:
        """A microphone; see `DeviceMaker`."""
        from app.media.scripted import FileMicrophone

        if self.microphone_file is None:
            return SystemDevices().microphone(device_id, on_lost)
        return FileMicrophone(self.microphone_file, start_at_s=self.start_at_s)

    def speaker(self, device_id: str, on_lost: OnLost) -> Speaker:
        """A speaker; see `DeviceMaker`."""
        from app.media.scripted import FileSpeaker

        return FileSpeaker(self.speaker_file) if self.speaker_file else SystemDevices().speaker(device_id, on_lost)

    def list_all(self) -> tuple[Device, ...]:
        """What is plugged in, with the files in the places of the kinds they replace; see `DeviceMaker`."""
        files: tuple[tuple[DeviceKind, Path | None], ...] = (
            ("camera", self.camera_file),
            ("microphone", self.microphone_file),
            ("speaker", self.speaker_file),
        )
        replaced = {kind for kind, file in files if file}
        named = tuple(Device("default", file.name, kind) for kind, file in files if file)
        others = () if len(replaced) == len(files) else SystemDevices().list_all()
        return (*named, *(device for device in others if device.kind not in replaced))
