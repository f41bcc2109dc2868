"""Which page shows which state, where things stand, and that everything has a name and can be reached by keys."""

import time

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLineEdit, QPlainTextEdit, QSlider, QWidget

from app.media.types import Level, View
from app.state.app_state import AppState
from app.state.slices.connection import Connection
from app.state.stage import OWN, Tile
from app.ui.widgets.buttons import RowButton
from app.ui.widgets.level_meter import LevelMeter
from app.ui.window import page_name
from tests.fakes.story import change
from tests.looks import call_states, faces, recap_states, states

ALL = {
    "starting": AppState,
    "sign_in": states.sign_in,
    "rooms": states.rooms,
    "no rooms": states.no_rooms,
    "drafts": states.with_drafts,
    "notices": states.with_notices,
    "terms": lambda: states.prejoin(asks_terms=True),
    "prejoin": states.prejoin,
    "guest": states.guest_prejoin,
    "waiting": states.waiting,
    "call": lambda: call_states.call(10),
    "chat": call_states.call_with_chat,
    "lobby": call_states.call_as_host,
    "consent": call_states.call_with_consent,
    "ended": call_states.ended,
    "recap": recap_states.recap_state,
    "progress": lambda: recap_states.recap_state("generating"),
}


@pytest.mark.parametrize(
    ("state", "page"),
    [
        (AppState(), "starting"),
        (states.sign_in(), "sign_in"),
        (states.rooms(), "rooms"),
        (states.prejoin(), "prejoin"),
        (states.replace(states.prejoin(), call_phase="joining"), "prejoin"),
        (states.waiting(), "waiting"),
        (states.replace(call_states.call(), call_phase="joining"), "waiting"),
        (call_states.call(), "call"),
        (call_states.call_reconnecting(), "call"),
        (states.replace(call_states.call(), shows_call=False), "rooms"),
        (call_states.ended(), "ended"),
        (recap_states.recap_state(), "recap"),
        (recap_states.recap_state("ongoing"), "recap"),
    ],
)
def test_each_state_has_its_page(scene, state, page):
    assert page_name(state) == page
    scene.show(state)
    assert scene.window.page.isVisible()
    assert scene.window.page.objectName().startswith(page.replace("_", "-"))


@pytest.mark.parametrize("name", ALL)
def test_everything_that_can_be_used_has_a_name(scene, name):
    scene.show(ALL[name]())
    kinds = (QAbstractButton, QLineEdit, QPlainTextEdit, QComboBox, QSlider)
    used = [one for kind in kinds for one in scene.window.findChildren(kind) if one.isVisible()]
    assert used or name == "starting"
    for one in used:
        if one.objectName().startswith("qt_") or isinstance(one.parent(), QComboBox):
            continue
        assert one.accessibleName().strip(), one.objectName()
        assert one.objectName(), one.accessibleName()
    names = [one.objectName() for one in used if one.objectName() and not one.objectName().startswith("qt_")]
    assert sorted(names) == sorted(set(names))


def test_a_screen_reader_is_told_what_is_on(scene):
    scene.show(call_states.call(3, choices=states.Choices(camera_on=False)))
    assert scene.find("toggle-microphone").accessibleDescription() == "On"
    assert scene.find("toggle-camera").accessibleDescription() == "Off"
    scene.window._bridge.show_levels({"p1": Level(-20.0, True)})
    tile = scene.find("tile-p1")
    scene.qtbot.waitUntil(lambda: "speaking" in tile.accessibleName())
    assert tile.accessibleName() == "Clara Nowak, microphone on, camera on, speaking"
    assert "microphone off" in scene.find("tile-p2").accessibleName()


@pytest.mark.parametrize("width", [1280, 800, 500])
def test_the_camera_button_stands_at_the_top_right_of_the_room(scene, width):
    scene.show(states.rooms(), width, 700)
    header, button = scene.find("room-header"), scene.find("camera-button")
    right = button.mapTo(header, QPoint(button.width(), 0)).x()
    assert 0 <= header.width() - right <= 64
    assert button.isVisible()


