"""Opening a websocket: a try that is not answered is joined by further ones, and the first that opens is taken.

A first packet that is lost is sent again by the system after 1, 3, 7 and 15 seconds: who waits for that comes back to
a network up to 8 s after the network did. A fresh try each second does not.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.net import pins
from app.wire.codec import MAX_TELL_BYTES
from app.wire.links import ServerAddress

if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection

#: What is changed of websockets beyond its public face: module, dotted name inside it.
SEAMS: tuple[tuple[str, str], ...] = (("websockets.asyncio.client", "connect.process_redirect"),)

_OPEN_LIMIT_S = 10.0
#: A half-open socket is noticed after at most these together, where nothing else tells of it.
_PING_EVERY_S, _PING_LIMIT_S = 10.0, 10.0
#: Seconds before a further try; varied, so that those who lost the same server do not meet it in step.
_FRESH_S = 1.0
_VARIED = 0.25
#: Tries under way at once: the oldest, for a way that is merely slow, and the newest ones.
_MOST = 3

Opening = Callable[[], Awaitable["ClientConnection"]]


@dataclass(frozen=True, slots=True)
class Door:
    """A websocket to open.

    Attributes:
        server: whose.
        url: of the door itself.
        headers: sent with the handshake.
    """

    server: ServerAddress
    url: str
    headers: tuple[tuple[str, str], ...]


async def first_open(door: Door, hurried: asyncio.Event) -> ClientConnection:
    """Opens a websocket.

    Args:
        door: where.
        hurried: set when a further try is worth it at once; it stays set.

    Raises:
        OSError, WebSocketException: what the first try to fail has met; after 10 s at the latest.
        pins.NotTrusted: it is another server than the pin says.
    """
    return await race(lambda: _open(door), hurried)


async def race(opening: Opening, hurried: asyncio.Event) -> ClientConnection:
    """As `first_open`, for anything that opens one; those that open too late are closed."""
    tries: list[asyncio.Task[ClientConnection]] = []
    try:
        while True:
            tries.append(asyncio.ensure_future(_task(opening)))
            if len(tries) > _MOST:
                _give_up(tries.pop(1))
            await _any_of(tries, hurried)
            if done := next((one for one in tries if one.done()), None):
                tries.remove(done)
                return done.result()
    finally:
        for one in tries:
            _give_up(one)


async def _task(opening: Opening) -> ClientConnection:
    return await opening()


async def _any_of(tries: list[asyncio.Task[ClientConnection]], hurried: asyncio.Event) -> None:
    """Until one of them is done, or a further one is due."""
    was_hurried = hurried.is_set()
    hurry = asyncio.ensure_future(asyncio.Event().wait() if was_hurried else hurried.wait())
    try:
        limit_s = _FRESH_S * random.uniform(1 - _VARIED, 1 + _VARIED)
        await asyncio.wait({*tries, hurry}, timeout=limit_s, return_when=asyncio.FIRST_COMPLETED)
    finally:
        hurry.cancel()


def _give_up(one: asyncio.Task[ClientConnection]) -> None:
    def close(done: asyncio.Task[ClientConnection]) -> None:
        # One that fails after that is of no interest; asked for, so that asyncio does not complain of it.
        if not done.cancelled() and done.exception() is None:
            done.result().transport.abort()

    one.cancel()
    one.add_done_callback(close)


async def _open(door: Door) -> ClientConnection:
    from websockets.asyncio.client import connect

    connector = connect(
        door.url,
        additional_headers=dict(door.headers),
        open_timeout=_OPEN_LIMIT_S,
        ping_interval=_PING_EVERY_S,
        ping_timeout=_PING_LIMIT_S,
        close_timeout=1.0,
        max_size=MAX_TELL_BYTES,
        compression=None,
        # A proxy would see the embedded server's secret; teams name their proxy in the server's own address.
        proxy=None,
        ssl=await pins.context_for(door.server),
    )
    # Elsewhere our headers would reach a server that nobody named.
    setattr(connector, "process_redirect", lambda error: error)  # noqa: B010 - mypy takes no method for a variable
    return await connector
