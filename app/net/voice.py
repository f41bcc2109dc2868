"""The jitter buffer of a remote voice: packets come early, late, twice or never, 10 ms blocks go out evenly.

Own work in place of aiortc 1.16's buffer, which after one lost packet holds 280 ms back for good and throws away a
fifth of what arrives at 5 % loss. No thread and no clock of its own.

How it keeps its distance: what it has in hand is looked at over two seconds. If the least of it is more than the
margin, a pitch period is folded away where that is not heard, if it is less, one is played twice; if it ran dry, the
time that was covered is kept as distance. The margin grows with each late packet, so that one sent again arrives in
time, and shrinks while nothing happens.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from app.media.types import BLOCK, RATE_HZ
from app.net.repair import ahead

if TYPE_CHECKING:
    from app.media.types import Samples

#: Raises ValueError where the bytes are not Opus; gives float32 [n], 48 kHz mono.
Decode = Callable[[bytes], "Samples"]

#: Samples to have in hand before the first is played; the mixer holds 40 ms of its own.
_START = RATE_HZ * 40 // 1000
_MARGIN, _MOST_MARGIN = RATE_HZ * 20 // 1000, RATE_HZ * 120 // 1000
_MARGIN_STEP = RATE_HZ * 20 // 1000
#: Given back per block played: 20 ms in about 10 s.
_MARGIN_DECAY = 1
_LOOK_BACK_BLOCKS = 200
#: Above this distance time is folded away even in mid-word.
_TOO_FAR = RATE_HZ * 200 // 1000
_QUIET = 0.01
#: How alike two pitch periods are that may be folded into one, 1.0 at most; and blocks to leave between two of these.
_ALIKE = 0.75
_REST_BLOCKS = 3
#: After this long without anything new the voice falls silent, and starts over when it is back.
_MOST_COVERED = RATE_HZ * 120 // 1000
_FADE_PER_SAMPLE = 1 / (RATE_HZ * 60 / 1000)
_HISTORY = 1920
_JOIN = 240
#: Pitch periods looked for: 75 to 400 Hz.
_SHORTEST, _LONGEST = RATE_HZ // 400, RATE_HZ // 75
_MOST_PACKETS = 200
#: A packet that is too short to begin with waits so long for the next one.
_LONGEST_WAIT_BLOCKS = 12
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
        concealed_ms: covered in all.
        longest_gap_ms: longest run that was covered or silent though the speaker sent sound.
        delay_ms: between arrival and playing, now.
    """

    packets: int = 0
    late: int = 0
    concealed_ms: float = 0.0
    longest_gap_ms: float = 0.0
    delay_ms: float = 0.0


class _Cover:
    """Conceals a gap in a voice: repeats its last pitch period, softer and softer."""

    def __init__(self) -> None:
        self.history = np.zeros(_HISTORY, np.float32)
        self._period = _LONGEST
        self._at = 0
        self._gain = 1.0
        self.is_on = False

    def remember(self, block: Samples) -> None:
        self.history = np.concatenate([self.history[len(block) :], block[-_HISTORY:]])

    def go_on(self, samples: int) -> Samples:
        if not self.is_on:
            self.is_on, self._at, self._gain = True, 0, 1.0
            self._period, _ = _pitch_of(self.history)
        cycle = self.history[-self._period :]
        places = (self._at + np.arange(samples)) % self._period
        gains = np.maximum(0.0, self._gain - _FADE_PER_SAMPLE * np.arange(1, samples + 1))
        self._at = int(self._at + samples) % self._period
        self._gain = float(gains[-1])
        return np.asarray(cycle[places] * gains, np.float32)

    def join(self, sound: Samples) -> Samples:
        """Leads back from what was made up to what was said."""
        self.is_on = False
        edge = min(_JOIN, len(sound))
        made_up = self.go_on(edge)
        self.is_on = False
        rise = np.linspace(0.0, 1.0, edge, dtype=np.float32)
        sound = np.array(sound, np.float32)
        sound[:edge] = sound[:edge] * rise + made_up * (1 - rise)
        return sound


def _pitch_of(history: Samples) -> tuple[int, float]:
    """The lag, in samples, at which the newest 20 ms resemble themselves most, and how much: 1.0 is a pure tone."""
    window = RATE_HZ // 50
    newest = history[-window:]
    power = float(np.dot(newest, newest))
    if power < 1e-6:
        return _LONGEST, 0.0
    likeness = np.correlate(history[-window - _LONGEST : -_SHORTEST], newest)[::-1]
    lag = int(np.argmax(likeness))
    return lag + _SHORTEST, float(likeness[lag]) / power


