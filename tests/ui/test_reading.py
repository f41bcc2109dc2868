"""Tab goes as one reads, through every page and dialog of the pictures, and reaches whatever can be clicked."""

from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QPlainTextEdit

from app.ui.widgets import reading
from app.ui.widgets.scrim import Scrim
from tests.looks import __main__ as looks
from tests.looks import call_states, recap_states, room_states, states


def walk(scene, is_next=True):
    """Presses Tab until it comes round; every stop once."""
    scene.window.activateWindow()
    reached = []
    for _ in range(200):
        top = next((one for one in reversed(scene.window.findChildren(Scrim)) if one.isVisible()), scene.window)
        focus = QApplication.focusWidget() or top
        scene.qtbot.keyClick(focus, Qt.Key.Key_Tab if is_next else Qt.Key.Key_Backtab)
        now = QApplication.focusWidget()
        if reached and now is reached[0]:
            return reached
        reached.append(now)
    raise AssertionError("Tab never comes round")


def can_be_used(top):
    kinds = (QAbstractButton, QLineEdit, QPlainTextEdit)
    for kind in kinds:
        for one in top.findChildren(kind):
            if one.isVisible() and one.isEnabled() and one.objectName() and not one.objectName().startswith("qt_"):
                yield one


def open_page(scene, name):
    make, _ = looks.PAGES[name]
    scene.show(make())
    for button in looks.CLICKS.get(name, []):
        scene.find(button, QAbstractButton).click()
    QApplication.processEvents()


#: Pages with the same parts as another one that is looked at, or that only other steps than clicks lead to; menus and
#: the grid of emoji have keys of their own.
SAME = (
    "starting", "rooms-notice", "rooms-silent", "rooms-cards-top", "rooms-elsewhere", "rooms-schedule",
    "rooms-schedule-refused", "rooms-link", "rooms-news-none", "rooms-server", "rooms-server-reachable",
    "rooms-server-team", "rooms-edit", "rooms-invite", "rooms-camera-menu", "rooms-account-menu", "sign-in-cut",
    "terms-text", "prejoin-notice", "prejoin-closed-guest", "prejoin-no-devices", "call-1", "call-2", "call-3",
    "call-6", "call-people", "call-lobby-full", "call-locked-settings", "call-blocked", "call-person-menu",
    "call-remove", "call-react-menu", "call-more-menu", "call-keys", "call-emoji", "rooms-emoji",
    "call-not-recording", "call-notices", "privacy", "help", "help-during-call", "recap-notice",
    "recap-ongoing", "recap-refused", "recap-deleted", "recap-generating", "recap-failed", "ended",
)  # fmt: skip
NAMES = [name for name in looks.PAGES if name not in SAME]


def test_what_is_the_same_is_there():
    assert set(SAME) <= set(looks.PAGES)


@pytest.mark.parametrize("name", NAMES)
def test_everything_that_can_be_clicked_is_reached_in_reading_order(scene, name):
    open_page(scene, name)
    top = next((one for one in reversed(scene.window.findChildren(Scrim)) if one.isVisible()), scene.window)
    found = reading.stops(top)
    missing = [one for one in can_be_used(top) if one not in found]
    # Of words of which one is chosen Tab reaches one, and the arrows the others.
    grouped = [one for one in missing if isinstance(one, QAbstractButton) and one.group() is not None]
    assert all(any(other in found for other in one.group().buttons()) for one in grouped)
    assert [one.objectName() for one in missing if one not in grouped] == []
    assert len({id(one) for one in found}) == len(found)
    for holder in {one.parentWidget() for one in found}:
        own = [one for one in found if one.parentWidget() is holder]
        for one, after in pairwise(own):
            is_below = after.geometry().top() > one.geometry().center().y()
            is_beside = after.x() > one.x()
            assert is_below or is_beside, [each.objectName() for each in own]


def names(scene):
    return [one.objectName() for one in walk(scene)]


def test_tab_goes_through_the_rooms_before_the_composer_also_to_one_that_came_later(scene):
    state = states.rooms()
    scene.show(states.replace(state, rooms=states.replace(state.rooms, known=state.rooms.known[:1])))
    scene.show(state)
    order = names(scene)
    assert order.index("room-r1") < order.index("room-r2") < order.index("room-r3") < order.index("room-composer")


def test_who_waits_comes_before_what_lies_below(scene):
    scene.show(call_states.call(3, host="p0", panel="people"))
    scene.show(call_states.call_as_host())
    order = names(scene)
    assert order.index("admit-g1") < order.index("deny-g1") < order.index("admit-g2") < order.index("new-link")


def test_the_lines_of_a_recap_come_before_its_deletion(scene):
    scene.show(recap_states.recap_state("generating"))
    scene.show(recap_states.recap_state())
    order = [one for one in names(scene) if one]
    last_line = max(
        place for place, one in enumerate(order) if one.startswith(("play-", "time-", "recap-item", "line-"))
    )
    assert last_line < order.index("request-deletion")


@pytest.mark.parametrize(
    "make", [states.rooms, call_states.call_as_host, recap_states.recap_state, room_states.planning]
)
def test_back_is_the_same_way_(scene, make):
    scene.show(make(), 800, 560)
    there = walk(scene)
    back = walk(scene, is_next=False)
    assert {id(one) for one in there} == {id(one) for one in back}
    start = back.index(there[0])
    assert back[start:] + back[:start] == [there[0], *reversed(there[1:])]


@pytest.mark.parametrize(
    ("make", "name", "others"),
    [
        (call_states.call_with_chat, "side-tabs", ("chat", "people")),
        (recap_states.recap_state, "recap-tabs", ("summary", "transcript")),
        (states.prejoin, "prejoin-background", ("none", "blur")),
    ],
)
def test_of_words_of_which_one_is_chosen_the_stop_is_that_one_also_after_a_click(scene, make, name, others):
    scene.show(make())
    buttons = [scene.find(f"{name}-{one}", QAbstractButton) for one in others]
    for chosen in (*buttons, *buttons):
        scene.qtbot.mouseClick(chosen, Qt.MouseButton.LeftButton)
        found = reading.stops(scene.window)
        assert [one for one in buttons if one in found] == [chosen]


def test_a_stop_that_is_scrolled_away_comes_into_sight(scene):
    scene.show(room_states.many_rooms(), 800, 560)
    scene.window.activateWindow()
    scene.find("room-r1").setFocus()
    rows = [one for one in reading.stops(scene.window) if one.objectName().startswith("room-s")]
    assert len(rows) > 5
    for _ in rows:
        scene.qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        focus = QApplication.focusWidget()
        assert not focus.visibleRegion().isEmpty(), focus.objectName()
        assert focus.mapTo(scene.window, QPoint(0, 0)).y() >= 0
