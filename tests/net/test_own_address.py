"""What the system says about this computer's addresses."""

import socket

import pytest

from app.net.own_address import is_own, way_to


@pytest.mark.parametrize(("place", "own"), [(("127.0.0.1", 9), "127.0.0.1"), (("255.255.255.255", 9), "")])
def test_the_way_to_somebody_begins_at_an_address_of_ours(place, own):
    assert way_to(place) == own


def test_the_way_is_that_of_a_connection():
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as ours:
        assert way_to(ours.getpeername()) == ours.getsockname()[0]
        # Its port is taken: that is no matter.
        assert is_own(ours.getsockname())


@pytest.mark.parametrize("place", [("127.0.0.1", 5), ("0.0.0.0", 5)])
def test_an_address_is_ours_as_long_as_the_system_does_not_deny_it(place):
    assert is_own(place)


@pytest.mark.parametrize("place", [("192.0.2.77", 5), ("2001:db8::77", 5, 0, 0)])
def test_an_address_of_nobody_is_not_ours(place):
    assert not is_own(place)
