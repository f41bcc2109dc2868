"""The websocket of the client against a server that answers, fails, lies and comes back."""

import asyncio
import contextlib

import pytest
from websockets.asyncio.server import serve

from app.net import attempts, refusals, signalling
from app.net.signalling import Signalling, target_of
from app.wire.accounts import Hello, SignedOut
from app.wire.codec import decode_ask, encode
from app.wire.links import ServerAddress
from tests.net.signalled import Watcher, connected, hold
from tests.patience import PATIENCE_S

HELLO = Hello(version="0", protocol=1)


@pytest.mark.parametrize(
    ("server", "url", "address"),
    [
        ("meet.example:8440", "wss://meet.example:8440/ws", "meet.example:8440"),
        ("https://meet.example", "wss://meet.example/ws", "meet.example"),
        (ServerAddress("meet.example", True), "wss://meet.example/ws", "meet.example"),
        (f"parley://192.0.2.7:9?pin={'A' * 43}", "wss://192.0.2.7:9/ws", "192.0.2.7:9"),
        ("127.0.0.1:9", "ws://127.0.0.1:9/ws", "127.0.0.1:9"),
        ("http://[::1]:9/", "ws://[::1]:9/ws", "[::1]:9"),
    ],
)
def test_addresses_are_read(server, url, address):
    assert (target_of(server).url, target_of(server).address) == (url, address)


@pytest.mark.parametrize(
    "server", ["", "ftp://x", "http://", "http://a:b", "http://name:word@host", "http://[::1", "ws://x"]
)
def test_other_addresses_are_refused_in_words(server):
    with pytest.raises(ValueError, match="not a server address"):
        target_of(server)


def test_messages_go_both_ways_with_the_headers():
    seen = []

    async def answer(socket):
        seen.append(socket.request.headers["X-Parley-Secret"])
        seen.append(decode_ask(await socket.recv()))
        await socket.send(encode(SignedOut()))
        await socket.wait_closed()

    async def run():
        async with connected(answer, headers={"X-Parley-Secret": "s"}) as (client, watcher):
            assert not client.send(HELLO)
            await watcher.until(lambda: client.is_online)
            assert client.send(HELLO)
            await watcher.until(lambda: watcher.messages)
            assert watcher.messages == [SignedOut()]
            assert watcher.states() == ["connecting", "online"]

    asyncio.run(run())
    assert seen == ["s", HELLO]


def test_it_comes_back_after_the_server_hung_up():
    count = 0

    async def hang_up_first(socket):
        nonlocal count
        count += 1
        if count > 2:
            await socket.wait_closed()

    async def run():
        async with connected(hang_up_first) as (_, watcher):
            await watcher.until(lambda: watcher.states().count("online") == 3)
            words = [words for state, words in watcher.links if state == "offline"]
            assert words == ["The connection to the server was lost. Trying again."] * 2

    asyncio.run(run())


@pytest.mark.logs_warnings
def test_nonsense_closes_the_socket_and_is_told():
    async def lie(socket):
        await socket.send('{"told": "SignedOut", "re": "none"}')
        await socket.wait_closed()

    async def run():
        async with connected(lie) as (_, watcher):
            await watcher.until(lambda: "offline" in watcher.states())
            assert "does not understand" in watcher.links[-1][1]
            assert not watcher.messages

    asyncio.run(run())


def test_a_server_that_is_not_there_is_told_and_tried_again():
    async def run():
        watcher = Watcher()
        client = Signalling(
            on_message=lambda message: None,
            on_link=lambda state, words: watcher.add(watcher.links, (state, words)),
        )
        task = asyncio.ensure_future(client.run())
        client.aim(target_of("127.0.0.1:1"))
        await watcher.until(lambda: watcher.states().count("offline") == 2)
        assert "Parley is not running at 127.0.0.1:1" in watcher.links[1][1]
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(run())


