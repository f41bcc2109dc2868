"""Camera, microphone and speaker: opened and closed as the state wants them, and what they tell."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import asdict

from app.call_media import OWN_PICTURE, CallMedia, MediaEvents
from app.effects.context import Context
from app.media.makers import DeviceMaker
from app.media.muted_speech import MutedSpeech
from app.media.types import Device, DeviceKind
from app.net.rounds import Rounds
from app.net.warming import warm_up
from app.parts import choices_of
from app.state import effects
from app.state.events import Announced, ChoicesLoaded, DevicesListed, DeviceTold, SpokeMuted, TrialTold
from app.state.slices.devices import DeviceItem
from app.state.toasts import DEVICES

_log = logging.getLogger(__name__)

_LEVELS_EVERY_S = 0.1
_DEVICES_EVERY_S = 3.0


class DeviceEffects:
    """Steers `CallMedia`; on the loop, except where a method says "from any thread".

    Attributes:
        media: the devices.
    """

    def __init__(self, context: Context, devices: DeviceMaker) -> None:
        """Opens nothing.

        Args:
            context: of all carriers.
            devices: where devices come from.
        """
        self._context = context
        self._are_open = False
        self._listed_s = time.monotonic()
        self.media = CallMedia(devices, self._media_events())
        add = context.carriers.add
        add(effects.StartDevices, lambda effect: self._start())
        add(effects.StopDevices, lambda effect: self._stop())
        add(effects.SaveChoices, self._save)
        add(effects.Talk, lambda effect: self.media.talk(effect.is_on))
        add(effects.TryVoice, lambda effect: self.media.try_voice(effect.is_on))
        add(effects.PlaySound, lambda effect: self.media.play(effect.name))

    def begin(self) -> None:
        """Tells what was chosen the last time, and from now on how loud everybody is while devices are open."""
        self._context.parts.loop.spawn(self._tell_levels(), name="levels")
        self._context.happen(ChoicesLoaded(choices=choices_of(self._context.parts.settings.now.choices)))

    def _media_events(self) -> MediaEvents:
        context = self._context

        def told(kind: DeviceKind, words: str) -> None:
            context.do(DeviceTold(kind=kind, words=words))

        def listed(devices: tuple[Device, ...]) -> None:
            items = tuple(DeviceItem(one.id, one.name, one.kind) for one in devices)
            context.parts.loop.call(self._listed, items)

        return MediaEvents(
            show_own=lambda view, picture: context.parts.mailbox.put(OWN_PICTURE, view, picture),
            device_told=told,
            told=lambda words: context.do(Announced(words=words, about=(DEVICES,))),
            listed=listed,
            tried=lambda phase: context.do(TrialTold(trial=phase)),
        )

    def _listed(self, items: tuple[DeviceItem, ...]) -> None:
        if items != self._context.state().devices.found:
            self._context.happen(DevicesListed(devices=items))

    def _save(self, effect: effects.SaveChoices) -> None:
        self.media.follow(effect.choices)
        self._context.save({"choices": asdict(effect.choices)}, "Your choices could not be saved. Is the disk full?")

    def _start(self) -> None:
        self._are_open = True
        self.media.start(self._context.state().devices.chosen)
        self._context.chores.submit(self._warm_up)

    def _warm_up(self) -> None:
        try:
            warm_up()
        except Exception:
            _log.exception("the media libraries did not load")
            self._context.do(Announced(words="Sound and picture cannot be sent: a library is missing.", is_bad=True))

    def _stop(self) -> None:
        self._are_open = False
        self.media.stop()
        self._context.audience.show_levels({})

    async def _tell_levels(self) -> None:
        rounds, muted = Rounds(_log, "telling levels"), MutedSpeech()
        while True:
            await asyncio.sleep(_LEVELS_EVERY_S)
            with rounds:
                if self._are_open:
                    self._tell_level(muted)

    def _tell_level(self, muted: MutedSpeech) -> None:
        self._context.audience.show_levels(self.media.levels())
        state, now_s = self._context.state(), time.monotonic()
        is_muted = state.is_seated and not state.devices.microphone_on
        if muted.add(is_speaking=self.media.is_speaking, is_muted=is_muted, at_s=now_s):
            self._context.happen(SpokeMuted())
        if now_s - self._listed_s > _DEVICES_EVERY_S:
            self._listed_s = now_s
            self.media.refresh_devices()
