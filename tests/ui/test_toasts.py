"""Toasts lie over the page: nothing moves, nothing is covered, nothing takes a click that was meant for another."""

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAccessible, QCursor
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QPlainTextEdit, QPushButton

from app.state.intents import PutAway
from app.state.slices.toasts import Toast
from app.ui.panels import toasts
from app.ui.widgets.scrim import Scrim
from tests.looks import call_states, recap_states, states
from tests.patience import PATIENCE_S

SIZES = [(1280, 800), (800, 560), (500, 700)]
PAGES = {
    "sign_in": states.sign_in,
    "rooms": states.rooms,
    "no rooms": states.no_rooms,
    "prejoin": states.prejoin,
    "guest": states.guest_prejoin,
    "waiting": states.waiting,
    "call": lambda: call_states.call(10),
    "lobby": call_states.call_as_host,
    "knock": lambda: call_states.call_as_host(panel=""),
    "chat": call_states.call_with_chat,
    "consent": call_states.call_with_consent,
    "ended": call_states.ended,
    "recap": recap_states.recap_state,
}
#: What one aims at in a hurry, by the names of its widgets.
AIMED_AT = {
    "toggle-microphone", "toggle-camera", "leave", "open-chat", "open-people", "room-composer", "prejoin-join",
    "toast-admit", "toast-show", "admit-g1", "deny-g1", "consent-stay", "consent-leave", "camera-button",
    "chat-composer", "rejoin", "waiting-cancel",
}  # fmt: skip
KINDS = (QAbstractButton, QLineEdit, QPlainTextEdit)


@pytest.fixture(autouse=True)
def pointer_elsewhere(scene):
    """The pointer, which stays where the test before has left it, lies on no notice."""
    QCursor.setPos(scene.window.mapToGlobal(QPoint(2, 2)))


def with_notices(state, *notices):
    return states.replace(state, toasts=states.replace(state.toasts, shown=notices))


def settle():
    for _ in range(3):
        QApplication.processEvents()


def parts(scene):
    """Where each thing that can be used is, by its name."""
    own = scene.window._toasts.cards
    found = {}
    for kind in KINDS:
        for one in scene.window.findChildren(kind):
            if one.isVisible() and one.objectName() and not any(card.isAncestorOf(one) for card in own):
                found[one.objectName()] = QRect(one.mapTo(scene.window, QPoint(0, 0)), one.size())
    return found


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", PAGES)
def test_the_page_stays_as_it_is_when_notices_and_the_connection_come_and_go(scene, name, size):
    state = PAGES[name]()
    scene.show(state, *size)
    settle()
    before, page = parts(scene), scene.window.page.geometry()
    assert before
    scene.window.show_state(with_notices(states.cut_off(state), *states.MANY_NOTICES))
    settle()
    assert scene.is_visible("notice-5")
    assert scene.is_visible("connection-strip")
    assert (parts(scene), scene.window.page.geometry()) == (before, page)
    scene.window.show_state(state)
    settle()
    assert not scene.window._toasts.cards
    assert (parts(scene), scene.window.page.geometry()) == (before, page)


@pytest.mark.parametrize("name", PAGES)
def test_a_notice_covers_nothing_that_one_aims_at(scene, name):
    state = PAGES[name]()
    for size in SIZES:
        scene.show(with_notices(state, states.MANY_NOTICES[0]), *size)
        settle()
        card = scene.find("notice-1").geometry()
        assert scene.window.rect().contains(card)
        there = parts(scene)
        covered = [known for known in AIMED_AT & set(there) if there[known].intersects(card)]
        assert not covered, size
        scene.show(state)


@pytest.mark.parametrize("name", ["rooms", "prejoin", "knock", "consent", "recap"])
def test_a_notice_in_a_large_window_covers_nothing_at_all(scene, name):
    scene.show(with_notices(PAGES[name](), *states.MANY_NOTICES[:2]))
    settle()
    cards = [one.geometry() for one in scene.window._toasts.cards]
    assert len(cards) == 2
    there = parts(scene)
    assert not [known for known, spot in there.items() if any(spot.intersects(card) for card in cards)]


@pytest.mark.parametrize("size", SIZES[:2])
def test_a_notice_leaves_the_title_of_a_dialog_to_be_read(scene, size):
    scene.show(call_states.call(3), *size)
    scene.click("open-settings")
    scene.window.show_state(with_notices(call_states.call(3), states.MANY_NOTICES[0]))
    settle()
    (title,) = [one for one in scene.window.findChildren(toasts.Words) if one.text() == "Devices and background"]
    there = QRect(title.mapTo(scene.window, QPoint(0, 0)), title.size())
    assert not there.intersects(scene.find("notice-1").geometry())


