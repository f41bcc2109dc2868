"""The relay is loaded when the first meeting needs it, once, and misses nothing that was asked before."""

import asyncio
import sys

from server_stub.kernel.config import ServerSettings
from server_stub.relay.engine import RelayStatistics
from server_stub.relay.late import LateRelay
from server_stub.serving import forwarder
from tests.fakes.relay import FakeRelay


class Stage:
    def __init__(self):
        self.loads = 0
        self.real = None
        self.relay = LateRelay(self._load)
        self.allowed = []

    def _load(self):
        self.loads += 1
        return self._make

    def _make(self):
        self.real = FakeRelay(None)
        self.real.allow = lambda *asked: self.allowed.append(asked)
        return self.real


def run(story):
    stage = Stage()
    asyncio.run(story(stage))
    return stage


def test_nothing_is_loaded_while_nobody_meets():
    async def story(stage):
        await stage.relay.leave("m", "ada")
        await stage.relay.stop_recording("m")
        await stage.relay.record_person("m", "ada", "Ada")
        await stage.relay.close("m")
        assert stage.relay.statistics() == RelayStatistics()
        await stage.relay.shutdown()

    assert run(story).loads == 0


def test_it_is_loaded_once_however_many_come_at_the_same_moment():
    async def story(stage):
        stage.relay.prepare()
        stage.relay.prepare()
        await asyncio.gather(*(stage.relay.join("m", name) for name in ("ada", "grace", "alan")))
        assert stage.real.joined == {("m", "ada"), ("m", "grace"), ("m", "alan")}
        await stage.relay.shutdown()

    assert run(story).loads == 1


def test_what_was_allowed_before_holds_unless_the_person_has_left():
    async def story(stage):
        stage.relay.allow("m", "ada", frozenset({"camera"}))
        stage.relay.allow("m", "grace", frozenset())
        stage.relay.allow("other", "alan", frozenset())
        await stage.relay.leave("m", "grace")
        await stage.relay.close("other")
        await stage.relay.join("m", "ada")
        assert stage.allowed == [("m", "ada", frozenset({"camera"}))]
        stage.relay.allow("m", "ada", frozenset())
        assert stage.allowed[-1] == ("m", "ada", frozenset())

    run(story)


def test_what_was_shown_before_holds_unless_the_person_has_left_or_shows_everything_again():
    async def story(stage):
        shown = {("ada", "camera"): 180}
        for name in ("ada", "grace", "alan"):
            stage.relay.want("m", name, shown)
        stage.relay.want("other", "ada", shown)
        await stage.relay.leave("m", "grace")
        stage.relay.want("m", "alan", None)
        await stage.relay.close("other")
        await stage.relay.join("m", "ada")
        assert stage.real.wants == {("m", "ada"): shown}
        stage.relay.want("m", "ada", None)
        assert stage.real.wants == {("m", "ada"): None}

    run(story)


def test_a_server_that_stops_waits_for_what_is_being_loaded():
    async def story(stage):
        stage.relay.prepare()
        await stage.relay.shutdown()

    assert run(story).loads == 1


def test_it_is_told_when_all_is_loaded(tmp_path):
    told = []

    async def story():
        relay = forwarder(None, ServerSettings(data=tmp_path), loaded=lambda: told.append("aiortc" in sys.modules))
        assert not told
        relay.prepare()
        await relay.shutdown()

    asyncio.run(story())
    assert told == [True]
