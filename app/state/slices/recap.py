"""The recap page."""

from __future__ import annotations

from dataclasses import dataclass

from app.wire.privacy import Receipt
from app.wire.recap import Recap
from app.wire.rooms import MeetingCard
from app.wire.versions import BetterEngine, EarlierVersion


@dataclass(frozen=True, slots=True)
class RecapView:
    """The recap page."""

    meeting: MeetingCard
    recap: Recap | None = None
    words: str = ""
    consent_receipt: Receipt | None = None
    deletion_receipt: Receipt | None = None
    #: Which version is on show; 0: the present one.
    version: int = 0
    #: What it was before it was made again, the newest first.
    earlier: tuple[EarlierVersion, ...] = ()
    #: What would write it better; None: nothing.
    better: BetterEngine | None = None
    is_remade: bool = False
    #: Why it was not made again.
    remake_words: str = ""
