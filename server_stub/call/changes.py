"""What can be different in a meeting after a rule: the parts of an `Outcome`, of which everyone concerned is told."""

from __future__ import annotations

from dataclasses import dataclass

from app.wire.people import LeaveReason, Person


class Change:
    """Something that is different now."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Came(Change):
    """Someone took a seat."""

    person: Person


@dataclass(frozen=True, slots=True)
class Changed(Change):
    """Someone's state has changed."""

    person: Person


@dataclass(frozen=True, slots=True)
class Went(Change):
    """Someone's seat is free."""

    person: str
    reason: LeaveReason


@dataclass(frozen=True, slots=True)
class HostMoved(Change):
    """The host's role has moved."""

    host: str


@dataclass(frozen=True, slots=True)
class LobbyMoved(Change):
    """Someone began or stopped waiting."""


@dataclass(frozen=True, slots=True)
class TurnedAway(Change):
    """Someone stops waiting because the host removed them."""

    guest: str


@dataclass(frozen=True, slots=True)
class Locked(Change):
    """The meeting was locked, or is open again."""

    is_locked: bool


@dataclass(frozen=True, slots=True)
class HandsDown(Change):
    """No hand is up any more."""


@dataclass(frozen=True, slots=True)
class Ended(Change):
    """The meeting is over."""

    words: str
