"""What goes into links, and who gets TLS."""

import re
from dataclasses import replace

import pytest

from app.wire.links import ServerAddress, is_loopback, parse_link
from server_stub.doors import reach
from server_stub.doors.certificates import Certificate, CertificateError
from server_stub.errors import ServerError
from server_stub.kernel import links
from server_stub.kernel.config import DEFAULT_PORT, ServerSettings
from tests.fakes.tls import NOW, Made, authority

PIN = "A" * 43
LAN = ("192.168.7.2", "10.8.0.3")


@pytest.fixture(autouse=True)
def two_addresses(monkeypatch):
    monkeypatch.setattr(reach, "own_addresses", lambda: LAN)


def certificate(tmp_path, *names, pin=""):
    return Certificate(tmp_path / "c", tmp_path / "k", names, pin)


@pytest.mark.parametrize(
    ("settings", "names", "pin", "address"),
    [
        ({}, None, "", ServerAddress("127.0.0.1:9", False)),
        ({"host": "::1"}, None, "", ServerAddress("[::1]:9", False)),
        ({"host": "0.0.0.0"}, LAN, PIN, ServerAddress("192.168.7.2:9", True, PIN)),
        ({"host": ""}, LAN, PIN, ServerAddress("192.168.7.2:9", True, PIN)),
        ({"host": "::"}, LAN, PIN, ServerAddress("192.168.7.2:9", True, PIN)),
        ({"host": "10.8.0.3"}, LAN, PIN, ServerAddress("10.8.0.3:9", True, PIN)),
        ({"host": "fd00::2"}, LAN, PIN, ServerAddress("[fd00::2]:9", True, PIN)),
        # A name that an authority vouches for is what clients compare.
        ({"host": "0.0.0.0"}, ("*.example", "meet.example"), "", ServerAddress("meet.example:9", True)),
        ({"host": "0.0.0.0"}, ("*.example",), "", ServerAddress("192.168.7.2:9", True)),
        ({"public_url": "https://meet.example"}, None, "", ServerAddress("meet.example", True)),
        ({"host": "0.0.0.0", "public_url": "https://meet.example:9"}, LAN, PIN,
         ServerAddress("meet.example:9", True, PIN)),
    ],
)  # fmt: skip
def test_what_stands_in_links(tmp_path, settings, names, pin, address):
    made = certificate(tmp_path, *names, pin=pin) if names is not None else None
    found = reach.address_of(ServerSettings(data=tmp_path, **settings), 9, made)
    assert found == address
    assert parse_link(links.address(found, "c" * 22)).server == address
    assert parse_link(links.invitation(found, "c" * 22)).kind == "room"


@pytest.mark.parametrize(
    ("settings", "hosts", "shown"),
    [
        ({}, LAN, ("192.168.7.2:9", "10.8.0.3:9")),
        ({}, ("fd00::2", "127.0.0.1"), ("[fd00::2]:9",)),
        ({}, ("127.0.0.1",), ()),
        ({"public_url": "https://meet.example"}, LAN, ("meet.example",)),
    ],
)
def test_every_address_by_which_others_find_an_embedded_server_is_shown(tmp_path, settings, hosts, shown):
    made = ServerSettings(data=tmp_path, secret="s" * 20, **settings)
    found = reach.outside_addresses(made, hosts, 9, certificate(tmp_path, pin=PIN))
    assert found == tuple(ServerAddress(one, True, PIN) for one in shown)


@pytest.mark.parametrize("url", ["http://meet.example", "meet", "https://meet.example/path", "https://a:b@c", "x y"])
def test_a_public_url_that_cannot_be_used_is_said(tmp_path, url):
    settings = ServerSettings(data=tmp_path, public_url=url)
    if url == "meet":
        assert reach.read_public_url(settings) == ServerAddress("meet", True)
        return
    with pytest.raises(ServerError, match="public URL"):
        reach.read_public_url(settings)


