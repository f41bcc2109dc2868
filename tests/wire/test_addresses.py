"""What one mail address is: typed, kept, shown and mailed the same, and never another person's."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.wire import addresses
from app.wire.addresses import BadAddress, is_address, read, same_key, tidy


@pytest.mark.parametrize(
    ("typed", "shown", "mailed"),
    [
        ("Ann@Example.COM", "ann@example.com", "ann@example.com"),
        ("ann@faß.example", "ann@faß.example", "ann@xn--fa-hia.example"),
        ("x@straße.example", "x@straße.example", "x@xn--strae-oqa.example"),
        ("ann@xn--fa-hia.example", "ann@faß.example", "ann@xn--fa-hia.example"),
        ("ann@bu\u0308cher.example", "ann@bücher.example", "ann@xn--bcher-kva.example"),
        ("ann@BÜCHER.example", "ann@bücher.example", "ann@xn--bcher-kva.example"),
        ("ann@βόλος.example", "ann@βόλος.example", "ann@xn--nxasmm1c.example"),
        ("用户@例子.广告", "用户@例子.广告", "用户@xn--fsqu00a.xn--4rr70v"),
        ("Jo\u0308rg@example.com", "jörg@example.com", "jörg@example.com"),
        ("ada@localhost", "ada@localhost", "ada@localhost"),
        ("ada@x。example", "ada@x.example", "ada@x.example"),
        ("राम@example.com", "राम@example.com", "राम@example.com"),
    ],
)
def test_an_address_is_kept_shown_and_mailed_as_one(typed, shown, mailed):
    found = read(typed)
    assert (found.text, found.mailed) == (shown, mailed)
    assert read(found.text) == read(found.mailed) == found
    assert found.needs_utf8 is (not mailed.isascii())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ann@faß.example", "ann@fass.example"),
        ("ann@βόλος.example", "ann@βόλοσ.example"),
        ("İ@example.com", "i@example.com"),
        ("ı@example.com", "i@example.com"),
        ("\u0131ris@example.com", "IRIS@example.com"),
        ("ß@example.com", "ss@example.com"),
        ("ẞ@example.com", "ß@example.com"),
        ("jörg@example.com", "jorg@example.com"),
        ("σ@example.com", "ς@example.com"),
        ("аnn@example.com", "ann@example.com"),  # a Cyrillic а
    ],
)
def test_two_addresses_never_fall_together(one, other):
    assert read(one).key != read(other).key
    assert read(one).mailed != read(other).mailed


@pytest.mark.parametrize("local", ["\u212aate", "ſam", "ａｎｎ", "ﬁn", "x²", "\u212bke"])
def test_letters_that_stand_for_others_are_refused_in_words(local):
    with pytest.raises(BadAddress, match="letters that stand for others"):
        read(f"{local}@example.com")
    # Kept by an older program it is still nobody else's.
    assert not is_address(same_key(f"{local}@example.com"))


@pytest.mark.parametrize(
    "text",
    [
        "", "@", "a@", "@b.c", "a,b@example.org", "a>b@example.org", "<a@example.org>", "a@b@example.org",
        "a@example.org\r\nRCPT TO:<b@c>", "a@-x.org", "a@[127.0.0.1]", ".a@example.org", "a.@x.org", "a..b@x.org",
        "a b@x.org", "a@x..y", "a@x.y.", "a@" + "x" * 300, "a" * 65 + "@b.c", "a@a_b.example", "a@☃.example",
        "a@xn--a.example", "a\0@b.c", "a\u200b@b.c", "a\u202e@b.c", "a@\u202eb.c", "\u0301a@b.c", '"a b"@c.d', "a@١.c",
        "\ud800@b.c", "a@\ud800.c", "a\u2028b@c.d", "😀@b.c",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused_in_words(text):
    with pytest.raises(BadAddress, match=r"mail address"):
        read(text)
    assert not is_address(text)


@pytest.mark.parametrize("one", ["\u01f0", "\u1e96", "\u1e97", "\u1e98", "\u1e99"])
def test_small_letters_that_are_one_with_their_accent_are_one_address_with_their_capitals(one):
    small = read(f"{one}@x.example")
    assert read(f"{one.upper()}@x.example") == read(small.text) == small


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=40) | st.from_regex(r"[\w.+ßİſK-]{1,12}@[\w.ßİſK。-]{1,20}", fullmatch=True))
@example("ﬀ@x.y")
def test_no_text_at_all_is_two_addresses(text):
    try:
        found = read(text)
    except BadAddress:
        return
    assert read(found.text) == read(found.mailed) == found
    local, _, domain = found.mailed.rpartition("@")
    assert domain.isascii()
    assert domain.isprintable()
    assert not set(found.mailed) & set(' \t\r\n<>(),;:\\"[]')
    assert local == found.text.rpartition("@")[0]


@pytest.mark.parametrize(
    "pasted",
    ["ann@x.example ", "<ann@x.example>", "mailto:ann@x.example", "\ufeffann@x.example", "“ann@x.example”.",
     "\u2068ann@x.example\u2069", "<mailto:ann@x.example>", "ann@x.ex\u200bample,"],
)  # fmt: skip
def test_a_pasted_address_is_taken_out_of_what_stands_round_it(pasted):
    assert tidy(pasted) == "ann@x.example"


def test_small_letters_never_change_how_many_there_are():
    for code in range(0x110000):
        assert len(addresses.small(chr(code))) == 1


@pytest.mark.parametrize(("text", "kept"), [("Ada@Example.COM", "ada@example.com"), ("no address", "no address")])
def test_an_address_is_kept_in_its_one_spelling_and_any_other_text_as_it_is(text, kept):
    assert addresses.kept(text) == kept
