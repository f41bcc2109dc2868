"""Desktop notifications where there is only a tray: when one is shown, and where a click on it leads."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
from PySide6.QtWidgets import QApplication

from app.shell import notes as notes_module
from app.shell.notes import Notes
from app.state.call_intents import ShowCall, TellMinimised
from app.state.intents import OpenNews
from tests.looks import call_states, states


@pytest.fixture
def shown(monkeypatch):
    """What the tray was told to show."""
    told = []
    monkeypatch.setattr(notes_module, "sys", SimpleNamespace(platform="win32"))
    monkeypatch.setattr(notes_module.Tray, "show", lambda tray, *note: told.append(note))
    return told


def clicked(scene, notes, news):
    notes._tray.clicked.emit(news)
    QApplication.processEvents()
    return [one for one in scene.take() if not isinstance(one, TellMinimised)]


def test_r56_a_click_leads_to_what_the_note_is_about_and_brings_the_window_up(scene, shown):
    notes = Notes(scene.window, scene.bridge)
    scene.show(states.rooms())
    scene.window.showMinimized()
    assert clicked(scene, notes, "n1") == [OpenNews(id="n1")]
    assert not scene.window.isMinimized()
    assert clicked(scene, notes, "") == []
    scene.show(replace(call_states.call(2), shows_call=False))
    assert clicked(scene, notes, "") == [ShowCall(shows_call=True)]


def test_a_note_about_what_is_in_front_is_not_shown(scene, shown):
    notes = Notes(scene.window, scene.bridge)
    scene.window.activateWindow()
    scene.qtbot.waitUntil(scene.window.isActiveWindow)
    scene.show(call_states.call(2))
    notes.notify("Someone is waiting", "Bo asks to join the meeting.", "")
    QApplication.processEvents()
    scene.show(replace(call_states.call(2), shows_call=False))
    notes.notify("Someone is waiting", "Al asks to join the meeting.", "")
    scene.qtbot.waitUntil(lambda: bool(shown))
    assert shown == [("Someone is waiting", "Al asks to join the meeting.", "")]
    notes.close()
