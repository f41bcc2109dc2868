"""Connections that carry nothing, and a relay whose ports are counted."""

import asyncio
from contextlib import asynccontextmanager

import pytest
from aiortc import RTCSessionDescription

from app.net import guard
from server_stub.relay import checks
from server_stub.relay.engine import BadSdp, RelayError
from server_stub.relay.forwarder import Forwarder
from server_stub.relay.transport import NO_PORT
from tests.net.test_gathering import free_ports
from tests.server_stub.relay.clients import MEETING, AiortcClient, Notebook, new_peer, sending_offer

LIMIT_S = 20.0


@asynccontextmanager
async def relay(ports=None):
    made = Forwarder(Notebook(), ports=ports)
    try:
        yield made
    finally:
        await made.shutdown()


async def checking_offer(peer):
    peer.addTransceiver("audio", direction="recvonly")
    guard.use_addresses(peer, [guard.LOOPBACK])
    await peer.setLocalDescription(await peer.createOffer())
    return guard.gather_candidates(peer.localDescription.sdp)


def test_a_check_comes_up_and_ends_by_itself(monkeypatch):
    monkeypatch.setattr(checks, "CHECK_S", 1.0)

    async def main():
        async with relay() as engine:
            peer, seen, over = new_peer(), [], asyncio.Event()

            def note():
                seen.append(peer.connectionState)
                if peer.connectionState == "closed":
                    over.set()

            peer.on("connectionstatechange", note)
            answer = await engine.check(await checking_offer(peer))
            await peer.setRemoteDescription(RTCSessionDescription(guard.check_sdp(answer), "answer"))
            async with asyncio.timeout(LIMIT_S):
                await over.wait()
            assert "connected" in seen
            await peer.close()

    asyncio.run(main())


def test_so_many_are_checked_at_once_and_no_more():
    async def main():
        async with relay() as engine:
            peers = [new_peer() for _ in range(checks.MOST_CHECKS + 1)]
            offers = [await checking_offer(peer) for peer in peers]
            for offer in offers[:-1]:
                await engine.check(offer)
            with pytest.raises(RelayError, match="Too many people"):
                await engine.check(offers[-1])
            for peer in peers:
                await peer.close()

    asyncio.run(main())


@pytest.mark.parametrize("change", ["two lines", "application", "junk", "long"])
def test_what_is_no_such_offer_is_refused(change):
    async def main():
        peer = new_peer()
        offer = await checking_offer(peer)
        await peer.close()
        bad = {
            "two lines": await sending_offer(),
            "application": offer.replace("m=audio", "m=application"),
            "junk": "v=0\r\nm=audio",
            "long": offer + "a=x\r\n" * 4_000,
        }[change]
        async with relay() as engine:
            with pytest.raises(BadSdp):
                await engine.check(bad)

    asyncio.run(main())


def test_a_relay_keeps_to_its_ports():
    async def main():
        ports = free_ports(4)
        async with relay(ports) as engine:
            client = AiortcClient(engine, engine._events, "ada")
            await engine.join(MEETING, "ada")
            answer = await client.publish("microphone")
            named = {int(line.split()[5]) for line in answer.splitlines() if line.startswith("a=candidate")}
            assert named
            assert named <= set(ports)
            await client.close()

    asyncio.run(main())


@pytest.mark.logs_warnings
def test_a_relay_without_a_free_port_says_so_and_takes_whoever_comes_when_there_is_one():
    async def main():
        ports = free_ports(1)
        async with relay(ports) as engine:
            one, other = (AiortcClient(engine, engine._events, name) for name in ("ada", "grace"))
            await engine.join(MEETING, "ada")
            await one.publish("microphone")
            await engine.join(MEETING, "grace")
            with pytest.raises(RelayError, match="no free port") as caught:
                await other.publish("microphone")
            assert not isinstance(caught.value, BadSdp)
            assert str(caught.value) == NO_PORT
            await other.sending.close()
            other.sending = None
            other._lines.clear()
            await engine.leave(MEETING, "ada")
            closing = set(engine._meetings[MEETING]._tasks)
            await one.close()
            # The relay closes what it had in a moment, and only then has the port again.
            async with asyncio.timeout(LIMIT_S):
                await asyncio.gather(*closing)
            answer = await other.publish("microphone")
            assert f" {ports[0]} typ host" in answer
            await other.close()

    asyncio.run(main())
