"""A CallMedia over devices that a test holds, and what it told."""

import threading

import numpy as np

from app.call_media import CallMedia, MediaEvents
from app.media.types import BLOCK, RATE_HZ, Device, DeviceMissing
from app.media.voice_filters import VoiceFilters
from app.state.slices.devices import Choices
from tests.fakes.camera import FakeCamera
from tests.fakes.headless import Ear
from tests.fakes.microphone import FakeMicrophone
from tests.patience import PATIENCE_S

PLAIN = Choices(noise="off", echo=False, levels=False)


def melody(count):
    """Blocks of four tones, one after another, each swelling and dying."""
    times = np.arange(count * BLOCK) / RATE_HZ
    tones = 440 + 220 * (times // 0.3 % 4)
    sound = 0.2 * (1 + np.sin(times * 11)) * np.sin(2 * np.pi * tones * times)
    return list(sound.astype(np.float32).reshape(count, BLOCK))


class Rack:
    """Devices by kind, each remembered as it was made."""

    def __init__(self):
        self.made = {"camera": [], "microphone": [], "speaker": []}
        self.failures, self.missing, self.sizes = {}, set(), []
        self.present = (Device("one", "One", "camera"),)
        self.losses = {}

    def on_lost(self, error):
        """The newest device of a kind is lost."""
        self.losses[error.kind](error)

    def camera(self, device_id, on_lost, size_px):
        self.losses["camera"] = on_lost
        self.sizes.append(size_px)
        self.made["camera"].append((device_id, FakeCamera(failure=self.failures.get("camera"))))
        return self.made["camera"][-1][1]

    def microphone(self, device_id, on_lost):
        self.losses["microphone"] = on_lost
        is_missing = device_id in self.missing
        failure = DeviceMissing("microphone") if is_missing else self.failures.get("microphone")
        self.made["microphone"].append((device_id, FakeMicrophone(failure=failure)))
        return self.made["microphone"][-1][1]

    def speaker(self, device_id, on_lost):
        self.losses["speaker"] = on_lost
        self.made["speaker"].append((device_id, Ear()))
        if "speaker" in self.failures:
            return FakeCamera(failure=self.failures["speaker"])
        return self.made["speaker"][-1][1]

    def list_all(self):
        return self.present


class Desk:
    """A CallMedia and what it told."""

    def __init__(self):
        self.changed = threading.Condition()
        self.words, self.told, self.pictures, self.lists, self.tried = {}, [], [], [], []
        self.rack = Rack()
        self.media = CallMedia(
            self.rack,
            MediaEvents(
                show_own=lambda view, picture: self.note(self.pictures, picture),
                device_told=self.note_words,
                told=lambda words: self.note(self.told, words),
                listed=lambda devices: self.note(self.lists, devices),
                tried=lambda phase: self.note(self.tried, phase),
            ),
        )
        self.media._voice.make_filters = NearbyFilters

    def note(self, where, what):
        with self.changed:
            where.append(what)
            self.changed.notify_all()

    def note_words(self, kind, words):
        with self.changed:
            self.words[kind] = words
            self.changed.notify_all()

    def until(self, is_true, limit_s=PATIENCE_S):
        with self.changed:
            assert self.changed.wait_for(is_true, limit_s), (self.words, self.told, self.rack.made)

    def open(self, choices=PLAIN):
        self.media.start(choices)
        self.until(lambda: {"camera", "microphone", "speaker"} <= set(self.words))

    def drain(self, worker):
        """Returns when a worker has done what it was asked for before."""
        self.media._workers[worker].submit(lambda: None).result(PATIENCE_S)

    def newest(self, kind):
        return self.rack.made[kind][-1][1]


class NearbyFilters:
    """What a voice passes through, in this process: each block is through when it has been given."""

    def __init__(self, tell, on_clean):
        self._filters, self._on_clean = VoiceFilters(tell), on_clean
        self.settle, self.hear_far, self.close = self._filters.settle, self._filters.hear_far, self._filters.close

    @property
    def noise(self):
        return self._filters.noise

    def begin(self):
        pass

    def push(self, block, mark):
        self._on_clean(self._filters.process(block), self._filters.speech, mark)


class Track:
    """Takes what goes out."""

    def __init__(self):
        self.taken = []
        self.rests = 0
        self.arrived = threading.Event()
        self.taken_back = threading.Event()
        self.policy = None

    def show(self, frame):
        self.taken.append(frame)
        self.arrived.set()

    def hear(self, block, said_s):
        self.show(block)

    def rest(self):
        self.rests += 1

    def hide(self):
        self.taken_back.set()
