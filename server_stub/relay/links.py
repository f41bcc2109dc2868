"""A person's two connections in the relay, and what is known of the links behind them: who sends, who views, how much.

`Uplink` judges what the person's link carries to us; `Downlink` hears from them what it carries to them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

from app.net.estimate import VIEWER_START_BPS, LinkEstimate, Told
from server_stub.relay import rtcp
from server_stub.relay.budget import Cost, Flow, most_of, plan_for
from server_stub.relay.engine import Offer
from server_stub.relay.held import HeldNews, Pictures
from server_stub.relay.rtp import HEADER, send_time_of
from server_stub.relay.stream import Stream
from server_stub.relay.transport import PeerLink
from server_stub.relay.wanted import Wants, is_shown

#: What is sent again is at most this share of what the link carries, so many seconds' worth of it at once.
_REPAIRED, _REPAIR_BURST_S = 0.4, 0.5
#: Whatever a client says of its link: ten people at 20 % loss, asked for ten times.
_REPAIRED_BPS = 40_000_000
#: Clients begin to send with less, and are told soon how it goes.
_START_BPS = 600_000


def flows_of(streams: Iterable[Stream], voices: Mapping[str, Cost]) -> dict[Stream, Flow]:
    """What each picture of a meeting costs; `voices` is what each person's voice does."""
    return {
        stream: Flow(
            stream,
            source.source == "screen",
            stream.cost.bps,
            voices[source.person].spoke_s if source.person in voices else 0.0,
        )
        for stream in streams
        if (source := stream.source) and stream.kind == "video"
    }


@dataclass(slots=True)
class Uplink:
    """A person's sending connection.

    Attributes:
        session: names it.
        link: the connection.
        streams: what it carries, by mid.
        by_ssrc: the same by the person's SSRC.
        send_time_ids: the number of abs-send-time by SSRC, 0 where it was not offered.
        estimate: what the person's link carries to us.
    """

    session: str
    link: PeerLink
    streams: dict[str, Stream] = field(default_factory=dict)
    by_ssrc: dict[int, Stream] = field(default_factory=dict)
    send_time_ids: dict[int, int] = field(default_factory=dict)
    estimate: LinkEstimate = field(default_factory=lambda: LinkEstimate(_START_BPS))
    _told: Told = field(default_factory=Told)
    _told_most: dict[Stream, Told] = field(default_factory=dict)

    def take(self, packet: bytes) -> bool:
        """Takes an RTP packet; False: nothing of ours has its SSRC. The hot path."""
        _, _, seq, _, ssrc = HEADER.unpack_from(packet)
        stream = self.by_ssrc.get(ssrc)
        if stream is None:
            return False
        sent = send_time_of(packet, self.send_time_ids.get(ssrc, 0)) if stream.kind == "video" else None
        if self.estimate.note(ssrc, seq, sent, time.monotonic(), len(packet)):
            self.tell_rate()
        stream.take(packet)
        return True

    def tell_rate(self) -> None:
        """Tells the person what their link carries, where that is news or a second old."""
        if any(self.send_time_ids.values()) and self._told.is_due(self.estimate.bps, time.monotonic()):
            self.link.send_rtcp(rtcp.write_most_rate(self.estimate.bps, list(self.by_ssrc)))

    def tell_most(self, stream: Stream, bps: float) -> None:
        """Tells the person what one of their pictures may cost, for those who see it."""
        if stream.source and self._told_most.setdefault(stream, Told()).is_due(bps, time.monotonic()):
            self.link.send_rtcp(rtcp.write_most_rate(bps, [stream.source.ssrc]))