def test_the_sidebar_folds_behind_the_info_button_in_a_narrow_window(scene):
    scene.show(states.rooms(), 1280, 800)
    assert scene.is_visible("recap-m0")
    scene.show(states.rooms(), 700, 600)
    assert not scene.is_visible("room-aside")
    assert scene.is_visible("info")
    scene.click("info")
    assert scene.is_visible("recap-m0")
    scene.click("info")
    assert not scene.is_visible("recap-m0")


def test_a_slim_window_shows_the_room_or_the_rooms(scene):
    scene.show(states.rooms(), 500, 700)
    assert not scene.is_visible("room-r1")
    scene.click("show-rooms")
    assert scene.is_visible("room-r2")
    scene.click("room-r1")
    scene.click("info")
    assert scene.is_visible("recap-m0")
    scene.click("close-info")
    assert scene.is_visible("room-composer")


@pytest.mark.parametrize("name", ["rooms", "prejoin", "guest", "chat", "lobby", "recap"])
@pytest.mark.parametrize(("width", "height"), [(800, 560), (480, 420)])
def test_nothing_widens_a_small_window(scene, name, width, height):
    scene.show(ALL[name](), width, height)
    assert (scene.window.width(), scene.window.height()) == (width, height)
    for one in scene.window.findChildren(QAbstractButton):
        if one.isVisible():
            right = one.mapTo(scene.window, QPoint(one.width(), 0)).x()
            assert one.width() >= 20, one.objectName()
            assert right <= width, one.objectName()


def test_the_terms_keep_the_keyboard_inside(scene):
    scene.show(states.prejoin(asks_terms=True))
    scrim = scene.find("terms-continue").parentWidget().parentWidget()
    reached = set()
    for _ in range(12):
        scrim.focusNextPrevChild(True)
        reached.add(scrim.focusWidget().objectName())
    assert reached == {"terms-read", "privacy-read", "terms-cancel", "terms-continue"}


@pytest.mark.parametrize(
    ("button", "words"), [("terms-read", "Use it only for lawful"), ("privacy-read", "no analytics")]
)
def test_both_texts_of_the_terms_can_be_read(scene, button, words):
    scene.show(states.prejoin(asks_terms=True)).click(button)
    (block,) = [
        one
        for one in scene.find("text-dialog").findChildren(object)
        if hasattr(one, "heightForWidth") and words in getattr(one, "text", str)()
    ]
    assert block.isVisible()
    scene.click("text-close")
    assert scene.is_visible("terms-dialog")


def test_tab_reaches_every_control_of_the_call(scene):
    scene.show(call_states.call_as_host(panel="people"))
    scene.window.activateWindow()
    scene.find("call-page").setFocus()
    reached = []
    for _ in range(40):
        scene.qtbot.keyClick(QApplication.focusWidget() or scene.window, Qt.Key.Key_Tab)
        reached.append(QApplication.focusWidget().objectName())
    wanted = {"toggle-microphone", "toggle-camera", "toggle-recording", "open-chat", "leave", "admit-g1", "deny-g1"}
    assert wanted <= set(reached)
    assert reached.index("toggle-microphone") < reached.index("leave")


def test_pictures_reach_their_tiles_and_are_counted_once(scene):
    scene.show(call_states.call(2))
    grid = scene.window.page.tiles
    scene.give(Tile("p1"), faces.picture(1))
    scene.qtbot.waitUntil(lambda: scene.frames(Tile("p1")) == 1)
    before = scene.paints.of(grid[Tile("p1")]).first_s
    grid[Tile("p1")].repaint()
    assert scene.frames(Tile("p1")) == 1
    scene.give(Tile("p1"), faces.picture(2))
    scene.give(OWN, faces.picture(0))
    scene.mailbox.put(Tile("nobody"), 99, faces.picture(0))
    scene.qtbot.waitUntil(lambda: scene.frames(Tile("p1")) == 2 and scene.frames(OWN) == 1)
    assert scene.paints.of(grid[Tile("p1")]).first_s == before
    assert abs(before - time.monotonic()) < 30


