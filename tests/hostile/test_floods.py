"""Somebody wants too much: they are cut off or refused, others hardly notice, and memory stays bounded."""

import asyncio
import contextlib
import functools
import socket

import pytest

from server_stub.doors import listening
from server_stub.kernel.config import ConnectionLimits
from tests.fakes.server_client import running_server, story
from tests.hostile.floods import (
    BARE,
    FLOODS,
    GOOD_MS,
    HALF_OPEN,
    best_p99_ms,
    flooded,
    flooded_below,
    half_open,
    knocks,
    pinned,
)

#: What all of this together may leave behind in the server; kB.
LEFT_KB = 64 * 1024


@pytest.mark.timeout(240)
@pytest.mark.processes
def test_others_hardly_notice_floods_and_half_open_sockets(tmp_path):
    figures, offences = {}, {}

    async def tell():
        async with pinned(tmp_path / "data") as server:
            figures["alone"] = await best_p99_ms(server)
            before_kb = server.rss_kb()
            noticed = functools.partial(best_p99_ms, server, enough_ms=GOOD_MS)
            waiting, refused = await knocks(server)
            figures["200 knocks"] = await noticed()
            for kind in FLOODS:
                async with flooded(server, kind) as flood:
                    figures[f"1,000 {kind} a second"] = await noticed()
                offences[kind] = (flood.closed, flood.refused, flood.sent)
            for kind in BARE:
                async with flooded_below(server, kind) as said:
                    figures[f"1,000 {kind} a second"] = await noticed()
                offences[kind] = (0, 0, said())
            async with half_open(server.port, tuple(HALF_OPEN)):
                figures["500 half-open sockets"] = await noticed()
            figures["alone again"] = await best_p99_ms(server)
            offences["Knock"] = (waiting, refused, waiting + refused)
            figures["left_kb"] = server.rss_kb() - before_kb

    asyncio.run(tell())
    print({name: round(figure, 1) for name, figure in figures.items()}, offences)
    assert figures.pop("left_kb") < LEFT_KB
    # A computer that is slow by itself, with other tests on the same cores, cannot be quicker because of a flood.
    bound_ms = max(GOOD_MS, 4 * max(figures.pop("alone"), figures.pop("alone again")))
    assert not {name: figure for name, figure in figures.items() if figure >= bound_ms}, bound_ms
    for kind in FLOODS:
        closed, refused, sent = offences[kind]
        # Each password that is tried takes its time: whoever floods with them waits for their own answers first, and on
        # a busy computer has not even had ten of them when the round is over.
        assert closed or kind == "SignIn", kind
        assert refused or kind == "SignIn", kind
        assert sent > 200, kind
    assert all(offences[kind][2] > 200 for kind in BARE)
    assert offences["Knock"] == (20, 180, 200)


def in_a_hurry(protocol, *args, **kwargs):
    """As uvicorn makes it, but whoever does not answer a goodbye gets less than ten seconds."""
    super(listening.ImpatientProtocol, protocol).__init__(*args, **kwargs)
    protocol.close_timeout = 0.2


@pytest.mark.parametrize("kind", HALF_OPEN)
def test_who_does_nothing_useful_is_closed(tmp_path, monkeypatch, kind):
    monkeypatch.setattr(listening.HurriedProtocol, "patience_s", 0.5)
    monkeypatch.setattr(listening.ImpatientProtocol, "__init__", in_a_hurry)
    quick = ConnectionLimits(hello_within_s=0.5, ping_every_s=0.5, pong_within_s=0.5)

    async def tell():
        async with asyncio.timeout(30), running_server(tmp_path / "data", connection=quick) as server:
            async with half_open(server.port, (kind,), 20) as opened:
                for reader, writer in opened:
                    with contextlib.suppress(RuntimeError):
                        writer.transport.resume_reading()
                    with contextlib.suppress(ConnectionError):
                        await reader.read(-1)
                left = len(server.running.doors.connections)
            assert left == 0
            client = await server.connect()
            await client.settle()

    asyncio.run(tell())


@story()
async def test_what_is_told_in_a_row_does_not_wait_for_the_other_side(server):
    """Nagle's algorithm would hold the second message back until the first is acknowledged: some 40 ms."""
    await server.connect()
    for connection in server.running.doors.connections:
        ours = connection.transport.get_extra_info("socket")
        assert ours.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    assert server.running.doors.connections
