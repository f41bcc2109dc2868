"""One's own hands, watched while the state wants it: what they showed goes back to it, and to the window how long."""

from __future__ import annotations

from collections.abc import Callable

from app import paths
from app.effects.context import Context
from app.media.camera import Camera
from app.media.gestures import Held
from app.media.hands import HandWatch
from app.media.makers import DeviceMaker, OnLost
from app.media.microphone import Microphone
from app.media.screen.types import Screens
from app.media.speaker import Speaker
from app.media.types import Device
from app.state import effects
from app.state.events import Announced, Gestured, PalmGone
from app.state.toasts import DEVICES

_MODEL = ("models", "hand_full.task")


class GestureEffects:
    """Steers the `HandWatch`; on the loop, except where a method says otherwise."""

    def __init__(self, context: Context, *, is_quiet: Callable[[], bool]) -> None:
        """Looks at nothing.

        Args:
            context: of all carriers.
            is_quiet: whether the person does not speak, though there be music or a hum; asked from the watching thread.
        """
        self._context = context
        self._watch = HandWatch(
            paths.resource(*_MODEL),
            held=self._held,
            failed=lambda error: context.do(Announced(words=error.words, about=(DEVICES,))),
            is_quiet=is_quiet,
        )
        context.carriers.add(effects.WatchHands, lambda effect: self._watch.watch(effect.is_on))

    def over(self, devices: DeviceMaker) -> DeviceMaker:
        """Devices whose cameras are seen by the watch, too."""
        return _SeenDevices(devices, self._watch.over)

    def close(self) -> None:
        """Stops looking, and waits for that; from any thread."""
        self._watch.close()

    def _held(self, held: Held) -> None:
        """From the watching thread."""
        self._context.audience.show_held(held)
        if held.made is not None:
            self._context.do(Gestured(gesture=held.made))
        if held.is_gone:
            self._context.do(PalmGone())


class _SeenDevices:
    """A `DeviceMaker` whose cameras somebody else sees, too."""

    def __init__(self, devices: DeviceMaker, over: Callable[[Camera], Camera]) -> None:
        self._devices, self._over = devices, over

    def camera(self, device_id: str, on_lost: OnLost, size_px: tuple[int, int]) -> Camera:
        return self._over(self._devices.camera(device_id, on_lost, size_px))

    def microphone(self, device_id: str, on_lost: OnLost) -> Microphone:
        return self._devices.microphone(device_id, on_lost)

    def speaker(self, device_id: str, on_lost: OnLost) -> Speaker:
        return self._devices.speaker(device_id, on_lost)

    def list_all(self) -> tuple[Device, ...]:
        return self._devices.list_all()

    def screens(self) -> Screens:
        return self._devices.screens()
