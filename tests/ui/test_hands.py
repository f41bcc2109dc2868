"""Raised hands in the window: the button, the tiles, the list, and what the host may do."""

from PySide6.QtWidgets import QAbstractButton, QLabel

from app.state import call_intents
from tests.looks import call_states
from tests.looks.call_states import call_with_hands


def listed(scene):
    panel = scene.find("hands-panel")
    numbers = [one.text() for one in panel.findChildren(QLabel, "hand-place") if one.isVisible()]
    names = [one.text() for one in panel.findChildren(QLabel, "hand-name") if one.isVisible()]
    return list(zip(numbers, names, strict=True))


def test_the_button_raises_and_lowers_and_says_so(scene):
    scene.show(call_states.call(3))
    button = scene.find("raise-hand")
    assert (button.accessibleName(), button.accessibleDescription()) == ("Raise your hand (H)", "Down")
    scene.click("raise-hand")
    assert scene.take() == [call_intents.RaiseHand()]
    scene.show(call_with_hands())
    assert button.isChecked()
    assert (button.accessibleName(), button.accessibleDescription()) == ("Lower your hand (H)", "Up, 2 of 3")
    scene.click("raise-hand")
    assert scene.take() == [call_intents.LowerHand()]


def test_each_tile_tells_its_place_in_the_order(scene):
    scene.show(call_with_hands())
    names = {tile.person: widget.accessibleName() for tile, widget in scene.window.page.tiles.items()}
    assert "hand raised, number 1" in names["p2"]
    assert "hand raised, number 2" in names[""]
    assert "hand raised, number 3" in names["p4"]
    assert "hand" not in names["p1"]
    tile = scene.find("tile-p2")
    before = tile.grab().toImage().pixelColor(tile.width() - 20, tile.height() - 24)
    scene.show(call_states.call(6))
    assert "hand" not in scene.find("tile-p2").accessibleName()
    assert before.name() == "#f0b429"


def test_the_host_sees_them_in_order_and_lowers_one_or_all(scene):
    scene.show(call_with_hands(panel="people"))
    assert scene.find("hands-title").text() == "3 raised hands"
    assert listed(scene) == [("1", "Amara Okafor"), ("2", "Felix Brandt (you)"), ("3", call_states.person(4).name)]
    for button, wanted in (
        ("lower-hand-p2", call_intents.LowerOthersHand(person="p2")),
        ("lower-hand-p0", call_intents.LowerHand()),
        ("lower-all-hands", call_intents.LowerAllHands()),
    ):
        scene.click(button)
        assert scene.take() == [wanted]


def test_who_is_not_the_host_sees_the_order_and_lowers_only_their_own(scene):
    scene.show(call_with_hands(panel="people", host="p1"))
    assert len(listed(scene)) == 3
    assert not scene.is_visible("lower-all-hands")
    assert not scene.is_visible("lower-hand-p2")
    assert scene.find("lower-hand-p0", QAbstractButton).accessibleName() == "Lower your hand"
    scene.show(call_states.call(6, panel="people"))
    assert not scene.is_visible("hands-panel")
