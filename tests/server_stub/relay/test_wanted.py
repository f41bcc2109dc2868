"""How high a picture is wanted by all who look, and when its owner hears of it."""

import pytest

from server_stub.relay.wanted import Telling, height_for, is_shown

ADA, SCREEN = ("ada", "camera"), ("ada", "screen")


@pytest.mark.parametrize(
    ("source", "viewers", "height"),
    [
        ("camera", [], 0),
        ("camera", [{}, {}], 0),
        ("camera", [{ADA: 180}, {}], 180),
        ("camera", [{ADA: 180}, {ADA: 720}], 720),
        ("camera", [{ADA: 180}, None], None),
        ("camera", [{SCREEN: 720}], 0),
        ("screen", [{SCREEN: 180}, {}], None),
        ("screen", [{ADA: 180}], 0),
    ],
)
def test_the_largest_view_counts_and_who_says_nothing_wants_all(source, viewers, height):
    assert height_for("ada", source, viewers) == height


def test_who_says_nothing_shows_everything():
    assert is_shown(None, *ADA)
    assert is_shown({ADA: 1}, *ADA)
    assert not is_shown({ADA: 1}, *SCREEN)


@pytest.mark.parametrize("first", [0, 180, None])
def test_the_first_word_comes_at_once(first):
    telling = Telling()
    assert telling.is_due(first, 0.0)
    assert not telling.is_due(first, 9.0)


@pytest.mark.parametrize(("before", "after"), [(0, 180), (0, None), (180, 720), (720, None)])
def test_more_is_told_at_once(before, after):
    telling = Telling()
    telling.is_due(before, 0.0)
    assert telling.is_due(after, 0.1)
    assert telling.told == after


@pytest.mark.parametrize(("before", "after"), [(None, 720), (None, 0), (720, 180), (180, 0)])
def test_less_is_told_once_it_has_been_so_for_a_while(before, after):
    telling = Telling()
    telling.is_due(before, 0.0)
    assert not telling.is_due(after, 1.0)
    assert not telling.is_due(before, 2.0), "it was only for a moment"
    assert not telling.is_due(after, 3.0)
    assert not telling.is_due(after, 4.4)
    assert telling.is_due(after, 4.6)
    assert telling.told == after
