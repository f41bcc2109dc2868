"""Picture-in-picture: a small window on top of all others that carries the call on."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QMenu

from app.media.gestures import Held
from app.media.types import Level
from app.state import call_intents, intents
from app.state.slices.devices import Choices
from app.state.slices.pip import Pip
from app.state.slices.sharing import OwnShare, ShareSource, Sharing
from app.state.stage import OWN, Tile
from app.ui import session
from app.ui.panels.pip_button import pip_note
from app.ui.pip import HIDDEN
from tests.fakes.putting import put
from tests.looks import call_states, faces
from tests.ui.live import Live

P1 = Tile("p1")


def with_pip(state):
    return put(state, "call.pip", Pip("user"))


@pytest.fixture
def small(scene):
    scene.show(with_pip(call_states.call(2)))
    return scene.window.pip.small


def press(scene, key):
    QTest.keyClick(scene.window.pip.small, key)
    QApplication.processEvents()
    return scene.take()


def test_r43_it_is_frameless_on_top_and_neither_takes_the_focus_nor_keeps_the_program(small, scene):
    flags = small.windowFlags()
    assert flags & Qt.WindowType.FramelessWindowHint
    assert flags & Qt.WindowType.WindowStaysOnTopHint
    assert small.isVisible()
    assert small.parent() is None
    assert small.testAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
    assert not small.testAttribute(Qt.WidgetAttribute.WA_QuitOnClose)
    assert scene.window.isVisible()


def test_a_click_on_it_gives_no_button_the_focus(small):
    small.activateWindow()
    QApplication.processEvents()
    assert small.focusWidget() is small


def test_r43_the_picture_comes_at_its_own_size_beside_that_of_the_page(small, scene):
    wanted = scene.bridge.stage.wanted[P1].values()
    assert {(one.width_px, one.height_px) for one in wanted} == {
        (scene.window.page.tiles[P1].width(), scene.window.page.tiles[P1].height()),
        (small.tile.width(), small.tile.height()),
    }
    scene.give(P1, faces.picture(1, 320, 180))
    scene.qtbot.waitUntil(lambda: scene.paints.of(small.tile).frames == 1)


@pytest.mark.parametrize(
    ("button", "wanted"),
    [
        ("pip-toggle-microphone", call_intents.Choose(choices=Choices(microphone_on=False), shown=Choices())),
        ("pip-toggle-camera", call_intents.Choose(choices=Choices(camera_on=False), shown=Choices())),
        ("pip-raise-hand", call_intents.RaiseHand()),
        ("pip-leave", call_intents.Leave()),
        ("pip-back", call_intents.ClosePip(returns=True)),
    ],
)
def test_r43_its_buttons_do_what_they_say(small, scene, button, wanted):
    scene.click(button)
    assert scene.take() == [wanted]
    assert scene.find(button, QAbstractButton).accessibleName()


def test_the_host_is_asked_whether_to_leave_or_to_end_it_for_all(scene):
    scene.show(with_pip(call_states.call(2, host="p0")))
    scene.click("pip-leave")
    menu = next(one for one in scene.window.pip.small.findChildren(QMenu) if one.isVisible())
    assert [one.objectName() for one in menu.actions()] == ["pip-menu-leave", "pip-menu-end"]
    menu.actions()[1].trigger()
    menu.close()
    assert scene.take() == [call_intents.EndForAll()]


def test_keys_do_the_same_in_it(small, scene):
    assert press(scene, Qt.Key.Key_M) == [call_intents.Choose(choices=Choices(microphone_on=False), shown=Choices())]
    assert press(scene, Qt.Key.Key_V) == [call_intents.Choose(choices=Choices(camera_on=False), shown=Choices())]
    assert press(scene, Qt.Key.Key_H) == [call_intents.RaiseHand()]
    assert press(scene, Qt.Key.Key_I) == [call_intents.ClosePip()]
    assert press(scene, Qt.Key.Key_Escape) == [call_intents.ClosePip(returns=True)]


def test_ones_own_hand_is_seen_and_lowered_in_it(scene):
    state = call_states.call(2)
    own = replace_person(state.call.people[0], raised_at=5.0)
    scene.show(with_pip(put(state, "call.people", (own, state.call.people[1]))))
    button = scene.find("pip-raise-hand", QAbstractButton)
    assert button.isChecked()
    assert button.accessibleName().startswith("Lower")
    scene.click("pip-raise-hand")
    assert scene.take() == [call_intents.LowerHand()]


def test_who_it_shows_follows_who_speaks_after_a_while(scene):
    scene.show(with_pip(call_states.call(4)))
    small = scene.window.pip.small
    assert small.tile.key == P1
    now = [0.0]
    small.clock = lambda: now[0]
    loud, quiet = Level(-20.0, True), Level(-80.0, False)

    def hear(levels, seconds):
        for _ in range(round(seconds * 10)):
            now[0] += 0.1
            scene.bridge.levels_changed.emit(levels)

    hear({"": quiet, "p1": quiet, "p2": loud}, 0.5)
    assert small.tile.key == P1
    hear({"": loud, "p1": quiet, "p2": loud}, 2)
    assert small.tile.key == Tile("p2")
    assert call_intents.SpeakerChanged(person="p2") in scene.take()
    hear({"": quiet, "p1": loud, "p2": quiet}, 0.5)
    assert small.tile.key == Tile("p2")


SCREEN = ShareSource("s1", "Screen 1", "screen")


def share(state, source=SCREEN, place=None):
    room = QGuiApplication.primaryScreen().geometry()
    place = place or (room.x(), room.y(), room.width(), room.height())
    return put(state, "call.sharing", Sharing(own=OwnShare(1, source, is_on=True, place=place)))


def test_r43_on_a_screen_that_one_shares_it_hides_where_the_system_cannot_leave_it_out(scene, monkeypatch):
    monkeypatch.setattr(session, "session", lambda: "x11")
    state = with_pip(call_states.call(2))
    scene.show(state)
    small = scene.window.pip.small
    scene.show(share(state))
    scene.show(share(state))
    assert not small.isVisible()
    assert scene.take() == [intents.Explain(words=HIDDEN)]
    # A shared window is shown as it is, whatever lies over it.
    scene.show(share(state, ShareSource("w1", "Editor", "window")))
    assert small.isVisible()
    scene.show(share(state, place=(90_000, 0, 800, 600)))
    assert small.isVisible()
    scene.show(share(state))
    scene.show(state)
    assert small.isVisible()
    monkeypatch.setattr(session, "session", lambda: "windows")
    scene.show(share(state))
    assert small.isVisible()


def test_whoever_opens_it_again_on_a_shared_screen_is_told_again_why_nothing_comes(scene, monkeypatch):
    monkeypatch.setattr(session, "session", lambda: "x11")
    state = share(call_states.call(2))
    for reason, is_told in (("minimised", True), ("minimised", False), ("user", True), ("user", True)):
        scene.show(put(state, "call.pip", Pip(reason)))
        assert (scene.take() == [intents.Explain(words=HIDDEN)]) is is_told
        scene.show(state)
    # The shares of the next call are counted from the beginning.
    scene.show(replace(state, call_phase="ended"))
    scene.show(put(state, "call.pip", Pip("minimised")))
    assert scene.take() == [intents.Explain(words=HIDDEN)]


def test_a_share_is_shown_whole_and_who_speaks_is_said_beside_it(scene):
    state = call_states.call(3)
    people = (*state.call.people[:2], replace_person(state.call.people[2], sharing=True))
    scene.show(with_pip(put(state, "call.people", people)))
    small = scene.window.pip.small
    assert small.tile.key == Tile("p2", "screen")
    assert small.tile.wish().crop == "fit"
    scene.bridge.levels_changed.emit({"p1": Level(-20.0, True)})
    assert scene.find("pip-words").text() == call_states.NAMES[1]


def replace_person(person, **changes):
    from tests.fakes.story import change

    return change(person, **changes)


def test_alone_one_sees_oneself(scene):
    scene.show(with_pip(call_states.call(1)))
    assert scene.window.pip.small.tile.key == OWN


def test_what_cannot_wait_is_said_in_it_and_leads_back(scene):
    scene.show(with_pip(call_states.call_as_host()))
    assert "wait to be let in" in scene.find("pip-news-words").text()
    scene.click("pip-news-show")
    assert scene.take() == [call_intents.OpenPanel(panel="people"), call_intents.ClosePip(returns=True)]
    scene.show(with_pip(call_states.call_with_consent()))
    assert "please answer" in scene.find("pip-news-words").text()
    assert "unread" in scene.find("pip-back").accessibleDescription()
    scene.click("pip-news-show")
    assert scene.take() == [call_intents.ClosePip(returns=True)]
    scene.show(with_pip(call_states.call(2)))
    assert not scene.is_visible("pip-news")


def test_it_says_that_the_call_is_recorded_or_cut(scene):
    scene.show(with_pip(call_states.call(2)))
    assert scene.is_visible("pip-recording")
    scene.show(with_pip(call_states.call_reconnecting()))
    assert scene.find("pip-words").text() == "Reconnecting…"


def test_it_goes_with_the_call_and_the_window_is_back_to_say_why(small, scene):
    scene.window.setWindowState(Qt.WindowState.WindowMinimized)
    scene.show(call_states.ended())
    assert scene.window.pip.small is None
    assert not scene.window.isMinimized()
    assert all(not one for one in scene.bridge.stage.wanted.values())


def test_r43_minimising_tells_the_state_and_stops_the_pictures_of_the_page(scene):
    scene.show(call_states.call(2))
    scene.take()
    assert P1 in scene.bridge.stage.wanted
    scene.window.showMinimized()
    scene.qtbot.waitUntil(lambda: not scene.bridge.stage.wanted)
    assert scene.take() == [call_intents.TellMinimised(is_minimised=True)]
    scene.window.showNormal()
    scene.qtbot.waitUntil(lambda: P1 in scene.bridge.stage.wanted)
    assert scene.take()[-1] == call_intents.TellMinimised(is_minimised=False)


def test_r43_with_the_real_state_it_comes_with_minimising_and_goes_with_the_return(scene):
    live = Live(scene, call_states.call(2))
    scene.window.showMinimized()
    scene.qtbot.waitUntil(lambda: scene.window.pip is not None and scene.window.pip.small is not None)
    assert scene.window.pip.small.isVisible()
    assert not scene.window.pip.small.isMinimized()
    scene.click("pip-back")
    assert scene.window.pip.small is None
    assert not scene.window.isMinimized()
    assert live.effects == []


def test_where_the_pointer_drags_it_it_stays_and_is_found_again(small, scene):
    start = small.pos()
    middle = QPoint(small.width() // 2, small.height() // 3)
    QTest.mousePress(small, Qt.MouseButton.LeftButton, pos=middle)
    QTest.mouseMove(small, middle - QPoint(120, 90))
    QTest.mouseRelease(small, Qt.MouseButton.LeftButton, pos=small.mapFromGlobal(start + middle - QPoint(120, 90)))
    assert small.pos() == start - QPoint(120, 90)
    (placed,) = scene.take()
    state = with_pip(call_states.call(2))
    scene.show(call_states.call(2))
    from app.state.update import update

    state, _ = update(state, placed)
    scene.show(state)
    assert (scene.window.pip.small.pos() - start + QPoint(120, 90)).manhattanLength() <= 2


def test_arrows_and_the_menu_move_and_resize_it_without_a_pointer(small, scene):
    room = QGuiApplication.primaryScreen().availableGeometry()
    press(scene, Qt.Key.Key_Left)
    assert small.x() - room.x() == 12
    press(scene, Qt.Key.Key_Up)
    assert small.y() - room.y() == 12
    before = small.width()
    menu = small._make_menu()
    menu.findChild(QAction, "pip-menu-small").trigger()
    assert small.width() < before
    assert small.geometry().topLeft() == room.topLeft() + QPoint(12, 12)
    menu.findChild(QAction, "pip-menu-close").trigger()
    assert scene.take()[-1] == call_intents.ClosePip()


# --- what a desktop cannot do --------------------------------------------------------------------------------------
def test_r44_on_wayland_the_key_opens_it_and_explains_what_it_cannot_do(scene, monkeypatch):
    monkeypatch.setattr(session, "session", lambda: "wayland")
    monkeypatch.setattr("app.ui.panels.pip_button.session", lambda: "wayland")
    scene.show(call_states.call(2))
    assert "Always on Top" in pip_note(scene.window.state)
    QTest.keyClick(scene.window.page, Qt.Key.Key_I)
    explained, opened = scene.take()
    assert isinstance(explained, intents.Explain)
    assert "Always on Top" in explained.words
    assert opened == call_intents.OpenPip()
    scene.show(with_pip(call_states.call(2)))
    # It keeps its title bar, whose menu can put it on top.
    assert not scene.window.pip.small.windowFlags() & Qt.WindowType.FramelessWindowHint


def test_r44_where_there_is_no_second_window_the_key_says_so_and_opens_nothing(scene, monkeypatch):
    monkeypatch.setattr(session, "session", lambda: "one_window")
    monkeypatch.setattr("app.ui.panels.pip_button.session", lambda: "one_window")
    scene.show(call_states.call(2))
    QTest.keyClick(scene.window.page, Qt.Key.Key_I)
    (explained,) = scene.take()
    assert "one window only" in explained.words


def test_r44_settings_that_cannot_work_are_off_and_say_why(scene, monkeypatch):
    monkeypatch.setattr(session, "session", lambda: "wayland")
    scene.show(call_states.call(2))
    scene.click("open-settings")
    assert not scene.find("settings-pip-on-minimise", QAbstractButton).isEnabled()
    assert "Wayland" in scene.find("settings-pip-on-minimise-words").text()
    scene.find("settings-pip-with-rooms", QAbstractButton).click()
    assert scene.take() == [call_intents.Choose(choices=replace(Choices(), pip_with_rooms=True), shown=Choices())]


def test_r44_the_help_lists_what_works_on_this_computer_and_why_the_rest_does_not(scene, monkeypatch):
    monkeypatch.setattr(session, "session", lambda: "wayland")
    monkeypatch.setattr("app.ui.panels.computer_page.session", lambda: "wayland")
    scene.show(call_states.call(2))
    scene.window.open_help()
    scene.click("help-computer")
    assert scene.find("computer-session").text() == "Linux with Wayland:"
    assert scene.find("computer-on_top").text().startswith("Not here. Wayland")
    scene.click("computer-close")
    assert not scene.is_visible("computer-page")


@pytest.mark.parametrize(("people", "key"), [(1, OWN), (2, P1)])
def test_r17_the_ring_of_a_gesture_fills_on_ones_own_picture_or_above_the_button_of_the_hand(scene, people, key):
    scene.show(with_pip(call_states.call(people)))
    small, ring, hand = scene.window.pip.small, scene.find("pip-hold"), scene.find("pip-raise-hand")
    assert small.tile.key == key
    before = small.grab().toImage()
    scene.bridge.show_held(Held("hand", 0.5))
    QApplication.processEvents()
    after = small.grab().toImage()
    assert ring.on_show[0] == "hand"
    spots = {
        (x, y)
        for x in range(0, small.width(), 2)
        for y in range(0, small.height(), 2)
        if before.pixel(x, y) != after.pixel(x, y)
    }
    left, right = min(x for x, _ in spots), max(x for x, _ in spots)
    picture = small.tile.geometry()
    assert all(picture.contains(x, y) for x, y in spots), "it lies on the picture and on no button"
    middle = picture.center() if key == OWN else hand.mapTo(small, hand.rect().center())
    assert abs((left + right) / 2 - middle.x()) < 8
    assert min(right - left, max(y for _, y in spots) - min(y for _, y in spots)) > 70, "all of it is seen"
    scene.bridge.show_held(Held())
    QApplication.processEvents()
    assert ring.isHidden()


def test_a_click_goes_through_the_ring(small, scene):
    scene.bridge.show_held(Held("hand", 0.5))
    QApplication.processEvents()
    assert small.childAt(scene.find("pip-hold").geometry().center()) is small.tile
