"""The host's rights, what they do to oneself, and the lobby as the host sees it."""

import dataclasses

import pytest

from app.state import call_intents, effects, events
from app.state.host import RENEWED
from app.state.people import MUTED
from app.state.sharing import SHARE_STOPPED
from app.wire import lobby, people, rooms, sharing
from app.wire.errors import Refused
from tests.fakes.story import GRACE, asked, change, in_call, own_person, signed_in

ALAN = lobby.Guest(id="g1", name="Alan", since=1.0)
MARY = lobby.Guest(id="g2", name="Mary", since=2.0)


def words(story):
    return [notice.words for notice in story.state.toasts.shown]


def waiting(*guests, **more):
    return lobby.LobbyChanged(meeting="m1", waiting=guests, **more)


WISHES = [
    (call_intents.MuteOther(person="grace"), people.MutePerson(meeting="m1", person="grace")),
    (call_intents.StopOthersShare(person="grace"), sharing.StopShareOf(meeting="m1", person="grace")),
    (call_intents.RemoveOther(person="grace"), people.RemovePerson(meeting="m1", person="grace")),
    (call_intents.Lock(is_locked=True), people.LockMeeting(meeting="m1", is_locked=True)),
    (call_intents.MakeNewLink(), people.RenewLink(meeting="m1")),
]


class TestRights:
    @pytest.mark.parametrize(("wish", "message"), WISHES)
    def test_each_is_asked_by_the_host_alone(self, wish, message):
        assert [change(one, request=0) for one in in_call().do(wish).sent] == [message]
        assert in_call(me="grace").do(wish).sent == []
        assert signed_in().do(wish).sent == []
        assert in_call().do(call_intents.Leave(), wish).sent == []

    def test_a_lock_is_shown_to_everyone(self):
        assert in_call(is_locked=True).state.call.is_locked
        story = in_call(me="grace").hear(people.MeetingLocked(meeting="m1", is_locked=True))
        assert story.state.call.is_locked
        assert story.hear(people.MeetingLocked(meeting="m2", is_locked=False)).state.call.is_locked

    def test_a_new_link_takes_the_place_of_the_old_one(self):
        for me, said in (("ada", [RENEWED]), ("grace", [])):
            story = in_call(me=me).hear(people.LinkRenewed(meeting="m1", link="http://127.0.0.1:1/j/" + "n" * 22))
            assert (story.state.call.meeting.link[-22:], words(story)) == ("n" * 22, said)
        assert signed_in().hear(people.LinkRenewed(meeting="m1", link="x")).effects == []


class TestMutedByTheHost:
    def muted(self, **more):
        return people.PersonChanged(meeting="m1", person=change(own_person("grace"), microphone_on=False, **more))

    def test_the_choice_goes_off_here_too_and_it_is_said(self):
        story = in_call(me="grace").hear(self.muted())
        assert story.state.devices.chosen.microphone_on is False
        assert story.has(effects.SaveChoices)[0].choices.microphone_on is False
        assert (words(story), story.sent) == ([MUTED], [])

    def test_a_camera_that_was_just_switched_does_not_take_the_mute_back(self):
        story = in_call(me="grace")
        off = dataclasses.replace(story.state.devices.chosen, camera_on=False)
        story.do(call_intents.Choose(choices=off)).hear(self.muted())
        assert [(one.microphone_on, one.camera_on) for one in asked(story, people.ShowState)] == [(False, False)]

    def test_a_switch_that_was_pressed_before_the_mute_was_seen_does_not_take_it_back(self):
        story = in_call(me="grace")
        shown = story.state.devices.chosen
        story.hear(self.muted())
        story.do(call_intents.Choose(choices=dataclasses.replace(shown, camera_on=False), shown=shown))
        assert [(one.microphone_on, one.camera_on) for one in asked(story, people.ShowState)] == [(False, False)]
        assert story.state.devices.chosen == dataclasses.replace(shown, microphone_on=False, camera_on=False)

    def test_ones_own_mute_is_not_the_hosts(self):
        story = in_call(me="grace")
        off = dataclasses.replace(story.state.devices.chosen, microphone_on=False)
        story.do(call_intents.Choose(choices=off)).answer(self.muted())
        assert (words(story), story.has(effects.SaveChoices)) == ([], [])
        on = dataclasses.replace(off, microphone_on=True)
        story.do(call_intents.Choose(choices=on)).answer(change(self.muted(), person=own_person("grace")))
        story.hear(people.PersonChanged(meeting="m1", person=change(own_person("grace"), consents=True)))
        assert (words(story), story.state.devices.chosen.microphone_on) == ([], True)

    def test_a_share_that_was_stopped_is_said(self):
        sharing_now = people.PersonChanged(meeting="m1", person=own_person("grace", sharing=True))
        stopped = people.PersonChanged(meeting="m1", person=own_person("grace"))
        story = in_call(me="grace").hear(sharing_now, stopped)
        assert words(story) == [SHARE_STOPPED]

    def test_others_are_only_shown(self):
        story = in_call(me="grace", others=(change(GRACE, id="bob", microphone_on=True),))
        story.hear(people.PersonChanged(meeting="m1", person=change(GRACE, id="bob")))
        assert (words(story), story.state.devices.chosen.microphone_on) == ([], True)
        story.hear(people.PersonChanged(meeting="m1", person=change(GRACE, id="stranger")))
        assert words(story) == []


