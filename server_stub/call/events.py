"""What a running meeting tells the rest of the server, which it does not know: the composition says who hears it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app.wire.reactions import Reaction
from app.wire.rooms import MeetingCard
from server_stub.storage.meetings import MeetingRow

#: What those who are recorded may give: it is found again in the recap.
MomentKind = Reaction | Literal["hand", "mark"]


@dataclass(frozen=True, slots=True)
class CardChanged:
    """The card that shows the meeting in its room is different now."""

    room: str
    card: MeetingCard


@dataclass(frozen=True, slots=True)
class SeatsChanged:
    """Somebody came or went, in whatever meeting."""


@dataclass(frozen=True, slots=True)
class DoorsClosed:
    """A meeting is over: nobody finds it any more."""

    meeting: str


@dataclass(frozen=True, slots=True)
class SeatFreed:
    """Somebody has given up their seat, or everybody, as the meeting is over."""

    meeting: str
    is_over: bool


@dataclass(frozen=True, slots=True)
class MomentGiven:
    """Somebody who is recorded raised a hand, reacted or marked the moment."""

    recording: str
    person: str
    kind: MomentKind
    at: float


@dataclass(frozen=True, slots=True)
class MeetingOver:
    """A meeting has ended and that is kept; waited for."""

    row: MeetingRow


@dataclass(frozen=True, slots=True)
class FilesComplete:
    """All that a meeting recorded is in its files; waited for, which may take minutes."""

    row: MeetingRow
    at: float
