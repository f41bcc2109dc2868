from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise

import pytest

from app.media.effort import SETTLE_S, STEPS, Effort
from app.media.rests import FIRST_S, LONGEST_S

#: Pictures a second that each step could do; from the dearest to the cheapest.
Capacity = tuple[float, float, float, float]
FAST: Capacity = (60.0, 120.0, 240.0, 480.0)
SLOW: Capacity = (7.0, 13.0, 40.0, 80.0)


@dataclass
class Call:
    """A camera and a computer, by counts alone.

    Attributes:
        changes: when which step was taken, in seconds of the call and by its place among STEPS.
        done_s: when each picture was worked off.
    """

    fps: float = 30.0
    effort: Effort = field(default_factory=Effort)
    changes: list[tuple[float, int]] = field(default_factory=list)
    done_s: list[float] = field(default_factory=list)
    now_s: float = 0.0
    _credit: float = 0.0

    @property
    def step(self) -> int:
        return STEPS.index(self.effort.step)

    def go_on(self, for_s: float, can: Callable[[float], Capacity]) -> "Call":
        """Gives pictures; the newest is worked off as soon as the computer can, and what is older is lost."""
        for _ in range(round(for_s * self.fps)):
            self.now_s += 1 / self.fps
            self.effort.count_arrival(5000.0 + self.now_s)
            # What was lost is not caught up with, but for the picture in work and the one that waits.
            self._credit = min(2.0, self._credit + can(self.now_s)[self.step] / self.fps)
            if self._credit >= 1.0 - 1e-6:
                self._credit -= 1.0
                self.done_s.append(self.now_s)
                if self.effort.count_done():
                    self.changes.append((self.now_s, self.step))
        return self

    def least_fps(self, over_s: float, from_s: float) -> float:
        """The fewest pictures a second over any span of that length that begins with a picture."""
        starts = [one for one in self.done_s if from_s <= one <= self.now_s - over_s]
        return min(self._done_until(start + over_s) - self._done_until(start) for start in starts[::15]) / over_s

    def _done_until(self, at_s: float) -> int:
        return bisect_right(self.done_s, at_s)


def call(for_s: float, can: Capacity, fps: float = 30.0) -> Call:
    return Call(fps).go_on(for_s, lambda at_s: can)


def test_a_computer_that_keeps_up_with_nothing_goes_to_the_cheapest_step_within_some_seconds() -> None:
    slow = call(60.0, (5.0, 5.0, 5.0, 5.0))
    assert [step for _, step in slow.changes] == [1, 2, 3]
    assert slow.changes[-1][0] < SETTLE_S + 30 / 5 * 3


@pytest.mark.parametrize(
    ("camera_fps", "done_fps", "is_enough"),
    [(30.0, 30.0, True), (30.0, 25.0, True), (30.0, 23.0, False),
     # More than 30 a second do not go out.
     (60.0, 60.0, True), (60.0, 40.0, True), (60.0, 25.0, True), (60.0, 22.0, False), (120.0, 26.0, True),
     # Cameras for the dark give fewer, and have less to lose.
     (24.0, 20.0, True), (24.0, 18.0, False), (18.0, 18.0, True), (18.0, 17.0, True), (18.0, 15.2, False),
     (18.0, 14.5, False), (15.0, 15.0, True), (15.0, 14.3, True), (15.0, 12.5, False),
     (12.0, 12.0, True), (12.0, 10.0, False), (5.0, 5.0, True), (5.0, 3.0, False)],
)  # fmt: skip
def test_about_24_pictures_a_second_are_enough_and_nearly_all_of_a_slow_camera(
    camera_fps: float, done_fps: float, is_enough: bool
) -> None:
    steady = call(100.0, (done_fps, 120.0, 240.0, 480.0), camera_fps)
    assert (steady.changes[:1] == []) is is_enough


@pytest.mark.parametrize("camera_fps", [12.0, 15.0, 18.0, 30.0, 60.0])
def test_a_hiccup_of_a_third_of_a_second_changes_nothing(camera_fps: float) -> None:
    hiccup = Call(camera_fps).go_on(80.0, lambda at_s: (0.0,) * 4 if 40.0 < at_s < 40.33 else FAST)
    assert hiccup.changes == []


def test_the_first_seconds_of_a_choice_do_not_count() -> None:
    loads = Call().go_on(60.0, lambda at_s: (1.0,) * 4 if at_s < SETTLE_S else FAST)
    assert loads.changes == []


@pytest.mark.parametrize("busy_s", [5.0, 10.0, 15.0])
def test_after_a_busy_beginning_the_dearest_step_is_there_again_within_a_minute_or_so(busy_s: float) -> None:
    began = Call().go_on(busy_s + 75.0, lambda at_s: (6.0, 9.0, 12.0, 15.0) if at_s < busy_s else FAST)
    steps = [step for _, step in began.changes]
    assert max(steps) > 0
    assert began.step == 0
    # Down, up again, and no to and fro between.
    assert steps == [*range(1, max(steps) + 1), *reversed(range(max(steps)))]


def test_a_dearer_step_that_fails_is_tried_again_after_longer_and_longer_rests() -> None:
    slow = call(1200.0, SLOW)
    assert slow.step == 2
    trials = [at_s for at_s, step in slow.changes if step == 1][1:]
    rests = [later - earlier for earlier, later in pairwise(trials)]
    for rest_s, expected_s in zip(rests, (2 * FIRST_S, 4 * FIRST_S, 8 * FIRST_S, LONGEST_S), strict=False):
        assert expected_s <= rest_s < expected_s + 8
    assert len(rests) >= 4
    # Nothing dearer than the one that failed.
    assert all(step > 0 for _, step in slow.changes)


@pytest.mark.parametrize("capacity", [SLOW, (4.0, 8.0, 16.0, 31.0), (13.0, 40.0, 80.0, 160.0), (3.0, 29.0, 30.0, 30.0)])
def test_trials_never_take_it_below_15_pictures_a_second(capacity: Capacity) -> None:
    slow = call(1200.0, capacity)
    settled_s = next(at_s for at_s, step in slow.changes if step == max(step for _, step in slow.changes))
    assert any(later < earlier for (_, earlier), (_, later) in pairwise(slow.changes))
    assert slow.least_fps(3.0, from_s=settled_s) > 15.0


def test_where_the_cheaper_step_is_all_that_can_be_done_no_dearer_one_is_tried() -> None:
    assert [step for _, step in call(600.0, (5.0, 27.0, 27.0, 27.0)).changes] == [1]


def test_a_computer_that_was_slow_for_long_takes_short_rests_again_once_it_has_gone_well() -> None:
    cycle = Call().go_on(400.0, lambda at_s: SLOW).go_on(700.0, lambda at_s: FAST)
    assert cycle.step == 0
    busy_at_s, cycle.changes = cycle.now_s, []
    cycle.go_on(10.0, lambda at_s: SLOW).go_on(80.0, lambda at_s: FAST)
    assert cycle.step == 0
    assert cycle.changes[-1][0] < busy_at_s + 80.0


def test_each_step_is_cheaper_than_the_one_before() -> None:
    costs = [(1 + 1 / step.look_every + step.looks_when_moved) / step.shrink**2 for step in STEPS]
    assert costs == sorted(costs, reverse=True)
    assert len(set(costs)) == len(STEPS)
