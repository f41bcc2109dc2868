"""Days that are named beside another one."""

from datetime import date

import pytest

from server_stub.recap.beside import find_beside, read_beside

THURSDAY = date(2026, 3, 26)


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
        ("on the Monday, early", "2026-03-23"),
        ("The Sunday", "2026-03-29"),
        ("the Thursday", "2026-03-26"),
        ("that week", "2026-03-27"),
        ("in the same week", "2026-03-27"),
        ("on that day", "2026-03-26"),
        # Of themselves.
        ("Wednesday", None),
        ("the Wednesday after", None),
        ("the Wednesday of the fair", None),
        ("the Wednesday next week", None),
        ("that week's end", None),
        ("two days", None),
    ],
)
def test_words_that_mean_a_day_are_beside_the_one_before(words, day):
    found = read_beside(words, THURSDAY, date(2026, 3, 9))
    assert (found and found.day.isoformat()) == day


def test_the_weekday_lies_after_the_meeting():
    assert read_beside("the Monday", THURSDAY, date(2026, 3, 24)).day == date(2026, 3, 30)
    assert read_beside("the Friday", date(2026, 3, 28), date(2026, 3, 27)).day == date(2026, 4, 3)


def test_at_the_end_of_the_calendar_the_weekday_is_none():
    assert read_beside("the Monday", date.max, date.max) is None


@pytest.mark.parametrize("last", [date.min, date.max])
@pytest.mark.parametrize("text", ["the day {}", "the week {}", "the Friday {}", "two weeks {}"])
def test_at_the_end_of_the_calendar_it_is_none(text, last):
    assert find_beside(text.format("before" if last == date.min else "after"), last) is None
