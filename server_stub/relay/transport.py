"""One peer connection of the relay: aiortc does ICE and DTLS, the media goes past it. All private seams are here.

aiortc's own way of a packet (a queue, a task, a parsed object, a decoder thread) costs several times what forwarding
needs, so datagrams that are SRTP are taken straight from the socket, decrypted and handed over as bytes; and what is
sent is encrypted and given to the socket without a queue of ours. aiortc's senders and receivers are never started.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pylibsrtp
from aiortc import (
    RTCBundlePolicy,
    RTCConfiguration,
    RTCPeerConnection,
    RTCRtpCodecCapability,
    RTCRtpSender,
    RTCSessionDescription,
)

from app.net import guard
from server_stub.relay.door import Seat
from server_stub.relay.sealing import Sealers, Sessions, opener
from server_stub.relay.volley import Aim, Target

_log = logging.getLogger(__name__)

#: Module, dotted name inside it; each must exist for this module to work.
SEAMS: tuple[tuple[str, str], ...] = (
    ("aiortc.rtcpeerconnection", "RTCPeerConnection._RTCPeerConnection__connect"),
    ("aiortc.rtcrtpreceiver", "RTCRtpReceiver.receive"),
    ("aiortc.rtcrtpsender", "RTCRtpSender.send"),
    ("aioice.ice", "StunProtocol.datagram_received"),
    ("pylibsrtp", "Session.protect_rtcp"),
    ("pylibsrtp", "Session.unprotect_rtcp"),
)
#: Private attributes of instances: class, then names that its constructor sets.
INSTANCE_SEAMS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("aiortc.rtcrtpsender", "RTCRtpSender", ("_ssrc",)),
    ("aiortc.rtcdtlstransport", "RTCDtlsTransport", ("_role", "_rx_srtp", "_srtp_profiles", "_ssl", "_tx_srtp")),
    ("aiortc.rtcicetransport", "RTCIceTransport", ("_connection",)),
    ("aioice.ice", "Connection", ("_nominated", "_protocols")),
)

#: A subscriber whose socket holds more than this unsent loses packets: about half a second of ten pictures.
MAX_UNSENT_BYTES = 262_144
_CLOSE_S = 5.0
NO_PORT = (
    "This server has no free port for more media. Whoever runs it can allow more ports; please try again in a moment."
)
_CODEC = {"audio": "audio/opus", "video": "video/vp8"}


class TransportError(Exception):
    """aiortc refused a session description that had passed our checks."""


class PortsTaken(TransportError):
    """None of the ports that the relay may use is free."""


@dataclass(slots=True)
class Counts:
    """The relay's running counts that transports add to; see `engine.RelayStatistics`."""

    packets_dropped: int = 0
    packets_refused: int = 0


@dataclass(frozen=True, slots=True)
class Handlers:
    """Whom a connection tells; called on the event loop.

    Attributes:
        came_up: media can be sent from now on.
        was_lost: the connection failed or the other side closed it; told at most once, never after `close`.
        got_rtp: a decrypted RTP packet (at least 12 bytes).
        got_rtcp: a decrypted compound RTCP packet.
    """

    came_up: Callable[[], None]
    was_lost: Callable[[], None]
    got_rtp: Callable[[bytes], None]
    got_rtcp: Callable[[bytes], None]


async def _stay_idle(parameters: object) -> None:
    """Stands in for the start of an aiortc sender or receiver, which would encode or decode."""


def _sending_key(dtls: Any) -> tuple[bytes, int]:
    """Master key and salt with which a connection sends, and the profile of pylibsrtp. Source: RFC 5764, 4.2."""
    agreed = dtls._ssl.get_selected_srtp_profile()
    profile = next(one for one in dtls._srtp_profiles if one.openssl_profile == agreed)
    keys = dtls._ssl.export_keying_material(b"EXTRACTOR-dtls_srtp", 2 * (profile.key_length + profile.salt_length))
    return profile.get_key_and_salt(keys, 1 if dtls._role == "server" else 0), profile.libsrtp_profile


