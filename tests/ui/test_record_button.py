"""The switch of the AI recording in a call: said in words, unlike the device buttons, and asked before either way."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel

from app.state.call_intents import SwitchRecording
from tests.looks import call_states, states


def host(is_recording, **changes):
    return call_states.call_as_host(
        panel="", recording=call_states.Recording(since=states.at(minutes=2) if is_recording else None), **changes
    )


def words_in(scene, dialog):
    return " ".join(one.text() for one in scene.find(dialog).findChildren(QLabel))


@pytest.mark.parametrize(("is_recording", "dialog"), [(False, "start-recording"), (True, "stop-recording")])
@pytest.mark.parametrize("way", ["ok", "cancel", "escape"])
def test_recording_is_switched_only_after_a_yes(scene, is_recording, dialog, way):
    scene.show(host(is_recording)).click("toggle-recording")
    assert scene.take() == []
    # Enter without a look is a no.
    assert scene.window.focusWidget().objectName() == f"{dialog}-cancel"
    if way == "escape":
        scene.qtbot.keyClick(scene.find(f"{dialog}-cancel"), Qt.Key.Key_Escape)
        QApplication.processEvents()
    else:
        scene.click(f"{dialog}-{way}")
    assert scene.take() == ([SwitchRecording(is_on=not is_recording)] if way == "ok" else [])
    assert not scene.is_visible(f"{dialog}-dialog")
    # Asked for by the mouse, it leaves no ring behind.
    assert not isinstance(scene.window.focusWidget(), QAbstractButton)


def test_the_question_at_the_start_says_what_follows(scene):
    scene.show(host(False)).click("toggle-recording")
    words = words_in(scene, "start-recording-dialog").lower()
    for part in ("you are recorded", "asked first", "may leave", "members of the room", "guests do not", "six months"):
        assert part in words


@pytest.mark.parametrize("is_recording", [False, True])
@pytest.mark.parametrize(
    "after",
    [
        lambda is_recording: host(not is_recording),
        lambda is_recording: states.replace(host(is_recording), call_phase="reconnecting"),
        lambda is_recording: call_states.call(3, recording=call_states.Recording()),
        lambda is_recording: call_states.ended(),
        lambda is_recording: states.replace(host(is_recording), shows_call=False),
    ],
)
def test_the_question_goes_with_its_reason(scene, is_recording, after):
    dialog = "stop-recording-dialog" if is_recording else "start-recording-dialog"
    scene.show(host(is_recording)).click("toggle-recording")
    assert scene.is_visible(dialog)
    scene.show(after(is_recording))
    assert not scene.is_visible(dialog)
    assert scene.take() == []


def test_the_question_stays_while_other_things_happen(scene):
    scene.show(host(False)).click("toggle-recording")
    scene.show(host(False, count=4))
    assert scene.is_visible("start-recording-dialog")
    scene.click("start-recording-ok")
    assert scene.take() == [SwitchRecording(is_on=True)]


@pytest.mark.parametrize("width", [480, 800, 1280])
@pytest.mark.parametrize(("is_recording", "words"), [(False, ("Record", "Rec")), (True, ("Recording", "Rec"))])
def test_it_has_words_and_fits_at_every_width(scene, width, is_recording, words):
    scene.show(host(is_recording), width=width)
    button, bar = scene.find("toggle-recording"), scene.find("call-bar")
    assert button.text() == words[width == 480]
    assert button.width() >= button.fontMetrics().horizontalAdvance(button.text()) + 18
    assert bar.mapTo(scene.window, bar.rect().topLeft()).x() >= 0
    assert bar.mapTo(scene.window, bar.rect().bottomRight()).x() < width
    assert button.accessibleName() == ("Stop AI recording" if is_recording else "Start AI recording")
    assert button.accessibleDescription() == ("On" if is_recording else "Off")


@pytest.mark.parametrize("theme_name", ["light", "dark"])
def test_on_does_not_look_like_a_device_that_is_off(scene, theme_name):
    """Red all over means "off" on the microphone; a recording that runs has another ground and another shape."""
    scene.window.set_theme(theme_name)
    scene.show(states.replace(host(True), devices=states.Devices(states.Choices(microphone_on=False))))
    button, microphone = scene.find("toggle-recording"), scene.find("toggle-microphone")
    ground = [one.grab().toImage().pixelColor(one.width() // 2, 6) for one in (button, microphone)]
    assert ground[0] != ground[1]
    assert button.width() > 1.5 * button.height()
    assert microphone.width() < 1.2 * microphone.height()


def test_while_there_is_no_connection_it_cannot_be_switched(scene):
    scene.show(states.replace(host(True), call_phase="reconnecting"))
    assert not scene.find("toggle-recording").isEnabled()
    scene.show(host(True))
    assert scene.find("toggle-recording").isEnabled()