def test_a_notice_makes_way_for_what_comes_up_under_it(scene):
    scene.show(with_notices(call_states.call(3), states.MANY_NOTICES[0]))
    settle()
    scene.window.show_state(with_notices(call_states.call_as_host(panel=""), states.MANY_NOTICES[0]))
    settle()
    assert not parts(scene)["toast-admit"].intersects(scene.find("notice-1").geometry())
    assert scene.find("notice-1").y() >= scene.find("lobby-toast").mapTo(scene.window, QPoint(0, 54)).y()


def test_one_that_has_just_come_lets_clicks_through(scene):
    scene.show(with_notices(states.rooms(), states.MANY_NOTICES[0]))
    settle()
    card = scene.find("notice-1")
    spot = card.geometry().center()
    assert not card.isAncestorOf(scene.window.childAt(spot))
    scene.qtbot.waitUntil(lambda: card.isAncestorOf(scene.window.childAt(spot)), timeout=round(PATIENCE_S * 1000))
    scene.qtbot.mouseClick(scene.find("notice-close-1"), Qt.MouseButton.LeftButton)
    assert scene.take() == [PutAway(number=1)]


def test_none_slips_away_from_under_the_pointer(scene):
    scene.show(with_notices(states.rooms(), *states.MANY_NOTICES[:3]))
    settle()
    QCursor.setPos(scene.window.mapToGlobal(scene.find("notice-1").geometry().center()))
    before = scene.find("notice-1").geometry()
    scene.show(with_notices(states.rooms(), *states.MANY_NOTICES[:5]))
    settle()
    assert [scene.is_visible(f"notice-{number}") for number in range(1, 6)] == [True, True, True, False, False]
    assert scene.find("notice-1").geometry() == before
    scene.window._toasts.pass_time(60_000)
    assert scene.take() == []
    QCursor.setPos(scene.window.mapToGlobal(QPoint(2, 2)))
    scene.show(with_notices(states.rooms(), *states.MANY_NOTICES[:5]))
    assert [scene.is_visible(f"notice-{number}") for number in range(1, 6)] == [False, False, True, True, True]


def test_the_newest_are_shown_and_the_others_counted(scene):
    scene.show(with_notices(states.rooms(), *states.MANY_NOTICES))
    assert [scene.is_visible(f"notice-{number}") for number in range(1, 6)] == [False, False, True, True, True]
    tops = [scene.find(f"notice-{number}").y() for number in (3, 4, 5)]
    assert tops == sorted(tops)
    assert [one.text() for one in scene.find("notices-more").findChildren(toasts.Words)] == ["2 more"]
    scene.click("notices-close-all")
    assert scene.take() == [PutAway(number=number) for number in range(1, 6)]
    scene.show(with_notices(states.rooms(), *states.MANY_NOTICES[:3]))
    assert not scene.is_visible("notices-more")


def test_said_again_it_is_the_same_one_and_is_read_again(scene):
    one, two = Toast(1, "You are the host of this meeting now."), Toast(2, "Another thing.")
    scene.show(with_notices(states.rooms(), one, two))
    before = scene.find("notice-1")
    scene.window._toasts.pass_time(toasts.reading_ms(one.words) - 100)
    scene.take()
    again = Toast(3, one.words)
    scene.show(with_notices(states.rooms(), two, again))
    assert scene.find("notice-3") is before
    scene.window._toasts.pass_time(200)
    assert PutAway(number=3) not in scene.take()


def test_good_ones_go_when_they_can_have_been_read_and_complaints_stay(scene):
    long = "A longer sentence that takes a while to be read, and then some more of it for good measure."
    notices = (Toast(1, "It failed.", True), Toast(2, "Short."), Toast(3, long))
    scene.show(with_notices(states.rooms(), *notices))
    clock = scene.window._toasts.pass_time
    clock(toasts.reading_ms("Short."))
    assert scene.take() == [PutAway(number=2)]
    clock(toasts.reading_ms(long))
    clock(3_600_000)
    assert scene.take() == [PutAway(number=3)]
    # 5 s and more, and 12 letters a second are read by almost everybody.
    assert toasts.reading_ms("") == 5000
    assert toasts.reading_ms(long) - 5000 >= len(long) * 1000 // 13
    assert toasts.reading_ms("x" * 5000) == 20_000


def test_no_time_passes_while_it_is_in_use_or_cannot_be_seen(scene):
    scene.show(with_notices(states.rooms(), Toast(2, "Short.")))
    scene.window.activateWindow()
    clock = scene.window._toasts.pass_time
    scene.find("notice-close-2").setFocus()
    clock(60_000)
    assert scene.take() == []
    scene.find("room-composer").setFocus()
    scene.window.hide()
    clock(60_000)
    assert scene.take() == []
    scene.window.show()
    clock(60_000)
    assert scene.take() == [PutAway(number=2)]


