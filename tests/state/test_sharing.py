"""Sharing one's own screen, as the state sees it: chosen, told, ended by whomever, and over with the call."""

import msgspec
import pytest

from app.state import call_intents, effects, events
from app.state.sharing import SHARE_STOPPED
from app.state.slices.sharing import OwnShare, Picker, ShareSource
from app.wire import people, sharing
from app.wire.errors import Refused
from tests.fakes.story import asked, in_call, lost_and_signed_in, signed_in, welcome

SCREEN = ShareSource("screen:0", "Your screen", "screen", 1920, 1080)
WINDOW = ShareSource("window:7", "Letter", "window", 800, 600)
SYSTEM = ShareSource("portal", "", "system")
OPEN, CLOSE, STOP = call_intents.OpenSharePicker(), call_intents.ClosePicker(), call_intents.StopOwnShare()


def start(source=SCREEN, mode="automatic"):
    return call_intents.StartShare(source=source, mode=mode)


def began(number=1):
    return events.ShareBegan(number=number)


def own(story):
    return story.state.call.sharing.own


def words(story):
    return [one.words for one in story.state.toasts.shown]


def sharing_now():
    return in_call().do(start(), began())


class TestThePicker:
    def test_lists_while_it_is_open(self):
        story = in_call().do(OPEN)
        assert story.has(effects.ShowSources) == [effects.ShowSources(True)]
        story.do(events.SourcesListed(sources=(SCREEN, WINDOW), shows_own_windows=True))
        assert story.state.call.sharing.picker == Picker((SCREEN, WINDOW), "", True)
        assert story.do(CLOSE).has(effects.ShowSources) == [effects.ShowSources(False)]
        assert story.state.call.sharing.picker is None

    def test_a_second_click_takes_nothing_of_the_list_away(self):
        story = in_call().do(OPEN, events.SourcesListed(sources=(SCREEN, WINDOW)), OPEN)
        assert story.state.call.sharing.picker == Picker((SCREEN, WINDOW))
        assert story.has(effects.ShowSources) == []

    def test_says_why_nothing_can_be_shared(self):
        story = in_call().do(OPEN, events.SourcesListed(sources=(), words="Not here."))
        assert story.state.call.sharing.picker == Picker((), "Not here.")

    def test_what_is_listed_late_opens_nothing(self):
        assert in_call().do(events.SourcesListed(sources=(SCREEN,))).state.call.sharing.picker is None
        assert signed_in().do(events.SourcesListed(sources=(SCREEN,))).state.call is None

    def test_is_not_opened_outside_a_call(self):
        assert signed_in().do(OPEN, CLOSE, start(), STOP).effects == []

    def test_where_the_system_has_one_there_is_no_second(self):
        story = in_call().do(call_intents.SetShareMode(mode="motion"), OPEN)
        story.do(events.SourcesListed(sources=(SYSTEM,)))
        assert (own(story).source, own(story).mode, story.state.call.sharing.picker) == (SYSTEM, "motion", None)
        assert story.has(effects.ShowSources) == [effects.ShowSources(False)]


