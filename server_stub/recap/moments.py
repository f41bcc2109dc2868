"""Hands, reactions and marks while a meeting is recorded, of those who consent: the seconds at which people cared.

`moments.jsonl` gets a line for each as it comes; it is deleted with the recording.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import msgspec

from app.wire.reactions import Reaction

MOMENTS = "moments.jsonl"
#: Of one recording; nobody needs more, and no flood of them fills the disk.
MOST = 5000
#: A reaction is to what was said so long before it, at most.
ANSWERS_S = 8.0

MomentKind = Reaction | Literal["hand", "mark"]


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """A hand that went up, a reaction, or a moment that a member marked. `at`: seconds since 1970."""

    at: float
    person: str
    kind: MomentKind


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """A moment that a member marked, in seconds from the recording's start."""

    at_s: float
    person: str


class MomentLog:
    """Appends lines to `moments.jsonl`; a full disk never disturbs the meeting."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / MOMENTS
        self._count = 0

    def add(self, moment: Moment) -> None:
        """Writes one line through to the disk's cache, which a killed process cannot lose."""
        self._count += 1
        if self._count > MOST:
            return
        try:
            handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            with os.fdopen(handle, "ab", buffering=0) as file:
                file.write(msgspec.json.encode(moment) + b"\n")
        except OSError:
            return


def read_moments(folder: Path) -> list[Moment]:
    """The lines of `moments.jsonl`; one cut off by a crash is passed over."""
    try:
        lines = (folder / MOMENTS).read_bytes().splitlines()
    except OSError:
        return []
    found = []
    for line in lines[:MOST]:
        try:
            found.append(msgspec.json.decode(line, type=Moment))
        except (msgspec.MsgspecError, ValueError):
            continue
    return found


def reactions_s(moments: Sequence[Moment], started_at: float) -> list[float]:
    """When there were reactions, in seconds from the recording's start and in order of time; a hand is none."""
    reactions = (one for one in moments if one.kind not in ("hand", "mark"))
    return sorted(one.at - started_at for one in reactions if one.at >= started_at)


def marks(moments: Sequence[Moment], started_at: float) -> list[Mark]:
    """What members marked, in order of time."""
    found = (one for one in moments if one.kind == "mark" and one.at >= started_at)
    return sorted((Mark(at_s=one.at - started_at, person=one.person) for one in found), key=lambda one: one.at_s)


def answers(reactions: Sequence[float], start_s: float, end_s: float) -> int:
    """How many reactions may be to what was said from one second to another."""
    return sum(start_s < at_s <= end_s + ANSWERS_S for at_s in reactions)
