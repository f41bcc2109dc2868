"""Gestures, as the client knows them: the switch, when hands are watched, and what a gesture does."""

import pytest

from app.state import call_intents, effects, events, gestures
from app.state.slices.devices import Choices
from app.wire import gestures as wire
from app.wire import hands, people, reactions, rooms
from tests.fakes.story import (
    CARD,
    account_of,
    asked,
    change,
    found,
    greeted,
    in_call,
    lost_and_signed_in,
    own_person,
    signed_in,
    welcome,
)

ON = wire.GesturesSwitched(meeting="m1", is_on=True)
OFF = wire.GesturesSwitched(meeting="m1", is_on=False)
PALM = events.Gestured(gesture="hand")


def words(story):
    return [notice.words for notice in story.state.toasts.shown]


def recorded(me="ada", **more):
    return in_call(me=me, recording_since=5.0, **more)


def own_up(at=5.0):
    return people.PersonChanged(meeting="m1", person=own_person("ada", raised_at=at))


def told_by(**greeting):
    """Signed in at a server that says this of itself."""
    return greeted(**greeting).do(found("t")).answer(account_of())


class TestTheSwitch:
    def test_r17_the_host_alone_has_it(self):
        story = recorded().do(call_intents.SwitchGestures(is_on=True))
        assert change(story.sent[0], request=0) == wire.SwitchGestures(meeting="m1", is_on=True)
        assert recorded(me="grace").do(call_intents.SwitchGestures(is_on=True)).sent == []
        assert signed_in().do(call_intents.SwitchGestures(is_on=True)).sent == []

    def test_r18_without_recording_it_says_why_and_asks_nothing(self):
        story = in_call().do(call_intents.SwitchGestures(is_on=True))
        assert story.sent == []
        assert words(story) == [f"{gestures.NEED_RECORDING} It is off now."]
        assert asked(in_call().do(call_intents.SwitchGestures(is_on=False)), wire.SwitchGestures)

    def test_r18_where_the_server_says_so_it_needs_none(self):
        story = in_call(story=told_by(gestures_need_recording=False))
        assert gestures.why_not(story.state) == ""
        assert asked(story.do(call_intents.SwitchGestures(is_on=True)), wire.SwitchGestures)

    def test_what_it_does_is_told_once_to_everyone(self):
        story = recorded(me="grace").hear(ON)
        assert words(story) == [gestures.ON]
        assert words(story.hear(ON)) == [gestures.ON]
        assert words(story.hear(OFF)) == [gestures.ON, gestures.OFF]
        assert words(story.hear(OFF)) == [gestures.ON, gestures.OFF]
        assert words(recorded().hear(ON, OFF)) == [gestures.ON], "the host knows"
        assert words(recorded().hear(ON, change(OFF, words="Recording is over."))) == [
            gestures.ON,
            "Recording is over.",
        ]
        assert words(recorded(me="grace", gestures_on=True)) == [gestures.ON]

    def test_of_another_meeting_it_means_nothing(self):
        for message in (ON, OFF):
            other = change(message, meeting="m2")
            assert recorded().hear(other).state == recorded().state
            assert signed_in().hear(other).state == signed_in().state


class TestBeforeTheCall:
    def start(self, **greeting):
        return told_by(**greeting).hear(rooms.MeetingChanged(meeting=CARD)).do(call_intents.GoToMeeting(meeting="m1"))

    def test_r18_it_comes_with_recording_and_goes_with_it(self):
        story = self.start().do(call_intents.ChooseGestures(is_on=True))
        assert not story.state.prejoin.gestures
        story.do(call_intents.ChooseRecording(record=True), call_intents.ChooseGestures(is_on=True))
        assert story.state.prejoin.gestures
        story.do(call_intents.ChooseRecording(record=False))
        assert not story.state.prejoin.gestures
        story.do(call_intents.ChooseRecording(record=True))
        assert not story.state.prejoin.gestures, "it is off until it is wanted"

    def test_r17_it_is_sent_with_the_join(self):
        story = self.start().do(call_intents.ChooseRecording(record=True), call_intents.ChooseGestures(is_on=True))
        join = asked(story.do(call_intents.Join()), people.JoinMeeting)[0]
        assert (join.record, join.gestures) == (True, True)

    def test_r18_without_recording_where_the_server_says_so(self):
        story = self.start(gestures_need_recording=False).do(call_intents.ChooseGestures(is_on=True))
        story.do(call_intents.ChooseRecording(record=True), call_intents.ChooseRecording(record=False))
        join = asked(story.do(call_intents.Join()), people.JoinMeeting)[0]
        assert (join.record, join.gestures) == (False, True)

    def test_r17_others_are_not_offered_it(self):
        story = signed_in(me="grace").hear(rooms.MeetingChanged(meeting=CARD))
        story.do(call_intents.GoToMeeting(meeting="m1"), call_intents.ChooseGestures(is_on=True))
        assert not story.state.prejoin.gestures
        assert not gestures.can_choose(story.state)
        assert signed_in().do(call_intents.ChooseGestures(is_on=True)).state == signed_in().state


