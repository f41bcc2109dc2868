import pytest

from tests.network.rows import GOALS, medians, meets, missed, percentile, table
from tests.network.scenarios import BUILT_IN


def row(seed=1, scenario="ipchange", of="parley", who="up", **figures):
    return {"of": of, "scenario": scenario, "seed": seed, "who": who, **figures}


def test_medians_are_over_all_runs_of_the_same_thing():
    rows = [row(seed, frames_pct=pct) for seed, pct in ((1, 90.0), (2, 10.0), (3, 80.0))]
    rows += [row(1, who="down", frames_pct=5.0), row(1, of="chromium", frames_pct=6.0)]
    told = medians(rows)
    assert [(one["of"], one["who"], one["frames_pct"], one["runs"]) for one in told] == [
        ("parley", "up", 80.0, 3),
        ("parley", "down", 5.0, 1),
        ("chromium", "up", 6.0, 1),
    ]
    assert told[0]["seed"] == [1, 2, 3]


def test_a_run_that_failed_is_counted_and_is_no_yes():
    rows = [row(1, same_seat=True, back_after_s=1.0), row(2, same_seat=True, back_after_s=None), row(3, error="no")]
    (told,) = medians(rows)
    assert (told["failed"], told["same_seat"], told["never_back"]) == (1, [2, 3], 2)
    assert told["back_after_s"] == 1.0
    assert told["back_after_p95_s"] is None
    assert missed(rows) == [
        ["ipchange", "up", "same_seat", [2, 3], True],
        ["ipchange", "up", "back_after_p95_s", None, ("<", 2)],
    ]


def test_a_goal_that_is_met_in_every_run_is_not_missed():
    assert missed([row(seed, same_seat=True, back_after_s=1.9) for seed in range(20)]) == []
    assert missed([row(1, scenario="loss10", of="chromium", audio_pct=1.0)]) == []


@pytest.mark.parametrize(("share", "value"), [(0.0, 1), (0.5, 10), (0.95, 19), (1.0, 20)])
def test_a_percentile_is_one_of_the_values(share, value):
    assert percentile(list(range(1, 21)), share) == value
    assert percentile([7], share) == 7


@pytest.mark.parametrize(
    ("goal", "value", "is_met"),
    [
        ((">", 99), 99, True), ((">", 99), 98.9, False), (("<", 0), 0, True), (("<", 0), 1, False),
        (True, [3, 3], True), (True, [2, 3], False), ((">", 0), None, False),
    ],
)  # fmt: skip
def test_goals_are_met_or_not(goal, value, is_met):
    assert meets(goal, value) is is_met


def test_the_table_has_goals_beside_figures_and_chromium_below():
    rows = [row(scenario="loss10", audio_pct=99.6, frames_pct=80.0, longest_freeze_s=0.2, cpu_s=4.0)]
    rows += [row(scenario="loss10", of="chromium", audio_pct=100.0), row(2, scenario="clean", error="no")]
    head, *lines = table(rows).splitlines()
    assert " ".join(head.split()) == "scenario audio % pictures % broken freeze s back s ear ms cpu s"
    assert "99.6 (>99)" in lines[0]
    assert "80! (>95)" in lines[0]
    assert lines[1].split()[:3] == ["Chromium", "up", "100"]
    assert lines[2].startswith("clean")
    assert lines[2].endswith("1 of 1 failed")


def test_goals_are_of_scenarios_that_there_are():
    assert set(GOALS) <= set(BUILT_IN)
