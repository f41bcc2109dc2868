"""What Qt's objects hang together in is taken apart on the UI thread alone."""

import gc
import subprocess
import sys
import threading
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QEvent, QObject

from app.shell import collector
from app.shell.collector import Collector

#: Prints who collects in the application as it is started.
STARTED = """
import gc, sys
from app import start
from app.shell.collector import Collector

class Application:
    def __init__(self, *_):
        qt = start.QApplication.instance()
        print(gc.isenabled(), len(qt.findChildren(Collector)))
        sys.exit(0)

start.Application = Application
start.main(["--data", sys.argv[1]])
"""


@pytest.fixture
def made(qapp):
    """A collector; the suite's own way comes back after it."""
    parent = QObject(qapp)
    gc.enable()
    yield Collector(parent)
    parent.deleteLater()
    qapp.sendPostedEvents(parent, QEvent.Type.DeferredDelete)
    assert gc.isenabled()
    gc.disable()


def circle(ends):
    """Something that only a collection takes apart, which notes the thread."""

    class Round:
        def __del__(self):
            ends.append(threading.current_thread())

    one = Round()
    one.itself = one


def test_threads_that_allocate_much_collect_nothing(made, qtbot):
    ends = []
    circle(ends)
    kept = []
    busy = threading.Thread(target=lambda: kept.extend([each] for each in range(200_000)))
    busy.start()
    busy.join()
    assert ends == []
    qtbot.waitUntil(lambda: bool(ends), timeout=20_000)
    assert ends == [threading.main_thread()]


class TestFull:
    """Each holds every thread: seldom, and the more seldom the longer it takes."""

    @pytest.fixture
    def generations(self, made, monkeypatch):
        """Of each collection, with a clock by which a full one takes 50 ms and much has gathered each time."""
        asked, clock = [], SimpleNamespace(now=100.0)

        def collect(generation):
            asked.append(generation)
            clock.now += 0.05 if generation == 2 else 0.0

        monkeypatch.setattr(collector, "gc", SimpleNamespace(
            collect=collect, get_count=lambda: (0, 0, clock.middle), get_threshold=lambda: (700, 10, 10)
        ))  # fmt: skip
        monkeypatch.setattr(collector, "time", SimpleNamespace(monotonic=lambda: clock.now))
        clock.middle = 11

        def look_at(now_s, middle=11):
            clock.now, clock.middle = now_s, middle
            made.look()
            return asked[-1]

        return look_at

    def test_one_comes_where_much_has_gathered(self, generations):
        assert generations(100.0, middle=10) == 1
        assert generations(101.0, middle=11) == 2

    def test_they_take_hardly_any_of_the_time(self, generations):
        assert generations(100.0) == 2
        assert generations(349.0) == 1
        assert generations(350.1) == 2


def test_the_application_has_one(tmp_path):
    told = subprocess.run([sys.executable, "-c", STARTED, tmp_path], capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["False", "1"]
