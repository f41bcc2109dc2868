import pytest

from app.media.rests import FIRST_S, LONGEST_S, Rest


def lengths(gaps_s: list[float]) -> list[float]:
    """How long each rest is that begins so long after the one before is over."""
    rest, now_s, found = Rest(), 1000.0, []
    for gap_s in gaps_s:
        now_s += gap_s
        rest.begin(now_s)
        length_s = 0.0
        while rest.is_on(now_s + length_s):
            length_s += 1.0
        found.append(length_s)
        now_s += length_s
    return found


@pytest.mark.parametrize(
    ("gaps_s", "expected_s"),
    [([0.0], [20.0]), ([0.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0], [20.0, 40.0, 80.0, 160.0, 320.0, 320.0, 320.0]),
     ([0.0, 39.0, 79.0], [20.0, 40.0, 80.0]), ([0.0, 41.0, 41.0], [20.0, 20.0, 20.0]),
     ([0.0, 2.0, 2.0, 2.0, 2.0, 321.0, 2.0], [20.0, 40.0, 80.0, 160.0, 320.0, 20.0, 40.0])],
)  # fmt: skip
def test_each_rest_is_longer_until_it_has_gone_well_for_long_enough(gaps_s, expected_s) -> None:
    assert (FIRST_S, LONGEST_S) == (20.0, 320.0)
    assert lengths(gaps_s) == expected_s


def test_a_rest_that_begins_again_while_it_is_on_gets_no_longer() -> None:
    rest = Rest()
    for now_s in (0.0, 5.0, 19.0):
        rest.begin(now_s)
    assert rest.is_on(38.9)
    assert not rest.is_on(39.0)
