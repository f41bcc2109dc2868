"""Days that are named beside another one."""

from dataclasses import replace
from datetime import date

import pytest

from server_stub.recap.beside import find_beside, read_beside
from server_stub.recap.due_dates import find_anchor

THURSDAY = date(2026, 3, 26)


def named(text, today="2026-03-09"):
    return find_anchor(text, date.fromisoformat(today))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("the morning after", "2026-03-27"),
        ("I'll bring them the day before, please.", "2026-03-25"),
        ("two days after that", "2026-03-28"),
        ("a fortnight before", "2026-03-12"),
        ("the week after", "2026-04-03"),
        ("the week after, say Wednesday", "2026-04-01"),
        ("the week after, by Wednesday", "2026-04-01"),
        ("Wednesday of the week after", "2026-04-01"),
        ("two weeks before, Wednesday", "2026-03-11"),
        ("the Friday before", "2026-03-20"),
        ("the Thursday after", "2026-04-02"),
        ("by the Monday of that week", "2026-03-23"),
        ("that same afternoon", "2026-03-26"),
        ("the day before, I mean the day after", "2026-03-27"),
        # Beside something else, no day, or none that a calendar has.
        ("the day before that meeting", None),
        ("the day before the launch", None),
        ("the day after so many people", None),
        ("the day after that Friday", None),
        ("the Monday before we open", None),
        ("that evening class", None),
        ("the same day delivery", None),
        ("half a day before", None),
        ("two five days before", None),
        ("999999999 weeks before", None),
        ("a million years after", None),
    ],
)
def test_it_is_counted_from_the_day_before(text, day):
    found = find_beside(text, THURSDAY)
    assert (found and found.day.isoformat()) == day


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("the Wednesday", "2026-03-25"),
        ("by the Friday", "2026-03-27"),
        ("no later than the Friday", "2026-03-27"),
        ("that Wednesday", "2026-03-25"),
        ("on the Monday, early", "2026-03-23"),
        ("The Sunday", "2026-03-29"),
        ("the Thursday", "2026-03-26"),
        ("that week", "2026-03-27"),
        ("in the same week", "2026-03-27"),
        ("on that day", "2026-03-26"),
        # They say more of it, or of a thing.
        ("by the Friday, which is the third of April", "2026-04-03"),
        ("the Monday, no, Tuesday", None),
        ("the Thursday this week", None),
        ("the Monday two weeks later", None),
        ("the Wednesday, the week after", None),
        ("the Wednesday of the fair", None),
        ("the Friday call", None),
        # Of themselves.
        ("Wednesday", None),
        ("the Wednesday after", None),
        ("two days", None),
    ],
)
def test_words_that_mean_a_day_are_beside_the_one_before(words, day):
    found = read_beside(words, named("on the 26th"), date(2026, 3, 9))
    assert (found and found.day.isoformat()) == day


@pytest.mark.parametrize(
    ("last", "words", "today", "day"),
    [
        ("on Thursday", "the Monday", "2026-03-24", "2026-03-30"),
        ("on the 28th", "the Friday", "2026-03-27", "2026-04-03"),
        ("next week", "the Monday", "2026-03-13", "2026-03-16"),
        ("on Sunday", "that week", "2026-03-14", "2026-03-15"),
        ("by the end of the month", "the Monday", "2026-03-13", None),
    ],
)
def test_it_is_no_day_that_is_over_and_lies_within_a_week_that_is_named(last, words, today, day):
    found = read_beside(words, named(last, today), date.fromisoformat(today))
    assert (found and found.day.isoformat()) == day


def test_at_the_end_of_the_calendar_the_weekday_is_none():
    assert read_beside("the Monday", replace(named("on the 26th"), day=date.max), date.max) is None


@pytest.mark.parametrize("last", [date.min, date.max])
@pytest.mark.parametrize("text", ["the day {}", "the week {}", "the Friday {}", "two weeks {}"])
def test_at_the_end_of_the_calendar_it_is_none(text, last):
    assert find_beside(text.format("before" if last == date.min else "after"), last) is None
