"""What a person sends on one stream: whether it may be sent on, in which order it came, and what has to come again.

The numbers of its packets are put into those of the stream, which go on from one owner to the next.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.net.guard.payloads import may_be_sent_on, voice_ms
from app.net.repair import Missing
from server_stub.relay import rtcp
from server_stub.relay.allowance import ALLOWED, Meter
from server_stub.relay.feedback import KeyFrames, KeySize, Reception
from server_stub.relay.history import LOOK_S, PATIENCE, RING_PACKETS, WATCH_S
from server_stub.relay.rtp import (
    CLOCK_HZ,
    HEADER,
    HEADER_BYTES,
    MAX_PACKET_BYTES,
    PAYLOAD_TYPE,
    begins_key_frame,
    payload_start,
    timed_packet,
)
from server_stub.relay.transport import Counts, PeerLink

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class StreamCounts(Counts):
    """The relay's running counts; see `engine.RelayStatistics`."""

    packets_in: int = 0
    packets_held: int = 0
    packets_beyond: int = 0
    pictures_refused: int = 0
    packets_out: int = 0
    bytes_out: int = 0
    naks_sent: int = 0
    naks_answered: int = 0
    naks_missed: int = 0
    losses: int = 0
    plis_sent: int = 0
    plis_heard: int = 0
    reports_forwarded: int = 0


@dataclass(frozen=True, slots=True)
class Source:
    """Where a stream's packets come from: the publisher's connection, SSRC and payload type, and who and what it is.

    Attributes:
        has_room: whether their link to us is not full, at an instant of the monotonic clock.
        asked: is told which of their numbers they are asked for again, and when.
    """

    link: PeerLink
    person: str
    source: str
    ssrc: int
    payload_type: int
    has_room: Callable[[float], bool]
    asked: Callable[[Sequence[int], float], None] = lambda seqs, now_s: None


def _without_padding(payload: bytes) -> bytes | None:
    """What a payload with padding holds; None where its last byte cannot be how much that is. Source: RFC 3550, 5.1."""
    padding = payload[-1] if payload else 0
    return payload[:-padding] if 0 < padding <= len(payload) else None


