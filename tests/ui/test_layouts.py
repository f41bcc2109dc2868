"""What one can do with the tiles of a call: pin, drag one's own, hide it, follow who speaks, fill the screen."""

import time
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.media.types import Level
from app.state import floor
from app.state.call_intents import ChooseLayout, HideOwnView, Pin, PlaceOwnView, SpeakerChanged
from app.state.stage import OWN, OneToOne, Stage, Tile, own_place
from tests.fakes.putting import put
from tests.looks import call_states

P1, P2 = Tile("p1"), Tile("p2")
SCREEN = Tile("p1", "screen")
CORNER = OneToOne(P1, OWN, "top-left")


def focus(scene, tile):
    """Gives a tile the focus, which a window has only while it is active."""
    scene.window.activateWindow()
    QApplication.processEvents()
    tiles(scene)[tile].setFocus()


def staged(state, stage):
    return replace(state, call=replace(state.call, stage=stage))


def tiles(scene):
    return scene.window.page.tiles


def drag(scene, tile, by):
    """By a hand: pressed, moved in steps, let go."""
    widget = tiles(scene)[tile]
    board = widget.parentWidget()
    start = widget.geometry().center()
    QTest.mousePress(board, Qt.MouseButton.LeftButton, pos=start)
    for step in (0.1, 0.5, 1.0):
        QTest.mouseMove(board, start + QPoint(round(by[0] * step), round(by[1] * step)))
    seen = widget.geometry()
    QTest.mouseRelease(board, Qt.MouseButton.LeftButton, pos=start + QPoint(*by))
    return seen


def test_r41_ones_own_tile_is_dragged_stays_in_bounds_and_snaps(scene):
    scene.show(call_states.call(2))
    own, board = tiles(scene)[OWN], tiles(scene)[OWN].parentWidget()
    assert own.x() > board.width() / 2
    while_dragged = drag(scene, OWN, (-5000, -board.height() + 260))
    assert board.rect().contains(while_dragged)
    assert scene.take() == [PlaceOwnView(anchor="top-left")]
    # It lies there before the state has said so.
    place = own_place(CORNER, board.width(), board.height())
    assert (own.x(), own.y()) == (place.x, place.y)


def test_r41_the_place_is_kept_over_another_size_of_the_window_and_a_third_person(scene):
    kept = put(call_states.call(2), "devices.chosen.own_view", "top-left")
    scene.show(kept)
    for size in ((1280, 800), (700, 560)):
        scene.show(kept, *size)
        own = tiles(scene)[OWN]
        place = own_place(CORNER, own.parentWidget().width(), own.parentWidget().height())
        assert (own.x(), own.y()) == (place.x, place.y)
    scene.show(put(call_states.call(3), "devices.chosen.own_view", "top-left"))
    assert len({(tile.width(), tile.height()) for tile in tiles(scene).values()}) == 1
    scene.show(kept)
    assert tiles(scene)[OWN].x() < 40
    assert tiles(scene)[OWN].width() < tiles(scene)[P1].width() / 2


def test_r41_in_a_meeting_of_two_ones_own_tile_can_be_moved_off_the_screen_that_is_shown(scene):
    scene.show(call_states.call_with_share(2))
    drag(scene, OWN, (-900, 0))
    assert scene.take() == [PlaceOwnView(anchor="bottom-left")]


def test_a_click_and_a_hand_that_trembles_are_no_drag(scene):
    scene.show(call_states.call(2))
    drag(scene, OWN, (2, 1))
    assert scene.take() == []


def test_r41_arrow_keys_move_ones_own_tile(scene):
    scene.show(call_states.call(2))
    focus(scene, OWN)
    QTest.keyClick(tiles(scene)[OWN], Qt.Key.Key_Up)
    QTest.keyClick(tiles(scene)[OWN], Qt.Key.Key_Left)
    assert scene.take() == [PlaceOwnView(anchor="right"), PlaceOwnView(anchor="left")]
    focus(scene, P1)
    QTest.keyClick(tiles(scene)[P1], Qt.Key.Key_Up)
    assert scene.take() == []


def test_the_tiles_of_a_grid_cannot_be_dragged(scene):
    scene.show(call_states.call(3))
    before = tiles(scene)[OWN].geometry()
    assert drag(scene, OWN, (-300, -200)) == before
    assert scene.take() == []


