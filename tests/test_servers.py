"""Which server one is at, and that nothing of one is given to another."""

import pytest

from app.net.signalling import target_of
from app.servers import KnownServer, Servers, name_for
from app.wire.links import parse_server

HOME = KnownServer(target_of("http://127.0.0.1:1", {"X-Parley-Secret": "secret"}), "secret")
THERE = parse_server("https://there.example")


def test_a_visit_knows_nothing_but_the_address():
    servers = Servers()
    assert servers.set_home(HOME)
    there = servers.visit(THERE, is_for_good=False)
    assert (there.server, there.secret, there.target.headers) == (THERE, "", ())
    assert servers.now is there


def test_home_is_where_it_was_also_when_it_moved_meanwhile():
    servers = Servers()
    servers.set_home(HOME)
    servers.visit(THERE, is_for_good=False)
    moved = KnownServer(target_of("http://127.0.0.1:2"), "new secret")
    assert not servers.set_home(moved), "one is elsewhere: nothing is connected anew"
    assert servers.now.server == THERE
    assert servers.go_home(is_local=False) is moved


def test_a_server_for_good_is_home():
    servers = Servers()
    servers.set_home(HOME)
    there = servers.visit(THERE, is_for_good=True)
    servers.visit(parse_server("https://third.example"), is_for_good=False)
    assert not servers.set_home(HOME), "the server of this computer is not the own one now"
    assert (servers.now.server.address, servers.is_at_local) == ("third.example", False)
    assert servers.go_home(is_local=False) is there
    assert not servers.is_at_local
    assert servers.go_home(is_local=True) is None
    assert servers.is_at_local
    assert servers.set_home(HOME)


@pytest.mark.parametrize("other", ["https://there.example:444", "parley://there.example?pin=" + "p" * 43])
def test_a_sign_in_is_kept_under_id_address_and_pin(other):
    assert KnownServer(target_of(THERE)).entry("id") != KnownServer(target_of(other)).entry("id")
    assert KnownServer(target_of(THERE)).entry("id") != KnownServer(target_of(THERE)).entry("another id")


def test_each_server_gets_another_name_of_this_installation():
    names = {name_for(installation, server) for installation in ("a", "b") for server in ("x", "y")}
    assert len(names) == 4
    assert {len(name) for name in names} == {32}
    assert name_for("a", "x") == name_for("a", "x")
