from datetime import date

import pytest
from hypothesis import given, settings
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
    "not before Friday": "2026-11-27",
    "by Friday lunch": "2026-11-27",
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
    "before the weekend": "2026-11-20",
    "before next weekend": "2026-11-27",
    "in two weeks": "2026-12-04",
    "within ten days": "2026-11-30",
    "in a couple of days": "2026-11-22",
    "in five working days": "2026-11-27",
    "in a month": "2026-12-20",
    "a month from now": "2026-12-20",
    "by tuesday, no sorry, by wednesday": "2026-11-25",
    "Thursday the third": "2026-12-03",
    "on Monday thirtieth": "2026-11-30",
    "monday twenty-three": "2026-11-23",
    "Tuesday the fifteenth of December": "2026-12-15",
    "on Tuesday first thing": "2026-11-24",
    "on Tuesday, first": "2026-11-24",
    "today, the twentieth": "2026-11-20",
    "after the weekend": "2026-11-23",
    "by Tuesday, first the draft": "2026-11-24",
    "by Tuesday the first draft": "2026-11-24",
    "Tuesday teatime": "2026-11-24",
    "by mid-December": "2026-12-15",
    "the week after next, Wednesday": "2026-12-02",
    "on Wednesday the week after next": "2026-12-02",
    "before the year ends": "2026-12-31",
    "before the month is out": "2026-11-30",
    "by the twentieth": "2026-12-20",
}
NO_DAY = (
    "999999999 weeks",
    "the month is over budget",
    "Six weeks.",
    "by six",
    "cut it by six",
    "leave it at two",
    "now and then",
    "a bit of paper",
    "dinner",
    "the night shift",
)


@pytest.mark.parametrize("said", NO_DAY)
def test_among_what_was_said_the_same_is_none(said: str) -> None:
    assert find_due(said, FRIDAY) is None


@pytest.mark.parametrize(("said", "day"), CASES.items())
def test_dates_mean_what_people_mean(said: str, day: str) -> None:
    due = find_due(f"send the draft {said}", FRIDAY)
    assert due is not None
    assert due.day is not None
    assert due.day.isoformat() == day


THURSDAY = date(2026, 11, 26)
AT_A_TIME = (
    *("by 12/15 at noon", "by 12/15 at 5 pm", "by 12/15 before midnight", "at 5 pm on 12/15", "by noon on 12/15"),
    *("12/15 at 17:00", "by 12/15, at noon", "before midnight on the 15th", "December 15th at 5", "12/15 5pm"),
    *("by 12/15, that is a Tuesday, at noon", "by 5 on December 15", "by half past four on 12/15", "12/15 EOD"),
    *("by close of business on 12/15", "by 12/15 at 5 p.m. CET", "at noon on the 15th of December"),
)
MORE = {
    # A time of day belongs to the day that is named, wherever it stands.
    **dict.fromkeys(AT_A_TIME, "2026-12-15"),
    "by the end of the day on Friday": "2026-11-27",
    "by end of business tomorrow": "2026-11-27",
    "on Friday at 3pm": "2026-11-27",
    # Numbers alone.
    "by 15.12.2026": "2026-12-15",
    "by 15.12. at noon": "2026-12-15",
    "by 15.12.26": "2026-12-15",
    "by 15/12/2026": "2026-12-15",
    "by 15/12": "2026-12-15",
    "by 12/15/26": "2026-12-15",
    "by 12-15-2026": "2026-12-15",
    "by 2026-12-15": "2026-12-15",
    "by 2026/12/15": "2026-12-15",
    "on 2026-12-15T17:00": "2026-12-15",
    "by 03/04": "2027-03-04",
    "by 03/04/27": "2027-03-04",
    "by 03.04.2027": "2027-04-03",
    # Days that not every year or month has.
    "by 29 February": "2028-02-29",
    "by February 29th": "2028-02-29",
    "by 2/29": "2028-02-29",
    "by the 31st": "2026-12-31",
    # Counts of any size.
    "in sixteen days": "2026-12-12",
    "in forty-one days": "2027-01-06",
    "within a hundred and twenty days": "2027-03-26",
    "in half a dozen weeks": "2027-01-07",
    "in two or three weeks": "2026-12-17",
    "in a fortnight": "2026-12-10",
    "in two weeks' time": "2026-12-10",
    "within 48 hours": "2026-11-28",
    "in half an hour": "2026-11-26",
    "in a year": "2027-11-26",
    # Counted from another day.
    "3 weeks from Monday": "2026-12-21",
    "a fortnight from next Friday": "2026-12-18",
    "a week tomorrow": "2026-12-04",
    "a week on Tuesday": "2026-12-08",
    "two days before December 15th": "2026-12-13",
    # Months, weekdays and years in other words.
    "by Dec. 15": "2026-12-15",
    "by 15-Dec-2026": "2026-12-15",
    "by Tue at noon": "2026-12-01",
    "by the third of next month": "2026-12-03",
    "on the first of the month": "2026-12-01",
    "by December 3, 2027": "2027-12-03",
    "by December 3 '27": "2027-12-03",
    "by the third of December two thousand twenty-seven": "2027-12-03",
    "by Tuesday, no, sorry, Wednesday": "2026-12-02",
    "by\u00a012/15\u00a0at\u00a0noon": "2026-12-15",
}


