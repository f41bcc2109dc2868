"""How good the connections are, on the window: the line, the signs on tiles, paused pictures, and the figures."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication

from app.state import quality
from app.state.call_intents import ShowConnection
from app.state.slices.quality import PictureFigures, Quality
from app.state.stage import OWN, Tile
from app.ui.text import rate_words
from tests.fakes.putting import put
from tests.fakes.story import change
from tests.looks import call_states, faces

CLARA = Tile("p1")
PAIR = {"held": {("p1", "camera")}}


def test_one_s_own_weak_connection_is_said_in_a_line_and_no_more_when_it_is_good(scene):
    scene.show(call_states.call_weak(3))
    words = scene.find("weak-line-words").text()
    assert words.startswith("Your connection is weak. ")
    scene.click("weak-details")
    assert scene.take() == [ShowConnection(is_open=True)]
    scene.show(call_states.call_weak(3, phase="reconnecting"))
    assert not scene.is_visible("weak-line"), "that it is cut is said instead"
    scene.show(call_states.call_weak(3, own=False))
    assert not scene.is_visible("weak-line")


def test_a_sign_is_on_the_tiles_of_those_whose_connection_is_weak(scene):
    scene.show(call_states.call_weak(3, weak={"p1"}))
    tiles = scene.window.page.tiles
    assert "weak connection" in tiles[CLARA].accessibleName()
    assert "weak connection" in tiles[OWN].accessibleName()
    assert "weak connection" not in tiles[Tile("p2")].accessibleName()
    sign, own = scene.find("weak-p1"), scene.find("weak-own")
    assert sign.accessibleName() == "Clara Nowak’s connection is weak."
    assert sign.accessibleName() in sign.toolTip()
    assert own.accessibleName() == "Your connection is weak."
    assert not scene.is_visible("weak-p2")
    scene.click("weak-p1")
    sign.setFocus(Qt.FocusReason.TabFocusReason)
    scene.qtbot.keyClick(sign, Qt.Key.Key_Return)
    assert scene.take() == [ShowConnection(is_open=True)] * 2
    scene.show(call_states.call_weak(3, own=False))
    assert not scene.is_visible("weak-p1")
    assert not scene.is_visible("weak-own")


@pytest.mark.parametrize("size", [(1280, 800), (800, 560), (500, 700)])
def test_each_sign_lies_on_its_tile_and_the_tile_paints_it(scene, size):
    scene.show(call_states.call_weak_long(), *size)
    for tile, widget in scene.window.page.tiles.items():
        name = f"weak-{tile.person or 'own'}"
        if tile.source == "camera":
            sign = scene.find(name)
            assert widget.rect().contains(sign.geometry())
            lit = widget.grab().toImage().pixelColor(sign.geometry().center())
            dark = widget.grab().toImage().pixelColor(sign.geometry().center().x(), sign.geometry().top() + 2)
            assert lit != dark, tile


def test_a_picture_that_is_held_back_is_not_left_standing(scene):
    scene.show(call_states.call_weak(2))
    tile = scene.window.page.tiles[CLARA]
    picture = faces.picture(1, captured_at_s=1.0)
    tile.show_picture(picture)
    assert tile.has_picture
    scene.show(call_states.call_weak(2, **PAIR))
    assert not tile.has_picture
    assert quality.PAUSED.lower() in tile.accessibleName()
    # One that was on its way comes late.
    tile.show_picture(picture)
    assert not tile.has_picture
    scene.show(call_states.call_weak(2))
    assert quality.PAUSED.lower() not in tile.accessibleName()
    tile.show_picture(picture)
    assert tile.has_picture


def test_the_small_window_says_so_too(scene):
    scene.show(call_states.pip(call_states.call_weak(2, weak={"p1"}, **PAIR)))
    name = scene.window.pip.small.tile.accessibleName()
    assert "weak connection" in name
    assert quality.PAUSED.lower() in name


def test_the_list_of_people_says_whose_connection_is_weak(scene):
    scene.show(call_states.call_weak(3, own=False, weak={"p1"}, panel="people"))
    assert "weak connection" in scene.find("volume-of-p1").text()
    assert "weak connection" not in scene.find("volume-of-p2").text()


def test_key_and_menu_open_the_figures(scene):
    scene.show(call_states.call(3))
    scene.qtbot.keyClick(scene.window.page, Qt.Key.Key_N)
    assert scene.take() == [ShowConnection(is_open=True)]
    scene.click("open-more")
    scene.window.findChild(QAction, "menu-connection").trigger()
    QApplication.activePopupWidget().close()
    assert scene.take() == [ShowConnection(is_open=True)]


def test_the_figures_are_told_in_words_and_go_with_the_state(scene):
    state = call_states.call_weak(4, is_open=True, weak={"p2"}, held={("p3", "camera")}, own=False)
    state = put(state, "call.people", tuple(change(one, camera_on=True) for one in state.call.people))
    state = put(state, "call.quality.down", call_states.Strain(8, True))
    scene.show(state)
    values = {name: scene.find(f"connection-{name}").text() for name in ("sent", "lost-in", "round-trip", "camera")}
    assert values == {
        "sent": "642 kbit/s",
        "lost-in": "3.1 %",
        "round-trip": "48 ms",
        "camera": "640 × 360, 30 a second\nsmall, 320 × 180, 15 a second",
    }
    assert scene.find("connection-used").text() == "128 MB"
    assert not scene.is_visible("connection-screen")
    assert scene.find("connection-words").text() == "Your connection is weak. You may see and hear others late."
    assert scene.find("connection-of-p2").text().startswith("Amara Okafor’s connection is weak.")
    assert quality.PAUSED in scene.find("connection-of-p3").text()
    assert "640 × 360, 27 a second" in scene.find("connection-of-p1").text()
    scene.click("connection-done")
    scene.qtbot.keyClick(scene.find("connection-dialog").parentWidget(), Qt.Key.Key_Escape)
    assert scene.take() == [ShowConnection(is_open=False)] * 2
    scene.show(put(state, "call.quality", Quality()))
    assert not scene.is_visible("connection-dialog")


def test_the_size_of_a_face_that_is_made_in_two_is_told(scene):
    shown = call_states.call_weak(2, is_open=True, own=False).call.quality
    small = PictureFigures("camera-low", 320, 180, 15.0, 90_000, is_small=True)
    resting = PictureFigures("camera-low", 320, 180, 0.0, 0.0, is_small=True)
    (other,) = shown.figures.people
    other = replace(other, pictures=(replace(small, source="camera"),))
    own, large = shown.figures.sent[0], "640 × 360, 30 a second"
    for sent, words in (((small,), f"{large}\nsmall, 320 × 180, 15 a second"), ((resting,), large)):
        figures = replace(shown.figures, sent=(*sent, own), people=(other,))
        scene.show(put(call_states.call(2), "call.quality", replace(shown, figures=figures)))
        assert scene.find("connection-camera").text() == words
    assert "Picture: small, 320 × 180, 15 a second" in scene.find("connection-of-p1").text()


def test_what_is_not_known_yet_is_said_to_be(scene):
    scene.show(put(call_states.call(2), "call.quality", Quality(is_open=True)))
    assert scene.find("connection-round-trip").text() == "Not known yet"
    assert scene.find("connection-of-p1").text() == "Nothing of them has come yet"


def test_figures_are_not_measured_for_show_once_the_call_is_out_of_sight(scene):
    state = call_states.call_weak(2, is_open=True)
    scene.show(state)
    scene.show(replace(state, shows_call=False))
    assert scene.take() == [ShowConnection(is_open=False)]


@pytest.mark.parametrize(
    ("bps", "words"),
    [(0, "0 kbit/s"), (640_400, "640 kbit/s"), (999_600, "1.0 Mbit/s"), (1_240_000, "1.2 Mbit/s")],
)
def test_a_rate_in_words(bps, words):
    assert rate_words(bps) == words
