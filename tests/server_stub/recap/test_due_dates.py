from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server_stub.recap.due_dates import find_all, find_due

FRIDAY = date(2026, 11, 20)
CASES = {
    "by friday": "2026-11-27",
    "this Friday": "2026-11-20",
    "next Tuesday": "2026-11-24",
    "next friday": "2026-11-27",
    "on Wednesday morning": "2026-11-25",
    "wednesday next week": "2026-11-25",
    "a week from monday": "2026-11-30",
    "Friday, the fourth of December": "2026-12-04",
    "by the fifteenth of january": "2027-01-15",
    "by January 15th": "2027-01-15",
    "January fifteen, twenty twenty-seven": "2027-01-15",
    "the twenty-first of December": "2026-12-21",
    "the third of december": "2026-12-03",
    "on the twenty-third": "2026-11-23",
    "by the fifth": "2026-12-05",
    "Nov. 30": "2026-11-30",
    "by 2026-12-01": "2026-12-01",
    "by 12/15": "2026-12-15",
    "tomorrow": "2026-11-21",
    "by noon tomorrow": "2026-11-21",
    "the day after tomorrow": "2026-11-22",
    "by noon": "2026-11-20",
    "this afternoon": "2026-11-20",
    "by three o'clock": "2026-11-20",
    "by the end of the day": "2026-11-20",
    "end of the week": "2026-11-20",
    "by the end of next week": "2026-11-27",
    "end of the month": "2026-11-30",
    "by the end of February": "2027-02-28",
    "mid december": "2026-12-15",
    "next week": "2026-11-27",
    "over the weekend": "2026-11-22",
    "in two weeks": "2026-12-04",
    "within ten days": "2026-11-30",
    "in a couple of days": "2026-11-22",
    "in five working days": "2026-11-27",
    "in a month": "2026-12-20",
    "a month from now": "2026-12-20",
    "by tuesday, no sorry, by wednesday": "2026-11-25",
}


@pytest.mark.parametrize(("said", "day"), CASES.items())
def test_dates_mean_what_people_mean(said: str, day: str) -> None:
    due = find_due(f"send the draft {said}", FRIDAY)
    assert due is not None
    assert due.day is not None
    assert due.day.isoformat() == day


@pytest.mark.parametrize(
    "said",
    ["the friday meeting", "friday's call", "march with us", "the second option", "for three weeks", "one of us"],
)
def test_what_is_no_date(said: str) -> None:
    assert find_due(f"talk about {said} tests", FRIDAY) is None


def test_before_an_event_has_words_but_no_day() -> None:
    due = find_due("send it before our next call", FRIDAY)
    assert due is not None
    assert (due.words, due.day) == ("before our next call", None)


def test_a_deadline_beats_a_mere_date() -> None:
    due = find_due("prepare the slides for Tuesday by Monday", FRIDAY)
    assert due is not None
    assert due.words == "by Monday"


@pytest.mark.parametrize("today", [date(2026, 11, day) for day in range(16, 23)])
def test_weekdays_lie_one_to_seven_days_ahead(today: date) -> None:
    for name in ("monday", "wednesday", "friday", "sunday"):
        due = find_due(f"by {name}", today)
        assert due is not None
        assert due.day is not None
        assert 1 <= (due.day - today).days <= 7
        assert due.day.strftime("%A").lower() == name


WORDS = st.sampled_from(
    [
        "by",
        "on",
        "the",
        "end",
        "of",
        "next",
        "this",
        "friday",
        "monday",
        "week",
        "month",
        "first",
        "thirty",
        "31",
        "2",
        "may",
        "february",
        "in",
        "two",
        "days",
        "noon",
        "until",
        "a",
    ]
)


@given(st.lists(WORDS, max_size=12), st.dates(date(2024, 1, 1), date(2032, 12, 31)))
def test_any_words_are_survived_and_never_lie_far_back(words: list[str], today: date) -> None:
    text = " ".join(words)
    for due in find_all(text, today):
        assert text[due.start : due.end] == due.words
        assert due.day is None or (due.day - today).days > -7
