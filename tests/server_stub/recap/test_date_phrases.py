"""What names a day only where it is known that a day is meant."""

from datetime import date

import pytest

from server_stub.recap.due_dates import read_due

FRIDAY = date(2026, 11, 20)
WHOLE = {
    "by six": "2026-11-20",
    "At two.": "2026-11-20",
    "after seven tonight": "2026-11-20",
    "two o'clock": "2026-11-20",
    "half an hour": "2026-11-20",
    "in a bit": "2026-11-20",
    "ten minutes": "2026-11-20",
    "after my lunch": "2026-11-20",
    "24 hours": "2026-11-21",
    "after the weekend": "2026-11-23",
    "over the weekend": "2026-11-22",
    "Friday": "2026-11-27",
    "a day": "2026-11-21",
    "two weeks": "2026-12-04",
    "ten working days": "2026-12-04",
    "in January 2028": "2028-01-31",
    "before March of 2027": "2027-02-28",
    "a couple of weeks": "2026-12-04",
    "by evening": "2026-11-20",
    "This arvo.": "2026-11-20",
    "in the next hour": "2026-11-20",
    "before supper": "2026-11-20",
    "the morn": "2026-11-21",
    "the morn's morning": "2026-11-21",
    "next week, Wednesday": "2026-11-25",
    "Next week, the Thursday": "2026-11-26",
    "next week, so probably Tuesday morning": "2026-11-24",
    "Week after. Wednesday-ish": "2026-11-25",
    "early next week, Tuesday": "2026-11-24",
    "the middle of next week": "2026-11-25",
    "in the week after next": "2026-12-04",
    "the week after next, Wednesday": "2026-12-02",
    "the week after next. Friday": "2026-12-04",
    "the first week of January": "2027-01-08",
    "the night after next": "2026-11-22",
    "this day week": "2026-11-27",
    "the last day of the month": "2026-11-30",
    "in March": "2027-03-31",
    "in November": "2026-11-30",
    "before December": "2026-11-30",
    "the first week of December": "2026-12-04",
    "Two weeks or so": "2026-12-04",
    "maybe ten days": "2026-11-30",
    "in like, half an hour": "2026-11-20",
    "about nine": "2026-11-20",
    "by close of play": "2026-11-20",
    "Now-ish": "2026-11-20",
    "Weekend": "2026-11-22",
    "before my weekend": "2026-11-20",
    "for the fourth": "2026-12-04",
    "from the first": "2026-12-01",
    "the last Friday of the month": "2026-11-27",
    "last Friday in January": "2027-01-29",
    "our last working day of the month": "2026-11-30",
    "the last day of December": "2026-12-31",
    "early next month": "2026-12-01",
    "mid next month": "2026-12-15",
    "the middle of the month": "2026-12-15",
    "midweek": "2026-11-25",
    "EOW": "2026-11-20",
    "in the next couple of days": "2026-11-22",
    "by half past four": "2026-11-20",
    "this aft": "2026-11-20",
    "overnight": "2026-11-21",
    "tomorrow week": "2026-11-28",
    "Monday next": "2026-11-23",
    "this coming Friday": "2026-11-27",
}
#: What is left open between several days is due on the last of them.
SEVERAL = {
    "Monday or Tuesday": "2026-11-24",
    "Friday to Sunday": "2026-11-29",
    "from Saturday to Monday": "2026-11-23",
    "tomorrow and Friday": "2026-11-27",
    "tomorrow or the day after": "2026-11-22",
    "Sunday, Monday at the latest": "2026-11-23",
    "by Wednesday, Thursday latest": "2026-11-26",
    "Monday, Wednesday, Friday": "2026-11-27",
    "between Monday and Wednesday": "2026-11-25",
    "the third or fourth": "2026-12-04",
    "the 9th to the 11th": "2026-12-11",
    "Monday, the thirtieth": "2026-11-30",
    "the fourteenth, Monday": "2026-12-14",
    "next week, Tuesday or Wednesday": "2026-11-25",
    "this week or next": "2026-11-27",
    "Friday, or Saturday if it rains": "2026-11-28",
    # One day, and what is told of it.
    "Friday, end of day": "2026-11-27",
    "Monday, at four or five": "2026-11-23",
    "Friday, no, Monday": "2026-11-23",
}


@pytest.mark.parametrize(("said", "day"), [*WHOLE.items(), *SEVERAL.items()])
def test_what_was_marked_as_a_day_is_one(said: str, day: str) -> None:
    due = read_due(said, FRIDAY)
    assert due is not None
    assert due.day == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("Wednesday worst case", "2026-11-25"),
        ("Monday six o'clock", "2026-11-23"),
        ("Thursday during the day", "2026-11-26"),
        ("the second we hang up", "2026-11-20"),
        ("now when we're done here", "2026-11-20"),
        ("when I'm off with you", "2026-11-20"),
    ],
)
def test_what_was_marked_may_say_more_than_the_day(said: str, day: str) -> None:
    due = read_due(said, FRIDAY)
    assert due is not None
    assert (due.day, due.words) == (date.fromisoformat(day), said)


@pytest.mark.parametrize(
    "said",
    [
        "when you're done",
        "before November",
        "before the week after next",
        "on 15",
        "around 15",
        "by June",
        "before I go",
        "the Friday of the fair",
        "when I'm off",
        "Monday plus two",
        "Tuesday a week later",
        "Friday every week",
    ],
)
def test_another_day_than_the_one_it_begins_with_is_not_guessed(said: str) -> None:
    due = read_due(said, FRIDAY)
    assert due is None or due.day is None


def test_a_thousand_words_behind_a_day_are_read_at_once() -> None:
    due = read_due("next week, " + "maybe, like, " * 500 + "okay", FRIDAY)
    assert due is not None
    assert due.words == "next week"


def test_so_many_weeks_are_no_day() -> None:
    assert read_due("999999999 weeks", FRIDAY) is None
