"""The check of the way by which pictures and sound reach the server, and what is told while they do not."""

from app.state import call_intents, effects, events, intents
from tests.fakes.story import greeted, in_call, signed_in

THERE = "https://other.example/j/abcdefghijklmnopqrstuv"


def found(story, *, is_good=False, words="UDP is blocked."):
    """What the check that runs now will have found."""
    return events.ConnectionChecked(number=story.state.way.number, is_good=is_good, words=words)


def test_a_check_runs_once_at_a_time_and_is_told():
    story = signed_in().do(intents.CheckWay())
    assert story.has(effects.CheckConnection)
    assert story.state.way.is_running
    assert story.state.way.words == ""
    assert not story.do(intents.CheckWay()).has(effects.CheckConnection)
    story.do(found(story))
    assert (story.state.way.is_running, story.state.way.is_good, story.state.way.words) == (
        False,
        False,
        "UDP is blocked.",
    )
    assert story.do(intents.CheckWay()).has(effects.CheckConnection)


def test_without_the_server_nothing_is_checked():
    story = signed_in().do(events.ConnectionChanged(phase="offline"), intents.CheckWay())
    assert not story.has(effects.CheckConnection)
    assert "no connection" in story.state.way.words


def test_what_nobody_asked_for_changes_nothing():
    story = signed_in()
    before = story.state
    assert story.do(events.ConnectionChecked(number=0, is_good=True, words="Well.")).state == before


def test_what_was_found_at_a_server_that_was_left_is_not_shown_for_the_next():
    story = signed_in().do(intents.CheckWay())
    at_home, number = found(story), story.has(effects.CheckConnection)[0].number
    story.do(call_intents.FollowLink(link=THERE), call_intents.AnswerLink(goes=True))
    story.do(events.ConnectionChanged(phase="online"))
    greeted(story).do(intents.CheckWay())
    (begun,) = story.has(effects.CheckConnection)
    assert begun.number != number
    story.do(at_home)
    assert story.state.way.is_running
    story.do(found(story, is_good=True, words="Well."))
    assert (story.state.way.is_good, story.state.way.words) == (True, "Well.")


def test_a_check_that_ran_when_one_left_does_not_run_for_ever_at_home():
    story = signed_in().do(intents.CheckWay())
    at_home = found(story)
    story.do(call_intents.FollowLink(link=THERE), call_intents.AnswerLink(goes=True), at_home, intents.GoHome())
    assert not story.state.way.is_running
    signed_in(story).do(intents.CheckWay())
    assert story.has(effects.CheckConnection)


def test_what_was_found_before_one_left_is_there_again_at_home():
    story = signed_in().do(intents.CheckWay())
    story.do(found(story), call_intents.FollowLink(link=THERE), call_intents.AnswerLink(goes=True), intents.GoHome())
    assert story.state.way.words == "UDP is blocked."


def test_why_no_media_comes_is_kept_until_it_does():
    story = in_call().do(events.PeersLost(), events.PeersBlocked(words="UDP is blocked."))
    assert (story.state.call_phase, story.state.call.media.blocked_words) == ("reconnecting", "UDP is blocked.")
    story.do(events.PeersFound())
    assert (story.state.call_phase, story.state.call.media.blocked_words) == ("in", "")


def test_what_is_late_for_the_call_is_nothing():
    story = signed_in().do(events.PeersBlocked(words="UDP is blocked."))
    assert story.state.call is None
