"""Who belongs to which room, as every rule asks: kept in memory beside the table of members.

What a member may do is decided in the same transaction as it is done, by the table. This here is for telling, and for
rules that hold for a moment. A change is written when it is on disk, always with the members that it left; who only
reads fills a gap and replaces nothing. As the store answers in the order of its commits, the newest change is written
last.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

NOBODY: frozenset[str] = frozenset()
#: Reads the accounts of a room; None: there is no such room.
Load = Callable[[str], Awaitable[frozenset[str] | None]]


class Members(Protocol):
    """The accounts of each room."""

    async def of(self, room: str) -> frozenset[str]:
        """The accounts that belong to a room; none when there is no such room."""

    def known(self, room: str) -> frozenset[str] | None:
        """The same where it is in memory already."""

    def changed(self, room: str, accounts: frozenset[str]) -> None:
        """A change of members is on disk and left these."""

    def fill(self, room: str, accounts: frozenset[str]) -> None:
        """Somebody has read them from the store: counts where nothing is known yet."""

    def forget(self, room: str) -> None:
        """The room is gone, or may have been changed by another process."""


class MemoryMembers:
    """Of this process; takes each room from the store when it is asked for first."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._known: dict[str, frozenset[str]] = {}

    async def of(self, room: str) -> frozenset[str]:
        """The accounts that belong to a room."""
        known = self._known.get(room)
        if known is None:
            read = await self._load(room)
            known = NOBODY if read is None else self._known.setdefault(room, read)
        return known

    def known(self, room: str) -> frozenset[str] | None:
        """The same where it is in memory already."""
        return self._known.get(room)

    def changed(self, room: str, accounts: frozenset[str]) -> None:
        """A change of members is on disk and left these."""
        self._known[room] = accounts

    def fill(self, room: str, accounts: frozenset[str]) -> None:
        """Counts where nothing is known yet."""
        self._known.setdefault(room, accounts)

    def forget(self, room: str) -> None:
        """The room is gone, or may have been changed by another process."""
        self._known.pop(room, None)
