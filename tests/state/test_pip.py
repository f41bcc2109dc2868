"""When picture-in-picture opens and closes, what it shows, and where it lies."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.state import call_intents, effects, events, pip
from app.state.slices.devices import Choices
from app.state.slices.pip import PipPlace
from app.state.slices.sharing import OwnShare, ShareSource
from app.state.stage import OWN, Rect, Tile
from app.wire import rooms
from app.wire.people import JoinMeeting, MeetingEnded, Person
from tests.fakes.putting import put
from tests.fakes.story import CARD, GRACE, asked, change, in_call, lost_and_signed_in, signed_in, welcome

OPEN, CLOSE = call_intents.OpenPip(), call_intents.ClosePip()
BACK = call_intents.ClosePip(returns=True)
MINIMISE, RESTORE = (call_intents.TellMinimised(is_minimised=one) for one in (True, False))
TO_ROOMS, TO_CALL = (call_intents.ShowCall(shows_call=one) for one in (False, True))
SCREEN = Rect(0, 30, 1920, 1050)


def opened(story):
    return story.state.call.pip.opened_by


def chose(story, **choices):
    return story.do(call_intents.Choose(choices=Choices(**choices)))


# --- open and closed ----------------------------------------------------------------------------------------------
def test_by_hand_it_opens_only_in_a_call_and_stays_until_it_is_put_away():
    assert signed_in().do(OPEN).state.call is None
    story = in_call().do(OPEN)
    assert opened(story) == "user"
    assert opened(story.do(OPEN)) == "user"
    assert opened(story.do(CLOSE)) == ""


@pytest.mark.parametrize(
    ("choices", "steps", "reasons"),
    [
        ({}, (MINIMISE, RESTORE), ("minimised", "")),
        ({"pip_on_minimise": False}, (MINIMISE, RESTORE), ("", "")),
        ({}, (TO_ROOMS, TO_CALL), ("", "")),
        ({"pip_with_rooms": True}, (TO_ROOMS, TO_CALL), ("rooms", "")),
        # Opened by hand it goes with the window's return, too.
        ({}, (OPEN, MINIMISE, RESTORE), ("user", "user", "")),
        # Put away while the page is out of sight, it stays away until that changes.
        ({}, (MINIMISE, CLOSE, OPEN), ("minimised", "", "user")),
        ({"pip_with_rooms": True}, (TO_ROOMS, CLOSE, MINIMISE), ("rooms", "", "minimised")),
        # The window is back, but the rooms are in front of the call.
        ({"pip_with_rooms": True}, (TO_ROOMS, MINIMISE, RESTORE, TO_CALL), ("rooms", "rooms", "rooms", "")),
        ({"pip_with_rooms": True}, (MINIMISE, BACK), ("minimised", "")),
        ({"pip_with_rooms": True}, (TO_ROOMS, BACK), ("rooms", "")),
    ],
)
def test_r43_it_opens_when_the_call_goes_out_of_sight_and_closes_when_that_is_back(choices, steps, reasons):
    story = chose(in_call(), **choices)
    assert tuple(opened(story.do(step)) for step in steps) == reasons


def test_back_to_the_window_shows_the_call():
    assert in_call().do(TO_ROOMS, OPEN, BACK).state.shows_call
    assert not in_call().do(TO_ROOMS, OPEN, CLOSE).state.shows_call


def test_it_closes_with_the_call_and_not_with_the_connection():
    story = in_call().do(OPEN)
    join = asked(lost_and_signed_in(story), JoinMeeting)[0]
    assert opened(story) == "user"
    story.hear(change(welcome(), re=join.request))
    assert (story.state.call_phase, opened(story)) == ("in", "user")
    assert opened(in_call().do(OPEN).hear(MeetingEnded(meeting="m1", at=9.0))) == ""
    assert opened(in_call().do(OPEN, call_intents.Leave())) == ""


def test_who_comes_in_with_the_window_minimised_has_it_at_once():
    story = signed_in().do(MINIMISE)
    assert story.state.is_minimised
    story.hear(rooms.MeetingChanged(meeting=CARD)).do(call_intents.GoToMeeting(meeting="m1"), call_intents.Join())
    assert opened(story.answer(welcome())) == "minimised"


def test_r43_opening_and_closing_touches_neither_connections_nor_devices():
    story = in_call()
    for step in (OPEN, MINIMISE, RESTORE, OPEN, CLOSE, TO_ROOMS, OPEN, BACK):
        assert story.do(step).effects == []


# --- what it shows ------------------------------------------------------------------------------------------------
def people(*others):
    return put(in_call(others=others).state.call, "you", "ada")


ALAN = Person(id="alan", name="Alan", joined_at=5.0)


def test_one_alone_sees_oneself():
    assert pip.shown_tile(people()) == OWN


def test_the_share_comes_first_then_the_pinned_then_who_speaks_then_who_came_first():
    assert pip.shown_tile(people(ALAN, GRACE)) == Tile("grace")
    assert pip.shown_tile(people(ALAN, GRACE), "alan") == Tile("alan")
    assert pip.shown_tile(people(ALAN, GRACE), "gone") == Tile("grace")
    assert pip.shown_tile(put(people(ALAN, GRACE), "stage.pinned", Tile("alan"))) == Tile("alan")
    assert pip.shown_tile(people(change(ALAN, sharing=True), GRACE), "grace") == Tile("alan", "screen")


def test_a_share_is_shown_although_it_is_small_on_the_page():
    call = put(people(change(ALAN, sharing=True, sharing_since=7.0), GRACE), "stage.mode", "grid")
    assert pip.shown_tile(call) == Tile("alan", "screen")
    assert pip.shown_tile(put(call, "stage.put_back", frozenset({("alan", 7.0)}))) == Tile("alan", "screen")


@pytest.mark.parametrize(
    ("kind", "place", "area"),
    [
        ("screen", (1920, 0, 1280, 1024), Rect(1920, 0, 1280, 1024)),
        ("screen", None, None),
        ("window", (0, 0, 5, 5), None),
    ],
)
def test_only_a_whole_screen_that_one_shares_shows_what_lies_over_it(kind, place, area):
    own = OwnShare(1, ShareSource("s", "Screen", kind), place=place)
    assert pip.shared_area(put(people(), "sharing.own", own)) == area
    assert pip.shared_area(people()) is None


def test_screens_side_by_side_do_not_overlap():
    left, right = Rect(0, 0, 100, 50), Rect(100, 0, 100, 50)
    assert not pip.overlaps(left, right)
    assert not pip.overlaps(left, Rect(0, 50, 100, 50))
    assert pip.overlaps(left, Rect(99, 49, 10, 10))


# --- where it lies ------------------------------------------------------------------------------------------------
rooms_of = st.builds(
    Rect, st.integers(-3000, 3000), st.integers(-500, 500), st.integers(700, 5000), st.integers(500, 3000)
)
# Libraries of sound and pictures turn the smallest numbers off for the whole thread.
shares = st.floats(0, 1, allow_subnormal=False)
places = st.builds(PipPlace, st.just("s"), shares, shares, st.integers(-50, 5000))


def inside(rect, room):
    across = room.x <= rect.x and rect.x + rect.width <= room.x + room.width
    return across and room.y <= rect.y and rect.y + rect.height <= room.y + room.height


@given(places, rooms_of)
def test_it_lies_whole_on_the_screen_in_its_shape_and_no_wider_than_half_of_it(place, room):
    rect = pip.rect_at(place, room)
    assert inside(rect, room)
    assert rect.height == pip.height_of(rect.width)
    assert pip.LEAST_PX <= rect.width <= max(pip.LEAST_PX, room.width / 2)


@given(places, rooms_of)
def test_a_place_that_is_kept_is_found_again(place, room):
    rect = pip.rect_at(place, room)
    again = pip.rect_at(pip.place_of(rect, "s", room), room)
    assert abs(again.x - rect.x) <= 1
    assert abs(again.y - rect.y) <= 1
    assert again.width == rect.width


def test_at_first_it_is_in_the_lower_right_corner():
    rect = pip.rect_at(None, SCREEN)
    assert (rect.x + rect.width, rect.y + rect.height) == (1920 - pip.REST_PX, 1080 - pip.REST_PX)


@pytest.mark.parametrize(
    ("x", "y", "at"),
    [
        (500, 400, (500, 400)),
        (30, 400, (12, 400)),
        (-900, -900, (12, 42)),
        (1555, 400, (1568, 400)),
        (500, 9000, (500, 1080 - 12 - pip.height_of(340))),
    ],
)
def test_it_snaps_to_the_edges_and_never_leaves_the_screen(x, y, at):
    rect = pip.snapped(Rect(x, y, 340, pip.height_of(340)), SCREEN)
    assert (rect.x, rect.y) == at


@pytest.mark.parametrize(
    ("edges", "by", "width", "stands"),
    [
        ((1, 0), (60, 500), 400, "left top"),
        ((-1, 0), (-60, 0), 400, "right top"),
        ((0, 1), (0, 90), 500, "left top"),
        ((-1, -1), (0, -90), 500, "right bottom"),
        ((1, 1), (60, 10), 400, "left top"),
        ((1, 1), (-900, -900), pip.LEAST_PX, "left top"),
        ((1, 1), (5000, 0), 933, "left top"),
    ],
)
def test_dragging_an_edge_keeps_the_shape_and_the_opposite_edges(edges, by, width, stands):
    before = Rect(600, 400, 340, pip.height_of(340))
    after = pip.resized(before, edges, by, SCREEN)
    assert (after.width, after.height) == (width, pip.height_of(width))
    if "left" in stands:
        assert after.x == before.x
    else:
        assert after.x + after.width == before.x + before.width
    if "top" in stands:
        assert after.y == before.y
    else:
        assert after.y + after.height == before.y + before.height


# --- places that are kept -----------------------------------------------------------------------------------------
def test_the_place_is_kept_for_each_screen_the_last_one_first():
    story = in_call()
    for screen, x in (("A", 0.5), ("B", 0.25), ("A", 0.75)):
        story.do(call_intents.PlacePip(place=PipPlace(screen, x, 1.0, 300)))
        assert story.has(effects.SaveChoices)[0].choices == story.state.devices.chosen
    kept = pip.places_of(story.state)
    assert [(one.screen, one.x) for one in kept] == [("A", 0.75), ("B", 0.25)]
    assert pip.best_place(kept, ["B", "C"], "C") == ("B", kept[1])
    assert pip.best_place(kept, ["C"], "C") == ("C", None)
    for number in range(20):
        story.do(call_intents.PlacePip(place=PipPlace(f"S{number}", 0.0, 0.0, 300)))
    assert len(pip.places_of(story.state)) == 8


@pytest.mark.parametrize(
    "stored",
    ["", "{", "7", '["x"]', '[{"screen": "A"}]', '[{"screen": "A", "x": NaN, "y": 0, "width": 1}]',
     '[{"screen": "A", "x": 7, "y": 0, "width": 1}]', '[{"screen": "A", "x": 0, "y": 0, "width": Infinity}]'],
)  # fmt: skip
def test_places_that_cannot_be_read_are_forgotten(stored):
    story = signed_in().do(events.ChoicesLoaded(choices=Choices(pip_places=stored)))
    assert pip.places_of(story.state) == []
