"""Attacks on a live call that aiortc 1.16 alone does not survive, and session descriptions that are refused."""

import asyncio
import gc
import re
import socket

import pytest
from aioice import Connection
from aiortc import RTCBundlePolicy, RTCConfiguration, RTCPeerConnection, RTCSessionDescription, VideoStreamTrack
from aiortc.rtp import RTCP_PSFB_APP, RtcpPsfbPacket
from hypothesis import given
from hypothesis import strategies as st

from app.net import guard
from app.net.guard import GuardError, SdpLimits, check_sdp

LIMIT_S = 15


def new_peer():
    return RTCPeerConnection(RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))


class Call:
    """A shows B a picture over loopback; more frames can be waited for."""

    async def begin(self):
        guard.install()
        self.a, self.b = new_peer(), new_peer()
        self.frames = 0
        self._more = asyncio.Event()
        self.b.on("track", lambda track: setattr(self, "reader", asyncio.create_task(self._read(track))))
        self.a.addTransceiver(VideoStreamTrack(), direction="sendonly")
        guard.use_addresses(self.a, [guard.LOOPBACK])
        await self.a.setLocalDescription(await self.a.createOffer())
        await self.b.setRemoteDescription(self.a.localDescription)
        guard.use_addresses(self.b, [guard.LOOPBACK])
        await self.b.setLocalDescription(await self.b.createAnswer())
        await self.a.setRemoteDescription(self.b.localDescription)
        await self.see(3)

    async def _read(self, track):
        while True:
            await track.recv()
            self.frames += 1
            self._more.set()

    async def see(self, more):
        wanted = self.frames + more
        async with asyncio.timeout(LIMIT_S):
            while self.frames < wanted:
                self._more.clear()
                await self._more.wait()

    def port(self, peer):
        (candidate,) = peer.getTransceivers()[0].receiver.transport.transport.iceGatherer.getLocalCandidates()
        assert candidate.ip == guard.LOOPBACK
        return candidate.port

    async def end(self):
        self.reader.cancel()
        await asyncio.gather(self.reader, return_exceptions=True)
        await self.a.close()
        await self.b.close()


def attacked(attack, *, counter):
    async def main():
        call = Call()
        await call.begin()
        before = getattr(guard.dropped(), counter)
        await attack(call)
        await call.see(12)
        assert getattr(guard.dropped(), counter) > before
        assert call.a.connectionState == call.b.connectionState == "connected"
        await call.end()

    asyncio.run(main())


@pytest.mark.parametrize(
    ("datagrams", "counter"),
    [
        ([b""], "empty"),
        ([b"\x15\xfe\xfd\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x02\x28"], "strangers"),
        ([bytes([first]) + b"junk" * 20 for first in range(4, 256)] * 4, "strangers"),
        ([b"\x80\x60" + bytes(40)] * 100, "strangers"),
        ([b"\x00\x01\x00\x08\x21\x12\xa4\x42" + bytes(12) + b"\x00\x24\x00\x01abcd"], "malformed"),
    ],
    ids=["an empty datagram", "a plaintext DTLS alert", "junk", "media of a stranger", "a broken STUN attribute"],
)
def test_a_stranger_does_not_end_a_call(datagrams, counter):
    async def attack(call):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            for peer in (call.a, call.b):
                for datagram in datagrams:
                    stranger.sendto(datagram, (guard.LOOPBACK, call.port(peer)))

    attacked(attack, counter=counter)


def test_a_truncated_remb_of_the_peer_does_not_end_a_call():
    async def attack(call):
        dtls = call.b.getTransceivers()[0].receiver.transport
        remb = bytes(RtcpPsfbPacket(fmt=RTCP_PSFB_APP, ssrc=1, media_ssrc=0, fci=b"REMB\x05\x00\x00\x00"))
        for _ in range(3):
            await dtls._send_rtp(remb)

    attacked(attack, counter="malformed")


def test_a_broken_header_extension_of_the_peer_does_not_end_a_call():
    async def attack(call):
        # Number 3 is the sending time, which has three bytes; here it has two.
        packet = b"\x90\x61\x00\x01" + bytes(4) + b"ssrc" + b"\xbe\xde\x00\x01\x31ab\x00" + b"picture"
        await call.a.getTransceivers()[0].receiver.transport._send_rtp(packet)

    attacked(attack, counter="malformed")


def test_an_sctp_parameter_without_length_does_not_hang_the_loop():
    guard.install()
    from aiortc import rtcsctptransport

    with pytest.raises(ValueError, match="shorter"):
        rtcsctptransport.decode_params(b"\x00\x01\x00\x00")
    assert rtcsctptransport.decode_params(b"\x00\x01\x00\x06ab\x00\x00") == [(1, b"ab")]


def test_a_line_of_pictures_costs_little():
    guard.install()

    async def objects_of_a_line():
        peer = RTCPeerConnection()
        peer.addTransceiver("video")
        gc.collect()
        before = len(gc.get_objects())
        peer.addTransceiver("video")
        gc.collect()
        more = len(gc.get_objects()) - before
        await peer.close()
        return more

    assert asyncio.run(objects_of_a_line()) < 200, "aiortc measures the link with 1,000 objects for each line"


def test_the_guards_are_put_up_once():
    guard.install()
    from aioice import ice

    before = ice.StunProtocol.datagram_received
    guard.install()
    assert ice.StunProtocol.datagram_received is before


def test_loopback_is_offered_first_and_once():
    addresses = guard.machine_addresses()
    assert addresses[0] == guard.LOOPBACK
    assert addresses.count(guard.LOOPBACK) == 1


