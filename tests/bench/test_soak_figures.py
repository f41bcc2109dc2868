import random

import pytest

from tests.bench.soak_figures import CLIENT_WARM_UP, GOAL_MB_PER_H, Lags, growth, missed, more

RIGHT = {
    "server_mb_per_h_interval": [-3.0, 4.0], "client_mb_per_h_interval": [0.2, 5.0], "loop_lag_p999_ms": 20.0,
    "fds_before": 30, "fds_after": 30, "tasks_before": 40, "tasks_after": 38,
    "client_fds_before": 50, "client_fds_after": 50, "client_tasks_before": 60, "client_tasks_after": 60,
    "joins": 58, "failures": 0, "visits": 58, "small_faces": 58,
}  # fmt: skip


def memory(seconds, grows_mb_per_h, noise_mb=0.2, jump_mb=0.0):
    """A sample a second: fills within a minute, then grows as told, and jumps once in the middle."""
    dice = random.Random(1)
    return [
        (
            float(at_s),
            80
            + min(at_s, 60)
            + grows_mb_per_h * at_s / 3600
            + dice.gauss(0, noise_mb)
            + jump_mb * (at_s > seconds / 2),
        )
        for at_s in range(seconds + 1)
    ]


@pytest.mark.parametrize("rate", [0.0, 20.0, 400.0])
def test_growth_is_found_within_its_interval(rate):
    found = growth(memory(600, rate))
    assert found.low <= rate <= found.high
    assert found.low <= found.mb_per_h <= found.high
    assert found.high - found.low < 10
    assert (found.low > GOAL_MB_PER_H) is (rate > 0)


def test_neither_the_filling_at_the_start_nor_one_jump_is_growth():
    assert growth(memory(600, 0.0, jump_mb=8.0)).low <= GOAL_MB_PER_H
    # The warm-up is a minute at least, also where a quarter of the time is less.
    assert growth(memory(120, 0.0)).low <= GOAL_MB_PER_H


def test_what_comes_to_rest_later_has_a_longer_warm_up():
    filling = [(at_s, mb + min(at_s, 1_300) / 30) for at_s, mb in memory(2_700, 0.0)]
    assert growth(filling).mb_per_h > GOAL_MB_PER_H
    found = growth(filling, CLIENT_WARM_UP)
    assert -GOAL_MB_PER_H < found.low <= 0.0 <= found.high < GOAL_MB_PER_H


def test_a_longer_soak_is_surer():
    assert growth(memory(3600, 3.0)).low > GOAL_MB_PER_H >= growth(memory(180, 3.0)).low


@pytest.mark.parametrize("samples", [[], [(0.0, 80.0)], memory(62, 5.0)])
def test_too_little_tells_nothing(samples):
    assert growth(samples) is None


def test_lags_are_counted_until_they_are_forgotten():
    lags = Lags()
    assert lags.percentile_ms(50) is None
    for lag_ms in [*[0.05] * 990, *[3.05] * 9, 99.95]:
        lags.add(lag_ms / 1000)
    assert [lags.percentile_ms(percent) for percent in (50, 99, 99.9, 100)] == [0.1, 0.1, 3.1, 100.0]
    lags.clear()
    assert lags.percentile_ms(50) is None


@pytest.mark.parametrize(("lag_s", "told_ms"), [(-0.001, 0.1), (0.0, 0.1), (3600.0, 10_000.0)])
def test_a_lag_beyond_all_is_counted_at_the_end(lag_s, told_ms):
    lags = Lags()
    lags.add(lag_s)
    assert lags.percentile_ms(100) == told_ms


def test_what_there_is_more_of():
    assert more({"socket": 3, "pipe": 1}, {"socket": 5, "pipe": 1, "/file": 1}) == {"socket": 2, "/file": 1}
    assert more({"socket": 3}, {"socket": 2}) == {}
    assert more({}, {"a": 1, "b": 9}, at_least=5) == {"b": 9}


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({}, []),
        ({"server_mb_per_h_interval": [1.1, 4.0]}, ["server_mb_per_h"]),
        ({"client_mb_per_h_interval": None}, ["client_mb_per_h"]),
        ({"loop_lag_p999_ms": 50.0}, ["loop_lag_p999_ms"]),
        ({"loop_lag_p999_ms": None}, ["loop_lag_p999_ms"]),
        ({"fds_after": 31, "tasks_after": 41}, ["fds", "tasks"]),
        ({"client_fds_after": 51, "client_tasks_after": 61}, ["client_fds", "client_tasks"]),
        ({"failures": 1}, ["joins"]),
        ({"joins": 0}, ["joins"]),
        ({"small_faces": 56}, []),
        ({"small_faces": 55}, ["small_faces"]),
    ],
)
def test_what_is_missed_is_named(wrong, named):
    assert missed(RIGHT | wrong) == named
