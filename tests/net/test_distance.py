import random

import pytest

from app.media.types import BLOCK
from app.net.distance import FAR, LOSS_MEMORY_BLOCKS, MEMORY_BLOCKS, MOST, SETTLE_BLOCKS, Distance


def watched(spares, blocks=400):
    """A distance after so many blocks, in each of which something came with the next of these times to spare."""
    distance = Distance()
    distance.begin()
    for block in range(blocks):
        distance.came(spares[block % len(spares)])
        distance.pass_block()
    return distance


@pytest.mark.parametrize(
    ("spares", "wish"),
    [
        ([480], 0),
        ([480, 700], 0),
        ([720], 0),
        ([721], -241),
        ([2000, 1500, 9000], -1020),
        ([241, 5000], 0),
        ([239, 5000], 241),
        ([0], 480),
        ([-480, 9000], 960),
        ([-481, 9000], -8520),
    ],
)
def test_it_goes_by_the_least_time_to_spare(spares, wish):
    assert watched(spares).wish() == wish


def test_nothing_is_brought_nearer_before_it_has_been_watched():
    assert watched([5000], blocks=SETTLE_BLOCKS - 1).wish() == 0
    assert watched([5000], blocks=SETTLE_BLOCKS).wish() == 480 - 5000


def test_what_is_far_too_far_is_brought_nearer_at_once_and_wherever_it_is():
    far = watched([FAR + 2 * BLOCK], blocks=1)
    assert far.wish() == -FAR - BLOCK
    assert far.is_far()
    assert not watched([FAR + BLOCK]).is_far()


@pytest.mark.parametrize(
    ("tell", "memory"),
    [
        (lambda distance: distance.came_again(-480, behind=2000), LOSS_MEMORY_BLOCKS),
        (lambda distance: distance.came(-480), MEMORY_BLOCKS),
    ],
    ids=["it was lost", "it came late by itself"],
)
def test_what_came_late_is_remembered_for_a_while_and_no_longer(tell, memory):
    distance = watched([4800])
    tell(distance)
    assert distance.wish() == 960
    distance.moved(960)
    for _ in range(memory - 1):
        distance.came(4800)
        distance.pass_block()
        assert distance.wish() == 0
    distance.pass_block()
    assert distance.wish() == 480 - 4800


def test_what_comes_too_late_to_be_waited_for_changes_nothing():
    distance = watched([480])
    distance.came_again(-9000, behind=MOST + 1)
    assert distance.wish() == 0


def test_moving_counts_for_all_that_came():
    distance = watched([2000, 3000])
    distance.moved(-1500)
    assert distance.wish() == 0
    distance.moved(-500)
    assert distance.wish() == 480
    distance.begin()
    assert distance.wish() == 0
    assert not distance.is_far()


def test_the_least_is_the_least_of_all_that_is_remembered():
    chance, distance, came = random.Random(4), Distance(), []
    distance.begin()
    for block in range(2000):
        came = [(at, spare) for at, spare in came if at > block - MEMORY_BLOCKS]
        for _ in range(chance.randrange(3)):
            came.append((block, chance.randrange(-480, 300)))
            distance.came(came[-1][1])
        least = min((spare for _, spare in came), default=None)
        assert distance.wish() == (0 if least is None or least > 240 else 480 - least if least < 240 else 0)
        distance.pass_block()


@pytest.mark.parametrize("at_once", [1, 2, 4])
def test_a_speaker_that_takes_several_blocks_at_once_is_seen_after_the_last_of_them(at_once):
    distance, wishes = Distance(), set()
    distance.begin()
    for block in range(400):
        distance.passed(at_once * BLOCK - BLOCK if block % at_once == 0 else -BLOCK)
        if block % at_once == 0:
            distance.came(BLOCK * at_once)
        distance.pass_block()
        wishes.add(distance.wish())
    assert wishes == {0}


def test_a_speaker_that_missed_some_blocks_is_too_far_behind():
    distance = watched([480])
    distance.passed(40 * BLOCK)
    for _ in range(10):
        distance.pass_block()
        distance.came(41 * BLOCK)
    assert distance.wish() == -40 * BLOCK
