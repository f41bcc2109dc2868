"""Captions, what was said so far, what was missed, and marks, as the client holds them."""

import pytest

from app.state import call_intents, captions, events, people, so_far
from app.state.effects import SaveChoices
from app.state.slices.captions import SoFar
from app.wire import captions as wire
from app.wire import recording
from app.wire.errors import Refused
from app.wire.people import LeaveMeeting, Person
from tests.fakes.story import asked, change, in_call, lost_and_signed_in, signed_in, welcome

GRACE = Person(id="grace", name="Grace", consents=True)


def line(number, text="We agreed.", **more):
    return wire.Line(
        **{"number": number, "person": "grace", "name": "Grace", "at": 1000.0 + number, "text": text} | more
    )


def captioned(number, meeting="m1", **more):
    return wire.Captioned(meeting=meeting, line=line(number, **more))


def recorded(*, shows=True, **more):
    """In a recorded call, with captions switched on or off."""
    story = in_call(**{"others": (GRACE,), "recording_since": 1000.0, **more})
    if shows:
        story.do(call_intents.SwitchCaptions(is_on=True))
    return story


def numbers(story):
    return [one.line.number for one in story.state.call.captions.shown]


# --- captions -----------------------------------------------------------------------------------------------------
def test_captions_are_shown_once_they_are_switched_on_and_the_choice_is_kept():
    story = recorded(shows=False).hear(captioned(1))
    assert numbers(story) == []
    story.do(call_intents.SwitchCaptions(is_on=True))
    (saved,) = story.has(SaveChoices)
    assert saved.choices.captions
    story.hear(captioned(2), at=50.0)
    (shown,) = story.state.call.captions.shown
    assert (shown.number, shown.line.text, shown.at) == (1, "We agreed.", 50.0)
    story.do(call_intents.SwitchCaptions(is_on=False)).hear(captioned(3))
    assert numbers(story) == []
    story.do(call_intents.SwitchCaptions(is_on=True)).hear(captioned(4))
    assert story.state.call.captions.shown[0].number == 2, "nothing is shown twice"


def test_of_many_the_newest_are_kept():
    story = recorded().hear(*(captioned(number) for number in range(1, 20)))
    assert numbers(story) == list(range(20 - captions.KEPT, 20))


def test_where_nothing_is_recorded_that_is_said_and_captions_are_on_for_later():
    story = recorded(recording_since=None)
    assert story.state.toasts.shown[-1].words == captions.OFF_WORDS
    story.hear(captioned(1))
    assert numbers(story) == []
    story.hear(recording.RecordingStarted(meeting="m1", at=1.0, by="ada"), captioned(1))
    assert numbers(story) == [1]


def test_outside_a_call_the_choice_alone_changes():
    story = signed_in().do(call_intents.SwitchCaptions(is_on=True))
    assert story.state.devices.chosen.captions
    story.do(call_intents.SwitchCaptions(is_on=False))
    assert not story.state.devices.chosen.captions


def test_captions_of_another_meeting_or_after_the_call_are_not_shown():
    story = recorded().hear(captioned(1, meeting="m2"))
    assert numbers(story) == []
    story.do(call_intents.Leave()).hear(captioned(1))
    assert numbers(story) == []
    signed_in().hear(captioned(1))


@pytest.mark.parametrize(
    "end",
    [
        recording.RecordingStopped(meeting="m1", at=2.0, reason="host", words="Off."),
        people.wire.MeetingEnded(meeting="m1", at=2.0, words=""),
        people.wire.PersonLeft(meeting="m1", person="ada", reason="removed"),
    ],
)
def test_with_the_recording_or_the_call_everything_that_was_said_is_forgotten(end):
    story = opened().hear(captioned(2), end)
    call = story.state.call
    assert (call.captions.shown, call.so_far, call.panel) == ((), SoFar(), "")


# --- so far -------------------------------------------------------------------------------------------------------
def opened(*lines, **more):
    """The panel is open and filled."""
    story = recorded(**more).do(call_intents.OpenPanel(panel=so_far.PANEL))
    return story.answer(wire.SoFarTold(meeting="m1", lines=lines or (line(1),)))


def shown(story):
    return [one.number for one in story.state.call.so_far.lines]


