"""The client's websocket aimed at a server that a test plays, and what it tells."""

import asyncio
import contextlib

from websockets.asyncio.server import serve

from app.net.signalling import Signalling, target_of
from tests.patience import PATIENCE_S


class Watcher:
    """What a Signalling tells, with a way to wait for it."""

    def __init__(self):
        self.links, self.messages = [], []
        self.changed = asyncio.Condition()
        self.tasks = set()

    def add(self, where, what):
        where.append(what)

        async def notify():
            async with self.changed:
                self.changed.notify_all()

        task = asyncio.ensure_future(notify())
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def until(self, is_true, limit_s=PATIENCE_S):
        async with self.changed:
            await asyncio.wait_for(self.changed.wait_for(is_true), limit_s)

    def states(self):
        return [state for state, _ in self.links]


@contextlib.asynccontextmanager
async def connected(handler, *, headers=None):
    """A Signalling that is aimed at a server with this handler."""
    watcher = Watcher()
    client = Signalling(
        on_message=lambda message: watcher.add(watcher.messages, message),
        on_link=lambda state, words: watcher.add(watcher.links, (state, words)),
    )
    task = asyncio.ensure_future(client.run())
    try:
        async with serve(handler, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            client.aim(target_of(f"127.0.0.1:{port}", headers))
            yield client, watcher
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def hold(socket):
    """A server that says nothing."""
    await socket.wait_closed()
