"""Which layout suits a call; tiles never overlap or leave the stage, keep their shape, and use the room there is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.state import call_intents, effects, events, pinning
from app.state.slices.devices import Choices
from app.state.stage import (
    ANCHORS,
    GAP_PX,
    OWN,
    SLIMMEST,
    WIDEST,
    Grid,
    OneToOne,
    Rect,
    Share,
    Speaker,
    Stage,
    Tile,
    arrange,
    bounded,
    layout_of,
    nearest_anchor,
    next_anchor,
    own_place,
    tiles_of,
)
from app.wire import people as wire
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
    ("people", "stage", "layout"),
    [
        ([], None, Grid(())),
        ([GRACE], None, Grid((OWN,))),
        ([GRACE, ADA], None, OneToOne(Tile("ada"), OWN)),
        ([ADA, ALAN], None, Grid((Tile("alan"), Tile("ada")))),  # one's own seat is not there yet
        ([GRACE, ADA, ALAN], None, Grid((Tile("alan"), Tile("ada"), OWN))),
        ([GRACE, ADA], Tile("ada"), Speaker(Tile("ada"), (OWN,))),
        ([GRACE, ADA, ALAN], OWN, Speaker(OWN, (Tile("alan"), Tile("ada")))),
        ([GRACE, ADA, ALAN], Tile("gone"), Grid((Tile("alan"), Tile("ada"), OWN))),
        ([GRACE, SHARING], None, Share(SCREEN, (Tile("alan"),), OWN)),
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
def test_the_layout_suits_who_is_there(people, stage, layout):
    assert layout_of(people, "grace", Stage(stage) if isinstance(stage, Tile) else stage or Stage()) == layout


SHARED = frozenset({("alan", 0.0)})


@pytest.mark.parametrize(
    ("people", "stage", "layout"),
    [
        # All alike: a share is one of the tiles, and two people stand beside each other.
        ([GRACE, ADA], Stage(mode="grid"), Grid((Tile("ada"), OWN))),
        ([GRACE, SHARING], Stage(mode="grid"), Grid((SCREEN, Tile("alan"), OWN))),
        ([GRACE, SHARING], Stage(SCREEN, mode="grid"), Share(SCREEN, (Tile("alan"),), OWN)),
        # Who speaks is large, never oneself; a share comes before that.
        ([GRACE, ADA, ALAN], Stage(mode="speaker"), Speaker(Tile("alan"), (Tile("ada"), OWN))),
        ([GRACE, ADA, ALAN], Stage(mode="speaker", speaker="ada"), Speaker(Tile("ada"), (Tile("alan"), OWN))),
        ([GRACE, ADA, ALAN], Stage(mode="speaker", speaker="gone"), Speaker(Tile("alan"), (Tile("ada"), OWN))),
        ([GRACE, ADA], Stage(mode="speaker"), OneToOne(Tile("ada"), OWN)),
        ([GRACE], Stage(mode="speaker"), Grid((OWN,))),
        ([GRACE, ADA, SHARING], Stage(mode="speaker"), Share(SCREEN, (Tile("alan"), Tile("ada"), OWN))),
        # A share that was put back stands among the others; a new one of the same person is large again.
        ([GRACE, SHARING], Stage(put_back=SHARED), Grid((SCREEN, Tile("alan"), OWN))),
        ([GRACE, person("alan", sharing=True, sharing_since=9.0)], Stage(put_back=SHARED),
         Share(SCREEN, (Tile("alan"),), OWN)),
        ([GRACE, ADA, SHARING], Stage(mode="speaker", put_back=SHARED),
         Speaker(Tile("alan"), (SCREEN, Tile("ada"), OWN))),
        # Without oneself, unless one is alone.
        ([GRACE, ADA], Stage(hides_own=True), Speaker(Tile("ada"), ())),
        ([GRACE], Stage(hides_own=True), Grid((OWN,))),
        ([GRACE, ADA, ALAN], Stage(OWN, hides_own=True), Grid((Tile("alan"), Tile("ada")))),
        ([GRACE, SHARING], Stage(hides_own=True), Share(SCREEN, (Tile("alan"),))),
    ],
)  # fmt: skip
def test_the_layout_follows_what_one_chose(people, stage, layout):
    assert layout_of(people, "grace", stage) == layout


@given(sides, sides, st.sampled_from(sorted(ANCHORS)))
def test_r41_ones_own_tile_snaps_to_where_it_lies_and_stays_on_the_stage(width, height, anchor):
    for layout in (OneToOne(Tile("ada"), OWN, anchor), Share(SCREEN, (Tile("ada"),), OWN, anchor)):
        place = own_place(layout, width, height)
        assert inside(place, width, height)
        assert nearest_anchor(layout, place, width, height) == anchor
        assert arrange(layout, width, height)[OWN] == place


def test_beside_a_share_ones_own_tile_covers_nothing_of_it_at_first():
    places = arrange(Share(SCREEN, (Tile("ada"),), OWN), 1280, 720)
    assert not overlap(places[SCREEN], places[OWN])
    assert not overlap(places[Tile("ada")], places[OWN])


@given(sides, sides, st.integers(-5000, 9000), st.integers(-5000, 9000))
def test_r41_ones_own_tile_cannot_be_dragged_off_the_stage(width, height, x, y):
    layout = OneToOne(Tile("ada"), OWN)
    place = bounded(layout, (x, y), width, height)
    assert inside(place, width, height)
    own = own_place(layout, width, height)
    assert (place.width, place.height) == (own.width, own.height)


@pytest.mark.parametrize(
    ("anchor", "step", "after"),
    [
        ("bottom-right", (-1, 0), "bottom"), ("bottom-right", (0, -1), "right"),
        ("bottom-right", (1, 0), "bottom-right"),
        ("right", (-1, 0), "left"), ("top", (0, 1), "bottom"),
        ("top", (1, 0), "top-right"), ("left", (0, 1), "bottom-left"),
    ],
)  # fmt: skip
def test_r41_arrow_keys_move_ones_own_tile_from_place_to_place(anchor, step, after):
    assert next_anchor(anchor, *step) == after


def staged(story):
    return story.state.call.stage


def test_what_one_looks_at_is_kept_until_one_looks_at_all_again():
    story = in_call().do(call_intents.Pin(tile=Tile("grace")))
    assert staged(story).pinned == Tile("grace")
    assert staged(story.do(call_intents.Pin(tile=None))).pinned is None


def sharing_call(since=5.0):
    return in_call(others=(person("alan", sharing=True, sharing_since=since), person("kay")))


def shown(story):
    return pinning.layout(story.state, story.state.call)


def test_a_share_that_became_large_by_itself_goes_back_to_the_others_and_comes_again():
    story = sharing_call()
    assert isinstance(shown(story), Share)
    assert isinstance(shown(story.do(call_intents.Pin(tile=None))), Grid)
    assert isinstance(shown(story.do(call_intents.Pin(tile=SCREEN))), Share)
    # Looked at and let go, it is one of the others; looking at a face between changes nothing of that.
    assert isinstance(shown(story.do(call_intents.Pin(tile=None))), Grid)
    assert isinstance(shown(story.do(call_intents.Pin(tile=Tile("kay")))), Speaker)
    assert isinstance(shown(story.do(call_intents.Pin(tile=None))), Grid)
    assert isinstance(shown(story.do(call_intents.ChooseLayout(mode="automatic"))), Share)


def test_a_face_that_is_looked_at_gives_way_to_the_share_again():
    story = sharing_call().do(call_intents.Pin(tile=Tile("kay")))
    assert isinstance(shown(story), Speaker)
    assert isinstance(shown(story.do(call_intents.Pin(tile=None))), Share)


def test_another_layout_begins_with_nothing_pinned():
    story = in_call().do(call_intents.Pin(tile=OWN), call_intents.ChooseLayout(mode="speaker"))
    assert staged(story) == Stage(mode="speaker")


def test_ones_own_view_is_hidden_and_shown_again():
    story = in_call().do(call_intents.HideOwnView(is_hidden=True))
    assert staged(story).hides_own
    assert not staged(story.do(call_intents.HideOwnView(is_hidden=False))).hides_own


def test_r41_the_place_of_ones_own_view_is_kept_over_people_who_come_and_go_and_for_the_next_call():
    story = in_call(others=(ADA,), me="grace").do(call_intents.PlaceOwnView(anchor="top-left"))
    assert story.has(effects.SaveChoices)[0].choices.own_view == "top-left"
    assert shown(story) == OneToOne(Tile("ada"), OWN, "top-left")
    story.hear(wire.PersonJoined(meeting="m1", person=ALAN))
    assert isinstance(shown(story), Grid)
    story.hear(wire.PersonLeft(meeting="m1", person="alan", reason="left"))
    assert shown(story) == OneToOne(Tile("ada"), OWN, "top-left")


def test_a_place_that_is_not_known_is_the_usual_one():
    story = in_call()
    story.do(events.ChoicesLoaded(choices=Choices(own_view="under the table")))
    assert pinning.own_anchor(story.state) == "bottom-right"


def test_who_speaks_is_remembered():
    story = in_call().do(call_intents.SpeakerChanged(person="kay"))
    assert staged(story).speaker == "kay"
    before = story.state
    assert story.do(call_intents.SpeakerChanged(person="kay")).state is before


@pytest.mark.parametrize(
    "intent",
    [
        call_intents.Pin(tile=OWN),
        call_intents.ChooseLayout(mode="grid"),
        call_intents.HideOwnView(is_hidden=True),
        call_intents.SpeakerChanged(person="kay"),
    ],
)
def test_without_a_call_there_is_no_stage_to_change(intent):
    story = signed_in()
    before = story.state
    assert story.do(intent).state == before
