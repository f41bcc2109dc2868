"""What lies over what on the page of a call, as it is seen: by the widget at a point, and by pixels."""

import time

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QLabel

from app.media.types import Level
from app.state.stage import Tile
from app.ui.theme import tokens
from tests.looks import call_states, faces, states


def show_faces(scene):
    for place, key in enumerate(scene.window.page.tiles):
        scene.give(key, faces.picture(place, captured_at_s=time.monotonic()))
    QApplication.processEvents()


def cut(count=3, **changes):
    """The socket to the server is gone: a notice says so as well."""
    state = call_states.call(count, phase="reconnecting", **changes)
    return states.replace(state, connection=states.replace(state.connection, phase="offline"))


def is_on_top(scene, name):
    """Whether a widget is what one sees at its corners and its middle."""
    widget = scene.find(name)
    assert widget.isVisible(), name
    rect = widget.rect().adjusted(6, 6, -6, -6)
    for point in (rect.center(), rect.topLeft(), rect.topRight(), rect.bottomLeft(), rect.bottomRight()):
        seen = scene.window.childAt(widget.mapTo(scene.window, point))
        if seen is None or not (seen is widget or widget.isAncestorOf(seen)):
            return False
    return True


def lay_out_again(scene, state):
    """Whatever lets the tiles be placed anew: sizes, people, the side panel, a new picture."""
    for width, height in ((1024, 700), (700, 560), (1280, 800)):
        scene.show(state, width, height)
    call = state.call
    for count in (10, 1, 4, len(call.people)):
        people = tuple(call_states.person(one, joined_at=float(one)) for one in range(count))
        scene.show(states.replace(state, call=states.replace(call, people=people)))
    for panel in ("people", "chat", call.panel):
        scene.show(states.replace(state, call=states.replace(call, panel=panel)))
    show_faces(scene)


def test_the_words_about_a_lost_connection_stay_over_the_tiles(scene):
    scene.show(call_states.call(3))
    show_faces(scene)
    scene.show(cut())
    assert is_on_top(scene, "reconnecting")
    lay_out_again(scene, cut())
    assert is_on_top(scene, "reconnecting")


@pytest.mark.parametrize(
    ("make", "click", "name"),
    [
        (lambda: call_states.call_as_host(panel=""), "", "lobby-toast"),
        (call_states.call_with_consent, "", "consent-bar"),
        (call_states.call_with_consent, "", "camera-line"),
        (lambda: call_states.call_as_host(), "", "lobby-panel"),
        (call_states.call_as_host, "toggle-recording", "stop-recording-dialog"),
        (
            lambda: call_states.call_as_host(recording=call_states.Recording()),
            "toggle-recording",
            "start-recording-dialog",
        ),
        (call_states.call, "open-settings", "settings-dialog"),
        (call_states.call, "", "call-bar"),
        (call_states.call_with_chat, "", "side-panel"),
    ],
)
def test_whatever_asks_or_tells_something_is_over_the_tiles(scene, make, click, name):
    scene.show(make())
    show_faces(scene)
    if click:
        scene.click(click)
    assert is_on_top(scene, name)
    lay_out_again(scene, make())
    assert is_on_top(scene, name)


@pytest.mark.parametrize("name", ["consent-bar", "lobby-toast"])
def test_questions_are_not_covered_by_the_words_about_the_connection(scene, name):
    make = call_states.call_with_consent if name == "consent-bar" else lambda: call_states.call_as_host(panel="")
    scene.show(states.replace(make(), call_phase="reconnecting"))
    assert is_on_top(scene, name)
    assert is_on_top(scene, "reconnecting")


def colours(picture):
    """How colourful a picture is at most: 0 is grey."""
    points = [(x, y) for x in range(4, picture.width(), 7) for y in range(4, picture.height(), 7)]
    seen = [picture.pixelColor(x, y) for x, y in points]
    return max(max(one.red(), one.green(), one.blue()) - min(one.red(), one.green(), one.blue()) for one in seen)


@pytest.mark.parametrize("theme_name", ["light", "dark"])
def test_without_a_connection_faces_are_grey_and_faint(scene, theme_name):
    scene.window.set_theme(theme_name)
    scene.show(call_states.call(3))
    show_faces(scene)
    scene.bridge.show_levels({"p1": Level(-20.0, True)})
    place = scene.window.page.tiles[Tile("p1")]
    area = place.rect().translated(place.mapTo(scene.window, QPoint(0, 0)))
    before = scene.window.grab(area).toImage()
    assert colours(before) > 60
    # Media alone is lost: no notice with colours of its own lies over the tiles.
    scene.show(call_states.call(3, phase="reconnecting"))
    area = place.rect().translated(place.mapTo(scene.window, QPoint(0, 0)))
    after = scene.window.grab(area.adjusted(0, 0, 0, -area.height() // 3)).toImage()
    # What is left of a colour is that of the ground.
    assert colours(after) < 20
    card = scene.find("reconnecting")
    middle = card.mapTo(scene.window, QPoint(card.width() // 2, 8))
    assert scene.window.grab().toImage().pixelColor(middle).name() == tokens().surface
    scene.show(call_states.call(3))
    assert colours(scene.window.grab(area).toImage()) > 60


def test_without_a_connection_nobody_seems_to_speak_and_no_time_runs(scene):
    scene.show(call_states.call(3))
    scene.bridge.show_levels({"p1": Level(-20.0, True)})
    QApplication.processEvents()
    assert "speaking" in scene.find("tile-p1").accessibleName()
    timer = next(
        one for one in scene.window.findChildren(QLabel) if one.accessibleDescription().startswith("Time since")
    )
    assert timer.isVisible()
    scene.show(cut())
    name = scene.find("tile-p1").accessibleName()
    assert "speaking" not in name
    assert "reconnecting" in name
    assert not timer.isVisible()
    assert scene.is_visible("not-connected")
    # Who comes in while the tiles stand still stands still, too.
    scene.show(cut(count=4))
    assert "reconnecting" in scene.find("tile-p3").accessibleName()
    scene.show(call_states.call(4))
    assert timer.isVisible()
    assert not scene.is_visible("not-connected")
    assert not scene.is_visible("reconnecting")
    assert "reconnecting" not in scene.find("tile-p3").accessibleName()


def test_where_the_panel_covers_the_tiles_the_loss_is_said_as_well(scene):
    scene.show(cut(panel="chat"), 500, 700)
    assert not scene.is_visible("reconnecting")
    assert is_on_top(scene, "not-connected")


@pytest.mark.parametrize("recording", [call_states.Recording(), call_states.Recording(since=states.at())])
@pytest.mark.parametrize("width", [679, 700, 779, 780, 1001])
def test_no_button_of_the_toolbar_is_cut_off_beside_a_panel(scene, width, recording):
    scene.show(call_states.call_as_host(panel="chat", recording=recording), width)
    for name in ("toggle-microphone", "toggle-recording", "open-more", "leave"):
        button = scene.find(name)
        assert button.isVisible()
        assert button.width() >= button.sizeHint().width(), name
