"""Screen sharing: who shares, and the host's right to stop it."""

from __future__ import annotations

from app.wire.fields import Ask, Id


class StartSharing(Ask, frozen=True, kw_only=True):
    """Tells the others that one's screen follows; answered with `PersonChanged`."""

    meeting: Id


class StopSharing(Ask, frozen=True, kw_only=True):
    """Ends one's own share; answered with `PersonChanged`."""

    meeting: Id


class StopShareOf(Ask, frozen=True, kw_only=True):
    """The host ends someone else's share; answered with `PersonChanged`."""

    meeting: Id
    person: Id
