"""Requests to the server."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.wire.fields import Ask


@dataclass(frozen=True, slots=True)
class Requests:
    """What the server was asked and has not answered."""

    #: Of the next request; numbers only grow.
    next_number: int = 1
    pending: dict[int, Ask] = field(default_factory=dict)
