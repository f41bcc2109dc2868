"""A websocket without a network: a test reads what was sent and says what the server tells."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

from app.wire.fields import Ask, Tell
from tests.patience import PATIENCE_S


class FakeSignalling:
    """Has the shape of `app.net.signalling.Signalling`.

    Attributes:
        sent: what the client said, in order.
        is_online: whether messages are taken.
        is_behind: whether others wait that were not sent yet.
        paused: how often the client gave up.
        hurried: how often it was told to try at once.
        targets: where it was aimed, in order.
    """

    def __init__(self, *, on_message: Callable[[Tell], None], on_link: Callable[[Any, str], None]) -> None:
        self.on_message, self.on_link = on_message, on_link
        self.changed = threading.Condition()
        self.sent: list[Ask] = []
        self.is_online = True
        self.is_behind = False
        # Of a socket whose address nobody knows there is nothing to watch.
        self.own_place = self.server_place = self.spare_s = None
        self.answered_s = 0.0
        self.paused = self.hurried = 0
        self.targets: list[Any] = []

    def aim(self, target: Any) -> None:
        self.targets.append(target)
        self.on_link("connecting", "")
        self.on_link("online", "")

    def send(self, message: Ask) -> bool:
        if not self.is_online:
            return False
        with self.changed:
            self.sent.append(message)
            self.changed.notify_all()
        return True

    def pause(self) -> None:
        self.paused += 1

    def hurry(self) -> None:
        self.hurried += 1

    def ask(self) -> None:
        pass

    def probe(self) -> None:
        pass

    def forget_spare(self) -> None:
        pass

    def replace(self) -> None:
        self.on_link("offline", "")

    async def run(self) -> None:
        await asyncio.Event().wait()

    def wait_sent(self, kind: type[Ask], limit_s: float = PATIENCE_S) -> Any:
        """Waits until a message of that kind was sent, and returns the newest."""

        def found() -> list[Ask]:
            return [one for one in self.sent if isinstance(one, kind)]

        with self.changed:
            assert self.changed.wait_for(found, limit_s), f"no {kind.__name__} among {self.sent}"
            return found()[-1]
