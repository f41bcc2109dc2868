"""One forwarded stream: what comes from its present publisher goes, under the relay's own SSRC, to all who may have it.

A stream is a place in the meeting that keeps its SSRC while its owners change; sequence numbers and timestamps go on
from one owner to the next, so that m-lines and decoders of subscribers can be used again. The header is written once
per packet, and the same plaintext is encrypted for each subscriber. The SSRC is the relay's, not the publisher's: under
one encryption key two publishers with the same SSRC would share a key stream, which would lay both open.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Protocol

from server_stub.relay import rtcp
from server_stub.relay.budget import Allowed, Cost
from server_stub.relay.history import PacketRing
from server_stub.relay.lane import Lanes
from server_stub.relay.rtp import begins_key_frame, payload_of
from server_stub.relay.source import Inflow, Source, StreamCounts
from server_stub.relay.transport import PeerLink
from server_stub.relay.wanted import Telling


class Tap(Protocol):
    """Who listens in on a stream: the recorder."""

    def take_packet(self, packet: bytes, now_s: float) -> None:
        """One packet as it is forwarded, in order of arrival; `now_s` is monotonic."""

    def take_report(self, report: rtcp.SenderReport, now_s: float) -> None:
        """A sender report with the timestamps of the forwarded packets."""

    def pause(self, now_s: float) -> None:
        """The owner may not send this any more, or is gone; what comes later begins anew."""


class Stream:
    """A forwarded stream of one kind ("audio" or "video").

    Attributes:
        source: the present owner; None: nobody sends.
    """

    def __init__(self, kind: str, ssrc: int, counts: StreamCounts) -> None:
        self.kind = kind
        self.ssrc = ssrc
        #: Grows with each change of owner; a subscriber's answer counts only for the owner that the offer named.
        self.generation = 0
        self.source: Source | None = None
        self.tap: Tap | None = None
        self.cost = Cost()
        self.allowed = Allowed()
        self.telling = Telling()
        self._counts = counts
        self._inflow = Inflow(kind, ssrc, counts)
        self._lanes = Lanes(kind, counts)
        self._ring = PacketRing()

    def bind(self, source: Source) -> None:
        """Gives the stream an owner; nobody gets anything until `add_subscriber`."""
        self.unbind()
        self.telling, self.allowed = Telling(), Allowed()
        self._inflow.bind(source)
        self.source = source

    def unbind(self) -> None:
        """Takes the owner away: silence, and nothing of the owner is kept."""
        self.generation += 1
        self._pause_tap()
        self.tap = None
        # New ones: who waits to go on with this in place of another size may still name the ones before.
        self._lanes = Lanes(self.kind, self._counts)
        self._ring.clear()
        self._inflow.unbind()
        self.source = None

    def allow(self, is_allowed: bool) -> None:
        """Whether the owner may send this now; what is not allowed reaches neither subscribers nor the recorder."""
        if self._inflow.allow(is_allowed) and not is_allowed:
            self._pause_tap()

    def _pause_tap(self) -> None:
        if self.tap:
            self.tap.pause(time.monotonic())

    def add_subscriber(self, link: PeerLink, *, is_held: bool = False) -> None:
        """From now on, or from the next key frame on, this connection gets the stream; a key frame is asked for.

        Args:
            link: the connection; one that gets it already is left as it is.
            is_held: not before `hold_back` says so.
        """
        if self.source and self._lanes.add(link, is_held=is_held):
            self.want_key_frame()

    def remove_subscriber(self, link: PeerLink) -> None:
        """The connection gets no more; unknown ones are ignored."""
        self._lanes.remove(link)

    def want_key_frame(self) -> None:
        """See `Inflow.want_key_frame`."""
        self._inflow.want_key_frame()

    def take(self, data: bytes, now_s: float) -> None:
        """Forwards one decrypted packet of the owner: the hot path.

        Args:
            data: at least 12 bytes.
            now_s: monotonic.
        """
        packet = self._inflow.take(data, now_s)
        if packet is None:
            return
        lanes, counts, size = self._lanes, self._counts, len(packet)
        if lanes.held:
            lanes.keep_in_step(packet)
        if lanes.waiting or self._inflow.key_frames.asks_left:
            self._look_for_key_frame(packet)
        self.cost.note(size)
        # As it is sent: another header under the same number and keys would lay open what proves packets (AES-GCM).
        self._ring.put(packet[2] << 8 | packet[3], packet)
        sent = lanes.send(packet)
        counts.packets_out += sent
        counts.bytes_out += sent * size
        if lanes.begun and packet[1] & 0x80:
            lanes.has_begun()
        if self.tap:
            self.tap.take_packet(packet, now_s)

    def _look_for_key_frame(self, packet: bytes) -> None:
        if begins_key_frame(payload_of(packet)):
            self._inflow.key_frames.came()
            self._lanes.begin()
        elif not self._inflow.key_frames.asks_left:
            # Asked in vain while the camera was off, perhaps: now it sends.
            self.want_key_frame()

    def take_report(self, report: rtcp.SenderReport) -> None:
        """Passes the owner's clock on, in the timestamps of the forwarded packets, for lip sync.

        Each viewer is told of what they were given: what is missing of that was lost on their own link.
        """
        now_s = time.monotonic()
        ours = self._inflow.take_report(report, now_s)
        if ours is None:
            return
        for lane in self._lanes.flowing:
            lane.link.send_rtcp(rtcp.write_sender_report(replace(ours, packets=self._lanes.given_to(lane))))
        self._counts.reports_forwarded += len(self._lanes.flowing)
        if self.tap:
            self.tap.take_report(ours, now_s)

    def repair(self, link: PeerLink, lost: tuple[int, ...], most_bits: float) -> int:
        """Sends packets again to a subscriber that gets this stream; returns how many bits that were."""
        lane = self._lanes.of(link)
        return lane.repair(self._ring, lost, most_bits) if lane is not None else 0

    def is_viewed_by(self, link: PeerLink) -> bool:
        """Whether this connection gets the stream now, or waits for its key frame."""
        return self._lanes.has(link)

    def hold_back(self, link: PeerLink, is_held: bool) -> None:
        """Whether a viewer does without this picture for now; it begins again with a key frame."""
        if self._lanes.hold_back(link, is_held):
            self.want_key_frame()

    def take_over(self, link: PeerLink, other: Stream) -> None:
        """A viewer who waits for this picture gets `other`, the same in another size, until this begins, no longer."""
        self._lanes.take_over(link, other._lanes)

    def is_awaited_by(self, link: PeerLink) -> bool:
        """Whether this connection waits for the key frame with which it begins."""
        return self._lanes.waits(link)

    def is_held_from(self, link: PeerLink) -> bool:
        """Whether a viewer does without it."""
        return self._lanes.is_held(link)

    def reception(self, now_s: float) -> rtcp.ReceptionReport | None:
        """See `Inflow.reception`."""
        return self._inflow.reception(now_s)
