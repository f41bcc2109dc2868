"""When the other side of a peer connection was last heard, and asking whether it is there.

`SEAMS` lists each private name of aiortc and aioice that is used here, for tests/test_platform.py.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any

from app.net.own_address import Place
from app.net.usage import packets_received

#: Module, dotted name inside it. aioice asks every 5 s and gives up after 30; who waits for a picture cannot. Its
#: questions repeat themselves, also over a socket that was closed meanwhile: ours are sent once.
SEAMS: tuple[tuple[str, str], ...] = (
    ("aioice.ice", "Connection.build_request"),
    ("aioice.ice", "StunProtocol.send_stun"),
    ("aioice.stun", "Transaction.response_received"),
)
#: Private attributes of instances: class, then names that its constructor sets.
INSTANCE_SEAMS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("aioice.ice", "Connection", ("_nominated",)),
    ("aioice.ice", "StunProtocol", ("transactions",)),
    ("aioice.turn", "TurnTransport", ("_TurnTransport__inner_protocol",)),
    ("aiortc.rtcicetransport", "RTCIceTransport", ("_connection",)),
)

#: An answer that takes longer is none. Source: no call can be held over a longer round trip.
_ANSWER_S = 3.0


class Pulse:
    """Of one connection that is up; everything runs on the loop.

    Attributes:
        peer: the connection.
    """

    def __init__(self, peer: Any) -> None:
        """Takes it as heard now.

        Args:
            peer: an aiortc RTCPeerConnection that is connected and has at least one m-line.
        """
        self.peer = peer
        self._received = 0
        self._heard_s = time.monotonic()

    @property
    def own_place(self) -> Place | None:
        """The address and port of this computer that it sends from; None where that cannot be told."""
        transport = _transport(self._pair())
        if transport is None:
            return None
        place: Place | None = transport.get_extra_info("sockname")
        return place

    def heard_s(self) -> float:
        """When anything came last, `time.monotonic()`, as exact as this is asked often."""
        received = packets_received(self.peer)
        if received != self._received:
            self._received, self._heard_s = received, time.monotonic()
        return self._heard_s

    def ask(self) -> None:
        """Wants an answer: a STUN binding request on the chosen pair."""
        pair = self._pair()
        transport = _transport(pair)
        if transport is None or transport.is_closing():
            return
        connection = self._connection()
        key = connection.remote_password.encode()
        request = connection.build_request(pair, nominate=False)
        request.add_message_integrity(key)
        waiting = pair.protocol.transactions
        waiting[request.transaction_id] = _Question(self, key)
        asyncio.get_running_loop().call_later(_ANSWER_S, waiting.pop, request.transaction_id, None)
        pair.protocol.send_stun(request, pair.remote_addr)

    def note_answer(self) -> None:
        """The other side has answered."""
        self._heard_s = time.monotonic()

    def _connection(self) -> Any:
        return self.peer.getTransceivers()[0].receiver.transport.transport._connection

    def _pair(self) -> Any:
        return self._connection()._nominated.get(1)


class _Question:
    """Stands where aioice expects a transaction of its own."""

    def __init__(self, pulse: Pulse, key: bytes) -> None:
        self._pulse, self._key = pulse, key

    def response_received(self, message: Any, address: Any) -> None:
        """Called by aioice with what answers; only the other side itself can sign it."""
        if message.check_message_integrity(self._key):
            self._pulse.note_answer()


def _transport(pair: Any) -> Any:
    """The system's own socket below a pair; None where there is none."""
    transport = getattr(getattr(pair, "protocol", None), "transport", None)
    # Through TURN the name that the transport gives is of the TURN server.
    inner = getattr(transport, "_TurnTransport__inner_protocol", None)
    return transport if inner is None else inner.transport
