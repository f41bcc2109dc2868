"""Which packets are missing, and when to ask for each again (NACK); pure, no clock of its own.

The client asks with it for what the relay sent, the relay for what a client sent. aiortc 1.16 asks once: a lost answer
then blocks a picture for seconds. Who asks more often than answers can come gets everything twice, and on a narrow link
that leaves no room for what is new: so the pause follows the answers, and requests are paid for by what comes. Where a
link has room that is waived from the second request on: less waits, and a little comes twice.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from app.net.quiet import Quiet

#: A wider gap is a pause of the network, not loss: asking packet by packet would make it worse.
MAX_GAP = 100
#: So many missing packets are asked for one by one even where a key picture has fewer, which costs its sender more than
#: its packets; and so many at most.
_LEAST_WANTED, _MOST_WANTED = 20, 256
#: Requests that each packet that came pays for, and how many may be saved up.
_EARNED, _MOST_SAVED = 0.5, 50.0
#: With fewer saved than this they are kept for what was not asked for yet.
_SPARE = 10.0
#: The pause between two requests before an answer has told how long one takes; then so many times as long as it takes,
#: and what it varies by, and a little more. Source: RFC 6298 section 2 for both weights.
_FIRST_PAUSE_S, _MARGIN_S = 0.06, 0.005
_LONGER, _WEIGHT, _SPREAD_WEIGHT = 1.2, 0.125, 0.25
#: So many answers in a row that may belong to several requests: it takes longer than was believed.
_MOST_UNSURE = 4
#: Requests that fit between noticing a loss and giving up, where answers take long.
_TRIES = 5
#: A request is said once more between the first two of these, as it may have been lost; who answers takes what is asked
#: for again within the third for the same, and little comes twice. Source: clients look every 15 ms.
_SAID_AGAIN_S, _SAID_UNTIL_S, SAME_S = 0.008, 0.023, 0.026
#: So long after a loss a stream is watched: what should have come and has not is asked for before a later packet tells.
_WATCHED_S = 5.0


def ahead(seq: int, of: int) -> int:
    """How far one sequence number lies before another on the circle of 65,536: -32768 to 32767."""
    return (seq - of + 0x8000 & 0xFFFF) - 0x8000


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a lost packet is worth asking for.

    Attributes:
        give_up_s: age at which it is let go where answers are quick.
        most_give_up_s: the same where they take long: time for five requests, but not beyond this.
        least_pause_s: between two requests for the same packet; more than `SAME_S`, or it would not be answered.
        most_pause_s: the same.
        most_gap: packets in a row that are still asked for one by one.
    """

    give_up_s: float
    most_give_up_s: float
    most_gap: int = MAX_GAP
    least_pause_s: float = 0.028
    most_pause_s: float = 0.5


PICTURE_PATIENCE = Patience(give_up_s=0.6, most_give_up_s=1.5)
#: A voice packet is of no use once its moment is past.
VOICE_PATIENCE = Patience(give_up_s=0.2, most_give_up_s=0.25, most_gap=12)


class AnswerTime:
    """How long an answer to a request takes, smoothed.

    Of a packet that was asked for several times nobody knows which request was answered (Karn's rule): that counts, as
    the longest it can have taken, only while nothing better is known.
    """

    def __init__(self) -> None:
        self._smooth_s: float | None = None
        self._spread_s = 0.0
        self._unsure = 0

    def note(self, since_first_s: float, *, tries: int) -> None:
        """An answer came.

        Args:
            since_first_s: after the first request.
            tries: requests until then, at least 1.
        """
        if tries > 1:
            self._unsure += 1
            if self._smooth_s is not None and self._unsure < _MOST_UNSURE:
                return
            self._smooth_s = None
        self._unsure = 0
        if self._smooth_s is None:
            self._smooth_s, self._spread_s = since_first_s, since_first_s / 2
            return
        self._spread_s += (abs(since_first_s - self._smooth_s) - self._spread_s) * _SPREAD_WEIGHT
        self._smooth_s += (since_first_s - self._smooth_s) * _WEIGHT

    @property
    def is_known(self) -> bool:
        """Whether any answer has come."""
        return self._smooth_s is not None

    @property
    def pause_s(self) -> float:
        """How long to wait for an answer before asking again."""
        if self._smooth_s is None:
            return _FIRST_PAUSE_S
        return _LONGER * self._smooth_s + self._spread_s + _MARGIN_S


@dataclass(slots=True)
class _Wanted:
    since_s: float
    first_asked_s: float = 0.0
    asked_s: float = 0.0
    tries: int = 0
    is_said_again: bool = False
    #: It was asked for before anything told that it was missing: which request was answered nobody knows.
    was_early: bool = False


