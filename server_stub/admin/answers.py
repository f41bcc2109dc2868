"""What a command answers: data for `--json`, a table or a sentence for people."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

#: Decimal numbers are moments, in seconds since 1970 UTC.
Value: TypeAlias = str | int | float | bool | list[str] | None
Record: TypeAlias = Mapping[str, Value]


class CannotDo(Exception):
    """What was asked for cannot be done; nothing changed. `words` say why."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


@dataclass(frozen=True, slots=True)
class Answer:
    """What is printed: a sentence, one record (a value per line) or several (a table)."""

    words: str = ""
    record: Record | None = None
    records: Sequence[Record] | None = None

    def as_json(self) -> str:
        """For programs."""
        if self.records is not None:
            return json.dumps(list(self.records))
        return json.dumps({**(self.record or {}), **({"words": self.words} if self.words else {})})

    def as_text(self) -> str:
        """For people."""
        lines = [self.words] if self.words else []
        if self.record:
            width = max(len(name) for name in self.record)
            lines += [f"{name:<{width}}  {_shown(value)}" for name, value in self.record.items()]
        if self.records is not None:
            lines += _table(self.records)
        return "\n".join(lines)


def _table(records: Sequence[Record]) -> list[str]:
    if not records:
        return ["There are none."]
    rows = [[name.replace("_", " ").upper() for name in records[0]]]
    rows += [[_shown(value) for value in record.values()] for record in records]
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _shown(value: Value) -> str:
    """A value in a line; control characters, which people can put into names, would reach the terminal."""
    match value:
        case None | "" | []:
            return "-"
        case bool():
            return "yes" if value else "no"
        case float():
            return datetime.fromtimestamp(value).astimezone().isoformat(sep=" ", timespec="seconds")
        case list():
            return ", ".join(value)
        case _:
            return "".join(letter if letter.isprintable() else "?" for letter in str(value))
