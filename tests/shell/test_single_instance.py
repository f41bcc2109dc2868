"""One window per data folder; a second start hands its link over."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from PySide6.QtNetwork import QLocalSocket

from app.shell.single_instance import SingleInstance

pytestmark = pytest.mark.processes

LINK = "parley://127.0.0.1:9/j/abcdefghijklmnopqrstuv"


def second_start(data, **environment):
    """A process that tries to hand its link over, as a second start does; returns what it prints."""
    code = f"""
        import sys
        from pathlib import Path
        from PySide6.QtCore import QCoreApplication
        from app.shell.single_instance import SingleInstance
        qt = QCoreApplication([])
        print(SingleInstance(Path({str(data)!r})).hand_over({LINK!r}))
    """
    command = [sys.executable, "-c", textwrap.dedent(code)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, **environment})


def test_r25_a_second_start_hands_its_link_to_the_first_window_and_ends(qtbot, tmp_path):
    first = SingleInstance(tmp_path)
    assert first.listen()
    with qtbot.waitSignal(first.handed_over, timeout=20_000) as told:
        second = second_start(tmp_path)
    assert told.args == [LINK]
    qtbot.waitUntil(lambda: second.poll() is not None, timeout=10_000)
    assert second.communicate()[0].strip() == "True"
    first.close()


def test_with_the_link_comes_the_right_to_come_to_the_front(qtbot, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_ACTIVATION_TOKEN", "old")
    first = SingleInstance(tmp_path)
    assert first.listen()
    with qtbot.waitSignal(first.handed_over, timeout=20_000):
        second = second_start(tmp_path, XDG_ACTIVATION_TOKEN="fresh")
    assert second.communicate()[0].strip() == "True"
    assert os.environ["XDG_ACTIVATION_TOKEN"] == "fresh"
    first.close()


def test_another_data_folder_is_another_window(qtbot, tmp_path):
    (tmp_path / "a").mkdir()
    first = SingleInstance(tmp_path / "a")
    assert first.listen()
    assert not SingleInstance(tmp_path / "b").hand_over(LINK)
    first.close()


def test_the_door_is_in_the_data_folder_unless_its_path_is_too_long_for_one(qtbot, tmp_path):
    for folder, is_inside in ((Path("/tmp/p"), os.name == "posix"), (tmp_path / ("long" * 20), False)):
        assert (SingleInstance(folder)._name == str(folder / "window")) == is_inside


def test_of_two_that_start_at_the_same_moment_one_is_first(qtbot, tmp_path):
    first, other = SingleInstance(tmp_path), SingleInstance(tmp_path)
    assert first.listen()
    # It found no window a moment ago; the door of the quicker one stays.
    assert not other.listen()
    with qtbot.waitSignal(first.handed_over, timeout=20_000):
        second = second_start(tmp_path)
    assert second.communicate()[0].strip() == "True"
    first.close()


def test_a_start_while_the_first_window_ends_waits_for_it(qtbot, tmp_path):
    first, second = SingleInstance(tmp_path), SingleInstance(tmp_path)
    assert first.listen()
    first.stop_listening()
    assert not second.hand_over(LINK)
    assert not second.listen(60)
    first.close()
    assert second.enter(LINK, 0) == "first"
    second.close()


def test_r25_a_window_that_is_busy_gets_the_link_once_when_it_is_free_again(qtbot, tmp_path):
    first = SingleInstance(tmp_path)
    assert first.listen()
    told = []
    first.handed_over.connect(told.append)
    code = f"""
        from pathlib import Path
        from PySide6.QtCore import QCoreApplication
        from app.shell import single_instance
        qt = QCoreApplication([])
        single_instance._LIMIT_MS = 100
        door = single_instance.SingleInstance(Path({str(tmp_path)!r}))
        print(door.hand_over({LINK!r}), door.enter({LINK!r}, 0), flush=True)
        single_instance._LIMIT_MS = 20_000
        print(door.enter({LINK!r}, 20_000), flush=True)
    """
    second = subprocess.Popen([sys.executable, "-c", textwrap.dedent(code)], stdout=subprocess.PIPE, text=True)
    # This process does not look at its door meanwhile.
    assert second.stdout.readline().split() == ["False", "stuck"]
    with qtbot.waitSignal(first.handed_over, timeout=20_000):
        pass
    assert second.communicate()[0].strip() == "later"
    assert told == [LINK]
    first.close()


def test_what_a_killed_window_left_behind_is_no_window(qtbot, tmp_path):
    code = f"""
        import os
        from pathlib import Path
        from PySide6.QtCore import QCoreApplication
        from app.shell.single_instance import SingleInstance
        qt = QCoreApplication([])
        print(SingleInstance(Path({str(tmp_path)!r})).listen(), flush=True)
        os.kill(os.getpid(), 9)
    """
    dead = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], stdout=subprocess.PIPE, text=True, check=False)
    assert dead.stdout.strip() == "True"
    after = SingleInstance(tmp_path)
    assert not after.hand_over(LINK)
    assert after.listen()
    after.close()


def test_nonsense_at_the_door_is_ignored(qtbot, tmp_path):
    first = SingleInstance(tmp_path)
    assert first.listen()
    told, callers = [], []
    first.handed_over.connect(told.append)
    for nonsense in (
        b"not json\n",
        b'{"link": 5, "token": ""}\n',
        b'{"link": ""}\n',
        b"[]\n",
        b"x" * 20_000,
        b"half a",
    ):
        callers.append(QLocalSocket())
        callers[-1].connectToServer(first._name)
        assert callers[-1].waitForConnected(2000)
        callers[-1].write(nonsense)
        callers[-1].flush()
    # What says too much, or not what it should, is shown out; the rest may still say something, and waits.
    shown_out = [one for number, one in enumerate(callers) if number not in (1, 5)]
    gone = QLocalSocket.LocalSocketState.UnconnectedState
    qtbot.waitUntil(lambda: all(one.state() == gone for one in shown_out), timeout=20_000)
    with qtbot.waitSignal(first.handed_over, timeout=20_000):
        second = second_start(tmp_path)
    assert second.communicate()[0].strip() == "True"
    assert told == [LINK]
    first.close()
