"""What arrives on an m-line is counted once, in whatever order it comes."""

import pytest

from app.net.arrivals import Arrivals, Delivery


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


def test_what_the_sender_has_sent_and_what_has_not_come_was_lost_on_the_way():
    delivery = Delivery()
    assert delivery.told(4_000_000_000) == (0, 0), "what it had sent before is not known"
    told = []
    for came, sent in ((50, 4_000_000_050), (40, 4_000_000_100), (0, 4_000_000_100), (60, 4_000_000_150)):
        delivery.came += came
        told.append(delivery.told(sent))
    # Nothing was sent, and then more came than that: held up on the way.
    assert told == [(50, 0), (40, 10), (0, 0), (60, 0)]


def test_counts_go_round_and_another_streams_count_tells_nothing():
    delivery = Delivery()
    delivery.told(2**32 - 10)
    delivery.came += 18
    assert delivery.told(10) == (18, 2)
    delivery.came += 5
    assert delivery.told(3) == (0, 0)
    delivery.came += 5
    assert delivery.told(13) == (5, 5)
