"""The embedded child: started, started again, ended with its client; with a stand-in that says what a server says."""

import json
import os
import signal
import sys
import threading

import pytest

from app.shell import local_server
from app.shell.child_lines import ServerModel, ServerReach
from app.shell.local_server import IN_USE, NOT_STARTED, RESTARTED, LocalServer, ServerEvents

pytestmark = pytest.mark.processes

READY = """
import json, sys
secret = json.loads(sys.stdin.readline())["secret"]
print(json.dumps({"ready": True, "port": 8440, "server_id": secret[:4], "version": "1.0"}), flush=True)
sys.stdin.read()
"""


#: One that others may reach or not, as it is told.
REACH = """
import json, sys
is_on = "--reachable" in sys.argv
def reach():
    return {"is_on": is_on, "addresses": ["parley://192.0.2.7:8440"], "words": "Mind the port." if is_on else ""}
sys.stdin.readline()
print(json.dumps({"ready": True, "port": 8440, "server_id": "s", "version": "1.0", "reach": reach()}), flush=True)
for line in sys.stdin:
    is_on = json.loads(line)["reach"]
    print("nonsense", json.dumps([]), json.dumps({"reach": 1}), json.dumps({"reach": reach()}), sep=chr(10), flush=True)
"""
ON = ServerReach(True, ("parley://192.0.2.7:8440",), "Mind the port.")
OFF = ServerReach(False, ON.addresses)


class Child:
    """A LocalServer over a stand-in, and what it told."""

    def __init__(self, tmp_path, script, version="1.0"):
        self.changed = threading.Condition()
        self.ready, self.told, self.failed, self.met, self.reach, self.model = [], [], [], [], [], []
        kept = ServerEvents(
            ready=lambda one: self.add(self.ready, one),
            told=lambda words: self.add(self.told, words),
            failed=lambda words: self.add(self.failed, words),
            met=lambda meetings: self.add(self.met, meetings),
            reach=lambda reach: self.add(self.reach, reach),
            model=lambda model: self.add(self.model, model),
        )
        self.server = LocalServer(tmp_path, kept, version=version, command=[sys.executable, "-c", script])
        self.server.start()

    def add(self, where, what):
        with self.changed:
            where.append(what)
            self.changed.notify_all()

    def until(self, is_true, limit_s=10.0):
        with self.changed:
            assert self.changed.wait_for(is_true, limit_s), (self.ready, self.told, self.failed, self.reach)


@pytest.fixture
def make(tmp_path):
    made = []

    def make(script, **more):
        made.append(Child(tmp_path, script, **more))
        return made[-1]

    yield make
    for child in made:
        child.server.stop()
        assert child.server.child_pid is None


#: One that says who meets on it, among lines that nobody understands, and ends when it is told to.
MEETINGS = """
import json, sys
sys.stdin.readline()
print(json.dumps({"ready": True, "port": 8440, "server_id": "s", "version": "1.0"}), flush=True)
for line in ('{"meetings": {"m1": 2, "m2": 1}}', "no json", '{"meetings": [1]}', '{"other": 1}', "[]",
             '{"meetings": {"m1": 1}}'):
    print(line, flush=True)
sys.stdin.read()
"""


@pytest.mark.logs_warnings
def test_who_meets_on_the_child_is_told_and_nobody_does_when_it_has_ended(make):
    child = make(MEETINGS)
    child.until(lambda: len(child.met) == 2)
    assert child.met == [(("m1", 2), ("m2", 1)), (("m1", 1),)]
    child.server.stop()
    child.until(lambda: child.met[-1] == ())
    assert not child.told


@pytest.mark.logs_warnings
def test_what_the_child_says_after_a_fault_in_hearing_it_is_heard(make, monkeypatch):
    read, lines = local_server.read_line, []

    def fails_once(line):
        lines.append(line)
        if len(lines) == 1:
            raise RuntimeError("a fault of ours")
        return read(line)

    monkeypatch.setattr(local_server, "read_line", fails_once)
    child = make(REACH)
    child.until(lambda: child.ready)
    child.server.set_reach(True)
    child.until(lambda: child.reach and child.reach[-1] == ON)


