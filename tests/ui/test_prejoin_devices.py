"""The page before a call: every control of the devices changes the choices and drives real media code."""

import time
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QFileDialog, QLabel

from app.call_media import OWN
from app.media.types import BLOCK, DeviceBusy, DeviceDenied, DeviceMissing, DeviceSilent
from app.state.call_intents import Choose
from app.state.effects import SaveChoices, Send
from app.state.slices.devices import Choices, DeviceItem
from app.ui.panels import device_line, outside
from tests.fakes.putting import put
from tests.looks import call_states, states
from tests.patience import PATIENCE_S
from tests.ui.live import Live

DEVICES = (
    DeviceItem("c2", "Second camera", "camera"),
    DeviceItem("m2", "Second microphone", "microphone"),
    DeviceItem("s2", "Second speaker", "speaker"),
)


@pytest.fixture
def live(scene):
    made = Live(scene, states.put(states.prejoin(), "devices.found", DEVICES))
    yield made
    made.media.close()


def test_r12_camera_microphone_and_speaker_are_chosen_seen_and_heard(live, qtbot):
    live.open()
    scene = live.scene
    live.newest("camera").give()
    preview = scene.find("preview")
    qtbot.waitUntil(lambda: scene.frames(preview) > 0)
    for name, device in (("camera", "c2"), ("microphone", "m2"), ("speaker", "s2")):
        live.words.pop(name)
        live.choose(f"prejoin-{name}", device)
        live.until(lambda name=name, device=device: device in live.ids(name))
        live.until(lambda name=name: live.words.get(name) == "")
        assert getattr(live.state.devices.chosen, name) == device
    live.choose("prejoin-noise", "off")
    tone = 0.5 * np.sin(np.arange(BLOCK) * 0.1).astype(np.float32)

    def is_heard():
        live.newest("microphone").give(tone)
        level = live.media.levels()[OWN]
        scene.bridge.show_levels({"": level})
        return scene.window.page._devices._microphone._meter._share > 0.5

    qtbot.waitUntil(is_heard)
    scene.click("prejoin-test-sound")
    assert scene.sounds == [1]
    # All of this stayed on this computer.
    assert not [one for one in live.effects if isinstance(one, Send)]


def test_r12_microphone_and_camera_are_switched_off_and_on(live):
    live.open()
    live.scene.click("prejoin-toggle-camera")
    assert not live.state.devices.chosen.camera_on
    assert live.scene.find("preview")._note == "Your camera is off"
    live.scene.click("prejoin-toggle-microphone")
    assert not live.state.devices.chosen.microphone_on
    live.scene.click("prejoin-toggle-camera")
    live.until(lambda: len(live.rack.made["camera"]) == 2)


def test_r13_the_noise_filter_is_on_at_first_and_what_is_chosen_reaches_it(live):
    assert Choices().noise == "standard"
    live.open()
    assert live.scene.find("prejoin-noise", QComboBox).currentData() == "standard"
    live.until(lambda: live.media._voice._filters is not None)
    assert live.media._voice._filters.noise.mode == "standard"
    for mode in ("strong", "off"):
        live.choose("prejoin-noise", mode)
        assert live.state.devices.chosen.noise == mode
        until_s = time.monotonic() + PATIENCE_S
        while live.media._voice._filters.noise.mode != mode:
            assert time.monotonic() < until_s
            live.media.levels()
        assert live.scene.find("prejoin-noise", QComboBox).currentData() == mode


def test_r14_r15_none_blur_and_each_picture_are_chosen_and_kept_at_once(live):
    names = [one.objectName() for one in live.scene.window.findChildren(QAbstractButton)]
    shown = [one for one in names if live.scene.is_visible(one)]
    pictures = [one for one in shown if one.startswith("prejoin-background-") and one != "prejoin-background-choose"]
    assert len(pictures) >= 3 + 6
    for name in pictures:
        live.scene.click(name)
        kept = [one for one in live.effects if isinstance(one, SaveChoices)][-1].choices.background
        assert kept == live.state.devices.chosen.background
        as_named = kept.removeprefix("image:").removesuffix(".jpg").replace(":", "-")
        assert as_named == name.removeprefix("prejoin-background-")
    # There is no button that saves.
    assert not [one for one in names if one.endswith("-save")]


@pytest.mark.parametrize(("value", "checked"), [
    ("none", "none"), ("", "none"), ("video:of a later version", "blur"), ("image:no longer there.jpg", "blur"),
])  # fmt: skip
def test_a_background_that_is_not_known_here_is_shown_as_the_blur_that_stands_for_it(scene, value, checked):
    scene.show(put(states.prejoin(), "devices.chosen", Choices(background=value)))
    assert scene.find(f"prejoin-background-{checked}", QAbstractButton).isChecked()


