"""The devices of a call: open while wished, told in words when they fail, tried again when something is plugged in."""

import dataclasses
import threading
import time

import numpy as np
import pytest

from app import call_media
from app.call_media import OWN
from app.call_voice import FILTER_BLOCKS
from app.media import echo, noise
from app.media.types import BLOCK, Device, DeviceBusy, DeviceMissing
from app.net.encoding import CAMERA
from app.state.slices.devices import Choices
from tests.fakes.media_desk import PLAIN, Desk, Track
from tests.fakes.microphone import FakeMicrophone
from tests.patience import PATIENCE_S


@pytest.fixture
def desk():
    desk = Desk()
    yield desk
    desk.media.close()


def test_nothing_is_opened_before_it_is_wished(desk):
    desk.media.follow(PLAIN)
    desk.media.stop()
    assert not any(desk.rack.made.values())


def test_the_chosen_devices_are_opened_and_shown(desk):
    desk.open(dataclasses.replace(PLAIN, camera="front"))
    assert [one[0] for one in desk.rack.made["camera"]] == ["front"]
    assert [one[0] for one in desk.rack.made["microphone"]] == ["default"]
    desk.newest("camera").give()
    desk.until(lambda: desk.pictures)
    assert set(desk.words.values()) == {""}


def test_what_is_seen_and_heard_leaves_only_by_a_track_and_only_while_on(desk):
    desk.open()
    camera, microphone = Track(), Track()
    desk.newest("camera").give()
    desk.until(lambda: desk.pictures)
    assert not camera.taken
    desk.media.send_by({"camera": camera, "microphone": microphone})
    assert len(camera.taken) == 1  # the newest frame goes at once: the others need not wait for the next
    desk.newest("microphone").give()
    assert len(microphone.taken) == 1
    desk.media.follow(dataclasses.replace(PLAIN, microphone_on=False))
    desk.newest("microphone").give()
    assert (len(microphone.taken), microphone.rests) == (1, 1)
    desk.media.send_by({})
    desk.media.follow(PLAIN)
    desk.newest("microphone").give()
    assert len(microphone.taken) == 1


def test_r16_r75_the_data_saver_takes_hold_in_the_call_on_the_same_track(desk):
    desk.open()
    track = Track()
    desk.media.send_by({"camera": track})
    camera = desk.newest("camera")
    camera.give()
    assert track.arrived.wait(PATIENCE_S)
    assert track.taken[-1].width_px == 640
    assert track.policy == CAMERA
    desk.media.follow(dataclasses.replace(PLAIN, data_saver=True))
    until_s = time.monotonic() + PATIENCE_S
    while track.taken[-1].width_px != 320:
        assert time.monotonic() < until_s
        track.arrived.clear()
        camera.give()
        track.arrived.wait(0.2)
    assert len(desk.rack.made["camera"]) == 1
    assert track.policy == CAMERA.saving()
    desk.media.follow(PLAIN)
    until_s = time.monotonic() + PATIENCE_S
    while track.policy != CAMERA:
        assert time.monotonic() < until_s
        time.sleep(0)


def test_r75_a_track_that_comes_while_data_is_saved_saves_from_its_first_picture_on(desk):
    desk.open(dataclasses.replace(PLAIN, data_saver=True))
    track = Track()
    desk.media.send_by({"camera": track})
    assert track.policy == CAMERA.saving()


def test_a_picture_that_waits_for_the_connection_is_taken_back_when_the_camera_is_switched_off(desk):
    desk.open()
    track = Track()
    desk.media.send_by({"camera": track})
    desk.media.follow(dataclasses.replace(PLAIN, camera_on=False))
    assert track.taken_back.wait(PATIENCE_S)


def test_a_camera_that_is_switched_off_is_closed(desk):
    desk.open()
    camera = desk.newest("camera")
    desk.words.pop("microphone")
    desk.media.follow(dataclasses.replace(PLAIN, camera_on=False))
    desk.media.close()
    assert not camera.is_running
    assert len(desk.rack.made["microphone"]) == 1


