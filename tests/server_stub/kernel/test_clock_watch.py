"""When the wall clock is believed, so that what has expired may be deleted."""

import pytest

from server_stub.kernel.config import KeepingLimits
from server_stub.kernel.keeping import ClockWatch
from tests.planning import DAY

LIMITS = KeepingLimits()
NOW = 1_800_000_000.0


def begin(**fields):
    return ClockWatch.begin(LIMITS, **{"now": NOW, "tick": 7.0, "alive_at": NOW - 60.0, **fields})


def run(watch, for_s, *, jump_s=0.0, every_s=3600.0):
    """Looks every hour while both clocks run; the wall clock jumps at the beginning."""
    now, tick = watch.now + jump_s, watch.tick
    end = tick + for_s
    while tick < end:
        step = min(every_s, end - tick)
        now, tick = now + step, tick + step
        watch = watch.look(now, tick)
    return watch


def test_a_clock_is_believed_once_it_has_run_for_a_while():
    watch = begin()
    assert run(watch, LIMITS.settle_s - 1).wait_s > 0
    assert run(watch, LIMITS.settle_s).wait_s == 0


def test_a_server_that_never_ran_needs_no_longer():
    assert begin(alive_at=None).wait_s == LIMITS.settle_s


@pytest.mark.parametrize("gap_s", [46 * DAY, 210 * DAY, -DAY])
def test_after_a_long_gap_or_a_clock_that_went_back_it_takes_a_day(gap_s):
    watch = begin(alive_at=NOW - gap_s)
    assert run(watch, LIMITS.settle_after_jump_s - 1).wait_s > 0
    assert run(watch, LIMITS.settle_after_jump_s).wait_s == 0


@pytest.mark.parametrize("jump_s", [366 * DAY, -366 * DAY, 4 * DAY, -3600.0])
def test_a_jump_has_to_prove_itself_for_a_day(jump_s):
    watch = run(begin(), 5 * DAY)
    assert watch.wait_s == 0
    jumped = run(watch, 3600.0, jump_s=jump_s)
    assert jumped.wait_s > 0
    assert run(jumped, LIMITS.settle_after_jump_s - 3601).wait_s > 0
    assert run(jumped, LIMITS.settle_after_jump_s).wait_s == 0


def test_what_a_time_server_puts_right_means_nothing():
    watch = run(begin(), DAY)
    for step_s in (0.5, -0.5, 20.0, -20.0, 299.0, -299.0):
        watch = run(watch, 3600.0, jump_s=step_s)
        assert watch.wait_s == 0


def test_a_computer_that_sleeps_every_night_still_deletes():
    watch = begin(alive_at=NOW - 210 * DAY)
    for _ in range(3):
        watch = run(watch, 8 * 3600.0)
        watch = run(watch, 60.0, jump_s=16 * 3600.0)
    assert 0 < watch.wait_s <= LIMITS.settle_s
    assert run(watch, LIMITS.settle_s).wait_s == 0


def test_short_runs_come_to_an_end_too():
    """An embedded server runs as long as its client's window is open."""
    first = run(begin(), 1800.0, every_s=300.0)
    second = begin(alive_at=NOW - 8 * 3600.0, wait_s=first.wait_s)
    assert second.wait_s == 1800.0
    assert run(second, 1800.0).wait_s == 0
    assert begin(wait_s=0.0).wait_s == LIMITS.settle_s


def test_a_wait_is_not_shortened_by_starting_anew():
    watch = run(begin(), 3600.0, jump_s=366 * DAY)
    again = ClockWatch.begin(LIMITS, now=watch.now + 60, tick=0.0, alive_at=watch.now, wait_s=watch.wait_s)
    assert again.wait_s == watch.wait_s > LIMITS.settle_s