def test_it_ends_at_once_although_somebody_hurries_it():
    async def run():
        watcher = Watcher()
        client = Signalling(
            on_message=lambda message: None,
            on_link=lambda state, words: watcher.add(watcher.links, (state, words)),
        )
        task = asyncio.ensure_future(client.run())
        client.aim(target_of("127.0.0.1:1"))
        await watcher.until(lambda: "offline" in watcher.states())
        client.hurry()
        task.cancel()
        await asyncio.wait_for(asyncio.gather(task, return_exceptions=True), PATIENCE_S)

    asyncio.run(run())


@pytest.mark.parametrize("hangs_in", ["handshake", "pin"])
def test_a_server_that_does_not_answer_is_left_at_once_for_another(hangs_in):
    async def run():
        taken = asyncio.Event()

        async def take(reader, writer):
            taken.set()
            await reader.read()
            writer.close()

        deaf = await asyncio.start_server(take, "127.0.0.1", 0)
        address = f"127.0.0.1:{deaf.sockets[0].getsockname()[1]}"
        async with deaf, connected(hold) as (client, watcher):
            await watcher.until(lambda: client.is_online)
            good = client._target
            client.aim(target_of(ServerAddress(address, hangs_in == "pin", "A" * 43 if hangs_in == "pin" else "")))
            await asyncio.wait_for(taken.wait(), PATIENCE_S)
            before = len(watcher.links)
            client.aim(good)
            await watcher.until(lambda: client.is_online)
            assert watcher.states()[before:][-2:] == ["connecting", "online"]

    asyncio.run(run())


def test_the_same_aim_while_an_attempt_runs_begins_another_attempt():
    async def run():
        taken, goes = asyncio.Queue(), asyncio.Event()

        async def take(reader, writer):
            taken.put_nowait(True)
            await goes.wait()
            writer.close()

        deaf = await asyncio.start_server(take, "127.0.0.1", 0)
        client = Signalling(on_message=lambda _: None, on_link=lambda *_: None)
        task = asyncio.ensure_future(client.run())
        async with deaf:
            target = target_of(f"127.0.0.1:{deaf.sockets[0].getsockname()[1]}")
            for _ in range(3):
                client.aim(target)
                await asyncio.wait_for(taken.get(), PATIENCE_S)
            assert not task.done()
            task.cancel()
            await asyncio.wait({task}, timeout=PATIENCE_S)
            assert task.cancelled()
            goes.set()

    asyncio.run(run())


def test_a_pause_lasts_until_somebody_hurries():
    async def run():
        async with connected(hold) as (client, watcher):
            await watcher.until(lambda: client.is_online)
            client.pause()
            await watcher.until(lambda: not client.is_online)
            before = len(watcher.links)
            client.hurry()
            await watcher.until(lambda: client.is_online)
            assert watcher.states()[before:][-2:] == ["connecting", "online"]

    asyncio.run(run())


@pytest.mark.logs_warnings
def test_a_server_that_takes_nothing_is_left(monkeypatch):
    monkeypatch.setattr(signalling, "_MAX_OUTGOING", 2)

    async def run():
        async with connected(hold) as (client, watcher):
            await watcher.until(lambda: client.is_online)
            assert [client.send(HELLO) for _ in range(3)] == [True, True, False]
            await watcher.until(lambda: "offline" in watcher.states())

    asyncio.run(run())


class Deaf:
    """A way to a server that can go dead: what is under way stays open and hears nothing; new connections pass."""

    def __init__(self):
        self.dead, self.open, self.is_dark = set(), [], False

    async def talk(self, reader, writer):
        if self.is_dark:
            await reader.read()
            writer.close()
            return
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            writer.transport.abort()
            return
        pair = len(self.open)
        self.open.append((writer, back))
        await asyncio.gather(self._pass(pair, reader, back), self._pass(pair, there, writer))

    async def _pass(self, pair, reader, writer):
        with contextlib.suppress(ConnectionError):
            while piece := await reader.read(65536):
                if pair not in self.dead:
                    writer.write(piece)
        if pair not in self.dead:
            writer.close()

    def die(self):
        self.dead = set(range(len(self.open)))