def test_another_microphone_replaces_the_first(desk):
    desk.open()
    first = desk.newest("microphone")
    desk.media.follow(dataclasses.replace(PLAIN, microphone="other"))
    desk.until(lambda: len(desk.rack.made["microphone"]) == 2)
    desk.media.close()
    assert not first.is_running
    assert desk.rack.made["microphone"][1][0] == "other"


def test_the_sound_of_another_microphone_does_not_go_on_from_that_of_the_first(desk):
    desk.open()
    track = Track()
    desk.media.send_by({"microphone": track})
    desk.newest("microphone").give()
    assert track.rests == 0
    desk.media.follow(dataclasses.replace(PLAIN, microphone="other"))
    desk.until(lambda: len(desk.rack.made["microphone"]) == 2)
    assert track.rests == 1


def test_a_failure_is_told_again_in_the_call_and_tried_again_when_something_is_plugged_in(desk):
    desk.rack.failures["camera"] = DeviceMissing("camera")
    desk.open()
    assert desk.words["camera"] == DeviceMissing("camera").words
    desk.words.clear()
    desk.media.start(PLAIN)
    desk.until(lambda: desk.words.get("camera"))
    del desk.rack.failures["camera"]
    desk.rack.present = (*desk.rack.present, Device("two", "Two", "camera"))
    desk.media.refresh_devices()
    desk.until(lambda: desk.words.get("camera") == "")
    assert desk.newest("camera").is_running


def test_a_camera_that_is_unplugged_is_told(desk):
    desk.open()
    desk.rack.on_lost(DeviceMissing("camera"))
    desk.until(lambda: desk.words["camera"])


@pytest.mark.parametrize("kind", ["camera", "microphone"])
def test_what_is_lost_is_closed_and_tried_again_with_the_next_choice(desk, kind):
    desk.open()
    lost = desk.newest(kind)
    desk.rack.on_lost(DeviceMissing(kind))
    desk.until(lambda: desk.words[kind])
    desk.media.follow(PLAIN)
    desk.until(lambda: desk.words[kind] == "")
    assert not lost.is_running
    assert desk.newest(kind).is_running
    assert desk.newest(kind) is not lost


def test_a_speaker_that_is_unplugged_is_told_and_the_voices_go_on(desk):
    desk.open()
    desk.rack.on_lost(DeviceMissing("speaker"))
    desk.until(lambda: desk.words["speaker"])
    hears(desk)


def test_what_failed_is_not_held_against_a_device_that_is_switched_off(desk):
    desk.rack.failures["camera"] = DeviceBusy("camera")
    desk.open()
    assert desk.words["camera"]
    desk.media.follow(dataclasses.replace(PLAIN, camera_on=False))
    desk.until(lambda: desk.words["camera"] == "")


@pytest.mark.logs_warnings
def test_a_driver_that_hangs_does_not_keep_the_program(desk, monkeypatch, caplog):
    monkeypatch.setattr(call_media, "CLOSE_LIMIT_S", 0.1)
    held, begun, went_on = threading.Event(), threading.Event(), threading.Event()
    monkeypatch.setattr(FakeMicrophone, "start", lambda self, on_block: (begun.set(), held.wait(30), went_on.set()))
    desk.media.start(PLAIN)
    assert begun.wait(PATIENCE_S)
    desk.media.close()
    assert not went_on.is_set()
    assert "did not close in time" in caplog.text
    held.set()


def test_a_list_that_takes_long_is_not_asked_for_again_and_again(desk):
    held, asked = threading.Event(), []
    desk.rack.list_all = lambda: (asked.append(1), held.wait(30), ())[2]
    for _ in range(5):
        desk.media.refresh_devices()
    held.set()
    desk.until(lambda: desk.lists)
    assert len(asked) == 1
    desk.media.close()
    assert len(asked) == 1


def test_without_a_speaker_the_voices_are_still_measured(desk):
    desk.rack.failures["speaker"] = DeviceBusy("speaker")
    desk.open()
    desk.until(lambda: desk.words["speaker"])
    hears(desk)


def hears(desk):
    """Somebody takes the voices: their loudness is measured."""
    tone = (0.3 * np.sin(np.arange(BLOCK) / 10)).astype(np.float32)
    for _ in range(300):
        desk.media.mixer.put("grace", tone)
        if desk.media.levels().get("grace", desk.media.levels()[OWN]).level_db > -30:
            return
        desk.note(desk.told, "")
        with desk.changed:
            desk.changed.wait(0.01)
    raise AssertionError("nobody plays the voices")


