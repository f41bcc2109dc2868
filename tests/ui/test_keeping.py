"""What stands on the screen stays there while its data changes, so that no click falls into a hole."""

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QPushButton, QWidget

from app.state import call_intents, intents
from app.ui.text import Words
from tests.fakes.story import change
from tests.looks import call_states, states


def with_meeting(**changes):
    """The rooms page, with its running meeting changed."""
    state = states.rooms()
    view = state.view("r1")
    *before, last = view.messages
    last = change(last, meeting=change(last.meeting, **changes))
    return states.replace(
        state,
        rooms=states.replace(
            state.rooms, views={**state.rooms.views, "r1": states.replace(view, messages=(*before, last))}
        ),
    )


def with_people(count):
    """With so many people in the meeting, and messages unread in the other room."""
    state = with_meeting(people=count)
    return states.replace(
        state,
        rooms=states.replace(
            state.rooms, views={**state.rooms.views, "r2": states.replace(state.view("r2"), unread=count)}
        ),
    )


@pytest.mark.parametrize(
    ("name", "intent"),
    [
        ("join-m1", call_intents.GoToMeeting(meeting="m1")),
        ("room-r2", intents.OpenRoom(room="r2")),
    ],
)
def test_a_click_lands_though_the_data_changed_under_the_mouse(scene, name, intent):
    scene.show(with_people(1))
    button = scene.find(name, QAbstractButton)
    scene.qtbot.mousePress(button, Qt.MouseButton.LeftButton)
    scene.window.show_state(with_people(3))
    assert scene.find(name, QAbstractButton) is button
    assert button.isVisible()
    scene.qtbot.mouseRelease(button, Qt.MouseButton.LeftButton)
    assert scene.take() == [intent]


def test_a_card_tells_the_new_state_in_the_same_place(scene):
    scene.show(with_people(1)).show(with_people(3))
    words = [one.text() for one in scene.find("join-m1").parentWidget().parentWidget().findChildren(Words)]
    assert "Ongoing, 3 people" in words


def test_a_meeting_that_ends_offers_its_recap_with_the_same_button(scene):
    scene.show(with_meeting(state="ended", ended_at=states.at(), recap="generating"))
    assert not scene.is_visible("join-m1")
    button = scene.find("open-recap-m1", QPushButton)
    assert (button.text(), button.property("kind")) == ("See its progress", "outline")
    scene.show(with_meeting(state="ended", ended_at=states.at(), recap="ready"))
    assert (button.text(), button.property("kind")) == ("Open recap", "primary")
    assert button.isVisible()


def test_what_is_new_is_there_at_once(scene):
    state = call_states.call_as_host()
    scene.show(
        states.replace(
            state,
            call=states.replace(
                state.call, lobby=states.replace(state.call.lobby, waiting=state.call.lobby.waiting[:1])
            ),
        )
    )
    scene.window.show_state(state)
    # Without a turn of the event loop in between.
    assert scene.find("admit-g2").isVisible()
    assert scene.find("admit-g2").geometry().height() > 20


def test_a_guest_can_be_admitted_as_soon_as_there_is_a_seat(scene):
    scene.show(call_states.call_as_host(10))
    button = scene.find("admit-g1", QAbstractButton)
    assert not button.isEnabled()
    scene.show(call_states.call_as_host(9))
    assert scene.find("admit-g1", QAbstractButton) is button
    assert button.isEnabled()


def test_nothing_is_left_behind_by_many_changes(scene):
    counts = []
    for number in range(12):
        scene.show(with_people(1 + number % 2))
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        counts.append(len(scene.window.findChildren(QWidget)))
    assert len(set(counts)) == 1


def test_a_person_whose_microphone_changes_keeps_the_menus_button(scene):
    scene.show(call_states.call_locked())
    button = scene.find("person-menu-p1", QAbstractButton)
    button.setFocus()
    scene.qtbot.mousePress(button, Qt.MouseButton.LeftButton)
    people = (
        call_states.person(0),
        call_states.person(1, microphone_on=False),
        call_states.person(8, consents=True, is_guest=True),
    )
    scene.window.show_state(call_states.call_locked(people=people))
    assert scene.find("person-menu-p1", QAbstractButton) is button
    assert "microphone off" in button.parentWidget().accessibleName()
    assert not scene.is_visible("not-recorded-p8")
    scene.qtbot.mouseRelease(button, Qt.MouseButton.LeftButton)
    menu = scene.find("person-actions")
    # What it offers is true of the person now.
    assert [one.objectName() for one in menu.actions() if one.objectName()] == ["remove-p1"]
    menu.close()
