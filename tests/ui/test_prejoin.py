"""The page before a call: every control changes the choices and drives real media code with fake devices."""

import threading
import time
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QLineEdit

from app.call_media import OWN, OWN_PICTURE, CallMedia, MediaEvents
from app.media.types import BLOCK, Device, DeviceBusy, DeviceDenied, DeviceMissing
from app.state import call_intents
from app.state.effects import SaveChoices, Send, StartDevices
from app.state.slices.connection import Connection
from app.state.slices.devices import Choices, DeviceItem
from app.state.slices.prejoin import PreJoin
from app.state.update import update
from app.ui.panels import outside
from app.wire.accounts import AcceptTerms
from tests.fakes.camera import FakeCamera
from tests.fakes.headless import Ear
from tests.fakes.microphone import FakeMicrophone
from tests.looks import states

DEVICES = (
    DeviceItem("c2", "Second camera", "camera"),
    DeviceItem("m2", "Second microphone", "microphone"),
    DeviceItem("s2", "Second speaker", "speaker"),
)


class Rack:
    """Fake devices by kind, each with the id it was asked for by."""

    def __init__(self):
        self.made = {"camera": [], "microphone": [], "speaker": []}

    def _keep(self, kind, device_id, device):
        self.made[kind].append((device_id, device))
        return device

    def camera(self, device_id, on_lost):
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
            assert self.settled.wait_for(is_true, 5.0), (self.words, self.rack.made)

    def ids(self, kind):
        return [one[0] for one in self.rack.made[kind]]

    def newest(self, kind):
        return self.rack.made[kind][-1][1]

    def choose(self, name, value):
        field = self.scene.find(name, QComboBox)
        field.setCurrentIndex(field.findData(value))
        field.activated.emit(field.currentIndex())


@pytest.fixture
def live(scene):
    made = Live(scene, states.put(states.prejoin(), "devices.found", DEVICES))
    yield made
    made.media.close()


def spoken(scene, name):
    return " ".join(one.text() for one in scene.find(name).findChildren(QLabel) if one.isVisible())


# --- devices ------------------------------------------------------------------------------------------------------
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
    scene.click("prejoin-noise-filter")
    tone = 0.5 * np.sin(np.arange(BLOCK) * 0.1).astype(np.float32)

    def is_heard():
        live.newest("microphone").give(tone)
        level = live.media.levels()[OWN]
        scene.bridge.show_levels({"": level})
        return scene.window.page._devices._meter._share > 0.5

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


def test_r13_the_noise_filter_is_on_at_first_and_its_switch_reaches_the_filter(live):
    assert Choices().noise_filter
    live.open()
    switch = live.scene.find("prejoin-noise-filter", QAbstractButton)
    assert switch.isChecked()
    live.until(lambda: live.media._noise is not None)
    assert live.media._noise.is_on
    live.scene.click("prejoin-noise-filter")
    assert not live.state.devices.chosen.noise_filter
    until_s = time.monotonic() + 5
    while live.media._noise.is_on:
        assert time.monotonic() < until_s
        live.media.levels()
    assert not live.scene.find("prejoin-noise-filter", QAbstractButton).isChecked()


def test_r14_r15_none_blur_and_each_picture_are_chosen_and_kept_at_once(live):
    names = [one.objectName() for one in live.scene.window.findChildren(QAbstractButton)]
    pictures = [one for one in names if one.startswith("prejoin-background-")]
    assert len(pictures) >= 6
    for name in pictures:
        live.scene.click(name)
        kept = [one for one in live.effects if isinstance(one, SaveChoices)][-1].choices.background
        assert kept == live.state.devices.chosen.background
        assert kept.removeprefix("image:").removesuffix(".jpg") == name.removeprefix("prejoin-background-")
    # There is no button that saves.
    assert not [one for one in names if one.endswith("-save")]


def test_r16_the_same_controls_are_there_in_the_call(scene):
    parts = ("camera", "microphone", "speaker", "test-sound", "noise-filter", "background-blur", "data-saver")
    scene.show(states.prejoin())
    assert all(scene.is_visible(f"prejoin-{one}") for one in parts)
    live = Live(scene, states.call(2))
    try:
        scene.click("open-settings")
        assert all(scene.is_visible(f"settings-{one}") for one in parts)
        scene.click("settings-background-blur")
        scene.click("settings-noise-filter")
        assert (live.state.devices.chosen.background, live.state.devices.chosen.noise_filter) == ("blur", False)
    finally:
        live.media.close()


def test_r75_the_data_saver_says_that_data_may_cost_and_reaches_the_choices(live):
    switch = live.scene.find("prejoin-data-saver", QAbstractButton)
    assert "provider may charge" in switch.accessibleDescription()
    assert any("provider may charge" in one.text() for one in live.scene.window.findChildren(QLabel) if one.isVisible())
    live.scene.click("prejoin-data-saver")
    assert live.state.devices.chosen.data_saver


