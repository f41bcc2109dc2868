"""The keys: one table, no key twice, none fires while somebody writes, none repeats while it is held."""

from collections import Counter

import pytest
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QLabel, QMenu

from app.state import call_intents
from app.state.slices.devices import Choices
from app.ui import keys
from tests.looks import call_states

OFF = call_intents.Choose(choices=Choices(microphone_on=False), shown=Choices())


def press(scene, sequence, where=None):
    """Presses a key as a hand does; shortcuts are found by the window system's events alone."""
    combination = QKeySequence(sequence)[0]
    target = where or QApplication.focusWidget() or scene.window
    scene.qtbot.keyClick(target, combination.key(), combination.keyboardModifiers())
    QApplication.processEvents()


def in_call(scene, state=None):
    scene.show(state or call_states.call(3))
    scene.window.activateWindow()
    scene.window.page.take_focus()
    return scene


def test_no_key_is_there_twice():
    used = Counter(QKeySequence(sequence).toString() for key in keys.KEYS for sequence in key.sequences)
    assert [sequence for sequence, count in used.items() if count > 1 or not sequence] == []
    assert [id for id, count in Counter(key.id for key in keys.KEYS).items() if count > 1] == []


def test_each_row_of_the_table_is_bound_once_and_nothing_else_is(scene):
    in_call(scene)
    bound = Counter((one.objectName(), one.key().toString()) for one in scene.window.findChildren(QShortcut))
    rows = [key for key in keys.KEYS if not key.is_held]
    wanted = {(f"key-{key.id}", QKeySequence(one).toString()) for key in rows for one in key.sequences}
    assert bound == Counter(dict.fromkeys(wanted, 1))


@pytest.mark.parametrize(("key", "wanted"), [
    ("M", OFF),
    ("V", call_intents.Choose(choices=Choices(camera_on=False), shown=Choices())),
    ("C", call_intents.OpenPanel(panel="chat")),
    ("P", call_intents.OpenPanel(panel="people")),
    ("Alt+Left", call_intents.ShowCall(shows_call=False)),
    ("Ctrl+Shift+L", call_intents.Leave()),
])  # fmt: skip
def test_a_key_does_what_its_button_does(scene, key, wanted):
    in_call(scene)
    press(scene, key)
    assert scene.take() == [wanted]


@pytest.mark.parametrize("key", ["M", "V", "C", "P", "L", "?"])
def test_no_letter_fires_while_somebody_writes(scene, key):
    in_call(scene, call_states.call_with_chat())
    field = scene.find("chat-composer")
    field.setFocus()
    before = field.toPlainText()
    press(scene, key, field)
    assert scene.take() == []
    assert not scene.is_visible("keys-sheet")
    assert len(field.toPlainText()) == len(before) + 1


def test_a_key_that_is_held_fires_once_unless_it_moves_something(scene):
    in_call(scene)
    repeats = {f"key-{key.id}": key.repeats for key in keys.KEYS}
    for shortcut in scene.window.findChildren(QShortcut):
        assert shortcut.autoRepeat() is repeats[shortcut.objectName()]


def test_keys_of_the_call_do_nothing_under_a_dialog(scene):
    in_call(scene).click("open-settings")
    press(scene, "M")
    press(scene, "Ctrl+Shift+L")
    assert scene.take() == []


def test_the_host_is_asked_by_the_key_as_by_the_button(scene):
    in_call(scene, call_states.call_as_host(panel=""))
    press(scene, "Ctrl+Shift+L")
    assert scene.take() == []
    (menu,) = [one for one in scene.window.findChildren(QMenu) if one.isVisible()]
    assert {one.objectName() for one in menu.actions()} == {"menu-leave", "menu-end-for-all"}
    menu.close()


def test_only_the_host_can_record_by_key(scene):
    in_call(scene)
    press(scene, "Ctrl+Shift+R")
    assert not scene.is_visible("start-recording-dialog")
    assert not scene.is_visible("stop-recording-dialog")
    in_call(scene, call_states.call_as_host(panel=""))
    press(scene, "Ctrl+Shift+R")
    assert scene.is_visible("stop-recording-dialog")


def test_the_sheet_lists_every_row_and_goes_by_escape(scene):
    in_call(scene)
    press(scene, "?")
    assert scene.is_visible("keys-sheet")
    told = [one.text() for one in scene.find("keys-sheet").findChildren(QLabel)]
    for key in keys.KEYS:
        assert key.words in told
    press(scene, "Esc")
    assert not scene.is_visible("keys-sheet")
    press(scene, "M")
    assert scene.take() == [OFF]


def test_the_button_names_its_key(scene):
    in_call(scene)
    assert scene.find("open-chat").accessibleName() == "Chat (C)"
    assert "(Ctrl+,)" in scene.find("open-settings").toolTip()
