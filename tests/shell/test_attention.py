"""When a note is needed, what the tray shows, and how the window comes to the front."""

from dataclasses import replace
from typing import ClassVar

import msgspec
import pytest
from PySide6.QtWidgets import QSystemTrayIcon, QWidget

from app.shell import attention
from app.shell.attention import Tray, bring_up, is_on_show
from app.state.app_state import AppState
from app.state.slices.recap import RecapView
from app.state.slices.rooms import Rooms
from app.wire.notices import NoticeInfo
from app.wire.rooms import MeetingCard

CARD = MeetingCard(id="m1", room="r1", title="Logo", link="", starter="ada", state="ended", started_at=1.0)
OTHER = msgspec.structs.replace(CARD, id="m9")
RECAP = NoticeInfo(id="n1", kind="recap_ready", room="r1", subject="m1", words="The recap of Logo is ready.", at=2.0)
SOON = NoticeInfo(id="n2", kind="meeting_soon", room="r1", subject="m2", words="Soon.", at=2.0)
ROOMS = AppState(page="rooms", rooms=Rooms(open="r1"), news=(RECAP, SOON))
ON_RECAP = replace(ROOMS, page="recap", recap=RecapView(CARD))
IN_CALL = replace(ROOMS, call_phase="in", shows_call=True)


@pytest.mark.parametrize(
    ("state", "news", "is_shown"),
    [
        (IN_CALL, "", True),
        (replace(IN_CALL, shows_call=False), "", False),
        (ROOMS, "", False),
        (ON_RECAP, "n1", True),
        (replace(ON_RECAP, recap=RecapView(OTHER)), "n1", False),
        (replace(ON_RECAP, call_phase="in"), "n1", False),
        (ROOMS, "n1", False),
        (ROOMS, "n2", True),
        (replace(ROOMS, rooms=replace(ROOMS.rooms, open="r9")), "n2", False),
        (IN_CALL, "n2", False),
        (ROOMS, "seen meanwhile", True),
    ],
)
def test_r56_a_note_is_not_needed_where_the_window_shows_what_it_is_about(state, news, is_shown):
    assert is_on_show(state, news) is is_shown


class FakeIcon(QSystemTrayIcon):
    """A tray that keeps what it is told to show."""

    has_tray = True
    shown: ClassVar = []

    @staticmethod
    def isSystemTrayAvailable():
        return FakeIcon.has_tray

    def show(self):
        """Offscreen there is none to show it in."""

    def showMessage(self, title, words, icon):
        self.shown.append((title, words))


@pytest.fixture
def window(qtbot, monkeypatch):
    monkeypatch.setattr(attention, "QSystemTrayIcon", FakeIcon)
    monkeypatch.setattr(FakeIcon, "shown", [])
    made = QWidget()
    qtbot.addWidget(made)
    return made


def test_the_tray_shows_names_as_they_are_and_tells_which_note_was_clicked(qtbot, window):
    tray = Tray(window)
    assert tray.show("One <b>", "Ann & Bo", "n1")
    assert tray.show("Two", "", "n2")
    assert FakeIcon.shown == [("One &lt;b&gt;", "Ann &amp; Bo"), ("Two", "")]
    with qtbot.waitSignal(tray.clicked) as told:
        tray.findChild(FakeIcon).messageClicked.emit()
    assert told.args == ["n2"]


def test_a_desktop_without_a_tray_shows_nothing(window, monkeypatch):
    monkeypatch.setattr(FakeIcon, "has_tray", False)
    assert not Tray(window).show("One", "words", "n1")
    assert FakeIcon.shown == []


@pytest.mark.parametrize("hide", [QWidget.hide, QWidget.showMinimized])
def test_the_window_comes_to_the_front(qtbot, window, hide):
    window.show()
    hide(window)
    bring_up(window)
    qtbot.waitUntil(window.isActiveWindow)
    assert window.isVisible()
    assert not window.isMinimized()
