"""What is on the screen can be read: measured on grabbed pixels, not on the palette that may be overruled."""

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QScrollArea, QScrollBar

from tests.fakes.putting import put
from tests.looks import call_states, room_states, states
from tests.ui.test_theme import contrast


def pixels(scene, widget, inner=None):
    """How often each colour is seen in a widget (or a part of it), as the window shows it."""
    there = inner or widget.rect()
    image = scene.window.grab(QRect(widget.mapTo(scene.window, there.topLeft()), there.size())).toImage()
    counted = {}
    for x in range(image.width()):
        for y in range(image.height()):
            name = image.pixelColor(x, y).name()
            counted[name] = counted.get(name, 0) + 1
    return counted


def seen_contrast(counted):
    """Of the ground, which is most of it, and the strongest ink on it."""
    ground = max(counted, key=counted.get)
    return max(contrast(ground, ink) for ink in counted)


def dress(scene, theme, state, width=1280, height=800):
    scene.window.set_theme(theme)
    scene.show(state, width, height)
    for _ in range(3):
        QApplication.processEvents()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("make", [states.sign_in, states.rooms, call_states.call_with_chat])
def test_what_a_field_is_for_can_be_read_in_it(scene, theme, make):
    dress(scene, theme, make())
    scene.window.page.setFocus()
    fields = [one for kind in (QLineEdit, QPlainTextEdit) for one in scene.window.findChildren(kind)]
    shown = [one for one in fields if one.isVisible() and one.placeholderText()]
    assert shown
    for one in shown:
        inside = one.rect().adjusted(6, 6, -6, -6)
        assert seen_contrast(pixels(scene, one, inside)) >= 4.5, one.objectName()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("make", [states.rooms, room_states.many_rooms])
def test_scroll_handles_can_be_seen(scene, theme, make):
    dress(scene, theme, make(), 800, 560)
    areas = [one for one in scene.window.findChildren(QScrollArea) if one.isVisible()]
    bars = [one for area in areas for one in area.findChildren(QScrollBar) if one.isVisible() and one.maximum()]
    assert bars
    for bar in bars:
        # The handle without its round, smoothed edge.
        assert seen_contrast(pixels(scene, bar)) >= 3


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_notices_can_be_read_and_their_edge_be_seen(scene, theme):
    dress(scene, theme, put(states.rooms(), "toasts.shown", states.MANY_NOTICES[:2]))
    for number in (1, 2):
        card = scene.find(f"notice-{number}")
        assert seen_contrast(pixels(scene, card, card.rect().adjusted(4, 4, -4, -4))) >= 4.5
        image = scene.window.grab(card.geometry()).toImage()
        edge = image.pixelColor(card.width() // 2, 0).name()
        ground = image.pixelColor(QPoint(card.width() // 2, 3)).name()
        assert contrast(edge, ground) >= 3