def test_r75_the_call_shows_how_much_data_it_has_used(scene):
    scene.show(states.call(2, media=states.Media(used_bytes=128_400_000))).click("open-settings")
    assert scene.find("settings-used-data").text() == "Used in this call: 128 MB"
    scene.show(states.call(2, media=states.Media(used_bytes=2_345_678_901)))
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
    monkeypatch.setattr(outside.sys, "platform", platform)
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


# --- terms --------------------------------------------------------------------------------------------------------
def asks_terms(version, accepted):
    state = states.rooms()
    connection = replace(state.connection, terms_version=version, is_signed_in=True)
    return replace(state, connection=connection, accepted_terms=accepted)


@pytest.mark.parametrize(("version", "accepted", "asks"), [(1, 0, True), (1, 1, False), (2, 1, True)])
def test_r10_the_pop_up_comes_once_per_account_and_version_of_the_terms(scene, version, accepted, asks):
    live = Live(scene, asks_terms(version, accepted))
    scene.click("join-m1")
    assert scene.is_visible("terms-dialog") == asks
    assert (StartDevices() in live.effects) != asks
    live.media.close()


def test_r10_both_pages_open_in_the_pop_up(scene):
    scene.show(states.prejoin(asks_terms=True))
    for button, words in (("terms-read", "comes without any warranty"), ("privacy-read", "six calendar months")):
        scene.click(button)
        shown = [one.text() for one in scene.find("text-dialog").findChildren(object) if hasattr(one, "widthMM")
                 and hasattr(one, "text")]  # fmt: skip
        assert any(words in one for one in shown)
        scene.click("text-close")


def test_r11_esc_accepts_nothing_and_continue_opens_a_camera_only_when_it_is_stored(scene, qtbot):
    from PySide6.QtCore import Qt

    live = Live(scene, asks_terms(1, 0))
    scene.click("join-m1")
    qtbot.keyClick(scene.find("terms-continue").parentWidget().parentWidget(), Qt.Key.Key_Escape)
    assert live.state.call_phase == "none"
    assert not [one for one in live.effects if isinstance(one, StartDevices | Send)]
    scene.click("join-m1")
    scene.click("terms-continue")
    (sent,) = [one.message for one in live.effects if isinstance(one, Send)]
    assert isinstance(sent, AcceptTerms)
    # The server has not said yet that it is stored.
    assert StartDevices() not in live.effects
    assert not live.rack.made["camera"]
    live.media.close()


def test_r28_a_guest_is_asked_each_time(scene):
    state = states.guest_prejoin()
    for _ in range(2):
        scene.show(states.replace(state, prejoin=replace(state.prejoin, asks_terms=True)))
        assert scene.is_visible("terms-continue")
        scene.show(states.sign_in())
        assert not scene.is_visible("terms-dialog")


# --- who one is, where one goes -----------------------------------------------------------------------------------
def test_r27_only_who_has_no_account_is_asked_for_a_name(scene):
    scene.show(states.guest_prejoin())
    assert scene.is_visible("guest-name")
    assert scene.find("guest-name", QLineEdit).maxLength() == 50
    scene.show(states.prejoin())
    assert not scene.is_visible("guest-name")
    state = states.rooms()
    by_link = PreJoin(code="c" * 22, title="Website relaunch", guest_name="Felix Brandt")
    scene.show(replace(state, call_phase="prejoin", prejoin=by_link))
    assert not scene.is_visible("guest-name")
    assert scene.find("prejoin-join").isEnabled()


def test_r19_r25_r26_guests_are_invited_by_link_and_by_mail_before_the_call_and_in_it(scene, monkeypatch):
    opened = []
    monkeypatch.setattr(outside, "open_outside", opened.append)
    link = states.card().link
    scene.show(states.prejoin())
    assert opened == []
    scene.click("prejoin-copy-link")
    assert QApplication.clipboard().text() == link
    scene.click("prejoin-email")
    scene.show(states.call(2, panel="people"))
    QApplication.clipboard().clear()
    scene.click("people-copy-link")
    assert QApplication.clipboard().text() == link
    scene.click("people-email")
    assert opened == [outside.mail_url("Website relaunch", link)] * 2


