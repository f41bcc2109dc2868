"""One forwarded stream: what comes from its present publisher goes, under the relay's own SSRC, to all who may have it.

A stream is a place in the meeting that keeps its SSRC while its owners change; sequence numbers and timestamps go on
from one owner to the next, so that m-lines and decoders of subscribers can be used again. The header is written once
per packet, and the same plaintext is encrypted for each subscriber. The SSRC is the relay's, not the publisher's: under
one encryption key two publishers with the same SSRC would share a key stream, which would lay both open.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from server_stub.relay import rtcp
from server_stub.relay.history import MAX_GAP, REPEAT_S, RING_PACKETS, Missing, PacketRing
from server_stub.relay.rtp import (
    CLOCK_HZ,
    HEADER,
    HEADER_BYTES,
    MAX_PACKET_BYTES,
    PAYLOAD_TYPE,
    begins_key_frame,
    payload_start,
)
from server_stub.relay.transport import Counts, PeerLink

#: At most two key frames a second are asked for. Source: each costs about ten pictures' bits.
KEY_FRAME_PAUSE_S = 0.5
#: Packets of one publisher in a second: ten times what a client of ours sends. More is a flood, and is not sent on.
MOST_PER_S = {"audio": 1_000, "video": 4_000}
#: A key frame that does not come is asked for again this often, this many times.
_KEY_FRAME_ASKS = 4


@dataclass(slots=True)
class StreamCounts(Counts):
    """The relay's running counts; see `engine.RelayStatistics`."""

    packets_in: int = 0
    packets_held: int = 0
    packets_out: int = 0
    bytes_out: int = 0
    naks_sent: int = 0
    naks_answered: int = 0
    naks_missed: int = 0
    losses: int = 0
    plis_sent: int = 0
    plis_heard: int = 0
    reports_forwarded: int = 0


class Tap(Protocol):
    """Who listens in on a stream: the recorder."""

    def take_packet(self, packet: bytes, now_s: float) -> None:
        """One packet as it is forwarded (12 bytes of header), in order of arrival; `now_s` is monotonic."""

    def take_report(self, report: rtcp.SenderReport, now_s: float) -> None:
        """A sender report with the timestamps of the forwarded packets."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a stream's packets come from: the publisher's connection, SSRC and payload type, and who and what it is."""

    link: PeerLink
    person: str
    source: str
    ssrc: int
    payload_type: int