def test_r14_a_picture_of_ones_own_is_chosen_from_a_file_and_can_be_chosen_again(scene):
    scene.show(states.prejoin())
    assert not scene.is_visible("prejoin-background-own")
    scene.click("prejoin-background-choose")
    dialog = scene.window.findChild(QFileDialog, "prejoin-background-file")
    dialog.fileSelected.emit("/home/ada/beach.jpg")
    dialog.close()
    choices = Choices(background="file:/home/ada/beach.jpg")
    assert scene.take()[-1] == Choose(choices=choices, shown=Choices())
    scene.show(put(states.prejoin(), "devices.chosen", choices))
    own = scene.find("prejoin-background-own", QAbstractButton)
    assert own.isChecked()
    assert scene.find("prejoin-background-own-words").text() == "beach.jpg"
    scene.click("prejoin-background-none")
    scene.show(put(states.prejoin(), "devices.chosen", Choices()))
    scene.click("prejoin-background-own")
    assert scene.take()[-1] == Choose(choices=choices, shown=Choices())


def test_r16_the_same_controls_are_there_in_the_call(scene):
    parts = ("camera", "microphone", "speaker", "test-sound", "noise", "background-blur", "data-saver")
    scene.show(states.prejoin())
    assert all(scene.is_visible(f"prejoin-{one}") for one in parts)
    live = Live(scene, call_states.call(2))
    try:
        scene.click("open-settings")
        assert all(scene.is_visible(f"settings-{one}") for one in parts)
        scene.click("settings-background-blur")
        live.choose("settings-noise", "strong")
        assert (live.state.devices.chosen.background, live.state.devices.chosen.noise) == ("blur", "strong")
    finally:
        live.media.close()


def test_r75_the_data_saver_says_that_data_may_cost_and_reaches_the_choices(live):
    switch = live.scene.find("prejoin-data-saver", QAbstractButton)
    assert "provider may charge" in switch.accessibleDescription()
    assert any("provider may charge" in one.text() for one in live.scene.window.findChildren(QLabel) if one.isVisible())
    live.scene.click("prejoin-data-saver")
    assert live.state.devices.chosen.data_saver


def test_r75_the_call_shows_how_much_data_it_has_used(scene):
    scene.show(call_states.call(2, media=call_states.Media(used_bytes=128_400_000))).click("open-settings")
    assert scene.find("settings-used-data").text() == "Used in this call: 128 MB"
    scene.show(call_states.call(2, media=call_states.Media(used_bytes=2_345_678_901)))
    assert scene.find("settings-used-data").text() == "Used in this call: 2.3 GB"


@pytest.mark.parametrize(
    ("platform", "camera", "microphone"),
    [
        ("darwin", "x-apple.systempreferences:com.apple.preference.security?Privacy_Camera",
         "x-apple.systempreferences:com.apple.preference.security?Privacy_Microphone"),
        ("win32", "ms-settings:privacy-webcam", "ms-settings:privacy-microphone"),
        ("linux", "", ""),
    ],
)  # fmt: skip
def test_r29_where_the_system_says_no_its_settings_are_a_click_or_a_sentence_away(
    scene, monkeypatch, platform, camera, microphone
):
    opened = []
    monkeypatch.setattr(device_line, "sys", SimpleNamespace(platform=platform))
    monkeypatch.setattr(outside, "open_outside", opened.append)
    told = tuple((kind, DeviceDenied(kind).words) for kind in ("camera", "microphone"))
    scene.show(states.prejoin(device_words=told))
    for kind, url in (("camera", camera), ("microphone", microphone)):
        words = scene.find(f"prejoin-{kind}-words").text()
        assert "does not allow" in words
        assert scene.is_visible(f"prejoin-{kind}-allow") == bool(url)
        if url:
            scene.click(f"prejoin-{kind}-allow")
            assert opened.pop() == url
        else:
            assert "On Linux" in words
    assert scene.is_visible("listen-words")
    assert scene.find("prejoin-join").isEnabled()


def test_r29_denied_absent_and_busy_are_three_sentences_and_none_keeps_one_out(scene):
    seen = set()
    for fault in (DeviceDenied, DeviceMissing, DeviceBusy):
        words = fault("camera").words
        scene.show(states.prejoin(device_words=(("camera", words),)))
        shown = scene.find("prejoin-camera-words").text()
        assert words in shown
        assert scene.find("preview")._note == words
        assert scene.find("prejoin-join").isEnabled()
        seen.add(shown)
    assert len(seen) == 3
    scene.show(states.prejoin())
    assert not scene.is_visible("prejoin-camera-words")


def test_r29_on_windows_a_camera_in_use_may_be_one_that_is_not_allowed():
    busy = DeviceBusy("camera").words
    assert outside.can_open_settings("camera", busy, "win32")
    assert not outside.can_open_settings("camera", busy, "darwin")
    assert not outside.can_open_settings("camera", DeviceMissing("camera").words, "win32")
    assert not outside.can_open_settings("speaker", DeviceBusy("speaker").words, "win32")


@pytest.mark.parametrize(("platform", "wanted"), [("darwin", True), ("win32", True), ("linux", False)])
def test_r29_silence_may_be_a_microphone_that_is_not_allowed(platform, wanted):
    assert outside.can_open_settings("microphone", DeviceSilent("microphone").words, platform) == wanted
