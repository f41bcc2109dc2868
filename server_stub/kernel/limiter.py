"""How often each thing may be tried on the whole server; what one connection or one meeting may is counted there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple, Protocol

from server_stub.kernel.limits import Tries

Thing = Literal[
    "password of account",
    "password from network",
    "sign-up",
    "code",
    "knock",
    "reset from network",
    "reset of account",
    "invitation mail",
    "plan mail",
    "mail from network",
    "recap made again",
]


class Limit(NamedTuple):
    """So many at once, and then so many a second."""

    per_s: float
    at_once: float


LIMITS: Mapping[Thing, Limit] = {
    # Ten tries at once, then one a minute; ten times that for everything from one address.
    "password of account": Limit(1 / 60, 10),
    "password from network": Limit(1 / 6, 100),
    "sign-up": Limit(1 / 6, 50),
    "code": Limit(1.0, 60),
    "knock": Limit(1 / 10, 20),
    # Codes for a new password: asked for from one address, and mailed for one account.
    "reset from network": Limit(1 / 60, 20),
    "reset of account": Limit(1 / 900, 3),
    "invitation mail": Limit(1 / 60, 20),
    "plan mail": Limit(1 / 60, 200),
    # Mails to whomever somebody names, from one address: it can make accounts as it likes.
    "mail from network": Limit(1 / 6, 400),
    # Costs minutes of a processor.
    "recap made again": Limit(1 / 600, 3),
}


class Limiter(Protocol):
    """Counts tries by key: a network, an account."""

    async def take(self, thing: Thing, key: str) -> bool:
        """Counts a try; False when there were too many, and then it costs nothing."""


class MemoryLimiter:
    """Counts in this process."""

    def __init__(self, tick: Callable[[], float], limits: Mapping[Thing, Limit] = LIMITS) -> None:
        self._tick = tick
        self._tries = {thing: Tries(*limit) for thing, limit in limits.items()}

    async def take(self, thing: Thing, key: str) -> bool:
        """Counts a try."""
        return self._tries[thing].take(key, self._tick())
