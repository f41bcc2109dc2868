"""AI recording: the host's switch, and who is told where they stand."""

import msgspec
import pytest

from app.state import call_intents, events
from app.state.recording import share_words
from app.wire import people, recording, rooms
from tests.fakes.story import CARD, asked, in_call, signed_in, welcome

STARTED = recording.RecordingStarted(meeting="m1", at=5.0, by="ada")
STOPPED = recording.RecordingStopped(meeting="m1", at=6.0, reason="ended", words="Over.")


@pytest.mark.parametrize(("is_on", "kind"), [(True, recording.StartRecording), (False, recording.StopRecording)])
def test_the_switch_asks(is_on, kind):
    assert asked(in_call().do(call_intents.SwitchRecording(is_on=is_on)), kind)


@pytest.mark.parametrize(("me", "said"), [("ada", "AI recording is off"), ("grace", "The host switched it off.")])
def test_the_host_is_not_told_what_the_host_did(me, said):
    stopped = recording.RecordingStopped(meeting="m1", at=6.0, reason="host", words="The host switched it off.")
    story = in_call(me=me, recording_since=5.0).hear(stopped)
    assert said in story.state.toasts.shown[-1].words


def test_there_is_nothing_to_switch_outside_a_call():
    assert signed_in().do(call_intents.SwitchRecording(is_on=True)).effects == []
    assert in_call().do(events.PeersLost(), call_intents.SwitchRecording(is_on=True)).effects == []


def test_r31_it_is_noticed_before_joining_and_in_the_call():
    story = signed_in(me="grace").hear(rooms.MeetingChanged(meeting=CARD)).do(call_intents.GoToMeeting(meeting="m1"))
    assert story.hear(STARTED).state.prejoin.is_recording
    story = in_call(me="grace").hear(STARTED)
    assert story.state.call.recording.asks_consent
    assert not in_call().hear(STARTED).state.call.recording.asks_consent, "who switched it on has agreed"
    before = signed_in().state
    assert signed_in().hear(STARTED, STOPPED).state == before


def test_the_end_of_the_meeting_needs_no_words():
    assert in_call(recording_since=1.0).hear(STOPPED).state.toasts.shown == ()


def test_an_answer_without_a_question_does_nothing():
    assert in_call().do(call_intents.AnswerConsent(stays=True)).effects == []


def test_r31_staying_sends_the_wording_that_was_read_and_is_shown_when_stored():
    story = in_call(me="grace").hear(STARTED).do(call_intents.AnswerConsent(stays=True))
    assert (story.sent[0].notice_version, story.state.call.recording.asks_consent) == (3, False)
    agreed = next(one for one in welcome(me="grace").people)
    story.hear(people.PersonChanged(meeting="m1", person=agreed))
    assert not story.state.call.recording.asks_consent


def test_r39_who_shares_reads_whether_that_is_recorded():
    story = in_call(me="grace")
    assert share_words(story.state.call) == ""
    assert share_words(story.hear(STARTED).state.call) == "Your share is not being recorded"
    agreed = msgspec.structs.replace(next(one for one in story.state.call.people if one.id == "grace"), consents=True)
    story.hear(people.PersonChanged(meeting="m1", person=agreed))
    assert share_words(story.state.call) == "Your share is being recorded"
    assert share_words(story.hear(STOPPED).state.call) == ""
