"""Steps of the call: sharing, zooming, pointing, hands, reactions, chat, the small window, keys, sizes, recording."""

import time

import cv2
import numpy as np

from tests.desk.room_steps import is_alive

BORDER = (0x50, 0x75, 0x0B)  # the accent of the light theme, blue first


# --- sharing ----------------------------------------------------------------------------------------------------------
def ada_looks_at_the_picker(story):
    """Ada opens the picker: it shows her screen and the other program's window."""
    ada = story.ada
    story.open_note(ada)
    ada.click("share-screen", visible="share-picker")
    ada.see(visible="share-source-screen-0")
    for name in ("share-source-screen-0", window_card(story)):
        assert becomes(lambda name=name: has_picture(ada.look_at(name))), f"{name} has no small picture"


def ada_shares_her_screen(story):
    """She shares her whole screen; Grace sees it."""
    ada, grace = story.ada, story.grace
    ada.click("share-source-screen-0")
    ada.click("share-go", gone="share-picker", visible="sharing-bar")
    grace.see(painted=shared(story))
    time.sleep(1.0)
    assert has_border(ada.look()), "there is no border round the shared screen"


def grace_zooms_by_the_wheel(story):
    """Grace zooms into the shared screen with Ctrl and the wheel, and out again."""
    grace = story.grace
    grace.point(tile(story))
    grace.wheel("up", 5, held="ctrl", enabled="zoom-fit")
    assert percent(grace) > 150, f"five notches lead to {percent(grace)} %"
    before = grace.look_at(tile(story))
    grace.drag(tile(story), (-160, -90))
    time.sleep(0.5)
    assert differ(before, grace.look_at(tile(story))) > 3, "dragging moved nothing"
    grace.wheel("down", 9, held="ctrl")
    time.sleep(0.3)
    assert percent(grace) == 100


def grace_zooms_by_buttons(story):
    """She zooms by the buttons of the bar, which stay where they are."""
    grace = story.grace
    grace.point(tile(story))
    spot = grace.where("zoom-in")
    grace.click("zoom-in", enabled="zoom-out")
    grace.click("zoom-in")
    time.sleep(0.2)
    assert percent(grace) > 120
    now = grace.where("zoom-in")
    assert (now["x"], now["y"]) == (spot["x"], spot["y"]), "the button moved under the pointer"
    grace.click("zoom-fit")
    time.sleep(0.2)
    assert percent(grace) == 100


