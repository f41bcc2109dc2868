"""A zoomed picture: what is under the pointer stays there, nothing is pushed out of sight, all of it can be reached."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.media.types import WHOLE
from app.ui.widgets.zoom import LEAST, MOST, STEPS, Place, Space, Zoom

sides = st.integers(50, 3000)
spaces = st.builds(Space, st.tuples(sides, sides), st.tuples(sides, sides))
# Libraries of sound and pictures turn the smallest numbers off for the whole thread.
scales = st.floats(LEAST, MOST, allow_subnormal=False)
shares = st.floats(0, 1, allow_subnormal=False)
steps = st.floats(-5000, 5000, allow_subnormal=False)


def test_r40_at_two_hundred_percent_half_the_width_is_seen():
    space = Space((1600, 900), (1920, 1080))
    part = space.part(space.zoomed(Zoom(), 2.0))
    assert part == (0.25, 0.25, 0.5, 0.5)
    assert space.part(space.zoomed(Zoom(), 4.0)).width == 0.25
    assert space.part(Zoom()) == WHOLE


def test_r40_a_picture_of_another_shape_uses_the_whole_view_when_it_is_zoomed():
    space = Space((1000, 1000), (2000, 1000))
    assert space.place(Zoom()) == Place(0, 250, 1000, 500)
    # Twice as large it is as high as the view: half of its width is seen and all of its height.
    assert space.part(space.zoomed(Zoom(), 2.0)) == (0.25, 0, 0.5, 1)


@given(spaces, scales, scales, shares, shares)
def test_r40_what_is_under_the_pointer_stays_there_as_far_as_the_picture_goes(space, before, after, x, y):
    zoom = space.zoomed(Zoom(), before)
    point = (x * space.view[0], y * space.view[1])
    later = space.zoomed(zoom, after, point)
    place = space.place(later)
    for seen, then, start, size, view in zip(
        space.at(zoom, point), space.at(later, point), place[:2], place[2:], space.view, strict=True
    ):
        is_at_an_end = size <= view or start > -0.5 or start + size < view + 0.5
        assert is_at_an_end or seen == pytest.approx(then, abs=1e-6)


@given(spaces, scales, st.lists(st.tuples(steps, steps), max_size=5))
def test_r40_pushing_it_leaves_no_gap(space, scale, pushes):
    zoom = space.zoomed(Zoom(), scale)
    for push in pushes:
        zoom = space.moved(zoom, *push)
    place = space.place(zoom)
    for start, size, view in ((place.x, place.width, space.view[0]), (place.y, place.height, space.view[1])):
        if size <= view:
            assert start == pytest.approx((view - size) / 2)
        else:
            assert start <= 1e-6
            assert start + size >= view - 1e-6
    part = space.part(zoom)
    assert 0 <= part.x <= part.x + part.width <= 1 + 1e-9
    assert 0 <= part.y <= part.y + part.height <= 1 + 1e-9


@given(spaces, scales)
def test_a_push_goes_back_by_the_same(space, scale):
    zoom = space.zoomed(Zoom(), scale)
    place = space.place(zoom)
    assume(all(abs(size - view) > 8 for size, view in zip(place[2:], space.view, strict=True)))
    there = space.moved(space.moved(zoom, -3, -3), 3, 3)
    assert (there.x, there.y) == (pytest.approx(zoom.x, abs=1e-6), pytest.approx(zoom.y, abs=1e-6))


@pytest.mark.parametrize(
    ("scale", "up", "after"),
    [(1.0, True, 1.25), (1.3, True, 1.5), (4.0, True, 4.0), (1.3, False, 1.25), (1.0, False, 1.0), (2.0, False, 1.5)],
)
def test_the_buttons_go_from_step_to_step(scale, up, after):
    assert Zoom(scale).step(up) == after
    assert after in STEPS


def test_the_scale_has_limits():
    space = Space((100, 100), (100, 100))
    assert space.zoomed(Zoom(), 99).scale == MOST
    assert space.zoomed(Zoom(2.0), 0.1) == Zoom()