class PeerLink:
    """One peer connection with one person, sending or receiving."""

    def __init__(
        self,
        addresses: Sequence[str] | None,
        handlers: Handlers,
        counts: Counts,
        *,
        ports: range | None = None,
        make_room: guard.MakeRoom | None = None,
        enter: guard.Enter | None = None,
    ) -> None:
        guard.install()
        self._addresses = addresses
        self._ports, self._make_room, self._enter = ports, make_room, enter
        self._handlers = handlers
        self._counts = counts
        # No ICE servers: aiortc's default asks a public one on the internet.
        self._peer = RTCPeerConnection(RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))
        self._peer.on("connectionstatechange", self._state_changed)
        self._quieten_connect()
        self._is_closed = self._is_lost = False
        self._pair: Any = self  # anything that is never a nominated pair
        self._nominated: dict[int, Any] = {}
        self._srtp: Any = None
        self._sessions: Any = None
        self._target: Target | None = None
        self.is_up = False

    async def accept(self, offer: str) -> str:
        """Takes an offer of the other side (the first or a further one); returns the answer.

        Raises:
            PortsTaken: there is no port for it.
            TransportError: aiortc refused it.
        """
        try:
            await self._peer.setRemoteDescription(RTCSessionDescription(offer, "offer"))
            self._prepare()
            await self._peer.setLocalDescription(await self._peer.createAnswer())
            return guard.gather_candidates(self._peer.localDescription.sdp)
        except Exception as error:
            raise self._refusal(error) from None

    def add_line(self, kind: str, ssrc: int) -> Any:
        """Adds an m-line that sends this SSRC as Opus or VP8, without RTX; returns its transceiver."""
        line = self._peer.addTransceiver(kind, direction="sendonly")
        codecs = RTCRtpSender.getCapabilities(kind).codecs
        wanted: list[RTCRtpCodecCapability] = [codec for codec in codecs if codec.mimeType.lower() == _CODEC[kind]]
        line.setCodecPreferences(wanted)
        line.sender._ssrc = ssrc
        self._prepare()
        return line

    async def offer(self) -> str:
        """Makes an offer of all lines in their present direction; may be called again before the answer.

        Raises:
            PortsTaken: there is no port for it.
            TransportError: the connection was closed meanwhile.
        """
        try:
            await self._peer.setLocalDescription(await self._peer.createOffer())
            return guard.gather_candidates(self._peer.localDescription.sdp)
        except Exception as error:
            raise self._refusal(error) from None

    async def take_answer(self, answer: str) -> None:
        """Takes the answer to our last offer.

        Raises:
            TransportError: aiortc refused it.
        """
        try:
            await self._peer.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        except Exception as error:
            raise self._refusal(error) from None

    def send(self, packet: bytes) -> bool:
        """Encrypts one RTP packet and gives it to the socket; whether it went. A full socket loses it."""
        if self._nominated.get(1) is not self._pair or self._unsent() > MAX_UNSENT_BYTES:
            if not self._repair_pair():
                self._counts.packets_dropped += 1
                return False
            return self.send(packet)
        try:
            self._sendto(self._sealers[packet[8:12]](packet), self._address)
        except (pylibsrtp.Error, ValueError):
            self._counts.packets_dropped += 1
            return False
        return True

    def aim(self, ssrc: bytes) -> Aim | None:
        """How a stream reaches the other side together with others who share its socket; None: it cannot now."""
        if not self.is_up or not self._has_pair() or self._target is None:
            return None
        return Aim(self._target, self._sessions[ssrc])

    def send_rtcp(self, packet: bytes) -> None:
        """Encrypts one RTCP packet and gives it to the socket; without effect while the connection is not up."""
        if not self.is_up or (self._nominated.get(1) is not self._pair and not self._repair_pair()):
            return
        try:
            self._sendto(self._srtp.protect_rtcp(packet), self._address)
        except (pylibsrtp.Error, ValueError):
            self._counts.packets_dropped += 1

    async def close(self) -> None:
        """Ends the connection; its sockets and tasks are gone when this returns."""
        if self._is_closed:
            return
        self._is_closed = True
        self.is_up = False
        self._nominated = {}
        self._target = None
        try:
            async with asyncio.timeout(_CLOSE_S):
                await self._peer.close()
        except TimeoutError:
            _log.warning("a peer connection did not close in %.0f s", _CLOSE_S)

    def _refusal(self, error: Exception) -> TransportError:
        if isinstance(error, guard.NoPort):
            _log.error("%s: a wider --relay-ports lets more people in", error)
            return PortsTaken(NO_PORT)
        _log.info("aiortc refused a session description: %s", type(error).__name__)
        return TransportError("the session description does not fit the connection")

    def _prepare(self) -> None:
        """Keeps aiortc's own media machinery asleep and sets the addresses to offer, for lines that are new."""
        for line in self._peer.getTransceivers():
            line.sender.send = _stay_idle
            line.receiver.receive = _stay_idle
        guard.use_addresses(
            self._peer, self._addresses, ports=self._ports, make_room=self._make_room, enter=self._enter
        )

    def _quieten_connect(self) -> None:
        """A close in the middle of a handshake makes aiortc's connecting task raise, which would look like a fault."""
        connect = self._peer._RTCPeerConnection__connect

        async def quiet() -> None:
            try:
                await connect()
            except Exception as error:
                if not self._is_closed:
                    _log.info("a connection could not be made: %s", type(error).__name__)
                    self._lose()

        self._peer._RTCPeerConnection__connect = quiet

    def _state_changed(self) -> None:
        state = self._peer.connectionState
        if state == "connected" and not self.is_up and not self._is_closed and not self._is_lost:
            self._start_media()
        elif state in ("failed", "closed"):
            self._lose()

    def _lose(self) -> None:
        if self._is_closed or self._is_lost:
            return
        self.is_up = False
        self._is_lost = True
        self._handlers.was_lost()

    def _start_media(self) -> None:
        dtls = self._peer.getTransceivers()[0].receiver.transport
        connection = dtls.transport._connection
        self._nominated = connection._nominated
        self._srtp = dtls._tx_srtp
        if self._sessions is None:  # others under the same key would begin to count anew
            self._sessions = Sessions(*_sending_key(dtls))
            self._sealers = Sealers(self._sessions)
        self._inbound = dtls._rx_srtp
        if not self._has_pair():
            return
        for protocol in connection._protocols:
            # On the instance, so that no other connection of this process is touched.
            protocol.datagram_received = self._receiver_for(protocol)
        self.is_up = True
        self._handlers.came_up()

    def _repair_pair(self) -> bool:
        """Looks the chosen ICE pair up (again); False when there is none or its socket is full."""
        return self._has_pair() and bool(self._unsent() <= MAX_UNSENT_BYTES)

    def _has_pair(self) -> bool:
        pair = self._nominated.get(1)
        if pair is None or self._is_closed:
            return False
        if pair is not self._pair:
            self._pair = pair
            self._address = pair.remote_addr
            transport = pair.protocol.transport
            self._sendto = transport.sendto
            self._unsent = transport.get_write_buffer_size
            self._target = self._target_at(pair)
        return True

    def _target_at(self, pair: Any) -> Target | None:
        seat = pair.protocol.transport
        if not isinstance(seat, Seat):
            return None
        try:
            return Target(self._nominated, pair, seat)
        except OSError as error:
            _log.info("packets go one by one to a viewer: %s", type(error).__name__)
            return None

    def _receiver_for(self, protocol: Any) -> Callable[[bytes, Any], None]:
        """The way of a datagram: SRTP to our handlers, all else (STUN, DTLS) to aiortc through the guard."""
        others = type(protocol).datagram_received
        unprotect, unprotect_rtcp = opener(self._inbound), self._inbound.unprotect_rtcp
        got_rtp, got_rtcp, counts = self._handlers.got_rtp, self._handlers.got_rtcp, self._counts

        def datagram_received(data: bytes, address: Any) -> None:
            if len(data) < 12 or not 127 < data[0] < 192:
                others(protocol, data, address)
                return
            try:
                if 192 <= data[1] <= 223:
                    got_rtcp(unprotect_rtcp(data))
                else:
                    got_rtp(unprotect(data))
            except (pylibsrtp.Error, ValueError):
                counts.packets_refused += 1

        return datagram_received
