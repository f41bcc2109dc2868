"""The seams that the transport rests on, and what it does when they say no."""

import asyncio
import importlib
from collections import defaultdict
from types import SimpleNamespace

import pylibsrtp
import pytest
from aiortc.rtcdtlstransport import SRTP_PROFILES
from pylibsrtp import Policy, Session

from app.net import guard
from server_stub.relay import sealing, transport
from server_stub.relay.transport import MAX_UNSENT_BYTES, Counts, Handlers, PeerLink, TransportError
from tests.server_stub.relay.clients import new_peer


@pytest.mark.parametrize(("module", "path"), [*guard.SEAMS, *sealing.SEAMS, *transport.SEAMS])
def test_each_seam_exists(module, path):
    found = importlib.import_module(module)
    for part in path.split("."):
        found = getattr(found, part)
    assert callable(found)


def test_each_private_attribute_exists():
    async def main():
        peer = new_peer()
        line = peer.addTransceiver("audio")
        dtls = line.receiver.transport
        made = {
            "RTCRtpSender": line.sender,
            "RTCDtlsTransport": dtls,
            "RTCIceTransport": dtls.transport,
            "Connection": dtls.transport._connection,
            "Session": pylibsrtp.Session(),
        }
        for _, name, attributes in (*guard.INSTANCE_SEAMS, *sealing.INSTANCE_SEAMS, *transport.INSTANCE_SEAMS):
            for attribute in attributes:
                assert hasattr(made[name], attribute), (name, attribute)
        await peer.close()

    asyncio.run(main())


class FakeSocket:
    def __init__(self):
        self.sent, self.unsent = [], 0

    def sendto(self, data, address):
        self.sent.append((data, address))

    def get_write_buffer_size(self):
        return self.unsent

    def get_extra_info(self, name):
        return None


class FakePair:
    def __init__(self, socket, port):
        self.protocol = type("Protocol", (), {"transport": socket})()
        self.remote_addr = ("127.0.0.1", port)


def link_over(pair):
    """A link whose connection is up over this pair, with an encryption that does nothing."""
    counts = Counts()
    link = PeerLink(["127.0.0.1"], Handlers(*[lambda *_: None] * 4), counts)
    link._nominated = {1: pair}
    link._srtp = type("Srtp", (), {"protect_rtcp": staticmethod(lambda packet: packet)})()
    link._sealers = defaultdict(lambda: lambda packet: packet)
    link.is_up = True
    return link, counts


def agreed(**given):
    """A handshake that is over, with keys that are no secret."""
    ssl = SimpleNamespace(
        get_selected_srtp_profile=lambda: SRTP_PROFILES[0].openssl_profile,
        export_keying_material=lambda label, size: bytes(range(size)),
    )
    return SimpleNamespace(_ssl=ssl, _srtp_profiles=SRTP_PROFILES, _role="server", **given)


def test_a_full_socket_loses_packets_and_recovers():
    async def main():
        socket = FakeSocket()
        link, counts = link_over(FakePair(socket, 9))
        assert link.send(b"one")
        socket.unsent = MAX_UNSENT_BYTES + 1
        assert not link.send(b"two")
        assert counts.packets_dropped == 1
        socket.unsent = 0
        assert link.send(b"three")
        assert [data for data, _ in socket.sent] == [b"one", b"three"]
        await link.close()

    asyncio.run(main())


def test_a_link_comes_up_while_what_others_have_sent_waits_in_its_socket():
    async def main():
        came_up, socket = [], FakeSocket()
        socket.unsent = MAX_UNSENT_BYTES + 1
        link = PeerLink(["127.0.0.1"], Handlers(lambda: came_up.append(1), *[lambda *_: None] * 3), Counts())
        session = Session(Policy(key=bytes(30), ssrc_type=Policy.SSRC_ANY_OUTBOUND))
        ice = SimpleNamespace(_connection=SimpleNamespace(_nominated={1: FakePair(socket, 9)}, _protocols=[]))
        dtls = agreed(transport=ice, _tx_srtp=session, _rx_srtp=session)
        line = SimpleNamespace(receiver=SimpleNamespace(transport=dtls))
        own, link._peer = link._peer, SimpleNamespace(getTransceivers=lambda: [line])
        link._start_media()
        link._peer = own
        assert came_up == [1]
        assert link.is_up
        await link.close()

    asyncio.run(main())


def test_a_change_of_the_ice_pair_is_followed_and_its_end_is_silence():
    async def main():
        first, second = FakeSocket(), FakeSocket()
        link, counts = link_over(FakePair(first, 1))
        assert link.send(b"one")
        link._nominated[1] = FakePair(second, 2)
        link.send(b"two")
        link.send_rtcp(b"report")
        assert second.sent == [(b"two", ("127.0.0.1", 2)), (b"report", ("127.0.0.1", 2))]
        link._nominated.clear()
        assert not link.send(b"three")
        link.send_rtcp(b"report")
        assert counts.packets_dropped == 1
        await link.close()
        assert not link.send(b"four")

    asyncio.run(main())


def test_a_packet_that_cannot_be_encrypted_is_dropped():
    async def main():
        link, counts = link_over(FakePair(FakeSocket(), 1))

        def refuse(packet):
            raise ValueError("packet is too long")

        link._sealers = defaultdict(lambda: refuse)
        assert not link.send(b"one")
        assert counts.packets_dropped == 1
        await link.close()
        await link.close()

    asyncio.run(main())


def test_what_aiortc_refuses_is_one_kind_of_error():
    async def main():
        link = PeerLink(["127.0.0.1"], Handlers(*[lambda *_: None] * 4), Counts())
        with pytest.raises(TransportError):
            await link.accept("m=junk")
        with pytest.raises(TransportError):
            await link.take_answer("m=junk")
        await link.close()
        with pytest.raises(TransportError):
            await link.offer()

    asyncio.run(main())