@pytest.mark.parametrize(
    ("host", "is_local"),
    [("127.0.0.1", True), ("localhost", True), ("::1", True), ("", False), ("0.0.0.0", False), ("::", False),
     ("192.168.7.2", False), ("meet.example", False)],
)  # fmt: skip
def test_only_loopback_goes_without_tls(tmp_path, host, is_local):
    settings = ServerSettings(data=tmp_path, host=host)
    assert reach.is_local(settings) is is_local
    found = reach.certificate_for(settings, NOW.timestamp())
    assert (found is None) is is_local
    if found:
        assert found.pin
        assert found.chain.parent == tmp_path / "tls"
        assert reach.certificate_for(settings, NOW.timestamp()) == found


def test_a_given_certificate_is_taken_also_on_loopback(tmp_path):
    made = Made(tmp_path, by=authority(tmp_path))
    settings = ServerSettings(data=tmp_path, tls_certificate=made.chain, tls_key=made.key)
    found = reach.certificate_for(settings, NOW.timestamp())
    assert found == Certificate(made.chain, made.key, ("127.0.0.1",))
    assert reach.address_of(settings, 9, found) == ServerAddress("127.0.0.1:9", True)
    with pytest.raises(CertificateError, match="no certificate"):
        reach.certificate_for(replace(settings, tls_certificate=None), NOW.timestamp())


@pytest.mark.parametrize(("noted", "port"), [(None, DEFAULT_PORT), ("9", 9), ("x", DEFAULT_PORT), ("0", DEFAULT_PORT)])
def test_the_port_of_the_links_is_remembered(tmp_path, noted, port):
    if noted is not None:
        (tmp_path / "port").write_text(noted)
    assert reach.kept_port(tmp_path) == port


def test_the_first_port_is_the_one_that_is_kept(tmp_path):
    reach.keep_port(tmp_path, 9)
    reach.keep_port(tmp_path, 10)
    assert reach.kept_port(tmp_path) == 9


def test_this_computers_addresses_are_such_that_others_can_use(monkeypatch):
    monkeypatch.undo()
    found = reach.own_addresses()
    assert found
    assert all(re.fullmatch(r"[0-9.]+", address) for address in found)
    assert found == ("127.0.0.1",) or not any(is_loopback(address) for address in found)


@pytest.mark.parametrize(
    ("addresses", "first", "found"),
    [
        (["127.0.0.1", "10.0.0.1", "192.168.7.2", "fd00::2"], "192.168.7.2", ("192.168.7.2", "10.0.0.1")),
        (["127.0.0.1", "169.254.3.4", "10.0.0.1"], "", ("10.0.0.1",)),
        (["127.0.0.1", "169.254.3.4"], "", ("169.254.3.4",)),
        (["127.0.0.1", "fd00::2"], "", ("127.0.0.1",)),
        (["127.0.0.1", "10.0.0.1"], "203.0.113.5", ("10.0.0.1",)),
    ],
)
def test_the_address_of_the_default_route_comes_first(monkeypatch, addresses, first, found):
    monkeypatch.undo()
    monkeypatch.setattr(reach.guard, "machine_addresses", lambda: addresses)
    monkeypatch.setattr(reach, "_of_default_route", lambda: first)
    assert reach.own_addresses() == found


def test_without_a_socket_to_ask_by_nothing_is_known_of_the_default_route(monkeypatch):
    def none_left(*_):
        raise OSError(24, "Too many open files")

    monkeypatch.undo()
    monkeypatch.setattr(reach.socket, "socket", none_left)
    assert reach._of_default_route() == ""


def test_behind_a_proxy_media_comes_from_elsewhere(tmp_path):
    settings = ServerSettings(data=tmp_path, public_url="https://meet.example")
    assert settings.media_addresses is None
    assert replace(settings, public_url="").media_addresses == ("127.0.0.1",)