class VoiceBuffer:
    """Takes one voice's packets in any order and gives its sound in order; see the module for how."""

    def __init__(self, decode: Decode) -> None:
        """An empty buffer.

        Args:
            decode: turns one packet into sound; keeps the codec's memory from packet to packet.
        """
        self._decode = decode
        self._packets: dict[int, VoicePacket] = {}
        self._sound = np.zeros(0, np.float32)
        self._cover = _Cover()
        #: Time (unwrapped) of the next packet to be played, None before the start and after a silence.
        self._next: int | None = None
        #: Time (unwrapped) up to which it was played before it fell silent; None: that does not matter.
        self._done: int | None = None
        self._newest = 0
        self._waited_blocks = 0
        self._last_seq: int | None = None
        #: RTP time that follows the last packet played, 32 bits.
        self._expected = 0
        self._lost: deque[int] = deque(maxlen=32)
        self._length = RATE_HZ // 50
        self._credit = 0
        self._gap = 0
        self._margin = _MARGIN
        self._rest_blocks = 0
        self._in_hand: deque[int] = deque(maxlen=_LOOK_BACK_BLOCKS)
        self.statistics = VoiceStatistics()

    def put(self, packet: VoicePacket) -> None:
        """Takes a packet."""
        at = self._newest + _step(packet.timestamp, self._newest)
        if self._next is None and self._done is not None and at < self._done - _MOST_AHEAD:
            self._done = None  # no late packet: the speaker's clock has jumped
        is_known = bool(self._packets) or self._next is not None or self._done is not None
        at = at if is_known else packet.timestamp
        played = self._done if self._next is None else self._next
        if at in self._packets or (played is not None and at < played):
            self.statistics.late += 1
            if at in self._lost:
                self._widen()
            return
        first = self._next if self._next is not None else min(self._packets, default=at)
        if abs(at - first) > _MOST_AHEAD:
            self._begin_anew()
        self._packets[at] = packet
        self._newest = max(self._newest, at) if is_known else at
        self.statistics.packets += 1
        if len(self._packets) > _MOST_PACKETS:
            self._packets.pop(min(self._packets))

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
        # A last word that nothing follows is heard, too.
        if max(self._packets) + self._length - first < _START and self._waited_blocks < _LONGEST_WAIT_BLOCKS:
            return False
        self._waited_blocks = 0
        self._note_gap(self._packets[first])
        self._next = first
        self._credit = 0
        self._in_hand.clear()
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
            return self._play_next()
        if hole > 0:
            self._lose(hole)
            return True
        return self._play(self._packets.pop(at), at)

    def _lose(self, hole: int) -> None:
        """Covers a packet that did not come, though later ones did."""
        self._widen()
        length = min(hole, self._length)
        self._lost.append(self._next or 0)
        made_up = self._cover.go_on(length)
        self._next = (self._next or 0) + length
        self._count_covered(length)
        self._sound = np.concatenate([self._sound, made_up])

    def _play(self, packet: VoicePacket, at: int) -> bool:
        try:
            sound = self._decode(packet.opus)
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
            self.statistics.longest_gap_ms = max(self.statistics.longest_gap_ms, self._gap * 1000 / RATE_HZ)
            self._widen()
        self._gap = 0

    def _widen(self) -> None:
        self._margin = min(_MOST_MARGIN, self._margin + _MARGIN_STEP)

    def _watch_distance(self) -> None:
        """Follows the margin: in quiet moments 10 ms are folded away or played twice."""
        is_waiting = self._packets and self._next is not None
        waiting = max(self._packets) + self._length - (self._next or 0) if is_waiting else 0
        in_hand = len(self._sound) + max(0, waiting)
        self._in_hand.append(in_hand)
        self._margin = max(_MARGIN, self._margin - _MARGIN_DECAY)
        self.statistics.delay_ms = in_hand * 1000 / RATE_HZ
        self._rest_blocks = max(0, self._rest_blocks - 1)
        spare = min(self._in_hand) - self._margin
        is_long_so = len(self._in_hand) == _LOOK_BACK_BLOCKS
        too_much = spare >= 2 * BLOCK and (is_long_so or spare > _TOO_FAR)
        if self._rest_blocks == 0 and (too_much or spare < -BLOCK // 2):
            self._move(is_shorter=too_much, must=spare > _TOO_FAR)

    def _look_ahead(self) -> None:
        """Decodes what follows at once: half a packet is too little to find two periods of a low voice in."""
        while len(self._sound) < 2 * _LONGEST and self._packets and min(self._packets) == self._next:
            self._play_next()

    def _move(self, *, is_shorter: bool, must: bool) -> None:
        """Takes one pitch period out of what comes next, or plays one twice; only where that is not heard."""
        self._rest_blocks = _REST_BLOCKS
        self._look_ahead()
        loudest = float(np.abs(self._sound[: 2 * BLOCK]).max()) if len(self._sound) >= 2 * BLOCK else 1.0
        period, likeness = (BLOCK, 1.0) if loudest < _QUIET else _pitch_of(self._cover.history)
        if len(self._sound) < 2 * period or (likeness < _ALIKE and not must):
            return
        fall = np.linspace(1.0, 0.0, period, dtype=np.float32)
        first, second = self._sound[:period], self._sound[period : 2 * period]
        if is_shorter:
            self._sound = np.concatenate([first * fall + second * (1 - fall), self._sound[2 * period :]])
        else:
            self._sound = np.concatenate([first, second * fall + first * (1 - fall), self._sound[period:]])
        moved = -period if is_shorter else period
        self._in_hand = deque((one + moved for one in self._in_hand), maxlen=_LOOK_BACK_BLOCKS)


def _step(timestamp: int, newest: int) -> int:
    """How far a 32-bit time lies from an unwrapped one, the short way round."""
    return (timestamp - newest + 0x80000000 & 0xFFFFFFFF) - 0x80000000


def make_opus_decoder() -> Decode:
    """An Opus decoder for one voice; imports av (0.1 s)."""
    import av

    codec = av.CodecContext.create("libopus", "r")
    codec.sample_rate = RATE_HZ
    codec.format = "s16"
    codec.layout = "mono"

    def decode(opus: bytes) -> Samples:
        try:
            frames = codec.decode(av.Packet(opus))
        except av.FFmpegError as error:
            raise ValueError("not an Opus packet") from error
        if not frames:
            return np.zeros(0, np.float32)
        sound = np.concatenate([frame.to_ndarray().reshape(-1) for frame in frames])
        return sound.astype(np.float32) / np.float32(32768)

    return decode
