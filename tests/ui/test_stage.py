"""Each picture reaches every view that wants it, at that view's own size; the widget draws what the state says."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication

from app.media.types import View
from app.state.call_intents import Pin
from app.state.stage import OWN, Stage, Tile
from app.ui.stage import PictureView
from tests.looks import call_states, faces, states

P1 = Tile("p1")
SCREEN = Tile("p1", "screen")


class Small(PictureView):
    """A second view of somebody, as picture-in-picture will be one."""

    def __init__(self, stage, key, size=(96, 54)):
        super().__init__(stage, key, crop="fit")
        self.shown = []
        self.resize(*size)

    def show_picture(self, picture):
        self.shown.append(picture)


@pytest.fixture
def second(scene, qtbot):
    scene.show(call_states.call(2))
    view = Small(scene.bridge.stage, P1)
    qtbot.addWidget(view)
    view.show()
    QApplication.processEvents()
    return view


def test_one_picture_is_in_two_views_at_two_sizes_at_once(scene, second):
    wanted = scene.bridge.stage.wanted[P1]
    tile = scene.window.page.tiles[P1]
    ratio = second.devicePixelRatioF()
    assert sorted(wanted.values(), key=lambda one: one.width_px) == [
        View(round(96 * ratio), round(54 * ratio), "fit"),
        View(round(tile.width() * ratio), round(tile.height() * ratio), "cover"),
    ]
    for number, view in wanted.items():
        scene.mailbox.put(P1, number, faces.picture(1, view.width_px, view.height_px))
    scene.qtbot.waitUntil(lambda: bool(second.shown) and scene.frames(P1) == 1)
    assert (second.shown[0].width_px, second.shown[0].height_px) == (round(96 * ratio), round(54 * ratio))


def test_a_view_that_is_hidden_or_put_away_costs_nothing_and_gets_nothing(scene, second):
    number = next(number for number, view in scene.bridge.stage.wanted[P1].items() if view.crop == "fit")
    second.hide()
    scene.qtbot.waitUntil(lambda: number not in scene.bridge.stage.wanted[P1])
    second.show()
    scene.qtbot.waitUntil(lambda: number in scene.bridge.stage.wanted[P1])
    second.leave_stage()
    scene.qtbot.waitUntil(lambda: number not in scene.bridge.stage.wanted[P1])
    scene.mailbox.put(P1, number, faces.picture(1))
    scene.give(P1, faces.picture(1))
    scene.qtbot.waitUntil(lambda: scene.frames(P1) == 1)
    assert not second.shown


def test_ones_own_picture_is_painted_together_with_those_of_others(scene):
    scene.show(call_states.call(2))
    waits = scene.bridge.stage._at_last
    waits.setInterval(60_000)
    scene.give(OWN, faces.picture(0))
    scene.qtbot.waitUntil(waits.isActive)
    assert scene.frames(OWN) == 0
    scene.give(P1, faces.picture(1))
    scene.qtbot.waitUntil(lambda: scene.frames(OWN) == scene.frames(P1) == 1)
    assert not waits.isActive()


def test_ones_own_picture_comes_where_no_others_do(scene):
    scene.show(call_states.call(2))
    scene.give(OWN, faces.picture(0))
    scene.qtbot.waitUntil(lambda: scene.frames(OWN) == 1)


def test_a_view_that_turns_to_somebody_else_shows_no_picture_of_the_one_before(scene, second):
    scene.show(call_states.call(3))
    number = next(number for number, view in scene.bridge.stage.wanted[P1].items() if view.crop == "fit")
    second.key = Tile("p2")
    second.resize(100, 60)
    scene.qtbot.waitUntil(lambda: number in scene.bridge.stage.wanted[Tile("p2")])
    scene.mailbox.put(P1, number, faces.picture(1))
    scene.mailbox.put(Tile("p2"), number, faces.picture(2, 40, 30))
    scene.qtbot.waitUntil(lambda: bool(second.shown))
    assert [one.width_px for one in second.shown] == [40]


def test_a_window_that_is_resized_asks_once_for_all_its_tiles(scene):
    scene.show(call_states.call(10))
    before = len(scene.pictures_wanted)
    scene.show(call_states.call(10), 1000, 700)
    assert len(scene.pictures_wanted) == before + 1
    assert len(scene.pictures_wanted[-1]) == 10


def test_a_double_click_looks_at_somebody_and_another_one_at_all(scene):
    scene.show(call_states.call(3))
    tile = scene.window.page.tiles[P1]
    scene.qtbot.mouseDClick(tile, Qt.MouseButton.LeftButton, pos=QPoint(20, 20))
    assert scene.take() == [Pin(tile=P1)]
    state = call_states.call(3)
    scene.show(states.replace(state, call=states.replace(state.call, stage=Stage(P1))))
    tiles = scene.window.page.tiles
    assert tiles[P1] is tile
    assert all(tile.width() > 2 * other.width() for key, other in tiles.items() if key != P1)
    scene.qtbot.mouseDClick(tile, Qt.MouseButton.LeftButton, pos=QPoint(20, 20))
    assert scene.take() == [Pin(tile=None)]


def test_a_double_click_with_another_button_looks_at_nobody(scene):
    scene.show(call_states.call(3))
    scene.qtbot.mouseDClick(scene.window.page.tiles[P1], Qt.MouseButton.RightButton, pos=QPoint(20, 20))
    assert scene.take() == []


def test_who_left_and_came_back_between_two_looks_is_not_shown_as_they_were(scene):
    def shown(joined_at):
        people = (call_states.person(0), call_states.person(1, joined_at=joined_at), call_states.person(2))
        scene.show(call_states.call(3, people=people))
        return scene.window.page.tiles

    for tile in shown(1.0):
        scene.give(tile, faces.picture(1))
    scene.qtbot.waitUntil(lambda: scene.frames(P1) == scene.frames(Tile("p2")) == 1)
    assert shown(1.0)[P1].has_picture
    tiles = shown(9.0)
    assert not tiles[P1].has_picture
    assert tiles[Tile("p2")].has_picture


def test_the_page_before_a_call_opens_without_the_picture_of_the_last_time(scene):
    """Oneself as one was then would look like a camera that is open already."""
    scene.show(states.prejoin())
    scene.give(OWN, faces.picture(0))
    scene.qtbot.waitUntil(lambda: scene.frames(OWN) == 1)
    preview = scene.window.page.tiles[OWN]
    scene.show(states.rooms())
    scene.show(states.prejoin())
    assert scene.window.page.tiles[OWN] is preview
    assert not preview.has_picture
    scene.give(OWN, faces.picture(0))
    scene.qtbot.waitUntil(lambda: scene.frames(OWN) == 2)
    assert preview.has_picture


def test_a_share_is_shown_whole_beside_the_face_of_who_shares(scene):
    people = (call_states.person(0), call_states.person(1, sharing=True), call_states.person(2))
    scene.show(call_states.call(3, people=people))
    tiles = scene.window.page.tiles
    assert list(tiles) == [SCREEN, P1, Tile("p2"), OWN]
    wanted = scene.bridge.stage.wanted
    assert [one.crop for one in wanted[SCREEN].values()] == ["fit"]
    assert [one.crop for one in wanted[P1].values()] == ["cover"]
    assert tiles[SCREEN].accessibleName() == f"{people[1].name}’s screen"
    scene.give(SCREEN, faces.picture(1, 64, 64))
    scene.qtbot.waitUntil(lambda: scene.frames(SCREEN) == 1)
    image = tiles[SCREEN].grab().toImage()
    ratio = image.devicePixelRatio()
    # A square picture in a wide tile: the tile's own ground stays at both sides.
    middle = round(tiles[SCREEN].height() / 2 * ratio)
    edge, centre = image.pixelColor(round(8 * ratio), middle), image.pixelColor(image.width() // 2, middle)
    assert edge != centre
    assert edge == image.pixelColor(image.width() - round(8 * ratio), middle)
    scene.show(call_states.call(3))
    assert SCREEN not in scene.window.page.tiles


def test_r39_the_screen_of_who_does_not_consent_says_that_it_is_not_recorded(scene):
    people = (call_states.person(0), call_states.person(1, sharing=True, consents=False), call_states.person(2))
    scene.show(call_states.call(3, people=people))
    tiles = scene.window.page.tiles
    said = {key: tile.accessibleName() for key, tile in tiles.items()}
    assert "not recorded" in said[SCREEN]
    assert "not recorded" in said[P1]
    assert "not recorded" not in said[Tile("p2")]
