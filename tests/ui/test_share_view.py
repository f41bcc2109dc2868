"""Looking at a shared screen: by buttons, wheel, fingers, hand and keys; and a still of it."""

import time

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QNativeGestureEvent, QPointingDevice, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.media.types import WHOLE, Frame, Picture
from app.state import pinning
from app.state.call_intents import StillCopied
from app.state.stage import OWN, Tile
from app.state.update import update
from tests.looks import call_states, faces

SCREEN = Tile("p1", "screen")
SIZE_PX = (1920, 1080)


def give(scene, kind=None):
    """A picture for each view of the screen, made as the decoder makes it."""
    from app.media.pictures import make_pictures

    whole = Frame(np.zeros((SIZE_PX[1] * 3 // 2, SIZE_PX[0]), np.uint8), "yuv420p", time.monotonic())
    QApplication.processEvents()
    for view, picture in make_pictures(whole, scene.bridge.stage.wanted.get(SCREEN, {})):
        scene.mailbox.put(SCREEN, view, picture)
    QApplication.processEvents()


@pytest.fixture
def share(scene):
    scene.show(call_states.call_with_share(3))
    scene.window.activateWindow()
    give(scene)
    view = scene.window.page.tiles[SCREEN]
    assert view.has_picture
    return view


def wanted(scene):
    QApplication.processEvents()
    return next(iter(scene.bridge.stage.wanted[SCREEN].values()))


def wheel(view, turn, at, keys=Qt.KeyboardModifier.ControlModifier):
    QApplication.sendEvent(
        view,
        QWheelEvent(
            QPointF(at), QPointF(view.mapToGlobal(at)), QPoint(), QPoint(0, turn), Qt.MouseButton.NoButton, keys,
            Qt.ScrollPhase.NoScrollPhase, False,
        ),
    )  # fmt: skip


def test_r40_the_zoom_bar_stands_at_the_bottom_centre(scene, share):
    bar = scene.find("zoom-bar")
    assert bar.isVisible()
    middle = bar.mapTo(share, bar.rect().center())
    assert abs(middle.x() - share.width() / 2) <= 10
    assert share.height() - bar.mapTo(share, bar.rect().bottomLeft()).y() < 20


def test_r40_buttons_zoom_from_100_to_400_percent_and_back(scene, share):
    assert wanted(scene).part == WHOLE
    seen = [scene.find("zoom-percent").text()]
    for _ in range(5):
        scene.click("zoom-in")
        seen.append(scene.find("zoom-percent").text())
    assert seen == ["100 %", "125 %", "150 %", "200 %", "300 %", "400 %"]
    assert not scene.find("zoom-in").isEnabled()
    assert wanted(scene).part.width == pytest.approx(0.25)
    scene.click("zoom-out")
    scene.click("zoom-fit")
    assert wanted(scene).part == WHOLE
    assert not scene.find("zoom-out").isEnabled()


def test_r40_at_200_percent_half_the_width_is_asked_for_and_painted_pixel_on_pixel(scene, share):
    scene.click("zoom-percent")
    asked = wanted(scene)
    assert asked.part.width == pytest.approx(0.5)
    assert (asked.width_px, asked.crop) == (round(share.width() * share.devicePixelRatioF()), "fit")
    give(scene)
    assert share.picture.part.width == pytest.approx(0.5, abs=2 / SIZE_PX[0])
    assert abs(share.picture.width_px - asked.width_px) <= 3


def test_r40_ctrl_and_the_wheel_zoom_at_the_pointer_and_the_wheel_alone_moves(scene, share):
    at = QPoint(share.width() // 4, share.height() // 2)
    under = share.space.at(share.zoom, (at.x(), at.y()))
    wheel(share, 120 * 4, at)
    assert share.zoom.scale == pytest.approx(1.15**4)
    assert share.space.at(share.zoom, (at.x(), at.y())) == pytest.approx(under, abs=0.01)
    before = share.space.part(share.zoom)
    wheel(share, -120, at, Qt.KeyboardModifier.ShiftModifier)
    assert share.space.part(share.zoom).x > before.x
    wheel(share, -120 * 40, at)
    assert wanted(scene).part == WHOLE


def test_r40_fingers_zoom_where_they_are(scene, share):
    at = QPointF(share.width() / 2, share.height() / 2)
    pad = QPointingDevice.primaryPointingDevice()
    gesture = QNativeGestureEvent(
        Qt.NativeGestureType.ZoomNativeGesture, pad, 2, at, at, QPointF(share.mapToGlobal(at)), 0.5, QPointF()
    )
    QApplication.sendEvent(share, gesture)
    assert share.zoom.scale == pytest.approx(1.5)


def test_r40_a_hand_moves_what_is_zoomed_and_not_beyond_its_end(scene, share):
    scene.click("zoom-percent")
    middle = share.rect().center()
    before = share.space.part(share.zoom)
    QTest.mousePress(share, Qt.MouseButton.LeftButton, pos=middle)
    QTest.mouseMove(share, middle + QPoint(120, 0))
    assert share.space.part(share.zoom).x < before.x
    QTest.mouseMove(share, middle + QPoint(9000, 9000))
    QTest.mouseRelease(share, Qt.MouseButton.LeftButton, pos=middle)
    assert share.space.part(share.zoom)[:2] == pytest.approx((0, 0))
    # Let go, it stays.
    QTest.mouseMove(share, middle)
    assert share.space.part(share.zoom)[:2] == pytest.approx((0, 0))


def test_r40_a_double_click_zooms_at_the_point_and_back(scene, share):
    QTest.mouseDClick(share, Qt.MouseButton.LeftButton, pos=QPoint(40, 200))
    assert share.zoom.scale == 2.0
    assert share.space.part(share.zoom).x < 0.1
    QTest.mouseDClick(share, Qt.MouseButton.LeftButton, pos=QPoint(40, 200))
    assert share.zoom.scale == 1.0
    assert scene.take() == []


def test_r40_keys_zoom_and_move(scene, share):
    scene.window.page.setFocus()

    def press(*keys):
        for key in keys:
            QTest.keyClick(QApplication.focusWidget(), key)

    press(Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus)
    assert share.zoom.scale == 1.25
    before = share.space.part(share.zoom)
    press(Qt.Key.Key_Right, Qt.Key.Key_Down)
    after = share.space.part(share.zoom)
    assert after.x > before.x
    press(*[Qt.Key.Key_Left] * 9)
    assert share.space.part(share.zoom).x == 0
    press(Qt.Key.Key_0)
    assert share.zoom.scale == 1.0


def test_arrows_are_for_ones_own_tile_while_it_has_the_focus(scene):
    scene.show(call_states.call_with_share(2))
    scene.window.activateWindow()
    give(scene)
    share = scene.window.page.tiles[SCREEN]
    share.step(True)
    QApplication.processEvents()
    before = share.zoom
    scene.window.page.tiles[OWN].setFocus()
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Left)
    assert share.zoom == before
    assert len(scene.take()) == 1


def test_a_share_that_is_small_is_shown_whole_and_has_no_bar(scene, share):
    scene.click("zoom-percent")
    state = call_states.call_with_share(3)
    scene.show(update(state, pinning.call_intents.Pin(tile=Tile("p2")))[0])
    assert scene.window.page.tiles[SCREEN] is share
    assert not scene.is_visible("zoom-bar")
    assert wanted(scene).part == WHOLE


def test_the_bar_goes_after_a_while_where_it_would_cover_the_screen(scene, share):
    scene.show(call_states.call_with_share(3), 1000, 500)
    assert share.space.place(share.zoom).height == share.height()
    share._rest.stop()
    share._show_bar()
    assert not scene.is_visible("zoom-bar")
    QTest.mouseMove(share, QPoint(60, 60))
    assert scene.is_visible("zoom-bar")


def test_another_size_of_what_is_shared_keeps_the_point_that_one_looks_at(scene, share):
    scene.click("zoom-percent")
    share.show_picture(Picture(faces.picture(1, 64, 64).pixels, 64, 64, time.monotonic(), WHOLE, (600, 600)))
    assert share.frame_px == (600, 600)
    assert share.zoom.scale == 2.0
    assert wanted(scene).part == share.space.part(share.zoom)


def test_a_still_is_copied_at_full_resolution_and_said(scene, share):
    scene.click("zoom-percent")
    scene.click("copy-still")
    QApplication.processEvents()
    give(scene)
    assert scene.take() == [StillCopied(is_copied=True)]
    copied = QGuiApplication.clipboard().image()
    assert (copied.width(), copied.height()) == SIZE_PX
    # It wants nothing more.
    QApplication.processEvents()
    assert len(scene.bridge.stage.wanted[SCREEN]) == 1


def test_a_still_of_a_screen_that_sends_nothing_says_that(scene, share):
    share.still_wanted.emit()
    from app.ui.widgets.still import Still

    still = scene.window.findChild(Still)
    still._limit.timeout.emit()
    assert scene.take() == [StillCopied(is_copied=False)]
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_before_the_first_picture_there_is_no_still(scene):
    scene.show(call_states.call_with_share(3))
    scene.window.page.tiles[SCREEN].still_wanted.emit()
    give(scene)
    assert scene.take() == [StillCopied(is_copied=False)]


@pytest.mark.parametrize("is_copied", [True, False])
def test_what_became_of_a_still_is_told(is_copied):
    state, _ = update(call_states.call_with_share(3), StillCopied(is_copied=is_copied))
    words = state.toasts.shown[-1].words
    assert words == (pinning.STILL_COPIED if is_copied else pinning.NO_STILL)
