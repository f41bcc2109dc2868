import re

from app.wire.links import MAX_LINK, ServerAddress, parse_link
from server_stub.kernel import links

LONGEST = ServerAddress("a" * 63 + "." + "b" * 40 + ":65535", True, "A" * 43)


def test_r26_codes_have_128_bit_and_links_are_short_plain_text():
    codes = {links.new_code() for _ in range(100)}
    assert len(codes) == 100
    for code in codes:
        # 22 characters of 6 bit; the last one holds 2.
        assert re.fullmatch(r"[A-Za-z0-9_-]{22}", code)
        for link in (links.address(LONGEST, code), links.invitation(LONGEST, code)):
            assert len(link) <= MAX_LINK
            assert link.isascii()
            assert parse_link(link).code == code


def test_r26_each_bit_of_a_code_is_drawn():
    """Every one of the 128 is sometimes 0 and sometimes 1: with 200 codes a fixed one is no chance (2^-199)."""
    import base64

    drawn = [int.from_bytes(base64.urlsafe_b64decode(links.new_code() + "=="), "big") for _ in range(200)]
    ever, always = 0, (1 << 128) - 1
    for one in drawn:
        ever |= one
        always &= one
    assert (ever, always) == ((1 << 128) - 1, 0)


def test_r25_a_link_says_its_server_and_nothing_else():
    here = ServerAddress("127.0.0.1:1", False)
    assert links.address(here, "c" * 22) == "http://127.0.0.1:1/j/" + "c" * 22
    assert links.invitation(here, "c" * 22) == "http://127.0.0.1:1/i/" + "c" * 22
    assert links.address(ServerAddress("meet.example", True), "c" * 22) == "https://meet.example/j/" + "c" * 22
    assert links.address(LONGEST, "c" * 22).startswith("parley://")


def test_identifiers_are_fit_for_files_and_urls():
    assert re.fullmatch(r"v[0-9a-f]{32}", links.new_id("v"))


def test_tokens_name_their_server():
    token = links.new_token("s1")
    assert links.is_for(token, "s1")
    assert not links.is_for(token, "s2")
    assert not links.is_for("", "s1")
    assert 40 < len(token) <= 256
    assert links.fingerprint(token) != links.fingerprint(links.new_token("s1"))


def test_secrets_of_any_text_are_compared():
    assert links.same("ä\ud800", "ä\ud800")
    assert not links.same("a", "b")
    assert links.fingerprint("\ud800")
