"""Which size of a face is shown, and of which what is missing is asked for."""

import pytest

from app.net.sizes import Sizes
from app.wire.media import seen_as

LARGE, LOW = "camera", "camera-low"


def began(*sources, at_s=10.0):
    """Sizes of which each has begun a second after the one before, and stopped then."""
    sizes = Sizes()
    for number, source in enumerate(sources):
        sizes.came(source, at_s + number)
        sizes.takes_over(source, at_s + number)
    return sizes


@pytest.mark.parametrize(("source", "key"), [(LARGE, "camera"), (LOW, "camera"), ("screen", "screen")])
def test_a_face_is_one_whatever_its_size(source, key):
    assert seen_as(source) == key


def test_the_size_that_begins_with_a_key_picture_is_shown_from_then_on():
    sizes = began(LARGE)
    sizes.came(LOW, 11.0)
    assert sizes.current == LARGE
    assert sizes.takes_over(LOW, 11.1)
    assert sizes.current == LOW


def test_what_comes_late_of_the_size_before_does_not_bring_it_back():
    sizes = began(LARGE)
    for at_s in (10.2, 10.4, 10.6):
        sizes.came(LARGE, at_s)
    sizes.came(LOW, 10.65)
    assert sizes.takes_over(LOW, 10.7)
    sizes.came(LARGE, 10.75)
    assert not sizes.takes_over(LARGE, 10.75)
    assert sizes.current == LOW


def test_a_size_that_goes_on_where_the_other_has_ended_is_shown_again():
    sizes = began(LARGE)
    sizes.came(LOW, 10.1)
    assert sizes.takes_over(LOW, 10.1)
    for at_s in (10.2, 10.3):
        sizes.came(LARGE, at_s)
    assert not sizes.may_ask(LARGE, 10.35), "the small one may only be late"
    sizes.came(LARGE, 10.5)
    assert sizes.may_ask(LARGE, 10.5)
    assert sizes.takes_over(LARGE, 10.5)


@pytest.mark.parametrize(
    ("sizes", "source", "may"),
    [
        (Sizes(), LARGE, True),
        (Sizes(), LOW, False),
        (Sizes(), "screen", True),
        (began(LARGE), LARGE, True),
        (began(LARGE), LOW, False),
        (began(LARGE, LOW), LARGE, False),
        (began(LARGE, LOW), LOW, True),
        (began(LARGE, LOW, LARGE), LOW, False),
    ],
)
def test_a_size_that_stands_still_asks_for_nothing(sizes, source, may):
    assert sizes.may_ask(source, 60.0) == may


def test_a_size_that_begins_asks_for_what_is_missing_of_its_first_picture():
    sizes = began(LARGE)
    sizes.came(LOW, 11.0)
    assert sizes.may_ask(LOW, 11.1)
    assert not sizes.may_ask(LOW, 12.0), "not for ever"


def test_another_size_is_shown_where_the_line_of_the_one_before_has_another_owner():
    sizes = began(LARGE)
    sizes.leave(LOW)
    assert sizes.current == LARGE
    sizes.leave(LARGE)
    assert sizes.current is None
    assert sizes.takes_over(LOW, 20.0)
