"""Pointing at a shared screen: where the sharer lets one; the others see whose it is, and it is gone after a while."""

import time
from dataclasses import replace

import msgspec
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.media.types import WHOLE, Picture
from app.state.call_intents import LetPoint
from app.state.slices.sharing import OwnShare, ShareSource, Sharing
from app.state.stage import OWN_SCREEN, Tile
from app.ui.widgets import marks
from app.ui.widgets.pen import Pen
from app.wire.pointing import MOST_SPOTS, Pointed
from tests.fakes.putting import put
from tests.looks import call_states, faces

SCREEN = Tile("p1", "screen")


@pytest.fixture
def told(scene):
    """What one told of where one points."""
    told = []
    scene.bridge.point = told.append
    return told


@pytest.fixture
def share(scene, told):
    scene.show(call_states.call_with_share(3, lets=True))
    view = scene.window.page.tiles[SCREEN]
    view.show_picture(Picture(faces.picture(1, 960, 540).pixels, 960, 540, time.monotonic(), WHOLE, (1920, 1080)))
    QApplication.processEvents()
    return view


def drag(share, *points):
    QTest.mousePress(share, Qt.MouseButton.LeftButton, pos=points[0])
    for point in points[1:]:
        QTest.mouseMove(share, point)
    QTest.mouseRelease(share, Qt.MouseButton.LeftButton, pos=points[-1])


def spots(asks):
    return [spot for one in asks for spot in one.spots]


def test_the_tools_are_there_only_where_the_sharer_lets_one_point(scene, share):
    assert scene.is_visible("point-pen")
    scene.click("point-pen")
    scene.show(call_states.call_with_share(3))
    assert not scene.is_visible("point-pen")
    assert not scene.is_visible("point-pointer")
    assert share._pen.tool == ""


