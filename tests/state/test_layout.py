"""Tiles never overlap in the grid, never leave the stage, keep their shape, and use the room there is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.state.layout import GAP_PX, SLIMMEST, WIDEST, Rect, arrange, kind_for

sides = st.integers(200, 4000)


def names(count):
    return [f"p{number}" for number in range(count)]


def inside(place, width, height):
    return place.x >= 0 and place.y >= 0 and place.x + place.width <= width and place.y + place.height <= height


def overlap(one, other):
    return (
        one.x < other.x + other.width
        and other.x < one.x + one.width
        and one.y < other.y + other.height
        and other.y < one.y + one.height
    )


@given(st.integers(1, 10), sides, sides)
def test_a_grid_has_a_tile_for_each_and_none_overlap(count, width, height):
    places = arrange("grid", names(count), width, height)
    assert list(places) == names(count)
    tiles = list(places.values())
    assert all(inside(place, width, height) for place in tiles)
    assert not any(overlap(one, other) for n, one in enumerate(tiles) for other in tiles[n + 1 :])
    assert len({(place.width, place.height) for place in tiles}) == 1


@given(st.integers(1, 10), sides, sides)
def test_tiles_of_a_grid_are_neither_slim_nor_flat(count, width, height):
    place = next(iter(arrange("grid", names(count), width, height).values()))
    # A pixel either way, since tiles are whole pixels.
    assert (place.width + 1) / place.height >= SLIMMEST - 0.02
    assert place.width / (place.height + 1) <= WIDEST + 0.02


@pytest.mark.parametrize(
    ("count", "width", "height", "columns"),
    [
        (1, 1280, 720, 1),
        (2, 1280, 400, 2),
        (2, 400, 900, 1),
        (4, 1280, 720, 2),
        (6, 1280, 720, 3),
        (9, 1280, 720, 3),
        (10, 1280, 720, 4),
    ],
)
def test_the_number_of_columns_suits_the_stage(count, width, height, columns):
    places = arrange("grid", names(count), width, height).values()
    assert len({place.y for place in places}) == -(-count // columns)
    assert sum(place.y == min(one.y for one in places) for place in places) == columns


def test_a_last_row_that_is_not_full_stands_in_the_middle():
    places = arrange("grid", names(3), 1280, 720)
    last = places["p2"]
    assert abs((last.x + last.width / 2) - 640) <= 1


def test_gaps_between_tiles():
    first, second = arrange("grid", names(2), 1000, 250).values()
    assert second.x - (first.x + first.width) == GAP_PX


def test_one_to_one_fills_the_stage_and_lays_oneself_over_its_corner():
    places = arrange("one_to_one", ["ada", ""], 1280, 720)
    assert places["ada"] == Rect(0, 0, 1280, 720)
    own = places[""]
    assert inside(own, 1280, 720)
    assert own.x > 640
    assert own.y > 360
    assert own.width == 280


@given(sides, sides)
def test_ones_own_tile_stays_inside_any_stage(width, height):
    own = arrange("one_to_one", ["ada", ""], width, height)[""]
    assert inside(own, width, height)
    assert own.width <= width / 2 + 1


def test_one_to_one_needs_two():
    assert arrange("one_to_one", names(3), 900, 500) == arrange("grid", names(3), 900, 500)
    assert kind_for(2) == "one_to_one"
    assert {kind_for(count) for count in (1, 3, 10)} == {"grid"}


@pytest.mark.parametrize(("people", "width", "height"), [([], 100, 100), (["a"], 0, 100), (["a"], 100, 0)])
def test_no_stage_and_nobody_give_nothing(people, width, height):
    assert arrange("grid", people, width, height) == {}


def test_a_stage_of_a_pixel_still_gives_tiles():
    assert all(place.width >= 1 and place.height >= 1 for place in arrange("grid", names(10), 1, 1).values())
