"""Reactions: six to choose from, seen over the sender's tile for two seconds, and still where less motion is wanted."""

import time
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from app.state import call_intents
from app.state.slices.reactions import Reactions, Shown
from app.ui.motion import is_still_in_kde, motion
from app.ui.reactions import NAMES, drawing
from app.ui.widgets.reactions_layer import SEEN_S, ReactionsLayer
from tests.fakes.putting import put
from tests.looks import call_states


def react(state, *senders, age_s=0.0, first=1):
    now = time.time() - age_s
    shown = tuple(Shown(number, person, "heart", now) for number, person in enumerate(senders, start=first))
    return put(state, "call.reactions", Reactions(shown, first + len(senders)))


def layer(scene):
    return scene.find("reactions-layer", ReactionsLayer)


def picker():
    found = QApplication.activePopupWidget()
    assert found is not None
    assert found.objectName() == "reaction-picker"
    return found


def test_each_is_a_drawing_of_its_own_without_any_font(qapp):
    pictures = {reaction: drawing(reaction, 32).toImage() for reaction in NAMES}
    for picture in pictures.values():
        colours = {picture.pixel(x, y) for x in range(0, 64, 3) for y in range(0, 64, 3)}
        assert len(colours) > 2
    assert len({bytes(picture.constBits()) for picture in pictures.values()}) == len(NAMES) == 9


def test_one_is_chosen_by_a_click(scene):
    scene.show(call_states.call(3)).click("open-reactions")
    buttons = picker().findChildren(QAbstractButton)
    assert [one.accessibleName() for one in buttons] == [f"{name} ({n})" for n, name in enumerate(NAMES.values(), 1)]
    next(one for one in buttons if one.objectName() == "react-party").click()
    QApplication.processEvents()
    assert scene.take() == [call_intents.React(reaction="party")]
    assert QApplication.activePopupWidget() is None


def test_one_is_chosen_by_keys(scene):
    scene.show(call_states.call(3)).click("open-reactions")
    scene.qtbot.keyClick(picker(), Qt.Key.Key_5)
    assert scene.take() == [call_intents.React(reaction="clap")]
    scene.click("open-reactions")
    scene.qtbot.keyClick(picker(), Qt.Key.Key_Left)
    focused = next(one for one in picker().findChildren(QAbstractButton) if one.hasFocus())
    assert focused.objectName() == "react-ok"
    scene.qtbot.keyClick(focused, Qt.Key.Key_Return)
    assert scene.take() == [call_intents.React(reaction="ok")]
    scene.click("open-reactions")
    scene.qtbot.keyClick(picker(), Qt.Key.Key_Escape)
    assert QApplication.activePopupWidget() is None
    assert scene.take() == []


def test_it_floats_over_the_tile_of_who_sent_it_once(scene):
    state = call_states.call(6)
    scene.show(state)
    shown = react(state, "p2", "p0")
    scene.show(shown)
    floating = layer(scene)
    assert floating.on_show == (("heart", "Amara Okafor"), ("heart", "You"))
    tile = scene.find("tile-p2")
    middle = tile.mapTo(scene.window, tile.rect().center())
    place = floating.mapTo(scene.window, floating._flights[0].at)
    assert abs(place.x() - middle.x()) <= 30
    assert abs(place.y() - middle.y()) <= 30
    scene.show(put(shown, "call.chat.unread", 2))
    assert len(floating.on_show) == 2
    # Where the tile goes, it goes.
    scene.show(put(shown, "call.people", shown.call.people[:3]))
    floating._step()
    moved = scene.find("tile-p2")
    middle = moved.mapTo(scene.window, moved.rect().center())
    place = floating.mapTo(scene.window, floating._flights[0].at)
    assert abs(place.x() - middle.x()) <= 30
    # It lets clicks through to what it covers.
    assert scene.window.childAt(middle) is not floating


def test_what_is_old_when_the_page_opens_is_not_shown(scene):
    state = react(call_states.call(3), "p1", age_s=SEEN_S + 1)
    scene.show(state)
    assert layer(scene).on_show == ()
    scene.show(react(state, "p1", first=2))
    assert len(layer(scene).on_show) == 1


def test_it_goes_after_two_seconds_and_costs_nothing_then(qtbot):
    now = [100.0]
    floating = ReactionsLayer(clock=lambda: now[0])
    qtbot.addWidget(floating)
    floating.resize(400, 300)
    floating.show_call(react(call_states.call(3), "p1").call, lambda person: QPoint(200, 200))
    assert floating._timer.isActive()
    assert not floating.isHidden()
    before = floating.grab().toImage()
    now[0] += 1.0
    assert floating.grab().toImage() != before
    now[0] += 1.1
    floating._step()
    assert floating.on_show == ()
    assert not floating._timer.isActive()
    assert floating.isHidden()


def top_of_ink(floating):
    """The uppermost row that something is painted on."""
    image = floating.grab().toImage()
    ground = image.pixel(0, 0)
    return next(
        y for y in range(image.height()) if any(image.pixel(x, y) != ground for x in range(0, image.width(), 2))
    )


@pytest.mark.parametrize("is_less", [False, True])
def test_it_rises_unless_the_system_asks_for_less_motion(qtbot, monkeypatch, is_less):
    monkeypatch.setattr(motion, "is_less", is_less)
    now = [100.0]
    floating = ReactionsLayer(clock=lambda: now[0])
    qtbot.addWidget(floating)
    floating.resize(400, 300)
    floating.show_call(react(call_states.call(3), "p1").call, lambda person: QPoint(200, 200))
    now[0] += 0.4
    early = top_of_ink(floating)
    now[0] += 0.7
    late = top_of_ink(floating)
    assert (early == late) if is_less else (early - late > 20)


def test_who_hides_their_own_view_sees_their_reaction_at_the_foot(qtbot):
    floating = ReactionsLayer()
    qtbot.addWidget(floating)
    floating.resize(400, 300)
    floating.show_call(react(call_states.call(3), "p0").call, lambda person: None)
    assert floating.on_show == (("heart", "You"),)
    assert floating._flights[0].at.x() == 200
    floating.clear()
    assert floating.on_show == ()


def test_while_there_is_no_connection_nobody_reacts(scene):
    scene.show(replace(call_states.call(3), call_phase="reconnecting"))
    assert not scene.find("open-reactions").isEnabled()
    assert isinstance(layer(scene), QWidget)


@pytest.mark.parametrize(("text", "is_still"), [
    ("[KDE]\nAnimationDurationFactor=0\n", True),
    ("[KDE]\nAnimationDurationFactor=0.5\n", False),
    ("[KDE]\nAnimationDurationFactor=fast\n", False),
    ("no ini at all", False),
    ("", False),
])  # fmt: skip
def test_what_kde_says_of_animations(tmp_path, text, is_still):
    file = tmp_path / "kdeglobals"
    assert not is_still_in_kde(file)
    file.write_text(text)
    assert is_still_in_kde(file) is is_still
