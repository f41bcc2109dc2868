"""What a soak's samples say: how fast memory grows, how sure that is, how late a loop is, what is missed. Pure."""

import math
import statistics
from array import array
from collections import Counter
from itertools import combinations
from typing import NamedTuple

#: The part of the time that is left out, and the least of it: what is loaded and filled once is no growth.
WARM_UP, LEAST_WARM_UP_S = 0.25, 60.0
#: Of a client, which makes and drops a decoder and a tile with every visit: its memory comes to rest within 20 minutes,
#: so that only a soak of 40 sees all of it at rest.
CLIENT_WARM_UP = 0.5
#: The line goes through so many medians of equal spans.
_SPANS, _FEWEST_SPANS = 20, 6
#: Two sides of a normal distribution, 99 %.
_Z = 2.576
GOAL_MB_PER_H, GOAL_P999_MS = 1.0, 50.0
#: In this share of the visits every face has to be sent in two sizes: on a busy computer one begins late now and then.
_SMALL = 0.95
#: Width in seconds and number of the steps in which a lag is counted; a longer one counts as the last.
_STEP_S, _STEPS = 0.0001, 100_000


class Growth(NamedTuple):
    """A slope with its interval of 99 %, in MB/h."""

    mb_per_h: float
    low: float
    high: float


def growth(samples, warm_up=WARM_UP):
    """How fast memory grows, by the line of Theil and Sen and its interval of ranks.

    One jump, however high, is no growth by it: the middle of all slopes is not moved by that. Memory that comes to rest
    only after the warm-up does look like growth; a longer soak tells.

    Args:
        samples: (seconds since the start, MB) in order of time, the warm-up included.
        warm_up: the part of the time that is left out, 0 to 1.

    Returns:
        `Growth`; None where too little is left after the warm-up.
    """
    if not samples:
        return None
    end_s = samples[-1][0]
    begin_s = max(warm_up * end_s, LEAST_WARM_UP_S)
    spans = {}
    for at_s, mb in samples:
        if at_s >= begin_s:
            number = min(_SPANS - 1, int((at_s - begin_s) / max(end_s - begin_s, 1e-9) * _SPANS))
            spans.setdefault(number, []).append((at_s, mb))
    points = [tuple(map(statistics.median, zip(*span, strict=True))) for span in spans.values()]
    if len(points) < _FEWEST_SPANS:
        return None
    slopes = sorted((b[1] - a[1]) / (b[0] - a[0]) * 3600 for a, b in combinations(points, 2))
    # Source: P. K. Sen, Estimates of the regression coefficient based on Kendall's tau (1968).
    n, count = len(points), len(slopes)
    around = _Z * math.sqrt(n * (n - 1) * (2 * n + 5) / 18)
    low = max(0, math.floor((count - around) / 2) - 1)
    high = min(count - 1, math.ceil((count + around) / 2))
    return Growth(*(round(one, 2) for one in (statistics.median(slopes), slopes[low], slopes[high])))


class Lags:
    """How often a loop was how late, in room that is taken once: counting must not look like a leak."""

    def __init__(self):
        self._counts = array("L", [0]) * _STEPS

    def clear(self):
        for number in range(_STEPS):
            self._counts[number] = 0

    def add(self, lag_s):
        self._counts[min(_STEPS - 1, max(0, int(lag_s / _STEP_S)))] += 1

    def percentile_ms(self, percent):
        """The lag that so many percent do not exceed, in ms; None where nothing was counted."""
        left = math.ceil(sum(self._counts) * percent / 100)
        if not left:
            return None
        for number, count in enumerate(self._counts):
            left -= count
            if left <= 0:
                return round((number + 1) * _STEP_S * 1000, 1)
        raise AssertionError("more than all")


def more(before, after, at_least=1):
    """What there is more of: {kind: how many more}, the most first."""
    grown = Counter(after)
    grown.subtract(before)
    return {kind: count for kind, count in grown.most_common() if count >= at_least}


def missed(figures):
    """The names of the goals that are not reached.

    Growth is judged by the lower end of its interval, since ten minutes tell little of an hour. A figure that could not
    be had is a goal that is missed.
    """
    found = []
    for key in ("server_mb_per_h", "client_mb_per_h"):
        interval = figures[f"{key}_interval"]
        if interval is None or interval[0] > GOAL_MB_PER_H:
            found.append(key)
    lag = figures["loop_lag_p999_ms"]
    if lag is None or lag >= GOAL_P999_MS:
        found.append("loop_lag_p999_ms")
    for who in ("", "client_"):
        found += [
            f"{who}{kind}"
            for kind in ("fds", "tasks")
            if figures[f"{who}{kind}_after"] > figures[f"{who}{kind}_before"]
        ]
    if figures["failures"] or not figures["joins"]:
        found.append("joins")
    if figures["small_faces"] < _SMALL * figures["visits"]:
        found.append("small_faces")
    return found