class Missing:
    """The sequence numbers of one stream that are missing.

    Attributes:
        key_packets: how many packets a key picture has: where more are missing that is cheaper; 0: that is unknown.
    """

    __slots__ = ("_answers", "_lost_s", "_newest", "_patience", "_quiet", "_saved", "_wanted", "key_packets")

    def __init__(self, patience: Patience) -> None:
        self.key_packets = 0
        self._patience = patience
        self._answers = AnswerTime()
        self._saved = _MOST_SAVED
        self._newest: int | None = None
        self._wanted: dict[int, _Wanted] = {}
        self._quiet = Quiet()
        self._lost_s = -math.inf

    def __len__(self) -> int:
        return len(self._wanted)

    @property
    def pause_s(self) -> float:
        """Between two requests for the same packet, now."""
        return min(self._patience.most_pause_s, max(self._patience.least_pause_s, self._answers.pause_s))

    def seen(self, seq: int, now_s: float) -> bool:
        """Notes a packet that came.

        Args:
            seq: 0-65535.
            now_s: the present instant.

        Returns:
            False when too many are missing to be repaired; then none of them is asked for, and this one is the first.
        """
        if self._newest is None:
            self._newest = seq
            return True
        step = ahead(seq, self._newest)
        if step <= -0x4000:
            # Numbers of another sender, or of one that has begun anew.
            self._wanted.clear()
            self._newest = seq
            return False
        if step <= 0:
            self._found(seq, now_s)
            return True
        previous, self._newest = self._newest, seq
        self._earn()
        if not self._is_worth_asking(step - 1):
            self._wanted.clear()
            return False
        for number in range(1, step):
            wanted = self._wanted[previous + number & 0xFFFF] = _Wanted(now_s)
            self._lost_s = now_s
            asked = self._quiet.asked(previous, number)
            if asked is not None and now_s - asked.last_s < self.pause_s:
                wanted.was_early, wanted.asked_s, wanted.tries = True, asked.last_s, asked.often + 1
        return True

    def follows(self, seq: int) -> bool:
        """Notes a packet that came where it is the next one and none is missing: `seen` for nearly all packets.

        Returns:
            False: it is something else, and not noted.
        """
        if self._wanted or self._newest is None or seq != self._newest + 1 & 0xFFFF:
            return False
        self._newest = seq
        if self._saved < _MOST_SAVED:
            self._earn()
        return True

    def _is_worth_asking(self, gap: int) -> bool:
        most = min(_MOST_WANTED, max(_LEAST_WANTED, self.key_packets)) if self.key_packets else _MOST_WANTED
        return gap <= self._patience.most_gap and gap + len(self._wanted) <= most

    def _earn(self) -> None:
        self._saved = min(_MOST_SAVED, self._saved + _EARNED)

    def _found(self, seq: int, now_s: float) -> None:
        wanted = self._wanted.pop(seq, None)
        if wanted is None:
            return
        self._earn()
        if wanted.tries and not wanted.was_early:
            self._answers.note(now_s - wanted.first_asked_s, tries=wanted.tries)

    def due(self, now_s: float, *, has_room: bool = False) -> list[int]:
        """The packets to ask for now, as far as requests were earned; each is noted as asked for.

        Args:
            now_s: the present instant.
            has_room: the link is not full: then a request is said twice, and made twice as often once it was in vain,
                as far as it is known how long an answer takes. A stream that lost packets lately and is quiet is asked
                for the next ones: some of these may not have been sent yet.
        """
        pause_s = self.pause_s
        if self._newest is not None:
            self._quiet.look(self._newest, now_s)
        is_spare = has_room and self._saved >= _SPARE and self._answers.is_known
        again_s = max(self._patience.least_pause_s, pause_s / 2) if is_spare else pause_s
        found = []
        for seq, wanted in self._wanted.items():
            since_s = now_s - wanted.asked_s
            if wanted.tries and since_s < (pause_s if wanted.tries == 1 else again_s):
                if is_spare and not wanted.is_said_again and _SAID_AGAIN_S <= since_s < _SAID_UNTIL_S:
                    # Free, as it is hardly ever answered twice.
                    wanted.is_said_again = True
                    found.append(seq)
            elif self._saved >= 1:
                wanted.asked_s = now_s
                wanted.first_asked_s = wanted.first_asked_s if wanted.tries else now_s
                wanted.tries += 1
                wanted.is_said_again = False
                self._saved -= 1
                found.append(seq)
        if is_spare:
            found += self._overdue(now_s, again_s)
        return found

    def _overdue(self, now_s: float, again_s: float) -> list[int]:
        """The next packets, where the stream lost some lately and is quiet."""
        if self._newest is None or now_s - self._lost_s >= _WATCHED_S:
            return []
        count = self._quiet.overdue(now_s, again_s, max(0, int(self._saved - _SPARE)))
        self._saved -= count
        return [self._newest + step & 0xFFFF for step in range(1, count + 1)]

    def is_watched(self, now_s: float) -> bool:
        """Whether `due` may have something, now or soon: a packet is missing, or one was lately."""
        return bool(self._wanted) or now_s - self._lost_s < _WATCHED_S

    def given_up(self, now_s: float) -> list[int]:
        """Forgets the packets that were waited for long enough, and returns them."""
        patience = self._patience
        limit_s = min(patience.most_give_up_s, max(patience.give_up_s, _TRIES * self.pause_s))
        old = [seq for seq, wanted in self._wanted.items() if now_s - wanted.since_s >= limit_s]
        for seq in old:
            del self._wanted[seq]
        return old

    def forget(self) -> None:
        """Forgets all; the next packet is the first."""
        self._wanted.clear()
        self._newest, self._lost_s, self._quiet = None, -math.inf, Quiet()


class Answered:
    """Which packets of a stream were sent again lately to one who asked; pure."""

    __slots__ = ("_at_s",)

    def __init__(self) -> None:
        self._at_s: dict[int, float] = {}

    def __len__(self) -> int:
        return len(self._at_s)

    def is_due(self, seq: int, now_s: float) -> bool:
        """Whether a packet that is asked for is to be sent, and not on its way already; it is noted as sent then.

        Args:
            seq: 0-65535.
            now_s: the present instant.
        """
        at_s = self._at_s
        while at_s and now_s - at_s[oldest := next(iter(at_s))] >= SAME_S:
            del at_s[oldest]
        if seq in at_s:
            return False
        at_s[seq] = now_s
        return True
