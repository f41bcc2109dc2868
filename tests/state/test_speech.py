"""The models for recaps of this computer's own server: asked for once, and steered."""

import pytest

from app.state import effects, events, intents
from app.state.slices.devices import Choices
from app.state.speech import NOT_NOW, READY
from app.wire import people, recording
from tests.fakes.story import account_of, found, greeted, in_call

PULL, CANCEL, REMOVE = (intents.WishModel(wish=wish) for wish in ("pull", "cancel", "remove"))
AWAY = intents.PutModelAway()
ON = recording.RecordingStarted(meeting="m1", at=1600.0, by="ada")


def told(phase="missing", done=0, words="", **more):
    known = {"name": "base", "whole": 148, "can_remove": False, **more}
    return events.SpeechModelTold(phase=phase, done=done, words=words, **known)


def at_home(*happened, **more):
    """The owner of this computer's server, in a call of their own."""
    story = greeted(is_embedded=True).do(found("")).hear(account_of())
    return in_call(story=story, **more).do(*happened)


def said(story):
    return [(one.words, one.is_bad) for one in story.state.toasts.shown]


def saves(story):
    return [one.choices.heard_of_model for one in story.has(effects.SaveChoices)]


def test_it_is_asked_for_when_the_first_recording_begins_and_the_recording_waits_for_nothing():
    story = at_home(told()).hear(ON)
    assert (story.state.speech.is_asked, story.state.call.recording.since) == (True, 1600.0)
    assert story.effects == []


@pytest.mark.parametrize(
    ("why", "make"),
    [
        ("it is there", lambda: at_home(told("ready"))),
        ("it is being fetched", lambda: at_home(told("fetching"))),
        ("another recogniser was chosen", lambda: at_home(told("unwanted"))),
        ("the server has not said", at_home),
        ("it was asked before", lambda: at_home(told(), events.ChoicesLoaded(choices=Choices(heard_of_model=True)))),
        ("another one is the host", lambda: at_home(told(), host="grace")),
        ("it is another server", lambda: in_call().do(told())),
    ],
)
def test_there_is_nothing_to_ask_where(why, make):
    assert not make().hear(ON).state.speech.is_asked, why


def test_who_joins_what_is_recorded_already_is_not_asked():
    assert not at_home(told(), recording_since=1400.0).state.speech.is_asked
    story = at_home(told()).hear(ON).do(AWAY)
    assert not story.hear(recording.RecordingStopped(meeting="m1", at=1, reason="host", words="")).state.speech.is_asked


def test_a_yes_fetches_it_and_is_kept():
    story = at_home(told()).hear(ON).do(PULL)
    assert (story.has(effects.SteerModel), saves(story)) == ([effects.SteerModel("pull")], [True])
    assert (story.state.speech.phase, story.state.speech.is_asked) == ("fetching", True)
    assert story.do(PULL).effects == [], "the second click of two"
    story.do(told("fetching", 74))
    assert (story.state.speech.done, story.state.speech.whole, story.state.speech.is_asked) == (74, 148, True)
    story.do(told("ready", 148))
    assert (said(story), story.state.speech.is_asked) == ([], True), "the dialog says it"
    story.do(AWAY)
    assert (said(story), story.effects, story.state.speech.is_asked) == ([], [], False)


def test_not_now_is_kept_and_it_is_not_asked_again():
    story = at_home(told()).hear(ON).do(AWAY)
    assert (saves(story), said(story)) == ([True], [(NOT_NOW, False)])
    assert story.do(AWAY).effects == []
    story.hear(recording.RecordingStopped(meeting="m1", at=1.0, reason="host", words=""), ON)
    assert not story.state.speech.is_asked


def test_a_download_that_nobody_watches_says_how_it_ended():
    story = at_home(told()).hear(ON).do(PULL, AWAY)
    assert (said(story), story.state.speech.phase) == ([], "fetching")
    story.do(told("missing", 74, "There is no network."))
    assert said(story) == [("There is no network.", True)]
    story.do(PULL)
    assert (story.state.speech.words, story.effects) == ("", [effects.SteerModel("pull")])
    story.do(told("ready", 148))
    assert said(story)[-1] == (READY, False)


def test_one_that_is_stopped_says_nothing():
    story = at_home(told("fetching", 74)).do(CANCEL)
    assert story.effects == [effects.SteerModel("cancel")]
    story.do(told("missing", 74, can_remove=True))
    assert (said(story), story.state.speech.done, story.state.speech.can_remove) == ([], 74, True)


def test_it_is_removed_where_there_is_something_to_remove():
    assert at_home(told("ready"), REMOVE).effects == [effects.SteerModel("remove")]
    assert at_home(told("missing", 74), REMOVE).effects == [effects.SteerModel("remove")]
    assert at_home(told("fetching"), REMOVE).effects == []
    assert at_home(told("missing"), CANCEL).effects == []
    assert at_home(told("ready"), PULL).effects == []


def test_a_question_goes_with_its_reason():
    story = at_home(told()).hear(ON).do(told("unwanted"))
    assert not story.state.speech.is_asked


def test_it_belongs_to_the_computer_and_outlasts_the_account():
    story = at_home(told("ready")).hear(people.MeetingEnded(meeting="m1", at=2.0, words=""))
    assert story.do(intents.LeaveAccount()).state.speech.phase == "ready"