def test_a_tile_shows_the_picture_and_not_initials(scene):
    scene.show(call_states.call(2))
    tile = scene.window.page.tiles[Tile("p1")]
    scene.give(Tile("p1"), faces.picture(3))
    scene.qtbot.waitUntil(lambda: scene.frames(tile) == 1)
    image = tile.grab().toImage()
    wanted = faces.picture(3).pixels
    assert abs(image.pixelColor(40, 40).red() - int(wanted[12, 12, 2])) < 40
    scene.show(call_states.call(2, people=(call_states.person(0), call_states.person(1, camera_on=False))))
    assert not tile.has_picture


def test_pictures_are_taken_even_where_nobody_looks(scene):
    scene.show(states.rooms())
    scene.mailbox.put(Tile("p1"), 1, faces.picture(1))
    scene.qtbot.waitUntil(lambda: scene.mailbox.take_all() == {})
    scene.show(call_states.call(2))
    scene.give(Tile("p1"), faces.picture(1))
    scene.qtbot.waitUntil(lambda: scene.frames(Tile("p1")) == 1)


def test_the_media_side_is_told_how_large_tiles_are(scene):
    scene.show(call_states.call(2))
    ratio = scene.window.devicePixelRatioF()
    tiles = scene.window.page.tiles
    told = {tile: list(views.values()) for tile, views in scene.pictures_wanted[-1].items()}
    assert told == {
        tile: [View(round(one.width() * ratio), round(one.height() * ratio))] for tile, one in tiles.items()
    }
    before = len(scene.pictures_wanted)
    scene.show(call_states.call(2))
    assert len(scene.pictures_wanted) == before
    scene.show(call_states.call(3))
    assert set(scene.pictures_wanted[-1]) == {Tile("p1"), Tile("p2"), OWN}
    scene.show(states.prejoin())
    assert set(scene.pictures_wanted[-1]) == {OWN}
    scene.show(states.rooms())
    assert scene.pictures_wanted[-1] == {}


def test_the_toolbar_fits_beside_the_panel_of_a_small_window(scene):
    scene.show(call_states.call_as_host(), 800, 560)
    bar, page = scene.find("call-bar"), scene.find("call-page")
    assert scene.find("leave").width() >= scene.find("leave").minimumSizeHint().width()
    assert bar.mapTo(page, QPoint(bar.width(), 0)).x() <= scene.find("lobby-panel").mapTo(page, QPoint(0, 0)).x()
    assert scene.find("leave").accessibleName() == "Leave"
    scene.show(call_states.call_as_host(), 1280, 800)
    assert scene.find("leave").text() == "Leave"


def test_who_left_has_no_tile(scene):
    scene.show(call_states.call(6))
    scene.show(call_states.call(3))
    assert list(scene.window.page.tiles) == [Tile("p1"), Tile("p2"), OWN]
    assert (
        len([one for one in scene.find("call-page").findChildren(type(scene.find("tile-own"))) if one.isVisible()]) == 3
    )


def test_the_level_meter_follows_the_voice(scene):
    scene.show(states.prejoin())
    meter = scene.window.page._devices.findChild(LevelMeter)
    scene.bridge.show_levels({"": Level(-20.0, True)})
    scene.qtbot.waitUntil(lambda: meter._share > 0.5)
    scene.bridge.show_levels({"": Level(-100.0, False)})
    scene.qtbot.waitUntil(lambda: meter._share == 0.0)


def test_a_lost_connection_is_told_with_a_way_on(scene):
    scene.show(states.with_drafts())
    assert "lost" in scene.find("connection-words").text()
    scene.show(states.rooms())
    assert not scene.is_visible("connection-strip")
    scene.show(AppState(connection=Connection(phase="offline", words="Nothing answers at that address.")))
    assert scene.is_visible("starting-try-again")


def test_r32_r58_guests_are_told_nothing_of_recaps(scene):
    scene.show(call_states.ended(is_guest=True))
    shown = [one for one in scene.find("ended-page").findChildren(QWidget) if hasattr(one, "text") and one.isVisible()]
    words = " ".join(one.text() for one in shown)
    assert "recap" not in words.lower()
    assert "Close" in words


