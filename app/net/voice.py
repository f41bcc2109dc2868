"""The jitter buffer of a remote voice: packets come early, late, twice or never, 10 ms blocks go out evenly.

Own work in place of aiortc 1.16's buffer, which after one lost packet holds 280 ms back for good and throws away a
fifth of what arrives at 5 % loss. No thread and no clock of its own.

How it keeps its distance: `distance` says whether the voice is to be played sooner or later; then a pitch
period is folded away or played twice, where that is not heard. If it ran dry, the time that was covered is kept as
distance. A packet that has not come when its moment has is taken from the copy in the one after it, or covered.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from app.media.types import BLOCK, RATE_HZ
from app.net.cover import LONGEST, Cover, pitch_of
from app.net.distance import ROOM, Distance
from app.net.repair import ahead

if TYPE_CHECKING:
    from app.media.types import Samples
    from app.net.opus import VoiceDecoder

#: Samples to have in hand before the first is played; and blocks to wait for them: a last word that nothing follows is
#: heard, too.
_START, _LONGEST_WAIT_BLOCKS = RATE_HZ * 40 // 1000, 12
_QUIET = 0.01
#: How alike two pitch periods are that may be folded into one, 1.0 at most; and blocks to leave between two of these.
_ALIKE = 0.75
_REST_BLOCKS = 3
#: After this long without anything new the voice falls silent, and starts over when it is back.
_MOST_COVERED = RATE_HZ * 120 // 1000
_MOST_PACKETS = 200
_MOST_AHEAD = RATE_HZ * 4


@dataclass(frozen=True, slots=True)
class VoicePacket:
    """One Opus packet as it came.

    Attributes:
        seq: sequence number, 0-65535.
        timestamp: RTP time, 48 kHz, 32 bits.
        opus: the payload.
    """

    seq: int
    timestamp: int
    opus: bytes


@dataclass(slots=True)
class VoiceStatistics:
    """What became of a voice since it began.

    Attributes:
        packets: that came in time.
        late: that came after their moment, or twice.
        recovered: that were lost, and heard by the copy in the one after.
        concealed_ms: covered in all.
        longest_gap_ms: longest run that was covered or silent though the speaker sent sound.
        delay_ms: between arrival and playing, now.
    """

    packets: int = 0
    late: int = 0
    recovered: int = 0
    concealed_ms: float = 0.0
    longest_gap_ms: float = 0.0
    delay_ms: float = 0.0


class VoiceBuffer:
    """Takes one voice's packets in any order and gives its sound in order; see the module for how."""

    def __init__(self, decoder: VoiceDecoder) -> None:
        """An empty buffer.

        Args:
            decoder: turns packets into sound; nobody else uses it.
        """
        self._decoder = decoder
        self._packets: dict[int, VoicePacket] = {}
        self._sound = np.zeros(0, np.float32)
        self._cover = Cover()
        #: Time (unwrapped) of the next packet to be played, None before the start and after a silence.
        self._next: int | None = None
        #: Time (unwrapped) up to which it was played before it fell silent; None: that does not matter.
        self._done: int | None = None
        self._newest = self._newest_seq = 0
        self._waited_blocks = 0
        self._last_seq: int | None = None
        #: RTP time that follows the last packet played, 32 bits.
        self._expected = 0
        #: When what was heard of late was said: what comes once more is of no interest.
        self._heard: deque[int] = deque(maxlen=64)
        self._length = RATE_HZ // 50
        self._credit = 0
        self._gap = 0
        self._distance = Distance()
        self._rest_blocks = 0
        self.statistics = VoiceStatistics()

    def put(self, packet: VoicePacket, waited: int = 0) -> None:
        """Takes a packet; `waited` is for how long, in samples, it has been here already."""
        at = self._newest + _step(packet.timestamp, self._newest)
        if self._next is None and self._done is not None and at < self._done - _MOST_AHEAD:
            self._done = None  # no late packet: the speaker's clock has jumped
        is_known = bool(self._packets) or self._next is not None or self._done is not None
        at = at if is_known else packet.timestamp
        played = self._done if self._next is None else self._next
        if at in self._packets or (played is not None and at < played):
            self.statistics.late += 1
            if at not in self._packets and at not in self._heard:
                self._note_spare(packet, at, waited)
                self._heard.append(at)
            return
        first = self._next if self._next is not None else min(self._packets, default=at)
        if abs(at - first) > _MOST_AHEAD:
            self._begin_anew()
        self._note_spare(packet, at, waited)
        self._packets[at] = packet
        if at > self._newest or not is_known:
            self._newest, self._newest_seq = at, packet.seq
        self.statistics.packets += 1
        if len(self._packets) > _MOST_PACKETS:
            self._packets.pop(min(self._packets))

    def _note_spare(self, packet: VoicePacket, at: int, waited: int) -> None:
        """How early a packet has come, and with it the copy of a lost one before it."""
        if self._next is None:
            return
        spare = at - (self._next - len(self._sound)) + waited
        if at < self._newest:
            self._distance.came_again(spare, self._newest - at)
            return
        self._distance.came(spare)
        if ahead(packet.seq, self._newest_seq) > 1 and self._decoder.holds_last(packet.opus):
            self._distance.came_again(spare - self._length, self._length)

    def pass_time(self, samples: int) -> None:
        """So much time has passed since 10 ms were taken; unless it is said before what came since is put, 10 ms.

        A speaker takes several blocks at once, or falls behind.
        """
        self._distance.passed(samples - BLOCK)

    def take(self) -> Samples | None:
        """The next 10 ms.

        Returns:
            float32 [BLOCK], or None while nothing is to be heard: before the first sound, and in a pause.
        """
        if self._next is None and not self._starts():
            self._gap += BLOCK if self._gap else 0
            return None
        self._watch_distance()
        while len(self._sound) < BLOCK:
            if not self._play_next():
                return self._covered()
        block, self._sound = self._sound[:BLOCK], self._sound[BLOCK:]
        self._cover.remember(block)
        return block

    def _starts(self) -> bool:
        if not self._packets:
            return False
        first = min(self._packets)
        self._waited_blocks += 1
        if max(self._packets) + self._length - first < _START and self._waited_blocks < _LONGEST_WAIT_BLOCKS:
            return False
        self._waited_blocks = 0
        self._note_gap(self._packets[first])
        self._next = first
        self._credit = 0
        self._distance.begin()
        return True

    def _begin_anew(self) -> None:
        self._packets.clear()
        self._next = self._done = None
        self._last_seq = None
        self._sound = self._sound[:0]

    def _play_next(self) -> bool:
        """Appends the next sound to what is in hand; False where nothing is there to go on with."""
        if self._next is None or not self._packets:
            return False
        at = min(self._packets)
        hole = at - self._next
        if hole > 0 and self._last_seq is not None and ahead(self._packets[at].seq, self._last_seq) == 1:
            # Nothing was lost: the speaker was silent. The pause was played already if it was covered.
            self._gap = 0
            self._fall_silent()
            return self._starts()
        if hole > 0 and self._credit:
            covered = min(hole, self._credit)
            self._credit -= covered
            self._next += covered
            self._distance.moved(-covered)
            return self._play_next()
        if hole > 0:
            self._bridge(hole, self._packets[at])
            return True
        return self._play(self._packets.pop(at), at)

    def _bridge(self, hole: int, following: VoicePacket) -> None:
        """Goes on where a packet has not come, though later ones have."""
        is_last = hole <= self._length and self._decoder.holds_last(following.opus)
        sound = self._decoder.recover(following.opus, self._length)[-hole:] if is_last else self._sound[:0]
        if len(sound) < hole:
            self._lose(hole)
            return
        if self._cover.is_on:
            sound = self._cover.join(sound)
        self._end_gap()
        self._next = (self._next or 0) + hole
        self._heard.append(self._next - self._length)
        self.statistics.recovered += 1
        self._sound = np.concatenate([self._sound, sound])

    def _lose(self, hole: int) -> None:
        """Covers a packet, or its rest."""
        length = min(hole, self._length)
        made_up = self._cover.go_on(length)
        self._next = (self._next or 0) + length
        self._count_covered(length)
        self._sound = np.concatenate([self._sound, made_up])

    def _play(self, packet: VoicePacket, at: int) -> bool:
        try:
            sound = self._decoder.decode(packet.opus)
        except ValueError:
            sound = np.zeros(0, np.float32)
        if not len(sound):
            self._next = at
            self._lose(self._length)
            self._last_seq = packet.seq
            return True
        if self._cover.is_on:
            sound = self._cover.join(sound)
        self._note_gap(packet)
        self._length = len(sound)
        self._next = at + len(sound)
        self._heard.append(at)
        self._last_seq = packet.seq
        self._expected = packet.timestamp + len(sound) & 0xFFFFFFFF
        self._credit = 0
        self._sound = np.concatenate([self._sound, sound])
        return True

    def _covered(self) -> Samples | None:
        """Bridges a moment in which nothing is there; afterwards the distance is that much longer."""
        missing = BLOCK - len(self._sound)
        if self._next is None:
            block = np.concatenate([self._sound, np.zeros(missing, np.float32)])
            had_sound, self._sound = bool(len(self._sound)), self._sound[:0]
            return block if had_sound else None
        block = np.concatenate([self._sound, self._cover.go_on(missing)])
        self._sound = self._sound[:0]
        self._credit += missing
        self._distance.moved(missing)
        self._count_covered(missing)
        if self._credit >= _MOST_COVERED:
            self._fall_silent()
            self._cover.is_on = False  # it has faded: what comes next begins by itself
        return block

    def _fall_silent(self) -> None:
        """What comes late of what was played already is not to begin the next sentence."""
        self._next, self._done = None, self._next

    def _count_covered(self, samples: int) -> None:
        self._gap += samples
        self.statistics.concealed_ms += samples * 1000 / RATE_HZ

    def _note_gap(self, packet: VoicePacket) -> None:
        """The sound is back: was it missing, or was there none?"""
        if not self._gap:
            return
        follows = self._last_seq is not None and ahead(packet.seq, self._last_seq) == 1
        if not follows or packet.timestamp == self._expected:
            self._end_gap()
        self._gap = 0

    def _end_gap(self) -> None:
        self.statistics.longest_gap_ms = max(self.statistics.longest_gap_ms, self._gap * 1000 / RATE_HZ)
        self._gap = 0

    def _watch_distance(self) -> None:
        """Comes nearer or goes farther away, in small steps."""
        is_waiting = self._packets and self._next is not None
        waiting = max(self._packets) + self._length - (self._next or 0) if is_waiting else 0
        self.statistics.delay_ms = (len(self._sound) + max(0, waiting)) * 1000 / RATE_HZ
        self._distance.pass_block()
        self._rest_blocks = max(0, self._rest_blocks - 1)
        if self._rest_blocks == 0 and (wish := self._distance.wish()):
            self._move(wish, must=self._distance.is_far())

    def _look_ahead(self) -> None:
        """Decodes what follows at once: half a packet is too little to find two periods of a low voice in."""
        while len(self._sound) < 2 * LONGEST and self._packets and min(self._packets) == self._next:
            self._play_next()

    def _move(self, wish: int, *, must: bool) -> None:
        """Takes one pitch period out of what comes next, or plays one twice; only where that is not heard."""
        is_shorter = wish < 0
        self._rest_blocks = _REST_BLOCKS
        self._look_ahead()
        loudest = float(np.abs(self._sound[: 2 * BLOCK]).max()) if len(self._sound) >= 2 * BLOCK else 1.0
        period, likeness = (BLOCK, 1.0) if loudest < _QUIET else pitch_of(self._cover.history)
        is_too_much = is_shorter and period > ROOM - wish
        if len(self._sound) < 2 * period or is_too_much or (likeness < _ALIKE and not must):
            return
        fall = np.linspace(1.0, 0.0, period, dtype=np.float32)
        first, second = self._sound[:period], self._sound[period : 2 * period]
        if is_shorter:
            self._sound = np.concatenate([first * fall + second * (1 - fall), self._sound[2 * period :]])
        else:
            self._sound = np.concatenate([first, second * fall + first * (1 - fall), self._sound[period:]])
        self._distance.moved(-period if is_shorter else period)


def _step(timestamp: int, newest: int) -> int:
    """How far a 32-bit time lies from an unwrapped one, the short way round."""
    return (timestamp - newest + 0x80000000 & 0xFFFFFFFF) - 0x80000000
