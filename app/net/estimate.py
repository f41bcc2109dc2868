"""What a link carries, judged by who receives: from how packets queue on their way and how many are lost; pure.

The client judges with it what the relay sends, the relay what a client sends; the result goes back as REMB. Each packet
tells when it was sent (the header extension abs-send-time). How much later than the quickest of the last seconds they
come is what they have waited in queues on the way: only the quickest packet of each interval counts, since a busy
computer makes some late and none early. A queue that grows says that more is sent than the link carries, before
anything is lost. Where our own event loop was late, so much of the wait is ours and none of the link's: it is looked at
while a queue seems to be there.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from app.net.beat import Beat
from app.net.quiet import Early
from app.net.repair import ahead
from app.net.waits import Way

#: What client and relay take a link to a viewer for until it has been judged.
VIEWER_START_BPS = 3_000_000
#: Who sends counts on the headers that the receiver does not see: IPv4, UDP and SRTP's seal.
OVERHEAD_BYTES = 38
#: abs-send-time: 24 bits, 6 of them whole seconds. Source: WebRTC's description of the extension.
SEND_TIME_BITS, SEND_TIME_HZ = 24, 1 << 18
_INTERVAL_S = 0.1
#: A way that has become longer looks like a queue, but one that sending less does not shorten: this many tries tell.
_IN_VAIN, _SHORTER = 2, 0.8
#: So many intervals tell what comes in, and so many what came last.
_RATE_INTERVALS, _LAST_INTERVALS = 6, 2
_PAUSE_OF_ALL_S = 2.0
#: Waiting longer than this is a queue that grows; shorter than this it is none. Source: own measurements, two busy
#: cores make the quickest packet of an interval up to 15 ms late.
_QUEUE_S, _NO_QUEUE_S, _LONG_QUEUE_S = 0.05, 0.025, 0.12
#: From so much on it is asked how much of it is our own loop's; a calm computer makes the quickest packet 1 ms late.
_DOUBT_S = 0.01
#: The network stood still where nothing comes for so much longer than an interval, and then what was sent meanwhile: a
#: wireless one does so again and again.
_STILL_S = 0.1
#: A queue that becomes shorter does so by more than this from one interval to the next.
_SHRINKS_S = 0.01
#: A packet of a picture, and the slowest link on which its time is allowed for.
_PACKET_BITS, _SLOWEST_BPS = 1_240 * 8, 60_000
_BACK_OFF, _BACK_OFF_FAR, _FULL = 0.85, 0.75, 0.95
#: A second time only when the first has had its effect.
_PAUSE_S = 0.6
_GROWTH_PER_S, _GROWTH_NEAR_PER_S = 0.5, 0.06
#: Near what was too much once, for so long, growth is slow.
_NEAR, _REMEMBER_S = 0.85, 30.0
#: It grows to this many times what comes in: more is not known. A link that was never too narrow is taken for this all
#: the same, and one that was, long ago, for so much that a voice need not be saved on.
_BEYOND, _BEYOND_BPS = 1.5, 40_000
_UNTRIED_BPS, _FORGOTTEN_BPS = 1_200_000, 300_000
#: A link to a viewer that was narrow may get large pictures again: after so long, and where it cannot bear them, each
#: time after twice as long.
_TRIED_AGAIN_S, _MOST_TRIED_AGAIN_S = 30.0, 480.0
#: Loss without a queue: a link that drops what is too much, or one that loses packets whatever is sent. Which it is, a
#: try tells: with so much less sent, much less is lost on the former.
_MUCH_LOSS, _TRY, _HELPED = 0.10, 0.7, 0.6
#: So sure it has to be that so much is lost, in standard deviations: of 70 packets that each are lost one time in
#: twenty, seven are now and then.
_SURE = 1.65
#: Losses come in bursts: only a second look in a row is believed, or one that sees as much as this (by reports, any).
_PLAINLY = 0.25
#: More in a row is a pause of the network, or a picture that its sender has given up.
_MOST_IN_A_ROW = 25
#: Of so little nothing can be left out: less than a voice and a small picture.
_LITTLE_BPS = 80_000
_SETTLES_S, _LOOK_S, _LOOK_PACKETS = 0.7, 1.0, 60
#: The same where a relay has to tell others to send less, and reports once a second. A try costs who sees more there:
#: up to a quarter is better sent again.
_SETTLES_BY_REPORTS_S, _MUCH_BY_REPORTS = 2.5, 0.25
#: What is lost at random is tried again after this, or when so much more is lost.
_AT_RANDOM_S, _MUCH_MORE = 60.0, 0.10
_LEAST_BPS, _MOST_BPS = 30_000, 50_000_000


@dataclass(slots=True)
class _Loss:
    """What is lost, and what is tried against it.

    Attributes:
        settles_s: after a try, before what is lost tells of it.
        much: a share that is worth a try.
        share: of the packets of the last second, 0.0 to 1.0.
        least: as much it surely is.
        was_much: the look before saw so much that it was worth a try.
        is_random: less was sent, and as much was lost: below this share, until that instant, it is left so.
    """

    settles_s: float
    much: float
    share: float = 0.0
    least: float = 0.0
    was_much: bool = False
    is_random: tuple[float, float] = (0.0, float("-inf"))
    came: int = 0
    lost: int = 0
    since_s: float = float("-inf")
    #: While less is sent as a try: the share and the rate before it.
    before: tuple[float, float] | None = None

    def count(self, came: int, lost: int, now_s: float) -> bool:
        """Counts; whether `share` is new."""
        if now_s < self.since_s:
            return False  # what was sent before the try still comes
        self.came, self.lost = self.came + came, self.lost + lost
        if now_s - self.since_s < _LOOK_S or self.came + self.lost < _LOOK_PACKETS:
            return False
        packets = self.came + self.lost
        self.share = self.lost / packets
        self.least = self.share - _SURE * math.sqrt(self.share * (1 - self.share) / packets)
        self.begin(now_s)
        return True

    def begin(self, at_s: float) -> None:
        """Counts anew from an instant on."""
        self.came = self.lost = 0
        self.since_s = at_s


class LinkEstimate:
    """How many bits a second one link carries to us.

    Attributes:
        bps: the estimate, with all headers.
        incoming_bps: what has come lately.
    """

    def __init__(self, start_bps: float, *, has_gaps: bool = True, beat: Beat | None = None) -> None:
        """Knows nothing yet.

        Args:
            start_bps: what it is taken for.
            has_gaps: whether numbers that do not come were lost on this link. What a relay forwards may never have
                reached it: of that its reports tell.
            beat: of the loop that packets are noted on, which has to run then; None: it is never late.
        """
        self.bps = float(start_bps)
        self.incoming_bps = 0.0
        self._way = Way()
        self._newest: dict[int, int] = {}
        self._early = Early()
        self._began_s: float | None = None
        self._sent = self._timed = 0
        #: When the last packet came that told its time.
        self._timed_s = float("-inf")
        self._quickest: float | None = None
        self._least = self._slowest = 0.0
        self._bytes: deque[tuple[int, float]] = deque(maxlen=_RATE_INTERVALS)
        self._size = self._came = self._lost = 0
        self._backed_off_s = float("-inf")
        self._too_much = 0.0
        self._tried_again_s = _TRIED_AGAIN_S
        #: How often less was sent for a queue that did not become shorter; what was sent before, and that queue.
        self._tries, self._tried_bps, self._tried_queue_s = 0, 0.0, 0.0
        #: What came last: a burst that was carried without a queue is a proof.
        self._carried_bps = 0.0
        #: Whether the last interval ended late, for nothing came.
        self._is_still = False
        #: Bytes and seconds of the intervals since the network went on, while what waited meanwhile still comes.
        self._since_still: list[tuple[int, float]] | None = None
        self._loss = _Loss(*((_SETTLES_S, _MUCH_LOSS) if has_gaps else (_SETTLES_BY_REPORTS_S, _MUCH_BY_REPORTS)))
        self._has_gaps, self._beat = has_gaps, beat
        #: Packets that did not come in the last interval.
        self._lost_lately = 0

    @property
    def queue_s(self) -> float:
        """What packets wait on their way now, in seconds."""
        return self._way.queue_s

    def has_room(self, now_s: float) -> bool:
        """Whether nothing says that the link is full, or was lately."""
        return self.queue_s < _QUEUE_S and now_s - self._backed_off_s > _REMEMBER_S

    @property
    def loss(self) -> float:
        """Share of the packets of the last second that did not come in their turn, 0.0 to 1.0."""
        return self._loss.share

    def asked(self, ssrc: int, seqs: Sequence[int], now_s: float) -> None:
        """Packets of a stream are asked for again, some perhaps before a later one tells that they are missing."""
        newest = self._newest.get(ssrc)
        if newest is not None:
            self._early.note(ssrc, newest, seqs, now_s)

    def note(self, ssrc: int, seq: int, sent: int | None, now_s: float, size: int) -> bool:
        """Takes one packet into account.

        Args:
            ssrc: its stream.
            seq: its number, 0-65535.
            sent: its abs-send-time, 24 bits; None where it has none.
            now_s: when it came, monotonic.
            size: its bytes without the headers of IP and UDP.

        Returns:
            Whether an interval has ended with it: the estimate may have changed.
        """
        # Called for every packet: without calls of others for what is usual.
        began_s = self._began_s
        is_over = began_s is not None and now_s - began_s >= _INTERVAL_S
        if is_over:
            self._judge(now_s)
        if began_s is None or is_over:
            self._began_s = now_s
        self._size += size + OVERHEAD_BYTES
        before = self._newest.get(ssrc)
        step = 1 if before is None or seq == before + 1 & 0xFFFF else ahead(seq, before)
        if step <= 0:
            return is_over  # sent again, or overtaken: its time says nothing
        self._newest[ssrc] = seq
        self._came += 1
        if 1 < step <= _MOST_IN_A_ROW:
            self._lost += step - 1
        if sent is not None and not (now_s < self._early.until_s and self._early.has(ssrc, seq, now_s)):
            if now_s - self._timed_s > _PAUSE_OF_ALL_S:
                # Its time is known to 64 s: after a pause of pictures it begins anew.
                self._way.begin_anew()
                self._sent = sent
            self._timed_s = now_s
            self._sent += _ahead(sent, self._sent)
            waited_s = now_s - self._sent / SEND_TIME_HZ
            least_s = waited_s if self._beat is None else waited_s - self._beat.own_wait_s(now_s)
            self._timed += 1
            if self._quickest is None:
                self._quickest = self._slowest = waited_s
                self._least = least_s
            elif waited_s < self._quickest:
                self._quickest = waited_s
            elif waited_s > self._slowest:
                self._slowest = waited_s
            if least_s < self._least:
                self._least = least_s
        return is_over

    def count(self, came: int, lost: int, now_s: float) -> None:
        """So many packets of this link have come since the last time, and so many were lost on it."""
        if self._loss.count(came, lost, now_s):
            self._heed_loss(now_s)

    def _judge(self, now_s: float) -> None:
        past_s = now_s - self._began_s if self._began_s is not None else _INTERVAL_S
        was_still, self._is_still = self._is_still, past_s > _INTERVAL_S + _STILL_S
        if past_s > _PAUSE_OF_ALL_S:
            # Nothing came for a while: what is known of the way and of its rate is of before.
            self._way.begin_anew()
            self._bytes.clear()
            self._since_still = None
            # Reports tell later, and once, of what was lost meanwhile.
            self._loss.begin(now_s if self._has_gaps else now_s + self._loss.settles_s)
            self._loss.was_much = False
        else:
            self._note_rate(past_s)
            self._lost_lately = self._lost
            if self._has_gaps:
                self.count(self._came, self._lost, now_s)
        quickest, self._quickest = self._quickest, None
        timed, has_lost = self._timed, self._lost > 0
        self._size = self._came = self._lost = self._timed = 0
        if quickest is None:
            self._end_still()
            if now_s - self._timed_s > _PAUSE_OF_ALL_S:
                self._way.begin_anew()
            if not has_lost and now_s - self._backed_off_s > _REMEMBER_S:
                # Voices tell no time: that none is lost is all that is known.
                self._grow(now_s, min(past_s, 1.0))
            return
        before_s = self.queue_s
        self._way.take(quickest, self._least, self._slowest, timed, has_lost=has_lost)
        if self.queue_s > _DOUBT_S and self._beat is not None:
            self._beat.look(now_s)
        # A large packet takes its time on a narrow link, which is no queue.
        slack_s = _PACKET_BITS / max(self.incoming_bps, self.bps, _SLOWEST_BPS)
        if self.queue_s > _QUEUE_S + slack_s:
            if was_still and before_s < _QUEUE_S + slack_s:
                self._go_on()
                return
            if self._since_still is not None and self.queue_s >= before_s - _SHRINKS_S:
                # It stood still and is too narrow as well.
                self._end_still()
            is_long = self.queue_s > _LONG_QUEUE_S + slack_s
            if is_long or before_s > _QUEUE_S + slack_s:
                self._back_off(now_s, quickest, before_s, is_long=is_long)
            return
        self._tries, self._since_still = 0, None
        if self.queue_s < _NO_QUEUE_S + slack_s and self._loss.before is None and not self._loss.was_much:
            self._grow(now_s, min(past_s, 1.0))

    def _note_rate(self, past_s: float) -> None:
        if self._since_still is not None:
            self._since_still.append((self._size, past_s))
            return
        self._bytes.append((self._size, past_s))
        self._set_rates()

    def _set_rates(self) -> None:
        if self._bytes:
            self.incoming_bps = _rate(list(self._bytes))
            self._carried_bps = _rate(list(self._bytes)[-_LAST_INTERVALS:])

    def _end_still(self) -> None:
        """What has come since the network went on is all that is known of its rate."""
        if self._since_still:
            self._bytes.clear()
            self._bytes.extend(self._since_still)
            self._set_rates()
        self._since_still = None

    def _go_on(self) -> None:
        """Neither that nothing came for a moment nor what came at once after it tells what the link carries."""
        self._since_still = []
        for _ in range(min(_LAST_INTERVALS, len(self._bytes) - 1)):
            self._bytes.pop()
        self._set_rates()

    def _back_off(self, now_s: float, quickest: float, before_s: float, *, is_long: bool) -> None:
        if now_s - self._backed_off_s < _PAUSE_S + self.queue_s or self.queue_s < before_s - _SHRINKS_S:
            return
        # A queue that is full loses packets; a longer way does not.
        is_in_vain = self._tries and self.queue_s > self._tried_queue_s * _SHORTER and not self._lost_lately
        self._tries = self._tries + 1 if is_in_vain else 1
        if self._tries == 1:
            self._tried_bps = self.bps
        self._tried_queue_s = self.queue_s
        if self._tries > _IN_VAIN:
            self._tries, self._too_much = 0, 0.0
            self._way.begin_anew(quickest)
            self._set(max(self.bps, self._tried_bps * _BACK_OFF))
            return
        if self._is_forgotten(now_s) and self._too_much:
            self._tried_again_s = min(2 * self._tried_again_s, _MOST_TRIED_AGAIN_S)
        self._backed_off_s = now_s
        if is_long:
            # A link that is full carries what it can: the last moment tells, not what came before it was full.
            self._too_much = min(self.incoming_bps, self._carried_bps, self.bps)
            self._set(self._too_much * _BACK_OFF_FAR)
        else:
            # What comes in tells more, unless little was sent just then.
            self._too_much = self.bps
            self._set(max(self.bps * _BACK_OFF_FAR, min(self.incoming_bps * _FULL, self.bps * _BACK_OFF)))

    def _grow(self, now_s: float, past_s: float) -> None:
        is_remembered = now_s - self._backed_off_s < _REMEMBER_S
        is_near = is_remembered and self.bps > self._too_much * _NEAR
        grown = self.bps * (1 + (_GROWTH_NEAR_PER_S if is_near else _GROWTH_PER_S) * past_s)
        most = self.incoming_bps * _BEYOND + _BEYOND_BPS
        if not is_remembered and (not self._too_much or (not self._has_gaps and self._is_forgotten(now_s))):
            most = max(most, _UNTRIED_BPS)
        elif not is_remembered:
            most = max(most, _FORGOTTEN_BPS)
        if now_s - self._backed_off_s > _PAUSE_S:
            self._set(max(self.bps, self._carried_bps * _BACK_OFF, min(grown, most)))

    def _is_forgotten(self, now_s: float) -> bool:
        """Whether it is so long ago that the link was too narrow that it may be tried again."""
        return now_s - self._backed_off_s > self._tried_again_s

    def _heed_loss(self, now_s: float) -> None:
        """Sends less where much is lost, and as much as before where that has not helped."""
        loss = self._loss
        before, loss.before = loss.before, None
        if before is not None and loss.share > _HELPED * before[0]:
            loss.is_random = (max(loss.share, before[0]) + _MUCH_MORE, now_s + _AT_RANDOM_S)
            self._set(max(self.bps, before[1]))
            self._backed_off_s, self._too_much = float("-inf"), 0.0
        share, until_s = loss.is_random
        has_just = now_s - self._backed_off_s < _LOOK_S
        is_little = self.incoming_bps < _LITTLE_BPS
        is_much = loss.least >= loss.much
        is_believed = is_much and (loss.was_much or loss.least >= _PLAINLY)
        loss.was_much = is_much
        if not is_believed or has_just or is_little or (loss.share < share and now_s < until_s):
            return
        loss.before = loss.share, self.bps
        loss.begin(now_s + loss.settles_s)
        self._backed_off_s, self._too_much = now_s, min(self.incoming_bps, self.bps)
        self._set(self._too_much * _TRY)

    def _set(self, bps: float) -> None:
        self.bps = max(_LEAST_BPS, min(bps, _MOST_BPS))


def _rate(counted: list[tuple[int, float]]) -> float:
    """Bits a second of intervals, each with its bytes and seconds."""
    return sum(size for size, _ in counted) * 8 / sum(past_s for _, past_s in counted)


def _ahead(sent: int, before: int) -> int:
    """How far a 24-bit time lies from an unwrapped one, the short way round."""
    half = 1 << SEND_TIME_BITS - 1
    return (sent - before + half & (1 << SEND_TIME_BITS) - 1) - half
