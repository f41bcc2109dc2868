"""Where devices come from: this computer, or whatever stands in their places."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Protocol

from app.media.camera import Camera
from app.media.microphone import Microphone
from app.media.screen.types import Screens, ScreenUnsupported
from app.media.speaker import Speaker
from app.media.types import Device, DeviceError

OnLost = Callable[[DeviceError], None]


class DeviceMaker(Protocol):
    """Makes devices, unopened: those of the computer, or what stands in their places."""

    def camera(self, device_id: str, on_lost: OnLost, size_px: tuple[int, int]) -> Camera:
        """A camera, asked for pictures of that width and height; "default" is the system's choice."""

    def microphone(self, device_id: str, on_lost: OnLost) -> Microphone:
        """A microphone."""

    def speaker(self, device_id: str, on_lost: OnLost) -> Speaker:
        """A speaker."""

    def list_all(self) -> tuple[Device, ...]:
        """What can be chosen; may take a second."""

    def screens(self) -> Screens:
        """The screens and windows.

        Raises:
            ScreenUnsupported: none can be shared from this session.
        """


class SystemDevices:
    """The devices of this computer.

    Args:
        screens: gives the screens of every system but X11, which only the window's toolkit can see; None: it cannot.
    """

    def __init__(self, screens: Callable[[], Screens | None] = lambda: None) -> None:
        self._screens = screens

    def camera(self, device_id: str, on_lost: OnLost, size_px: tuple[int, int]) -> Camera:
        """A camera; see `DeviceMaker`."""
        from app.media.camera import DeviceCamera

        return DeviceCamera(device_id, size_px=size_px, on_lost=on_lost)

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

    def screens(self) -> Screens:
        """Screens and windows; see `DeviceMaker`."""
        if sys.platform.startswith("linux") and not os.environ.get("WAYLAND_DISPLAY"):
            if not os.environ.get("DISPLAY"):
                raise ScreenUnsupported
            from app.media.screen.x11 import X11Screens

            return X11Screens()
        found = self._screens()
        if found is None:
            raise ScreenUnsupported
        return found
