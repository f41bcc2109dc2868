"""When pictures are shown that came alone, all at once, and faster than they can be decoded, in virtual time."""

import itertools

import pytest

from app.net.pace import Pace

CLOCK_HZ = 90_000


class Screen:
    """Decodes and shows what arrives.

    Attributes:
        shown: (instant, number of the picture), as it was shown.
    """

    def __init__(self, fps, *, cost_s=0.004, first=0):
        self.fps, self.cost_s, self.first = fps, cost_s, first
        self.pace, self.shown = Pace(), []

    def run(self, arrivals):
        """`arrivals`: instants of the pictures 0, 1, 2, ..."""
        waiting, now_s, number, arrivals = [], 0.0, 0, list(arrivals)
        while number < len(arrivals) or waiting:
            while number < len(arrivals) and arrivals[number] <= now_s:
                waiting.append(number)
                number += 1
            if not waiting:
                now_s = arrivals[number]
                continue
            turn = self.pace.turn([self.timestamp(one) for one in waiting], now_s)
            if not turn.count:
                assert turn.wait_s > 0
                next_s = arrivals[number] if number < len(arrivals) else float("inf")
                now_s = min(next_s, now_s + turn.wait_s)
                continue
            last = waiting[turn.count - 1]
            del waiting[: turn.count]
            self.pace.begin(self.timestamp(last), now_s)
            now_s += self.cost_s * turn.count
            self.pace.done(now_s)
            self.shown.append((now_s, last))
        return self

    def timestamp(self, number):
        return self.first + round(number * CLOCK_HZ / self.fps) & 0xFFFFFFFF

    def numbers(self):
        return [number for _, number in self.shown]

    def lags_s(self, arrivals):
        return [at_s - arrivals[number] for at_s, number in self.shown]


@pytest.mark.parametrize("fps", [5, 15, 20, 30])
@pytest.mark.parametrize("first", [0, 2**32 - 50_000])
def test_a_picture_that_comes_alone_is_shown_at_once(fps, first):
    arrivals = [number / fps for number in range(100)]
    screen = Screen(fps, first=first).run(arrivals)
    assert screen.numbers() == list(range(100))
    assert max(screen.lags_s(arrivals)) == pytest.approx(0.004)


def delayed(fps, at, behind_s):
    """One picture every second comes so much late, and holds up those after it."""
    times = [number / fps for number in range(10 * fps)]
    for late in range(at, len(times), fps):
        for number in range(late, len(times)):
            times[number] = max(times[number], late / fps + behind_s)
    return times


@pytest.mark.parametrize("fps", [20, 30])
@pytest.mark.parametrize("behind_s", [0.05, 0.1, 0.15])
def test_pictures_that_waited_for_a_lost_packet_are_all_seen_and_the_newest_is_soon_reached(fps, behind_s):
    arrivals = delayed(fps, 10, behind_s)
    screen = Screen(fps).run(arrivals)
    assert screen.numbers() == list(range(len(arrivals)))
    instants = [at_s for at_s, _ in screen.shown]
    assert min(b - a for a, b in itertools.pairwise(instants)) > 0.0165, "none hides the one before it"
    lags = screen.lags_s(arrivals)
    assert max(lags) <= 0.13
    # A third of a second after it began nothing is late any more.
    assert max(lag for lag, number in zip(lags, screen.numbers(), strict=True) if (number - 10) % fps > fps / 2) < 0.01


def test_after_a_long_wait_the_newest_pictures_are_seen():
    arrivals = delayed(20, 10, 0.6)
    screen = Screen(20).run(arrivals)
    assert max(screen.lags_s(arrivals)) <= 0.15
    assert len(screen.shown) >= 0.5 * len(arrivals)


@pytest.mark.parametrize("fps", [20, 30])
@pytest.mark.parametrize("cost_s", [0.03, 0.06, 0.1])
def test_where_showing_takes_too_long_the_newest_wins(fps, cost_s):
    pace = Pace()
    for number in range(60):
        pace.begin(number, number)
        pace.done(number + cost_s)
    for count in range(1, 9):
        assert pace.turn([round(number * CLOCK_HZ / fps) for number in range(1, count + 1)], 100.0).count == count


def test_one_person_s_pictures_leave_turns_to_others():
    pace = Pace()
    assert pace.turn(list(range(0, 40 * 3000, 3000)), 5.0).count == 8
