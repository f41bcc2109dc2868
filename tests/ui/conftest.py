"""A window offscreen with a mailbox and a list of what it wanted; any Qt warning fails the test."""

import os
import time
from datetime import date

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEvent, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from app.media.mailbox import Mailbox
from app.rehearsal.paint_counts import PaintCounts
from app.rehearsal.sight import parts_of
from app.ui.bridge import Bridge
from app.ui.widgets.video_tile import VideoTile
from app.ui.window import Window
from tests.looks import states

#: What a machine without graphics or sound says of itself, and not of us.
MACHINE = (
    "This plugin does not support",
    "PulseAudioService",
    "No RHI backend",
    "No HW decoder",
    "pipewire",
    "Using Qt multimedia",
    "Couldn't load va",
    "Couldn't resolve va",
)


@pytest.fixture(autouse=True)
def that_day(monkeypatch):
    """A run over midnight goes on in the day on which the states were made that are shown."""
    over = date.today() - states.TODAY.date()
    if over:
        now = time.time
        monkeypatch.setattr(time, "time", lambda: now() - over.total_seconds())


@pytest.fixture(autouse=True)
def qt_warnings():
    """Fails the test that made Qt warn."""
    told = []

    def keep(kind, context, words):
        bad = (QtMsgType.QtWarningMsg, QtMsgType.QtCriticalMsg, QtMsgType.QtFatalMsg)
        if kind in bad and not any(known in words for known in MACHINE):
            told.append(words)

    before = qInstallMessageHandler(keep)
    yield told
    qInstallMessageHandler(before)
    assert not told, told


@pytest.fixture(autouse=True)
def nothing_left():
    """Deletes what a test has put away: without an event loop Qt would not, and each theme would dress it all again."""
    yield
    if QApplication.instance() is not None:
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


class Scene:
    """A window, what it wanted, and short ways to its parts."""

    def __init__(self, qtbot):
        self.qtbot = qtbot
        self.wanted = []
        self.pictures_wanted = []
        self.sounds = []
        self.fetched = []
        self.mailbox = Mailbox(lambda: self.bridge.wake())
        self.bridge = Bridge(
            self.mailbox,
            self.wanted.append,
            want_pictures=self.pictures_wanted.append,
            play_test_sound=lambda: self.sounds.append(1),
            fetch_file=lambda meeting, file, ready: self.fetched.append((meeting, file, ready)),
        )
        self.paints = PaintCounts()
        self.window = Window(self.bridge, "light")
        self.window.show()

    def show(self, state, width=1280, height=800):
        self.window.resize(width, height)
        self.window.show_state(state)
        QApplication.processEvents()
        return self

    def find(self, name, kind=QWidget):
        found = parts_of(self.window, kind, name)
        assert found, f"{name} is not there"
        # What was put away may wait to be deleted, with another of its name in its place.
        return next((one for one in found if isinstance(one, QWidget) and one.isVisible()), found[0])

    def click(self, name):
        button = self.find(name, QAbstractButton)
        assert button.isVisible(), f"{name} is not visible"
        assert button.isEnabled(), f"{name} is not enabled"
        button.click()
        QApplication.processEvents()

    def give(self, tile, picture):
        """A picture for each view that shows the tile."""
        QApplication.processEvents()
        for view in self.bridge.stage.wanted.get(tile, ()):
            self.mailbox.put(tile, view, picture)

    def is_visible(self, name):
        return any(one.isVisible() for one in parts_of(self.window, QWidget, name))

    def frames(self, key):
        """How many pictures a tile of the stage, or any other widget of that kind, has painted."""
        return self.paints.of(self.window.page.tiles[key] if isinstance(key, tuple) else key).frames

    def take(self):
        """What was wanted since the last time."""
        wanted, self.wanted[:] = list(self.wanted), []
        return wanted


@pytest.fixture
def scene(qtbot):
    made = Scene(qtbot)
    yield made
    made.window.let_close()
    made.window.close()
    if made.window.pip is not None:
        made.window.pip.close()
    made.window.deleteLater()
    VideoTile.tell_painted = None
