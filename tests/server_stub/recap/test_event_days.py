"""`Before they switch it off` is due on the day on which somebody said that they do."""

from datetime import date

import pytest

from server_stub.recap.event_days import day_of_event

TODAY = date(2027, 5, 5)  # a Wednesday
TALK = (
    "They're switching off the old server on the thirty-first.",
    "All the mailboxes have to be moved.",
    "The opening is on the 20th of May.",
    "The tasting was moved twice, first to Friday.",
    "The tasting is on Monday now.",
    "The auditor comes on Thursday.",
    "No, sorry, on Tuesday.",
    "My sister paints the shed.",
    "I start on the 12th.",
)


@pytest.mark.parametrize(
    ("words", "day", "place"),
    [
        ("before they switch it off", date(2027, 5, 31), 0),
        ("by the opening", date(2027, 5, 20), 2),
        ("In time for the opening.", date(2027, 5, 20), 2),
        ("when the auditor comes", date(2027, 5, 11), 6),
    ],
)
def test_an_event_is_on_the_day_on_which_it_was_said_to_be(words, day, place):
    assert day_of_event(words, TALK, TODAY) == (place, day)


@pytest.mark.parametrize(
    "words",
    [
        "before the tasting",  # two days
        "before the shed",  # none
        "before we start",  # of whose start the talk tells nothing
        "after the opening",  # how long after?
        "the opening",
        "before the flood",
        "",
    ],
)
def test_an_event_whose_day_is_not_clear_has_none(words):
    assert day_of_event(words, TALK, TODAY) is None


def test_a_day_that_is_over_is_none():
    assert day_of_event("before the opening", ("The opening was on the 3rd of May 2027.",), TODAY) is None