class Stream:
    """A forwarded stream of one kind ("audio" or "video")."""

    def __init__(self, kind: str, ssrc: int, counts: StreamCounts) -> None:
        self.kind = kind
        self.ssrc = ssrc
        self.source: Source | None = None
        #: Grows with each change of owner; a subscriber's answer counts only for the owner that the offer named.
        self.generation = 0
        self.tap: Tap | None = None
        self._counts = counts
        self._payload_type = PAYLOAD_TYPE[kind]
        self._most = MOST_PER_S[kind]
        #: Packets and reports since the last `report_reception`.
        self._taken = 0
        self._links: list[PeerLink] = []
        #: New subscribers of a picture, who get nothing before a key frame: the rest could not be decoded.
        self._newcomers: list[PeerLink] = []
        self._ring = PacketRing()
        self._missing = Missing(kind)
        # In the lower half, so that the first packets of a subscriber cannot be taken for ones before a wrap.
        self._last_seq = random.randrange(1 << 15)
        self._last_timestamp = random.randrange(1 << 31)
        self._seq_shift: int | None = None
        self._timestamp_shift = 0
        self._oldest = 0
        self._reception = Reception()
        self._repeat: asyncio.TimerHandle | None = None
        self._key_frames = KeyFrames(self._ask_for_key_frame)
        self._is_allowed = True
        #: Nothing is sent on: it is not allowed, or a picture has not begun anew since it is.
        self._is_held = False

    def bind(self, source: Source) -> None:
        """Gives the stream an owner; nobody gets anything until `add_subscriber`."""
        self.unbind()
        self.source = source

    def unbind(self) -> None:
        """Takes the owner away: silence, and nothing of the owner is kept."""
        self.source = None
        self.generation += 1
        self.tap = None
        self._links.clear()
        self._newcomers.clear()
        self._ring.clear()
        self._missing.clear()
        self._key_frames.stop()
        self._reception = Reception()
        self._seq_shift = None
        self._is_allowed, self._is_held = True, False
        self._stop_repeating()

    def allow(self, is_allowed: bool) -> None:
        """Whether the owner may send this now; what is not allowed reaches neither subscribers nor the recorder.

        A picture that is allowed again begins with a key frame, for which the owner is asked.
        """
        if is_allowed == self._is_allowed:
            return
        self._is_allowed = is_allowed
        if is_allowed:
            self.want_key_frame()
            return
        self._is_held = True
        # What was lost before is not asked for any more: an answer could not be told from what is sent now.
        self._missing.clear()
        self._stop_repeating()
        self._key_frames.came()

    def _stop_repeating(self) -> None:
        if self._repeat:
            self._repeat.cancel()
            self._repeat = None

    def add_subscriber(self, link: PeerLink) -> None:
        """From now on, or from the next key frame on, this connection gets the stream; a key frame is asked for."""
        if link in self._links or link in self._newcomers or not self.source:
            return
        if self.kind == "audio":
            self._links.append(link)
        else:
            self._newcomers.append(link)
            self.want_key_frame()

    def remove_subscriber(self, link: PeerLink) -> None:
        """The connection gets no more; unknown ones are ignored."""
        for links in (self._links, self._newcomers):
            if link in links:
                links.remove(link)

    def want_key_frame(self) -> None:
        """Asks the publisher for a key frame, merged with other wishes to at most two a second."""
        if self.kind == "video" and self.source and self._is_allowed:
            self._key_frames.want()

    def take(self, data: bytes) -> None:
        """Forwards one decrypted packet of the owner: the hot path."""
        source = self.source
        first, kind, seq, timestamp, _ = HEADER.unpack_from(data)
        start = HEADER_BYTES if not first & 0x1F else payload_start(data)
        counts = self._counts
        self._taken += 1
        if self._taken > self._most:
            counts.packets_refused += 1
            return
        if source is None or kind & 0x7F != source.payload_type or not 0 < start <= len(data) <= MAX_PACKET_BYTES:
            counts.packets_refused += 1
            return
        if self._is_held and not self._goes_on(seq, data[start:]):
            counts.packets_held += 1
            return
        if self._seq_shift is None:
            self._begin(seq, timestamp)
        out_seq = seq + self._seq_shift & 0xFFFF
        if not self._note(out_seq):
            counts.packets_refused += 1
            return
        out_timestamp = timestamp + self._timestamp_shift & 0xFFFFFFFF
        packet = (
            HEADER.pack(0x80 | first & 0x20, kind & 0x80 | self._payload_type, out_seq, out_timestamp, self.ssrc)
            + data[start:]
        )
        counts.packets_in += 1
        self._ring.put(out_seq, packet)
        if self._newcomers or self._key_frames.is_awaited:
            self._look_for_key_frame(packet)
        sent = 0
        for link in self._links:
            sent += link.send(packet)
        counts.packets_out += sent
        counts.bytes_out += sent * len(packet)
        if self.tap:
            self.tap.take_packet(packet, time.monotonic())
        self._last_timestamp = out_timestamp

    def _look_for_key_frame(self, packet: bytes) -> None:
        if begins_key_frame(packet[HEADER_BYTES:]):
            self._key_frames.came()
            self._links += self._newcomers
            self._newcomers.clear()
        elif not self._key_frames.is_awaited:
            # Asked in vain while the camera was off, perhaps: now it sends.
            self.want_key_frame()

    def _goes_on(self, seq: int, payload: bytes) -> bool:
        """Whether a stream that was held goes on with this packet.

        Its number follows the last one that was sent on, so that nobody asks for what was held; its time does not, as
        time has passed. Packets from before it count as too old.
        """
        if not self._is_allowed:
            return False
        if self.kind == "video" and not begins_key_frame(payload):
            if not self._key_frames.is_awaited:
                self.want_key_frame()
            return False
        self._is_held = False
        if self._seq_shift is not None:
            self._oldest = self._last_seq + 1 & 0xFFFF
            self._seq_shift = self._oldest - seq & 0xFFFF
            self._reception.skip_to(seq)
        return True

    def _begin(self, seq: int, timestamp: int) -> None:
        """Lets the first packet of an owner follow the last of the one before."""
        self._oldest = self._last_seq = self._last_seq + 1 & 0xFFFF
        self._seq_shift = self._last_seq - seq & 0xFFFF
        step = CLOCK_HZ[self.kind] // 20
        self._timestamp_shift = self._last_timestamp + step - timestamp & 0xFFFFFFFF
        self._last_seq = self._last_seq - 1 & 0xFFFF
        self._reception.begin(seq)

    def _note(self, seq: int) -> bool:
        """Keeps account of order and loss; False for a packet too old to send on."""
        ahead = seq - self._last_seq & 0xFFFF
        self._reception.received += 1
        if 0 < ahead < 0x8000:
            self._reception.highest += ahead
            if ahead > 1:
                self._miss(ahead)
            self._last_seq = seq
        elif -ahead & 0xFFFF >= RING_PACKETS or seq - self._oldest & 0xFFFF >= 0x8000:
            # Before the owner's first packet: its number may have been used for the owner before.
            return False
        else:
            self._missing.found(seq)
        return True

    def _miss(self, ahead: int) -> None:
        if ahead - 1 > MAX_GAP or len(self._missing) + ahead - 1 > RING_PACKETS:
            self._counts.losses += ahead - 1 + len(self._missing)
            self._missing.clear()
            self.want_key_frame()
            return
        loop = asyncio.get_running_loop()
        self._nack(self._missing.add(self._last_seq + 1 & 0xFFFF, ahead - 1, loop.time()))
        if self._repeat is None:
            self._repeat = loop.call_later(REPEAT_S, self._ask_again)

    def _ask_again(self) -> None:
        self._repeat = None
        loop = asyncio.get_running_loop()
        lost, given_up = self._missing.due(loop.time())
        if given_up:
            self._counts.losses += given_up
            self.want_key_frame()
        if lost:
            self._nack(lost)
            self._repeat = loop.call_later(REPEAT_S, self._ask_again)

    def _nack(self, lost: list[int]) -> None:
        if self.source and self._seq_shift is not None:
            self._counts.naks_sent += len(lost)
            theirs = [seq - self._seq_shift & 0xFFFF for seq in lost]
            self.source.link.send_rtcp(rtcp.write_nack(self.source.ssrc, theirs))

    def _ask_for_key_frame(self) -> None:
        if self.source:
            self._counts.plis_sent += 1
            self.source.link.send_rtcp(rtcp.write_pli(self.source.ssrc))

    def take_report(self, report: rtcp.SenderReport) -> None:
        """Passes the owner's clock on, in the timestamps of the forwarded packets, for lip sync."""
        self._taken += 1
        if self._taken > self._most:
            return
        now_s = time.monotonic()
        self._reception.note_report(report.ntp, now_s)
        if self._seq_shift is None or self._is_held:
            return
        timestamp = report.timestamp + self._timestamp_shift & 0xFFFFFFFF
        ours = rtcp.SenderReport(self.ssrc, report.ntp, timestamp, report.packets, report.octets)
        packet = rtcp.write_sender_report(ours)
        for link in self._links:
            link.send_rtcp(packet)
        self._counts.reports_forwarded += len(self._links)
        if self.tap:
            self.tap.take_report(ours, now_s)

    def repair(self, link: PeerLink, lost: tuple[int, ...]) -> None:
        """Sends packets again to a subscriber that gets this stream."""
        if link not in self._links:
            return
        for seq in lost:
            packet = self._ring.get(seq)
            if packet is None:
                self._counts.naks_missed += 1
            elif link.send(packet):
                self._counts.naks_answered += 1
                self._counts.packets_out += 1
                self._counts.bytes_out += len(packet)

    def report_reception(self) -> None:
        """Tells the owner how its packets arrive; to be called about once a second."""
        self._taken = 0
        if self.source and self._seq_shift is not None:
            report = self._reception.report(self.source.ssrc, time.monotonic())
            self.source.link.send_rtcp(rtcp.write_receiver_report(report))