def test_the_open_panel_is_fetched_once_and_grows():
    story = recorded().do(call_intents.OpenPanel(panel=so_far.PANEL))
    (ask,) = asked(story, wire.AskSoFar)
    assert (ask.meeting, ask.after) == ("m1", 0)
    story.do(call_intents.LookAtChat(at_end=True))
    assert story.sent == []
    story.hear(captioned(1))
    assert (shown(story), story.sent) == ([], [])
    story.hear(change(wire.SoFarTold(meeting="m1", lines=(line(1), line(2))), re=ask.request))
    story.hear(captioned(3), captioned(2))
    assert (shown(story), story.sent, story.state.call.so_far.is_cut) == ([1, 2, 3], [], False)


def test_lines_stand_in_order_of_time_and_a_missed_one_is_asked_for():
    story = opened(line(1, at=10.0), line(2, at=20.0))
    story.hear(captioned(3, at=15.0))
    assert shown(story) == [1, 3, 2]
    story.hear(captioned(6))
    (ask,) = asked(story, wire.AskSoFar)
    assert ask.after == 3
    story.hear(captioned(7))
    assert story.sent == []
    story.hear(change(wire.SoFarTold(meeting="m1", lines=(line(4), line(5), line(6), line(7))), re=ask.request))
    assert set(shown(story)) == set(range(1, 8))
    story.do(events.ConnectionChanged(phase="offline", words="gone")).hear(captioned(20))
    assert story.sent == []


def test_very_many_lines_are_cut_at_their_beginning_and_that_is_told(monkeypatch):
    monkeypatch.setattr(so_far, "KEPT", 3)
    story = opened(*(line(number) for number in range(1, 6)))
    assert (shown(story), story.state.call.so_far.is_cut) == ([3, 4, 5], True)
    story = recorded().do(call_intents.OpenPanel(panel=so_far.PANEL))
    story.answer(wire.SoFarTold(meeting="m1", lines=(line(9),), is_cut=True)).hear(captioned(10))
    assert story.state.call.so_far.is_cut


def test_a_panel_that_is_closed_keeps_nothing():
    story = opened().do(call_intents.OpenPanel(panel="chat"))
    assert story.state.call.so_far == SoFar()
    story.hear(captioned(2))
    assert shown(story) == []
    story.do(call_intents.OpenPanel(panel=so_far.PANEL))
    assert asked(story, wire.AskSoFar)


def test_back_in_the_call_it_is_fetched_again():
    story = lost_and_signed_in(opened())
    assert not asked(story, wire.AskSoFar)
    (join,) = asked(story, people.wire.JoinMeeting)
    story.hear(change(welcome(others=(GRACE,), recording_since=1000.0), re=join.request))
    assert asked(story, wire.AskSoFar)


def test_guests_and_calls_that_are_not_recorded_have_none():
    guest = recorded(others=(GRACE,))
    own = next(one for one in guest.state.call.people if one.id == "ada")
    guest.hear(people.wire.PersonChanged(meeting="m1", person=change(own, is_guest=True)))
    for story in (guest, recorded(recording_since=None)):
        for wanted in (call_intents.OpenPanel(panel=so_far.PANEL), call_intents.CatchUp(since=1.0),
                       call_intents.MarkMoment()):  # fmt: skip
            story.do(wanted)
            assert (story.sent, story.state.call.panel) == ([], "")
        told = (wire.SoFarTold(meeting="m1", lines=(line(1),)), wire.SummedUp(
            meeting="m1", since=1.0, lines=0, summary=(), action_items=()))  # fmt: skip
        story.hear(*told, captioned(1))
        assert story.state.call.so_far == SoFar()


def test_a_refusal_is_said_in_the_panel_and_one_can_try_again():
    story = recorded().do(call_intents.OpenPanel(panel=so_far.PANEL))
    story.answer(Refused(reason="too_much", words="Please wait."))
    assert story.state.call.so_far.words == "Please wait."
    story.do(call_intents.AskAgainSoFar())
    assert asked(story, wire.AskSoFar)
    story.answer(wire.SoFarTold(meeting="m1", lines=(line(1),)))
    story.hear(captioned(5)).answer(Refused(reason="too_much", words="Please wait."))
    assert (story.state.call.so_far.words, shown(story)) == ("", [1])
    story.hear(captioned(6))
    assert asked(story, wire.AskSoFar), "with the next line"
    request = story.sent[-1].request
    story.do(call_intents.OpenPanel(panel=""), call_intents.Leave())
    story.hear(change(Refused(reason="not_in_meeting", words="Gone."), re=request))
    signed_in().do(call_intents.AskAgainSoFar())


