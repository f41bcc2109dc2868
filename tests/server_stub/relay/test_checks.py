"""Connections that carry nothing, and a relay whose ports are counted."""

import asyncio
from contextlib import asynccontextmanager

import pytest
from aiortc import RTCSessionDescription

from app.net import guard
from server_stub.relay import checks
from server_stub.relay.engine import MOST_CHECKS, BadSdp, RelayError
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
            answer = await engine.check("ada", await checking_offer(peer))
            await peer.setRemoteDescription(RTCSessionDescription(guard.check_sdp(answer), "answer"))
            async with asyncio.timeout(LIMIT_S):
                await over.wait()
            assert "connected" in seen
            await peer.close()

    asyncio.run(main())


def test_so_many_are_checked_at_once_and_no_more():
    async def main():
        async with relay() as engine:
            peers = [new_peer() for _ in range(MOST_CHECKS + 1)]
            offers = [await checking_offer(peer) for peer in peers]
            for number, offer in enumerate(offers[:-1]):
                await engine.check(f"account {number}", offer)
            with pytest.raises(RelayError, match="Too many people"):
                await engine.check("one more", offers[-1])
            for peer in peers:
                await peer.close()

    asyncio.run(main())


async def offers_of_one_moment(count):
    """Offers of clients who have gone meanwhile."""
    peers = [new_peer() for _ in range(count)]
    offers = [await checking_offer(peer) for peer in peers]
    for peer in peers:
        await peer.close()
    return offers


def test_an_account_has_one_check_at_a_time_and_one_port_for_it():
    async def main():
        async with relay(free_ports(1)) as engine:
            for offer in await offers_of_one_moment(3):
                assert " typ host" in await engine.check("ada", offer)
            at_once = [engine.check("ada", offer) for offer in await offers_of_one_moment(3)]
            answers = await asyncio.gather(*at_once, return_exceptions=True)
            assert [isinstance(answer, str) for answer in answers] == [False, False, True]
            assert {str(error) for error in answers[:-1]} == {checks.ANOTHER}

    asyncio.run(main())


def test_a_call_has_the_ports_of_those_who_only_check():
    async def main():
        async with relay(free_ports(MOST_CHECKS)) as engine:
            *offers, late = await offers_of_one_moment(MOST_CHECKS + 1)
            for number, offer in enumerate(offers):
                await engine.check(f"account {number}", offer)
            clients = [AiortcClient(engine, engine._events, f"person {number}") for number in range(MOST_CHECKS // 2)]
            for client in clients:
                client.answers = False  # each sends; half of the ports are for what they would receive
                await engine.join(MEETING, client.name)
                assert " typ host" in await client.publish("microphone")
            # Nor has the next who checks a port that a call may need in a moment; that is said.
            with pytest.raises(RelayError) as refused:
                await engine.check("account 0", late)
            assert str(refused.value) == checks.CALLS_FIRST
            for client in clients:
                await client.close()

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
                await engine.check("ada", bad)

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