class TestSharing:
    def test_the_others_are_told_with_the_first_picture_and_not_before(self):
        story = in_call().do(OPEN, start(WINDOW, "text"))
        assert story.has(effects.FollowShare) == [effects.FollowShare(OwnShare(1, WINDOW, "text"))]
        assert not asked(story, sharing.StartSharing)
        story.do(began())
        assert asked(story, sharing.StartSharing)[0].meeting == "m1"
        # The server hears of it before the track is offered.
        kinds = [type(one) for one in story.effects]
        assert kinds.index(effects.Send) < kinds.index(effects.FollowShare)
        assert story.has(effects.FollowShare) == [effects.FollowShare(OwnShare(1, WINDOW, "text", is_on=True))]

    def test_told_once(self):
        assert not asked(sharing_now().do(began()), sharing.StartSharing)

    def test_another_source_takes_its_place_without_a_gap(self):
        story = sharing_now().do(OPEN, start(WINDOW))
        assert story.has(effects.FollowShare) == [effects.FollowShare(OwnShare(2, WINDOW, is_on=True))]
        assert not asked(story.do(began(2)), sharing.StartSharing)
        assert own(story.do(events.ShareEnded(number=1, words="Late."))).number == 2

    def test_what_is_told_about_it_is_kept_and_captures_nothing_anew(self):
        told = events.ShareMoved(number=1, place=(0, 0, 9, 9), is_paused=True, sent_as="text")
        story = sharing_now().do(told)
        assert (own(story).place, own(story).is_paused, own(story).sent_as) == ((0, 0, 9, 9), True, "text")
        assert story.effects == []
        other = msgspec.structs.replace(told, number=5)
        assert own(sharing_now().do(other)).place is None

    def test_the_mode_changes_while_it_is_on_and_counts_for_the_next(self):
        story = sharing_now().do(call_intents.SetShareMode(mode="motion"))
        assert story.has(effects.FollowShare)[0].share.mode == "motion"
        assert story.state.call.sharing.mode == "motion"
        assert signed_in().do(call_intents.SetShareMode(mode="text")).state.call is None

    def test_stops_at_once_and_the_others_are_told(self):
        story = sharing_now().do(STOP)
        assert story.has(effects.FollowShare) == [effects.FollowShare(None)]
        assert asked(story, sharing.StopSharing)

    def test_stopped_before_its_first_picture_nobody_needs_to_be_told(self):
        story = in_call().do(start(), STOP)
        assert not asked(story, sharing.StopSharing)
        assert story.do(began()).effects == []

    def test_ends_by_itself_in_words_and_the_call_goes_on(self):
        story = sharing_now().do(events.ShareEnded(number=1, words="It was closed."))
        assert words(story) == ["It was closed."]
        assert asked(story, sharing.StopSharing)
        assert (own(story), story.state.call_phase) == (None, "in")

    def test_a_change_of_mind_in_the_systems_picker_needs_no_words(self):
        assert words(in_call().do(start(SYSTEM), events.ShareEnded(number=1, words=""))) == []

    def test_a_refusal_ends_it_in_words(self):
        story = sharing_now()
        number = asked(story, sharing.StartSharing)[0].request
        story.hear(Refused(re=number, reason="not_allowed", words="Not in this meeting."))
        assert (own(story), words(story)) == (None, ["Not in this meeting."])
        assert story.has(effects.FollowShare) == [effects.FollowShare(None)]

    def test_a_stop_that_comes_too_late_needs_no_words(self):
        story = sharing_now().do(STOP)
        number = asked(story, sharing.StopSharing)[0].request
        assert words(story.hear(Refused(re=number, reason="not_in_meeting", words="Gone."))) == []


def person(story, **changes):
    mine = next(one for one in story.state.call.people if one.id == story.state.call.you)
    return msgspec.structs.replace(mine, **changes)


def test_the_host_stops_it_and_it_stops_here_too():
    story = sharing_now()
    story.hear(people.PersonChanged(re=3, meeting="m1", person=person(story, sharing=True)))
    story.hear(people.PersonChanged(meeting="m1", person=person(story, sharing=False)))
    assert (own(story), words(story)) == (None, [SHARE_STOPPED])
    assert story.has(effects.FollowShare) == [effects.FollowShare(None)]


def test_after_a_lost_connection_it_goes_on():
    story = lost_and_signed_in(sharing_now())
    assert not story.has(effects.FollowShare)
    story.hear(welcome(re=asked(story, people.JoinMeeting)[0].request))
    assert own(story).is_on
    assert asked(story, sharing.StartSharing)
    assert not story.has(effects.FollowShare)


def test_what_is_chosen_while_the_connection_is_lost_is_not_told_before_it_is_back():
    story = lost_and_signed_in(in_call().do(start()))
    assert not asked(story.do(began()), sharing.StartSharing)
    assert not asked(story.do(STOP), sharing.StopSharing)
    story.do(OPEN, start())
    assert (own(story), story.effects) == (None, [])


@pytest.mark.parametrize("end", ["left", "ended", "removed"])
def test_it_is_over_with_the_call_and_does_not_begin_again_with_the_next(end):
    story = sharing_now()
    if end == "left":
        story.do(call_intents.Leave())
    elif end == "ended":
        story.hear(people.MeetingEnded(meeting="m1", words="Over.", at=1.0))
    else:
        story.hear(people.PersonLeft(meeting="m1", person=story.state.call.you, reason="removed"))
    assert story.has(effects.FollowShare) == [effects.FollowShare(None)]
    assert own(story) is None
    if end == "left":
        story.do(call_intents.Rejoin()).answer(welcome())
        assert (story.state.call_phase, own(story)) == ("in", None)
