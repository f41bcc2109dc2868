"""A server that stops and is started again, and the people who come back to it."""

import asyncio

from app.wire.accounts import Resume
from app.wire.chat import PostChat
from app.wire.people import (
    RejoinAsGuest,
)
from server_stub.storage import meetings as meetings_table
from tests.fakes.clock import START, FakeClock
from tests.fakes.server_client import running_server
from tests.people import (
    join,
)


def restarted(tmp_path, before, after, *, off_s=5.0, between=lambda path: None, **settings):
    """Runs `before(server)`, stops it, and some seconds later `after(server, what before returned)`."""

    async def tell():
        async with asyncio.timeout(30):
            async with running_server(tmp_path, clock=FakeClock()) as server:
                left = await before(server)
                server.backend.begin_to_stop()  # before the clients of the test go
            between(tmp_path / "parley.sqlite")
            async with running_server(tmp_path, clock=FakeClock(START + off_s), **settings) as server:
                await after(server, left)

    asyncio.run(tell())


async def again(server, before):
    """The same program as `before`, signed in anew."""
    client = await server.connect()
    client.signed_in = await client.ask(Resume(token=before.token))
    client.account, client.token = before.account, before.token
    return client


async def back(server, before, card):
    """The same person in their seat again; `welcome` is what they were told."""
    client = await again(server, before)
    client.welcome = await join(client, card.id)
    return client


async def guest_back(server, before):
    """A guest in their seat again."""
    client = await server.connect()
    client.welcome = await client.ask(RejoinAsGuest(token=before.welcome.guest_token))
    return client


async def kept_consents(server, recording):
    rows = await server.backend.store.do(lambda connection: meetings_table.consents_of(connection, recording))
    return [(row.name, row.how) for row in rows]


async def all_kept():
    """Returns when what changed so far is on disk."""
    await going_on("keeping a meeting that runs")


async def meeting_row(server, card):
    return await server.backend.store.do(lambda connection: meetings_table.find(connection, card.id))


async def say(client, card, text, key):
    return (await client.ask(PostChat(meeting=card.id, text=text, key=key))).line


async def recorded(server, card, names):
    """Waits until exactly these people are recorded, by id."""
    async with asyncio.timeout(10):
        while server.relay.recorded.get(card.id) != names:
            await server.backend.store.do(lambda _: None)
    await going_on("going on with a recording")


async def going_on(name):
    """Returns when the chores of that name are done."""
    for task in asyncio.all_tasks():
        if task.get_name() == name:
            await task
