import re

from server_stub import links


def test_codes_have_128_bit_and_links_are_short_plain_text():
    codes = {links.new_code() for _ in range(100)}
    assert len(codes) == 100
    for code in codes:
        assert re.fullmatch(r"[A-Za-z0-9_-]{22}", code)
    assert links.address("http://x:1/", "code") == "http://x:1/j/code"


def test_ids_fit_the_wire_and_do_not_begin_with_a_sign():
    assert re.fullmatch(r"v[0-9a-f]{32}", links.new_id("v"))


def test_a_token_names_its_server():
    token = links.new_token("s1")
    assert links.is_for(token, "s1")
    assert not links.is_for(token, "s2")
    assert not links.is_for("", "s1")
    assert len(token) <= 256
    assert links.fingerprint(token) != links.fingerprint(links.new_token("s1"))


def test_secrets_are_compared_whatever_they_hold():
    assert links.same("ä\ud800", "ä\ud800")
    assert not links.same("a", "b")
    assert links.fingerprint("\ud800")
