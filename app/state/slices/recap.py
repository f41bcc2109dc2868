"""The recap page."""

from __future__ import annotations

from dataclasses import dataclass

from app.wire.privacy import Receipt
from app.wire.recap import Recap
from app.wire.rooms import MeetingCard


@dataclass(frozen=True, slots=True)
class RecapView:
    """The recap page."""

    meeting: MeetingCard
    recap: Recap | None = None
    words: str = ""
    consent_receipt: Receipt | None = None
    deletion_receipt: Receipt | None = None
