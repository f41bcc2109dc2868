"""Steps of the devices: a held key, another key for it, the settings of the picture, how loud one hears somebody."""

import time

from tests.desk.call_steps import differ


def ada_talks_by_a_held_key(story):
    """Ada is muted and holds Space: Grace sees that she is heard, for as long as it is held."""
    ada, grace = story.ada, story.grace
    ada.keys("m")
    grace.see(microphones=1)
    ada.hand.hold("space")
    grace.see(microphones=2)
    # A keyboard repeats a key that is held.
    time.sleep(1.2)
    grace.see(microphones=2, limit_s=1)
    ada.shoot(story.out / "held-key-ada.png")
    ada.hand.let_go("space")
    grace.see(microphones=1)


def space_is_a_letter(story):
    """While she writes, Space is a space; and she stays muted."""
    ada, grace = story.ada, story.grace
    ada.click("open-chat", visible="chat-composer")
    ada.write("chat-composer", "one two three")
    time.sleep(0.5)
    grace.see(microphones=1, limit_s=1)
    ada.keys("ctrl+a", "Delete")
    ada.click("close-panel", gone="side-panel")


def she_looks_away(story):
    """She holds it while another window comes up: nobody hears her by a key that Parley does not see."""
    ada, grace = story.ada, story.grace
    if not story.note:
        story.open_note(ada)
    ada.hand.on_window(ada.window, "windowactivate")
    time.sleep(0.6)
    ada.hand.hold("space")
    grace.see(microphones=2)
    ada.hand.on_window(story.note, "windowactivate")
    grace.see(microphones=1)
    ada.hand.let_go("space")
    ada.hand.on_window(ada.window, "windowactivate")
    time.sleep(0.6)


def ada_chooses_another_key(story):
    """In the settings she makes it F8; the others hear her by that one, and she switches the microphone on again."""
    ada, grace = story.ada, story.grace
    ada.click("open-settings", visible="settings-dialog")
    ada.click("settings-microphone-more", visible="settings-talk-key")
    ada.click("settings-talk-key")
    ada.keys("F8")
    time.sleep(0.3)
    assert ada.read("settings-talk-key") == "F8"
    ada.shoot(story.out / "another-key-ada.png")
    ada.click("settings-done", gone="settings-dialog")
    ada.hand.hold("F8")
    grace.see(microphones=2)
    ada.hand.let_go("F8")
    grace.see(microphones=1)
    ada.keys("m")
    grace.see(microphones=2)


def ada_turns_the_mirror_off(story):
    """Her own view is no mirror any more, at once."""
    ada = story.ada
    before = ada.look_at("tile-own")
    ada.click("open-settings", visible="settings-dialog")
    ada.click("settings-camera-more", visible="settings-mirror")
    ada.click("settings-mirror")
    ada.shoot(story.out / "picture-settings-ada.png")
    ada.click("settings-done", gone="settings-dialog")
    time.sleep(0.5)
    assert differ(before, ada.look_at("tile-own")) > 1.0, "her own view is as it was"


def ada_turns_grace_down(story):
    """She makes Grace softer for herself; her list of people says so."""
    ada = story.ada
    ada.click("open-people", visible="side-panel")
    [grace] = [one for one in ada.client.report()["tiles"] if one]
    ada.click(f"person-menu-{grace}", visible=f"volume-{grace}")
    time.sleep(0.5)
    ada.shoot(story.out / "volume-ada.png")
    ada.keys("Left", "Left", "Left", "Left")
    time.sleep(0.4)
    ada.keys("Escape")
    time.sleep(0.4)
    ada.shoot(story.out / "softer-ada.png")
    assert "60 %" in ada.read(f"volume-of-{grace}")
    ada.click("close-panel", gone="side-panel")


STEPS = (
    ada_talks_by_a_held_key, space_is_a_letter, she_looks_away, ada_chooses_another_key, ada_turns_the_mirror_off,
    ada_turns_grace_down,
)  # fmt: skip
