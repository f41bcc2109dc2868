"""The grammar of links: what is one, what is none, and that nothing pasted does anything but that."""

import string
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.wire.links import (
    MAX_LINK,
    BadLink,
    Link,
    ServerAddress,
    is_loopback,
    parse_link,
    parse_server,
)

FAULTS = Path(__file__).resolve().parents[1] / "data" / "faults"
CODE = "abcdefghijklmnopqrstuv"
PIN = "A" * 43
MEET = ServerAddress("meet.example", True)


@pytest.mark.parametrize(
    ("text", "link"),
    [
        (f"https://meet.example/j/{CODE}", Link(MEET, CODE)),
        (f"HTTPS://Meet.Example/j/{CODE}", Link(MEET, CODE)),
        (f"https://meet.example:8440/i/{CODE}", Link(ServerAddress("meet.example:8440", True), CODE, "room")),
        (f"parley://meet.example/j/{CODE}", Link(MEET, CODE)),
        (f"parley://192.0.2.7:8440/j/{CODE}?pin={PIN}", Link(ServerAddress("192.0.2.7:8440", True, PIN), CODE)),
        (f"parley://[fd00::2]:8440/j/{CODE}?pin={PIN}", Link(ServerAddress("[fd00::2]:8440", True, PIN), CODE)),
        (f"parley://127.0.0.1:8440/j/{CODE}", Link(ServerAddress("127.0.0.1:8440", False), CODE)),
        (f"parley://127.0.0.1:8440/j/{CODE}?pin={PIN}", Link(ServerAddress("127.0.0.1:8440", True, PIN), CODE)),
        (f"http://127.0.0.1:8440/j/{CODE}", Link(ServerAddress("127.0.0.1:8440", False), CODE)),
        (f"http://localhost:1/j/{CODE}", Link(ServerAddress("localhost:1", False), CODE)),
        (f"http://[::1]:8440/j/{CODE}", Link(ServerAddress("[::1]:8440", False), CODE)),
        (f"  https://meet.example/j/{CODE}\r\n", Link(MEET, CODE)),
    ],
)
def test_r25_links_are_read(text, link):
    assert parse_link(text) == link
    assert parse_link(link.text) == link
    assert parse_link(link.deep) == link
    assert link.deep.startswith("parley://")


#: None of these opens anything.
MALFORMED = [
    f"http://[v1.a:b]/j/{CODE}",
    "",
    " ",
    "j",
    CODE,
    "meet.example",
    f"meet.example/j/{CODE}",
    f"//meet.example/j/{CODE}",
    f"https:///j/{CODE}",
    f"https://:8440/j/{CODE}",
    f"https:meet.example/j/{CODE}",
    f"ftp://meet.example/j/{CODE}",
    f"javascript://meet.example/j/{CODE}",
    f"file:///j/{CODE}",
    f"parley:///j/{CODE}",
    # who signs in, and what is told beside the code
    f"https://ada@meet.example/j/{CODE}",
    f"https://@meet.example/j/{CODE}",
    f"https://ada:word@meet.example/j/{CODE}",
    f"https://meet.example\\@evil.example/j/{CODE}",
    f"https://meet.example/j/{CODE}?token=x",
    f"https://meet.example/j/{CODE}#",
    f"https://meet.example/j/{CODE}#part",
    f"https://meet.example/j/{CODE};a=b",
    # pins
    f"https://meet.example/j/{CODE}?pin={PIN}",
    f"http://127.0.0.1/j/{CODE}?pin={PIN}",
    f"parley://meet.example/j/{CODE}?pin=",
    f"parley://meet.example/j/{CODE}?pin={PIN}A",
    f"parley://meet.example/j/{CODE}?pin={PIN[:-1]}",
    f"parley://meet.example/j/{CODE}?pin={PIN[:-1]}=",
    f"parley://meet.example/j/{CODE}?pin={PIN[:-1]}+",
    f"parley://meet.example/j/{CODE}?pin={PIN}&token=x",
    f"parley://meet.example/j/{CODE}?PIN={PIN}",
    # paths
    "https://meet.example/",
    f"https://meet.example/{CODE}",
    f"https://meet.example/J/{CODE}",
    f"https://meet.example/r/{CODE}",
    f"https://meet.example/j/{CODE}//",
    f"https://meet.example//j/{CODE}",
    f"https://meet.example/j//{CODE}",
    f"https://meet.example/../j/{CODE}",
    f"https://meet.example/j/../{CODE}",
    f"https://meet.example/j/%2e%2e{CODE}",
    "https://meet.example/j/",
    "https://meet.example/j/tooshort",
    f"https://meet.example/j/{'a' * 65}",
    f"https://meet.example/j/{CODE}\x00",
    f"https://meet.example/j/{CODE}é",
    # hosts and ports
    f"https://mëet.example/j/{CODE}",
    f"https://meet。example/j/{CODE}",
    f"https://ſmeet.example/j/{CODE}",
    f"https://-meet.example/j/{CODE}",
    f"https://meet..example/j/{CODE}",
    f"https://.meet.example/j/{CODE}",
    f"https://{'a' * 64}.example/j/{CODE}",
    f"https://meet_.example/j/{CODE}",
    f"https://meet%2eexample/j/{CODE}",
    f"https://[meet.example]/j/{CODE}",
    f"https://[::1/j/{CODE}",
    f"https://[fe80::1%25eth0]/j/{CODE}",
    f"https://[v1.x]/j/{CODE}",
    f"https://meet.example:/j/{CODE}",
    f"https://meet.example:0/j/{CODE}",
    f"https://meet.example:65536/j/{CODE}",
    f"https://meet.example:-1/j/{CODE}",
    f"https://meet.example:80a/j/{CODE}",
    f"https://meet.example:٨٠/j/{CODE}",
    # control and invisible characters
    f"https://meet.example\x00/j/{CODE}",
    f"https://meet\x1fexample/j/{CODE}",
    f"https://meet\u202e.example/j/{CODE}",
    f"https://meet\u200d.example/j/{CODE}",
    f"https://meet.example\u2066/j/{CODE}\u2069",
    f"https://meet.example\xa0/j/{CODE}",
    f"\ud800https://meet.example/j/{CODE}",
    # in the open
    f"http://meet.example/j/{CODE}",
    f"http://192.168.1.2:8440/j/{CODE}",
    f"http://127.1/j/{CODE}",
    f"http://localhost.evil.example/j/{CODE}",
    f"http://[::ffff:192.0.2.1]/j/{CODE}",
    "https://" + "a." * 90 + f"example/j/{CODE}",
    "https://meet.example/j/" + "a" * 100_000,
]


