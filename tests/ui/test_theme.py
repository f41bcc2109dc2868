"""Both themes are readable: 4.5:1 for words, 3:1 for icons and the edges of controls."""

import colorsys
import re

import pytest
from PySide6.QtGui import QFontDatabase

from app import paths
from app.ui import icons
from app.ui.theme import DARK, LIGHT, theme
from app.ui.widgets.cards import own_colour

GROUNDS = ("bg", "surface", "raised", "hover", "soft", "alarm", "tile", "stage")
INKS = ("text", "muted", "accent", "danger", "warning")


def light(colour):
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (one / 12.92 if one <= 0.03928 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    """Source: WCAG 2.2, contrast ratio."""
    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("ink", INKS)
@pytest.mark.parametrize("ground", GROUNDS)
def test_words_can_be_read_on_each_ground(tokens, ink, ground):
    assert contrast(getattr(tokens, ink), getattr(tokens, ground)) >= 4.5


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_words_can_be_read_on_filled_buttons(tokens):
    for ink, ground in (("on_accent", "accent_fill"), ("on_accent", "accent_over"), ("on_danger", "danger_fill")):
        assert contrast(getattr(tokens, ink), getattr(tokens, ground)) >= 4.5
    assert contrast(tokens.on_danger, tokens.danger_over) >= 4.5


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_edges_of_fields_and_switches_can_be_seen(tokens):
    for ground in ("bg", "surface", "raised"):
        assert contrast(tokens.edge, getattr(tokens, ground)) >= 3


def test_white_initials_can_be_read_on_every_colour_of_a_person():
    for number in range(300):
        assert contrast("#ffffff", own_colour(f"person {number}").name()) >= 4.5
    hues = {round(colorsys.rgb_to_hls(*own_colour(f"p{n}").getRgbF()[:3])[0], 2) for n in range(50)}
    assert len(hues) > 10


def test_a_theme_dresses_the_application(scene):
    scene.window.set_theme("dark")
    assert theme.tokens is DARK
    scene.window.set_theme("system")
    assert theme.tokens in (LIGHT, DARK)
    assert {"Regular", "Medium", "SemiBold"} <= {one.replace(" ", "") for one in QFontDatabase.styles("Inter")}


def test_every_icon_that_is_named_is_there_and_drawn(qtbot):
    names = set()
    for file in paths.home().joinpath("app", "ui").rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        names |= set(
            re.findall(r'(?:glyph=|Glyph\(|IconButton\(|pixmap\(|Badged\(|EmptyState\(\s*)"([a-z0-9-]+)"', text)
        )
    assert len(names) > 20
    for name in names:
        image = icons.pixmap(name, "#ff0000", 20).toImage()
        assert any(image.pixelColor(x, y).alpha() for x in range(40) for y in range(40)), name
    for file in paths.resource("icons").glob("*.svg"):
        assert "currentColor" in file.read_text(encoding="utf-8")
