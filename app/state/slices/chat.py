"""The chat of a call."""

from __future__ import annotations

from dataclasses import dataclass

from app.state.slices.drafts import Draft
from app.wire.chat import ChatLine


@dataclass(frozen=True, slots=True)
class Chat:
    """What was written in the call."""

    lines: tuple[ChatLine, ...] = ()
    drafts: tuple[Draft, ...] = ()
    #: Lines that came while the panel was closed.
    unread: int = 0