@pytest.mark.parametrize("line", (FAULTS / "b09-pasted-links.txt").read_text(encoding="utf-8").splitlines())
def test_r26_links_are_understood_as_they_are_pasted(line):
    pasted = line.encode("ascii").decode("unicode_escape")
    assert parse_link(pasted).text == "https://h.example/j/Vb3kPq81sLw0ZtYcX5nDGg"
    assert parse_server(pasted.replace("/j/Vb3kPq81sLw0ZtYcX5nDGg", "")).text == "https://h.example"


@pytest.mark.parametrize(
    "around",
    [
        "({})", "[{}]", "“{}”", "„{}“", "«{}»", "「{}」", "（{}）。", '"{}",', "{}?", "{}!", "{}/.", "<URL:{}>",
        "\u202b{}\u202c",
        "\u00a0{}\u3000", "\u200e{}\u200f", "{}\u202e", "*{}*", "<{}/>", "\ufeff {}\r\n\r\n",
    ],
)  # fmt: skip
def test_r26_what_stands_around_a_link_is_no_part_of_it(around):
    for link in (Link(MEET, CODE), Link(ServerAddress("192.0.2.7:8440", True, PIN), CODE), Link(MEET, CODE[:-1] + "_")):
        assert parse_link(around.format(link.text)) == link
        half = len(link.text) // 2
        for broken in ("\u200b", "\u00ad", "\r\n> > ", "\n>", " \r\n\t"):
            assert parse_link(around.format(link.text[:half] + broken + link.text[half:])) == link


@pytest.mark.parametrize("text", MALFORMED, ids=range(len(MALFORMED)))
def test_r25_malformed_links_are_rejected_in_words(text):
    with pytest.raises(BadLink) as caught:
        parse_link(text)
    assert str(caught.value).endswith((".", "code.", "open it."))


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=300) | st.text(alphabet="htps:/parley.[]@?#%j0:1aA-_=\\ \r\n\t", max_size=120))
@example("https://[")
@example("http://[::1]:99999999999999999999/j/" + CODE)
@example("//\\/\ud800")
@example("0./")
@example("https://meet.example..:443/")
@example("https://meet.example./j/" + CODE)
def test_r25_nothing_that_is_pasted_does_more_than_be_refused(text):
    for parse in (parse_link, parse_server):
        try:
            found = parse(text)
        except BadLink:
            continue
        assert parse(found.text) == found


LABEL = st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=12)
HOSTS = st.one_of(
    st.lists(LABEL, min_size=1, max_size=4).map(".".join),
    st.ip_addresses(v=4).map(str),
    st.ip_addresses(v=6).map("[{}]".format),
)
PINS = st.text(string.ascii_letters + string.digits + "-_", min_size=43, max_size=43)
CODES = st.text(string.ascii_letters + string.digits + "-_", min_size=16, max_size=64)