def test_the_buttons_of_a_tile_are_there_for_the_pointer_and_for_the_keyboard(scene):
    scene.show(call_states.call(3))
    assert not scene.is_visible("pin-p1")
    focus(scene, P1)
    assert scene.is_visible("pin-p1")
    assert not scene.is_visible("hide-p1")
    scene.click("pin-p1")
    assert scene.take() == [Pin(tile=P1)]
    QTest.keyClick(tiles(scene)[P1], Qt.Key.Key_Return)
    assert scene.take() == [Pin(tile=P1)]
    # Tab goes on to the button, and the button stays while it has the focus.
    QTest.keyClick(scene.window, Qt.Key.Key_Tab)
    scene.qtbot.waitUntil(lambda: scene.window.focusWidget().objectName() == "pin-p1")
    assert scene.is_visible("pin-p1")
    QTest.keyClick(scene.window, Qt.Key.Key_Tab)
    scene.qtbot.waitUntil(lambda: not scene.is_visible("pin-p1"))


def test_what_is_pinned_says_how_it_is_let_go(scene):
    scene.show(staged(call_states.call(3), Stage(P1)))
    focus(scene, P1)
    assert scene.find("pin-p1").accessibleName() == "Unpin Clara Nowak"
    scene.click("pin-p1")
    assert scene.take() == [Pin(tile=None)]


def test_a_share_that_became_large_by_itself_goes_back_among_the_others(scene):
    state = call_states.call_with_share(3)
    scene.show(state)
    focus(scene, SCREEN)
    scene.click("pin-p1-screen")
    assert scene.take() == [Pin(tile=None)]
    scene.show(staged(state, Stage(put_back=frozenset({("p1", state.call.people[1].sharing_since)}))))
    assert len({(tile.width(), tile.height()) for tile in tiles(scene).values()}) == 1
    # There a double click looks at it again.
    scene.qtbot.mouseDClick(tiles(scene)[SCREEN], Qt.MouseButton.LeftButton, pos=QPoint(80, 80))
    assert scene.take() == [Pin(tile=SCREEN)]


def test_ones_own_view_is_hidden_and_there_is_a_way_back(scene):
    scene.show(call_states.call(2))
    focus(scene, OWN)
    scene.click("hide-own")
    assert scene.take() == [HideOwnView(is_hidden=True)]
    assert not scene.is_visible("show-own-view")
    scene.show(staged(call_states.call(2), Stage(hides_own=True)))
    assert OWN not in tiles(scene)
    scene.click("show-own-view")
    assert scene.take() == [HideOwnView(is_hidden=False)]
    # Alone one is seen all the same.
    scene.show(staged(call_states.call(1), Stage(hides_own=True)))
    assert OWN in tiles(scene)
    assert not scene.is_visible("show-own-view")


@pytest.mark.parametrize(
    ("name", "intent"),
    [
        ("view-automatic", ChooseLayout(mode="automatic")),
        ("view-grid", ChooseLayout(mode="grid")),
        ("view-speaker", ChooseLayout(mode="speaker")),
        ("view-hide-own", HideOwnView(is_hidden=True)),
    ],
)
def test_the_layout_is_chosen_in_a_menu(scene, name, intent):
    scene.show(staged(call_states.call(3), Stage(mode="grid")))
    scene.click("open-view-menu")
    menu = QApplication.activePopupWidget()
    assert [one.objectName() for one in menu.actions() if one.isChecked()] == ["view-grid"]
    menu.findChild(QAction, name).trigger()
    menu.close()
    assert scene.take() == [intent]


def test_who_speaks_for_a_while_is_told_once(scene, monkeypatch):
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    scene.show(call_states.call(4))
    told = []
    for _ in range(30):
        now[0] += 0.1
        # p2 has the microphone off, and oneself does not count.
        loud = dict.fromkeys(("p1", "p2", ""), Level(-20.0, True))
        scene.window.page.show_levels(loud)
        told += scene.take()
    assert told == [SpeakerChanged(person="p1")]
    assert floor.STEADY_S > 1


def test_f11_fills_the_screen_and_escape_gives_it_back(scene):
    scene.show(call_states.call(3))
    focus(scene, P1)
    QTest.keyClick(tiles(scene)[P1], Qt.Key.Key_F11)
    assert scene.window.isFullScreen()
    QTest.keyClick(scene.window.page, Qt.Key.Key_Escape)
    assert not scene.window.isFullScreen()


def test_the_end_of_a_call_gives_the_screen_back(scene):
    scene.show(call_states.call(3))
    scene.window.show_full_screen(True)
    scene.show(call_states.ended())
    assert not scene.window.isFullScreen()
