"""The devices of a call that come and go, and what is made of picture and voice on the way to the others."""

import dataclasses
import itertools

import numpy as np
import pytest

from app.call_media import OWN
from app.call_voice import FILTER_BLOCKS
from app.media.sounds import stream_blocks
from app.media.types import BLOCK, Device, DeviceMissing, DeviceSilent
from app.media.voice_trial import KEPT_S
from app.net.encoding import CAMERA, CAMERA_HD
from tests.fakes.media_desk import PLAIN, Desk, Track, melody
from tests.patience import PATIENCE_S
from tests.steering import ROOT


@pytest.fixture
def desk():
    desk = Desk()
    yield desk
    desk.media.close()


# --- devices that come and go -------------------------------------------------------------------------------------
HEADSET = Device("headset", "Jabra Evolve2 65", "microphone")
WITH_HEADSET = dataclasses.replace(PLAIN, microphone="headset")


def ids(desk, kind):
    return [one[0] for one in desk.rack.made[kind]]


def test_r12_a_headset_that_is_not_there_is_replaced_by_the_default_in_words_and_comes_back(desk):
    desk.rack.missing = {"headset"}
    desk.open(WITH_HEADSET)
    assert desk.told == [
        "The microphone that you chose is not plugged in. Your system's default microphone is used now."
    ]
    assert (ids(desk, "microphone"), desk.words["microphone"]) == (["headset", "default"], "")
    assert desk.newest("microphone").is_running
    desk.rack.missing = set()
    desk.rack.present = (*desk.rack.present, HEADSET)
    desk.media.refresh_devices()
    desk.until(lambda: len(ids(desk, "microphone")) == 3)
    assert ids(desk, "microphone")[-1] == "headset"
    assert desk.told[1:] == ["“Jabra Evolve2 65” is there again, and is your microphone now."]


def test_r16_a_headset_that_is_unplugged_in_the_call_leaves_the_track_as_it_is(desk):
    desk.rack.present = (*desk.rack.present, HEADSET)
    desk.open(WITH_HEADSET)
    desk.until(lambda: desk.lists)
    track, lost, speaker = Track(), desk.newest("microphone"), desk.newest("speaker")
    desk.media.send_by({"microphone": track})
    desk.rack.present = desk.rack.present[:-1]
    desk.rack.on_lost(DeviceMissing("microphone"))
    desk.until(lambda: len(ids(desk, "microphone")) == 2 and len(ids(desk, "speaker")) == 2)
    assert desk.told == ["“Jabra Evolve2 65” is not plugged in. Your system's default microphone is used now."]
    assert (ids(desk, "microphone")[-1], lost.is_running, desk.words["microphone"]) == ("default", False, "")
    # The speaker was closed for the moment in which PortAudio looks.
    assert speaker is not desk.newest("speaker")
    desk.newest("microphone").give()
    assert len(track.taken) == 1


def test_what_was_let_go_for_another_is_not_missed_when_it_is_lost_then(desk):
    desk.rack.present = (*desk.rack.present, HEADSET)
    desk.open(WITH_HEADSET)
    desk.until(lambda: desk.lists)
    lose_headset = desk.rack.losses["microphone"]
    desk.media.follow(dataclasses.replace(WITH_HEADSET, microphone="other"))
    desk.until(lambda: len(ids(desk, "microphone")) == 2)
    # Its cable is pulled while the other one is opened: the other is not said to be gone, nor left.
    lose_headset(DeviceMissing("microphone"))
    desk.media.stop()
    desk.drain("microphone")
    desk.rack.losses["microphone"](DeviceMissing("microphone"))
    assert (desk.told, desk.words["microphone"]) == ([], "")
    assert ids(desk, "microphone") == ["headset", "other"]


def test_sound_is_closed_for_the_moment_in_which_it_is_looked_for(desk, monkeypatch):
    desk.open()
    # What was listed with the opening.
    desk.drain("list")
    running = []
    desk.rack.list_all = lambda: running.append(desk.newest("microphone").is_running) or desk.rack.present
    desk.media.refresh_devices()
    desk.drain("list")
    monkeypatch.setattr(desk.media._cards, "have_changed", lambda: True)
    desk.media.refresh_devices()
    desk.until(lambda: len(ids(desk, "microphone")) == 2)
    assert running == [True, False]
    assert len(ids(desk, "camera")) == 1
    assert not any(desk.words.values())


