"""The toolbar of a call: what has no room is in its menu, nothing moves by itself, and each control says what it is."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QAbstractButton, QApplication, QMenu

from app.state import call_intents
from app.state.slices.devices import Choices
from app.ui.panels.bar_action import ALWAYS
from app.ui.panels.bar_actions import ACTIONS
from tests.fakes.putting import put
from tests.looks import call_states

WIDTHS = [480, 560, 640, 700, 780, 800, 1001, 1280, 1920]


def lines_of_the_menu(scene):
    scene.click("open-more")
    (menu,) = [one for one in scene.window.findChildren(QMenu, "more-menu") if one.isVisible()]
    lines = {one.objectName(): one for one in menu.actions() if one.objectName()}
    return menu, lines


def shown_actions(state):
    return [one for one in ACTIONS if one.look(state).is_shown]


def places(scene):
    bar = scene.find("call-bar")
    buttons = [one for one in bar.findChildren(QAbstractButton) if one.isVisible()]
    return {one.objectName(): one.mapTo(scene.window, QPoint(0, 0)) for one in buttons}


@pytest.mark.parametrize("panel", ["", "chat"])
@pytest.mark.parametrize("make", [call_states.call, call_states.call_as_host])
def test_each_action_is_in_the_bar_or_in_its_menu_and_nothing_is_cut_off(scene, make, panel):
    for width in WIDTHS:
        check_the_bar(scene, make(panel=panel), width)


def check_the_bar(scene, state, width):
    scene.show(state, width)
    bar = scene.find("call-bar")
    left, right = bar.mapTo(scene.window, QPoint(0, 0)).x(), bar.mapTo(scene.window, QPoint(bar.width(), 0)).x()
    assert 0 <= left < right <= width
    menu, lines = lines_of_the_menu(scene)
    menu.close()
    for action in shown_actions(state):
        assert scene.is_visible(action.name) != (f"menu-{action.name}" in lines), action.name
        assert action.priority < ALWAYS or scene.is_visible(action.name)
    for button in bar.findChildren(QAbstractButton):
        assert not button.isVisible() or button.width() >= button.sizeHint().width(), button.objectName()
    assert scene.is_visible("leave")
    assert scene.is_visible("toggle-recording") == state.is_host
    assert {"menu-keys", "menu-help"} <= set(lines)


def test_what_matters_more_stays_longer(scene):
    state = call_states.call_as_host(panel="")
    for width in WIDTHS:
        scene.show(state, width)
        ranks = [one.priority for one in shown_actions(state) if scene.is_visible(one.name)]
        hidden = [one.priority for one in shown_actions(state) if not scene.is_visible(one.name)]
        assert not hidden or max(hidden) <= min(ranks)
    assert hidden == []


@pytest.mark.parametrize("width", [480, 800, 1280])
def test_no_button_moves_when_a_state_changes(scene, width):
    state = call_states.call_as_host(panel="", recording=call_states.Recording())
    scene.show(state, width)
    before = places(scene)
    for change in (
        put(state, "devices.chosen", Choices(microphone_on=False, camera_on=False)),
        put(state, "call.recording", call_states.Recording(since=1.0)),
        put(state, "call.chat.unread", 120),
        put(state, "call.lobby.waiting", ()),
        replace(state, call_phase="reconnecting"),
    ):
        scene.show(change, width)
        assert places(scene) == before


def test_the_menu_does_what_the_button_does(scene):
    state = put(call_states.call_as_host(panel=""), "call.chat.unread", 3)
    scene.show(state, 480)
    hidden = [one for one in shown_actions(state) if not scene.is_visible(one.name)]
    assert "open-settings" in {one.name for one in hidden}
    menu, lines = lines_of_the_menu(scene)
    assert lines["menu-open-settings"].text() == "Devices and background\tCtrl+,"
    lines["menu-open-settings"].trigger()
    menu.close()
    QApplication.processEvents()
    assert scene.is_visible("settings-dialog")


@pytest.mark.parametrize("width", WIDTHS)
def test_the_menu_button_counts_what_it_hides(scene, width):
    state = put(call_states.call_as_host(panel=""), "call.chat.unread", 5)
    scene.show(state, width)
    more = scene.find("open-more")
    told = {"open-chat": (5, "5 unread"), "open-people": (2, "2 waiting to be let in")}
    hidden = [told[name] for name in told if not scene.is_visible(name)]
    assert more._count == sum(count for count, _ in hidden)
    assert all(words in more.accessibleDescription() for _, words in hidden)


def test_a_toggle_shows_what_is_true_and_not_what_was_clicked(scene):
    scene.show(call_states.call())
    chat = scene.find("open-chat")
    scene.click("open-chat")
    assert scene.take() == [call_intents.OpenPanel(panel="chat")]
    assert not chat.isChecked()
    scene.show(call_states.call(panel="chat"))
    assert chat.isChecked()
    assert chat.accessibleDescription() == "Open"


@pytest.mark.parametrize("panel", ["", "chat", "people"])
@pytest.mark.parametrize("width", [480, 1280])
@pytest.mark.parametrize("make", [call_states.call, call_states.call_as_host, call_states.call_locked])
def test_each_control_of_the_call_has_a_name_and_each_toggle_a_state(scene, make, width, panel):
    scene.show(make(panel=panel), width)
    controls = [one for one in scene.find("call-page").findChildren(QAbstractButton) if one.isVisible()]
    assert len(controls) > 6
    names = [one.accessibleName() for one in controls]
    assert all(names), [one.objectName() for one in controls if not one.accessibleName()]
    assert all(one.objectName() or one.parent().objectName() for one in controls)
    for button in scene.find("call-bar").findChildren(QAbstractButton):
        is_toggle = button.isCheckable() or button.objectName().startswith("toggle-")
        if button.isVisible() and is_toggle:
            assert button.accessibleDescription(), button.objectName()
