"""A click, by the pointer through the window, hits what stood there when one aimed, whatever changes meanwhile."""

from dataclasses import replace

import msgspec
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication

from app.state import call_intents, intents
from app.state.slices.lobby import Lobby
from app.state.slices.media import Media
from app.ui import aim
from app.wire.lobby import Guest
from tests.looks import call_states, room_states, states

LEFT = Qt.MouseButton.LeftButton


def settle():
    """Layouts inside layouts need a turn of the event loop each."""
    for _ in range(4):
        QApplication.processEvents()


def top_of(scene, name):
    settle()
    return scene.find(name).mapTo(scene.window, QPoint(0, 0)).y()


class Hand:
    """A pointer over the window, and a clock that only it turns."""

    def __init__(self, scene):
        self.scene = scene
        self.now_s = 1000.0
        self.place = QPoint(2, 2)
        scene.window.aim.clock = lambda: self.now_s
        scene.window.activateWindow()

    @property
    def _handle(self):
        return self.scene.window.windowHandle()

    def point(self, name):
        settle()
        button = self.scene.find(name, QAbstractButton)
        assert button.isVisible(), name
        self.place = button.mapTo(self.scene.window, button.rect().center())
        QTest.mouseMove(self._handle, self.place)
        QApplication.processEvents()

    def press(self):
        QTest.mousePress(self._handle, LEFT, Qt.KeyboardModifier.NoModifier, self.place)

    def release(self):
        QTest.mouseRelease(self._handle, LEFT, Qt.KeyboardModifier.NoModifier, self.place)
        QApplication.processEvents()

    def click(self):
        self.press()
        self.release()

    def wait(self, seconds):
        self.now_s += seconds
        self.scene.window.aim.look()
        QApplication.processEvents()

    def under(self):
        found = self.scene.window.childAt(self.place)
        while found is not None and not isinstance(found, QAbstractButton):
            found = found.parentWidget()
        return found.objectName() if found is not None else ""


@pytest.fixture
def hand(scene):
    return Hand(scene)


def guests(*keys):
    return tuple(Guest(id=f"g{key}", name=f"Guest {key}", since=1000.0 + key) for key in keys)


def lobby(*keys, panel="people", **changes):
    return replace_call(call_states.call_as_host(panel=panel, **changes), lobby=Lobby(guests(*keys)))


def replace_call(state, **changes):
    return replace(state, call=replace(state.call, **changes))


def newest_last():
    """The room at the foot of the list gets the newest message, and goes to its head."""
    state = states.rooms()
    first, *others = state.rooms.known
    last = others[-1]
    told = states.message(99, "clara", "Clara Nowak", "One more thing", states.at(hours=-1))
    return replace(
        state, rooms=replace(state.rooms, known=(first, *others[:-1], msgspec.structs.replace(last, last_message=told)))
    )


def more_said():
    """The conversation goes on below the card that one points at."""
    state = states.rooms()
    view = state.view("r1")
    more = tuple(states.message(50 + n, "amara", "Amara Okafor", "And one more line", states.at()) for n in range(4))
    return replace(
        state,
        rooms=replace(state.rooms, views={**state.rooms.views, "r1": replace(view, messages=view.messages + more)}),
    )


def with_words(state):
    return replace_call(state, media=Media(words=(("camera", "Your camera is in use by another program."),)))


def refused(state):
    words = "There is no connection to the server. Please try again in a moment. " * 3
    return replace(state, prejoin=replace(state.prejoin, words=words))


