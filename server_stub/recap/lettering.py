"""Letters on pictures: a text becomes a stamp, which the reel's canvas puts over what is there.

The fonts are the product's own, and for what they do not know (a name in another script) whichever installed font
knows most of it. A character that none knows is left out.
"""

from __future__ import annotations

import os
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import ImageFont

from app.paths import resource

REGULAR, BOLD = "Inter-Regular.woff2", "Inter-SemiBold.woff2"
#: Brightness of letters and of the box behind them, and how much of what lies behind the box it hides.
_WHITE, _DARK, _HIDES = 235.0, 20.0, 0.72
#: From one row to the next, and round the whole, in parts of the letters' size.
_ROW, _PAD = 1.3, 0.35
#: Fonts that are looked through for a character; there are some hundreds on most computers.
_MOST_FONTS = 3000
#: What no font has a picture of.
_NOBODYS = "\U0010fffe"

Font = ImageFont.FreeTypeFont


@dataclass(frozen=True)
class Row:
    """One row of text: its letters' size in pixels, and whether it stands out."""

    text: str
    size_px: int
    is_bold: bool = False


@dataclass(frozen=True)
class Stamp:
    """A dark box with letters. Of each plane (Y, U, V): what stays of the picture, in 256ths, and what is added."""

    keeps: tuple[NDArray[np.uint16], ...]
    adds: tuple[NDArray[np.uint16], ...]

    @property
    def width(self) -> int:
        """In pixels; even."""
        return int(self.keeps[0].shape[1])

    @property
    def height(self) -> int:
        """In pixels; even."""
        return int(self.keeps[0].shape[0])

    def put(self, planes: Sequence[NDArray[np.uint8]], x: int, y: int) -> None:
        """Puts it over the planes of a picture (YUV 4:2:0) at an even place where there is room for it."""
        for plane, keep, add, half in zip(planes, self.keeps, self.adds, (1, 2, 2), strict=True):
            rows, columns = keep.shape
            part = plane[y // half : y // half + rows, x // half : x // half + columns]
            part[:] = (part * keep + add) >> 8


def wrap(text: str, width_px: float, size_px: int) -> list[str]:
    """A text as rows that are at most so wide; a word wider than a row is broken."""
    font = _font(REGULAR, size_px)
    rows: list[str] = []
    for word in text.split():
        if rows and font.getlength(f"{rows[-1]} {word}") <= width_px:
            rows[-1] += f" {word}"
            continue
        rows.append("")
        for letter in word:
            if rows[-1] and font.getlength(rows[-1] + letter) > width_px:
                rows.append("")
            rows[-1] += letter
    return rows


def stamp(rows: Sequence[Row], most_px: int) -> Stamp | None:
    """A box with these rows, one below the other; None where no letter of them can be drawn.

    Args:
        rows: what does not fit ends with an ellipsis.
        most_px: how wide the box may be.
    """
    pads = [round(row.size_px * _PAD) for row in rows]
    masks = [_mask(row, most_px - 2 * pad) for row, pad in zip(rows, pads, strict=True)]
    wide = max((mask.shape[1] for mask in masks), default=0)
    if not wide:
        return None
    pad = max(pads)
    tall = sum(round(row.size_px * _ROW) for row in rows)
    letters = np.zeros(((tall + pad + 1) // 2 * 2, min((wide + 2 * pad + 1) // 2 * 2, most_px // 2 * 2)), np.float32)
    top = pad // 2
    for row, mask in zip(rows, masks, strict=True):
        high, broad = min(mask.shape[0], letters.shape[0] - top), min(mask.shape[1], letters.shape[1] - pad)
        letters[top : top + high, pad : pad + broad] = mask[:high, :broad]
        top += round(row.size_px * _ROW)
    return _to_stamp(letters)


def _to_stamp(letters: NDArray[np.float32]) -> Stamp:
    """Letters (0-1) in a box over a picture."""
    half = letters.reshape(letters.shape[0] // 2, 2, letters.shape[1] // 2, 2).mean(axis=(1, 3))
    behind, behind_half = (1 - _HIDES) * (1 - letters), (1 - _HIDES) * (1 - half)
    keeps = [np.floor(part * 256).astype(np.uint16) for part in (behind, behind_half)]
    bright = (_DARK * _HIDES * (1 - letters) + _WHITE * letters) * 256
    # Colours of box and letters are none: 128.
    grey = 128.0 * (256 - keeps[1])
    adds = [np.floor(part).astype(np.uint16) for part in (bright, grey)]
    return Stamp((keeps[0], keeps[1], keeps[1]), (adds[0], adds[1], adds[1]))


def _mask(row: Row, most_px: int) -> NDArray[np.float32]:
    """How much of each pixel is covered by the letters of a row, 0-1: as high as a row, as wide as its text."""
    weight = BOLD if row.is_bold else REGULAR
    text = "".join(letter for letter in row.text if not unicodedata.category(letter).startswith("C")).strip()
    place = _best_font(frozenset(text), weight)
    font = _font(place, row.size_px)
    text = _elide("".join(letter for letter in text if _knows(place, letter)).strip(), font, most_px)
    if not text:
        return np.zeros((0, 0), np.float32)
    mask, (left, top) = font.getmask2(text, mode="L", anchor="ls")
    drawn = np.array(mask, np.float32).reshape(mask.size[1], mask.size[0]) / 255
    # The base line of each row lies at the same height, whatever letters it has.
    high = round(row.size_px * _ROW)
    whole = np.zeros((high, max(0, left) + drawn.shape[1]), np.float32)
    y = min(max(0, round(row.size_px) + top), max(0, high - drawn.shape[0]))
    drawn = drawn[: high - y]
    whole[y : y + drawn.shape[0], max(0, left) :] = drawn
    return whole


def _elide(text: str, font: Font, most_px: int) -> str:
    if font.getlength(text) <= most_px:
        return text
    while text and font.getlength(f"{text}…") > most_px:
        text = text[:-1].rstrip()
    return f"{text}…" if text else ""


@lru_cache(maxsize=256)
def _best_font(letters: frozenset[str], weight: str) -> str:
    """The font that knows most of these letters: our own where it knows them all."""
    best, fewest = weight, _unknown(weight, letters)
    for place in _installed() if fewest else ():
        unknown = _unknown(place, letters)
        if unknown < fewest:
            best, fewest = place, unknown
        if not fewest:
            break
    return best


def _unknown(place: str, letters: frozenset[str]) -> int:
    try:
        return sum(not _knows(place, letter) for letter in letters)
    except OSError:
        # Damaged, or of bitmaps in other sizes.
        return len(letters) + 1


@lru_cache(maxsize=4096)
def _knows(place: str, letter: str) -> bool:
    """Whether a font has a picture of a letter; what joins or parts letters needs none.

    Raises:
        OSError: the font cannot be read.
    """
    font = _font(place, 20)
    if letter.isspace() or unicodedata.category(letter)[0] == "M":
        return True
    return bytes(font.getmask(letter)) != bytes(font.getmask(_NOBODYS))


@lru_cache(maxsize=64)
def _font(place: str, size_px: int) -> Font:
    """A font of ours by its name, or an installed one by its path.

    Raises:
        OSError: it cannot be read.
    """
    own = place in (REGULAR, BOLD)
    return ImageFont.truetype(str(resource("fonts", place)) if own else place, size_px)


@lru_cache(maxsize=1)
def _installed() -> tuple[str, ...]:
    """The files of the installed fonts: upright ones without serifs first."""
    found = {str(path) for folder in _font_folders() for path in _font_files(folder)}

    def rank(place: str) -> tuple[bool, bool, str]:
        name = Path(place).name.lower()
        return any(each in name for each in ("bold", "italic", "oblique", "mono")), "sans" not in name, place

    return tuple(sorted(found, key=rank)[:_MOST_FONTS])


def _font_folders() -> list[Path]:
    home = Path.home()
    if sys.platform == "win32":
        own = Path(os.environ.get("LOCALAPPDATA", str(home))) / "Microsoft" / "Windows" / "Fonts"
        return [Path(os.environ.get("WINDIR", "C:\\Windows")) / "Fonts", own]
    if sys.platform == "darwin":
        return [Path("/System/Library/Fonts"), Path("/Library/Fonts"), home / "Library" / "Fonts"]
    return [Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), home / ".local/share/fonts", home / ".fonts"]


def _font_files(folder: Path) -> Iterator[Path]:
    for place, _, names in os.walk(folder):
        yield from (Path(place) / name for name in names if name.lower().endswith((".ttf", ".otf", ".ttc")))
