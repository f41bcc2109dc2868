"""The devices of a call: opens and closes camera, microphone and speaker as wished, and joins them to the network.

Each device has a worker of its own, so that a camera that takes seconds to open holds nothing up. A wish that changes
while the worker is busy replaces the one before.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, wait
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app import paths
from app.call_picture import CallPicture
from app.call_voice import CallVoice
from app.media.device_book import DeviceBook
from app.media.makers import DeviceMaker
from app.media.microphone import Microphone
from app.media.mixer import Mixer
from app.media.sound_cards import SoundCards
from app.media.speaker import Speaker
from app.media.types import (
    Device,
    DeviceError,
    DeviceKind,
    DeviceMissing,
    DeviceSilent,
    Levels,
    MediaError,
    Picture,
    PictureKey,
    Views,
)
from app.media.voice_trial import Phase, VoiceTrial
from app.media.worker import PatientWorker
from app.state.slices.devices import Choices
from app.state.volumes import volumes_of
from app.wire.media import Source

if TYPE_CHECKING:
    from app.media.types import Samples
    from app.net.tracks import SentTrack

_log = logging.getLogger(__name__)

#: The levels' name for one's own voice, and the mailbox's for one's own picture.
OWN = ""
OWN_PICTURE: PictureKey = (OWN, "camera")
CLOSE_LIMIT_S = 3.0
_SOUND_SUFFIXES = (".ogg", ".opus", ".wav")


@dataclass(frozen=True, slots=True)
class MediaEvents:
    """What the devices tell; called from worker threads.

    Attributes:
        show_own: one's own picture, mirrored, after the number of the view it is for.
        device_told: a device cannot be used (words) or can again (empty).
        told: something else to tell the user.
        listed: the devices that there are.
        tried: how far the trial of one's voice is.
    """

    show_own: Callable[[int, Picture], None]
    device_told: Callable[[DeviceKind, str], None]
    told: Callable[[str], None]
    listed: Callable[[tuple[Device, ...]], None]
    tried: Callable[[Phase], None] = lambda phase: None


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
        self._is_listing = self._is_looking = False
        self._choices = Choices()
        self._is_started = False
        self._microphone: Microphone | None = None
        self._speaker: Speaker | None = None
        self._book = DeviceBook()
        self._cards = SoundCards()
        self._settlers: dict[DeviceKind, Callable[[], None]] = {
            "camera": self._settle_camera,
            "microphone": self._settle_microphone,
            "speaker": self._settle_speaker,
        }
        self._picture = CallPicture(events.show_own, events.told)
        self._voice = CallVoice(VoiceTrial(self.mixer.play, events.tried), events.told)

    def start(self, choices: Choices) -> None:
        """Opens the devices that are chosen and on; returns at once. Nothing leaves the process by this."""
        self._is_started = True
        self._cards.have_changed()
        self.follow(choices)
        for kind, words in list(self._book.failed.items()):
            # Told on the page before the call; the call has its own place for it.
            self._events.device_told(kind, words)
        self._submit("list", self._list)

    def follow(self, choices: Choices) -> None:
        """Follows other choices; what is not open stays closed, but what has failed is tried again."""
        self._choices = self._picture.choices = self._voice.choices = choices
        self.mixer.set_volumes({person: percent / 100 for person, percent in volumes_of(choices).items()})
        if self._is_started:
            self._settle()

    def talk(self, is_on: bool) -> None:
        """Lets the others hear one although the microphone is off, or no longer."""
        self._voice.is_talking = is_on

    def try_voice(self, is_on: bool) -> None:
        """Keeps what is said for some seconds and plays it back, or stops that."""
        if is_on:
            self._voice.trial.start()
        else:
            self._voice.trial.stop()

    def stop(self) -> None:
        """Closes all devices; returns at once."""
        self._is_started = False
        self._voice.stop()
        self._settle()

    def close(self) -> None:
        """Closes all and ends the workers; a driver that hangs is left alone after `CLOSE_LIMIT_S`."""
        self.stop()
        until_s = time.monotonic() + CLOSE_LIMIT_S
        have_ended = {kind: one.end(max(0.0, until_s - time.monotonic())) for kind, one in self._workers.items()}
        self._picture.close()
        if have_ended["microphone"]:
            self._voice.close()
        if not all(have_ended.values()):
            _log.warning("a device did not close in time")

    def send_by(self, tracks: Mapping[Source, SentTrack]) -> None:
        """From now on what is seen and heard goes out by these tracks; a source without one stays here."""
        self._voice.send_by(tracks.get("microphone"))
        self._picture.send_by(tracks.get("camera"))

    def set_own_views(self, views: Views) -> None:
        """Where one's own picture is shown."""
        self._picture.set_views(views)

    @property
    def is_speaking(self) -> bool:
        """Whether one speaks up, heard by the others or not."""
        return self._voice.is_speaking

    @property
    def has_spoken(self) -> bool:
        """Whether all that one said while the microphone was on has left the filters."""
        return self._voice.has_spoken

    def levels(self) -> Levels:
        """How loud everybody is, by person; oneself is `OWN`."""
        return {OWN: self._voice.level, **self.mixer.levels()}

    def play(self, name: str) -> None:
        """Plays one of resources/sounds; silently does not where the speaker is closed."""
        self._submit("speaker", lambda: self._play(name))

    def refresh_devices(self) -> None:
        """Lists the devices again, unless that is under way."""
        if not self._is_listing:
            self._is_listing = True
            self._submit("list", self._list_again)

    def look_again(self) -> None:
        """Sound devices have come or gone, or another one is the system's default: looks, and opens what is chosen."""
        if self._is_started:
            self._submit("list", self._look_again)

    def _settle(self, kinds: Iterable[DeviceKind] = ("camera", "microphone", "speaker")) -> None:
        for kind in kinds:
            self._submit(kind, self._settlers[kind])

    def _submit(self, worker: str, act: Callable[[], None]) -> Future[None]:
        def guarded() -> None:
            try:
                act()
            except Exception:
                _log.exception("a device worker failed")

        return self._workers[worker].submit(guarded)

    def _wish(self, kind: DeviceKind) -> str | None:
        """The device that should be open now; None: none."""
        is_on = self._is_started and (self._choices.camera_on if kind == "camera" else not self._is_looking)
        return self._book.wish(kind, getattr(self._choices, kind)) if is_on else None

    def _is_news(self, kind: DeviceKind, wish: str | None, way: str = "") -> bool:
        """Whether a device has to be opened, tried again or closed; takes the wish for done."""
        is_news = self._book.take(kind, wish, way)
        if wish is None and kind in self._book.failed and not self._is_looking:
            self._note(kind, "")
        return is_news

    def _settle_camera(self) -> None:
        if self._is_started:
            self._picture.settle()
        wish = self._wish("camera")
        if not self._is_news("camera", wish, self._choices.picture):
            return
        if wish is None:
            self._picture.close_camera()
            return
        camera = self._devices.camera(wish, self._loses(wish), self._picture.size_px)
        self._try("camera", wish, lambda: self._picture.open(camera))

    def _settle_microphone(self) -> None:
        wish = self._wish("microphone")
        self._voice.settle()
        if not self._is_news("microphone", wish):
            return
        self._stop_microphone()
        if wish is None:
            return
        self._voice.prepare()
        microphone = self._microphone = self._devices.microphone(wish, self._loses(wish))
        self._try("microphone", wish, lambda: microphone.start(self._voice.hear))

    def _stop_microphone(self) -> None:
        microphone, self._microphone = self._microphone, None
        if microphone is not None:
            microphone.stop()
        self._voice.rest()

    def _settle_speaker(self) -> None:
        wish = self._wish("speaker")
        if not self._is_news("speaker", wish):
            return
        self._stop_speaker()
        if wish is not None:
            speaker = self._speaker = self._devices.speaker(wish, self._loses(wish))
            if not self._try("speaker", wish, lambda: speaker.start(self._play_out)):
                self._run_without_speaker()

    def _play_out(self, samples: int) -> Samples:
        played = self.mixer.mix(samples)
        self._voice.hear_far(played)
        return played

    def _play_to_nobody(self, samples: int) -> Samples:
        played = self.mixer.mix(samples)
        self._voice.hear_far(played[:0])
        return played

    def _stop_speaker(self) -> None:
        speaker, self._speaker = self._speaker, None
        if speaker is not None:
            speaker.stop()

    def _run_without_speaker(self) -> None:
        """The voices go on being played, to nobody: who speaks is still seen."""
        from app.media.no_speaker import NoSpeaker

        self._speaker = NoSpeaker()
        self._speaker.start(self._play_to_nobody)

    def _try(self, kind: DeviceKind, id: str, act: Callable[[], None]) -> bool:
        words = ""
        try:
            act()
        except MediaError as error:
            _log.info("the %s could not be opened: %s", kind, type(error).__name__)
            if isinstance(error, DeviceMissing) and (told := self._book.lose(kind, id)):
                self._events.told(told)
                self._settle()
                return False
            words = error.words
        self._note(kind, words)
        return not words

    def _note(self, kind: DeviceKind, words: str, *, was_lost: bool = False) -> None:
        self._book.note(kind, words, was_lost=was_lost)
        self._events.device_told(kind, words)

    def _loses(self, id: str) -> Callable[[DeviceError], None]:
        """What a device of that id is given to call when it is lost, in its own thread."""
        return lambda error: self._lost(error, id)

    def _lost(self, error: DeviceError, id: str) -> None:
        if not self._book.is_open(error.kind, id):
            return  # it has been let go, for another or for good
        if isinstance(error, DeviceSilent):
            self._note(error.kind, error.words)
            self._voice.wakes = lambda: self._note(error.kind, "")
            return
        if told := self._book.lose(error.kind, id):
            self._events.told(told)
            self._submit("list", self._look_again)
            return
        self._note(error.kind, error.words, was_lost=True)
        self._submit(error.kind, lambda: self._drop(error.kind))

    def _drop(self, kind: DeviceKind) -> None:
        """Closes a device that was lost: PortAudio does not see what is plugged in while a stream is open."""
        if kind not in self._book.failed:
            return  # another one was opened meanwhile
        if kind == "camera":
            self._picture.close_camera()
        elif kind == "microphone":
            self._stop_microphone()
        elif kind == "speaker":
            self._stop_speaker()
            self._run_without_speaker()

    def _list_again(self) -> None:
        try:
            if self._cards.have_changed():
                self._look_again()
            else:
                self._list()
            self._settle(tuple(self._book.lost))
        finally:
            self._is_listing = False

    def _look_again(self) -> None:
        """Closes microphone and speaker for a moment: PortAudio sees no change while a stream is open.

        Both, whichever has changed: it ends every stream when it begins anew. That takes 0.1 s with ALSA (measured
        without a card), besides closing and opening.
        """
        self._is_looking = True
        try:
            closed = [
                self._submit("microphone", self._settle_microphone), self._submit("speaker", self._settle_speaker)
            ]  # fmt: skip
            wait(closed, CLOSE_LIMIT_S)
            self._cards.have_changed()
            self._list()
        finally:
            self._is_looking = False
            self._settle()

    def _list(self) -> None:
        devices = self._devices.list_all()
        told, is_news = self._book.found(devices)
        self._events.listed(devices)
        for words in told:
            self._events.told(words)
        if is_news:
            # Something was plugged in: what failed before may work now.
            self._settle()

    def _play(self, name: str) -> None:
        from app.media.sounds import read_sound

        if self._speaker is None:
            return
        found = [file for suffix in _SOUND_SUFFIXES if (file := paths.resource("sounds", name + suffix)).is_file()]
        if found:
            self.mixer.play(read_sound(found[0]))
