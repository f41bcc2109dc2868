"""Limits on how often something may be tried; pure: the clock is given."""

from __future__ import annotations

import ipaddress
from collections import OrderedDict


def network_of(address: str) -> str:
    """What counts as one place: an IPv4 address; of IPv6 the first 64 bit, as one computer may have all the rest."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return address
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.IPv6Network((int(parsed) >> 64 << 64, 64)))


class Bucket:
    """A token bucket: lets `at_once` things through and refills by `per_s`."""

    __slots__ = ("_at", "_at_once", "_left", "_per_s")

    def __init__(self, per_s: float, at_once: float) -> None:
        self._per_s = per_s
        self._at_once = at_once
        self._left = float(at_once)
        self._at: float | None = None

    def take(self, now_s: float) -> bool:
        """Takes one; False when there is none."""
        if self._at is not None:
            self._left = min(self._at_once, self._left + max(0.0, now_s - self._at) * self._per_s)
        self._at = now_s
        if self._left < 1.0:
            return False
        self._left -= 1.0
        return True


class Tries:
    """One bucket per key, for the last `keys` keys that were seen: memory stays bounded whoever asks."""

    def __init__(self, per_s: float, at_once: float, *, keys: int = 10_000) -> None:
        self._per_s = per_s
        self._at_once = at_once
        self._keys = keys
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    def take(self, key: str, now_s: float) -> bool:
        """Counts a try for `key`; False when there were too many."""
        bucket = self._buckets.pop(key, None) or Bucket(self._per_s, self._at_once)
        self._buckets[key] = bucket
        while len(self._buckets) > self._keys:
            self._buckets.popitem(last=False)
        return bucket.take(now_s)


class Pauses:
    """Pauses between tries of what fails: each twice as long as the one before it, up to a limit."""

    def __init__(self, *, first_s: float = 0.5, most_s: float = 30.0) -> None:
        self._next_s = first_s
        self._most_s = most_s

    def next_s(self) -> float:
        """How long to wait before the next try."""
        pause_s, self._next_s = self._next_s, min(2 * self._next_s, self._most_s)
        return pause_s
