"""The screen by Qt, as Windows, macOS and Wayland have it; here on an X display of the test's own."""

import json
import subprocess
import sys
import threading

import pytest
from PySide6.QtWidgets import QApplication

from app.media.screen.types import ScreenGone, ScreenUnsupported
from app.shell import qt_screens
from app.shell.qt_screens import QtScreens
from tests.fakes.x_display import x_display
from tests.steering import ROOT

pytestmark = pytest.mark.processes


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="X is Linux's")
def test_a_screen_is_seen_and_let_go(tmp_path):
    with x_display(tmp_path, (800, 600)) as environment:
        script = [sys.executable, "-m", "tests.shell.qt_screens_seen"]
        done = subprocess.run(script, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
    told = json.loads(done.stdout)
    assert told == {
        "kind": "screen",
        "size": [800, 600],
        "place": [0, 0, 800, 600],
        "shape": [600, 800, 4],
        "middle": [32, 32, 224],
        "refused": "ScreenGone",
    }


def asked(qtbot, act):
    """What something returns or raises in another thread while the window lives."""
    found = []

    def run():
        try:
            found.append(act())
        except Exception as error:
            found.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    qtbot.waitUntil(lambda: bool(found))
    thread.join()
    return found[0]


def test_on_wayland_there_is_one_thing_to_choose_for_which_the_system_asks(qtbot, monkeypatch):
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    screens = QtScreens()
    assert asked(qtbot, screens.sources) == (qt_screens.SYSTEM,)
    screens.deleteLater()


def test_a_window_that_does_not_answer_is_not_waited_for_for_ever(qapp, monkeypatch):
    monkeypatch.setattr(qt_screens, "_UI_LIMIT_S", 0.05)
    screens, found = QtScreens(), []

    def run():
        with pytest.raises(ScreenUnsupported, match="busy"):
            screens.sources()
        found.append(True)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(10)
    assert found
    QApplication.processEvents()
    screens.deleteLater()


@pytest.mark.parametrize("is_at_it", [False, True])
def test_what_nobody_waits_for_any_more_looks_at_no_screen(qtbot, qapp, monkeypatch, is_at_it):
    monkeypatch.setattr(qt_screens, "_UI_LIMIT_S", 0.05)
    given_up, looking = threading.Event(), []

    class Feed:
        def __init__(self, screens, id):
            looking.append(self)
            assert given_up.wait(10)

        def close(self):
            looking.remove(self)

    monkeypatch.setattr(qt_screens, "_Feed", Feed)
    screens = QtScreens()

    def run():
        with pytest.raises(ScreenUnsupported, match="busy"):
            screens.open("screen:0")
        given_up.set()

    thread = threading.Thread(target=run)
    thread.start()
    if is_at_it:
        qtbot.waitUntil(lambda: bool(looking) or given_up.is_set())
    thread.join(10)
    QApplication.processEvents()
    assert not looking
    screens.deleteLater()


@pytest.mark.parametrize("before", [None, KeyError("screen")])
def test_what_could_not_be_made_is_put_away_by_the_window_and_not_by_who_waits(qtbot, before):
    ended = []

    class HalfMade:
        def __init__(self):
            try:
                if before:
                    raise before
            except KeyError:
                raise ScreenGone from None
            raise ScreenGone

        def __del__(self):
            ended.append(threading.current_thread())

    screens = QtScreens()
    assert isinstance(asked(qtbot, lambda: screens.ask(HalfMade)), ScreenGone)
    assert ended == [threading.main_thread()]
    screens.deleteLater()


@pytest.mark.logs_warnings
def test_a_fault_on_the_way_is_in_the_log_with_its_place(qtbot, caplog):
    screens = QtScreens()
    assert isinstance(asked(qtbot, lambda: screens.ask(lambda: 1 // 0)), ZeroDivisionError)
    assert "1 // 0" in caplog.text
    screens.deleteLater()