def test_a_noise_filter_that_is_missing_is_told_and_the_microphone_works(desk, monkeypatch):
    def fail():
        raise noise.NoiseFilterMissing()

    monkeypatch.setattr(noise, "_load_library", fail)
    desk.open(Choices())
    desk.until(lambda: desk.told)
    track = Track()
    desk.media.send_by({"microphone": track})
    desk.newest("microphone").give()
    assert len(track.taken) == 1


class LateFilters:
    """Gives nothing back until it is asked to."""

    def __init__(self, tell, on_clean):
        self.waiting, self.on_clean = [], on_clean
        self.far, self.watched = 0, threading.Event()

    def begin(self):
        self.far = 0

    def push(self, block, mark):
        self.waiting.append((block, mark))

    def settle(self, **wish):
        pass

    def hear_far(self, samples):
        self.far += len(samples)
        self.watched.set()

    def close(self):
        pass


def test_what_is_said_while_muted_does_not_go_out_late(desk):
    made = []
    desk.media._voice.make_filters = lambda *them: made.append(LateFilters(*them)) or made[-1]
    desk.open(dataclasses.replace(PLAIN, microphone_on=False))
    track = Track()
    desk.media.send_by({"microphone": track})
    mouth = desk.newest("microphone")

    def say(*levels):
        for level in levels:
            mouth.give(np.full(BLOCK, level, np.float32))

    say(0.1)
    desk.media.follow(PLAIN)
    # The filters are three blocks late: what comes out with the first three was said before.
    say(0.2, 0.3, 0.4, 0.5)
    desk.media.follow(dataclasses.replace(PLAIN, microphone_on=False))
    say(0.6)
    desk.media.follow(PLAIN)
    say(0.7)
    for block, mark in made[0].waiting:
        made[0].on_clean(block, 1.0, mark)
    assert [one[0] for one in track.taken] == [np.float32(0.5)]


def test_what_was_said_before_a_mute_goes_out_however_late_the_filters_are(desk):
    made = []
    desk.media._voice.make_filters = lambda *them: made.append(LateFilters(*them)) or made[-1]
    desk.open()
    track, mouth = Track(), desk.newest("microphone")
    mouth.give(np.full(BLOCK, 0.1, np.float32))  # to nobody: before the call
    desk.media.send_by({"microphone": track})
    for level in (0.2, 0.3):
        mouth.give(np.full(BLOCK, level, np.float32))
    desk.media.follow(dataclasses.replace(PLAIN, microphone_on=False))
    for level in (0.4, 0.5):
        mouth.give(np.full(BLOCK, level, np.float32))
    has_spoken = []
    for block, mark in made[0].waiting:
        has_spoken.append(desk.media.has_spoken)
        made[0].on_clean(block, 1.0, mark)
    assert [one[0] for one in track.taken] == [np.float32(0.2), np.float32(0.3)]
    # The others are told of the mute when those are out.
    assert has_spoken == [False, False, False, True, True]


def test_what_the_filters_are_late_by_is_no_more_than_what_is_kept_back_after_a_mute():
    assert FILTER_BLOCKS * BLOCK >= echo.DELAY_SAMPLES + noise.DELAY_BLOCKS * BLOCK


def test_without_a_loudspeaker_filters_that_hang_are_noticed_and_hear_nothing_far(desk):
    made = []
    desk.media._voice.make_filters = lambda *them: made.append(LateFilters(*them)) or made[-1]
    desk.rack.failures["speaker"] = DeviceMissing("speaker")
    desk.open()
    assert made[0].watched.wait(PATIENCE_S)
    assert made[0].far == 0


def test_a_background_that_is_not_there_is_told(desk):
    desk.open(dataclasses.replace(PLAIN, background="image:nothing.jpg"))
    desk.until(lambda: desk.told)


def test_a_background_never_leads_out_of_its_folder(desk):
    desk.open(dataclasses.replace(PLAIN, background="image:../../README.md"))
    assert not desk.told
