"""Reads a transcript that was written elsewhere: a JSON list of {speaker, start_s, end_s, text}."""

from __future__ import annotations

import codecs
import math
import re
from pathlib import Path

import msgspec

from app.wire.text import one_line

MOST_BYTES = 64 * 1024 * 1024
#: Eleven days and a half: no meeting lasts longer, and a count of milliseconds is told from one of seconds.
MOST_S = 1e6

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_PLACE = re.compile(r" - at `\$\[(?P<line>\d+)\](?:\.(?P<field>\w+))?`$")
#: The JSON reader's words and ours.
_SAID = (
    ("Object missing required field", "there is no"),
    ("Number out of range", "the number is too large"),
    *(("`float`", "a number"), ("`int`", "a number"), ("`str`", "text"), ("`bool`", "true or false")),
    *(("`null`", "nothing"), ("`object`", "an object"), ("`array`", "a list")),
)
_NO_NUMBER = re.compile(r"(?<=[:\[,\s])-?(?:NaN|Infinity)\b")


class BadInput(Exception):
    """What was given cannot be used; the message is for people."""


class Line(msgspec.Struct):
    """What one person said between two silences; seconds from the recording's start."""

    speaker: str
    start_s: float
    end_s: float
    text: str


def read_lines(path: Path) -> list[Line]:
    """The lines of a transcript, in the order of the file; people may speak at once.

    Args:
        path: JSON as UTF-8, UTF-16 or UTF-32, with or without a byte order mark.

    Raises:
        BadInput: it cannot be read, or a line of it cannot be used; says which and why.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise BadInput(f"{path} is too long for a transcript.")
        text = _decode(path.read_bytes())
        lines = msgspec.json.decode(text, type=list[Line])
    except UnicodeError as error:
        raise BadInput(f"{path} cannot be read: it is not Unicode text.") from error
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.") from error
    except (msgspec.MsgspecError, RecursionError) as error:
        raise BadInput(_tell(path, str(error), text)) from error
    for number, line in enumerate(lines, 1):
        line.speaker = one_line(line.speaker)
        wrong = _wrong(line)
        if wrong:
            raise BadInput(f"Line {number} of {path} {wrong}.")
    return lines


def _decode(raw: bytes) -> str:
    """Text in any of Unicode's encodings, told by its mark or by where the zeros of its first letters lie."""
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return raw.decode(encoding)
    zeros = [byte == 0 for byte in raw[:4]]
    if zeros[:2] == [False, True]:
        return raw.decode("utf-32-le" if zeros[2:] == [True, True] else "utf-16-le")
    if zeros[:1] == [True]:
        return raw.decode("utf-32-be" if zeros[1:2] == [True] else "utf-16-be")
    return raw.decode()


def _wrong(line: Line) -> str:
    """What is the matter with a line, as the end of a sentence; empty where it is well."""
    if not line.speaker:
        return "has no speaker"
    for name, seconds in (("start_s", line.start_s), ("end_s", line.end_s)):
        if not math.isfinite(seconds) or not 0 <= seconds < MOST_S:
            told = f"has {name} {seconds:,.10g}, which is no time in a meeting"
            return f"{told}: seconds from its start are 0 to {MOST_S:,.0f}"
    return "ends before it begins" if line.end_s < line.start_s else ""


def _tell(path: Path, error: str, text: str) -> str:
    """The reader's own words, with the line counted as people count."""
    kind = f"{path} is not a list of {{speaker, start_s, end_s, text}}"
    if _NO_NUMBER.search(text) and "malformed" in error:
        return f"{path} holds a NaN or Infinity where a number of seconds is wanted."
    place = _PLACE.search(error)
    if not place:
        return f"{kind}: {error}."
    what = error[: place.start()]
    for said, meant in _SAID:
        what = what.replace(said, meant)
    what = re.sub(r"^Expected (.*), got (.*)$", r"\1 is wanted, and \2 is there", what)
    field = f" in {place['field']}" if place["field"] else ""
    return f"{kind}; line {int(place['line']) + 1}{field}: {what}."