def test_r29_a_microphone_that_gives_nothing_but_silence_is_told_until_there_is_sound(desk):
    desk.open()
    silent = desk.newest("microphone")
    desk.rack.on_lost(DeviceSilent("microphone"))
    assert desk.words["microphone"] == DeviceSilent("microphone").words
    silent.give()
    assert desk.words["microphone"]
    silent.give(np.full(BLOCK, 0.001, np.float32))
    assert (desk.words["microphone"], silent.is_running) == ("", True)
    assert len(ids(desk, "microphone")) == 1


def test_what_another_part_sees_of_the_plugs_is_looked_at_while_devices_are_open(desk):
    desk.media.look_again()
    desk.open()
    desk.media.look_again()
    desk.until(lambda: len(ids(desk, "microphone")) == 2 and len(desk.lists) == 2)


def test_what_worked_before_is_tried_again_by_itself_and_what_never_did_is_not(desk):
    desk.rack.failures["speaker"] = DeviceMissing("speaker")
    desk.open()
    desk.rack.failures["microphone"] = DeviceMissing("microphone")
    desk.rack.on_lost(DeviceMissing("microphone"))
    desk.until(lambda: desk.words["microphone"])
    for tries in (2, 3):
        # The sound server is still away.
        desk.media.refresh_devices()
        desk.until(lambda tries=tries: len(ids(desk, "microphone")) == tries)
        assert desk.words["microphone"]
        desk.drain("list")
    del desk.rack.failures["microphone"]
    desk.media.refresh_devices()
    desk.until(lambda: desk.words["microphone"] == "")
    assert desk.newest("microphone").is_running
    tried = len(ids(desk, "speaker"))
    desk.drain("list")
    desk.media.refresh_devices()
    desk.drain("list")
    desk.drain("speaker")
    assert len(ids(desk, "speaker")) == tried


# --- what is made of picture and voice ----------------------------------------------------------------------------
def test_r12_hd_asks_the_camera_for_more_and_sends_more_on_the_same_track(desk):
    desk.open()
    track = Track()
    desk.media.send_by({"camera": track})
    assert (desk.rack.sizes, track.policy) == ([(640, 360)], CAMERA)
    desk.media.follow(dataclasses.replace(PLAIN, picture="hd"))
    desk.until(lambda: len(ids(desk, "camera")) == 2)
    assert (desk.rack.sizes[-1], track.policy) == ((1280, 720), CAMERA_HD)
    desk.until(lambda: desk.words["camera"] == "" and desk.newest("camera").is_running)
    track.arrived.clear()
    desk.newest("camera").give(np.full((720, 1280, 3), 90, np.uint8))
    assert track.arrived.wait(PATIENCE_S)
    assert (track.taken[-1].width_px, track.taken[-1].height_px) == (1280, 720)


def test_low_light_is_lifted_for_the_others_too_without_another_start(desk):
    desk.open()
    track = Track()
    desk.media.send_by({"camera": track})

    def mean(count):
        desk.newest("camera").give(np.full((360, 640, 3), 40, np.uint8))
        assert track.arrived.wait(PATIENCE_S)
        track.arrived.clear()
        return float(track.taken[count].pixels[:360].mean())

    dark = mean(0)
    desk.media.follow(dataclasses.replace(PLAIN, low_light=True))
    desk.drain("camera")
    assert mean(1) > dark + 20
    assert len(ids(desk, "camera")) == 1


@pytest.mark.parametrize("is_on", [True, False])
def test_the_mirror_is_for_ones_own_view_alone(desk, is_on):
    desk.open(dataclasses.replace(PLAIN, mirror=is_on))
    track = Track()
    desk.media.send_by({"camera": track})
    pixels = np.zeros((360, 640, 3), np.uint8)
    pixels[:, :320] = 200
    desk.newest("camera").give(pixels)
    desk.until(lambda: desk.pictures)
    own = desk.pictures[-1].seen
    assert (own[:, -10:].mean() > own[:, :10].mean()) == is_on
    assert track.arrived.wait(PATIENCE_S)
    sent = track.taken[-1].pixels[:360]
    assert sent[:, :10].mean() > sent[:, -10:].mean() + 100


