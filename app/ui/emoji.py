"""Emoji: those that can be picked, by name, and a font for them where the system has none."""

from __future__ import annotations

import sys
import tomllib
from dataclasses import dataclass
from functools import cache

from PySide6.QtGui import QFontDatabase

from app import paths


@dataclass(frozen=True, slots=True)
class Emoji:
    """One that can be picked.

    Attributes:
        text: itself, one or two characters.
        name: what it is called.
        words: other words by which it is found.
    """

    text: str
    name: str
    words: str


@cache
def emoji() -> tuple[Emoji, ...]:
    """All that can be picked, in their order; read once from resources/texts/emoji.toml."""
    data = tomllib.loads(paths.resource("texts", "emoji.toml").read_text(encoding="utf-8"))
    return tuple(Emoji(*one) for one in data["emoji"])


def find_emoji(words: str) -> tuple[Emoji, ...]:
    """Those whose name or other words begin with each of these words; all for no words."""
    wanted = words.casefold().split()

    def fits(one: Emoji) -> bool:
        known = f"{one.name} {one.words}".casefold().split()
        return one.text == words.strip() or all(any(have.startswith(want) for have in known) for want in wanted)

    return tuple(one for one in emoji() if fits(one))


@cache
def load_emoji_font() -> bool:
    """Makes emoji visible on a Linux without a font for them: once, and whether that was needed.

    The application exists. It costs some milliseconds, so that it is called when text that people write is first shown.
    """
    if not sys.platform.startswith("linux") or any("emoji" in one.casefold() for one in QFontDatabase.families()):
        return False
    number = QFontDatabase.addApplicationFont(str(paths.resource("fonts", "emoji.ttf")))
    for family in QFontDatabase.applicationFontFamilies(number):
        QFontDatabase.addApplicationEmojiFontFamily(family)
    return number >= 0
