"""The devices of a call: opens and closes camera, microphone and speaker as wished, and joins them to the network.

Each device has a worker of its own, so that a camera that takes seconds to open holds nothing up. A wish that changes
while the worker is busy replaces the one before.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app import paths
from app.media.levels import LevelMeter
from app.media.makers import DeviceMaker
from app.media.microphone import Microphone
from app.media.mixer import Mixer
from app.media.speaker import Speaker
from app.media.types import (
    Background,
    Device,
    DeviceError,
    DeviceKind,
    Levels,
    MediaError,
    Picture,
    PictureKey,
    Views,
)
from app.media.worker import PatientWorker
from app.net.encoding import CAMERA
from app.state.slices.devices import Choices
from app.wire.media import Source

if TYPE_CHECKING:
    from app.media.noise import NoiseFilter
    from app.media.outgoing import Outgoing
    from app.media.types import Frame, Samples
    from app.net.tracks import MicrophoneTrack, PictureTrack, SentTrack

_log = logging.getLogger(__name__)

#: The levels' name for one's own voice, and the mailbox's for one's own picture.
OWN = ""
OWN_PICTURE: PictureKey = (OWN, "camera")
CLOSE_LIMIT_S = 3.0
_MODEL = ("models", "selfie_segmentation_landscape.tflite")
_SOUND_SUFFIXES = (".ogg", ".opus", ".wav")


@dataclass(frozen=True, slots=True)
class MediaEvents:
    """What the devices tell; called from worker threads.

    Attributes:
        show_own: one's own picture, mirrored, after the number of the view it is for.
        device_told: a device cannot be used (words) or can again (empty).
        told: something else to tell the user.
        listed: the devices that there are.
    """

    show_own: Callable[[int, Picture], None]
    device_told: Callable[[DeviceKind, str], None]
    told: Callable[[str], None]
    listed: Callable[[tuple[Device, ...]], None]


class CallMedia:
    """Camera, microphone and speaker of the page before a call and of the call itself.

    Attributes:
        mixer: takes the far voices.
    """

    def __init__(self, devices: DeviceMaker, events: MediaEvents) -> None:
        """Opens nothing.

        Args:
            devices: where devices come from.
            events: what is told.
        """
        self._devices = devices
        self._events = events
        self.mixer = Mixer()
        self._workers = {kind: PatientWorker(kind) for kind in ("camera", "microphone", "speaker", "list")}
        self._is_listing = False
        self._choices = Choices()
        self._is_started = False
        self._microphone: Microphone | None = None
        self._speaker: Speaker | None = None
        self._open: dict[DeviceKind, str | None] = {}
        self._failed: dict[DeviceKind, str] = {}
        self._present: tuple[Device, ...] = ()
        self._background = ""
        self._outgoing: Outgoing | None = None
        self._own_views: Views | None = None
        self._noise: NoiseFilter | None = None
        self._meter = LevelMeter()
        self._camera_track: PictureTrack | None = None
        self._microphone_track: MicrophoneTrack | None = None

    def start(self, choices: Choices) -> None:
        """Opens the devices that are chosen and on; returns at once. Nothing leaves the process by this."""
        self._choices, self._is_started = choices, True
        for kind, words in list(self._failed.items()):
            # Told on the page before the call; the call has its own place for it.
            self._events.device_told(kind, words)
        self._settle()
        self._submit("list", self._list)

    def follow(self, choices: Choices) -> None:
        """Follows other choices; what is not open stays closed, but what has failed is tried again."""
        self._choices = choices
        if self._is_started:
            self._settle()

    def stop(self) -> None:
        """Closes all devices; returns at once."""
        self._is_started = False
        self._settle()

    def close(self) -> None:
        """Closes all and ends the workers; a driver that hangs is left alone after `CLOSE_LIMIT_S`."""
        self.stop()
        until_s = time.monotonic() + CLOSE_LIMIT_S
        have_ended = {kind: one.end(max(0.0, until_s - time.monotonic())) for kind, one in self._workers.items()}
        if self._outgoing is not None:
            self._outgoing.close()
        if self._noise is not None and have_ended["microphone"]:
            self._noise.close()
        if not all(have_ended.values()):
            _log.warning("a device did not close in time")

    def send_by(self, tracks: Mapping[Source, SentTrack]) -> None:
        """From now on what is seen and heard goes out by these tracks; a source without one stays here."""
        camera = tracks.get("camera")
        self._camera_track, self._microphone_track = camera, tracks.get("microphone")
        self._set_policy()
        newest = self._outgoing.latest() if self._outgoing else None
        if camera is not None and newest is not None and self._choices.camera_on:
            camera.show(newest)

    def set_own_views(self, views: Views) -> None:
        """Where one's own picture is shown."""
        self._own_views = views
        if self._outgoing is not None:
            self._outgoing.set_views(views)

    def levels(self) -> Levels:
        """How loud everybody is, by person; oneself is `OWN`."""
        return {OWN: self._meter.level, **self.mixer.levels()}

    def play(self, name: str) -> None:
        """Plays one of resources/sounds; silently does not where the speaker is closed."""
        self._submit("speaker", lambda: self._play(name))

    def refresh_devices(self) -> None:
        """Lists the devices again, unless that is under way."""
        if not self._is_listing:
            self._is_listing = True
            self._submit("list", self._list_again)

    def _settle(self) -> None:
        self._submit("camera", self._settle_camera)
        self._submit("microphone", self._settle_microphone)
        self._submit("speaker", self._settle_speaker)

    def _submit(self, worker: str, act: Callable[[], None]) -> None:
        def guarded() -> None:
            try:
                act()
            except Exception:
                _log.exception("a device worker failed")

        self._workers[worker].submit(guarded)

    def _wish(self, kind: DeviceKind) -> str | None:
        """The device that should be open now; None: none."""
        is_on = self._is_started and (kind != "camera" or self._choices.camera_on)
        chosen = {
            "camera": self._choices.camera,
            "microphone": self._choices.microphone,
            "speaker": self._choices.speaker,
        }
        return (chosen[kind] or "default") if is_on else None

    def _is_news(self, kind: DeviceKind, wish: str | None) -> bool:
        """Whether a device has to be opened, tried again or closed; takes the wish for done."""
        if wish == self._open.get(kind) and kind not in self._failed:
            return False
        self._open[kind] = wish
        if wish is None and kind in self._failed:
            self._note(kind, "")
        return True

    def _settle_camera(self) -> None:
        if self._is_started:
            self._settle_background()
        if self._outgoing is not None:
            self._outgoing.save_data(self._choices.data_saver)
        self._set_policy()
        wish = self._wish("camera")
        if not self._is_news("camera", wish):
            return
        if wish is None:
            self._close_camera()
            return
        self._try("camera", lambda: self._made_outgoing().use_camera(self._devices.camera(wish, self._lost)))

    def _close_camera(self) -> None:
        if self._outgoing is not None:
            self._outgoing.use_camera(None)
        track = self._camera_track
        if track is not None:
            # A picture that waits for a connection to come up is not to go out once the camera is off.
            track.hide()

    def _set_policy(self) -> None:
        """Lets the camera's encoder spend what the choices allow, from its next picture on."""
        track = self._camera_track
        if track is not None:
            track.policy = CAMERA.saving() if self._choices.data_saver else CAMERA

    def _settle_background(self) -> None:
        wish = self._choices.background
        if wish == self._background:
            return
        self._background = wish
        kind, _, name = wish.partition(":")
        choice = Background("blur") if kind == "blur" else Background()
        if kind == "image" and name == Path(name).name:
            choice = Background("image", paths.resource("backgrounds", name))
        try:
            self._made_outgoing().set_background(choice)
        except MediaError as error:
            self._events.told(error.words)

    def _made_outgoing(self) -> Outgoing:
        if self._outgoing is None:
            from app.media.outgoing import Outgoing

            self._outgoing = Outgoing(
                mask_model=paths.resource(*_MODEL),
                show=self._events.show_own,
                tell=lambda error: self._events.told(error.words),
            )
            self._outgoing.listen(self._send_frame)
            self._outgoing.save_data(self._choices.data_saver)
            if self._own_views is not None:
                self._outgoing.set_views(self._own_views)
        return self._outgoing

    def _send_frame(self, frame: Frame) -> None:
        track = self._camera_track
        if track is not None and self._choices.camera_on:
            track.show(frame)

    def _settle_microphone(self) -> None:
        wish = self._wish("microphone")
        if self._noise is not None:
            self._noise.switch(self._choices.noise_filter)
        if not self._is_news("microphone", wish):
            return
        self._stop_microphone()
        if wish is None:
            return
        self._make_noise_filter()
        microphone = self._microphone = self._devices.microphone(wish, self._lost)
        self._try("microphone", lambda: microphone.start(self._hear))

    def _stop_microphone(self) -> None:
        microphone, self._microphone = self._microphone, None
        if microphone is not None:
            microphone.stop()
        track = self._microphone_track
        if track is not None:
            # The next one's sound does not go on from this one's.
            track.rest()

    def _make_noise_filter(self) -> None:
        if self._noise is not None:
            return
        from app.media.noise import NoiseFilter

        try:
            self._noise = NoiseFilter(is_on=self._choices.noise_filter)
        except MediaError as error:
            self._events.told(error.words)

    def _hear(self, block: Samples) -> None:
        """Each 10 ms of the microphone, in its own thread."""
        clean = self._noise.process(block) if self._noise is not None else block
        self._meter.add(clean)
        track = self._microphone_track
        if track is None:
            return
        if self._choices.microphone_on:
            track.hear(clean)
        else:
            track.rest()

    def _settle_speaker(self) -> None:
        wish = self._wish("speaker")
        if not self._is_news("speaker", wish):
            return
        self._stop_speaker()
        if wish is not None:
            speaker = self._speaker = self._devices.speaker(wish, self._lost)
            if not self._try("speaker", lambda: speaker.start(self.mixer.mix)):
                self._run_without_speaker()

    def _stop_speaker(self) -> None:
        speaker, self._speaker = self._speaker, None
        if speaker is not None:
            speaker.stop()

    def _run_without_speaker(self) -> None:
        """The voices go on being played, to nobody: who speaks is still seen."""
        from app.media.no_speaker import NoSpeaker

        self._speaker = NoSpeaker()
        self._speaker.start(self.mixer.mix)

    def _try(self, kind: DeviceKind, act: Callable[[], None]) -> bool:
        words = ""
        try:
            act()
        except MediaError as error:
            _log.info("the %s could not be opened: %s", kind, type(error).__name__)
            words = error.words
        self._note(kind, words)
        return not words

    def _note(self, kind: DeviceKind, words: str) -> None:
        if words:
            self._failed[kind] = words
        else:
            self._failed.pop(kind, None)
        self._events.device_told(kind, words)

    def _lost(self, error: DeviceError) -> None:
        self._note(error.kind, error.words)
        self._submit(error.kind, lambda: self._drop(error.kind))

    def _drop(self, kind: DeviceKind) -> None:
        """Closes a device that was lost: PortAudio does not see what is plugged in while a stream is open."""
        if kind not in self._failed:
            return  # another one was opened meanwhile
        if kind == "camera":
            self._close_camera()
        elif kind == "microphone":
            self._stop_microphone()
        elif kind == "speaker":
            self._stop_speaker()
            self._run_without_speaker()

    def _list_again(self) -> None:
        try:
            self._list()
        finally:
            self._is_listing = False

    def _list(self) -> None:
        before, self._present = self._present, self._devices.list_all()
        self._events.listed(self._present)
        if before and self._present != before and self._failed:
            # Something was plugged in: what failed before may work now.
            self._settle()

    def _play(self, name: str) -> None:
        from app.media.sounds import read_sound

        if self._speaker is None:
            return
        found = [file for suffix in _SOUND_SUFFIXES if (file := paths.resource("sounds", name + suffix)).is_file()]
        if found:
            self.mixer.play(read_sound(found[0]))
