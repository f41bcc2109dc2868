"""How far the address of a server leads, as it is said to who gives its link away."""

import pytest

from app.state import scope
from app.state.app_state import AppState
from app.state.slices.reach import Reach

PIN = "A" * 43


@pytest.mark.parametrize(
    ("host", "reaches"),
    [
        ("127.0.0.1", "here"), ("127.8.8.8", "here"), ("localhost", "here"), ("::1", "here"), ("[::1]", "here"),
        ("0.0.0.0", "here"), ("::", "here"), ("::ffff:127.0.0.1", "here"),
        ("10.0.0.7", "network"), ("172.16.0.1", "network"), ("172.31.255.254", "network"),
        ("192.168.178.20", "network"),
        ("169.254.3.4", "network"), ("100.64.0.1", "network"), ("100.127.255.254", "network"),
        ("fe80::1", "network"), ("fd00::2", "network"), ("[fd12:3456::1]", "network"),
        ("::ffff:192.168.1.2", "network"),
        ("172.32.0.1", "internet"), ("100.63.255.255", "internet"), ("100.128.0.1", "internet"),
        ("11.0.0.1", "internet"), ("192.167.1.1", "internet"), ("8.8.8.8", "internet"),
        ("2a02:8109::1", "internet"), ("[2a02:8109::1]", "internet"), ("::ffff:8.8.8.8", "internet"),
        ("studio", "network"), ("studio.local", "network"), ("Studio.Local.", "network"), ("nas.home.arpa", "network"),
        ("meet.example.org", "internet"), ("local.example.org", "internet"),
    ],
)  # fmt: skip
def test_who_can_come_to_an_address(host, reaches):
    assert scope.scope_of(host) == reaches


@pytest.mark.parametrize(
    ("addresses", "reaches"),
    [
        ((), "here"),
        (("nonsense ://",), "here"),
        ((f"parley://192.168.7.2:8440?pin={PIN}", f"parley://8.8.8.8:8440?pin={PIN}"), "network"),
        ((f"parley://[2a02:8109::1]:8440?pin={PIN}",), "internet"),
        (("https://meet.example.org",), "internet"),
    ],
)
def test_the_address_of_the_links_counts(addresses, reaches):
    assert scope.own_scope(AppState(reach=Reach(is_on=True, addresses=addresses))) == reaches


@pytest.mark.parametrize(
    ("link", "is_so"),
    [
        ("http://127.0.0.1:8440/j/abcdefghijklmnopqrstuv", True),
        ("http://localhost/i/abcdefghijklmnopqrstuv", True),
        (f"parley://[::1]:1/j/abcdefghijklmnopqrstuv?pin={PIN}", True),
        (f"parley://192.168.7.2:8440/j/abcdefghijklmnopqrstuv?pin={PIN}", False),
        ("https://meet.example.org/j/abcdefghijklmnopqrstuv", False),
        ("https://elsewhere.example/1234", False),
        ("http://127.0.0.1/not-ours", False),
        ("", False),
    ],
)
def test_a_link_that_nobody_else_can_follow_is_known(link, is_so):
    assert scope.is_for_nobody(link) is is_so


def test_each_reach_has_its_words():
    assert set(scope.REACHES) == {"here", "network", "internet"}
    assert "not from the internet" in scope.REACHES["network"]
    assert "firewall" in scope.REACHES["internet"]
    assert "not on a network" in scope.REACHES["here"]
