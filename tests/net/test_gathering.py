"""Host candidates on chosen addresses and ports."""

import asyncio
import socket

import pytest
from aiortc import RTCBundlePolicy, RTCConfiguration, RTCPeerConnection

from app.net import guard

#: Nobody's. Source: RFC 5737 and RFC 3849.
ELSEWHERE, ELSEWHERE_SIX = "203.0.113.5", "2001:db8::5"


async def gather(addresses, ports=None, extend=None):
    """The connection that has gathered, and its candidates as (address, port)."""
    peer = RTCPeerConnection(RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))
    line = peer.addTransceiver("audio")
    guard.use_addresses(peer, addresses, ports=ports, extend=extend)
    try:
        await peer.setLocalDescription(await peer.createOffer())
    except BaseException:
        await peer.close()
        raise
    connection = line.receiver.transport.transport._connection
    return peer, [(one.host, one.port) for one in connection.local_candidates]


def free_ports(count):
    """A range of ports none of which is in use now."""
    for first in range(42_000, 60_000, count):
        taken = []
        try:
            for port in range(first, first + count):
                taken.append(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
                taken[-1].bind(("127.0.0.1", port))
        except OSError:
            continue
        else:
            return range(first, first + count)
        finally:
            for one in taken:
                one.close()
    raise AssertionError("no free ports")


def test_ports_are_of_the_range_and_when_all_are_taken_that_is_said():
    async def main():
        ports = free_ports(3)
        peers = []
        found = set()
        for _ in ports:
            peer, candidates = await gather(["127.0.0.1"], ports)
            peers.append(peer)
            found |= {port for _, port in candidates}
        assert found == set(ports)
        with pytest.raises(guard.NoPort):
            await gather(["127.0.0.1"], ports)
        await peers.pop().close()
        peer, candidates = await gather(["127.0.0.1"], ports)
        assert len(candidates) == 1
        for one in (*peers, peer):
            await one.close()

    asyncio.run(main())


@pytest.mark.parametrize("address", [ELSEWHERE, ELSEWHERE_SIX])
def test_an_address_that_a_nat_has_is_offered_with_a_socket_that_takes_what_it_passes_on(address):
    async def main():
        ports = free_ports(8)
        peer, candidates = await gather([address], ports)
        ((host, port),) = candidates
        assert host == address
        assert port in ports
        family, own = (socket.AF_INET6, "::1") if ":" in address else (socket.AF_INET, "127.0.0.1")
        # Taken: on every address of this machine, as a NAT may choose any.
        with socket.socket(family, socket.SOCK_DGRAM) as nat, pytest.raises(OSError, match="in use"):
            nat.bind((own, port))
        await peer.close()

    asyncio.run(main())


def test_an_address_that_no_nat_can_have_is_left_out():
    async def main():
        peer, candidates = await gather(["169.254.77.77", "127.0.0.1"])
        assert [host for host, _ in candidates] == ["127.0.0.1"]
        await peer.close()

    asyncio.run(main())