def test_the_child_gets_its_secret_and_tells_where_it_is(make):
    child = make(READY)
    child.until(lambda: child.ready)
    (ready,) = child.ready
    assert ready.port == 8440
    assert ready.secret.startswith(ready.server_id)
    assert len(ready.secret) >= 32
    assert not child.told


@pytest.mark.logs_warnings
def test_a_child_that_dies_is_started_again_and_that_is_told(make):
    child = make(READY)
    child.until(lambda: child.ready)
    os.kill(child.server.child_pid, signal.SIGKILL)
    child.until(lambda: len(child.ready) == 2 and child.told)
    assert child.told == [RESTARTED]
    assert child.ready[0].secret != child.ready[1].secret


@pytest.mark.logs_warnings
def test_a_child_that_ran_well_for_long_is_started_again_at_once(make, monkeypatch):
    monkeypatch.setattr(local_server, "_WELL_AFTER_S", 0.0)
    monkeypatch.setattr(local_server, "RESTART_S", (0.0, 3600.0))
    child = make(READY)
    for number in (1, 2, 3):
        child.until(lambda number=number: len(child.ready) == number)
        os.kill(child.server.child_pid, signal.SIGKILL)
    child.until(lambda: len(child.ready) == 4)


def test_another_parley_with_the_same_data_is_told_and_not_fought(make):
    child = make("import sys; sys.stdin.readline(); sys.exit(3)")
    child.until(lambda: child.failed)
    assert child.failed == [IN_USE]
    child.server.try_again()
    child.until(lambda: len(child.failed) == 2)


def test_data_that_was_in_use_for_a_moment_only_is_taken_when_free(make, tmp_path, monkeypatch):
    monkeypatch.setattr(local_server, "IN_USE_AGAIN_S", (0.01, 0.01))
    mark = tmp_path / "mark"
    first = (
        f"import pathlib, sys; mark = pathlib.Path({str(mark)!r})\nif not mark.exists(): mark.touch(); sys.exit(3)\n"
    )
    child = make(first + READY)
    child.until(lambda: child.ready)
    assert child.failed == [IN_USE]


@pytest.mark.logs_warnings
def test_a_child_that_does_not_start_is_told_and_tried_again(make):
    child = make("import sys; sys.exit(1)")
    child.until(lambda: len(child.told) >= 2)
    assert set(child.told) == {NOT_STARTED}


@pytest.mark.logs_warnings
def test_a_child_that_ends_before_it_is_greeted_leaves_no_pipe_open(make, monkeypatch):
    spawn, gone = local_server._spawn, []

    def spawn_and_let_it_end(command):
        gone.append(spawn(command))
        gone[-1].wait(10)
        return gone[-1]

    monkeypatch.setattr(local_server, "_spawn", spawn_and_let_it_end)
    child = make("import sys; sys.exit(1)")
    child.until(lambda: child.told)
    assert gone[0].stdin.closed
    assert gone[0].stdout.closed


def test_another_version_is_told_in_words(make):
    child = make(READY, version="2.0")
    child.until(lambda: child.failed)
    assert child.failed == ["The local server is version 1.0, this program 2.0. Reinstall Parley."]


@pytest.mark.logs_warnings
@pytest.mark.parametrize("line", ["", "nonsense", "[]", '{"port": "x"}', '{"port": 1, "server_id": "a"}'])
def test_nonsense_of_the_child_is_no_start(make, line):
    child = make(f"import sys; sys.stdin.readline(); print({line!r}, flush=True)")
    child.until(lambda: child.told)
    assert not child.ready


@pytest.mark.logs_warnings
def test_a_program_that_is_not_there_is_told(tmp_path):
    told = threading.Event()
    events = ServerEvents(ready=lambda one: None, told=lambda words: told.set(), failed=lambda words: None)
    server = LocalServer(tmp_path, events, version="1", command=[str(tmp_path / "nothing")])
    server.start()
    assert told.wait(10)
    server.stop()


@pytest.mark.logs_warnings
def test_a_child_that_does_not_end_is_killed(make, monkeypatch):
    monkeypatch.setattr(local_server, "STOP_LIMIT_S", 0.3)
    child = make(READY + "\nimport time\ntime.sleep(60)")
    child.until(lambda: child.ready)
    child.server.stop()
    assert child.server.child_pid is None


