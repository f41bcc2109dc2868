"""STUN and TURN: what a client takes from its server, and that nobody who is asked in vain holds anything up."""

import asyncio
import contextlib
import logging
import time

import pytest
from aioice import stun
from aiortc import RTCBundlePolicy, RTCConfiguration, RTCPeerConnection

from app.net import guard, turn
from app.net.ice import Ice
from app.net.turn import NoTurn, TurnServer, allocate, probe
from app.wire.ice import MOST_ICE_SERVERS, parse_ice_url
from app.wire.media import IceServer, IceServers
from tests.fakes.tls import Made

NAME, PASSWORD = "1795352400:aAda", "bm90IGEgcmVhbCBvbmU="


def of(url, username=NAME, credential=PASSWORD):
    return IceServer(url=url, username=username, credential=credential)


def named(servers, meeting="m1"):
    return IceServers(meeting=meeting, servers=tuple(servers))


def test_what_was_named_for_one_meeting_is_not_used_in_another():
    ice = Ice()
    ice.hear(named([of("turn:a.example")]))
    ice.use_for("m1")
    assert len(ice.turns) == 1
    # The next one's come before it is begun, and the last one's end after that.
    ice.hear(named([of("turn:b.example"), of("turn:c.example")], "m2"))
    ice.leave("m1")
    ice.use_for("m2")
    assert len(ice.turns) == 2
    ice.use_for("m3")
    assert ice.turns == ()
    ice.hear(named([of("turn:a.example")], "m3"))
    ice.leave("m3")
    assert ice.turns == ()


def test_turn_is_asked_by_udp_before_tcp_before_tls():
    ice = Ice()
    ice.hear(named([of("turns:a.example"), of("turn:b.example?transport=tcp"), of("turn:c.example")]))
    assert [one.url.host for one in ice.turns] == ["c.example", "b.example", "a.example"]
    assert PASSWORD not in repr(ice.turns)


@pytest.mark.logs_warnings
@pytest.mark.parametrize(
    "server",
    [
        of("turn:a.example:22"), of("http://a.example"), of("turn:a.example?transport=x"), of("turn:224.0.0.1"),
        of("turn:a.example", username=""), of("turn:a.example", credential=""), of("turn:a.example", username="a\nb"),
        of("turn:a.example", credential="x" * 257), of("turn:a.example", username="ä"), of(""), of("turn:" + "a" * 999),
    ],
)  # fmt: skip
def test_what_is_not_of_the_right_form_is_left_out_and_the_rest_is_taken(server, caplog):
    ice = Ice()
    with caplog.at_level(logging.DEBUG):
        ice.hear(named([server, of("turn:good.example")]))
    assert [one.url.host for one in ice.turns] == ["good.example"]
    assert PASSWORD not in caplog.text
    assert NAME not in caplog.text


@pytest.mark.logs_warnings
def test_no_more_are_taken_than_there_may_be():
    ice = Ice()
    ice.hear(named([of(f"turn:t{number}.example") for number in range(MOST_ICE_SERVERS + 30)]))
    assert len(ice.turns) == MOST_ICE_SERVERS


class Peer(asyncio.DatagramProtocol):
    """A UDP server that answers as `answer` says; it notes what came."""

    def __init__(self, answer):
        self.answer, self.came = answer, []

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, address):
        self.came.append(data)
        for reply in self.answer(data, address):
            self.transport.sendto(reply, address)


@contextlib.asynccontextmanager
async def udp(answer=lambda data, address: ()):
    """A server on this computer: itself, and its port."""
    transport, peer = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: Peer(answer), local_addr=("127.0.0.1", 0)
    )
    try:
        yield peer, transport.get_extra_info("sockname")[1]
    finally:
        transport.close()


@contextlib.asynccontextmanager
async def gathered(ice, addresses=("127.0.0.1",)):
    """A connection that has gathered, and how long that took, in seconds."""
    guard.install()
    peer = RTCPeerConnection(RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))
    line = peer.addTransceiver("audio")
    guard.use_addresses(peer, addresses, extend=ice.extend)
    began_s = time.monotonic()
    await peer.setLocalDescription(await peer.createOffer())
    took_s = time.monotonic() - began_s
    try:
        yield line.receiver.transport.transport._connection, took_s
    finally:
        await peer.close()


def test_turn_is_not_asked_before_there_is_an_answer_and_holds_no_offer_up():
    async def main():
        async with udp() as (server, port):
            ice = Ice()
            ice.hear(named([of(f"turn:127.0.0.1:{port}")]))
            async with gathered(ice) as (connection, took_s):
                assert took_s < 0.3
                assert [one.type for one in connection.local_candidates] == ["host"]
            assert server.came == []

    asyncio.run(main())


def reflecting(address):
    def answer(data, _):
        request = stun.parse_message(data)
        reply = stun.Message(request.message_method, stun.Class.RESPONSE, request.transaction_id)
        reply.attributes["XOR-MAPPED-ADDRESS"] = address
        return (bytes(reply),)

    return answer


@pytest.fixture
def loopback_is_outside(monkeypatch):
    monkeypatch.setattr("app.net.ice._is_seen_outside", lambda host: True)


@pytest.mark.usefixtures("loopback_is_outside")
def test_stun_adds_the_address_that_others_see():
    async def main():
        async with udp(reflecting(("203.0.113.9", 40_000))) as (_, port):
            ice = Ice()
            ice.hear(named([IceServer(url=f"stun:127.0.0.1:{port}")]))
            async with gathered(ice) as (connection, _):
                found = connection.local_candidates
                assert [(one.type, one.host) for one in found] == [("host", "127.0.0.1"), ("srflx", "203.0.113.9")]

    asyncio.run(main())