class TestWatching:
    def choosing(self, story, **choices):
        return story.do(call_intents.Choose(choices=Choices(**choices))).has(effects.WatchHands)

    def test_r17_hands_are_watched_while_everyone_and_oneself_want_it(self):
        story = recorded()
        assert not story.has(effects.WatchHands)
        assert story.hear(ON).has(effects.WatchHands) == [effects.WatchHands(True)]
        assert story.hear(ON).has(effects.WatchHands) == []
        assert self.choosing(story, gestures=False) == [effects.WatchHands(False)]
        assert self.choosing(story, gestures=True) == [effects.WatchHands(True)]
        assert self.choosing(story, camera_on=False) == [effects.WatchHands(False)]
        assert self.choosing(story) == [effects.WatchHands(True)]
        assert story.hear(OFF).has(effects.WatchHands) == [effects.WatchHands(False)]

    def test_they_are_no_more_once_one_has_left(self):
        story = recorded(gestures_on=True)
        assert story.has(effects.WatchHands) == [effects.WatchHands(True)]
        assert story.do(events.PeersLost()).has(effects.WatchHands) == [], "the model stays loaded"
        assert story.do(call_intents.Leave()).has(effects.WatchHands) == [effects.WatchHands(False)]

    def test_who_has_switched_them_off_is_told_nothing(self):
        story = signed_in().do(call_intents.Choose(choices=Choices(gestures=False)))
        assert words(in_call(story=story, recording_since=5.0).hear(ON)) == []


class TestWhatTheyDo:
    def test_r17_an_open_palm_raises_the_hand_and_takes_it_down_again(self):
        story = recorded(gestures_on=True).do(PALM)
        assert change(story.sent[0], request=0) == hands.RaiseHand(meeting="m1")
        story.answer(own_up())
        assert story.do(PALM).sent == []
        assert asked(story.do(events.PalmGone()), hands.LowerHand)
        assert story.answer(own_up(0.0)).do(events.PalmGone()).sent == []

    def test_a_palm_that_is_gone_before_the_server_has_answered_takes_the_hand_down_all_the_same(self):
        story = recorded(gestures_on=True).do(PALM)
        assert asked(story.do(events.PalmGone()), hands.LowerHand)

    @pytest.mark.parametrize("gesture", ["thumbs_up", "thumbs_down", "victory", "ok"])
    def test_r17_the_others_are_reactions(self, gesture):
        story = recorded(gestures_on=True).do(events.Gestured(gesture=gesture))
        assert change(story.sent[0], request=0) == reactions.React(meeting="m1", reaction=gesture)

    @pytest.mark.parametrize("event", [PALM, events.Gestured(gesture="ok"), events.PalmGone()])
    def test_late_ones_mean_nothing(self, event):
        for story in (recorded(), signed_in(), recorded(gestures_on=True).do(call_intents.Leave())):
            assert story.do(event).sent == []

    def test_what_was_clicked_is_not_undone_by_a_palm(self):
        story = recorded(gestures_on=True).do(call_intents.RaiseHand()).answer(own_up())
        assert story.do(PALM, events.PalmGone()).sent == []
        story = recorded(gestures_on=True).do(PALM).answer(own_up()).do(call_intents.LowerHand()).answer(own_up(0.0))
        story.do(call_intents.RaiseHand()).answer(own_up())
        assert story.do(events.PalmGone()).sent == []

    def test_a_palm_that_goes_while_the_connection_is_lost_takes_the_hand_down_later(self):
        story = recorded(gestures_on=True).do(PALM).answer(own_up())
        story.do(events.ConnectionChanged(phase="offline", words="gone"), events.PalmGone())
        join = asked(lost_and_signed_in(story), people.JoinMeeting)[0]
        back = welcome(recording_since=5.0, gestures_on=True)
        up = change(back, people=(own_person("ada", raised_at=5.0),), re=join.request)
        assert asked(story.hear(up), hands.LowerHand)

    def test_a_hand_that_a_palm_holds_stays_up_over_a_lost_connection(self):
        story = recorded(gestures_on=True).do(PALM).answer(own_up())
        join = asked(lost_and_signed_in(story), people.JoinMeeting)[0]
        back = change(welcome(recording_since=5.0, gestures_on=True), people=(own_person("ada", raised_at=5.0),))
        story.hear(change(back, re=join.request))
        assert not asked(story, hands.LowerHand)
        assert asked(story.do(events.PalmGone()), hands.LowerHand)