@pytest.mark.logs_warnings
def test_others_may_reach_it_and_may_no_longer_while_it_runs(make):
    child = make(REACH)
    child.until(lambda: child.reach == [OFF])
    pid = child.server.child_pid
    child.server.set_reach(True)
    child.until(lambda: child.reach == [OFF, ON])
    child.server.set_reach(False)
    child.until(lambda: child.reach == [OFF, ON, OFF])
    assert child.server.child_pid == pid
    assert len(child.ready) == 1
    assert not child.told


@pytest.mark.logs_warnings
def test_one_that_is_started_again_is_reached_as_before(make):
    child = make(REACH)
    child.until(lambda: child.ready)
    child.server.set_reach(True)
    child.until(lambda: child.reach == [OFF, ON])
    os.kill(child.server.child_pid, signal.SIGKILL)
    child.until(lambda: child.reach == [OFF, ON, ON] and RESTARTED in child.told)
    assert child.told == ["Mind the port.", RESTARTED]


@pytest.mark.logs_warnings
def test_a_wish_before_it_is_ready_is_told_then(tmp_path):
    changed, found = threading.Event(), []

    def reach(now):
        found.append(now)
        if now.is_on:
            changed.set()

    events = ServerEvents(ready=lambda _: None, told=found.append, failed=found.append, reach=reach)
    server = LocalServer(tmp_path, events, version="1.0", command=[sys.executable, "-c", REACH])
    greet = server._greet

    def wish_first(child, secret):
        server.set_reach(True)
        return greet(child, secret)

    server._greet = wish_first
    server.start()
    assert changed.wait(10), found
    server.stop()
    assert found == [OFF, ON]


def test_it_may_be_reachable_from_the_start(tmp_path):
    told, found = threading.Event(), []
    events = ServerEvents(
        ready=lambda _: None, told=lambda words: (found.append(words), told.set()), failed=found.append,
        reach=found.append,
    )  # fmt: skip
    command = [sys.executable, "-c", REACH]
    server = LocalServer(tmp_path, events, version="1.0", command=command, is_reachable=True)
    server.start()
    assert told.wait(10)
    server.stop()
    assert found == [ON, ON.words]


def test_the_command_starts_this_program_in_another_role(tmp_path):
    command = local_server.child_command(tmp_path)
    assert command[0] == sys.executable
    assert command[2:] == ["--role", "server", "--embedded", "--data", str(tmp_path)]


def test_the_real_child_says_ready_and_ends_when_its_input_closes(tmp_path):
    from app import __version__

    changed = threading.Event()
    found = []
    events = ServerEvents(ready=lambda one: (found.append(one), changed.set()), told=found.append, failed=found.append)
    server = LocalServer(tmp_path, events, version=__version__)
    server.start()
    assert changed.wait(20), found
    pid = server.child_pid
    server.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert json.dumps(found[0].port)


#: One that has a speech model to look after, and says what became of each wish.
MODEL = """
import json, sys
def model(phase):
    return {"phase": phase, "name": "base", "done": 1, "whole": 2, "words": "", "can_remove": phase == "ready"}
sys.stdin.readline()
ready = {"ready": True, "port": 8440, "server_id": "s", "version": "1.0", "model": model("missing")}
print(json.dumps(ready), flush=True)
for line in sys.stdin:
    wish = json.loads(line)["model"]
    print(json.dumps({"model": {"phase": 1}}), json.dumps({"model": model({"pull": "ready"}.get(wish, "missing"))}),
          sep=chr(10), flush=True)
"""


@pytest.mark.logs_warnings
def test_its_speech_model_is_steered_and_each_change_told(make):
    child = make(MODEL)
    missing, ready = ServerModel("missing", "base", 1, 2), ServerModel("ready", "base", 1, 2, "", True)
    child.until(lambda: child.model == [missing])
    child.server.steer_model("pull")
    child.until(lambda: child.model == [missing, ready])
    child.server.steer_model("remove")
    child.until(lambda: child.model == [missing, ready, missing])
    os.kill(child.server.child_pid, signal.SIGKILL)
    child.until(lambda: child.model == [missing, ready, missing, missing])
    child.server.stop()
    child.server.steer_model("pull")
