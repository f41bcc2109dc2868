"""Sharing one's screen, as it is seen and clicked."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QMenu, QSystemTrayIcon

from app.media.types import THUMBNAIL
from app.shell.attention import Tray
from app.state import call_intents
from app.state.capabilities import Can
from app.state.intents import Explain
from app.state.recording import share_words
from app.ui import share_border
from app.ui.panels import bar_actions
from app.ui.share_border import sides_of
from tests.fakes.putting import put
from tests.looks import call_states, faces
from tests.looks.sharing_states import SCREEN, SOURCES, picking, sharing

OPEN, STOP = call_intents.OpenSharePicker(), call_intents.StopOwnShare()


@pytest.fixture(autouse=True)
def a_desktop(monkeypatch):
    """As on a desktop where screens can be shared."""
    monkeypatch.setattr(bar_actions, "can_here", lambda ability: Can(True))


def wanted(scene):
    """Without what a window tells of itself."""
    return [one for one in scene.take() if not isinstance(one, call_intents.TellMinimised)]


class TestTheButton:
    def test_r39_opens_the_choice_for_everyone_and_stops_what_is_shared(self, scene):
        for me in ("p0", "p1", "p6"):
            scene.show(call_states.call(7, you=me, host="p1"))
            scene.click("share-screen")
            assert wanted(scene) == [OPEN]
        scene.show(sharing())
        scene.click("share-screen")
        assert wanted(scene) == [STOP]

    def test_its_key_does_the_same(self, scene):
        scene.show(call_states.call(2))
        QTest.keyClick(scene.window.page, Qt.Key.Key_S)
        assert wanted(scene) == [OPEN]

    def test_where_nothing_can_be_shared_it_says_why(self, scene, monkeypatch):
        monkeypatch.setattr(bar_actions, "can_here", lambda ability: Can(False, "There is no desktop here."))
        scene.show(call_states.call(2))
        scene.click("share-screen")
        assert wanted(scene) == [Explain(words="There is no desktop here.")]


class TestThePicker:
    def test_few_sources_stand_at_the_left_of_a_low_dialog(self, scene):
        scene.show(picking(SOURCES[:2]))
        low = scene.find("share-picker").height()
        first, second = (scene.find(f"share-source-{one.id.replace(':', '-')}") for one in SOURCES[:2])
        assert first.x() == 0
        assert second.x() - first.geometry().right() < 20
        scene.show(picking())
        assert low < scene.find("share-picker").height()

    def test_r39_lists_screens_and_windows_and_shares_what_is_chosen(self, scene):
        scene.show(picking())
        names = [scene.find(f"share-source-{one.id.replace(':', '-')}").accessibleName() for one in SOURCES]
        assert names[0] == "Screen: Screen 1"
        assert names[3] == "Window: <b>Invoices</b> & more"
        scene.click("share-source-window-3")
        scene.click("share-go")
        assert wanted(scene) == [call_intents.StartShare(source=SOURCES[4])]

    def test_shows_small_living_pictures_only_while_it_is_open(self, scene):
        scene.show(picking())
        views = scene.bridge.stage.wanted
        assert {key[0] for key in views if key[1] == THUMBNAIL} == {one.id for one in SOURCES}
        scene.give(("screen:0", THUMBNAIL), faces.picture(1, 196, 110))
        scene.show(call_states.call(3))
        assert not scene.is_visible("share-picker")
        assert not [key for key in scene.bridge.stage.wanted if key[1] == THUMBNAIL]

    def test_what_is_chosen_stays_chosen_while_others_come_and_go(self, scene):
        scene.show(picking())
        scene.click("share-source-window-2")
        scene.show(picking(SOURCES[2:]))
        assert scene.find("share-source-window-2", QAbstractButton).isChecked()
        assert not scene.is_visible("share-source-screen-0")
        scene.show(picking(SOURCES[:2]))
        scene.click("share-go")
        assert wanted(scene) == [call_intents.StartShare(source=SCREEN)]

    def test_what_is_listed_later_has_its_place_also_in_a_window_of_another_size(self, scene):
        scene.show(picking((SOURCES[0], *SOURCES[2:4])))
        scene.show(picking(SOURCES[:4]))
        for width in (1280, 1100):
            scene.window.resize(width, 800)
            QApplication.processEvents()
            cards = [scene.find(f"share-source-{one.id.replace(':', '-')}") for one in SOURCES[:4]]
            assert cards == sorted(cards, key=lambda one: (one.y(), one.x()))

    def test_when_the_call_is_not_on_show_any_more_nothing_is_looked_at(self, scene):
        scene.show(picking())
        scene.show(replace(picking(), shows_call=False))
        assert not scene.is_visible("share-picker")
        assert wanted(scene) == [call_intents.ClosePicker()]

    def test_says_that_it_looks_and_why_there_is_nothing(self, scene):
        scene.show(picking(None))
        assert not scene.find("share-go").isEnabled()
        scene.show(picking((), words="The display cannot be reached."))
        assert scene.is_visible("share-nothing")
        assert not scene.find("share-go").isEnabled()
        scene.click("share-cancel")
        assert wanted(scene) == [call_intents.ClosePicker()]

    def test_r45_leads_to_the_help(self, scene):
        scene.show(picking())
        scene.click("share-help")
        assert scene.is_visible("help-dialog")

    def test_keys_choose_share_and_put_it_away(self, scene):
        scene.show(picking())
        first = scene.find("share-source-screen-0", QAbstractButton)
        first.setFocus()
        QTest.keyClick(first, Qt.Key.Key_Return)
        assert wanted(scene) == [call_intents.StartShare(source=SCREEN)]
        QTest.keyClick(scene.find("share-picker").parentWidget(), Qt.Key.Key_Escape)
        assert wanted(scene) == [call_intents.ClosePicker()]

    def test_a_double_click_shares_at_once(self, scene):
        scene.show(picking())
        QTest.mouseDClick(scene.find("share-source-window-1"), Qt.MouseButton.LeftButton)
        assert wanted(scene) == [call_intents.StartShare(source=SOURCES[2])]

    def test_fits_into_a_small_window(self, scene):
        scene.show(picking(), 500, 600)
        for name in ("share-go", "share-cancel"):
            button = scene.find(name)
            assert scene.window.rect().contains(button.mapTo(scene.window, button.rect().bottomRight()))


class TestTheBar:
    def test_r39_says_what_is_shared_and_stops_it(self, scene):
        scene.show(sharing())
        assert scene.find("sharing-words").text() == "You are sharing screen 1"
        scene.click("stop-sharing")
        scene.click("share-other")
        assert wanted(scene) == [STOP, OPEN]
        scene.show(call_states.call(2))
        assert not scene.is_visible("sharing-bar")

    def test_says_whether_it_is_recorded_and_that_it_is_paused(self, scene):
        state = sharing()
        scene.show(state)
        assert scene.find("sharing-more").text() == share_words(state.call) != ""
        scene.show(sharing(is_paused=True))
        assert "minimised" in scene.find("sharing-more").text()
        scene.show(put(state, "call.recording.since", None))
        assert scene.find("sharing-more").text() == "Sharp text"

    def test_the_mode_is_changed_by_hand(self, scene):
        scene.show(sharing())
        choice = scene.find("sharing-mode")
        choice.setCurrentIndex(2)
        choice.activated.emit(2)
        assert wanted(scene) == [call_intents.SetShareMode(mode="motion")]

    def test_stop_is_there_in_a_narrow_window(self, scene):
        scene.show(sharing(), 480, 640)
        assert scene.find("stop-sharing").isVisible()

    @pytest.mark.parametrize(
        ("line", "intent"),
        [
            ("menu-share-motion", call_intents.SetShareMode(mode="motion")),
            ("let-guests-point", call_intents.LetPoint(members=False, guests=True)),
            ("menu-share-other", OPEN),
        ],
    )
    def test_in_a_narrow_window_a_menu_has_what_a_wide_bar_has(self, scene, line, intent):
        scene.show(sharing(), 480, 640)
        scene.click("sharing-rest")
        menu = QApplication.activePopupWidget()
        assert [one.objectName() for one in menu.actions() if one.isChecked()] == ["menu-share-automatic"]
        menu.findChild(QAction, line).trigger()
        menu.close()
        assert wanted(scene) == [intent]
        scene.show(sharing(), 1280, 800)
        assert not scene.is_visible("sharing-rest")


def test_the_border_lies_round_a_window_and_along_the_edge_of_a_screen(scene, monkeypatch):
    monkeypatch.setattr(share_border, "can_here", lambda ability: Can(True))
    scene.show(sharing(place=(0, 0, 800, 600)))
    sides = scene.window._border.sides
    assert all(one.isVisible() and one.windowFlags() & Qt.WindowType.WindowTransparentForInput for one in sides)
    assert QRect(0, 0, 800, 600).contains(sides[0].geometry())
    for gone in (call_states.call(2), sharing(place=(0, 0, 800, 600), is_paused=True)):
        scene.show(sharing(place=(0, 0, 800, 600)))
        scene.show(gone)
        assert not scene.window._border.sides
    shared = QRect(10, 10, 100, 50)
    assert not any(one.intersects(shared) for one in sides_of(shared, is_inside=False))


def test_the_tray_stops_it(scene, monkeypatch):
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", staticmethod(lambda: True))
    monkeypatch.setattr(QSystemTrayIcon, "show", lambda icon: None)
    tray, heard = Tray(scene.window), []
    tray.stopped.connect(lambda: heard.append(1))
    tray.show_sharing(False)
    tray.show_sharing(True)
    tray._icon.contextMenu().actions()[0].trigger()
    assert heard == [1]
    tray.show_sharing(False)
    assert tray._icon.contextMenu() is None


def test_r39_the_host_stops_the_share_of_another(scene):
    people = (call_states.person(0), call_states.person(1, sharing=True))
    scene.show(call_states.call(2, host="p0", panel="people", people=people))
    scene.click("person-menu-p1")
    menu = next(one for one in scene.window.findChildren(QMenu) if one.objectName() == "person-actions")
    next(one for one in menu.actions() if one.objectName() == "stop-share-p1").trigger()
    assert wanted(scene) == [call_intents.StopOthersShare(person="p1")]
    menu.close()
    QApplication.processEvents()


def test_the_dialog_goes_with_the_call(scene):
    scene.show(picking())
    scene.show(replace(call_states.ended(), call=replace(call_states.ended().call)))
    assert not scene.is_visible("share-picker")
