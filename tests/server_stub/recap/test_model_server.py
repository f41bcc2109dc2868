"""Which addresses a language model may have, and what people are told of them."""

import pytest

from app.wire.language_model import model_words
from server_stub.recap.model_server import BadModelServer, check_addresses, read_server

KEY = "sk-very-secret-0123"


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("http://127.0.0.1:11434", "http://127.0.0.1:11434/v1"),
        ("http://localhost:8080/v1/", "http://localhost:8080/v1"),
        ("https://model.example.org/api/v1", "https://model.example.org/api/v1"),
        ("http://[::1]:9/v1", "http://[::1]:9/v1"),
        (" HTTP://LOCALHOST ", "http://localhost/v1"),
    ],
)
def test_addresses_are_read(url, asked):
    assert read_server(url, "m").url == asked


@pytest.mark.parametrize(
    "url",
    [
        "", "localhost:11434", "ftp://localhost", "file:///etc/passwd", "http://", "http:///v1",
        "http://user:pw@localhost",
        "http://localhost?key=1", "http://localhost/#x", "http://localhost:0", "http://localhost:99999",
        "http://a b/v1",
        "http://localhost/\r\nHost: x", "http://[::1%25eth0]/", "http://[nonsense]/",
        "http://-/", "unix:/run/model.sock",
    ],
)  # fmt: skip
def test_nonsense_is_refused_in_words(url):
    with pytest.raises(BadModelServer) as refused:
        read_server(url, "m")
    assert str(refused.value).endswith(".")
    assert "pw" not in str(refused.value)


@pytest.mark.parametrize(
    "wrong",
    [
        {"model": ""}, {"model": "x" * 61}, {"model": "two\nlines"}, {"key": "a b"}, {"key": "k\u00e9y\r\n"},
        {"context_tokens": 10}, {"within_s": 0.0}, {"within_s": float("nan")},
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_and_no_key_is_told(wrong):
    with pytest.raises(BadModelServer) as refused:
        read_server("http://localhost", **{"model": "m", **wrong})
    assert wrong.get("key", "\0") not in str(refused.value)


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.1.2.3", "172.31.0.1", "192.168.7.7", "::1", "fd00::7", "::ffff:10.0.0.1"]
)
def test_this_computer_and_private_networks_are_allowed(address):
    check_addresses(read_server("http://model", "m"), [address])


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8",
        "172.32.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "2001:db8::1",
        "fe80::1%eth0",
        "::ffff:8.8.8.8",
    ],
)
def test_all_else_is_outside_and_needs_the_administrators_word(address):
    with pytest.raises(BadModelServer, match="--language-model-outside"):
        check_addresses(read_server("http://model", "m"), ["10.0.0.1", address])
    check_addresses(read_server("https://model", "m", may_leave=True), [address])


def test_what_leaves_leaves_encrypted_and_the_notice_says_where_to():
    with pytest.raises(BadModelServer, match="https only"):
        read_server("http://model.example.org", "m", may_leave=True)
    inside = read_server("http://127.0.0.1:11434", "llama3.2:3b", may_leave=True)
    assert model_words(inside.told) == (
        "The recap is written with a language model at 127.0.0.1:11434 (llama3.2:3b): what is said, and who says it, "
        "is sent there as text."
    )
    outside = read_server("https://model.example.org", "big", may_leave=True)
    assert "leaves this server for model.example.org as text" in model_words(outside.told)
    assert model_words(None) == ""


def test_the_key_is_in_no_text_of_the_settings():
    assert KEY not in repr(read_server("http://localhost", "m", key=KEY))
