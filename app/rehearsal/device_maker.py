"""Files in the places of the devices that are given; the others are the computer's own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from app.media.camera import Camera
from app.media.makers import OnLost, SystemDevices
from app.media.microphone import Microphone
from app.media.screen.types import Screens
from app.media.speaker import Speaker
from app.media.types import Device, DeviceKind
from app.rehearsal.devices import FileCamera, FileMicrophone, FileSpeaker
from app.rehearsal.screens import FileScreens


@dataclass(frozen=True, slots=True)
class FileDevices:
    """Files in place of devices; those that are not given are the computer's own. A `makers.DeviceMaker`.

    Attributes:
        camera_file: played again and again.
        microphone_file: played once, silence follows.
        speaker_file: takes what would be heard, as WAV.
        start_at_s: the instant (`time.monotonic()`) at which the files begin; None: when opened.
        screen_file: the one screen that can be shared.
    """

    camera_file: Path | None = None
    microphone_file: Path | None = None
    speaker_file: Path | None = None
    start_at_s: float | None = None
    screen_file: Path | None = None

    def camera(self, device_id: str, on_lost: OnLost, size_px: tuple[int, int]) -> Camera:
        """A camera; see `DeviceMaker`."""
        if self.camera_file is None:
            return SystemDevices().camera(device_id, on_lost, size_px)
        return FileCamera(self.camera_file, size_px=size_px, start_at_s=self.start_at_s)

    def microphone(self, device_id: str, on_lost: OnLost) -> Microphone:
        """A microphone; see `DeviceMaker`."""
        if self.microphone_file is None:
            return SystemDevices().microphone(device_id, on_lost)
        return FileMicrophone(self.microphone_file, start_at_s=self.start_at_s)

    def speaker(self, device_id: str, on_lost: OnLost) -> Speaker:
        """A speaker; see `DeviceMaker`."""
        return FileSpeaker(self.speaker_file) if self.speaker_file else SystemDevices().speaker(device_id, on_lost)

    def screens(self) -> Screens:
        """The screens; see `DeviceMaker`."""
        if self.screen_file is None:
            return SystemDevices().screens()
        return FileScreens(self.screen_file, self.start_at_s)

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
