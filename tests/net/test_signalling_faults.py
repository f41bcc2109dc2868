"""The websocket of the client outlasts faults of our own: of who is told, and of what is said."""

import asyncio

import pytest

from app.wire.accounts import SignedOut
from app.wire.codec import encode
from tests.net.signalled import connected, hold


@pytest.mark.logs_warnings
@pytest.mark.parametrize("fails_at", ["connecting", "online", "offline", "a message"])
def test_who_cannot_take_what_is_told_does_not_end_it(fails_at):
    async def answer(socket):
        await socket.send(encode(SignedOut()))
        await socket.recv()

    async def run():
        async with connected(answer) as (client, watcher):
            await watcher.until(lambda: watcher.messages)
            told, failed = (client._on_link, client._on_message), []

            def fails(what):
                if what == fails_at and not failed:
                    failed.append(what)
                    raise KeyError("what was said")

            client._on_link = lambda state, words: (fails(state), told[0](state, words))
            client._on_message = lambda message: (fails("a message"), told[1](message))
            client.replace()
            before = len(watcher.messages)
            await watcher.until(lambda: failed and len(watcher.messages) > before and client.is_online)

    asyncio.run(run())


@pytest.mark.logs_warnings
def test_a_connection_by_which_nothing_can_be_said_is_replaced():
    async def run():
        async with connected(hold) as (client, watcher):
            await watcher.until(lambda: client.is_online)
            client._outgoing.put_nowait(object())  # what no socket takes
            await watcher.until(lambda: watcher.states().count("online") == 2)

    asyncio.run(run())
