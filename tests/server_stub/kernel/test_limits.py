import pytest

from server_stub.kernel.limits import Bucket, Pauses, Tries, network_of


def test_a_bucket_lets_so_many_through_at_once_and_refills():
    bucket = Bucket(per_s=2, at_once=3)
    assert [bucket.take(0.0) for _ in range(4)] == [True, True, True, False]
    assert not bucket.take(0.4)
    assert bucket.take(0.5)
    assert [bucket.take(1000.0) for _ in range(4)] == [True, True, True, False]


def test_a_clock_that_goes_back_gives_nothing():
    bucket = Bucket(per_s=1, at_once=1)
    assert bucket.take(100.0)
    assert not bucket.take(0.0)
    assert bucket.take(1.0)


def test_each_key_has_its_own_tries_and_memory_is_bounded():
    tries = Tries(per_s=0.001, at_once=1, keys=10)
    assert tries.take("a", 0.0)
    assert not tries.take("a", 0.0)
    assert tries.take("b", 0.0)
    for number in range(100):
        tries.take(str(number), 0.0)
    assert len(tries._buckets) == 10


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_who_has_a_network_counts_as_one(address, network):
    assert network_of(address) == network


def test_pauses_grow_up_to_a_limit():
    pauses = Pauses(first_s=1.0, most_s=5.0)
    assert [pauses.next_s() for _ in range(5)] == [1.0, 2.0, 4.0, 5.0, 5.0]
