"""What alerts the user: desktop notifications, and the knock that repeats while somebody is waiting."""

from __future__ import annotations

import asyncio
import logging

from app.call_media import CallMedia
from app.effects.context import Context
from app.net.rounds import Rounds
from app.state import effects

_log = logging.getLogger(__name__)

#: Somebody waits: heard again this often. Source: a phone's ring is forgotten after about as long.
KNOCK_EVERY_S = 20.0


class NotifyEffects:
    """Rings and notifies; everything runs on the loop."""

    def __init__(self, context: Context, media: CallMedia) -> None:
        """Rings nothing yet.

        Args:
            context: of all carriers.
            media: plays the sound.
        """
        self._audience = context.audience
        self._media = media
        #: The task that knocks again and again; None: nobody waits.
        self.knocking: asyncio.Task[None] | None = None
        context.carriers.add(
            effects.Notify, lambda effect: self._audience.notify(effect.title, effect.words, effect.news)
        )
        context.carriers.add(effects.RepeatKnock, lambda effect: self._repeat(is_on=effect.is_on))

    def end(self) -> None:
        """Stops knocking."""
        self._repeat(is_on=False)

    def _repeat(self, *, is_on: bool) -> None:
        if self.knocking is not None:
            self.knocking.cancel()
            self.knocking = None
        if is_on:
            self.knocking = asyncio.get_running_loop().create_task(self._knock_again(), name="knock")

    async def _knock_again(self) -> None:
        rounds, is_first = Rounds(_log, "knocking again"), True
        while True:
            await asyncio.sleep(KNOCK_EVERY_S)
            with rounds:
                self._media.play("knock")
                if is_first:
                    self._audience.notify("Someone is still waiting", "They ask to join your meeting.", "")
                is_first = False
