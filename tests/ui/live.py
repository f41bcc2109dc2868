"""A window with the real state and the real media code behind it, over devices that tests make."""

import threading

from PySide6.QtWidgets import QComboBox

from app.call_media import OWN_PICTURE, CallMedia, MediaEvents
from app.media.types import Device
from app.state.effects import SaveChoices
from app.state.update import update
from tests.fakes.camera import FakeCamera
from tests.fakes.headless import Ear
from tests.fakes.media_desk import NearbyFilters
from tests.fakes.microphone import FakeMicrophone
from tests.patience import PATIENCE_S


class Rack:
    """Fake devices by kind, each with the id it was asked for by."""

    def __init__(self):
        self.made = {"camera": [], "microphone": [], "speaker": []}

    def _keep(self, kind, device_id, device):
        self.made[kind].append((device_id, device))
        return device

    def camera(self, device_id, on_lost, size_px):
        return self._keep("camera", device_id, FakeCamera())

    def microphone(self, device_id, on_lost):
        return self._keep("microphone", device_id, FakeMicrophone())

    def speaker(self, device_id, on_lost):
        return self._keep("speaker", device_id, Ear())

    def list_all(self):
        return (Device("c2", "Second camera", "camera"),)


class Live:
    """A window whose intents go through the real state, and whose choices go to real media code."""

    def __init__(self, scene, state):
        self.scene, self.state, self.effects = scene, state, []
        self.rack, self.words = Rack(), {}
        self.settled = threading.Condition()
        events = MediaEvents(
            show_own=lambda view, picture: scene.mailbox.put(OWN_PICTURE, view, picture),
            device_told=self._told, told=lambda words: None, listed=lambda devices: None,
        )  # fmt: skip
        self.media = CallMedia(self.rack, events)
        self.media._voice.make_filters = NearbyFilters
        scene.bridge.stage._tell = lambda wanted: self.media.set_own_views(wanted.get(OWN_PICTURE, {}))
        scene.bridge._do = self.do
        scene.show(state)

    def _told(self, kind, words):
        with self.settled:
            self.words[kind] = words
            self.settled.notify_all()

    def do(self, intent):
        self.state, effects = update(self.state, intent)
        self.effects += effects
        for one in effects:
            if isinstance(one, SaveChoices):
                self.media.follow(one.choices)
        self.scene.show(self.state)

    def open(self):
        self.media.start(self.state.devices.chosen)
        self.until(lambda: len(self.words) == 3)

    def until(self, is_true):
        with self.settled:
            assert self.settled.wait_for(is_true, PATIENCE_S), (self.words, self.rack.made)

    def ids(self, kind):
        return [one[0] for one in self.rack.made[kind]]

    def newest(self, kind):
        return self.rack.made[kind][-1][1]

    def choose(self, name, value):
        field = self.scene.find(name, QComboBox)
        field.setCurrentIndex(field.findData(value))
        field.activated.emit(field.currentIndex())
