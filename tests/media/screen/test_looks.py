"""When a screen is looked at."""

import itertools
import random

import pytest

from app.media.screen.looks import LookTimes

STEP_S = 0.1


def looks(steps_s, until_s, *, mode="text", start_s=0.0):
    """Each look's time, and how many of the steps it finds."""
    times, due_s, found, at = LookTimes(start_s), start_s, [], 0
    while due_s < until_s:
        seen = sum(one <= due_s for one in steps_s)
        found.append((due_s, seen - at))
        at, due_s = seen, times.after(due_s, mode, is_new=seen > at)
    return found


@pytest.mark.parametrize("phase", [0.0, 0.02, 0.04, 0.06, 0.08, 0.099])
@pytest.mark.parametrize("drift", [0.997, 1.0, 1.003])
def test_scrolling_at_its_own_pace_is_seen_step_by_step(phase, drift):
    chance = random.Random(5)
    steps = [1.0 + phase + number * STEP_S * drift + chance.uniform(-0.01, 0.01) for number in range(200)]
    found = looks(steps, steps[-1] + 0.2)
    assert sum(count == 1 for _, count in found) >= 190


def test_what_stands_still_is_looked_at_no_more_often_than_text():
    found = looks([0.5], 11.0)
    assert len([one for one, _ in found if one > 2.0]) == pytest.approx(90, abs=1)
    assert max(one - before for (before, _), (one, _) in itertools.pairwise(found)) < 0.11


@pytest.mark.parametrize(("mode", "a_second"), [("text", 10), ("motion", 30)])
def test_what_moves_all_the_time_is_looked_at_at_the_pace_of_its_mode(mode, a_second):
    found = looks([number * 0.01 for number in range(2000)], 10.0, mode=mode)
    assert len(found) == pytest.approx(10 * a_second, abs=2)


def test_only_a_look_that_comes_soon_is_extra():
    times = LookTimes(0.0)
    kinds = []
    for now_s, is_new in ((0.0, True), (0.1, False), (0.134, False), (0.167, True), (0.267, True), (9.0, False)):
        times.after(now_s, "text", is_new=is_new)
        kinds.append(times.is_extra)
    assert kinds == [False, True, True, False, False, False]


def test_a_late_look_is_not_made_up_for():
    times = LookTimes(0.0)
    assert times.after(5.0, "text", is_new=True) > 5.05