class Inflow:
    """What comes from the present owner of a stream.

    Attributes:
        source: the owner; None: nobody sends.
        is_held: nothing is sent on: it is not allowed or was too much, or a picture has not begun anew since.
        key_frames: the wishes for one.
    """

    def __init__(self, kind: str, ssrc: int, counts: StreamCounts) -> None:
        """See `Stream`."""
        self.source: Source | None = None
        self.is_held = False
        self.key_frames = KeyFrames(self._ask_for_key_frame)
        self._ssrc, self._counts = ssrc, counts
        self._is_picture, self._hz = kind == "video", CLOCK_HZ[kind]
        self._payload_type = PAYLOAD_TYPE[kind]
        #: What the owner has left to send now.
        self._meter = Meter(ALLOWED["camera"])
        self._missing = Missing(PATIENCE[kind])
        self._key_size = KeySize()
        # In the lower half, so that the first packets of a subscriber cannot be taken for ones before a wrap.
        self._last_seq = random.randrange(1 << 15)
        self._last_timestamp = random.randrange(1 << 31)
        self._seq_shift: int | None = None
        self._timestamp_shift = 0
        self._oldest = 0
        self._reception = Reception()
        self._repeat: asyncio.TimerHandle | None = None
        self._is_allowed = True
        #: It was too much, and there is no room for more yet.
        self._is_beyond = False

    def bind(self, source: Source) -> None:
        """Somebody sends from now on."""
        self.source = source
        self._meter = Meter(ALLOWED[source.source])

    def unbind(self) -> None:
        """Nobody sends: nothing of the owner is kept but where its numbers ended."""
        self.source = None
        self._missing.forget()
        self._key_size = KeySize()
        self.key_frames.stop()
        self._reception = Reception()
        self._seq_shift = None
        self._is_allowed, self.is_held, self._is_beyond = True, False, False
        self._stop_repeating()

    def allow(self, is_allowed: bool) -> bool:
        """Whether the owner may send this now; a picture that is allowed again begins with a key frame.

        Returns:
            True if that has changed.
        """
        if is_allowed == self._is_allowed:
            return False
        self._is_allowed = is_allowed
        if is_allowed:
            self.want_key_frame()
        else:
            self._hold()
        return True

    def _hold(self) -> None:
        """Sends nothing on from here; a picture goes on with its next key frame."""
        self.is_held = True
        # What was lost before is not asked for any more: an answer could not be told from what is sent now.
        self._missing.forget()
        self._stop_repeating()
        self.key_frames.came()

    def _stop_repeating(self) -> None:
        if self._repeat:
            self._repeat.cancel()
            self._repeat = None

    def want_key_frame(self) -> None:
        """Asks the owner for a key frame, merged with other wishes to at most two a second."""
        if self._is_picture and self.source and self._is_allowed:
            self.key_frames.want()

    def take(self, data: bytes, now_s: float) -> bytes | None:
        """One decrypted packet of the owner as the stream has it; None: it is not sent on. The hot path.

        Args:
            data: at least 12 bytes.
            now_s: monotonic.

        Returns:
            A header with the stream's SSRC, number and time, and the payload; a picture's says when it is sent.
        """
        # What is usual takes few calls and one copy, as here they cost several times what they do in a loop.
        source = self.source
        first, kind, seq, timestamp, _ = HEADER.unpack_from(data)
        start = HEADER_BYTES if not first & 0x1F else payload_start(data)
        counts = self._counts
        if source is None or kind & 0x7F != source.payload_type or not 0 < start <= len(data) <= MAX_PACKET_BYTES:
            counts.packets_refused += 1
            return None
        payload = data[start:]
        bare = _without_padding(payload) if first & 0x20 else payload
        if bare is None:
            counts.packets_refused += 1
            return None
        if not self._may_pass(bare, len(data), seq, now_s):
            return None
        if self._seq_shift is None:
            self._begin(seq, timestamp)
        out_seq = seq + self._seq_shift & 0xFFFF
        if self._is_picture:
            self._key_size.came(bare, kind & 0x80 != 0)
        if out_seq == self._last_seq + 1 & 0xFFFF and self._missing.follows(out_seq):
            self._last_seq = out_seq
            reception = self._reception
            reception.received += 1
            reception.highest += 1
        elif not self._note(out_seq, now_s):
            counts.packets_refused += 1
            return None
        self._last_timestamp = out_timestamp = timestamp + self._timestamp_shift & 0xFFFFFFFF
        counts.packets_in += 1
        first, kind = 0x80 | first & 0x20, kind & 0x80 | self._payload_type
        if self._is_picture:
            return timed_packet(first, kind, out_seq, out_timestamp, self._ssrc, payload, now_s)
        return HEADER.pack(first, kind, out_seq, out_timestamp, self._ssrc) + payload

    def _may_pass(self, payload: bytes, size: int, seq: int, now_s: float) -> bool:
        """Whether a packet may be sent on: it harms no decoder, is not too much, and is not held.

        Args:
            payload: of the packet, without padding.
            size: of all of it.
            seq: its number as its owner counts.
            now_s: monotonic.
        """
        counts = self._counts
        if self._is_picture and payload and not may_be_sent_on(payload):
            if not counts.pictures_refused:
                _log.info("a picture of a size that no camera and no screen has was not sent on")
            counts.pictures_refused += 1
            self._hold()
            return False
        if not self._is_picture and payload and not voice_ms(payload):
            counts.packets_refused += 1
            return False
        if self.is_held and not self._goes_on(seq, payload, now_s):
            counts.packets_beyond += self._is_beyond
            counts.packets_held += not self._is_beyond
            return False
        if not self._meter.admits(size, now_s):
            if not counts.packets_beyond:
                _log.info("somebody sends more than anybody may; what is too much is not sent on")
            counts.packets_beyond += 1
            self._is_beyond = True
            self._hold()
            return False
        return True

    def _goes_on(self, seq: int, payload: bytes, now_s: float) -> bool:
        """Whether a stream that was held goes on with this packet.

        Its number follows the last one that was sent on, so that nobody asks for what was held; its time does not, as
        time has passed. Packets from before it count as too old.
        """
        if not self._is_allowed:
            return False
        if self._is_beyond and not self._meter.has_room(now_s):
            return False
        self._is_beyond = False
        if self._is_picture and not begins_key_frame(payload):
            if not self.key_frames.asks_left:
                self.want_key_frame()
            return False
        self.is_held = False
        if self._seq_shift is not None:
            self._oldest = self._last_seq + 1 & 0xFFFF
            self._seq_shift = self._oldest - seq & 0xFFFF
            self._reception.skip_to(seq)
        return True

    def _begin(self, seq: int, timestamp: int) -> None:
        """Lets the first packet of an owner follow the last of the one before."""
        self._oldest = self._last_seq = self._last_seq + 1 & 0xFFFF
        self._seq_shift = self._last_seq - seq & 0xFFFF
        step = self._hz // 20
        self._timestamp_shift = self._last_timestamp + step - timestamp & 0xFFFFFFFF
        self._last_seq = self._last_seq - 1 & 0xFFFF
        self._reception.begin(seq)

    def _note(self, seq: int, now_s: float) -> bool:
        """Keeps account of order and loss; False for a packet too old to send on."""
        ahead = seq - self._last_seq & 0xFFFF
        self._reception.received += 1
        if 0 < ahead < 0x8000:
            self._reception.highest += ahead
            self._last_seq = seq
            self._miss(seq, ahead - 1, now_s)
        elif -ahead & 0xFFFF >= RING_PACKETS or seq - self._oldest & 0xFFFF >= 0x8000:
            # Before the owner's first packet: its number may have been used for the owner before.
            return False
        else:
            self._missing.seen(seq, now_s)
        return True

    def _miss(self, seq: int, gap: int, now_s: float) -> None:
        """What lies before the newest packet has not come."""
        before = len(self._missing)
        self._missing.key_packets = self._key_size.packets
        if not self._missing.seen(seq, now_s):
            self._counts.losses += gap + before
            self.want_key_frame()
        elif gap and len(self._missing) > before:
            self._nack(now_s)
            if not before:
                # It may only have been watched, with longer pauses.
                self._stop_repeating()
            if self._repeat is None:
                self._look_again()

    def _ask_again(self) -> None:
        self._repeat = None
        now_s = time.monotonic()
        if given_up := self._missing.given_up(now_s):
            self._counts.losses += len(given_up)
            self.want_key_frame()
        self._nack(now_s)
        if self._missing:
            self._look_again()
        elif self._missing.is_watched(now_s):
            self._look_again(WATCH_S)

    def _look_again(self, pause_s: float = LOOK_S) -> None:
        self._repeat = asyncio.get_running_loop().call_later(pause_s, self._ask_again)

    def _nack(self, now_s: float) -> None:
        """Asks for what is due."""
        if self.source is None or self._seq_shift is None:
            return
        if lost := self._missing.due(now_s, has_room=self.source.has_room(now_s)):
            self._counts.naks_sent += len(lost)
            theirs = [seq - self._seq_shift & 0xFFFF for seq in lost]
            self.source.asked(theirs, now_s)
            self.source.link.send_rtcp(rtcp.write_nack(self.source.ssrc, theirs))

    def _ask_for_key_frame(self) -> None:
        if self.source:
            self._counts.plis_sent += 1
            self.source.link.send_rtcp(rtcp.write_pli(self.source.ssrc))

    def take_report(self, report: rtcp.SenderReport, now_s: float) -> rtcp.SenderReport | None:
        """The owner's clock in the timestamps of the stream, for lip sync; None: it is not passed on.

        Args:
            report: of the owner.
            now_s: monotonic.
        """
        if not self._meter.admits(0, now_s):
            self._counts.packets_beyond += 1
            return None
        self._reception.note_report(report.ntp, now_s)
        if self._seq_shift is None or self.is_held:
            return None
        timestamp = report.timestamp + self._timestamp_shift & 0xFFFFFFFF
        return rtcp.SenderReport(self._ssrc, report.ntp, timestamp, report.packets, report.octets)

    def reception(self, now_s: float) -> rtcp.ReceptionReport | None:
        """How the owner's packets have arrived since the last time; None before the first.

        Args:
            now_s: monotonic.
        """
        if self.source is None or self._seq_shift is None:
            return None
        return self._reception.report(self.source.ssrc, now_s)
