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
from tests.steering import ROOT

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
    """Each holds every thread: only where much has gathered."""

    @pytest.fixture
    def generations(self, made, monkeypatch):
        """Which generation each look of a minute collects, when so many objects are old at its end."""
        asked, heap = [], SimpleNamespace(old=100)

        def collect(generation=2):
            asked.append(generation)
            heap.old = heap.left if generation == 2 else heap.old

        monkeypatch.setattr(collector, "gc", SimpleNamespace(
            collect=collect, get_objects=lambda generation: [None] * heap.old
        ))  # fmt: skip
        made._left = 100

        def minute(old, left=100):
            asked.clear()
            heap.old, heap.left = old, left
            for _ in range(60):
                made.look()
            return asked

        return minute

    def test_one_comes_once_a_quarter_more_is_there(self, generations):
        assert generations(old=125) == [1] * 60
        assert generations(old=126) == [1] * 60 + [2]

    def test_what_stays_counts_for_nothing(self, generations):
        assert 2 in generations(old=400, left=380)
        assert 2 not in generations(old=400)
        assert 2 in generations(old=480)

    def test_what_was_frozen_counts_no_longer(self, generations):
        assert 2 not in generations(old=20)
        assert 2 in generations(old=26)


def test_the_application_has_one(tmp_path):
    told = subprocess.run(
        [sys.executable, "-c", STARTED, tmp_path], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert told.stdout.split() == ["False", "1"]
