"""What the connections of a call have carried, counted at one instant: who looks twice knows what came in between.

`SEAMS` of `usage` lists the private name of aiortc that is used here.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from app.media.types import PictureKey
from app.net.arrivals import Arrivals
from app.net.usage import transports
from app.wire.media import LOW, Source, seen_as

if TYPE_CHECKING:
    from app.net.peers import Peers
    from app.net.receive import Receiver


#: Between two looks, once a second, both sides usually report.
_ASKS_AFTER_S = 0.9


@dataclass(frozen=True, slots=True)
class Carried:
    """Bytes of one connection so far, without the headers of IP and UDP; its own feedback counts."""

    sent: int = 0
    received: int = 0


@dataclass(frozen=True, slots=True)
class Reported:
    """What the relay says of one stream that one sends.

    Attributes:
        packets: sent so far.
        lost: share of them that never came, 0.0 to 1.0, in its last report.
        round_trip_s: None: not known yet.
    """

    packets: int
    lost: float = 0.0
    round_trip_s: float | None = None


@dataclass(frozen=True, slots=True)
class Pictures:
    """Pictures of one source, sent or received.

    Attributes:
        count: how many so far, as encoded or decoded.
        bytes: of all.
        size_px: width and height of the newest.
        is_small: it is a face that is made larger for others.
    """

    count: int = 0
    bytes: int = 0
    size_px: tuple[int, int] = (0, 0)
    is_small: bool = False


@dataclass(frozen=True, slots=True)
class Arrived:
    """Packets of one person: those that came, and those that were not there when their turn came."""

    packets: int = 0
    missed: int = 0
    bytes: int = 0


@dataclass(frozen=True, slots=True)
class Voice:
    """One person's voice.

    Attributes:
        covered_ms: so far, for want of packets.
        delay_ms: between arrival and playing, now.
    """

    covered_ms: float = 0.0
    delay_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Look:
    """All of it at one instant.

    Attributes:
        at_s: monotonic.
        up: the sending connection.
        down: the receiving one.
        up_silent_s: for how long nothing at all has come by the sending one.
        down_silent_s: by the receiving one.
        up_bps: bits a second that the relay says the sending one carries; None: it has not said.
        down_bps: what we take the receiving one for.
        queue_s: what packets to us wait on their way.
        reported: by a name of the stream that one sends.
        sent: pictures, by source.
        shown: pictures of others.
        voices: by person.
        arrived: by person.
    """

    at_s: float
    up: Carried = Carried()
    down: Carried = Carried()
    up_silent_s: float = 0.0
    down_silent_s: float = 0.0
    up_bps: float | None = None
    down_bps: float = 0.0
    queue_s: float = 0.0
    reported: dict[str, Reported] = field(default_factory=dict)
    sent: dict[Source, Pictures] = field(default_factory=dict)
    shown: dict[PictureKey, Pictures] = field(default_factory=dict)
    voices: dict[str, Voice] = field(default_factory=dict)
    arrived: dict[str, Arrived] = field(default_factory=dict)


async def look(peers: Peers, receiver: Receiver) -> Look | None:
    """Looks at what there is now; on the loop. None while media cannot flow both ways.

    A connection by which nothing has come for a while is asked whether it is there, for the next look: nobody may have
    anything to say.
    """
    if not peers.is_up:
        return None
    sending, receiving = peers.ways
    at_s = time.monotonic()
    silent_s = {pulse.peer: at_s - pulse.heard_s() for pulse in peers.pulses}
    for pulse in peers.pulses:
        if silent_s[pulse.peer] > _ASKS_AFTER_S:
            pulse.ask()
    arrivals, link = receiver.arrivals(), receiver.link
    shown = {
        key: Pictures(one.decoded, _size(arrivals, key), one.size_px, one.is_small)
        for key, one in receiver.picture_statistics().items()
    }
    arrived: dict[str, Arrived] = {}
    for (person, _), one in arrivals.items():
        before = arrived.get(person, Arrived())
        arrived[person] = Arrived(before.packets + one.packets, before.missed + one.missed, before.bytes + one.size)
    return Look(
        at_s=at_s,
        up=_carried(sending),
        down=_carried(receiving),
        up_silent_s=silent_s.get(sending, 0.0),
        down_silent_s=silent_s.get(receiving, 0.0),
        up_bps=peers.sending.rates.link_bps,
        down_bps=link.bps,
        queue_s=max(0.0, link.queue_s),
        reported=await _reported(sending),
        sent={
            source: Pictures(one.pictures, one.bytes, one.size_px, source == LOW)
            for source, one in peers.sending.made.items()
        },
        shown=shown,
        voices={
            person: Voice(one.concealed_ms, one.delay_ms) for person, one in receiver.voice_statistics().items()
        },
        arrived=arrived,
    )  # fmt: skip


def _size(arrivals: Mapping[tuple[str, Source], Arrivals], key: PictureKey) -> int:
    """Bytes of a picture, in each size in which it has come."""
    return sum(one.size for (person, source), one in arrivals.items() if (person, seen_as(source)) == key)


def _carried(connection: Any) -> Carried:
    if connection is None:
        return Carried()
    found = [stats for one in transports(connection) for stats in one._get_stats().values()]
    return Carried(sum(one.bytesSent for one in found), sum(one.bytesReceived for one in found))


async def _reported(connection: Any) -> dict[str, Reported]:
    found: dict[str, Reported] = {}
    for transceiver in connection.getTransceivers() if connection is not None else ():
        if transceiver.sender.transport is None:
            continue
        stats = {one.type: one for one in (await transceiver.sender.getStats()).values()}
        sent, heard = stats["outbound-rtp"], stats.get("remote-inbound-rtp")
        if heard is None:
            found[sent.id] = Reported(sent.packetsSent)
        else:
            # aiortc hands the byte of the report on as it is: 256ths.
            found[sent.id] = Reported(sent.packetsSent, heard.fractionLost / 256, heard.roundTripTime)
    return found