def test_a_line_is_told_in_shares_of_the_screen_however_it_is_zoomed(scene, share, told):
    scene.click("point-pen")
    share.step(True)
    at = QPoint(share.width() // 3, share.height() // 3)
    x, y = share.space.at(share.zoom, (at.x(), at.y()))
    drag(share, at, at + QPoint(50, 20), at + QPoint(90, 60))
    assert {(one.meeting, one.person, one.kind, one.request) for one in told} == {("m1", "p1", "pen", 0)}
    assert spots(told)[0] == (round(x * 10_000), round(y * 10_000))
    assert share.zoom.scale == 1.25, "a line does not move the screen"
    # The next line is another one.
    drag(share, at, at + QPoint(5, 5))
    assert len({one.stroke for one in told}) == 2


def test_the_cursor_says_which_tool_one_has_also_when_somebody_joins(scene, share):
    scene.click("point-pen")
    scene.show(call_states.call_with_share(4, lets=True))
    assert share.cursor().shape() == Qt.CursorShape.CrossCursor
    scene.click("point-pen")
    share.step(True)
    scene.show(call_states.call_with_share(3, lets=True))
    assert share.cursor().shape() == Qt.CursorShape.OpenHandCursor


def test_the_pointer_is_told_where_it_is_and_that_it_is_gone(scene, share, told):
    scene.click("point-pointer")
    QTest.mouseMove(share, QPoint(100, 200))
    scene.qtbot.waitUntil(lambda: bool(told))
    assert told[-1].kind == "pointer"
    assert len(told[-1].spots) == 1
    scene.click("point-pointer")
    assert told[-1].kind == "away"


def test_nothing_is_told_without_a_tool(share, told):
    drag(share, QPoint(100, 100), QPoint(200, 100))
    assert told == []


def test_a_fast_hand_makes_few_and_small_messages(qtbot, qapp):
    pen, sent = Pen(qapp), []
    pen.pointed.connect(lambda kind, stroke, spots: sent.append(spots))
    pen.choose("pen")
    assert pen.press(0.1, 0.1)
    for step in range(400):
        pen.move(0.1 + step / 1000, 0.2)
    pen.lift()
    (only,) = sent
    assert 8 <= len(only) <= MOST_SPOTS
    assert only[-1] == (4990, 2000), "the end is where the hand was"
    assert not pen.press(1.2, 0.5), "beside the screen"


def pointed(**more):
    line = ((2000, 2000), (8000, 8000))
    known = {"meeting": "m1", "sharer": "p1", "person": "p2", "kind": "pen", "stroke": 1, "spots": line}
    return Pointed(**{**known, **more})


def pixels(share):
    return share.grab().toImage()


def test_what_others_draw_is_seen_with_their_name_and_fades(scene, share, monkeypatch):
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    before = pixels(share)
    scene.bridge.show_pointed(pointed())
    QApplication.processEvents()
    drawn = pixels(share)
    assert drawn != before
    now[0] += marks.STAY_S - 0.2
    share._fade()
    assert pixels(share) != drawn
    now[0] += 0.3
    share._fade()
    assert not share._fading.isActive()
    assert pixels(share) == before


def test_a_name_is_one_line_whatever_it_holds(scene, share):
    state = call_states.call_with_share(3, lets=True)
    people = (*state.call.people[:2], msgspec.structs.replace(state.call.people[2], name="Alan\nTuring"))
    scene.show(put(state, "call.people", people))
    scene.bridge.show_pointed(pointed(kind="pointer"))
    QApplication.processEvents()
    assert share._marks._pointers["p2"].name == "Alan Turing"


@pytest.mark.parametrize(
    "other", [{"meeting": "m2"}, {"sharer": "p2"}, {"person": "stranger"}, {"person": "p0"}, {"spots": ()}]
)
def test_what_is_of_another_meeting_screen_or_person_is_not_seen(scene, share, other):
    before = pixels(share)
    scene.bridge.show_pointed(pointed(**other))
    QApplication.processEvents()
    assert pixels(share) == before


def test_a_flood_of_lines_stays_bounded(share):
    for number in range(500):
        many = tuple((n, n) for n in range(MOST_SPOTS))
        for _ in range(50 if number == 499 else 1):
            share.show_pointed((f"p{number % 9}", "Name"), "pen", many, stroke=number)
        share.show_pointed((f"x{number}", "Name"), "pointer", many, stroke=0)
    assert len(share._marks._strokes) <= marks.MOST_STROKES
    assert len(share._marks._pointers) <= marks.MOST_STROKES
    assert max(len(one.spots) for one in share._marks._strokes.values()) <= marks.MOST_POINTS


def test_a_window_that_hangs_shows_only_the_newest(scene, share):
    for number in range(5000):
        scene.bridge.show_pointed(pointed(stroke=number))
    assert len(scene.bridge._pointed) == 100
    QApplication.processEvents()
    assert len(scene.bridge._pointed) == 0


def sharing_oneself(**lets):
    people = (call_states.person(0, sharing=True, sharing_since=5.0, **lets), *map(call_states.person, (1, 2)))
    source = ShareSource("screen:1", "Screen 1", "screen", 1920, 1080)
    return call_states.call(3, people=people, sharing=Sharing(own=OwnShare(1, source, is_on=True)))


@pytest.mark.parametrize(
    ("lets", "click", "wanted"),
    [
        ({}, "let-members-point", LetPoint(members=True, guests=False)),
        ({}, "let-guests-point", LetPoint(members=False, guests=True)),
        ({"members_point": True}, "let-members-point", LetPoint(members=False, guests=False)),
        ({"members_point": True}, "let-guests-point", LetPoint(members=True, guests=True)),
    ],
)
def test_who_shares_lets_members_and_guests_apart(scene, lets, click, wanted):
    scene.show(sharing_oneself(**lets))
    scene.click("let-point")
    menu = QApplication.activePopupWidget()
    assert [one.isChecked() for one in menu.actions()] == [bool(lets), False]
    menu.findChild(QAction, click).trigger()
    menu.close()
    assert scene.take() == [wanted]


def test_who_shares_sees_what_is_pointed_at_on_a_tile_of_their_screen(scene):
    scene.show(sharing_oneself())
    assert OWN_SCREEN not in scene.window.page.tiles
    state = sharing_oneself(members_point=True)
    scene.show(state)
    own = scene.window.page.tiles[OWN_SCREEN]
    assert own.accessibleName() == "Your screen"
    assert [one.crop for one in scene.bridge.stage.wanted[OWN_SCREEN].values()] == ["fit"]
    own.show_picture(faces.picture(1, 320, 180))
    before = pixels(own)
    scene.bridge.show_pointed(pointed(sharer="p0"))
    QApplication.processEvents()
    assert pixels(own) != before
    assert replace(state) == state
