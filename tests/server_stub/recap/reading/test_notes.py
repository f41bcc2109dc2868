"""What the model writes is read back with care: what rests on nothing that was said is none."""

from datetime import date

import pytest

from app.wire.recap import Utterance
from server_stub.recap.reading.notes import Note, read_notes, to_item
from server_stub.recap.reading.windows import turns_of

FRIDAY = date(2026, 3, 13)
SAID = (
    ("Dorota Malik", "The bakery's testimonials, could you send them over?"),
    ("Will Ashby", "Before Friday? Um, no."),
    ("Will Ashby", "Monday, I'll do that on"),
    ("Will Ashby", "Monday morning."),
    ("Dorota Malik", "Perfect, and I'll look through the invoice."),
)
TALK = tuple(
    Utterance(id=f"u{place + 1}", speaker=who, start_s=place, end_s=place + 1, text=text, confidence=0.9)
    for place, (who, text) in enumerate(SAID)
)
CALLED = {"dorota": "Dorota Malik", "will": "Will Ashby"}


def item(text="Send the testimonials", due="Monday", certainty="firm", quote="Monday, I'll do that", owner="self"):
    return to_item(Note(text, due, certainty, quote, owner), turns_of(TALK), TALK, CALLED, FRIDAY)


@pytest.mark.parametrize(
    ("written", "count"),
    [
        ("none\n", 0),
        ("", 0),
        ("Send it|Monday|firm|I'll send|self\n", 1),
        ("Send it|Monday|firm|I'll send|self\nCall|||Call|self\nCall him||question|Can you|Will\n", 2),
        ("Send it|Monday|certain|I'll send|self\n", 0),
        ("Send it|Monday|firm|I'll send\n", 0),
        ("|Monday|firm|I'll send|self\n", 0),
    ],
)
def test_only_what_has_the_form_is_a_note(written, count):
    assert len(read_notes(written)) == count


def test_who_settles_it_owns_it_and_what_it_needs_is_cited():
    found = item()
    assert (found.owner, found.due, found.due_words) == ("Will Ashby", "2026-03-16", "Monday")
    assert {"u1", "u3"} <= set(found.evidence)


def test_a_quote_may_go_on_in_the_next_utterance():
    assert "u3" in item(quote="Monday, I'll do that on Monday morning").evidence


@pytest.mark.parametrize("quote", ["Tuesday it is then", "", "I'll never do that at all"])
def test_a_quote_that_nobody_said_proves_nothing(quote):
    assert item(quote=quote) is None


@pytest.mark.parametrize(
    ("owner", "wanted"),
    [
        ("Dorota", "Dorota Malik"),
        ("nobody", None),
        ("self and Dorota", "Will Ashby and Dorota Malik"),
        ("will", "Will Ashby"),
    ],
)
def test_owners_are_people_of_the_call(owner, wanted):
    assert item(owner=owner).owner == wanted


def test_a_stranger_owns_nothing():
    assert item(owner="Gregory") is None


def test_words_that_name_no_day_are_kept_as_said():
    found = item(due="when I'm back")
    assert (found.due, found.due_words) == (None, "when I'm back")
