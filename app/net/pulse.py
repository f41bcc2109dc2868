"""When the other side of a peer connection was last heard, and asking whether it is there.

`SEAMS` lists each private name of aiortc and aioice that is used here, for tests/test_platform.py.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any

from app.net.own_address import Place
from app.net.usage import packets_received

#: Module, dotted name inside it. aioice asks every 5 s and gives up after 30; who waits for a picture cannot.
SEAMS: tuple[tuple[str, str], ...] = (
    ("aioice.ice", "Connection.build_request"),
    ("aioice.ice", "StunProtocol.request"),
)
#: Private attributes of instances: class, then names that its constructor sets.
INSTANCE_SEAMS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("aioice.ice", "Connection", ("_nominated",)),
    ("aiortc.rtcicetransport", "RTCIceTransport", ("_connection",)),
)

#: Questions that are out at once; each is out for 1.5 s at most.
_MOST_OUT = 8


class Pulse:
    """Of one connection that is up; everything runs on the loop."""

    def __init__(self, peer: Any) -> None:
        """Takes it as heard now.

        Args:
            peer: an aiortc RTCPeerConnection that is connected and has at least one m-line.
        """
        self._peer = peer
        self._received = 0
        self._heard_s = time.monotonic()
        self._asking: set[asyncio.Task[None]] = set()

    @property
    def own_place(self) -> Place | None:
        """The address and port of this computer that it sends from; None where that cannot be told."""
        pair = self._pair()
        transport = getattr(getattr(pair, "protocol", None), "transport", None)
        if transport is None or not hasattr(transport, "get_extra_info"):
            return None
        place: Place | None = transport.get_extra_info("sockname")
        return place

    def heard_s(self) -> float:
        """When anything came last, `time.monotonic()`, as exact as this is asked often."""
        received = packets_received(self._peer)
        if received != self._received:
            self._received, self._heard_s = received, time.monotonic()
        return self._heard_s

    def ask(self) -> None:
        """Wants an answer: a STUN binding request on the chosen pair, which also keeps a NAT's mapping open."""
        pair = self._pair()
        if pair is None or len(self._asking) >= _MOST_OUT:
            return
        task = asyncio.get_running_loop().create_task(self._ask(pair), name="pulse")
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)

    def end(self) -> None:
        """Asks no more; the connection is being closed."""
        for task in self._asking:
            task.cancel()

    async def _ask(self, pair: Any) -> None:
        from aioice.stun import TransactionError

        connection = self._connection()
        request = connection.build_request(pair, nominate=False)
        key = connection.remote_password.encode()
        try:
            await pair.protocol.request(request, pair.remote_addr, integrity_key=key, retransmissions=1)
        except (TransactionError, OSError):
            return
        self._heard_s = time.monotonic()

    def _connection(self) -> Any:
        return self._peer.getTransceivers()[0].receiver.transport.transport._connection

    def _pair(self) -> Any:
        return self._connection()._nominated.get(1)
