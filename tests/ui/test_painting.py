"""A tile that paints itself quickly looks as one that takes its time."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from app.media.types import View
from app.state.stage import Tile
from app.ui.theme import theme, tokens
from app.ui.widgets.video_tile import RADIUS_PX
from tests.looks import call_states, faces
from tests.ui.samples import numbers

P1 = Tile("p1")


@pytest.fixture
def tile(scene):
    scene.show(call_states.call(3))
    tile = scene.window.page.tiles[P1]
    (view,) = scene.bridge.stage.wanted[P1].values()
    tile.show_picture(faces.picture(1, view.width_px, view.height_px))
    return tile


def parts(pixels):
    return np.stack([pixels >> shift & 255 for shift in (16, 8, 0)]).astype(int)


@pytest.mark.parametrize("ground", ["stage", ""])
def test_both_ways_paint_the_same(tile, ground):
    tile.show_ground(ground)
    quick = parts(numbers(tile.grab().toImage()))
    picture = tile.picture
    tile.show_picture(replace(picture, width_px=picture.width_px - 1))
    slow = parts(numbers(tile.grab().toImage()))
    differs = np.abs(quick - slow).max(axis=0) > 40
    assert quick.shape == slow.shape
    # The edges of a stretched picture are a pixel elsewhere.
    assert differs.mean() < 0.02


def test_the_corners_show_what_lies_round_the_tile(tile):
    seen = numbers(
        tile.window().grab(tile.rect().translated(tile.mapTo(tile.window(), tile.rect().topLeft()))).toImage()
    )
    ground = QColor(tokens().stage).rgb() & 0xFFFFFF
    assert {int(seen[y, x]) for y in (0, -1) for x in (0, -1)} == {ground}
    assert int(seen[0, RADIUS_PX + 4]) != ground


def test_another_theme_has_its_own_colour_at_the_corners(tile):
    for name in ("light", "dark"):
        theme.apply(name)
        assert int(numbers(tile.grab().toImage())[0, 0]) == QColor(tokens().stage).rgb() & 0xFFFFFF


def test_who_speaks_has_a_ring_along_every_edge(tile):
    tile.show_speaking(True)
    seen = numbers(tile.grab().toImage())
    middle_y, middle_x = (size // 2 for size in seen.shape)
    edges = {int(seen[at]) for at in ((1, middle_x), (-2, middle_x), (middle_y, 1), (middle_y, -2))}
    assert edges == {QColor(tokens().accent).rgb() & 0xFFFFFF}


def test_a_screen_of_another_density_wants_other_sizes(scene, tile, monkeypatch):
    before = tile.wish()
    monkeypatch.setattr(tile, "devicePixelRatioF", lambda: 2.0)
    # Qt paints a window again that has come to another screen.
    tile.update()
    doubled = View(2 * before.width_px, 2 * before.height_px)
    scene.qtbot.waitUntil(lambda: list(scene.bridge.stage.wanted[P1].values()) == [doubled])


class Paints(QObject):
    """Counts what is painted of a widget."""

    count = 0

    def eventFilter(self, watched, event):
        self.count += event.type() == QEvent.Type.Paint
        return False


def test_a_picture_costs_no_painting_of_what_lies_below(scene, tile):
    paints = Paints()
    scene.window.page.installEventFilter(paints)
    (view,) = scene.bridge.stage.wanted[P1].values()
    for ground, is_painted in (("stage", False), ("", True)):
        tile.show_ground(ground)
        QApplication.processEvents()
        paints.count = 0
        before = scene.frames(P1)
        scene.give(P1, faces.picture(2, view.width_px, view.height_px))
        scene.qtbot.waitUntil(lambda before=before: scene.frames(P1) == before + 1)
        assert bool(paints.count) == is_painted


def test_ones_own_tile_over_the_others_shows_them_at_its_corners(scene):
    scene.show(call_states.call(2))
    for tile in scene.window.page.tiles:
        (view,) = scene.bridge.stage.wanted[tile].values()
        scene.give(tile, faces.picture(1, view.width_px, view.height_px))
        scene.qtbot.waitUntil(lambda tile=tile: scene.frames(tile) == 1)
    own = scene.window.page.tiles[Tile("")]
    seen = numbers(
        scene.window.page.grab(own.rect().translated(own.mapTo(scene.window.page, own.rect().topLeft()))).toImage()
    )
    assert int(seen[0, 0]) != QColor(tokens().stage).rgb() & 0xFFFFFF


def test_what_a_tile_says_is_drawn_again_when_it_changes(tile):
    before = numbers(tile.grab().toImage())
    tile.show_person("Someone Else", microphone=False, camera=True)
    after = numbers(tile.grab().toImage())
    assert (before != after)[-44:].any()
    tile.show_hand(2)
    assert (after != numbers(tile.grab().toImage()))[-44:, -80:].any()
