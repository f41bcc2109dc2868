"""Nothing but our own messages comes through the decoder, whatever is sent."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.wire import accounts, chat, codec, rooms
from app.wire.errors import Malformed, TooLarge, WireError


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "{}",
        "[]",
        '{"ask":"NoSuchThing"}',
        '{"ask":"PostChat"}',
        '{"ask":"PostChat","meeting":"../etc","text":"x","key":"k"}',
        '{"ask":"PostChat","meeting":"m","text":"","key":"k"}',
        '{"ask":"PostChat","meeting":"m","text":"x","key":"k","extra":1}',
        '{"ask":"PostChat","meeting":"m\\n","text":"x","key":"k"}',
        '{"ask":"Hello","version":"1","protocol":NaN}',
        '{"ask":"Hello","version":"1","protocol":1e400}',
        '{"ask":"Hello","version":"1","protocol":1,"request":-1}',
        '{"told":"SignedOut"}',
        "[" * 100_000,
        b"\xff\xfe",
        b'{"ask":"Hello","version":"\xff","protocol":1}',
    ],
)
def test_what_is_no_message_is_malformed(text):
    with pytest.raises(Malformed):
        codec.decode_ask(text)


def test_a_message_over_the_limit_is_too_large_before_it_is_read():
    with pytest.raises(TooLarge):
        codec.decode_ask('{"ask":"PostChat","text":"' + "x" * codec.MAX_ASK_BYTES + '"}')


def test_the_limit_counts_bytes_and_not_characters():
    with pytest.raises(TooLarge):
        codec.decode_ask("ä" * (codec.MAX_ASK_BYTES * 2 // 3))


def test_limits_of_fields_are_kept():
    long = codec.encode(rooms.PostMessage(room="r", text="x" * 4001, key="k"))
    with pytest.raises(Malformed):
        codec.decode_ask(long)
    assert codec.decode_ask(codec.encode(rooms.PostMessage(room="r", text="x" * 4000, key="k")))


def test_a_newer_server_may_say_more():
    told = codec.decode_tell('{"told":"TermsAccepted","re":3,"version":2,"since":"a later version"}')
    assert told == accounts.TermsAccepted(re=3, version=2)


@given(st.text(max_size=300))
def test_any_text_is_a_message_or_a_wire_error(text):
    with contextlib.suppress(WireError):
        assert isinstance(codec.decode_ask(text), codec.ASKS)


@given(text=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=4000))
def test_what_is_said_arrives_as_it_was_said(text):
    message = chat.PostChat(meeting="m", text=text, key="k", request=7)
    assert codec.decode_ask(codec.encode(message)) == message
