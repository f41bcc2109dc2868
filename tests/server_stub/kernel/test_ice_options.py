"""The options that say how media finds its way."""

from argparse import ArgumentParser

import pytest

from server_stub.errors import ServerError
from server_stub.kernel import ice_options
from server_stub.kernel.config import IceSettings

SECRET = "sixteen letters or more"
TURN = "turn:turn.example.org:3478?transport=udp"


@pytest.fixture(autouse=True)
def _no_secret(monkeypatch):
    monkeypatch.delenv(ice_options.SECRET, raising=False)


def options(*words):
    parser = ArgumentParser()
    ice_options.add(parser)
    return parser.parse_args(words)


def test_by_default_nobody_is_asked():
    given = options()
    assert ice_options.read(given) is None
    assert ice_options.read_ports(given) is None
    assert ice_options.read_addresses(given) == ()


def test_servers_and_the_secret_of_a_file(tmp_path):
    file = tmp_path / "secret"
    file.write_text(SECRET + "\n")
    file.chmod(0o600)
    given = options(
        "--ice-server", "stun:turn.example.org", "--ice-server", TURN, "--ice-server", TURN, "--turn-secret-file",
        str(file), "--turn-lifetime", "600",
    )  # fmt: skip
    assert ice_options.read(given) == IceSettings(("stun:turn.example.org:3478", TURN), SECRET, 600.0)


def test_the_secret_of_the_environment_is_taken_out_of_it_and_never_shown(monkeypatch):
    monkeypatch.setenv(ice_options.SECRET, SECRET)
    settings = ice_options.read(options("--ice-server", TURN))
    assert settings.secret == SECRET
    assert ice_options.SECRET not in ice_options.os.environ
    assert SECRET not in repr(settings)


def test_stun_alone_needs_no_secret():
    assert ice_options.read(options("--ice-server", "stun:192.0.2.7")).secret == ""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--ice-server", TURN), "secret of at least 16"),
        (("--ice-server", "turn:example.org:22"), "turn:example.org:22 cannot be used"),
        (("--ice-server", "stun:a.example", "--turn-lifetime", "5"), "--turn-lifetime is 60"),
        ([word for n in range(9) for word in ("--ice-server", f"stun:s{n}.example")], "No more than 8"),
    ],
)
def test_what_cannot_be_used_is_told(words, said):
    with pytest.raises(ServerError, match=said):
        ice_options.read(options(*words))


def test_a_secret_that_others_can_read_is_refused(tmp_path):
    file = tmp_path / "secret"
    file.write_text(SECRET)
    file.chmod(0o644)
    with pytest.raises(ServerError, match="Others can read"):
        ice_options.read(options("--ice-server", TURN, "--turn-secret-file", str(file)))


@pytest.mark.parametrize(("text", "ports"), [("40000-40100", range(40000, 40101)), ("1024-1051", range(1024, 1052))])
def test_ports_are_read(text, ports):
    assert ice_options.read_ports(options("--relay-ports", text)) == ports


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("40000", "two numbers"), ("40100-40000", "two numbers"), ("80-200", "two numbers"),
        ("65000-70000", "two numbers"), ("a-b", "two numbers"), ("40000-40026", "too few"),
    ],
)  # fmt: skip
def test_ports_that_are_none_or_too_few_are_refused(text, said):
    with pytest.raises(ServerError, match=said):
        ice_options.read_ports(options("--relay-ports", text))


@pytest.mark.parametrize(
    ("addresses", "least"),
    [
        ((), 28),
        (("203.0.113.5",), 28),
        (("127.0.0.1", "::1"), 28),
        (("203.0.113.5", "2001:db8::5"), 28),
        (("203.0.113.5", "203.0.113.5"), 28),
        (("203.0.113.5", "203.0.113.6"), 56),
        (("203.0.113.5", "127.0.0.1"), 56),
        (("203.0.113.5", "203.0.113.6", "2001:db8::5"), 56),
    ],
)
def test_the_least_range_counts_checks_and_each_address_that_needs_ports_of_its_own(addresses, least):
    named = [word for address in addresses for word in ("--relay-address", address)]
    assert len(ice_options.read_ports(options(*named, "--relay-ports", f"40000-{40000 + least - 1}"))) == least
    with pytest.raises(ServerError, match=f"needs up to {least}"):
        ice_options.read_ports(options(*named, "--relay-ports", f"40000-{40000 + least - 2}"))


def test_addresses_are_ip_addresses():
    given = options(
        "--relay-address", "203.0.113.5", "--relay-address", "2001:db8::5", "--relay-address", "203.0.113.5"
    )
    assert ice_options.read_addresses(given) == ("203.0.113.5", "2001:db8::5")
    for text in ("meet.example.org", "0.0.0.0", "224.0.0.1", ""):
        with pytest.raises(ServerError, match="--relay-address"):
            ice_options.read_addresses(options("--relay-address", text))
