"""Whose an action item is, where a piece of a talk was read as each of those who speak in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.wire.recap import ActionItem
from server_stub.recap.reading.alike import is_alike


@dataclass(frozen=True)
class Claims:
    """What one of them has to do by a piece.

    Attributes:
        reader: their name.
        nothing: how likely that is nothing, 0.0 to 1.0.
        items: theirs, or nobody's.
    """

    reader: str
    nothing: float
    items: tuple[ActionItem, ...]


def settle(claims: Sequence[Claims]) -> tuple[ActionItem, ...]:
    """The items of a piece: of several who claim one, the one whose claim is the surest has it."""
    kept: list[ActionItem] = []
    for claim in sorted(claims, key=lambda each: each.nothing):
        new = []
        for item in claim.items:
            same = next((one for one in kept if is_alike(one, item)), None)
            if same is not None and same.owner is None:
                kept.remove(same)
                same = None
            if same is None:
                new.append(item)
        kept += new
    return tuple(kept)
