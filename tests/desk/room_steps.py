"""Steps before and after the call: from the first start to the lobby, and the recap."""

import time

import numpy as np

ROOM = "Website relaunch"


def ada_starts(story):
    """Ada opens Parley for the first time."""
    story.ada = story.open_client("Ada", "clara", "--theme", "light")
    story.ada.see(place="sign_in", enabled="sign-in-name", limit_s=40)


def ada_names_herself(story):
    """She says who she is, and is where her rooms are."""
    story.ada.write("sign-in-name", "Ada Lovelace")
    story.ada.click("sign-in-go", place="rooms")


def ada_makes_a_room(story):
    """She makes a room and writes a first line into it."""
    ada = story.ada
    ada.click("first-room", visible="room-name-field")
    ada.write("room-name-field", ROOM)
    ada.click("room-name-field-ok", visible="room-composer")
    ada.write("room-composer", "Good morning, shall we look at the drafts?", enabled="room-composer-send")
    ada.keys("Return", messages=1)
    assert ada.read("room-name") == ROOM


def ada_starts_a_meeting(story):
    """She starts a meeting from the camera's menu."""
    ada = story.ada
    ada.click("camera-button", visible="menu-video-meeting")
    ada.click("menu-video-meeting", visible="terms-continue")
    ada.click("terms-continue", gone="terms-dialog", visible="prejoin-join")
    ada.see(painted="own")
    ada.click("prejoin-join", call_phase="in")
    ada.see(visible="alone-line")


def ada_copies_the_link(story):
    """She copies the link and lets others in, which Parley asks first."""
    ada = story.ada
    ada.click("call-copy-link", visible="give-question")
    ada.click("give-open", gone="give-question")
    story.link = ada.client.clipboard()
    assert "://" in story.link, f"the clipboard holds {story.link!r}"


def grace_starts(story):
    """Grace opens Parley at a second screen."""
    story.grace = story.open_client("Grace", "felix", "--theme", "dark")
    story.grace.see(visible="guest-link", limit_s=40)


def grace_follows_the_link(story):
    """She types the link, sees where it leads, and asks to join."""
    grace = story.grace
    grace.write("guest-link", story.link)
    grace.click("guest-join", visible="link-question-go")
    grace.click("link-question-go", gone="link-question", visible="terms-continue")
    grace.click("terms-continue", gone="terms-dialog", visible="guest-name")
    grace.write("guest-name", "Grace Hopper", enabled="prejoin-join")
    grace.click("prejoin-join", page="waiting")
    story.ada.see(waiting=1, visible="toast-admit")


def grace_is_let_in(story):
    """Ada lets her in; both see each other."""
    story.ada.click("toast-admit", people=2)
    for one in (story.ada, story.grace):
        one.see(call_phase="in", people=2, painted="*")
    assert is_alive(story.ada, "tile-own"), "Ada’s own picture stands still"


def both_leave(story):
    """Grace leaves, then Ada by the menu over Leave."""
    story.grace.click("leave", page="ended")
    story.ada.click("leave", visible="menu-leave")
    story.ada.click("menu-leave", call_phase="ended")
    story.ada.see(place="recap")


def recap_opens(story):
    """The recap fills itself in."""
    story.ada.see(recap="ready", limit_s=90)
    story.ada.see(enabled="player-play", limit_s=30)


def a_sentence_plays(story):
    """She opens the transcript and plays a sentence."""
    ada = story.ada
    ada.click("recap-tabs-transcript", visible="transcript-search")
    spot = ada.where("transcript-search")
    # The first line of the transcript stands under the field.
    ada.click_at(spot["x"], spot["top"] + spot["height"] + 45, what="the first sentence")
    time.sleep(1.0)
    assert is_alive(ada, "player-screen"), "nothing moves in the player"


def is_alive(person, name, within_s=3.0):
    """Whether something on the screen moves."""
    first, end = person.look_at(name), time.monotonic() + within_s
    while time.monotonic() < end:
        time.sleep(0.1)
        now = person.look_at(name)
        if now.shape == first.shape and np.abs(now.astype(int) - first).mean() > 0.2:
            return True
    return False


STEPS = (
    ada_starts, ada_names_herself, ada_makes_a_room, ada_starts_a_meeting, ada_copies_the_link, grace_starts,
    grace_follows_the_link, grace_is_let_in,
)  # fmt: skip
LAST_STEPS = (both_leave, recap_opens, a_sentence_plays)
