"""What is said over the page goes when it is over, and nothing is said twice."""

import pytest

from app.state import call_intents, events, intents
from app.state.app_state import AppState
from app.state.links import STAY_IN_CALL
from app.state.prejoin import IN_A_MEETING
from app.state.toasts import MOST, toast
from app.wire import people, rooms
from app.wire.errors import Refused
from tests.fakes.story import CARD, ROOM, Story, change, in_call, signed_in

OTHER = change(CARD, id="m2", link="http://127.0.0.1:1/j/zzzzzzzzzzzzzzzzzzzzzz")


def words(story):
    return [one.words for one in story.state.toasts.shown]


def refused(story, text="Not now."):
    return story.hear(Refused(reason="rights", words=text, re=story.sent[-1].request))


class TestOver:
    @pytest.mark.parametrize(
        ("wish", "told"),
        [
            (call_intents.GoToMeeting(meeting="m2"), IN_A_MEETING),
            (call_intents.FollowLink(link=OTHER.link), IN_A_MEETING),
            (call_intents.FollowLink(link="https://other.example.org/j/zzzzzzzzzzzzzzzzzzzzzz"), STAY_IN_CALL),
            (intents.UseServer(address="other.example.org"), STAY_IN_CALL),
            (call_intents.BeginMeeting(room="r1", key="k"), "You are in a meeting already. Leave it first to start"),
        ],
    )
    def test_that_one_is_in_a_meeting_goes_with_the_meeting(self, wish, told):
        story = in_call().do(wish)
        assert words(story)[0].startswith(told)
        assert words(story.do(call_intents.Leave())) == []

    @pytest.mark.parametrize(
        "end",
        [
            people.MeetingEnded(meeting="m1", at=2.0),
            people.PersonLeft(meeting="m1", person="grace", reason="removed"),
        ],
    )
    def test_what_is_said_of_the_call_goes_however_it_ends(self, end):
        story = in_call(me="grace").hear(people.HostChanged(meeting="m1", host="grace"))
        assert words(story) == ["You are the host of this meeting now."]
        assert words(story.hear(end)) == []

    def test_a_refusal_of_the_call_goes_with_it(self):
        story = refused(in_call().do(call_intents.MuteOther(person="grace")))
        assert words(story) == ["Not now."]
        assert words(story.do(call_intents.Leave())) == []

    def test_the_call_of_before_says_nothing_in_the_next(self):
        story = in_call().do(call_intents.GoToMeeting(meeting="m1"), intents.UseServer(address="other.example.org"))
        story.do(call_intents.Leave(), call_intents.Rejoin())
        assert words(story) == []

    def test_what_devices_do_goes_with_the_call(self):
        story = in_call().do(events.Announced(words="The background is too much for it.", about=("devices",)))
        assert words(story) == ["The background is too much for it."]
        assert words(story.do(call_intents.Leave())) == []

    def test_that_a_link_waits_goes_when_it_is_followed(self):
        story = signed_in().do(events.ConnectionChanged(phase="offline"), call_intents.FollowLink(link=CARD.link))
        assert words(story)
        assert words(signed_in(story)) == []

    def test_a_request_that_is_made_again_takes_its_complaint_away(self):
        story = refused(signed_in().do(intents.MakeRoom(name="New")))
        assert words(story) == ["Not now."]
        assert words(story.do(intents.MakeRoom(name="New"))) == []
        assert words(refused(story, "Never.")) == ["Never."]

    def test_an_empty_name_is_complained_of_until_there_is_one(self):
        story = signed_in().do(intents.MakeRoom(name=" "))
        assert words(story) == ["A room needs a name."]
        assert words(story.do(intents.MakeRoom(name="New"))) == []

    def test_a_complaint_about_a_room_stays_behind_in_it(self):
        story = signed_in().hear(rooms.RoomChanged(room=change(ROOM, id="r2")))
        refused(story.do(intents.NameRoom(room="r1", name="New")))
        assert words(story) == ["Not now."]
        assert words(story.do(intents.OpenRoom(room="r2"))) == []

    def test_a_complaint_about_a_room_that_is_not_open_is_read_too(self):
        story = signed_in().hear(rooms.RoomChanged(room=change(ROOM, id="r2")))
        assert words(refused(story.do(intents.NameRoom(room="r2", name="New")))) == ["Not now."]

    def test_others_stay(self):
        story = in_call().do(events.Announced(words="The disk is full.", is_bad=True))
        assert words(story.do(call_intents.Leave(), intents.OpenRoom(room="r1"))) == ["The disk is full."]


class TestOnce:
    def test_the_same_words_stand_there_once_and_are_the_newest(self):
        state = toast(toast(toast(AppState(), "one"), "two"), "one")
        assert [one.words for one in state.toasts.shown] == ["two", "one"]
        assert [one.number for one in state.toasts.shown] == [2, 3]

    def test_no_number_comes_twice_so_that_a_late_put_away_takes_no_other(self):
        story = signed_in().do(events.Announced(words="one"))
        number = story.state.toasts.shown[0].number
        story.do(intents.PutAway(number=number), events.Announced(words="two"), intents.PutAway(number=number))
        assert words(story) == ["two"]
        story.do(intents.LeaveAccount(), events.Announced(words="three"))
        assert story.state.toasts.shown[0].number > number + 1

    def test_complaints_are_kept_longer_than_others(self):
        state = toast(AppState(), "bad", is_bad=True)
        for number in range(MOST + 5):
            state = toast(state, f"note {number}")
        assert len(state.toasts.shown) == MOST
        assert (state.toasts.shown[0].words, state.toasts.shown[-1].words) == ("bad", f"note {MOST + 4}")
        for number in range(MOST + 5):
            state = toast(state, f"bad {number}", is_bad=True)
        assert [one.words for one in state.toasts.shown] == [f"bad {number}" for number in range(5, MOST + 5)]

    def test_nothing_is_said_in_no_words(self):
        assert toast(AppState(), "") == AppState()


def test_a_line_is_put_away_and_the_same_words_stand_once():
    story = Story().do(
        events.Announced(words="One."), events.Announced(words="One."), events.Announced(words="Two.", is_bad=True)
    )
    assert [(one.words, one.is_bad) for one in story.state.toasts.shown] == [("One.", False), ("Two.", True)]
    story.do(intents.PutAway(number=story.state.toasts.shown[0].number))
    assert [one.words for one in story.state.toasts.shown] == ["Two."]


def test_r44_what_a_button_cannot_do_is_said_in_words():
    story = signed_in().do(intents.Explain(words="Not here."))
    assert [(one.words, one.is_bad) for one in story.state.toasts.shown] == [("Not here.", False)]
