"""Which layout suits a call; tiles never overlap or leave the stage, keep their shape, and use the room there is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.state import call_intents
from app.state.stage import (
    GAP_PX,
    OWN,
    SLIMMEST,
    WIDEST,
    Grid,
    OneToOne,
    Rect,
    Share,
    Speaker,
    Tile,
    arrange,
    layout_of,
    tiles_of,
)
from app.wire.people import Person
from tests.fakes.story import in_call, signed_in

sides = st.integers(200, 4000)


def names(count):
    return tuple(Tile(f"p{number}") for number in range(count))


def person(name, **more):
    return Person(id=name, name=name, **more)


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
    places = arrange(Grid(names(count)), width, height)
    assert tuple(places) == names(count)
    tiles = list(places.values())
    assert all(inside(place, width, height) for place in tiles)
    assert not any(overlap(one, other) for n, one in enumerate(tiles) for other in tiles[n + 1 :])
    assert len({(place.width, place.height) for place in tiles}) == 1


@given(st.integers(1, 10), sides, sides)
def test_tiles_of_a_grid_are_neither_slim_nor_flat(count, width, height):
    place = next(iter(arrange(Grid(names(count)), width, height).values()))
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
    places = arrange(Grid(names(count)), width, height).values()
    assert len({place.y for place in places}) == -(-count // columns)
    assert sum(place.y == min(one.y for one in places) for place in places) == columns


def test_a_last_row_that_is_not_full_stands_in_the_middle():
    places = arrange(Grid(names(3)), 1280, 720)
    last = places[Tile("p2")]
    assert abs((last.x + last.width / 2) - 640) <= 1


def test_gaps_between_tiles():
    first, second = arrange(Grid(names(2)), 1000, 250).values()
    assert second.x - (first.x + first.width) == GAP_PX


def test_one_to_one_fills_the_stage_and_lays_oneself_over_its_corner():
    places = arrange(OneToOne(Tile("ada"), OWN), 1280, 720)
    assert places[Tile("ada")] == Rect(0, 0, 1280, 720)
    own = places[OWN]
    assert inside(own, 1280, 720)
    assert own.x > 640
    assert own.y > 360
    assert own.width == 280


@given(sides, sides)
def test_ones_own_tile_stays_inside_any_stage(width, height):
    own = arrange(OneToOne(Tile("ada"), OWN), width, height)[OWN]
    assert inside(own, width, height)
    assert own.width <= width / 2 + 1


@given(st.integers(1, 10), sides, sides, st.sampled_from([Speaker, Share]))
def test_what_is_looked_at_has_the_most_room_and_the_others_stand_beside_it(count, width, height, kind):
    main, strip = Tile("main"), names(count)
    places = arrange(kind(main, strip), width, height)
    assert tuple(places) == (main, *strip)
    tiles = list(places.values())
    assert all(inside(place, width, height) for place in tiles)
    assert not any(overlap(one, other) for n, one in enumerate(tiles) for other in tiles[n + 1 :])
    # Four fifths of the longer side, but for the gap.
    assert places[main].width * places[main].height >= 0.75 * width * height
    assert len({(place.width, place.height) for place in tiles[1:]}) == 1


def test_who_is_looked_at_alone_has_the_whole_stage():
    assert arrange(Share(Tile("ada", "screen"), ()), 900, 500) == {Tile("ada", "screen"): Rect(0, 0, 900, 500)}


@pytest.mark.parametrize("layout", [Grid(()), Speaker(Tile("a"), (OWN,)), OneToOne(Tile("a"), OWN), Grid(names(3))])
@pytest.mark.parametrize(("width", "height"), [(0, 100), (100, 0), (0, 0)])
def test_no_stage_gives_nothing(layout, width, height):
    assert arrange(layout, width, height) == {}


def test_nobody_takes_no_room():
    assert arrange(Grid(()), 900, 500) == {}


@pytest.mark.parametrize("layout", [OneToOne(Tile("a"), OWN), Grid(names(3)), Share(OWN, names(2))])
def test_each_tile_of_a_layout_has_its_place_in_the_order_of_reading(layout):
    assert tuple(arrange(layout, 900, 500)) == tiles_of(layout)


@pytest.mark.parametrize("layout", [Grid(names(10)), Speaker(OWN, names(9)), Share(OWN, names(9))])
def test_a_stage_of_a_pixel_still_gives_tiles(layout):
    places = arrange(layout, 1, 1)
    assert tuple(places) == tiles_of(layout)
    assert all(place.width >= 1 and place.height >= 1 for place in places.values())


ADA, ALAN, GRACE = person("ada", joined_at=2.0), person("alan", joined_at=1.0), person("grace", joined_at=3.0)
SHARING = person("alan", joined_at=1.0, sharing=True)
SCREEN = Tile("alan", "screen")


@pytest.mark.parametrize(
    ("people", "pinned", "layout"),
    [
        ([], None, Grid(())),
        ([GRACE], None, Grid((OWN,))),
        ([GRACE, ADA], None, OneToOne(Tile("ada"), OWN)),
        ([ADA, ALAN], None, Grid((Tile("alan"), Tile("ada")))),  # one's own seat is not there yet
        ([GRACE, ADA, ALAN], None, Grid((Tile("alan"), Tile("ada"), OWN))),
        ([GRACE, ADA], Tile("ada"), Speaker(Tile("ada"), (OWN,))),
        ([GRACE, ADA, ALAN], OWN, Speaker(OWN, (Tile("alan"), Tile("ada")))),
        ([GRACE, ADA, ALAN], Tile("gone"), Grid((Tile("alan"), Tile("ada"), OWN))),
        ([GRACE, SHARING], None, Share(SCREEN, (Tile("alan"), OWN))),
        ([GRACE, ADA, SHARING], Tile("ada"), Speaker(Tile("ada"), (SCREEN, Tile("alan"), OWN))),
        ([GRACE, ALAN], SCREEN, OneToOne(Tile("alan"), OWN)),  # the share has ended
        ([person("grace", sharing=True), ADA], None, OneToOne(Tile("ada"), OWN)),  # one's own screen is seen anyway
        (
            [GRACE, SHARING, person("ada", joined_at=2.0, sharing=True)],
            None,
            Share(SCREEN, (Tile("ada", "screen"), Tile("alan"), Tile("ada"), OWN)),
        ),
        (  # the newest share is large
            [GRACE, SHARING, person("ada", joined_at=2.0, sharing=True, sharing_since=9.0)],
            None,
            Share(Tile("ada", "screen"), (SCREEN, Tile("alan"), Tile("ada"), OWN)),
        ),
    ],
)
def test_the_layout_suits_who_is_there(people, pinned, layout):
    assert layout_of(people, "grace", pinned) == layout


def test_what_one_looks_at_is_kept_until_one_looks_at_all_again():
    story = in_call().do(call_intents.Pin(tile=Tile("grace")))
    assert story.state.call.stage.pinned == Tile("grace")
    assert story.do(call_intents.Pin(tile=None)).state.call.stage.pinned is None


def test_without_a_call_nothing_is_looked_at():
    story = signed_in()
    before = story.state
    assert story.do(call_intents.Pin(tile=OWN)).state == before
