import itertools
import random

import pytest

from tests.network.link import Direction, ScenarioError, Terms, changed

PACKETS, SIZE = 20_000, 1000


def sent(terms, *, every_s=0.01, packets=PACKETS, seed=1):
    """(when each packet comes out or None, the counts), for packets that come one after the other."""
    link = Direction(random.Random(seed), terms)
    return [next(iter(link.send(number * every_s, SIZE)), None) for number in range(packets)], link.counts


@pytest.mark.parametrize("loss", [0, 5, 20, 100])
@pytest.mark.parametrize("burst", [0, 4])
def test_as_much_is_lost_as_was_said_however_long_the_bursts(loss, burst):
    out, counts = sent(Terms(loss=loss, burst=burst))
    assert counts.lost == out.count(None)
    assert abs(100 * counts.lost / PACKETS - loss) < 1.5


@pytest.mark.parametrize(("burst", "least", "most"), [(0, 1.0, 1.15), (4, 3.5, 4.5), (10, 8.5, 11.5)])
def test_losses_come_in_runs_of_the_mean_length(burst, least, most):
    out, counts = sent(Terms(loss=5, burst=burst))
    runs = sum(one is None and before is not None for before, one in zip([0.0, *out], out, strict=False))
    assert least <= counts.lost / runs <= most


def test_each_packet_takes_the_delay_and_none_overtakes_another_when_it_gets_shorter():
    link = Direction(random.Random(1), Terms(delay=100))
    assert link.send(1.0, SIZE) == (1.1,)
    link.terms = changed(link.terms, {"delay": 10})
    assert link.send(1.01, SIZE) == (1.1,)
    assert link.send(2.0, SIZE) == (2.01,)


def test_jitter_comes_on_top_of_the_delay_and_keeps_the_order():
    out, _ = sent(Terms(delay=20, jitter=30), every_s=0.02)
    late_ms = [1000 * (one - number * 0.02) for number, one in enumerate(out)]
    assert min(late_ms) >= 20 - 1e-6
    assert max(late_ms) > 60
    assert out == sorted(out)


def test_a_rate_lets_so_much_through_and_the_queue_drops_what_would_wait_longer():
    # 800 kbit/s into 300: 10 s of it.
    out, counts = sent(Terms(rate=300, queue_ms=200), packets=1000)
    arrived = [one for one in out if one is not None]
    assert abs(len(arrived) * SIZE * 8 / max(arrived) / 1000 - 300) < 5
    assert counts.queue_dropped == 1000 - len(arrived) > 500
    waited_s = [one - number * 0.01 for number, one in enumerate(out) if one is not None]
    assert max(waited_s) <= 0.2 + SIZE * 8 / 300_000 + 1e-6
    assert counts.bytes == len(arrived) * SIZE


def test_what_fits_into_the_rate_hardly_waits():
    out, counts = sent(Terms(rate=1000, queue_ms=0), packets=100)
    assert counts.queue_dropped == 0
    assert all(abs(one - number * 0.01 - 0.008) < 1e-6 for number, one in enumerate(out))


def test_packets_overtake_those_that_are_held_back():
    out, _ = sent(Terms(delay=5, reorder=10))
    overtaken = sum(after < one for one, after in itertools.pairwise(out))
    assert 0.06 < overtaken / PACKETS < 0.12


def test_packets_come_twice_as_often_as_was_said():
    link = Direction(random.Random(1), Terms(dup=10))
    twice = sum(len(link.send(number * 0.01, SIZE)) == 2 for number in range(PACKETS))
    assert twice == link.counts.doubled
    assert 0.09 < twice / PACKETS < 0.11
    assert link.counts.bytes == (PACKETS + twice) * SIZE


def test_nothing_passes_a_link_that_is_down_and_it_is_no_loss():
    out, counts = sent(Terms(down=True), packets=10)
    assert out == [None] * 10
    assert (counts.sent, counts.cut_off, counts.lost, counts.bytes) == (10, 10, 0, 0)


def test_the_same_seed_loses_the_same_packets():
    assert sent(Terms(loss=10, jitter=5)) == sent(Terms(loss=10, jitter=5))
    assert sent(Terms(loss=10))[0] != sent(Terms(loss=10), seed=2)[0]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ({"los": 5}, "a link has no “los”; it has loss"),
        ({"loss": 101}, "“loss” is a number from 0 to 100, not 101"),
        ({"delay": -1}, "“delay” is a number from 0"),
        ({"rate": "300"}, "“rate” is a number"),
        ({"loss": True}, "“loss” is a number"),
        ({"loss": float("nan")}, "“loss” is a number"),
        ({"down": 1}, "“down” is true or false, not 1"),
    ],
)
def test_terms_that_make_no_sense_are_refused_in_words(words, told):
    with pytest.raises(ScenarioError, match=told):
        changed(Terms(), words)