#: What is shown, at what one aims, what comes then, and what the click must want.
STORIES = {
    "a guest goes away": (lambda: lobby(1, 2, 3), "admit-g2", lambda: lobby(2, 3), call_intents.Admit(guest="g2")),
    "and before the last": (lambda: lobby(1, 2, 3), "deny-g1", lambda: lobby(2, 3), call_intents.Deny(guest="g1")),
    "more knock": (lambda: lobby(1, 2), "admit-all", lambda: lobby(1, 2, 3), call_intents.AdmitEveryone()),
    "one's turn comes": (
        lambda: lobby(1, 2, panel=""), "toast-admit", lambda: lobby(2, panel=""), call_intents.Admit(guest="g1"),
    ),
    "nobody waits any more": (
        lambda: lobby(1, panel=""), "toast-show", lambda: lobby(panel=""), call_intents.OpenPanel(panel="people"),
    ),
    "somebody knocks while one looks for another button": (
        lambda: lobby(panel="chat"), "side-tabs-people", lambda: lobby(1, panel="chat"),
        call_intents.OpenPanel(panel="people"),
    ),
    "a device says something": (
        lambda: lobby(1, 2), "admit-g1", lambda: with_words(lobby(1, 2)), call_intents.Admit(guest="g1"),
    ),
    "rooms are sorted anew": (states.rooms, "room-r2", newest_last, intents.OpenRoom(room="r2")),
    "messages come": (states.rooms, "join-m1", more_said, call_intents.GoToMeeting(meeting="m1")),
    "a refusal stands beside Join": (
        states.prejoin, "prejoin-join", lambda: refused(states.prejoin()), call_intents.Join(),
    ),
    "another page comes": (call_states.call, "leave", call_states.ended, call_intents.Leave()),
}  # fmt: skip


@pytest.mark.parametrize("when", ["before the press", "while it is held down"])
@pytest.mark.parametrize("story", STORIES)
def test_the_click_goes_to_what_was_aimed_at(scene, hand, story, when):
    make, button, change, wanted = STORIES[story]
    changed = change()
    scene.show(make())
    hand.point(button)
    if when == "before the press":
        scene.show(changed)
        hand.press()
    else:
        hand.press()
        scene.show(changed)
    hand.release()
    assert scene.take() == [wanted]
    assert scene.window.state is changed, "what waited is shown at once after the click"


@pytest.mark.parametrize("story", STORIES)
def test_who_only_rests_there_gets_the_news_and_no_click_goes_astray(scene, hand, story):
    make, button, change, wanted = STORIES[story]
    scene.show(make())
    hand.point(button)
    hand.wait(aim.AIM_S + 0.1)
    changed = change()
    scene.show(changed)
    assert scene.window.state is changed
    settle()
    is_same = hand.under() == button and scene.find(button).property("subject") in (None, wanted_guest(wanted))
    hand.click()
    assert scene.take() == ([wanted] if is_same else [])


def wanted_guest(wanted):
    return getattr(wanted, "guest", None)


def test_who_looks_at_it_long_enough_clicks_what_stands_there_now(scene, hand):
    scene.show(lobby(1, 2, panel=""))
    hand.point("toast-admit")
    hand.wait(aim.AIM_S + 0.1)
    scene.show(lobby(2, panel=""))
    hand.wait(aim.GRACE_S + 0.1)
    hand.click()
    assert scene.take() == [call_intents.Admit(guest="g2")]


def test_a_state_waits_while_one_aims_and_not_for_ever(scene, hand):
    scene.show(lobby(1))
    hand.point("admit-g1")
    scene.show(lobby(1, 2))
    scene.show(lobby(1, 2, 3))
    assert not scene.is_visible("admit-g2")
    hand.wait(aim.AIM_S + 0.1)
    assert scene.is_visible("admit-g3"), "the newest one is shown"
    for _ in range(8):
        hand.point("deny-g1")
        scene.show(lobby(1))
        hand.point("admit-g1")
        hand.wait(0.4)
    assert not scene.is_visible("admit-g3"), "who moves about on buttons all the time sees the news as well"


def test_who_holds_a_button_down_keeps_it(scene, hand):
    scene.show(lobby(1, 2))
    hand.point("deny-g1")
    hand.press()
    scene.show(lobby(2))
    hand.wait(60)
    assert hand.under() == "deny-g1"
    hand.release()
    assert scene.take() == [call_intents.Deny(guest="g1")]
    assert not scene.is_visible("deny-g1")


