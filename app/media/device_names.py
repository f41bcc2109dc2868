"""Device names from bytes that follow no rule: drivers cut them inside a letter, consoles have code pages; pure.

A letter that cannot be read becomes U+FFFD; nothing here fails, so that one odd name never hides the other devices.
"""

from __future__ import annotations

import codecs
import unicodedata

#: Byte order marks, the longer before the shorter.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def decode(told: bytes) -> str:
    """Text out of what a program or the kernel wrote: UTF-8, or UTF-16 where it is marked or evident."""
    for mark, name in _MARKS:
        if told.startswith(mark):
            return told[len(mark) :].decode(name, "replace")
    if len(told) < 2:
        return told.decode("utf-8", "replace")
    # No UTF-8 of names holds a zero byte; in UTF-16 every second one of Latin letters is.
    if told[1::2].count(0) * 2 > len(told[1::2]):
        return told.decode("utf-16-le", "replace")
    if told[::2].count(0) * 2 > len(told[::2]):
        return told.decode("utf-16-be", "replace")
    return told.decode("utf-8", "replace")


def clean(name: str) -> str:
    """A name in one line: control letters, half letters and marks that turn the direction of writing are left out."""
    return " ".join("".join(map(_shown, name)).split())


def read(told: bytes) -> str:
    """One device's name out of its bytes."""
    return clean(decode(told))


def _shown(letter: str) -> str:
    kind = unicodedata.category(letter)
    if kind == "Cs":
        # Half of a pair, or a byte that Python carried along in place of a letter.
        return "\ufffd"
    if kind == "Cc":
        return " "
    is_joiner = letter in "\u200c\u200d"
    return "" if kind == "Cf" and not is_joiner else letter