class TestKeys:
    def test_f6_goes_to_the_newest_and_back(self, scene):
        scene.show(with_notices(states.rooms(), *states.MANY_NOTICES[:2]))
        scene.window.activateWindow()
        scene.find("invite").setFocus()
        scene.qtbot.keyClick(scene.window, Qt.Key.Key_F6)
        assert QApplication.focusWidget().objectName() == "notice-close-2"
        scene.qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_F6)
        assert QApplication.focusWidget().objectName() == "invite"

    def test_escape_puts_the_newest_away_or_the_one_that_has_the_focus(self, scene):
        scene.show(with_notices(states.rooms(), *states.MANY_NOTICES[:2]))
        scene.window.activateWindow()
        scene.find("invite").setFocus()
        scene.qtbot.keyClick(scene.find("invite"), Qt.Key.Key_Escape)
        assert scene.take() == [PutAway(number=2)]
        scene.find("notice-close-1").setFocus()
        scene.qtbot.keyClick(scene.find("notice-close-1"), Qt.Key.Key_Escape)
        assert scene.take() == [PutAway(number=1)]

    def test_the_focus_goes_back_when_the_last_is_put_away(self, scene):
        scene.show(with_notices(states.rooms(), *states.MANY_NOTICES[:2]))
        scene.window.activateWindow()
        scene.find("invite").setFocus()
        scene.qtbot.keyClick(scene.window, Qt.Key.Key_F6)
        scene.show(with_notices(states.rooms(), states.MANY_NOTICES[0]))
        assert QApplication.focusWidget().objectName() == "notice-close-1"
        scene.show(states.rooms())
        assert QApplication.focusWidget().objectName() == "invite"

    def test_escape_in_a_dialog_is_the_dialogs(self, scene):
        scene.show(with_notices(states.rooms(), states.MANY_NOTICES[0]))
        scene.window.activateWindow()
        scene.click("new-room")
        (dialog,) = [one for one in scene.window.findChildren(Scrim) if one.isVisible()]
        scene.qtbot.keyClick(dialog, Qt.Key.Key_Escape)
        assert scene.take() == []


def test_a_notice_lies_over_a_dialog_that_is_opened_later(scene):
    scene.show(with_notices(states.rooms(), states.MANY_NOTICES[0]))
    scene.click("new-room")
    settle()
    card = scene.find("notice-1")
    assert card.isVisible()
    order = [one for one in scene.window.children() if one is card or isinstance(one, Scrim)]
    assert order[-1] is card
    fields = [
        one for kind in (QLineEdit, QPushButton) for one in scene.window.findChildren(Scrim)[0].findChildren(kind)
    ]
    assert fields
    spots = [QRect(one.mapTo(scene.window, QPoint(0, 0)), one.size()) for one in fields if one.isVisible()]
    assert not [one for one in spots if one.intersects(card.geometry())]


def test_a_notice_is_seen_over_the_pictures_of_the_call(scene):
    from tests.looks import faces

    scene.show(call_states.call(3))
    for key in scene.window.page.tiles:
        scene.give(key, faces.picture(1))
    scene.qtbot.waitUntil(lambda: all(scene.frames(key) for key in scene.window.page.tiles))
    scene.window.show_state(with_notices(call_states.call(3), states.MANY_NOTICES[0]))
    settle()
    for key in scene.window.page.tiles:
        scene.give(key, faces.picture(2))
    scene.qtbot.waitUntil(lambda: all(scene.frames(key) > 1 for key in scene.window.page.tiles))
    card = scene.find("notice-1")
    shown = scene.window.grab(card.geometry()).toImage()
    alone = card.grab().toImage()
    middle = [(x, y) for x in range(20, card.width() - 20, 7) for y in range(8, card.height() - 8, 5)]
    assert all(shown.pixel(x, y) == alone.pixel(x, y) for x, y in middle)


def test_a_screen_reader_is_told_each_once(scene):
    told = []
    before = QAccessible.updateAccessibility
    try:
        toasts.QAccessible = type("Told", (), {
            "Event": QAccessible.Event, "AnnouncementPoliteness": QAccessible.AnnouncementPoliteness,
            "updateAccessibility": staticmethod(told.append),
        })  # fmt: skip
        for _ in range(2):
            scene.show(with_notices(states.rooms(), *states.MANY_NOTICES[:2]))
    finally:
        toasts.QAccessible = QAccessible
    assert before is QAccessible.updateAccessibility
    said = [(one.message(), one.politeness().name) for one in told if hasattr(one, "message")]
    assert said == [(states.MANY_NOTICES[0].words, "Assertive"), (states.MANY_NOTICES[1].words, "Polite")]
    assert [one.type() for one in told if not hasattr(one, "message")] == [QAccessible.Event.Alert] * 2