class KeyFrames:
    """Merges wishes for key frames, and repeats one that was not granted."""

    def __init__(self, ask: Callable[[], None]) -> None:
        self._ask = ask
        self._timer: asyncio.TimerHandle | None = None
        self._asks_left = 0

    @property
    def is_awaited(self) -> bool:
        """Whether a wish is open."""
        return self._asks_left > 0

    def want(self) -> None:
        """Asks now, or as soon as half a second has passed since the last time."""
        self._asks_left = _KEY_FRAME_ASKS
        if self._timer is None:
            self._send()

    def came(self) -> None:
        """A key frame has come, which grants every wish before it."""
        self._asks_left = 0

    def stop(self) -> None:
        """Forgets all wishes."""
        self._asks_left = 0
        if self._timer:
            self._timer.cancel()
            self._timer = None

    def _send(self) -> None:
        self._timer = None
        if self._asks_left > 0:
            self._asks_left -= 1
            self._timer = asyncio.get_running_loop().call_later(KEY_FRAME_PAUSE_S, self._send)
            self._ask()


class Reception:
    """What a receiver report says of one owner's stream. Source: RFC 3550 section 6.4.1 and appendix A.3.

    Attributes:
        received: packets that came.
        highest: the highest sequence number, counted on past its wrap.
    """

    def __init__(self) -> None:
        self.received = 0
        self.highest = 0
        self._first = 0
        self._lost_before = self._expected_before = 0
        self._ntp_middle = 0
        self._reported_s = 0.0

    def begin(self, seq: int) -> None:
        """The owner's first sequence number, as the owner counts."""
        self._first = seq
        self.highest = seq - 1

    def skip_to(self, seq: int) -> None:
        """What was held until this number is not lost."""
        held = seq - 1 - self.highest & 0xFFFF
        self.received += held
        self.highest += held

    def note_report(self, ntp: int, now_s: float) -> None:
        """A sender report came."""
        self._ntp_middle = ntp >> 16 & 0xFFFFFFFF
        self._reported_s = now_s

    def report(self, ssrc: int, now_s: float) -> rtcp.ReceptionReport:
        """The next report; the fraction lost counts from the one before."""
        expected = self.highest - self._first + 1
        lost = max(expected - self.received, 0)
        expected_now, lost_now = expected - self._expected_before, lost - self._lost_before
        self._expected_before, self._lost_before = expected, lost
        fraction = min(255, 256 * lost_now // expected_now) if expected_now > 0 and lost_now > 0 else 0
        delay = int((now_s - self._reported_s) * 65_536) if self._ntp_middle else 0
        return rtcp.ReceptionReport(ssrc, fraction, lost, self.highest, 0, self._ntp_middle, delay)
