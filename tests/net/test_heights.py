"""How high a face is sent for which views, and what it may cost there."""

import pytest

from app.media.types import View
from app.net.heights import height_for, step_for, within
from app.net.rate import Budget
from app.wire.media import MOST_HEIGHT_PX


@pytest.mark.parametrize(
    ("views", "height"),
    [
        ((), 0),
        ((View(320, 180),), 180),
        ((View(320, 180), View(1280, 720)), 720),
        ((View(640, 180),), 360),
        ((View(640, 180, "fit"),), 180),
        ((View(100, 200),), 200),
        ((View(100, 200, "fit"),), 57),
    ],
)
def test_the_largest_view_counts_filled_by_its_longer_side_and_fitted_by_its_shorter(views, height):
    assert height_for(dict(enumerate(views))) == height


@pytest.mark.parametrize(
    ("height", "before", "step"),
    [
        (1, 0, 180),
        (180, 0, 180),
        (198, 0, 180),
        (199, 0, 270),
        (210, 180, 180),
        (217, 180, 270),
        (360, 180, 360),
        (190, 270, 270),
        (188, 270, 180),
        (100, 720, 180),
        (720, 0, 720),
        (1080, 0, 1080),
        (1200, 0, MOST_HEIGHT_PX),
        (4000, MOST_HEIGHT_PX, MOST_HEIGHT_PX),
    ],
)
def test_a_face_has_one_of_a_few_heights_and_keeps_it_where_a_view_lies_between_two(height, before, step):
    assert step_for(height, before) == step


@pytest.mark.parametrize("before", [0, 180, 270, 360, 540, 720, 1080, MOST_HEIGHT_PX])
def test_a_window_that_is_resized_goes_through_few_steps_and_ends_where_it_would_have_begun(before):
    seen = before
    changes = 0
    for height in [*range(900, 100, -1), *range(100, 900)]:
        step = step_for(height, seen)
        assert step * 1.25 >= height, "never much too small"
        changes += step != seen
        seen = step
    assert changes <= 11


@pytest.mark.parametrize(
    ("budget", "height", "result"),
    [
        (None, None, None),
        (Budget(500_000, 360, 20.0), None, Budget(500_000, 360, 20.0)),
        (None, 180, Budget(150_000, 180)),
        (None, 720, Budget(400_000, 720)),
        (Budget(2_000_000, 720), 180, Budget(150_000, 180)),
        (Budget(2_000_000, 720), 200, Budget(450_000, 270)),
        (Budget(2_000_000, 720), 360, Budget(900_000, 360)),
        (Budget(9_000_000, 0), 720, Budget(2_500_000, 720)),
        (Budget(90_000, 180, 15.0), 720, Budget(90_000, 180, 15.0)),
        (Budget(60_000, 180, 10.0), 180, Budget(60_000, 180, 10.0)),
        (Budget(2_000_000, 720), MOST_HEIGHT_PX, Budget(2_000_000, 720)),
    ],
)
def test_a_face_costs_the_least_of_what_it_may_and_what_its_largest_view_needs(budget, height, result):
    assert within(budget, height, 400_000) == result