def grace_double_clicks(story):
    """A double click makes it twice as large there, another one shows all of it."""
    grace = story.grace
    spot = grace.where(tile(story))
    for wanted in (200, 100):
        grace.click_at(spot["left"] + spot["width"] // 3, spot["top"] + spot["height"] // 3, times=2, what="the share")
        time.sleep(0.3)
        assert percent(grace) == wanted, f"it is at {percent(grace)} %, not at {wanted} %"


def grace_draws(story):
    """Ada lets guests point; Grace draws on what is shared."""
    ada, grace = story.ada, story.grace
    ada.click("let-point", visible="let-guests-point")
    ada.click("let-guests-point")
    grace.point(tile(story))
    grace.click("point-pen")
    before = grace.look_at(tile(story))
    grace.drag(tile(story), (140, 60))
    time.sleep(0.3)
    assert differ(before, grace.look_at(tile(story))) > 0.2, "nothing was drawn"
    grace.click("point-pen")


def ada_shares_a_window(story):
    """Ada shares the other program's window instead."""
    ada, grace = story.ada, story.grace
    ada.click("share-other", visible="share-picker")
    ada.see(visible="share-go")
    name = window_card(story)
    ada.click(name)
    ada.click("share-go", gone="share-picker")
    time.sleep(1.5)
    assert white(grace.look_at(tile(story))) > 0.3, "Grace does not see the white page"


def ada_stops_sharing(story):
    """She stops; both see faces again."""
    story.ada.click("stop-sharing", gone="sharing-bar")
    for one in (story.ada, story.grace):
        one.see(gone=tile(story) if one is story.grace else "tile-own-screen", limit_s=3)


# --- hands, reactions, chat -------------------------------------------------------------------------------------------
def grace_raises_her_hand(story):
    """Grace raises a hand by its key; Ada sees it and lowers it."""
    story.grace.keys("h", hands=1)
    story.ada.see(hands=1)
    story.ada.click("open-people", visible="side-panel")


def hands_go_down(story):
    """She lowers it by the button."""
    story.grace.click("raise-hand")
    time.sleep(0.5)
    story.ada.click("close-panel", gone="side-panel")


def grace_reacts(story):
    """Grace claps by the picker; it floats over her tile on both screens."""
    grace = story.grace
    grace.click("open-reactions", visible="reaction-picker")
    grace.shoot(story.out / "reaction-picker-grace.png")
    grace.click("react-clap", gone="reaction-picker")
    time.sleep(0.4)


def they_write(story):
    """Ada writes a line and a link; Grace opens the chat and asks about the link."""
    ada, grace = story.ada, story.grace
    ada.keys("c", visible="chat-composer")
    ada.write("chat-composer", "The drafts are in our folder:")
    ada.keys("Return")
    ada.hand.write("https://example.com/drafts")
    ada.keys("Return")
    time.sleep(0.5)
    grace.click("open-chat", visible="chat-composer")
    time.sleep(0.5)
    grace.click_at(*link_in(grace), what="the link", visible="link-dialog")


def grace_stays(story):
    """She does not open it, and answers."""
    grace = story.grace
    grace.click("link-cancel", gone="link-dialog")
    grace.write("chat-composer", "Thank you, I see them.")
    grace.keys("Return")
    grace.click("close-panel", gone="side-panel")
    story.ada.keys("Escape")
    story.ada.click("close-panel", gone="side-panel")


# --- the small window -------------------------------------------------------------------------------------------------
def ada_opens_the_small_window(story):
    """Ada opens picture-in-picture and pulls it over the window."""
    ada = story.ada
    ada.click("open-pip", visible="pip", painted="pip")
    before = ada.where("pip")
    ada.drag("pip-picture", (-300, -200))
    time.sleep(0.8)
    now = ada.where("pip")
    assert (now["left"], now["top"]) != (before["left"], before["top"]), "it cannot be pulled"
    assert is_alive(ada, "pip-picture"), "its picture stands still"


def ada_minimises(story):
    """She minimises the window; the small one goes on, and brings it back."""
    ada = story.ada
    ada.hand.on_window(ada.window, "windowminimize")
    time.sleep(1.0)
    assert is_alive(ada, "pip-picture"), "its picture stands still"
    ada.shoot(story.out / "minimised-ada.png")
    ada.click("pip-back", gone="pip")
    time.sleep(0.6)
    assert is_alive(ada, "tile-own"), "the window is not back"


def a_window_is_dragged_over(story):
    """Another program's window is dragged over the call, and leaves nothing behind."""
    ada = story.ada
    before = ada.look_at("call-bar")
    ada.hand.on_window(story.note, "windowactivate")
    time.sleep(0.4)
    ada.hand.move(250, 52)
    for to in ((700, 600), (900, 640), (400, 660), (250, 52)):
        ada.hand.drag(to)
        time.sleep(0.15)
    ada.hand.on_window(ada.window, "windowactivate")
    time.sleep(0.6)
    assert differ(before, ada.look_at("call-bar")) < 1.0, "the toolbar does not look as before"


# --- keys and sizes ---------------------------------------------------------------------------------------------------
def ada_uses_keys(story):
    """Keys: the microphone and the camera off and on, the sheet of keys."""
    ada = story.ada
    for key in ("m", "m", "v", "v"):
        ada.keys(key)
        time.sleep(0.4)
    ada.see(painted="own")
    ada.keys("question", visible="keys-sheet")


def ada_goes_by_tab(story):
    """Esc puts the sheet away; Tab goes from part to part with a ring that is seen."""
    ada = story.ada
    ada.keys("Escape", gone="keys-sheet")
    before = ada.look()
    ada.keys("Tab", "Tab", "Tab")
    time.sleep(0.3)
    assert differ(before, ada.look()) > 0, "nothing has the focus"


def ada_fills_the_screen(story):
    """Full screen and back."""
    ada = story.ada
    ada.keys("F11")
    time.sleep(0.8)
    ada.shoot(story.out / "full-screen-ada.png")
    assert ada.where("call-page")["width"] == ada.look().shape[1], "it does not fill the screen"
    ada.keys("F11")
    time.sleep(0.8)
    assert ada.where("call-page")["width"] < ada.look().shape[1]


def ada_makes_the_window_narrow(story):
    """A narrow window: what has no room is in the menu."""
    ada = story.ada
    ada.hand.on_window(ada.window, "windowsize", 500, 640)
    time.sleep(0.6)
    ada.click("open-more", visible="menu-keys")


def ada_makes_it_wide_again(story):
    """Wide again."""
    ada = story.ada
    ada.keys("Escape", gone="menu-keys")
    ada.hand.on_window(ada.window, "windowsize", 1280, 800)
    time.sleep(0.6)
    ada.see(visible="open-chat")


def ada_looks_at_settings(story):
    """Devices and background, and a list that is open."""
    ada = story.ada
    ada.click("open-settings", visible="settings-dialog")
    ada.click("settings-camera")
    time.sleep(0.4)
    ada.shoot(story.out / "a-list-ada.png")
    ada.keys("Escape")
    ada.click("settings-done", gone="settings-dialog")


# --- recording --------------------------------------------------------------------------------------------------------
def ada_records(story):
    """Ada switches AI recording on; Grace is asked."""
    ada, grace = story.ada, story.grace
    ada.click("toggle-recording", visible="start-recording-dialog")
    ada.click("start-recording-ok", recording=True, gone="start-recording-dialog")
    grace.see(visible="consent-bar")


def grace_agrees(story):
    """Grace stays; they talk for twenty seconds."""
    story.grace.click("consent-stay", gone="consent-bar")
    story.ada.see(visible="recording-pill")
    time.sleep(20.0)


def ada_stops_recording(story):
    """Ada switches it off again."""
    ada = story.ada
    ada.click("toggle-recording", visible="stop-recording-dialog")
    ada.click("stop-recording-ok", recording=False)
    story.grace.see(recording=False)


# --- what is seen -----------------------------------------------------------------------------------------------------
def shared(story):
    """Ada's shared screen, as the pictures on Grace's stage are called."""
    return f"{story.ada.client.report()['own_id']}:screen"


def tile(story):
    """The same, as a widget's name."""
    return f"tile-{story.ada.client.report()['own_id']}-screen"


def percent(person):
    """How far the share is zoomed."""
    return int(person.read("zoom-percent").split()[0])


def differ(before, now):
    """How much two pictures of one place differ, 0-255; other sizes count as different."""
    if before.shape != now.shape:
        return 255.0
    return float(np.abs(before.astype(int) - now).mean())


def white(picture):
    """The share of it that is white."""
    return float((picture.min(axis=2) > 245).mean())


def becomes(holds, within_s=10.0):
    """Whether something holds before the time is over."""
    end = time.monotonic() + within_s
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


def has_picture(card):
    """Whether a card of the picker shows more than its ground and an icon."""
    small = card[12:-60, 12:-12]
    return len(np.unique(small.reshape(-1, 3), axis=0)) > 60


def has_border(screen):
    """Whether the border of sharing runs along the upper edge of the screen."""
    return float((np.abs(screen[1].astype(int) - BORDER).max(axis=1) < 12).mean()) > 0.9


def window_card(story):
    """The name of the card of the other program's window in the picker."""
    return f"share-source-window-{story.note}"


def link_in(person):
    """A point of the link in the chat: it is underlined in the accent of the dark theme."""
    spot = person.where("side-panel")
    picture = person.look_at("side-panel")[: spot["height"] - 80]
    accent = (np.abs(picture.astype(int) - (0x86, 0xBF, 0x2F)).max(axis=2) < 30).astype(np.uint8)
    lines = cv2.morphologyEx(accent, cv2.MORPH_OPEN, np.ones((1, 8), np.uint8))
    places = np.argwhere(lines[60:])
    assert len(places), "no link is seen in the chat"
    down, across = places[len(places) // 2]
    return spot["left"] + int(across), spot["top"] + 60 + int(down) - 6


STEPS = (
    ada_looks_at_the_picker, ada_shares_her_screen, grace_zooms_by_the_wheel, grace_zooms_by_buttons,
    grace_double_clicks, grace_draws, ada_shares_a_window, ada_stops_sharing, grace_raises_her_hand, hands_go_down,
    grace_reacts, they_write, grace_stays, ada_opens_the_small_window, ada_minimises, a_window_is_dragged_over,
    ada_uses_keys, ada_goes_by_tab, ada_fills_the_screen, ada_makes_the_window_narrow, ada_makes_it_wide_again,
    ada_looks_at_settings, ada_records, grace_agrees, ada_stops_recording,
)  # fmt: skip
