"""What arrives on an m-line is counted once, in whatever order it comes."""

import pytest

from app.net.arrivals import Arrivals


@pytest.mark.parametrize(
    ("seqs", "packets", "missed"),
    [
        ([], 0, 0),
        ([7], 1, 0),
        ([65_534, 65_535, 0, 1], 4, 0),
        ([1, 2, 5], 3, 2),
        ([1, 2, 5, 3, 4], 3, 2),  # sent again: they were missed all the same
        ([1, 3, 2, 4], 3, 1),
        ([1, 1, 1, 2], 2, 0),
        ([1, 500, 501], 3, 0),  # a pause
    ],
)
def test_what_is_not_there_in_its_turn_was_missed(seqs, packets, missed):
    arrivals = Arrivals()
    for seq in seqs:
        arrivals.note(seq, 100)
    assert (arrivals.packets, arrivals.missed, arrivals.size) == (packets, missed, 100 * len(seqs))


def test_another_stream_has_numbers_of_its_own():
    arrivals = Arrivals()
    arrivals.note(10, 100)
    arrivals.begin_anew()
    arrivals.note(60, 100)
    arrivals.note(61, 100)
    assert (arrivals.packets, arrivals.missed) == (3, 0)
