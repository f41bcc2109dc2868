"""What is said in a scripted call: reads talk.toml, places each spoken line in time, writes script.json."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DEFAULT_GAP_S = 0.3


@dataclass(frozen=True)
class Person:
    """One speaker: a flite voice, the file of the microphone and, if there is one, of the camera."""

    name: str
    voice: str
    microphone: str
    camera: str | None
    kind: str


@dataclass(frozen=True)
class Line:
    """One sentence or two, said in one go.

    Attributes:
        gap_s: silence after the end of the line before; negative where this one cuts in.
    """

    speaker: str
    text: str
    gap_s: float


@dataclass(frozen=True)
class PlacedLine:
    """A line with its place on the call's clock, in seconds from the start of the files."""

    line: Line
    start_s: float
    end_s: float


@dataclass(frozen=True)
class Talk:
    """A whole scripted call, before it is spoken; `expected` is what a recap of it should find."""

    title: str
    people: tuple[Person, ...]
    lines: tuple[Line, ...]
    tail_s: float
    expected: dict[str, Any]


def read_talk(path: Path) -> Talk:
    """Reads the text of a call.

    Raises:
        OSError: the file cannot be read.
        tomllib.TOMLDecodeError: it is no TOML.
        KeyError: a field is missing.
    """
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    people = tuple(
        Person(p["name"], p["voice"], p["microphone"], p.get("camera"), p.get("kind", "")) for p in raw["people"]
    )
    lines = tuple(Line(row["speaker"], row["text"], float(row.get("gap_s", DEFAULT_GAP_S))) for row in raw["lines"])
    expected = {key: value for key, value in raw.items() if key not in ("title", "people", "lines", "tail_s")}
    return Talk(raw["title"], people, lines, float(raw["tail_s"]), expected)


def place_lines(talk: Talk, lengths_s: list[float]) -> list[PlacedLine]:
    """Puts every line on the clock, each after the one before and its gap.

    Args:
        talk: the call.
        lengths_s: how long each line's speech is, in the order of the lines.
    """
    placed: list[PlacedLine] = []
    clock_s = 0.0
    for line, length_s in zip(talk.lines, lengths_s, strict=True):
        start_s = max(0.0, clock_s + line.gap_s)
        placed.append(PlacedLine(line, start_s, start_s + length_s))
        clock_s = start_s + length_s
    return placed


def write_script(path: Path, talk: Talk, placed: list[PlacedLine], duration_s: float) -> None:
    """Writes script.json: people, lines with their times, and what a recap should find."""
    people = [
        {"name": p.name, "kind": p.kind, "voice": p.voice, "microphone": p.microphone, "camera": p.camera}
        for p in talk.people
    ]
    lines = [
        {
            "speaker": entry.line.speaker,
            "start_s": round(entry.start_s, 3),
            "end_s": round(entry.end_s, 3),
            "text": entry.line.text,
        }
        for entry in placed
    ]
    script = {"title": talk.title, "duration_s": duration_s, "people": people, "lines": lines, **talk.expected}
    path.write_text(json.dumps(script, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