@st.composite
def servers(draw):
    """Any server that there may be: plain on loopback only."""
    host, port = draw(HOSTS), draw(st.none() | st.integers(1, 65535))
    # ::ffff:a.b.c.d and the like are shown as the standard library shows them.
    pin = draw(st.just("") | PINS)
    address = host if port is None else f"{host}:{port}"
    return ServerAddress(address, bool(pin) or not is_loopback(host), pin)


@settings(max_examples=300, deadline=None)
@given(servers(), CODES, st.sampled_from(["meeting", "room"]))
def test_r25_what_is_written_is_read_again_in_full(server, code, kind):
    link = Link(server, code, kind)
    assert parse_link(link.text) == link
    assert len(link.text) <= MAX_LINK
    # Without a pin, what opens the application means TLS, or the computer itself.
    assert parse_link(link.deep) == link
    assert parse_server(server.text) == server


@settings(max_examples=200, deadline=None)
@given(servers(), CODES, st.integers(0, 300), st.characters(exclude_categories=()))
def test_r25_a_character_more_is_another_link_or_none(server, code, place, character):
    text = Link(server, code).text
    place %= len(text) + 1
    try:
        found = parse_link(text[:place] + character + text[place:])
    except BadLink:
        return
    assert found.text.isascii()
    assert found.text.isprintable()
    assert found.server.is_secure or is_loopback(found.server.host)


@settings(max_examples=100, deadline=None)
@given(servers(), CODES, st.integers(20, 76), st.sampled_from(["\n", "\r\n", "\n  ", " \n\t"]))
def test_r26_a_link_survives_the_line_breaks_of_a_mail(server, code, width, mark):
    link = Link(server, code)
    pieces = [link.text[at : at + width] for at in range(0, len(link.text), width)]
    assert parse_link(mark.join(pieces)) == link


def test_r26_the_longest_links_fit_in_200_plain_characters():
    longest = Link(ServerAddress("a" * 63 + "." + "b" * 40 + ":65535", True, PIN), CODE)
    assert len(longest.text) <= MAX_LINK
    assert longest.text.isascii()
    assert parse_link(longest.text) == longest


@pytest.mark.parametrize(
    ("text", "server", "host", "port"),
    [
        ("meet.example", MEET, "meet.example", 443),
        ("https://meet.example/", MEET, "meet.example", 443),
        ("meet.example:8440", ServerAddress("meet.example:8440", True), "meet.example", 8440),
        ("127.0.0.1:9", ServerAddress("127.0.0.1:9", False), "127.0.0.1", 9),
        ("localhost", ServerAddress("localhost", False), "localhost", 80),
        ("https://127.0.0.1:9", ServerAddress("127.0.0.1:9", True), "127.0.0.1", 9),
        ("[::1]:9", ServerAddress("[::1]:9", False), "::1", 9),
        (f"parley://192.0.2.7:9?pin={PIN}", ServerAddress("192.0.2.7:9", True, PIN), "192.0.2.7", 9),
        (f"parley://192.0.2.7:9/?pin={PIN}", ServerAddress("192.0.2.7:9", True, PIN), "192.0.2.7", 9),
    ],
)
def test_servers_are_read(text, server, host, port):
    found = parse_server(text)
    assert found == server
    assert (found.host, found.port) == (host, port)
    assert parse_server(found.text) == found


@pytest.mark.parametrize(
    "text",
    ["", "ftp://x", "http://", "http://a:b", "http://[::1", "https://a/b", "a b", "https://a/?x=1", "a" * 300, "x\t.y"],
)
def test_other_servers_are_refused_in_words(text):
    with pytest.raises(BadLink, match="not a server address"):
        parse_server(text)


@pytest.mark.parametrize("text", ["http://meet.example", "http://10.0.0.1:8440", "http://name:word@127.0.0.1"])
def test_servers_in_the_open_are_refused(text):
    with pytest.raises(BadLink):
        parse_server(text)


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST.", "127.0.0.1", "127.9.9.9", "::1", "[::1]"])
def test_these_mean_this_computer(host):
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["", "localhost.example", "0.0.0.0", "10.0.0.1", "127.1", "::", "fd00::1"])
def test_these_do_not(host):
    assert not is_loopback(host)


def test_a_link_to_a_room_is_told_apart():
    link = Link(MEET, CODE, "room")
    assert parse_link(link.text).kind == "room"
    assert replace(link, kind="meeting").text != link.text