@contextlib.asynccontextmanager
async def by_a_way(handler):
    """As `connected`, by a `Deaf`."""
    way = Deaf()
    async with serve(handler, "127.0.0.1", 0) as server:
        way.port = server.sockets[0].getsockname()[1]
        door = await asyncio.start_server(way.talk, "127.0.0.1", 0)
        async with door, connected(hold) as (client, watcher):
            client.aim(target_of(f"127.0.0.1:{door.sockets[0].getsockname()[1]}"))
            await watcher.until(lambda: client.is_online and len(way.open) == 1)
            watcher.links.clear()
            yield client, watcher, way
        for pair in way.open:
            for writer in pair:
                writer.transport.abort()


async def done(task):
    await asyncio.wait_for(asyncio.wait({task}), PATIENCE_S)


def test_a_server_that_is_there_answers_when_it_is_asked():
    async def run():
        async with connected(hold) as (client, watcher):
            await watcher.until(lambda: client.is_online)
            before_s = client.answered_s
            client.ask()
            client.ask()
            await done(client._asking)
            assert client.answered_s > before_s
            assert client.own_place[0] == client.server_place[0] == "127.0.0.1"

    asyncio.run(run())


def test_a_fresh_connection_is_tried_beside_the_dead_one_and_takes_its_place():
    async def run():
        async with by_a_way(hold) as (client, watcher, way):
            way.die()
            before_s = client.answered_s
            client.ask()
            client.probe()
            await done(client._spare)
            client.probe()
            assert client.spare_s is not None
            assert (client.answered_s, client.is_online, watcher.links) == (before_s, True, [])
            client.replace()
            await watcher.until(lambda: "online" in watcher.states())
            assert watcher.states() == ["offline", "connecting", "online"]
            assert len(way.open) == 2  # the one that was open already
            assert client.spare_s is None

    asyncio.run(run())


def test_a_fresh_connection_that_is_not_needed_is_closed():
    async def run():
        closed = asyncio.Event()

        async def hold_and_tell(socket):
            await socket.wait_closed()
            closed.set()

        async with by_a_way(hold_and_tell) as (client, watcher, _):
            client.probe()
            await done(client._spare)
            client.forget_spare()
            await asyncio.wait_for(closed.wait(), PATIENCE_S)
            assert (client.spare_s, client.is_online, watcher.links) == (None, True, [])

    asyncio.run(run())


def test_a_fresh_connection_that_fails_is_not_tried_again_at_once(monkeypatch):
    async def run():
        async with by_a_way(hold) as (client, _, way):
            tries = []
            begin = client._begin_attempt
            monkeypatch.setattr(client, "_begin_attempt", lambda *args: tries.append(args) or begin(*args))
            way.port = 1
            client.probe()
            await done(client._spare)
            client.probe()
            assert (len(tries), client.spare_s, client.is_online) == (1, None, True)
            monkeypatch.setattr(signalling, "_PROBE_REST_S", 0.0)
            client.probe()
            assert len(tries) == 2

    asyncio.run(run())


def test_without_a_connection_there_is_nothing_to_ask_or_to_try():
    async def run():
        client = Signalling(on_message=lambda message: None, on_link=lambda state, words: None)
        client.ask()
        client.probe()
        client.forget_spare()
        assert (client.own_place, client.server_place, client.spare_s, client.answered_s) == (None, None, None, 0.0)

    asyncio.run(run())


def test_a_network_that_comes_back_while_words_are_sought_is_not_kept_waiting(monkeypatch):
    monkeypatch.setattr(attempts, "_OPEN_LIMIT_S", 0.2)

    async def run():
        async with by_a_way(hold) as (client, watcher, way):
            seeking = asyncio.Event()

            async def seek(*_):
                way.is_dark = False
                seeking.set()
                await asyncio.Event().wait()

            monkeypatch.setattr(refusals, "why", seek)
            way.is_dark = True
            way.die()
            client.replace()
            await watcher.until(lambda: "online" in watcher.states())
            assert seeking.is_set()
            assert watcher.states() == ["offline", "connecting", "offline", "connecting", "online"]

    asyncio.run(run())
