"""Gesture detection: the host's switch, and what it has to do with AI recording."""

import pytest

from app.wire.gestures import GesturesSwitched, SwitchGestures
from app.wire.hands import RaiseHand
from app.wire.people import LeaveMeeting, PersonChanged
from app.wire.reactions import React, Reacted
from app.wire.recording import RecordingStarted, RecordingStopped, StartRecording, StopRecording
from server_stub.call import gestures_rules, meeting, recording_rules
from server_stub.relay.engine import RelayError
from tests.fakes.server_client import story
from tests.people import ada_and_grace, alan, alan_inside, in_a_meeting, join, joining, start
from tests.server_stub.meetings import refusal, with_people


def recorded(*ids):
    return recording_rules.start_recording(with_people(*ids), "ada", 5.0).meeting


def switched(now, is_on, by="ada", *, need_recording=True):
    return gestures_rules.switch(now, by, is_on, need_recording=need_recording).meeting.gestures_on


@pytest.mark.parametrize(
    ("is_recorded", "need_recording", "reason"),
    [(False, True, "not_ready"), (True, True, ""), (False, False, ""), (True, False, "")],
)
def test_r18_where_gestures_need_recording_they_come_on_with_it_alone(is_recorded, need_recording, reason):
    now = recorded("ada", "grace") if is_recorded else with_people("ada", "grace")
    if reason:
        assert refusal(gestures_rules.switch, now, "ada", True, need_recording=need_recording) == reason
    else:
        assert switched(now, True, need_recording=need_recording)
    assert not switched(now, False, need_recording=need_recording), "off is always possible"


def test_r17_the_present_host_alone_switches_them():
    now = recorded("ada", "grace")
    assert refusal(gestures_rules.switch, now, "grace", True, need_recording=True) == "not_host"
    moved = meeting.resign(meeting.leave(now, "ada", 9.0).meeting, "ada").meeting
    assert switched(moved, True, "grace")
    assert refusal(gestures_rules.switch, moved, "ada", True, need_recording=True) == "not_host"


@pytest.mark.parametrize(("need_recording", "stays"), [(True, False), (False, True)])
def test_they_end_with_the_recording_where_they_need_it(need_recording, stays):
    now = gestures_rules.switch(recorded("ada"), "ada", True, need_recording=need_recording).meeting
    now = recording_rules.stop_recording(now).meeting
    outcome = gestures_rules.recording_stopped(now, need_recording=need_recording)
    assert outcome.meeting.gestures_on is stays
    assert [change.words for change in outcome.changes] == ([] if stays else [gestures_rules.ENDED])
    again = recording_rules.start_recording(outcome.meeting, "ada", 9.0).meeting
    assert again.gestures_on is stays, "they do not come back by themselves"


@story()
async def test_r17_everyone_inside_is_told_and_who_comes_later_too(server):
    host, member, card = await in_a_meeting(server)
    waiting = await alan(server, card)
    assert await host.refused(SwitchGestures(meeting=card.id, is_on=True)) == "not_ready"
    await host.ask(StartRecording(meeting=card.id))
    assert await member.refused(SwitchGestures(meeting=card.id, is_on=True)) == "not_host"
    told = await host.ask(SwitchGestures(meeting=card.id, is_on=True))
    assert told.is_on
    assert (await member.expect(GesturesSwitched)).is_on
    await waiting.settle()
    assert not [tell for tell in waiting.heard if isinstance(tell, GesturesSwitched)]
    await member.ask(LeaveMeeting(meeting=card.id))
    assert (await join(member, card.id, notice_version=3)).gestures_on
    stopped = await host.ask(StopRecording(meeting=card.id))
    assert isinstance(stopped, RecordingStopped)
    for one in (host, member):
        off = await one.expect(GesturesSwitched, lambda tell: not tell.is_on)
        assert off.words == gestures_rules.ENDED


@story()
async def test_what_a_gesture_leads_to_is_what_a_click_leads_to(server):
    host, _, card = await in_a_meeting(server)
    guest = await alan_inside(server, host, card)
    assert (await guest.ask(RaiseHand(meeting=card.id))).person.raised_at
    await host.expect(PersonChanged, lambda tell: tell.person.raised_at)
    for reaction in ("thumbs_down", "victory", "ok"):
        assert (await guest.ask(React(meeting=card.id, reaction=reaction))).reaction == reaction
        await host.expect(Reacted, lambda tell, reaction=reaction: tell.reaction == reaction)


@story()
async def test_r17_the_starter_brings_them_along_with_the_recording_and_nobody_else_does(server):
    host, member, room = await ada_and_grace(server)
    card = await start(host, room)
    assert await member.refused(joining(card.id, gestures=True)) == "not_host"
    assert not (await join(host, card.id, record=True, gestures=True)).gestures_on
    await host.expect(RecordingStarted)
    assert (await host.expect(GesturesSwitched)).is_on
    # Who joins a meeting in which they are on asks for nothing.
    assert (await join(member, card.id, notice_version=3, gestures=True)).gestures_on


@story()
async def test_where_no_recording_comes_of_it_the_host_is_told_that_there_are_no_gestures(server):
    host, _, room = await ada_and_grace(server)
    card = await start(host, room)

    async def fail(*_):
        raise RelayError("No space.")

    server.relay.start_recording = fail
    await join(host, card.id, record=True, gestures=True)
    told = await host.expect(GesturesSwitched)
    assert (told.is_on, told.words) == (False, gestures_rules.NEED_RECORDING)


@story(gestures_need_recording=False)
async def test_a_server_may_let_them_work_without_recording(server):
    host, member, card = await in_a_meeting(server)
    assert (await host.ask(SwitchGestures(meeting=card.id, is_on=True))).is_on
    await host.ask(StartRecording(meeting=card.id))
    await host.ask(StopRecording(meeting=card.id))
    await member.expect(RecordingStopped)
    await member.settle()
    assert [tell.is_on for tell in member.heard if isinstance(tell, GesturesSwitched)] == [True]
