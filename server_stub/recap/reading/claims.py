"""Whose an action item is, where a piece of a talk was read as each of those who speak in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from app.wire.recap import ActionItem
from server_stub.recap.reading.alike import is_same
from server_stub.recap.reading.notes import OURS


@dataclass(frozen=True)
class Claims:
    """What one of them has to do by a piece.

    Attributes:
        reader: their name.
        nothing: how likely that is nothing, 0.0 to 1.0.
        items: each with `me`, `we` or `nobody`.
    """

    reader: str
    nothing: float
    items: tuple[tuple[str, ActionItem], ...]


def settle(claims: Sequence[Claims]) -> tuple[ActionItem, ...]:
    """The items of a piece: of several who claim one, the one whose claim is the surest has it, or all who say `we`."""
    kept: list[tuple[str, ActionItem]] = []
    for claim in sorted(claims, key=lambda each: each.nothing):
        new = []
        for who, item in claim.items:
            same = next((place for place, (_, one) in enumerate(kept) if is_same(one, item)), None)
            if same is None:
                new.append((who, item))
                continue
            before, one = kept[same]
            if one.owner is None:
                kept[same] = (who, item)
            elif before == who == OURS and item.owner:
                kept[same] = (who, replace(one, owner=f"{one.owner} and {item.owner}"))
        kept += new
    return tuple(item for _, item in kept)
