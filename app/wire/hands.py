"""Raised hands: one's own, and the host's right to lower them. Who has one up is told in `Person.raised_at`."""

from __future__ import annotations

from app.wire.fields import Ask, Id, Tell


class RaiseHand(Ask, frozen=True, kw_only=True):
    """Raises one's hand; one that is up keeps its place in the order. Answered with `PersonChanged`."""

    meeting: Id


class LowerHand(Ask, frozen=True, kw_only=True):
    """Lowers one's own hand; answered with `PersonChanged`."""

    meeting: Id


class LowerHandOf(Ask, frozen=True, kw_only=True):
    """The host lowers someone else's hand; answered with `PersonChanged`."""

    meeting: Id
    person: Id


class LowerAllHands(Ask, frozen=True, kw_only=True):
    """The host lowers every hand; answered with `HandsLowered`."""

    meeting: Id


class HandsLowered(Tell, frozen=True, kw_only=True):
    """No hand is up any more: told to everyone in the meeting."""

    meeting: str
