"""What has changed on a screen, and whether it was only scrolled."""

import numpy as np
import pytest

from app.media.screen.changes import ROW_STEP, Change, Changes
from app.media.screen.types import Place


def page(seed=1, height=720, width=1280):
    """Rows of marks with blank rows between them, as text has."""
    pixels = np.full((height, width, 4), 250, np.uint8)
    marks = np.random.default_rng(seed).integers(0, 200, (height, width), np.uint8)
    for row in range(4, height - 12, 16):
        pixels[row : row + 9, 20:1000] = marks[row : row + 9, 20:1000, None]
    return pixels


def test_the_first_look_and_another_size_are_all_new():
    changes = Changes()
    assert changes.look(page()) == Change(1.0, 1.0)
    assert changes.look(page(height=360)) == Change(1.0, 1.0)


def test_what_stands_still_has_not_changed():
    changes = Changes()
    changes.look(page())
    assert [changes.look(page()) for _ in range(2 * ROW_STEP)] == [Change()] * 2 * ROW_STEP


@pytest.mark.parametrize("row", range(100, 100 + ROW_STEP))
def test_one_row_of_a_few_pixels_is_found_within_a_few_looks(row):
    changes, now = Changes(), page()
    changes.look(page())
    now[row, 300:303] = 7
    shares = [changes.look(now.copy()).share for _ in range(ROW_STEP)]
    assert sum(share > 0 for share in shares) == 1
    assert max(shares) < 0.01


def test_a_film_in_a_corner_is_told_by_its_share():
    changes, now = Changes(), page()
    changes.look(page())
    now[:360, :640] = np.random.default_rng(5).integers(0, 255, (360, 640, 4), np.uint8)
    change = changes.look(now)
    assert 0.2 < change.share < 0.3
    assert not change.is_scrolled


@pytest.mark.parametrize("by", [1, 16, 48, 250])
def test_scrolled_text_is_known_beside_what_stands(by):
    changes, before = Changes(), page()
    changes.look(before)
    now = before.copy()
    now[60 : 720 - by, :900] = before[60 + by :, :900]
    now[720 - by :, :900] = page(seed=2)[720 - by :, :900]
    change = changes.look(now)
    # By a whole line, half of the rows are as before.
    assert change.share > 0.1
    assert change.is_scrolled


def test_what_moves_in_parts_that_do_not_count_is_sent_but_is_no_film():
    changes, now = Changes(), page()
    changes.look(page())
    now[:360, :640] = np.random.default_rng(5).integers(0, 255, (360, 640, 4), np.uint8)
    assert changes.look(now.copy(), [Place(-50, -50, 690, 410)])._replace(share=0.0) == Change()
    now[:360, :640] = 9
    change = changes.look(now, [Place(0, 0, 320, 360), Place(5000, 5000, 10, 10)])
    assert change.share > change.moving > 0.1
