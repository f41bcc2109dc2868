"""The settings of devices: picture, trial of the voice, the key that is held to talk, how loud one hears somebody."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QSlider

from app.state import call_intents
from app.state.slices.devices import Choices, Devices
from app.ui import keys
from tests.looks import call_states, states

MUTED = Choices(microphone_on=False)
HELD, LET_GO = call_intents.Talk(is_held=True), call_intents.Talk(is_held=False)


def send(scene, kind, key=Qt.Key.Key_Space, *, where=None, repeats=False, modifiers=Qt.KeyboardModifier.NoModifier):
    """One key event, as the window system gives it to what has the focus."""
    text = " " if key == Qt.Key.Key_Space else ""
    event = QKeyEvent(QEvent.Type.KeyPress if kind == "down" else QEvent.Type.KeyRelease, key, modifiers, text, repeats)
    QApplication.sendEvent(where or scene.window.focusWidget(), event)
    QApplication.processEvents()


def muted_call(scene, choices=MUTED, **changes):
    scene.show(call_states.call(3, choices=choices, **changes))
    scene.window.activateWindow()
    scene.window.page.take_focus()
    QApplication.processEvents()
    scene.take()
    return scene


class TestPicture:
    @pytest.mark.parametrize(("name", "field"), [("mirror", "mirror"), ("low-light", "low_light")])
    def test_each_switch_is_kept_at_once(self, scene, name, field):
        scene.show(states.prejoin()).click("prejoin-camera-more")
        scene.click(f"prejoin-{name}")
        wanted = replace(Choices(), **{field: not getattr(Choices(), field)})
        assert scene.take() == [call_intents.Choose(choices=wanted, shown=Choices())]

    def test_the_size_is_chosen_from_a_list_and_what_is_rare_is_put_away(self, scene):
        scene.show(states.prejoin())
        assert not scene.is_visible("prejoin-picture")
        scene.click("prejoin-camera-more")
        field = scene.find("prejoin-picture")
        field.setCurrentIndex(1)
        field.activated.emit(1)
        assert scene.take() == [call_intents.Choose(choices=Choices(picture="hd"), shown=Choices())]
        scene.click("prejoin-camera-more")
        assert not scene.is_visible("prejoin-picture")

    def test_a_name_that_is_too_long_is_told_whole(self, scene):
        scene.show(states.trying_prejoin())
        assert "(046d:085e)" in scene.find("prejoin-camera").toolTip()
        assert scene.find("prejoin-speaker").toolTip() == ""


class TestTrial:
    def test_the_same_button_begins_and_ends_it_and_words_say_where_it_is(self, scene):
        scene.show(states.prejoin()).click("prejoin-try-voice")
        assert scene.take() == [call_intents.TryVoice(is_on=True)]
        for trial, words in (("recording", "Say something"), ("playing", "how the others would hear you")):
            scene.show(states.put(states.prejoin(), "devices", Devices(trial=trial)))
            assert words in scene.find("prejoin-try-words").text()
            scene.click("prejoin-try-voice")
            assert scene.take() == [call_intents.TryVoice(is_on=False)]
        scene.show(states.prejoin())
        assert not scene.is_visible("prejoin-try-words")

    def test_it_is_not_there_in_a_call(self, scene):
        scene.show(call_states.call(2)).click("open-settings")
        assert not scene.is_visible("settings-try-voice")


class TestHeldKey:
    def test_one_is_heard_while_it_is_held_however_often_it_repeats(self, scene):
        muted_call(scene)
        send(scene, "down")
        for _ in range(3):
            send(scene, "up", repeats=True)
            send(scene, "down", repeats=True)
        assert scene.take() == [HELD]
        send(scene, "up")
        send(scene, "up")
        assert scene.take() == [LET_GO]

    def test_it_rests_while_one_writes_and_presses_what_has_the_focus(self, scene):
        muted_call(scene, panel="chat")
        field = scene.find("chat-composer")
        field.setFocus()
        send(scene, "down", where=field)
        send(scene, "up", where=field)
        assert (field.toPlainText(), scene.take()) == (" ", [])
        button = scene.find("toggle-camera")
        button.setFocus(Qt.FocusReason.TabFocusReason)
        send(scene, "down", where=button)
        send(scene, "up", where=button)
        assert scene.take() == [call_intents.Choose(choices=replace(MUTED, camera_on=False), shown=MUTED)]

    def test_nobody_goes_on_being_heard_by_a_key_that_nobody_sees(self, scene):
        muted_call(scene, panel="chat")
        for look_away in (
            lambda: scene.find("chat-composer").setFocus(),
            lambda: scene.window.page.hide(),
            lambda: scene.click("open-settings"),
        ):
            scene.window.page.show()
            scene.window.page.take_focus()
            QApplication.processEvents()
            scene.take()
            send(scene, "down", where=scene.window.page)
            assert scene.take() == [HELD]
            look_away()
            assert LET_GO in scene.take()

    def test_it_comes_up_where_a_menu_gets_its_release(self, scene):
        muted_call(scene)
        send(scene, "down")
        menu = QMenu(scene.window)
        menu.addAction("Copy the link")
        menu.popup(scene.window.mapToGlobal(scene.window.rect().center()))
        QApplication.processEvents()
        scene.take()
        send(scene, "up", where=menu)
        assert scene.take() == [LET_GO]
        menu.close()

    def test_it_comes_up_as_another_letter_where_shift_is_held_by_then(self, scene):
        muted_call(scene, replace(MUTED, push_to_talk="1"))
        shift, place = Qt.KeyboardModifier.ShiftModifier, 10
        for kind, key, modifiers in (
            (QEvent.Type.KeyPress, Qt.Key.Key_1, Qt.KeyboardModifier.NoModifier),
            (QEvent.Type.KeyRelease, Qt.Key.Key_Exclam, shift),
        ):
            QApplication.sendEvent(scene.window.focusWidget(), QKeyEvent(kind, key, modifiers, place, place, 0))
        assert scene.take() == [HELD, LET_GO]

    def test_it_is_another_key_or_none(self, scene):
        muted_call(scene, replace(MUTED, push_to_talk="F8"))
        send(scene, "down")
        assert scene.take() == []
        send(scene, "down", Qt.Key.Key_F8)
        assert scene.take() == [HELD]
        # Chosen anew while it is held: it comes up for good.
        scene.show(call_states.call(3, choices=replace(MUTED, push_to_talk="")))
        assert scene.take() == [LET_GO]
        send(scene, "down", Qt.Key.Key_F8)
        send(scene, "down")
        assert scene.take() == []

    def test_with_another_key_down_it_is_another_key(self, scene):
        muted_call(scene)
        send(scene, "down", modifiers=Qt.KeyboardModifier.ControlModifier)
        assert scene.take() == []

    def test_the_button_and_the_sheet_of_keys_name_it(self, scene):
        muted_call(scene, replace(MUTED, push_to_talk="F8"))
        assert "hold F8 to talk" in scene.find("toggle-microphone").toolTip()
        send(scene, "down", Qt.Key.Key_F8)
        state = call_states.call(3, choices=replace(MUTED, push_to_talk="F8"))
        scene.show(replace(state, devices=replace(state.devices, is_talking=True)))
        assert scene.find("toggle-microphone").accessibleDescription() == "On while you hold F8"
        scene.window.page._bar._open_keys()
        told = [one.text() for one in scene.find("keys-sheet").findChildren(QLabel)]
        assert "F8" in told
        assert "Space" not in told


class TestKeyField:
    def open(self, scene, key="Space"):
        scene.show(states.put(states.prejoin(), "devices", Devices(Choices(push_to_talk=key))))
        if not scene.is_visible("prejoin-talk-key"):
            scene.click("prejoin-microphone-more")
        return scene

    def press(self, scene, key):
        scene.window.activateWindow()
        scene.click("prejoin-talk-key")
        # As the window system brings it: shortcuts come first.
        scene.qtbot.keyClick(scene.find("prejoin-talk-key"), key)

    def test_a_press_waits_for_a_key_and_takes_it(self, scene):
        self.open(scene)
        assert scene.find("prejoin-talk-key").text() == "Space"
        scene.click("prejoin-talk-key")
        assert scene.find("prejoin-talk-key").text() == "Press a key…"
        send(scene, "down", Qt.Key.Key_Control, where=scene.find("prejoin-talk-key"))
        assert scene.take() == []
        send(scene, "down", Qt.Key.Key_F8, where=scene.find("prejoin-talk-key"))
        assert scene.take() == [call_intents.Choose(choices=Choices(push_to_talk="F8"), shown=Choices())]
        # Space itself, which presses buttons: it is not pressed again by the release.
        self.press(self.open(scene, "F8"), Qt.Key.Key_Space)
        assert scene.take() == [call_intents.Choose(choices=Choices(), shown=Choices(push_to_talk="F8"))]
        assert scene.find("prejoin-talk-key").text() != "Press a key…"

    def test_escape_and_going_away_leave_it(self, scene):
        self.open(scene)
        self.press(scene, Qt.Key.Key_Escape)
        assert (scene.find("prejoin-talk-key").text(), scene.take()) == ("Space", [])
        scene.click("prejoin-talk-key")
        scene.window.page.setFocus()
        assert (scene.find("prejoin-talk-key").text(), scene.take()) == ("Space", [])

    def test_a_key_of_the_call_is_refused_in_words(self, scene):
        self.open(scene)
        self.press(scene, Qt.Key.Key_M)
        assert scene.take() == []
        assert "microphone on or off" in scene.find("prejoin-talk-key-words").text()
        self.press(scene, Qt.Key.Key_Y)
        assert scene.take() == [call_intents.Choose(choices=Choices(push_to_talk="Y"), shown=Choices())]
        assert not scene.is_visible("prejoin-talk-key-words")

    def test_it_can_be_switched_off(self, scene):
        self.open(scene).click("prejoin-talk-key-off")
        assert scene.take() == [call_intents.Choose(choices=Choices(push_to_talk=""), shown=Choices())]
        scene.show(states.put(states.prejoin(), "devices", Devices(Choices(push_to_talk=""))))
        assert scene.find("prejoin-talk-key").text() == "Off"
        assert not scene.is_visible("prejoin-talk-key-off")

    def test_no_key_is_named_in_words_that_is_not_the_microphones(self):
        assert keys.hint("microphone") == "M", "as app.state.devices.spoke_muted says"


class TestVolume:
    def open(self, scene, volumes="", person="p2"):
        scene.show(call_states.call(3, panel="people", choices=Choices(volumes=volumes)))
        scene.click(f"person-menu-{person}")
        (menu,) = [one for one in scene.window.findChildren(QMenu) if one.isVisible()]
        return menu, menu.findChild(QSlider, f"volume-{person}")

    def test_anybody_makes_anybody_else_louder_or_softer(self, scene):
        menu, slider = self.open(scene)
        assert slider.value() == 100
        slider.setValue(40)
        menu.close()
        assert scene.take() == [call_intents.SetVolume(person="p2", percent=40)]
        # Whoever is no host has nothing else in that menu.
        assert [one.objectName() for one in menu.actions() if one.objectName()] == []

    def test_what_is_near_to_as_sent_is_as_sent_and_nothing_new_is_not_told(self, scene):
        menu, slider = self.open(scene, '{"p2": 40}')
        assert slider.value() == 40
        slider.setValue(103)
        slider.sliderReleased.emit()
        assert scene.take() == [call_intents.SetVolume(person="p2", percent=100)]
        menu.close()
        assert scene.take() == []

    def test_the_list_says_who_is_heard_otherwise(self, scene):
        menu, _ = self.open(scene, '{"p1": 0, "p2": 40}')
        menu.close()
        told = [one.text() for one in scene.window.page._people.findChildren(QLabel)]
        assert any("you do not hear them" in one for one in told)
        assert any("volume 40 %" in one for one in told)

    def test_oneself_has_no_volume(self, scene):
        scene.show(call_states.call(3, panel="people"))
        assert not scene.is_visible("person-menu-p0")