# --- what was missed ----------------------------------------------------------------------------------------------
def late(missed_since=1000.0, **more):
    return recorded(missed_since=missed_since, shows=False, **more)


@pytest.mark.parametrize(
    ("missed_since", "since", "said"),
    [(1000.0, 1000.0, True), (1490.0, 1000.0, False), (None, 1000.0, False), (1000.0, None, False)],
)
def test_who_has_missed_more_than_a_moment_is_told(missed_since, since, said):
    story = recorded(missed_since=missed_since, recording_since=since, shows=False)
    assert bool([one for one in story.state.toasts.shown if "So far" in one.words]) is said


def gist(since=1000.0):
    return wire.SummedUp(meeting="m1", since=since, lines=3, summary=(), action_items=())


def test_what_was_missed_is_asked_for_by_a_click_and_put_away_again():
    story = late().do(call_intents.OpenPanel(panel=so_far.PANEL)).answer(wire.SoFarTold(meeting="m1", lines=()))
    assert story.state.call.so_far.missed_since == 1000.0
    story.do(call_intents.CatchUp(since=1000.0))
    (ask,) = asked(story, wire.SumUp)
    assert (ask.since, story.state.call.so_far.asked_since) == (1000.0, 1000.0)
    story.do(call_intents.CatchUp(since=1200.0))
    assert story.sent == [], "one at a time"
    story.hear(gist(999.0))
    assert story.state.call.so_far.gist is None, "not what was asked for"
    story.hear(change(gist(), re=ask.request))
    assert story.state.call.so_far.gist.lines == 3
    story.do(call_intents.PutGistAway())
    assert (story.state.call.so_far.gist, story.state.call.so_far.missed_since) == (None, None)
    story.do(call_intents.CatchUp(since=2.0)).answer(Refused(reason="too_much", words="Please wait."))
    assert story.state.call.so_far.asked_since is None
    assert story.state.toasts.shown[-1].words == "Please wait."


def test_it_needs_a_connection_and_an_open_panel():
    story = opened().do(events.ConnectionChanged(phase="offline", words="gone"), call_intents.CatchUp(since=1.0))
    assert (story.sent, story.state.call.so_far.asked_since) == ([], None)
    story = opened().do(call_intents.CatchUp(since=1.0))
    request = story.sent[-1].request
    story.do(call_intents.Leave()).hear(change(Refused(reason="not_in_meeting", words="Gone."), re=request))
    story.do(call_intents.CloseCall(), call_intents.PutGistAway(), call_intents.CatchUp(since=1.0))
    assert story.sent == []
    signed_in().do(call_intents.PutGistAway())


# --- marks --------------------------------------------------------------------------------------------------------
def test_a_mark_is_told_to_who_made_it_when_the_server_has_it():
    story = recorded().do(call_intents.MarkMoment())
    (ask,) = asked(story, recording.MarkMoment)
    assert not story.state.toasts.shown
    story.answer(recording.MomentMarked(meeting=ask.meeting, at=1.0))
    assert [one.words for one in story.state.toasts.shown] == [so_far.MARKED]
    story.hear(recording.MomentMarked(meeting="m2", at=1.0))
    assert len(story.state.toasts.shown) == 1
    story.do(call_intents.Leave())
    assert isinstance(story.sent[0], LeaveMeeting)
    signed_in().do(call_intents.MarkMoment()).hear(recording.MomentMarked(meeting="m1", at=1.0))


def test_why_one_cannot_mark_is_said():
    assert so_far.why_not_mark(recorded().state) == ""
    assert "off" in so_far.why_not_mark(recorded(recording_since=None).state)
    story = recorded()
    own = next(one for one in story.state.call.people if one.id == "ada")
    story.hear(people.wire.PersonChanged(meeting="m1", person=change(own, consents=False)))
    assert "be recorded" in so_far.why_not_mark(story.state)
