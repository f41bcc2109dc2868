"""Two people sign up, share a room, meet, see and hear each other, write, leave and come back."""

import dataclasses
import time

import numpy as np
import pytest

from app.state import call_intents
from tests.patience import PATIENCE_S
from tests.together.cast import ADA, ADA_HZ, GRACE, GRACE_HZ, has_colour, has_tone, meet, share_a_room


def test_two_people_meet_and_see_and_hear_each_other(cast):
    ada = cast.enter("ada", ADA, ADA_HZ)
    grace = cast.enter("grace", GRACE, GRACE_HZ)
    room = share_a_room(ada, grace)
    meeting = meet(ada, grace, room)
    people = {
        person.name: person.id
        for person in ada.wait_for(lambda state: len(state.call.people) == 2 and state.call.people)
    }

    ada.wait_picture(people["Grace"], has_colour(GRACE))
    grace.wait_picture(people["Ada"], has_colour(ADA))
    ada.wait_heard(has_tone(GRACE_HZ), seconds=0.5)
    grace.wait_heard(has_tone(ADA_HZ), seconds=0.5)

    ada.do(call_intents.SayInChat(text="Hello, Grace!", key="one"))
    grace.wait_for(lambda state: [line.text for line in state.call.chat.lines] == ["Hello, Grace!"])
    grace.do(call_intents.SayInChat(text="Hello, Ada!", key="two"))
    for client in (ada, grace):
        client.wait_for(lambda state: [line.text for line in state.call.chat.lines] == ["Hello, Grace!", "Hello, Ada!"])

    ada.do(call_intents.Leave())
    ada.wait_for(lambda state: state.call_phase == "ended" and state.call.can_rejoin)
    grace.wait_for(lambda state: len(state.call.people) == 1)
    ada.pictures.clear()
    ada.do(call_intents.Rejoin())
    ada.wait_for(lambda state: state.call_phase == "in" and len(state.call.people) == 2)
    ada.wait_picture(people["Grace"], has_colour(GRACE))
    ada.wait_heard(has_tone(GRACE_HZ), seconds=0.5)
    assert ada.state.call.meeting.id == meeting


@pytest.mark.logs_warnings
@pytest.mark.parametrize("which", ["sending", "receiving"])
def test_media_that_breaks_comes_back_by_itself(cast, which):
    ada = cast.enter("ada", ADA, ADA_HZ)
    grace = cast.enter("grace", GRACE, GRACE_HZ)
    meet(ada, grace, share_a_room(ada, grace))
    ada.wait_picture(grace.state.me.id, has_colour(GRACE))
    grace.wait_picture(ada.state.me.id, has_colour(ADA))
    ada.pictures.clear()
    grace.pictures.clear()
    grace.note()
    broken = getattr(grace.conductor.peers._call, which)
    grace.conductor._loop.submit(broken.close()).result(10)
    grace.wait_seen(lambda state: state.call_phase == "reconnecting", what="told that media is gone")
    grace.wait_for(lambda state: state.call_phase == "in", what="media is back")
    grace.wait_picture(ada.state.me.id, has_colour(ADA))
    ada.wait_picture(grace.state.me.id, has_colour(GRACE))
    ada.wait_heard(has_tone(GRACE_HZ), seconds=0.5)
    grace.wait_heard(has_tone(ADA_HZ), seconds=0.5)


#: Longer than a busy computer lets a voice wait.
MUTED_S = 3.0


def choose(client, **changes):
    client.do(call_intents.Choose(choices=dataclasses.replace(client.state.devices.chosen, **changes)))


def sent_by(client):
    """What goes out: the line, its SSRC and the id of its track, for voice and picture."""

    async def look():
        lines = client.conductor.peers._call.sending.getTransceivers()
        return [(line.kind, line.sender._ssrc, line.sender.track.id) for line in lines if line.sender.track]

    return client.conductor._loop.submit(look()).result(10)


def is_silent(sound):
    return len(sound) > 0 and float(np.abs(sound).max()) == 0.0


def in_a_call(cast):
    """Ada, who sees and hears Grace, and Grace, and who Grace is."""
    ada = cast.enter("ada", ADA, ADA_HZ)
    grace = cast.enter("grace", GRACE, GRACE_HZ)
    meet(ada, grace, share_a_room(ada, grace))
    own_id = grace.state.me.id
    ada.wait_picture(own_id, has_colour(GRACE))
    ada.wait_heard(has_tone(GRACE_HZ), seconds=0.5)
    return ada, grace, own_id


def test_r16_other_devices_go_out_by_the_same_tracks_and_a_held_key_lets_one_be_heard(cast):
    ada, grace, own_id = in_a_call(cast)
    before = sent_by(grace)
    assert {kind for kind, _, _ in before} == {"audio", "video"}

    choose(grace, microphone="another", camera="another", speaker="another", picture="hd")
    ada.pictures.clear()
    ada.wait_picture(own_id, lambda picture: picture.frame_px == (1280, 720))
    ada.wait_heard(has_tone(GRACE_HZ), seconds=0.5)
    choose(grace, picture="standard", microphone_on=False)
    ada.wait_heard(is_silent, seconds=0.3)
    grace.do(call_intents.Talk(is_held=True))
    ada.wait_for(lambda state: state.call.person(own_id).microphone_on)
    ada.wait_heard(has_tone(GRACE_HZ), seconds=0.5)
    grace.do(call_intents.Talk(is_held=False))
    ada.wait_for(lambda state: not state.call.person(own_id).microphone_on)
    ada.wait_heard(is_silent, seconds=0.3)
    assert sent_by(grace) == before
    assert not grace.state.devices.chosen.microphone_on


def test_a_muted_microphone_and_a_covered_camera_send_nothing_until_they_are_back(cast):
    ada, grace, own_id = in_a_call(cast)

    choose(grace, microphone_on=False, camera_on=False)
    ada.wait_for(
        lambda state: all(not (one.microphone_on or one.camera_on) for one in state.call.people if one.id == own_id)
    )
    ada.wait_heard(is_silent, seconds=0.3)
    # What was on its way still comes, on a busy machine a while later.
    until_s, count = time.monotonic() + PATIENCE_S, -1
    while count != ada.picture_counts[own_id]:
        assert time.monotonic() < until_s, "pictures go on coming"
        count = ada.picture_counts[own_id]
        ada.wait_blocks(MUTED_S)

    ada.pictures.clear()
    choose(grace, microphone_on=True, camera_on=True)
    ada.wait_picture(own_id, has_colour(GRACE))
    ada.wait_heard(has_tone(GRACE_HZ), seconds=0.5)
    # A gap is what is missing of a voice: the time for which nobody spoke is none.
    assert ada.conductor.figures()["audio_gap_ms"] < 1000 * MUTED_S


def test_joining_without_devices_is_listening(cast, tmp_path):
    ada = cast.enter("ada", ADA, ADA_HZ)
    grace = cast.enter("grace", GRACE, GRACE_HZ)
    (tmp_path / "clients" / "grace" / "camera.mkv").write_bytes(b"broken")
    (tmp_path / "clients" / "grace" / "voice.wav").unlink()
    meet(ada, grace, share_a_room(ada, grace))
    grace.wait_picture(ada.state.me.id, has_colour(ADA))
    grace.wait_heard(has_tone(ADA_HZ), seconds=0.5)
    words = dict(grace.wait_for(lambda state: len(dict(state.call.media.words)) == 2 and state.call.media.words))
    assert set(words) == {"camera", "microphone"}
