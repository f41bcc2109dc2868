"""Which moments a plan means: tables for what is known, hypothesis against dateutil for everything else."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.wire.schedule import Plan
from server_stub.errors import Refusal
from server_stub.room import occurrences
from tests.planning import BEFORE as NOW
from tests.planning import any_plans as plans


def plan(**fields):
    return Plan(**{"title": "Weekly", "starts": "2026-03-16T10:00", "time_zone": "Europe/Lisbon", **fields})


def starts(some):
    return [datetime.fromtimestamp(one.starts_at, UTC) for one in occurrences.occurrences(some)]


def refused(some, now=NOW):
    with pytest.raises(Refusal) as caught:
        occurrences.check(some, now)
    assert caught.value.reason == "bad_time"
    return caught.value.words


@settings(max_examples=150)
@given(plans())
def test_r34_meetings_rise_keep_their_wall_time_and_end_in_time(some):
    found = list(occurrences.occurrences(some))
    zone, clock = ZoneInfo(some.time_zone), some.starts[11:]
    assert found[0].local == datetime.fromisoformat(some.starts)
    assert all(before.starts_at < after.starts_at for before, after in pairwise(found))
    for one in found:
        shown = datetime.fromtimestamp(one.starts_at, zone).replace(tzinfo=None, fold=0)
        assert f"{one.local:%H:%M}" == clock
        if shown != one.local:  # only where the clocks leave this time out: later by as much as they go forward
            assert not occurrences._exists(one.local, zone)
            assert timedelta() < shown - one.local <= timedelta(hours=1)
        assert one.local.date() <= occurrences.last_day(some)
        assert some.repeats != "weekdays" or one.local.weekday() < 5
    if some.repeats == "never":
        assert len(found) == 1
    else:
        assert (occurrences.last_day(some) - found[-1].local.date()).days < {"monthly": 31, "fortnightly": 14}.get(
            some.repeats, 7
        )


@settings(max_examples=100)
@given(plans(), st.floats(0, 800 * 86_400.0, allow_subnormal=False))
def test_the_next_meeting_is_the_first_after_a_moment(some, later):
    moments = [one.starts_at for one in occurrences.occurrences(some)]
    found = occurrences.next_after(some, NOW + later)
    assert (found.starts_at if found else None) == next((at for at in moments if at > NOW + later), None)
    if found:
        again = occurrences.next_after(some, NOW + later, without=frozenset((found.starts_at,)))
        assert again is None or again.starts_at > found.starts_at
        assert occurrences.at(some, found.starts_at) == found


def test_r34_ten_o_clock_in_lisbon_stays_ten_o_clock_over_both_changes():
    some = plan(starts="2026-03-22T10:00", repeats="weekly", until="2026-11-01")
    hours = {f"{at:%m-%d}": at.hour for at in starts(some)}
    assert len(hours) == 33
    assert (hours["03-22"], hours["03-29"], hours["10-18"], hours["10-25"], hours["11-01"]) == (10, 9, 9, 10, 10)


def test_r34_a_time_that_spring_leaves_out_is_refused_with_the_next_that_exists():
    words = refused(plan(starts="2026-03-29T01:30"))
    assert "01:30 does not exist" in words
    assert "02:00" in words
    occurrences.check(plan(starts="2026-03-29T02:00"), NOW)


def test_r34_a_time_that_autumn_has_twice_means_the_first():
    assert starts(plan(starts="2026-10-25T01:30")) == [datetime(2026, 10, 25, 0, 30, tzinfo=UTC)]


def test_a_series_that_meets_a_gap_is_later_on_that_day_alone():
    some = plan(starts="2026-03-28T01:30", repeats="daily", until="2026-03-30")
    zone = ZoneInfo("Europe/Lisbon")
    assert [f"{at.astimezone(zone):%d %H:%M}" for at in starts(some)] == ["28 01:30", "29 02:30", "30 01:30"]


@pytest.mark.parametrize(
    ("first", "repeats", "until", "days"),
    [
        ("2026-03-31", "monthly", "2026-07-31", ["03-31", "04-30", "05-31", "06-30", "07-31"]),
        ("2026-12-30", "monthly", "2027-04-01", ["12-30", "01-30", "02-28", "03-30"]),
        ("2026-03-19", "weekdays", "2026-03-24", ["03-19", "03-20", "03-23", "03-24"]),
        ("2026-03-16", "fortnightly", "2026-04-13", ["03-16", "03-30", "04-13"]),
        ("2026-03-16", "never", None, ["03-16"]),
    ],
)
def test_days_on_which_a_series_meets(first, repeats, until, days):
    some = plan(starts=f"{first}T10:00", repeats=repeats, until=until)
    assert [f"{at:%m-%d}" for at in starts(some)] == days


def test_a_series_without_a_last_day_ends_after_two_years():
    found = starts(plan(repeats="monthly"))
    assert (len(found), found[-1].year) == (25, 2028)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"time_zone": "Europe/Atlantis"}, "There is no time zone called"),
        ({"time_zone": "../../etc/passwd"}, "There is no time zone called"),
        ({"time_zone": "localtime"}, "There is no time zone called"),
        ({"time_zone": "right/Europe/Lisbon"}, "There is no time zone called"),
        ({"time_zone": "Europe"}, "There is no time zone called"),
        ({"starts": "2026-02-30T10:00"}, "no such day"),
        ({"starts": "2026-03-16T25:00"}, "no such day"),
        ({"starts": "٢٠٢٦-03-16T10:00"}, "no such day"),
        ({"repeats": "daily", "until": "٢٠٢٦-03-16"}, "no such day"),
        ({"starts": "0000-01-01T10:00"}, "no such day"),
        ({"starts": "0001-01-01T00:00", "time_zone": "Asia/Tokyo"}, "has passed"),
        ({"starts": "9999-12-31T23:59", "time_zone": "America/New_York"}, "two years"),
        ({"starts": "2026-03-01T12:00"}, "has passed"),
        ({"starts": "2028-03-02T10:00"}, "two years"),
        ({"repeats": "daily", "until": "2028-03-02"}, "two years"),
        ({"repeats": "daily", "until": "2026-03-15"}, "before the first"),
        ({"repeats": "daily", "until": "2026-02-31"}, "no such day"),
        ({"repeats": "weekdays", "starts": "2026-03-14T10:00"}, "Monday, 16 March 2026"),
    ],
)
def test_what_cannot_be_planned_is_refused_in_words(fields, words):
    assert words in refused(plan(**fields))


def test_a_plan_is_tidied():
    some = occurrences.tidy(
        plan(
            title="  Kick-off\u202e\n now ",
            until="2026-04-01",
            invitees=("Zoe@Example.org", "zoe@example.org", "kim@example.org"),
            url="https://elsewhere.example/1",
        )
    )
    assert (some.title, some.until, some.url) == ("Kick-off now", None, None)
    assert some.invitees == ("zoe@example.org", "kim@example.org")


@pytest.mark.parametrize("fields", [{"title": " \n "}, {"provider": "external"}])
def test_a_plan_that_says_too_little_is_refused(fields):
    with pytest.raises(Refusal):
        occurrences.tidy(plan(**fields))