@pytest.mark.parametrize(("said", "day"), MORE.items())
def test_days_are_read_in_every_way_of_saying_them(said: str, day: str) -> None:
    due = find_due(f"send the draft {said}", THURSDAY)
    assert due is not None
    assert due.day is not None
    assert due.day.isoformat() == day


def test_the_next_leap_day_may_lie_eight_years_ahead() -> None:
    for said_in, year in ((2027, 2028), (2028, 2028), (2029, 2032), (2097, 2104)):
        due = find_due("by 29 February", date(said_in, 1, 1))
        assert due is not None
        assert due.day == date(year, 2, 29)


@pytest.mark.parametrize(
    "words",
    [
        *("by 31 April", "by April 31st", "by 30 February at noon", "by 29 February 2027", "by 13/32", "by 00/00"),
        *("by 30.02.2027", "by 2027-02-30", "by 99.99.2026", "by the 32nd", "in a million years"),
        *("in 999999999 working days", "by 15.12.2020", "by 12/15/1999", "before our next call at noon"),
    ],
)
def test_what_is_no_day_to_come_keeps_its_words_and_has_no_day(words: str) -> None:
    due = find_due(f"send the draft {words}", THURSDAY)
    assert due is not None
    assert (due.words, due.day) == (words, None)


def test_times_of_day_stay_in_the_words() -> None:
    for words in ("by 12/15 at noon", "at 5 pm on 12/15", "December 15th at 5", "by Friday, at half past four"):
        due = find_due(f"send the draft {words} please", THURSDAY)
        assert due is not None
        assert due.words == words


@pytest.mark.parametrize("text", ["the bill of 15.12.2025 by Friday", "the bill of 3 May by Friday"])
def test_the_date_of_a_thing_is_not_its_deadline(text: str) -> None:
    due = find_due(text, THURSDAY)
    assert due is not None
    assert (due.words, due.day) == ("by Friday", date(2026, 11, 27))


@pytest.mark.parametrize(
    "said",
    [
        *(
            "on 24/7 support",
            "by 3.5 percent",
            "by 1/2 of the pages",
            "version 1.2.26",
            "10.0.0.1",
            "3/4 of it",
            "12/15",
        ),
        *("the minutes of last Friday", "we may first ask", "the second may be late", "the cat sat on the mat"),
        *("for sixteen days", "of 15.12.2020", "December twelve hundred dollars"),
    ],
)
def test_what_only_looks_like_a_date(said: str) -> None:
    assert find_due(f"talk about {said}", THURSDAY) is None


@settings(deadline=None)
@given(
    st.sampled_from(["12/15", "Friday", "the third of December", "15.12.2026", "31 April", "02/30", "next Monday"]),
    st.sampled_from(["at noon", "at 5 pm", "before midnight", "at 17:30", "by three o'clock", "by the end of the day"]),
    st.sampled_from([" ", ", ", ", and please ", " or so, "]),
    st.booleans(),
)
def test_a_time_of_day_never_makes_another_day_today(day: str, time: str, between: str, is_first: bool) -> None:
    said = f"{time}{between}on {day}" if is_first else f"by {day}{between}{time}"
    due = find_due(f"send the draft {said}", THURSDAY)
    assert due is not None
    assert due.day != THURSDAY


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


@settings(deadline=None)
@given(st.lists(WORDS, max_size=12), st.dates(date(2024, 1, 1), date(2032, 12, 31)))
def test_any_words_are_survived_and_never_lie_far_back(words: list[str], today: date) -> None:
    text = " ".join(words)
    for due in find_all(text, today):
        assert text[due.start : due.end] == due.words
        assert due.day is None or (due.day - today).days > -7


@pytest.mark.parametrize("said", ["cut it by 1.5 hours", "raise it by 2.5 points", "late by 3.5 days", "by 1.5 times"])
def test_an_amount_is_no_date(said: str) -> None:
    assert find_due(said, FRIDAY) is None


@pytest.mark.parametrize("words", ["not before Friday", "not until the 5th", "not before the weekend"])
def test_the_first_day_is_no_deadline_and_is_told_as_it_was_said(words):
    due = find_due(f"I'll draw it, but {words}.", date(2026, 11, 20))
    assert (due.words, due.is_deadline) == (words, False)
