"""What the address of a STUN or TURN server may look like."""

import pytest

from app.wire.ice import BadIceUrl, IceUrl, parse_ice_url


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("stun:turn.example.org", IceUrl("stun", "turn.example.org", 3478, "udp")),
        ("stun:192.0.2.7:19302", IceUrl("stun", "192.0.2.7", 19302, "udp")),
        ("turn:turn.example.org", IceUrl("turn", "turn.example.org", 3478, "udp")),
        ("turn:turn.example.org:443?transport=tcp", IceUrl("turn", "turn.example.org", 443, "tcp")),
        ("turns:turn.example.org", IceUrl("turns", "turn.example.org", 5349, "tcp")),
        ("turns:turn-1.example.org:443?transport=tcp", IceUrl("turns", "turn-1.example.org", 443, "tcp")),
        ("turn:[2001:db8::7]:3478?transport=udp", IceUrl("turn", "2001:db8::7", 3478, "udp")),
        ("turn:turn", IceUrl("turn", "turn", 3478, "udp")),
    ],
)
def test_good_ones_are_read_and_written_again(text, url):
    assert parse_ice_url(text) == url
    assert parse_ice_url(url.text) == url


@pytest.mark.parametrize(
    "text",
    [
        "", "turn:", "stuns:example.org", "http://example.org", "TURN:example.org", "turn://example.org",
        "turn:user@example.org", "turn:example.org:22", "turn:example.org:0", "turn:example.org:70000",
        "turn:example.org:", "turn:example.org?transport=sctp", "turn:example.org?transport=",
        "turn:example.org?transport=udp&x=1", "stun:example.org?transport=udp", "turns:example.org?transport=udp",
        "turn:exa mple.org", "turn:-example.org", "turn:example-.org", "turn:example..org", "turn:.", "turn:1.2.3",
        "turn:999.1.1.1", "turn:0.0.0.0", "turn:224.0.0.1", "turn:255.255.255.255", "turn:[::]", "turn:[ff02::1]",
        "turn:[example.org]", "turn:2001:db8::7", "turn:[192.0.2.7]x", "turn:example.org\n", "turn:example.org\x00",
        "turn:exämple.org", "turn:" + "a" * 64 + ".org", "turn:" + "a." * 200 + "org", "turn:[fe80::1%eth0]",
    ],
)  # fmt: skip
def test_silly_ones_are_refused(text):
    with pytest.raises(BadIceUrl):
        parse_ice_url(text)