def test_the_answer_to_a_click_never_waits(scene, hand):
    scene.show(call_states.call())
    hand.point("toggle-microphone")
    hand.click()
    hand.place += QPoint(3, 0)
    QTest.mouseMove(hand._handle, hand.place)
    muted = replace(call_states.call(), devices=states.Devices(states.Choices(microphone_on=False)))
    scene.show(muted)
    assert scene.window.state == muted
    hand.click()
    wanted = scene.take()
    assert len(wanted) == 2, "the same button may be clicked again at once"


def test_a_second_click_of_a_double_click_does_not_hit_the_next_guest(scene, hand):
    scene.show(lobby(1, 2))
    hand.point("admit-g1")
    hand.click()
    scene.show(lobby(2))
    hand.wait(0.2)
    hand.click()
    assert scene.take() == [call_intents.Admit(guest="g1")]
    hand.wait(aim.GRACE_S)
    hand.click()
    assert scene.take() == [call_intents.Admit(guest="g2")]


@pytest.mark.parametrize("key", [Qt.Key.Key_Space, Qt.Key.Key_Return])
def test_a_key_goes_to_whom_the_focus_stood_on(scene, hand, key):
    scene.show(lobby(1, 2))
    scene.find("admit-g1").setFocus()
    scene.show(lobby(2))
    QTest.keyClick(hand._handle, key)
    assert scene.take() == [], "the focus went on by itself"
    scene.show(lobby(2, 3))
    scene.find("deny-g2").setFocus()
    hand.wait(aim.GRACE_S + 0.1)
    QTest.keyClick(hand._handle, key)
    assert scene.take() == [call_intents.Deny(guest="g2")]


def test_a_key_that_is_held_down_keeps_its_guest(scene, hand):
    scene.show(lobby(1, 2, panel=""))
    scene.find("toast-admit").setFocus()
    QTest.keyPress(hand._handle, Qt.Key.Key_Space)
    scene.show(lobby(2, panel=""))
    QTest.keyRelease(hand._handle, Qt.Key.Key_Space)
    assert scene.take() == [call_intents.Admit(guest="g1")]


def test_a_tab_and_a_key_right_after_a_state_are_meant(scene, hand):
    scene.show(lobby(1, 2))
    scene.find("admit-g1").setFocus()
    scene.show(lobby(1, 2, 3))
    QTest.keyClick(hand._handle, Qt.Key.Key_Tab)
    QTest.keyClick(hand._handle, Qt.Key.Key_Return)
    assert scene.take() == [call_intents.Deny(guest="g1")]


def test_admit_all_stands_where_it_was_when_more_knock(scene):
    scene.show(lobby(1))
    above = top_of(scene, "admit-g1")
    scene.show(lobby(1, 2))
    there = top_of(scene, "admit-all")
    assert top_of(scene, "admit-g1") == above
    scene.show(lobby(1, 2, 3, 4))
    assert top_of(scene, "admit-all") == there
    assert there < above < top_of(scene, "admit-g4")


def test_without_a_pointer_in_the_window_nothing_waits(scene):
    scene.show(lobby(1))
    scene.show(lobby(1, 2))
    assert scene.is_visible("admit-g2")


def test_many_rooms_stay_while_one_points_at_them(scene, hand):
    state = room_states.many_rooms()
    scene.show(state)
    hand.point("room-r1")
    scene.show(replace(state, rooms=replace(state.rooms, known=tuple(reversed(state.rooms.known)))))
    assert scene.window.state == state


@pytest.mark.parametrize("is_held", [False, True])
def test_that_one_is_recorded_or_asked_about_it_waits_for_nobody(scene, hand, is_held):
    before = call_states.call(3)
    before = replace(before, call=replace(before.call, recording=replace(before.call.recording, since=None)))
    scene.show(before)
    hand.point("toggle-camera")
    if is_held:
        hand.press()
    recorded = replace(before, call=replace(before.call, recording=replace(before.call.recording, since=1.0)))
    scene.show(recorded)
    assert scene.window.state is recorded
    asked = replace(before, call=replace(recorded.call, recording=replace(recorded.call.recording, asks_consent=True)))
    scene.show(asked)
    assert scene.window.state is asked