@pytest.mark.parametrize(
    "title", ["Website relaunch", "Preis & Größe? #1 + 20 %", "a\nBcc: eve@example.com", "x" * 900]
)
def test_r26_the_mail_is_plain_text_with_the_link_and_nothing_else_in_its_address(title):
    link = "https://meet.example.com/j/k3J9mQx7Vb2LtR8wZp4N"
    url = outside.mail_url(title, link)
    parts = urlsplit(url)
    fields = parse_qs(parts.query, strict_parsing=True)
    assert (parts.scheme, parts.path) == ("mailto", "")
    assert set(fields) == {"subject", "body"}
    assert link in fields["body"][0].split("\r\n")
    assert "\n" not in fields["subject"][0]
    assert url.isascii()
    assert len(url) < 2000


def test_the_server_of_a_link_is_named(scene):
    scene.show(states.guest_prejoin())
    assert scene.find("prejoin-title").text() == "Join Website relaunch"
    assert scene.find("prejoin-server").text() == "Example Ltd (meet.example.com)"
    assert any("Ada Lovelace invites you" in label.text() for label in scene.window.findChildren(QLabel))
    scene.show(states.prejoin())
    assert not scene.is_visible("prejoin-server")
    away = Connection(phase="online", address="other.example.com", is_home=False)
    scene.show(replace(states.prejoin(), connection=away))
    assert scene.find("prejoin-server").text() == "At other.example.com"


def test_r24_before_the_doors_open_join_waits_and_says_when(scene):
    opens_at = 1_790_000_000.0
    scene.show(states.prejoin(opens_at=opens_at))
    assert not scene.find("prejoin-join").isEnabled()
    opens = time.strftime("%H:%M", time.localtime(opens_at - 600))
    starts = time.strftime("%H:%M", time.localtime(opens_at))
    words = scene.find("opens-words").text()
    assert f"{opens}, ten minutes before its start at {starts}" in words
    assert not scene.is_visible("prejoin-look-again")
    scene.show(states.closed_prejoin(is_guest=True)).click("prejoin-look-again")
    assert scene.take() == [call_intents.Join()]


@pytest.mark.parametrize(("button", "moves"), [("move-here", True), ("move-stay", False)])
def test_a_seat_on_another_device_is_moved_after_a_question(scene, button, moves):
    scene.show(states.moving_prejoin())
    assert not scene.find("prejoin-join").isEnabled()
    scene.click(button)
    assert scene.take() == [call_intents.AnswerMove(moves=moves)]
    scene.show(states.prejoin())
    assert not scene.is_visible("move-card")


@pytest.mark.parametrize("words", [
    "The meeting is full (10/10).", "The host did not let you in.", "This meeting has ended.",
    "The host has locked this meeting. Nobody can come in at present.",
    "The host has removed you from this meeting. You cannot come back to it.",
])  # fmt: skip
def test_r22_r23_why_one_is_not_in_is_said_in_plain_words(scene, words):
    state = states.guest_prejoin()
    scene.show(replace(state, prejoin=replace(state.prejoin, words=words, notice_read=True)))
    assert scene.find("prejoin-words").text() == words
    assert scene.is_visible("prejoin-words")


# --- recording ----------------------------------------------------------------------------------------------------
def test_r17_r18_the_switch_is_for_who_may_and_others_read_why_there_is_no_ai(scene):
    scene.show(states.prejoin())
    assert scene.is_visible("record-switch")
    assert "nothing is written down" in spoken(scene, "record-card")
    scene.show(states.prejoin(may_record=False))
    assert not scene.is_visible("record-switch")
    assert "only the host can switch it on" in scene.find("no-ai-words").text()
    scene.show(states.prejoin(may_record=False, is_recording=True))
    assert not scene.is_visible("no-ai-words")


def test_r31_the_notice_comes_before_join_says_how_long_and_is_read_past(scene):
    state = states.guest_prejoin()
    scene.show(state)
    assert "six months" in spoken(scene, "recording-notice")
    assert not scene.find("prejoin-join").isEnabled()
    scene.click("notice-read")
    assert scene.take() == [call_intents.ReadNotice(is_read=True)]


def test_r31_who_waits_is_told_when_recording_begins(scene):
    state = states.waiting()
    scene.show(replace(state, prejoin=replace(state.prejoin, is_recording=False)))
    assert not scene.is_visible("waiting-notice")
    assert "Grace Hopper" in scene.find("waiting-words").text()
    scene.show(state)
    assert "asked whether you agree" in spoken(scene, "waiting-notice")


@pytest.mark.parametrize(("make", "button"), [(states.prejoin, "prejoin-help"), (states.waiting, "waiting-help")])
def test_the_help_is_a_click_away_with_terms_and_privacy(scene, make, button):
    scene.show(make()).click(button)
    assert scene.is_visible("help-dialog")
    scene.click("help-terms")
    assert scene.is_visible("text-dialog")
    scene.click("text-close")
    scene.click("help-privacy")
    assert scene.is_visible("privacy-page")
    scene.click("privacy-close")
    assert scene.is_visible("help-dialog")
