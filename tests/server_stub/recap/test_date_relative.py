"""Days that are named by another one in the same words, and feasts that move."""

from datetime import date

import pytest

from server_stub.recap.due_dates import find_due, read_due

TUESDAY = date(2026, 12, 1)
NAMED = {
    "the Friday before Christmas": "2026-12-18",
    "the Tuesday after Easter": "2027-03-30",
    "on the Friday after the 11th": "2026-12-18",
    "the weekend before Christmas": "2026-12-20",
    "the weekend after the 12th": "2026-12-20",
    "the week after Easter": "2027-04-02",
    "the week before Christmas": "2026-12-18",
    "the week of the 14th": "2026-12-18",
    "by the week of the 14th": "2026-12-14",
    "in the week commencing 14 December": "2026-12-18",
    "the weekend of the 12th": "2026-12-13",
    "the day before Christmas": "2026-12-24",
    "the day after the 24th": "2026-12-25",
    "the night before next Friday": "2026-12-10",
    "the day before Monday's call": "2026-12-06",
    "the eve of the 5th": "2026-12-04",
    "two weeks before Christmas": "2026-12-11",
    "the first Monday in January": "2027-01-04",
    "the second Tuesday of January": "2027-01-12",
    "the last Friday of this month": "2026-12-25",
    "the first weekend of next month": "2027-01-03",
    "the fifth next month": "2027-01-05",
    "next month, on the 5th": "2027-01-05",
    "the weekend after next": "2026-12-20",
    "this time next week": "2026-12-08",
    "Friday fortnight": "2026-12-18",
    "two weeks on Monday": "2026-12-21",
    "the Friday before 14 December 2027": "2027-12-10",
    "the week of 5 January 2028": "2028-01-07",
    "the second Tuesday of May 2028": "2028-05-09",
    "the Monday after Easter 2028": "2028-04-17",
    "the Friday before Christmas next year": "2027-12-24",
    "during the week of the 14th": "2026-12-18",
    "over the weekend of the 12th": "2026-12-13",
    "on the weekend of Easter Monday": "2027-03-28",
    "in the week beginning 13 December": "2026-12-18",
    "on Good Friday": "2027-03-26",
    "by Whit Monday": "2027-05-17",
    "on Black Friday": "2027-11-26",
    "on St Patrick's Day": "2027-03-17",
}


@pytest.mark.parametrize(("said", "day"), NAMED.items())
def test_the_day_beside_another_one_is_meant(said: str, day: str) -> None:
    due = find_due(f"I'll have it done {said}.", TUESDAY)
    assert due is not None
    assert due.day == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("said", "today", "day"),
    [
        ("the Monday after Thanksgiving", "2026-11-27", "2026-11-30"),
        ("the Friday after Christmas", "2026-12-27", "2027-01-01"),
        ("the week after Christmas", "2026-12-28", "2027-01-01"),
        ("in the week commencing 7 December", "2026-12-08", "2026-12-11"),
        ("the Monday after the 5th", "2026-12-06", "2026-12-07"),
        ("in the week of the 7th", "2026-12-08", "2026-12-11"),
        ("the first Monday of June next year", "2027-01-10", "2028-06-05"),
    ],
)
def test_the_day_beside_which_it_is_may_just_have_been(said: str, today: str, day: str) -> None:
    due = find_due(f"I'll do it {said}.", date.fromisoformat(today))
    assert due is not None
    assert due.day == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("I'll send it Thursday, after the call", "2026-12-03"),
        ("Friday after lunch works", "2026-12-04"),
        ("I'll do it the first Monday I have", "2026-12-07"),
        ("it was the last Friday of November", None),
        ("the last weekend of August was awful", None),
        ("I'll call you Monday after the first meeting", "2026-12-07"),
        ("by Friday before the third sprint starts", "2026-12-04"),
        ("it was the day before the first interview", None),
        ("the week after the second workshop it broke", None),
        ("I'll send the Black Friday numbers tomorrow", "2026-12-02"),
        ("I'll draw the Easter bunny", None),
        ("we spent three months on the 5th floor", None),
        ("I'll be there Friday before 5.10", "2026-12-04"),
        ("it broke the week after 2.1 shipped", None),
        ("I'll send the first draft tomorrow, the second next month", "2026-12-02"),
        ("the second to last Friday of January", None),
        ("I'll send it Friday 4pm", "2026-12-04"),
        ("I'll send it Friday 16:00", "2026-12-04"),
        ("I need two weeks on it", None),
    ],
)
def test_what_only_looks_like_it_is_read_as_before(said: str, day: str | None) -> None:
    due = find_due(said, TUESDAY)
    assert (due.day.isoformat() if due and due.day else None) == day


def test_a_day_that_is_over_is_none() -> None:
    due = find_due("the second Tuesday of this month", date(2026, 12, 20))
    assert due is None or due.day is None
    assert read_due("in May 2020", TUESDAY) is None
