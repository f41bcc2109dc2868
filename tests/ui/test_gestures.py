"""Gestures on the window: the host's switch, the switch before the call, one's own, and the ring that fills."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication

from app.media.gestures import Held
from app.state import call_intents, gestures
from app.state.slices.devices import Choices
from app.state.slices.gestures import Gestures
from app.state.stage import OWN
from app.ui.motion import motion
from app.ui.widgets.hold_layer import HoldLayer
from tests.fakes.putting import put
from tests.looks import call_states, states

UNRECORDED = call_states.Recording()


def host(**changes):
    return call_states.call(3, **{"host": "p0", **changes})


@pytest.mark.parametrize("is_on", [False, True])
def test_r17_the_host_has_the_switch_beside_that_of_the_recording(scene, is_on):
    scene.show(host(gestures=Gestures(is_on)))
    button, record = scene.find("toggle-gestures"), scene.find("toggle-recording")
    assert button.isChecked() is is_on
    assert 0 < button.x() - record.geometry().right() < 20
    scene.click("toggle-gestures")
    scene.qtbot.keyClick(scene.window.page, Qt.Key.Key_G)
    assert scene.take() == [call_intents.SwitchGestures(is_on=not is_on)] * 2
    assert button.isChecked() is is_on, "it shows what the server says"


def test_r17_others_do_not_have_it(scene):
    scene.show(call_states.call(3))
    assert not scene.is_visible("toggle-gestures")
    scene.qtbot.keyClick(scene.window.page, Qt.Key.Key_G)
    assert scene.take() == []


def test_r18_while_nothing_is_recorded_the_switch_says_why_it_does_nothing(scene):
    scene.show(host(recording=UNRECORDED))
    words = gestures.NEED_RECORDING.rstrip(".")
    assert words in scene.find("toggle-gestures").toolTip()
    scene.show(put(host(recording=UNRECORDED), "connection.gestures_need_recording", False))
    assert words not in scene.find("toggle-gestures").toolTip()


class TestBeforeTheCall:
    def test_r18_the_switch_waits_for_that_of_the_recording_and_says_so(self, scene):
        scene.show(states.prejoin(record=False))
        switch = scene.find("gestures-switch")
        assert not switch.isEnabled()
        assert switch.accessibleDescription() == gestures.NEED_RECORDING
        assert gestures.NEED_RECORDING in switch.toolTip()
        assert "gestures do not work" in scene.find("record-words").text()
        scene.show(states.prejoin())
        assert gestures.NEED_RECORDING not in switch.toolTip()
        scene.click("gestures-switch")
        assert scene.take() == [call_intents.ChooseGestures(is_on=True)]

    def test_where_the_server_says_so_it_needs_none(self, scene):
        scene.show(put(states.prejoin(record=False), "connection.gestures_need_recording", False))
        assert scene.find("gestures-switch").isEnabled()
        assert "gestures" not in scene.find("record-words").text()

    def test_r17_others_are_not_offered_it(self, scene):
        scene.show(states.prejoin(may_record=False))
        assert not scene.is_visible("gestures-switch")


def test_r17_each_can_switch_it_off_for_themselves(scene):
    scene.show(states.prejoin()).click("prejoin-gestures")
    assert scene.take() == [call_intents.Choose(choices=Choices(gestures=False), shown=Choices())]


class TestRing:
    @pytest.fixture
    def ring(self, qtbot, monkeypatch):
        self.now = 100.0
        made = HoldLayer(clock=lambda: self.now)
        qtbot.addWidget(made)
        made.resize(400, 300)
        made.show_places(lambda person: QPoint(200, 120))
        return made

    def ink(self, ring):
        """How much of the ring is painted as held."""
        image = ring.grab().toImage()
        return sum(image.pixelColor(x, y).name() == "#5fe0ab" for x in range(150, 250) for y in range(70, 170))

    def test_r17_it_fills_while_the_gesture_is_held_and_goes_when_it_was_full(self, ring):
        assert ring.isHidden()
        seen = []
        for share in (0.0, 0.25, 0.5, 0.75):
            ring.show_held(Held("hand", share))
            self.now += 0.1
            seen.append(self.ink(ring))
            self.now += 0.1
        assert seen == sorted(set(seen))
        assert not ring.isHidden()
        ring.show_held(Held("hand", 1.0, made="hand"))
        assert self.ink(ring) > seen[-1]
        ring.show_held(Held())
        assert ring.on_show == ("hand", 1.0), "long enough to be seen"
        self.now += 0.5
        ring._step()
        assert ring.isHidden()
        assert not ring._timer.isActive()

    def test_it_goes_at_once_when_the_gesture_does(self, ring):
        ring.show_held(Held("ok", 0.5))
        ring.show_held(Held())
        assert ring.isHidden()
        ring.show_held(Held(is_gone=True))
        assert ring.isHidden()

    def test_another_gesture_begins_at_the_start(self, ring):
        ring.show_held(Held("ok", 0.75))
        self.now += 0.1
        ring.show_held(Held("victory", 0.0))
        assert ring.on_show == ("victory", 0.0)

    def test_with_less_motion_it_goes_on_in_steps(self, ring, monkeypatch):
        monkeypatch.setattr(motion, "is_less", True)
        ring.show_held(Held("ok", 0.5))
        self.now += 0.1
        assert ring.on_show == ("ok", 0.5)

    @pytest.mark.parametrize("place", [QPoint(200, 120), QPoint(200, 250), None])
    def test_all_of_it_is_seen_where_the_tile_lies_at_the_foot_or_is_hidden(self, ring, place):
        ring.show_places(lambda person: place)
        ring.show_held(Held("hand", 0.5))
        image = ring.grab().toImage()
        ground = image.pixel(0, 0)
        rows = [y for y in range(300) if any(image.pixel(x, y) != ground for x in range(0, 400, 2))]
        assert rows[-1] - rows[0] > 80


def test_r17_the_ring_lies_over_ones_own_tile(scene):
    scene.show(host(gestures=Gestures(is_on=True)))
    scene.bridge.show_held(Held("hand", 0.5))
    QApplication.processEvents()
    ring = scene.find("hold-layer")
    own = scene.window.page.tiles[OWN]
    assert ring.on_show[0] == "hand"
    assert not ring.isHidden()
    assert own.geometry().contains(ring._area.center())
    scene.show(host(gestures=Gestures(is_on=True), meeting=states.card(id="m2")))
    assert ring.isHidden(), "of another call"
