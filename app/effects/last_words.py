"""What was said before a mute reaches the others before the mute does: the relay drops what comes after that."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine

from app.wire.fields import Ask
from app.wire.people import ShowState

#: Seconds that a mute waits at most; the filters of a busy computer may be later than that.
LIMIT_S = 1.0
_LOOK_EVERY_S = 0.01


class LastWords:
    """Hands messages on in their order, and one that switches the microphone off a moment later; on the loop.

    What is said after the mute is never sent, whatever this does: see `app.call_voice`.
    """

    def __init__(
        self,
        send: Callable[[Ask], None],
        *,
        have_gone: Callable[[], bool],
        spawn: Callable[[Coroutine[object, object, None]], object],
    ) -> None:
        """Holds nothing.

        Args:
            send: Sends a message to the server.
            have_gone: Whether all that was said while the microphone was on has gone out.
            spawn: Starts a task on the loop.
        """
        self._send = send
        self._have_gone = have_gone
        self._spawn = spawn
        self._held: Ask | None = None

    def say(self, message: Ask) -> None:
        """Sends a message, at once unless it is a mute that words are still on their way before."""
        self._let_go()
        is_mute = isinstance(message, ShowState) and not message.microphone_on
        if is_mute and not self._have_gone():
            self._held = message
            self._spawn(self._wait(message))
        else:
            self._send(message)

    async def _wait(self, message: Ask) -> None:
        for _ in range(round(LIMIT_S / _LOOK_EVERY_S)):
            if self._held is not message or self._have_gone():
                break
            await asyncio.sleep(_LOOK_EVERY_S)
        if self._held is message:
            self._let_go()

    def _let_go(self) -> None:
        held, self._held = self._held, None
        if held is not None:
            self._send(held)