@pytest.fixture(scope="module")
def sdp():
    async def make():
        peer = new_peer()
        peer.addTransceiver("audio")
        peer.addTransceiver("video")
        guard.use_addresses(peer)
        await peer.setLocalDescription(await peer.createOffer())
        text = peer.localDescription.sdp
        await peer.close()
        return text

    return asyncio.run(make())


def test_what_aiortc_writes_is_accepted(sdp):
    check_sdp(sdp)
    assert f" {guard.LOOPBACK} " in sdp


def without(name):
    return lambda sdp: "\r\n".join(line for line in sdp.splitlines() if not line.startswith(f"a={name}:")) + "\r\n"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda sdp: "", "not a session"),
        (lambda sdp: "hello", "not a session"),
        (lambda sdp: sdp.split("m=")[0], "no media"),
        (lambda sdp: sdp + "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n", "data channels"),
        (lambda sdp: sdp.replace("UDP/TLS/RTP/SAVPF", "RTP/AVP"), "neither audio nor video"),
        (lambda sdp: sdp.replace("m=video", "m=text"), "neither audio nor video"),
        (lambda sdp: sdp + "a=x:" + "y" * 1_001, "too long"),
        (lambda sdp: sdp + "a=x:\x07\r\n", "not plain text"),
        (lambda sdp: sdp + "a=x:\u202e\r\n", "not plain text"),
        (lambda sdp: sdp + "a=x:y\r\n" * 60_000, "too large"),
        (lambda sdp: sdp + "m=audio 9 UDP/TLS/RTP/SAVPF 96\r\n" * 128, "more than 128"),
        (lambda sdp: sdp + "a=candidate:1 1 udp 1 ::1 9 typ host\r\n" * 1_500, "more than 1000"),
        (lambda sdp: sdp + "a=candidate:1 1 udp 1 printer.example.com 9 typ host\r\n", "not an IP address"),
        (lambda sdp: sdp + "a=candidate:1 1 udp 1 a.b.local 9 typ host\r\n", "not an IP address"),
        (lambda sdp: re.sub("c=IN IP4 .*", "c=IN IP4 x", sdp), "connection address"),
        (lambda sdp: re.sub("c=IN IP4 .*", "c=IN IP4 ::1", sdp), "connection address"),
        (lambda sdp: re.sub("c=IN IP4 .*", "c=ATM NSAP 1", sdp), "connection address"),
        (lambda sdp: sdp.replace("s=-", "s=-\r\nc=IN IP6 x"), "connection address"),
        (lambda sdp: sdp + "a=candidate:1 1 udp 1 999.1.1.1 9 typ host\r\n", "not an IP address"),
        (lambda sdp: sdp + "a=candidate:\r\n", "not an IP address"),
        (lambda sdp: sdp + "a=candidate:1 1 udp 1 127.0.0.1 65536 typ host\r\n", "a port"),
        (lambda sdp: sdp + "a=ssrc:x\r\n", "malformed ssrc"),
        (lambda sdp: sdp + "a=rtpmap:\r\n", "malformed rtpmap"),
        (lambda sdp: sdp + "a=setup:holdconn\r\n", "malformed setup"),
        (lambda sdp: sdp + "a=fmtp:3 x=y\r\n", "malformed"),
        (lambda sdp: sdp + "a=rtcp-fb:97\r\n", "malformed"),
        (lambda sdp: sdp.replace("a=mid:1", "a=mid:0"), "same mid"),
        (without("mid"), "no mid"),
        (without("ice-ufrag"), "no ice-ufrag"),
        (without("ice-pwd"), "no ice-pwd"),
        (without("fingerprint"), "no fingerprint"),
        (without("setup"), "no setup"),
    ],
)
def test_session_descriptions_that_are_refused_in_words(sdp, change, words):
    with pytest.raises(GuardError, match=words):
        check_sdp(change(sdp))


def test_limits_can_be_tighter(sdp):
    with pytest.raises(GuardError, match="more than 1 media"):
        check_sdp(sdp, limits=SdpLimits(media=1))


@given(st.data())
def test_a_damaged_description_is_refused_or_accepted_and_never_raises_otherwise(sdp, data):
    lines = sdp.splitlines()
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(lines) - 1))
        place = data.draw(st.integers(0, len(lines[at])))
        lines[at] = (
            lines[at][:place] + data.draw(st.text(max_size=3)) + lines[at][place + data.draw(st.integers(0, 3)) :]
        )
    try:
        check_sdp("\r\n".join(lines) + "\r\n")
    except GuardError:
        return
    RTCSessionDescription("\r\n".join(lines), "offer")


def test_a_connection_that_is_closed_before_it_gathers_opens_no_socket():
    async def close_first():
        peer = new_peer()
        peer.addTransceiver("audio")
        guard.use_addresses(peer, [guard.LOOPBACK])
        connection = peer.getTransceivers()[0].receiver.transport.transport._connection
        # Both take their first step before the gathering gets to its sockets.
        gathering = asyncio.ensure_future(connection.gather_candidates())
        closing = asyncio.ensure_future(connection.close())
        await asyncio.gather(gathering, closing)
        opened = list(connection._protocols)
        await peer.close()
        return opened, connection.local_candidates

    assert asyncio.run(close_first()) == ([], [])


def test_a_connection_that_is_closed_asks_nobody_whether_they_are_still_there():
    """aioice begins to ask where ICE was through, but not yet known to be, when the connection was closed."""

    async def main():
        guard.install()
        connection = Connection(ice_controlling=True)
        connection.remote_password = "password"
        await connection.close()
        await asyncio.wait_for(connection.query_consent(), LIMIT_S)

    asyncio.run(main())
