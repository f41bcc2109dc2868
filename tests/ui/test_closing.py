"""Closing the real window: asked once where somebody loses a meeting, and never where nobody is there to answer."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel

from tests.looks import call_states, states

MEETS = (("m7", 2),)


@pytest.fixture
def closed(scene):
    told = []
    scene.window.closed.connect(lambda: told.append(1))
    return told


def close(scene):
    scene.window.close()
    QApplication.processEvents()


def is_asked(scene):
    return scene.is_visible("close-parley-dialog")


@pytest.mark.parametrize("way", ["button", "key"])
def test_in_a_call_the_window_closes_after_a_yes(scene, closed, way):
    scene.show(call_states.call())
    if way == "key":
        scene.window.activateWindow()
        scene.qtbot.keyClick(scene.window, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
        QApplication.processEvents()
    else:
        close(scene)
    assert is_asked(scene)
    assert (scene.window.isVisible(), closed) == (True, [])
    assert scene.window.focusWidget().objectName() == "close-parley-cancel"
    scene.click("close-parley-ok")
    assert (scene.window.isVisible(), closed) == (False, [1])
    assert scene.take() == []


@pytest.mark.parametrize("way", ["cancel", "escape"])
def test_a_no_keeps_the_call_and_the_next_close_asks_again(scene, closed, way):
    scene.show(call_states.call())
    for _ in range(2):
        close(scene)
        if way == "escape":
            scene.qtbot.keyClick(scene.find("close-parley-cancel"), Qt.Key.Key_Escape)
            QApplication.processEvents()
        else:
            scene.click("close-parley-cancel")
        assert not is_asked(scene)
    assert (scene.window.isVisible(), closed) == (True, [])


def test_whoever_closes_twice_is_asked_once(scene, closed):
    scene.show(call_states.call())
    close(scene)
    close(scene)
    assert len([one for one in scene.window.findChildren(object, "close-parley-dialog") if one.isVisible()]) == 1
    scene.click("close-parley-cancel")
    assert not is_asked(scene)
    assert closed == []


@pytest.mark.parametrize("make", [states.rooms, states.sign_in, states.prejoin, states.waiting, call_states.ended])
def test_elsewhere_it_closes_at_once(scene, closed, make):
    scene.show(make())
    close(scene)
    assert (scene.window.isVisible(), closed) == (False, [1])


def test_others_who_meet_on_this_computer_are_named(scene, closed):
    scene.show(states.replace(states.rooms(), own_meetings=MEETS))
    close(scene)
    words = " ".join(one.text() for one in scene.find("close-parley-dialog").findChildren(QLabel))
    assert "A meeting with 2 people runs on this computer" in words
    assert closed == []


def test_the_question_follows_what_is_true_and_goes_with_its_reason(scene, closed):
    scene.show(call_states.call())
    close(scene)
    scene.show(states.replace(call_states.call(), own_meetings=MEETS))
    assert "Another meeting with 2 people" in " ".join(
        one.text() for one in scene.find("close-parley-dialog").findChildren(QLabel)
    )
    scene.show(call_states.ended())
    assert not is_asked(scene)
    assert (scene.window.isVisible(), closed) == (True, [])


def test_the_question_lies_over_other_dialogs(scene):
    scene.show(call_states.call()).click("open-settings")
    close(scene)
    button = scene.find("close-parley-ok")
    seen = scene.window.childAt(button.mapTo(scene.window, button.rect().center()))
    assert seen is button


def test_at_the_end_of_a_session_nothing_is_asked(scene, closed):
    scene.show(call_states.call())
    scene.window.let_close()
    close(scene)
    assert (scene.window.isVisible(), closed) == (False, [1])


def test_an_end_that_was_called_off_does_not_switch_the_question_off_for_good(scene, closed, monkeypatch):
    scene.show(call_states.call())
    scene.window.let_close()
    from app.ui import closing

    now_s = closing.time.monotonic()
    monkeypatch.setattr(closing.time, "monotonic", lambda: now_s + 3600.0)
    close(scene)
    assert is_asked(scene)
    monkeypatch.undo()
