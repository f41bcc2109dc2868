"""One direction of a link that loses, delays, orders anew, narrows and ends: pure, with the clock and the dice given.

A packet is lost (alone, or in bursts after Gilbert and Elliott), waits behind those before it where the rate is
limited (a queue that is full drops what comes last), then takes the delay and its share of the jitter.
"""

from dataclasses import dataclass, fields, replace


class ScenarioError(ValueError):
    """What was asked of the link makes no sense; the sentence says what and where."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How a link is.

    Attributes:
        loss: percent of packets.
        burst: mean length of a run of losses, in packets; up to 1: each by itself.
        delay: one way, ms.
        jitter: added to it, ms: the size of a normal distribution's positive half. Packets keep their order.
        rate: kbit/s; 0: as much as comes.
        queue_ms: what may wait for the rate; what would wait longer is dropped.
        reorder: percent of packets that are held back by 15 to 45 ms, so that others overtake them.
        dup: percent of packets that come twice.
        down: nothing passes.
    """

    loss: float = 0.0
    burst: float = 0.0
    delay: float = 0.0
    jitter: float = 0.0
    rate: float = 0.0
    queue_ms: float = 300.0
    reorder: float = 0.0
    dup: float = 0.0
    down: bool = False


#: The most that each may be.
MOST = {
    "loss": 100, "burst": 1000, "delay": 10_000, "jitter": 10_000, "rate": 10_000_000, "queue_ms": 60_000,
    "reorder": 100, "dup": 100,
}  # fmt: skip
NAMES = tuple(field.name for field in fields(Terms))


def changed(terms, words):
    """The terms with some of them changed.

    Args:
        terms: as they are.
        words: name -> value, as in a scenario.

    Raises:
        ScenarioError: an unknown name, or a value of a wrong kind or out of its range.
    """
    for name, value in words.items():
        if name not in NAMES:
            raise ScenarioError(f"a link has no “{name}”; it has {', '.join(NAMES)}")
        if name == "down":
            if not isinstance(value, bool):
                raise ScenarioError(f"“down” is true or false, not {value!r}")
        elif isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MOST[name]:
            raise ScenarioError(f"“{name}” is a number from 0 to {MOST[name]}, not {value!r}")
    return replace(terms, **words)


@dataclass(slots=True)
class Counts:
    """What became of the packets: `sent` came in, `bytes` came out."""

    sent: int = 0
    lost: int = 0
    queue_dropped: int = 0
    cut_off: int = 0
    doubled: int = 0
    bytes: int = 0


class Direction:
    """One way of the link."""

    def __init__(self, dice, terms=None):
        self.terms = terms or Terms()
        self.counts = Counts()
        self._dice = dice
        self._is_losing = False
        self._free_at_s = 0.0
        self._last_s = 0.0

    def send(self, now_s, size):
        """When a packet comes out at the far end.

        Args:
            now_s: the present instant, which only grows.
            size: bytes with all headers.

        Returns:
            Instants in seconds: none where it is lost, two where it is doubled.
        """
        terms, counts = self.terms, self.counts
        counts.sent += 1
        if terms.down:
            counts.cut_off += 1
            return ()
        if self._loses():
            counts.lost += 1
            return ()
        at_s = now_s
        if terms.rate:
            begins_s = max(now_s, self._free_at_s)
            if begins_s - now_s > terms.queue_ms / 1000:
                counts.queue_dropped += 1
                return ()
            at_s = self._free_at_s = begins_s + size * 8 / (terms.rate * 1000)
        at_s += terms.delay / 1000
        if terms.jitter:
            at_s += abs(self._dice.gauss(0, terms.jitter / 1000))
        if terms.reorder and self._dice.random() * 100 < terms.reorder:
            at_s += 0.015 + 0.030 * self._dice.random()
        else:
            # A change of the delay, or jitter, lets nobody overtake.
            at_s = self._last_s = max(at_s, self._last_s)
        counts.bytes += size
        if terms.dup and self._dice.random() * 100 < terms.dup:
            counts.doubled += 1
            counts.bytes += size
            return at_s, at_s + 0.001
        return (at_s,)

    def _loses(self):
        share = self.terms.loss / 100
        if share <= 0:
            self._is_losing = False
            return False
        if share >= 1:
            return True
        if self.terms.burst <= 1:
            return self._dice.random() < share
        ends = 1 / self.terms.burst
        if self._is_losing:
            self._is_losing = self._dice.random() >= ends
        else:
            self._is_losing = self._dice.random() < share * ends / (1 - share)
        return self._is_losing
