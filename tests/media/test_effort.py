import pytest

from app.media.effort import LEAST_DONE_SHARE, STEPS, WINDOW_FRAMES, Effort


def spend(effort: Effort, done_share: float, windows: int) -> int:
    """How often it got cheaper while that share of the frames was worked off."""
    changes, done = 0, 0.0
    for _ in range(WINDOW_FRAMES * windows):
        effort.count_arrival()
        done += done_share
        while done >= 1.0:
            done -= 1.0
            changes += effort.count_done()
    return changes


def test_effort_steps_to_its_end_and_no_further() -> None:
    effort = Effort()
    assert spend(effort, 0.5, windows=10) == len(STEPS) - 1
    assert effort.step is STEPS[-1]


@pytest.mark.parametrize("share", [1.0, LEAST_DONE_SHARE + 0.02])
def test_effort_is_content_when_nearly_all_is_done(share: float) -> None:
    effort = Effort()
    assert spend(effort, share, windows=5) == 0
    assert effort.step is STEPS[0]


def test_a_camera_of_30_pictures_never_stays_below_15_while_there_is_a_cheaper_way() -> None:
    assert LEAST_DONE_SHARE * 30 > 15
    costs = [(1 + 1 / step.look_every + step.looks_when_moved) / step.shrink**2 for step in STEPS]
    assert costs == sorted(costs, reverse=True)
    assert len(set(costs)) == len(STEPS)