class TestTheLobby:
    def test_r82_a_knock_is_heard_seen_and_repeated_while_somebody_waits(self):
        story = in_call().hear(waiting(ALAN, taken=3, seats=10))
        assert [one.name for one in story.has(effects.PlaySound)] == ["knock"]
        assert "Alan" in story.has(effects.Notify)[0].words
        assert story.has(effects.RepeatKnock) == [effects.RepeatKnock(True)]
        assert (story.state.call.lobby.taken, story.state.call.lobby.seats) == (3, 10)
        story.hear(waiting(ALAN, MARY))
        assert (len(story.has(effects.Notify)), story.has(effects.RepeatKnock)) == (1, [])
        story.hear(waiting(MARY))
        assert story.effects == []
        assert story.hear(waiting()).has(effects.RepeatKnock) == [effects.RepeatKnock(False)]

    @pytest.mark.parametrize(
        "end",
        [
            call_intents.Leave(),
            events.Heard(message=people.MeetingEnded(meeting="m1", at=1.0)),
            events.Heard(message=people.HostChanged(meeting="m1", host="grace")),
        ],
    )
    def test_it_stops_with_the_call_and_with_the_role(self, end):
        story = in_call(others=(GRACE,)).hear(waiting(ALAN)).do(end)
        assert story.has(effects.RepeatKnock) == [effects.RepeatKnock(False)]

    def test_who_becomes_host_hears_who_waits(self):
        story = in_call(me="grace").hear(people.HostChanged(meeting="m1", host="grace"), waiting(ALAN))
        assert story.has(effects.RepeatKnock) == [effects.RepeatKnock(True)]

    def test_r22_the_seats_are_counted_and_a_full_house_is_said(self):
        story = in_call().hear(waiting(ALAN, taken=10, seats=10)).do(call_intents.Admit(guest="g1"))
        story.answer(Refused(reason="meeting_full", words="The meeting is full (10 of 10)."))
        assert (story.state.call.lobby.taken, words(story)) == (10, ["The meeting is full (10 of 10)."])

    def test_letting_everyone_in_is_one_request(self):
        assert asked(in_call().do(call_intents.AdmitEveryone()), lobby.AdmitAll)[0].meeting == "m1"

    def test_denying_one(self):
        assert asked(in_call().do(call_intents.Deny(guest="g1")), lobby.DenyGuest)[0].guest == "g1"

    @pytest.mark.parametrize(
        "wish", [call_intents.AdmitEveryone(), call_intents.Admit(guest="g"), call_intents.Deny(guest="g")]
    )
    def test_without_a_call_there_is_nobody(self, wish):
        assert signed_in().do(wish).effects == []

    def test_what_is_said_of_another_meeting_changes_nothing(self):
        assert in_call().hear(lobby.LobbyChanged(meeting="m2", waiting=(ALAN,))).effects == []


def test_what_a_call_has_cost_is_kept_over_a_reconnect():
    story = in_call().do(events.UsageTold(used_bytes=1234))
    assert story.state.call.media.used_bytes == 1234
    story.do(call_intents.Leave(), call_intents.Rejoin())
    from tests.fakes.story import welcome

    assert story.answer(welcome()).state.call.media.used_bytes == 1234
    assert signed_in().do(events.UsageTold(used_bytes=1)).state.call is None


def test_a_scheduled_room_is_unchanged_by_what_is_not_its_own():
    story = signed_in().hear(rooms.MeetingChanged(meeting=change(in_call().state.call.meeting, room="r9")))
    assert story.state.room_info("r1").meeting is None
