"""A person's two connections in the relay, and what is known of the links behind them: who sends, who views, how much.

`Uplink` judges what the person's link carries to us; `Downlink` hears from them what it carries to them.
"""

from __future__ import annotations

import math
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple, Protocol

from app.net.beat import Beat
from app.net.estimate import VIEWER_START_BPS, LinkEstimate
from app.net.heights import most_bps
from app.net.told import Told
from app.wire.media import LOW, seen_as
from server_stub.relay import rtcp
from server_stub.relay.budget import Flow, most_of, plan_for
from server_stub.relay.engine import Offer
from server_stub.relay.held import HeldNews, Pictures
from server_stub.relay.layers import Face, Viewer
from server_stub.relay.rtp import HEADER, send_time_of
from server_stub.relay.sdp import SentTrack
from server_stub.relay.source import Source
from server_stub.relay.stream import Stream
from server_stub.relay.transport import PeerLink
from server_stub.relay.wanted import Telling, Wants, is_shown

#: What is sent again is at most this share of what the link carries, so many seconds' worth of it at once.
_REPAIRED, _REPAIR_BURST_S = 0.4, 0.5
#: Whatever a client says of its link: ten people at 20 % loss, asked for ten times.
_REPAIRED_BPS = 40_000_000
#: Clients begin to send with less, and are told soon how it goes.
_START_BPS = 600_000
#: A link that carries less than this share of what it did carries less.
_LESS = 0.97
#: A size of a face that has not begun after this is not counted on.
_BEGINS_S = 1.0


@dataclass(slots=True)
class Uplink:
    """A person's sending connection.

    Attributes:
        session: names it.
        link: the connection.
        beat: of the loop that its packets are read on; None: it is never late.
        streams: what it carries, by mid.
        by_ssrc: the same by the person's SSRC.
        send_time_ids: the number of abs-send-time by SSRC, 0 where it was not offered.
        estimate: what the person's link carries to us.
        face: how their face is made and shared out.
        on_low: who gets their face small now.
    """

    session: str
    link: PeerLink
    beat: Beat | None = None
    streams: dict[str, Stream] = field(default_factory=dict)
    by_ssrc: dict[int, Stream] = field(default_factory=dict)
    send_time_ids: dict[int, int] = field(default_factory=dict)
    estimate: LinkEstimate = field(init=False)
    face: Face = field(default_factory=Face)
    on_low: set[str] = field(default_factory=set)
    _low_telling: Telling = field(default_factory=Telling)
    _told: Told = field(default_factory=Told)
    _told_most: dict[Stream, Told] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.estimate = LinkEstimate(_START_BPS, beat=self.beat)

    def source_of(self, person: str, track: SentTrack) -> Source:
        """What one of the person's tracks is to the stream that it is given."""
        asked = partial(self.estimate.asked, track.ssrc)
        return Source(self.link, person, track.source, track.ssrc, track.payload_type, self.estimate.has_room, asked)

    def take(self, packet: bytes) -> bool:
        """Takes an RTP packet; False: nothing of ours has its SSRC. The hot path."""
        _, _, seq, _, ssrc = HEADER.unpack_from(packet)
        stream = self.by_ssrc.get(ssrc)
        if stream is None:
            return False
        now_s = time.monotonic()
        sent = send_time_of(packet, self.send_time_ids.get(ssrc, 0)) if stream.kind == "video" else None
        if self.estimate.note(ssrc, seq, sent, now_s, len(packet)):
            self.tell_rate()
        stream.take(packet, now_s)
        return True

    def tell_rate(self) -> None:
        """Tells the person what their link carries, where that is news or a second old."""
        if any(self.send_time_ids.values()) and self._told.is_due(self.estimate.bps, time.monotonic()):
            self.link.send_rtcp(rtcp.write_most_rate(self.estimate.bps, list(self.by_ssrc)))

    def report_reception(self) -> None:
        """Tells the person how what they send arrives; to be called about once a second."""
        now_s = time.monotonic()
        reports = [report for stream in self.streams.values() if (report := stream.reception(now_s))]
        if reports:
            self.link.send_rtcp(rtcp.write_receiver_report(reports))

    def tell_most(self, stream: Stream, bps: float) -> None:
        """Tells the person what one of their pictures may cost, for those who see it."""
        stream.allowed.say(bps, time.monotonic())
        if stream.source and self._told_most.setdefault(stream, Told()).is_due(bps, time.monotonic()):
            self.link.send_rtcp(rtcp.write_most_rate(bps, [stream.source.ssrc]))

    def share_out(self, shares: Mapping[Stream, Sequence[float]], seen: Mapping[str, Seen], now_s: float) -> None:
        """Decides how the person's face is made, and tells what each of their streams may cost.

        Args:
            shares: what those who get a stream could have it cost; of all but the face.
            seen: who shows the face.
            now_s: monotonic.
        """
        camera = self.stream_of("camera")
        viewers = {one: someone.viewer for one, someone in seen.items()} if camera else {}
        is_recorded = camera is not None and camera.tap is not None
        layers = self.face.decide(viewers, is_recorded=is_recorded, up_bps=self.estimate.bps, now_s=now_s)
        self.on_low = {one for one, someone in seen.items() if someone.is_low}
        for stream in self.streams.values():
            source = stream.source.source if stream.source else ""
            if source == "camera":
                most = layers.high_bps
            elif source == LOW:
                most = layers.low_bps
            else:
                most = most_of(shares.get(stream, ()))
            if most is not None:
                self.tell_most(stream, most)

    def stream_of(self, source: str) -> Stream | None:
        """What carries that source now."""
        return next((one for one in self.streams.values() if one.source and one.source.source == source), None)

    def is_low_news(self, now_s: float) -> bool:
        """Whether to tell the person now how high their face is wanted small, which is taken for done."""
        low_px = self.face.layers.low_px
        # Who was never asked for it and does not send it need not hear that nobody wants it.
        concerns = low_px or self._low_telling.told or self.stream_of(LOW) is not None
        return bool(concerns) and self._low_telling.is_due(low_px, now_s)