def test_r17_who_may_record_sees_the_switch_and_nobody_else(scene):
    scene.show(states.prejoin())
    assert scene.is_visible("record-switch")
    scene.show(states.prejoin(may_record=False))
    assert not scene.is_visible("record-switch")
    scene.show(call_states.call())
    assert not scene.is_visible("toggle-recording")
    scene.show(call_states.call_as_host())
    assert scene.is_visible("toggle-recording")


def test_r31_a_recorded_meeting_is_joined_only_past_the_notice(scene):
    state = states.guest_prejoin()
    scene.show(state)
    assert scene.is_visible("recording-notice")
    assert not scene.find("prejoin-join").isEnabled()
    scene.show(states.replace(state, prejoin=states.replace(state.prejoin, notice_read=True)))
    assert scene.find("prejoin-join").isEnabled()
    assert scene.find("prejoin-join").text() == "Ask to join"


def test_a_full_meeting_admits_nobody(scene):
    scene.show(call_states.call_as_host(count=10))
    assert not scene.find("admit-g1").isEnabled()
    assert scene.find("deny-g1").isEnabled()


def test_closing_the_window_is_told(scene):
    with scene.qtbot.waitSignal(scene.window.closed):
        scene.window.close()


def test_a_button_that_waits_for_something_says_for_what(scene):
    state = states.guest_prejoin()
    scene.show(states.replace(state, prejoin=states.replace(state.prejoin, guest_name="")))
    assert scene.find("prejoin-hint").text().startswith("Enter your name, and tick")
    scene.show(state)
    assert scene.find("prejoin-hint").text().startswith("Tick that")
    scene.show(states.replace(state, prejoin=states.replace(state.prejoin, notice_read=True)))
    assert not scene.is_visible("prejoin-hint")
    assert scene.find("prejoin-join").isEnabled()


def many_rooms():
    state = states.rooms()
    more = tuple(change(state.rooms.known[1], id=f"more{number}", name=f"Room {number}") for number in range(30))
    return states.replace(state, rooms=states.replace(state.rooms, known=(*state.rooms.known, *more)))


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("make", "width", "height"), [
    (recap_states.recap_state, 1280, 800), (recap_states.recap_state, 800, 560), (recap_states.recap_state, 500, 700),
    (many_rooms, 1280, 800), (many_rooms, 800, 560),
])  # fmt: skip
def test_rows_are_never_pressed_flat(scene, make, width, height, theme):
    scene.show(make(), width, height)
    scene.window.set_theme(theme)
    QApplication.processEvents()
    rows = [one for one in scene.window.findChildren(RowButton) if one.isVisible()]
    assert rows
    for one in rows:
        assert one.height() >= max(one.layout().totalHeightForWidth(one.width()), one.sizeHint().height() - 1) > 20


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
@pytest.mark.parametrize("name", ["join-m1", "invite", "room-r2"])
def test_enter_and_space_press_what_has_the_focus(scene, name, key):
    scene.show(states.rooms())
    scene.qtbot.keyClick(scene.find(name), key)
    assert len(scene.take()) == 1


def test_a_panel_that_covers_the_tiles_leaves_the_toolbar_and_the_questions(scene):
    state = call_states.call_with_chat()
    asks = states.replace(
        state, call=states.replace(state.call, recording=states.replace(state.call.recording, asks_consent=True))
    )
    scene.show(asks, 500, 700)
    for name in ("toggle-microphone", "leave", "consent-stay", "chat-composer"):
        assert scene.is_visible(name), name
    bar = scene.find("call-bar")
    assert bar.mapTo(scene.window, bar.rect().bottomRight()).x() <= 500
    panel = scene.find("side-panel")
    assert panel.mapTo(scene.window, panel.rect().bottomLeft()).y() <= bar.mapTo(scene.window, bar.rect().topLeft()).y()
    scene.show(call_states.call(2), 500, 700)
    assert bar.parentWidget().objectName() != "call-page"
    assert bar.isVisible()
