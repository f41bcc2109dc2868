"""The check of the way by which pictures and sound reach the server, and what is told while they do not."""

from app.state import effects, events, intents
from tests.fakes.story import in_call, signed_in


def test_a_check_runs_once_at_a_time_and_is_told():
    story = signed_in().do(intents.CheckWay())
    assert story.has(effects.CheckConnection)
    assert story.state.way.is_running
    assert story.state.way.words == ""
    assert not story.do(intents.CheckWay()).has(effects.CheckConnection)
    story.do(events.ConnectionChecked(is_good=False, words="UDP is blocked."))
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
    assert story.do(events.ConnectionChecked(is_good=True, words="Well.")).state == before


def test_why_no_media_comes_is_kept_until_it_does():
    story = in_call().do(events.PeersLost(), events.PeersBlocked(words="UDP is blocked."))
    assert (story.state.call_phase, story.state.call.media.blocked_words) == ("reconnecting", "UDP is blocked.")
    story.do(events.PeersFound())
    assert (story.state.call_phase, story.state.call.media.blocked_words) == ("in", "")


def test_what_is_late_for_the_call_is_nothing():
    story = signed_in().do(events.PeersBlocked(words="UDP is blocked."))
    assert story.state.call is None
