"""What is promised for right after the call is due that day; what only sounds like it is not."""

from datetime import date

import pytest

from server_stub.recap.reading.notes import Note, to_item
from server_stub.recap.reading.windows import turns_of
from tests.server_stub.recap.claimed import transcript

FRIDAY = date(2026, 3, 13)


def item(said, quote="Will: I'll send it", due=""):
    talk = transcript(("Will Ashby", said))
    return to_item(Note(quote, "Will", "Send it", due, "firm"), turns_of(talk), talk, FRIDAY)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("Okay. I'll send it when we hang up, it's on my desk.", "when we hang up"),
        ("I'll send it in a minute. Anyway, the roof.", "in a minute"),
        ("I'll send it right after this.", "right after this"),
        ("I'll send it as soon as we hang up", "as soon as we hang up"),
        ("I'll send it right after this and you'll have it by lunch.", "right after this"),
        ("I'll send it in 5 minutes.", "in 5 minutes"),
        ("I'll send it in half an hour.", "in half an hour"),
        ("I'll send it the moment I hang up.", "the moment I hang up"),
        ("I’ll send it when we’re done here.", "when we’re done here"),
        ("I can't find it now, but I'll send it after the call.", "after the call"),
    ],
)
def test_what_is_promised_for_right_after_the_call_is_due_that_day(said, words):
    found = item(said)
    assert (found.due_words, found.due) == (words, FRIDAY.isoformat())


@pytest.mark.parametrize(
    "said",
    [
        "I'll send it after this weekend's fair.",
        "I'll send it, but not in five minutes.",
        "I'll send it, but not right after this, I've a train.",
        "I'll send it, don't expect it in five minutes.",
        "I'll send it. I have to run in five minutes.",
        "I'll send it, I have to jump in five minutes.",
        "I'll send it, my next call's in ten minutes, but you'll get it.",
        "I'll send it, that's done in five minutes.",
        "I'll send it, the price we can talk about in a minute.",
        "I'll send it, cut down to be shown in five minutes of film.",
        "I'll send it after the call with Priya.",
        "I'll send it after the call on Thursday.",
        "I'll send it after this, no, tomorrow.",
        "I'll send it Monday, I'll check the logo after this call.",
        "I'll send it when we hang up the posters.",
    ],
)
def test_what_only_sounds_like_it_names_no_day(said):
    found = item(said)
    assert (found.due_words, found.due) == ("", None)


def test_of_sentences_alike_that_one_counts_which_was_quoted():
    said = "I'll send you the invoice. And I'll send you the photos in a minute."
    assert item(said, "Will: I'll send you the invoice").due is None
    assert item(said, "Will: I'll send you the photos").due == FRIDAY.isoformat()


def test_a_quote_without_a_speaker_is_a_quote():
    assert item("I'll send it. I have a call in ten minutes.", "I'll send it").due is None
    assert item("I'll send it when we hang up. Anyway, the roof.", "I'll send it").due == FRIDAY.isoformat()


def test_the_day_that_the_model_gives_stands_before_the_end_of_the_call():
    found = item("I'll ring them after this call and send it on Monday.", "Will: I'll ring them", "Monday")
    assert (found.due_words, found.due) == ("Monday", "2026-03-16")