class Seen(NamedTuple):
    """What one viewer might have of a picture, and whether they get it small now."""

    viewer: Viewer
    is_low: bool


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
    _held_now: Pictures = frozenset()
    #: What the link carried at the last `share_out`, where it bore all pictures with room to spare; else infinity.
    _calm_bps: float = math.inf
    #: Since when a size of a face is waited for.
    _awaited: dict[Stream, float] = field(default_factory=dict)

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
        return stream.kind == "audio" or source is None or is_shown(self.wants, source.person, seen_as(source.source))

    def begins_with(self, stream: Stream) -> bool:
        """Whether the person gets a stream as soon as they may: a face made small only where `share_out` says so."""
        return self.shows(stream) and not (stream.source and stream.source.source == LOW)

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

    def share_out(
        self, flows: Mapping[Stream, Flow], voices_bps: float, faces: Mapping[str, Face], me: str, now_s: float
    ) -> dict[Stream, Seen]:
        """Lets those pictures through that the link carries, faces in the size that does.

        Args:
            flows: what each picture of the meeting costs.
            voices_bps: what all voices that the person hears cost together.
            faces: how each one's face is made.
            me: the person.
            now_s: monotonic.

        Returns:
            What they might have of each picture, by its large size.
        """
        pairs = self._pairs(flows)
        pictures = [self._flow(flows, stream, low, faces, me) for stream, low in pairs]
        flowing = [one for pair in pairs for one in pair if one is not None and one.is_viewed_by(self.link)]
        plan = plan_for(self.bps, voices_bps, pictures, flowing)
        awaited, self._awaited = self._awaited, {}
        seen: dict[Stream, Seen] = {}
        for stream, low in pairs:
            is_low = False
            if low is None:
                stream.hold_back(self.link, stream not in plan.flows)
            elif stream in plan.flows:
                self._switch(stream, low, now_s)
            elif low in plan.flows:
                self._awaited[low] = awaited.get(low, now_s)
                self._switch(low, stream, now_s, bears_other=stream in plan.roomy)
                is_low = not low.is_awaited_by(self.link)
            else:
                stream.hold_back(self.link, True)
                low.hold_back(self.link, True)
            viewer = Viewer(self._height(stream), plan.shares[stream], stream in plan.roomy)
            seen[stream] = Seen(viewer, is_low)
        self._calm_bps = self.bps * _LESS if plan.is_easy and not self._awaited else math.inf
        self._held_now = frozenset(
            (source.person, source.source)
            for stream, low in pairs
            if (source := stream.source) and not (stream in plan.flows or low in plan.flows)
        )
        return seen

    @property
    def is_calm(self) -> bool:
        """Whether they had all pictures at the last `share_out`, with room to spare, and nothing says less since."""
        return self.bps >= self._calm_bps

    def _pairs(self, flows: Collection[Stream]) -> list[tuple[Stream, Stream | None]]:
        """The pictures that the person shows, faces with the same made small, where it comes to them."""
        pictures = [stream for stream in self.pictures() if stream in flows]
        lows = {stream.source.person: stream for stream in pictures if stream.source and stream.source.source == LOW}
        return [
            (stream, lows.get(source.person) if source.source == "camera" else None)
            for stream in pictures
            if (source := stream.source) and source.source != LOW
        ]

    def _flow(
        self, flows: Mapping[Stream, Flow], stream: Stream, low: Stream | None, faces: Mapping[str, Face], me: str
    ) -> Flow:
        """What a picture costs, for this person."""
        flow, source = flows[stream], stream.source
        if source is None or source.source != "camera":
            return flow
        height, face = self._height(stream), faces.get(source.person)
        small = flows[low] if low is not None and face is not None and face.layers.low_px else None
        if small is None and height is None:
            return flow
        prefers_low = small is not None and face is not None and face.layers.prefers_low(me, height)
        # In place of `replace`, as this is done for every picture of every viewer.
        return Flow(flow.key, False, flow.bps, flow.spoke_s, small, prefers_low, most_bps(height), flow.is_heeded)

    def _height(self, stream: Stream) -> int | None:
        """How high the person shows a picture that they show, in pixels; None: as it is."""
        source = stream.source
        return self.wants.get((source.person, source.source)) if self.wants is not None and source else None

    def _switch(self, chosen: Stream, other: Stream, now_s: float, *, bears_other: bool = True) -> None:
        """Lets one size of a face through in place of the other, which goes on until this one has begun.

        Args:
            chosen: which one.
            other: the other one; it is let go, or let through, where the chosen one does not begin.
            now_s: monotonic.
            bears_other: the link bears the other one meanwhile.
        """
        chosen.hold_back(self.link, False)
        if not chosen.is_viewed_by(self.link):
            return  # it is not sent to them yet
        if not chosen.is_awaited_by(self.link):
            other.hold_back(self.link, True)
            return
        if now_s - self._awaited.get(chosen, now_s) >= _BEGINS_S:
            other.hold_back(self.link, not bears_other)
        chosen.take_over(self.link, other)

    def held_news(self) -> Pictures | None:
        """The pictures that are held back from the person, where they are to be told; a face in any size counts."""
        return self._held_now if self._held.is_due(self._held_now, time.monotonic()) else None


class Member(Protocol):
    """Who takes part in a meeting's relay."""

    id: str
    uplink: Uplink | None
    downlink: Downlink | None