@pytest.mark.usefixtures("loopback_is_outside")
@pytest.mark.parametrize(
    "answer", [lambda *_: (), lambda *_: (b"", b"\x01\x01", b"x" * 1400), lambda data, _: (data,)]
)  # fmt: skip
def test_stun_that_does_not_answer_costs_a_moment_once(answer):
    async def main():
        async with udp(answer) as (server, port):
            ice = Ice()
            ice.hear(named([IceServer(url=f"stun:127.0.0.1:{port}")]))
            async with gathered(ice) as (connection, took_s):
                assert took_s < 1.5
                assert [one.type for one in connection.local_candidates] == ["host"]
            came = len(server.came)
            assert came
            async with gathered(ice):
                assert len(server.came) == came

    asyncio.run(main())


def failing(code, **attributes):
    """A TURN server that refuses everything with this code."""

    def answer(data, _):
        request = stun.parse_message(data)
        reply = stun.Message(request.message_method, stun.Class.ERROR, request.transaction_id)
        reply.attributes["ERROR-CODE"] = (code, "No")
        reply.attributes.update({name.replace("_", "-"): value for name, value in attributes.items()})
        return (bytes(reply),)

    return answer


def allocated(**attributes):
    """A TURN server that allocates at once, with these attributes."""

    def answer(data, _):
        request = stun.parse_message(data)
        reply = stun.Message(request.message_method, stun.Class.RESPONSE, request.transaction_id)
        reply.attributes.update({name.replace("_", "-"): value for name, value in attributes.items()})
        return (bytes(reply),)

    return answer


WHERE = {"XOR_MAPPED_ADDRESS": ("203.0.113.9", 1), "XOR_RELAYED_ADDRESS": ("203.0.113.8", 2)}


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (lambda *_: (), "silent"),
        (failing(401, REALM="x", NONCE=b"n"), "refused"),
        (failing(401), "refused"),
        (failing(403), "refused"),
        (failing(486), "full"),
        (failing(508), "full"),
        (failing(300), "odd"),
        (allocated(), "odd"),
        (lambda *_: (b"\xff" * 100, b"\x40\x00\xff\xff", b"", b"\x01\x03\x00\x00"), "silent"),
    ],
)
def test_what_comes_of_asking_turn(answer, outcome, monkeypatch):
    monkeypatch.setattr(turn, "ALLOCATE_LIMIT_S", 1.0)

    async def main():
        async with udp(answer) as (_, port):
            with pytest.raises(NoTurn) as caught:
                await allocate(None, TurnServer(parse_ice_url(f"turn:127.0.0.1:{port}"), NAME, PASSWORD))
            assert caught.value.outcome == outcome

    asyncio.run(main())


def test_who_shows_no_name_is_told_that_the_server_is_there():
    async def main():
        async with udp(failing(401, REALM="x", NONCE=b"n")) as (_, port):
            assert await probe(TurnServer(parse_ice_url(f"turn:127.0.0.1:{port}"))) == "answers"
        assert await probe(TurnServer(parse_ice_url(f"turn:127.0.0.1:{port}?transport=tcp"))) == "unreachable"

    asyncio.run(main())


def test_a_server_that_dies_after_the_allocation_is_left_soon():
    async def main():
        answers = [allocated(LIFETIME=600, **WHERE), lambda *_: ()]
        async with udp(lambda *given: answers[0](*given)) as (server, port):
            way = await allocate(None, TurnServer(parse_ice_url(f"turn:127.0.0.1:{port}"), NAME, PASSWORD))
            assert way.local_candidate.host == "203.0.113.8"
            server.answer = answers[1]
            began_s = time.monotonic()
            await way.close()
            assert time.monotonic() - began_s < 3
        left = asyncio.all_tasks() - {asyncio.current_task()}
        if left:
            await asyncio.wait(left, timeout=5)
        assert not [task for task in left if not task.done()]

    asyncio.run(main())


def test_tls_with_a_certificate_that_nobody_vouches_for_is_not_trusted(tmp_path):
    async def main():
        server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0, ssl=Made(tmp_path).context())
        port = server.sockets[0].getsockname()[1]
        assert await probe(TurnServer(parse_ice_url(f"turns:127.0.0.1:{port}"), NAME, PASSWORD)) == "not trusted"
        server.close()

    asyncio.run(main())


def test_tcp_that_takes_nothing_loses_packets_and_keeps_none():
    async def main():
        async def serve(reader, writer):
            data = await reader.readexactly(20)
            rest = await reader.readexactly(int.from_bytes(data[2:4], "big"))
            for reply in allocated(LIFETIME=600, **WHERE)(data + rest, None):
                writer.write(reply)
            # From here on nothing is read any more.
            await over.wait()
            writer.transport.abort()

        over = asyncio.Event()
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        url = parse_ice_url(f"turn:127.0.0.1:{port}?transport=tcp")
        way = await allocate(None, TurnServer(url, NAME, PASSWORD))
        inner = way.transport._TurnTransport__inner_protocol
        before = guard.dropped().unsent
        for _ in range(20_000):
            inner._send(bytes(1_200))
        assert inner.transport.get_write_buffer_size() < 70_000
        assert guard.dropped().unsent > before
        await way.close()
        over.set()
        server.close()
        await server.wait_closed()
        await asyncio.wait(asyncio.all_tasks() - {asyncio.current_task()}, timeout=5)

    asyncio.run(main())
