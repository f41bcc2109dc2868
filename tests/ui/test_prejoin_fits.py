"""The page before a call shows what one decides there without scrolling: notice, name, switches, Join."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from app.state.call_intents import Choose
from app.wire.language_model import LanguageModel
from tests.looks import states

SWITCHES = ("prejoin-toggle-microphone", "prejoin-toggle-camera")


def is_seen_whole(scene, name):
    """Whether nothing of a widget is cut off by what it is scrolled in, or covered."""
    widget = scene.find(name)
    if not widget.isVisible() or widget.visibleRegion().boundingRect() != widget.rect():
        return False
    return scene.window.childAt(widget.mapTo(scene.window, widget.rect().center())) in (
        widget, *widget.findChildren(object),
    )  # fmt: skip


def guest(**changes):
    state = states.guest_prejoin()
    return states.replace(state, prejoin=states.replace(state.prejoin, **changes))


def with_model():
    state = guest()
    told = LanguageModel(host="models.example.com", model="hf.co/someone/Some-Model-3.2-3B-Instruct-GGUF", leaves=True)
    return states.replace(state, connection=states.replace(state.connection, language_model=told))


@pytest.mark.parametrize("size", [(1280, 800), (1024, 700)])
@pytest.mark.parametrize(
    ("make", "names"),
    [
        (guest, ("guest-name", "notice-read", "recording-notice", *SWITCHES, "preview", "prejoin-join")),
        (with_model, ("guest-name", "notice-read", "recording-notice", *SWITCHES, "preview", "prejoin-join")),
        (lambda: guest(is_recording=False), ("guest-name", *SWITCHES, "preview", "prejoin-join")),
        (states.prejoin, ("record-switch", *SWITCHES, "preview", "prejoin-join")),
        (lambda: states.prejoin(is_recording=True, may_record=False), ("notice-read", *SWITCHES, "prejoin-join")),
        (states.moving_prejoin, ("move-here", *SWITCHES, "preview", "prejoin-join")),
        (states.closed_prejoin, ("opens-card", *SWITCHES, "preview", "prejoin-join")),
        (states.no_devices, ("listen-words", *SWITCHES, "preview", "prejoin-join")),
    ],
)
def test_what_one_decides_is_seen_without_scrolling(scene, size, make, names):
    scene.show(make(), *size)
    assert [name for name in names if not is_seen_whole(scene, name)] == []


@pytest.mark.parametrize("size", [(500, 700), (480, 640), (800, 560)])
def test_in_a_small_window_at_least_the_switches_and_join_are(scene, size):
    for make in (guest, states.prejoin, states.no_devices):
        scene.show(make(), *size)
        assert [name for name in (*SWITCHES, "prejoin-join") if not is_seen_whole(scene, name)] == []


def test_the_switches_lie_on_the_picture_once_each(scene):
    scene.show(guest())
    preview = scene.find("preview")
    for name in SWITCHES:
        [button] = [one for one in scene.window.findChildren(type(scene.find(name)), name) if one.isVisible()]
        assert preview.isAncestorOf(button)


def test_the_picture_keeps_its_shape_and_grows_with_the_window(scene):
    widths = []
    for size in ((800, 560), (1024, 700), (1280, 800), (1600, 1000)):
        scene.show(guest(), *size)
        preview = scene.find("preview")
        assert abs(preview.width() / preview.height() - 16 / 9) < 0.03, size
        widths.append(preview.width())
    assert widths == sorted(widths)
    assert widths[-1] > widths[0]


def test_the_switches_are_reached_and_pressed_by_keyboard_and_say_what_they_do(scene):
    scene.show(states.prejoin())
    for name, kind in zip(SWITCHES, ("microphone", "camera"), strict=True):
        button = scene.find(name)
        assert button.accessibleName() == f"Turn the {kind} off ({'M' if kind == 'microphone' else 'V'})"
        assert button.toolTip()
        assert button.focusPolicy() & Qt.FocusPolicy.TabFocus
        button.setFocus()
        scene.qtbot.keyClick(button, Qt.Key.Key_Return)
        QApplication.processEvents()
        [wanted] = scene.take()
        assert isinstance(wanted, Choose)
        assert not getattr(wanted.choices, f"{kind}_on")


def test_words_on_the_picture_do_not_run_under_the_switches(scene):
    """Looks at pixels: what is painted in the place of the switches is the ground alone."""
    state = states.prejoin(device_words=(("camera", "Your camera is in use by another program. Close it first."),))
    for size in ((1280, 800), (800, 560), (500, 700)):
        scene.show(state, *size)
        preview = scene.find("preview")
        places = [scene.find(name).geometry().translated(scene.find(name).parent().pos()) for name in SWITCHES]
        scene.find(SWITCHES[0]).parent().hide()
        picture = preview.grab().toImage()
        scene.find(SWITCHES[0]).parent().show()
        for place in places:
            seen = {
                picture.pixelColor(x, y).name()
                for x in range(place.left(), place.right(), 2)
                for y in range(place.top(), place.bottom(), 2)
            }
            assert len(seen) == 1, size
