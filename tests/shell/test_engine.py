"""What is wanted of the conductor before it is there."""

from app.shell.engine import Engine
from app.state.call_intents import FollowLink
from app.state.intents import GoHome


class Conducts:
    """A conductor that keeps what it was asked for."""

    def __init__(self):
        self.asked = []

    def __getattr__(self, name):
        return lambda *words, **more: self.asked.append((name, *words, *more.values()))


def test_what_was_wanted_early_is_done_in_its_order_once_the_conductor_runs():
    engine, conducts = Engine(), Conducts()
    engine.do(FollowLink(link="parley://a"))
    engine.connect("target", "secret")
    engine.miss_local("words")
    engine.play_test_sound()
    engine.want_pictures({("p1", "camera"): {}})
    assert conducts.asked == []
    engine.run(conducts)
    assert conducts.asked == [
        ("start",),
        ("do", FollowLink(link="parley://a")),
        ("connect", "target", "secret"),
        ("miss_local", "words"),
        ("play_test_sound",),
        ("want_pictures", {("p1", "camera"): {}}),
    ]
    engine.do(GoHome())
    engine.close()
    assert conducts.asked[6:] == [("do", GoHome()), ("close",)]


def test_what_can_only_be_done_now_says_so_and_is_not_done_later():
    engine, conducts, told = Engine(), Conducts(), []
    engine.fetch_file("m1", "reel.webm", lambda path, words: told.append((path, words)))
    assert told == [(None, "Parley is still starting.")]
    assert engine.figures() == {}
    engine.close()
    engine.run(conducts)
    assert conducts.asked == [("start",)]
    engine.fetch_file("m1", "reel.webm", print)
    assert conducts.asked[1:] == [("fetch_file", "m1", "reel.webm", print)]