def test_the_held_key_lets_one_be_heard_and_nothing_else_does(desk):
    desk.open(dataclasses.replace(PLAIN, microphone_on=False))
    track = Track()
    desk.media.send_by({"microphone": track})
    for is_held in (False, True, False):
        desk.media.talk(is_held)
        for _ in range(FILTER_BLOCKS + 1):
            desk.newest("microphone").give()
    # The filters give what was said before the key went down at first.
    assert (len(track.taken), track.rests) == (1, 3 * FILTER_BLOCKS + 2)
    desk.media.talk(True)
    desk.media.stop()
    desk.media.start(dataclasses.replace(PLAIN, microphone_on=False))
    desk.newest("microphone").give()
    assert len(track.taken) == 1, "another call, and no key is held in it"


@pytest.mark.parametrize(("noise", "sound", "wanted"), [
    ("standard", "voice", True), ("standard", "melody", False), ("strong", "voice", True), ("off", "melody", True),
])  # fmt: skip
def test_one_speaks_up_by_a_voice_and_where_there_is_a_filter_not_by_music(desk, noise, sound, wanted):
    desk.open(dataclasses.replace(PLAIN, noise=noise))
    speech = ROOT / "resources" / "demo" / "felix.opus"
    found = []
    for block in itertools.islice(stream_blocks(speech), 450) if sound == "voice" else melody(300):
        desk.newest("microphone").give(block)
        found.append(desk.media.is_speaking)
        # The ring round one's own tile.
        assert desk.media.levels()[OWN].is_speaking == found[-1]
    assert any(found) == wanted


def test_one_goes_on_speaking_between_two_words(desk):
    desk.open()
    loud, quiet = np.full(BLOCK, 0.2, np.float32), np.zeros(BLOCK, np.float32)
    for block, speech, count in ((loud, 1.0, 50), (quiet, 0.0, 35)):
        for _ in range(count):
            desk.media._voice._is_open = True
            desk.media._voice._send(block, speech, None)
    assert desk.media.levels()[OWN].is_speaking
    for _ in range(50):
        desk.media._voice._send(quiet, 0.0, None)
    assert not desk.media.levels()[OWN].is_speaking


def test_a_microphone_that_goes_in_the_middle_of_a_word_leaves_nobody_speaking(desk):
    desk.open()
    loud = [np.full(BLOCK, 0.2, np.float32)] * 50
    for block in loud:
        desk.newest("microphone").give(block)
    assert desk.media.is_speaking
    desk.rack.failures["microphone"] = DeviceMissing("microphone")
    desk.rack.on_lost(DeviceMissing("microphone"))
    desk.until(lambda: desk.words["microphone"])
    # It is told first, and then let go.
    desk.drain("microphone")
    assert not desk.media.is_speaking
    for block in loud:
        # What its filters had not given back yet.
        desk.media._voice._filters.push(block, None)
    assert not desk.media.is_speaking
    assert not desk.media.levels()[OWN].is_speaking


def test_each_person_is_as_loud_as_one_has_set_them(desk):
    block = np.full(BLOCK, 0.2, np.float32)

    def peak(person):
        for _ in range(6):
            desk.media.mixer.put(person, block)
        found = max(float(np.abs(desk.media.mixer.mix()).max()) for _ in range(5))
        for _ in range(10):
            desk.media.mixer.mix()
        return found

    assert peak("ada") == pytest.approx(0.2)
    desk.media.follow(dataclasses.replace(PLAIN, volumes='{"ada": 50, "grace": 0}'))
    assert (peak("ada"), peak("grace")) == (pytest.approx(0.1), 0.0)
    desk.media.mixer.remove("ada")
    assert peak("ada") == pytest.approx(0.1), "away and back"
    desk.media.follow(PLAIN)
    assert peak("ada") == pytest.approx(0.2)


def test_r12_a_trial_plays_ones_own_voice_and_ends_when_the_call_begins(desk, monkeypatch):
    played = []
    monkeypatch.setattr(desk.media._voice.trial, "_play", lambda sound: played.append(sound) or (lambda: None))
    desk.open()
    desk.media.try_voice(True)
    assert desk.tried == ["recording"]
    for _ in range(round(KEPT_S * 100)):
        desk.newest("microphone").give(np.full(BLOCK, 0.3, np.float32))
    assert desk.tried == ["recording", "playing"]
    assert [float(one.max()) for one in played] == [pytest.approx(0.3)]
    desk.media.send_by({"microphone": Track()})
    assert desk.tried[-1] == ""
    desk.media.try_voice(True)
    desk.media.try_voice(False)
    assert desk.tried[-2:] == ["recording", ""]
