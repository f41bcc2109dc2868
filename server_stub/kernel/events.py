"""What happens in one room and concerns another: who says it does not know who hears it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

E = TypeVar("E")


class Events:
    """Who hears what; the composition joins them before the server starts."""

    def __init__(self) -> None:
        self._hearers: dict[type[Any], list[Callable[[Any], None]]] = {}
        self._steps: dict[type[Any], list[Callable[[Any], Awaitable[None]]]] = {}

    def on(self, kind: type[E], hear: Callable[[E], None]) -> None:
        """Has something heard at once, in the order in which hearers were joined."""
        self._hearers.setdefault(kind, []).append(hear)

    def before_going_on(self, kind: type[E], step: Callable[[E], Awaitable[None]]) -> None:
        """Has something done whenever an event of that kind is said by `wait`, which waits for it."""
        self._steps.setdefault(kind, []).append(step)

    def say(self, event: object) -> None:
        """Tells who hears it, now."""
        for hear in self._hearers.get(type(event), ()):
            hear(event)

    async def wait(self, event: object) -> None:
        """Has the steps of an event done, one after the other; raises what one of them raises."""
        for step in self._steps.get(type(event), ()):
            await step(event)
