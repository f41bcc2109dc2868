"""Those who connect and do nothing, take nothing, or come in hundreds."""

import asyncio
import contextlib
import time

import pytest
import websockets

from app.wire.accounts import Hello
from app.wire.codec import PROTOCOL
from server_stub.doors import listening
from server_stub.kernel.config import ConnectionLimits
from tests.fakes.browser import client_of
from tests.fakes.server_client import running_server, story
from tests.patience import PATIENCE_S


def test_a_client_that_takes_nothing_is_cut_off(tmp_path, monkeypatch):
    @story()
    async def tell(server):
        lost = asyncio.Event()
        real = listening.ImpatientProtocol.connection_lost

        def note(protocol, error):
            real(protocol, error)
            lost.set()

        monkeypatch.setattr(listening.ImpatientProtocol, "patience_s", 0.05)
        monkeypatch.setattr(listening.ImpatientProtocol, "connection_lost", note)
        deaf = await server.connect()
        deaf.socket.transport.pause_reading()
        (session,) = server.backend.hub.sessions
        for _ in range(100):
            session.tell_text("x" * 200_000)
            await asyncio.sleep(0)
        await lost.wait()
        deaf.socket.transport.abort()
        await (await server.connect()).settle()

    tell(tmp_path)


def test_pings_of_a_client_that_takes_no_answer_do_not_fill_the_memory(tmp_path, monkeypatch):
    @story()
    async def tell(server):
        full = asyncio.Event()
        real = listening.ImpatientProtocol.pause_writing

        def note(protocol):
            real(protocol)
            full.set()

        monkeypatch.setattr(listening.ImpatientProtocol, "pause_writing", note)
        deaf = await server.connect()
        (protocol,) = server.running.doors.connections
        other = await server.connect()
        deaf.socket.transport.pause_reading()
        ping = b"\x89\xfd\x00\x00\x00\x00" + bytes(125)
        deaf.socket.transport.write(ping * (32 * 2**20 // len(ping)))
        await full.wait()
        for _ in range(100):
            await other.settle()
        assert protocol.transport.get_write_buffer_size() < 2**20
        deaf.socket.transport.abort()

    tell(tmp_path)


def test_who_connects_and_asks_for_nothing_is_cut_off(tmp_path, monkeypatch):
    monkeypatch.setattr(listening.HurriedProtocol, "patience_s", 0.05)

    @story()
    async def tell(server):
        talks = await server.connect()
        for said in (b"", b"GET / HTTP/1.1\r\nHost: "):
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
            writer.write(said)
            with contextlib.suppress(ConnectionError):
                assert await reader.read() == b""
            writer.close()
        await talks.settle()

    tell(tmp_path)


@contextlib.asynccontextmanager
async def silent(port, count):
    """So many connections that say nothing at all."""
    opened = []
    try:
        for _ in range(count):
            opened.append(await asyncio.open_connection("127.0.0.1", port))
        yield opened
    finally:
        for _, writer in opened:
            writer.transport.abort()
        await asyncio.sleep(0)


async def slowest_s(client):
    """How long the slowest of 40 answers takes, seconds; more would be a flood."""
    took_s = []
    for _ in range(40):
        began_s = time.perf_counter()
        await client.ask(Hello(version="1", protocol=PROTOCOL))
        took_s.append(time.perf_counter() - began_s)
    return max(took_s)


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"], ids=["plain", "tls"])
def test_500_half_open_sockets_do_not_slow_others(tmp_path, host):
    async def tell():
        async with running_server(tmp_path, host=host) as server, silent(server.port, 500), client_of(server) as client:
            # The best of three: what else this computer does is not the server's doing.
            assert min([await slowest_s(client) for _ in range(3)]) < 0.05

    asyncio.run(tell())


@pytest.mark.parametrize(
    ("host", "said"),
    [
        ("127.0.0.1", b""),
        ("127.0.0.1", b"GET / HTTP/1.1\r\nX: "),
        ("0.0.0.0", b""),
        ("0.0.0.0", b"\x16\x03\x01\x02\x00"),
    ],
    ids=["plain", "half a request", "no handshake", "half a handshake"],
)
def test_half_open_sockets_are_cut(tmp_path, monkeypatch, host, said):
    monkeypatch.setattr(listening.HurriedProtocol, "patience_s", 0.05)
    monkeypatch.setattr(listening, "HANDSHAKE_WITHIN_S", 0.05)

    async def tell():
        async with running_server(tmp_path, host=host) as server, silent(server.port, 20) as opened:
            for _, writer in opened:
                writer.write(said)
            for reader, _ in opened:
                with contextlib.suppress(ConnectionError):
                    await asyncio.wait_for(reader.read(), PATIENCE_S)

    asyncio.run(tell())


def test_one_address_has_so_many_handshakes_that_wait_and_no_more(tmp_path, monkeypatch):
    monkeypatch.setattr(listening.Addresses, "exempts_loopback", False)

    async def tell():
        limits = ConnectionLimits(per_address=3)
        async with running_server(tmp_path, host="0.0.0.0", connection=limits) as server:
            async with silent(server.port, 3), silent(server.port, 4) as others:
                for reader, _ in others:
                    with contextlib.suppress(ConnectionError):
                        assert await asyncio.wait_for(reader.read(), PATIENCE_S) == b""
            # Those that are gone count no longer.
            async with asyncio.timeout(PATIENCE_S):
                while True:
                    with contextlib.suppress(OSError, websockets.InvalidMessage):
                        async with client_of(server) as client:
                            await client.settle()
                            return

    asyncio.run(tell())


def test_both_limits_of_who_does_nothing_are_ten_seconds():
    assert listening.HurriedProtocol.patience_s == 10
    assert listening.HANDSHAKE_WITHIN_S == 10


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"], ids=["plain", "tls"])
def test_one_address_has_so_many_connections_and_no_more(tmp_path, monkeypatch, host):
    monkeypatch.setattr(listening.Addresses, "exempts_loopback", False)
    real, gone = listening.Addresses.discard, asyncio.Queue()

    def discard(addresses, transport):
        real(addresses, transport)
        gone.put_nowait(transport)

    monkeypatch.setattr(listening.Addresses, "discard", discard)

    async def tell():
        limits = ConnectionLimits(per_address=3)
        async with running_server(tmp_path, host=host, connection=limits) as server:
            async with client_of(server) as first, client_of(server), client_of(server):
                with pytest.raises((OSError, websockets.InvalidMessage)):
                    async with client_of(server):
                        pass
                await first.settle()
            # Those that are gone count no longer, also after they had become websockets.
            for _ in range(4):
                await asyncio.wait_for(gone.get(), PATIENCE_S)
            async with client_of(server) as again:
                await again.settle()

    asyncio.run(tell())


def test_this_computer_has_as_many_as_it_likes(tmp_path):
    async def tell():
        limits = ConnectionLimits(per_address=1)
        async with (
            running_server(tmp_path, connection=limits) as server,
            client_of(server) as first,
            client_of(server) as second,
        ):
            await first.settle()
            await second.settle()

    asyncio.run(tell())


def test_addresses_are_counted_and_forgotten():
    class Transport:
        def __init__(self, address):
            self.address = address

        def get_extra_info(self, name):
            return (self.address, 5) if self.address else None

    counted = listening.Addresses(per_address=2)
    far = [Transport("192.0.2.1") for _ in range(3)]
    assert [counted.add(one) for one in far] == [True, True, False]
    assert counted.add(Transport("192.0.2.2"))
    assert counted.add(Transport(None))
    assert all(counted.add(Transport("127.0.0.1")) for _ in range(5))
    for one in (*far, *far):
        counted.discard(one)
    assert counted.add(far[0])


def test_all_addresses_of_one_computer_count_as_one():
    class Transport:
        def __init__(self, address):
            self.address = address

        def get_extra_info(self, name):
            return (self.address, 5, 0, 0)

    counted = listening.Addresses(per_address=2)
    same = [Transport(f"2001:db8::{number}") for number in range(3)]
    assert [counted.add(one) for one in same] == [True, True, False]
    assert counted.add(Transport("2001:db8:0:1::1"))
    assert all(counted.add(Transport("::1")) for _ in range(5))
    assert all(counted.add(Transport("::ffff:127.0.0.1")) for _ in range(5))