@dataclass(slots=True)
class Downlink:
    """A person's receiving connection: its lines, the offer that is out, what has been answered, what its link carries.

    Attributes:
        link: the connection.
        wants: what the person shows; None: they have not said.
        lines: stream to transceiver.
        outstanding: the offer that is out.
        offered: what that, or the last answered one, says: stream to its generation.
        answered: the last one that was answered.
        is_stale: another offer is due.
        is_offering: aiortc is at work on one.
        repair_bits: what may be sent again now.
        bps: what the person's link carries, as their client says.
    """

    link: PeerLink
    wants: Wants | None = None
    lines: dict[Stream, Any] = field(default_factory=dict)
    outstanding: Offer | None = None
    offered: dict[Stream, int] = field(default_factory=dict)
    answered: dict[Stream, int] = field(default_factory=dict)
    is_stale: bool = False
    is_offering: bool = False
    repair_bits: float = VIEWER_START_BPS * _REPAIRED * _REPAIR_BURST_S
    bps: float = VIEWER_START_BPS
    _held: HeldNews = field(default_factory=HeldNews)

    def heed(self, message: rtcp.Feedback) -> Stream | None:
        """Does what the person's client asks for; returns the stream of which it wants a key frame."""
        if isinstance(message, rtcp.MostRate):
            self.bps = message.bps
            return None
        stream = next((stream for stream in self.lines if stream.ssrc == message.ssrc), None)
        if stream is not None and isinstance(message, rtcp.Nack):
            self.repair_bits -= stream.repair(self.link, message.lost, self.repair_bits)
        # Who is held back gets a key frame when that ends: until then one would only cost the others.
        may_ask = stream is not None and stream.is_viewed_by(self.link)
        return stream if may_ask and isinstance(message, rtcp.KeyFrameWanted) else None

    def allow_repairs(self, past_s: float) -> None:
        """So much time has passed."""
        per_s = min(self.bps * _REPAIRED, _REPAIRED_BPS)
        self.repair_bits = min(self.repair_bits + per_s * past_s, per_s * _REPAIR_BURST_S)

    def shows(self, stream: Stream) -> bool:
        """Whether the person shows a picture, as far as they have said; voices are always heard."""
        source = stream.source
        return stream.kind == "audio" or source is None or is_shown(self.wants, source.person, source.source)

    def show(self, wants: Wants | None) -> None:
        """The person shows other pictures: hidden ones stop at once, the others come with the next `share_out`."""
        self.wants = wants
        for stream in self._offered():
            if not self.shows(stream):
                stream.hold_back(self.link, True)

    def pictures(self) -> Iterable[Stream]:
        """The pictures that the person was offered, may have now and shows."""
        return [stream for stream in self._offered() if self.shows(stream)]

    def _offered(self) -> list[Stream]:
        return [
            stream
            for stream, generation in self.answered.items()
            if stream.kind == "video" and stream.generation == generation and stream.source
        ]

    def share_out(self, flows: dict[Stream, Flow], voices_bps: float) -> dict[Stream, float]:
        """Lets those pictures through that the link carries.

        Args:
            flows: what each picture of the meeting costs.
            voices_bps: what all voices that the person hears cost together.

        Returns:
            What each picture might cost, were it made for this person alone.
        """
        pictures = [stream for stream in self.pictures() if stream in flows]
        flowing = [stream for stream in pictures if stream.is_viewed_by(self.link)]
        plan = plan_for(self.bps, voices_bps, [flows[stream] for stream in pictures], flowing)
        for stream in pictures:
            stream.hold_back(self.link, stream not in plan.flows)
        return {stream: plan.shares[stream] for stream in pictures}

    def held_news(self) -> Pictures | None:
        """The pictures that are held back from the person, where they are to be told."""
        sources = [stream.source for stream in self.pictures() if stream.is_held_from(self.link)]
        held = frozenset((source.person, source.source) for source in sources if source)
        return held if self._held.is_due(held, time.monotonic()) else None


OnHeld: TypeAlias = Callable[[str, Pictures], None]


class Member(Protocol):
    """Who takes part in a meeting's relay."""

    id: str
    uplink: Uplink | None
    downlink: Downlink | None


def share_out(people: Collection[Member], streams: Sequence[Stream], now_s: float, past_s: float, held: OnHeld) -> None:
    """Lets each viewer have what their link carries, and tells who sends; to be called a few times a second.

    Args:
        people: all in a meeting.
        streams: its streams that have an owner.
        now_s: monotonic.
        past_s: time since the last call.
        held: told which pictures are held back from whom, where that is news.
    """
    for stream in streams:
        stream.cost.look(now_s)
    voices = {stream.source.person: stream.cost for stream in streams if stream.source and stream.kind == "audio"}
    pictures = flows_of(streams, voices)
    shares: dict[Stream, list[float]] = {}
    for someone in people:
        downlink = someone.downlink
        if downlink is None or not downlink.link.is_up:
            continue
        downlink.allow_repairs(past_s)
        heard_bps = sum(voice.bps for person, voice in voices.items() if person != someone.id)
        for stream, share in downlink.share_out(pictures, heard_bps).items():
            shares.setdefault(stream, []).append(share)
        if (news := downlink.held_news()) is not None:
            held(someone.id, news)
        for stream in streams:
            if stream.kind == "audio" and stream.source and stream.source.person != someone.id:
                shares.setdefault(stream, []).append(downlink.bps)
    for someone in people:
        for stream in someone.uplink.streams.values() if someone.uplink else ():
            if someone.uplink and (most := most_of(shares.get(stream, ()))) is not None:
                someone.uplink.tell_most(stream, most)
