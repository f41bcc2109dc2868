"""Calendar files, read back by icalendar and dateutil as other programs would."""

import io
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rruleset, rrulestr
from dateutil.tz import tzical
from hypothesis import example, given, settings
from icalendar import Calendar

from app.wire.schedule import Plan
from server_stub.room import calendar, occurrences
from server_stub.room.calendar import Entry
from server_stub.storage.schedules import ScheduleRow
from tests.planning import any_plans as plans

LINK = "https://meet.example.org/j/AAAAAAAAAAAAAAAAAAAAAA"


def plan(**fields):
    return Plan(**{"title": "Weekly", "starts": "2026-03-22T10:00", "time_zone": "Europe/Lisbon", **fields})


def entry(some, sequence=0, **fields):
    row = ScheduleRow(id="p1", room="r1", by="a1", key="k", plan=some, code="A" * 22, created_at=0.0, sequence=sequence)
    return Entry(schedule=row, link=LINK, now=1.8e9, **fields)


def event_of(text):
    parsed = Calendar.from_ical(text)
    (event,) = parsed.walk("VEVENT")
    assert not parsed.errors
    assert not event.errors
    return event


def expanded(text):
    """The moments that dateutil finds in a file, by the zone of the name that the file gives."""
    event = event_of(text)
    start = event.decoded("DTSTART")
    if "RRULE" not in event:
        return [start.timestamp()]
    found = rruleset()
    found.rrule(rrulestr(event["RRULE"].to_ical().decode(), dtstart=start))
    for gone in event.get("EXDATE").dts if "EXDATE" in event else ():
        found.exdate(gone.dt)
    return [at.timestamp() for at in found]


def offset_by(written, at):
    """The offset that a VTIMEZONE gives at a moment: of the last change before it (RFC 5545, section 3.6.5)."""
    since = {
        (one.decoded("DTSTART") - one.decoded("TZOFFSETFROM")).replace(tzinfo=UTC): one.decoded("TZOFFSETTO")
        for one in written.subcomponents
    }
    return since[max(change for change in since if change <= at)]


@settings(max_examples=100)
@given(plans())
def test_r34_other_programs_find_the_same_moments(some):
    assert expanded(calendar.write(entry(some))) == [one.starts_at for one in occurrences.occurrences(some)]


@settings(max_examples=40)
@given(plans())
# The clocks change within a week of the last meeting.
@example(plan(starts="2027-10-03T03:00", time_zone="Australia/Lord_Howe", length_min=5, repeats="daily"))
def test_r34_the_zone_in_the_file_is_right_at_every_meeting_and_round_every_change(some):
    text = calendar.write(entry(some))
    if "BEGIN:VTIMEZONE" not in text:
        assert "DTSTART:" in text
        return
    zone, (written,) = ZoneInfo(some.time_zone), Calendar.from_ical(text).walk("VTIMEZONE")
    found = list(occurrences.occurrences(some))
    changes = calendar._changes(
        zone, datetime.fromtimestamp(found[0].starts_at, UTC), datetime.fromtimestamp(found[-1].starts_at, UTC)
    )
    near = [change + timedelta(minutes=minutes) for change in changes for minutes in (-61, -1, 1, 61)]
    moments = [datetime.fromtimestamp(one.starts_at, UTC) for one in found] + near
    for at in moments:
        assert offset_by(written, at) == at.astimezone(zone).utcoffset(), at


def test_r34_weekly_ten_o_clock_in_lisbon_stays_ten_in_the_file():
    text = calendar.write(entry(plan(repeats="weekly", until="2026-11-01")))
    assert "DTSTART;TZID=Europe/Lisbon:20260322T100000" in text
    moments = [datetime.fromtimestamp(at, UTC) for at in expanded(text)]
    hours = {f"{at:%m-%d}": at.hour for at in moments}
    assert (hours["03-22"], hours["03-29"], hours["10-18"], hours["10-25"]) == (10, 9, 9, 10)
    local = tzical(io.StringIO(text)).get("Europe/Lisbon")
    assert {at.astimezone(local).hour for at in moments} == {10}


def test_a_meeting_cancelled_alone_is_left_out():
    some = plan(repeats="weekly", until="2026-04-12")
    second = list(occurrences.occurrences(some))[1].starts_at
    found = expanded(calendar.write(entry(some, cancelled=frozenset((second, 1.0)))))
    assert len(found) == 3
    assert second not in found


def test_what_a_calendar_shows():
    event = event_of(calendar.write(entry(plan(length_min=45), sequence=3)))
    assert (event["SUMMARY"], event["URL"], event["LOCATION"]) == ("Weekly", LINK, LINK)
    assert LINK in event["DESCRIPTION"]
    assert event.decoded("DURATION") == timedelta(minutes=45)
    assert (event["UID"], event["SEQUENCE"], event["STATUS"]) == ("p1@parley", 3, "CONFIRMED")
    assert "ORGANIZER" not in event
    assert "ATTENDEE" not in event
    assert "METHOD:PUBLISH" in calendar.write(entry(plan()))


def test_a_request_says_who_asks_and_who_is_asked():
    text = calendar.write(
        entry(plan(), organizer="ada@example.org", organizer_name='Ada "A"; B, C'), "REQUEST", attendee="z@example.org"
    )
    event = event_of(text)
    assert "METHOD:REQUEST" in text
    assert event["ORGANIZER"] == "mailto:ada@example.org"
    assert event["ORGANIZER"].params["CN"] == 'Ada "A"; B, C'
    assert event["ATTENDEE"] == "mailto:z@example.org"


def test_cancellations_name_the_series_or_the_one_meeting():
    some = plan(repeats="weekly", until="2026-04-12")
    whole = event_of(calendar.write(entry(some, 1), "CANCEL"))
    assert (whole["STATUS"], whole["SEQUENCE"], whole["UID"]) == ("CANCELLED", 1, "p1@parley")
    assert "RECURRENCE-ID" not in whole
    assert "URL" not in whole
    second = list(occurrences.occurrences(some))[1]
    text = calendar.write_cancelled(entry(some, 2), second, attendee="z@example.org")
    one = event_of(text)
    assert "METHOD:CANCEL" in text
    assert one.decoded("RECURRENCE-ID").timestamp() == second.starts_at == one.decoded("DTSTART").timestamp()
    assert "RRULE" not in one


@pytest.mark.parametrize(
    "title",
    [
        "A\r\nATTACH:http://evil.example/x\r\nX:1",
        "A\nEND:VEVENT\nBEGIN:VEVENT\nUID:2",
        "a;b,c\\;d\\n:e",
        '"quoted"; CN=x: y',
        "\u2028ATTACH:1",
        "\x0bX:1\x0c\x1c\x85Y:2",
        "é" * 50,
    ],
)
def test_nothing_comes_in_through_a_title(title):
    some = occurrences.tidy(plan(title=title, repeats="daily", until="2026-03-25"))
    for text in (calendar.write(entry(some)), calendar.write(entry(plan(title=title[:50])))):
        event = event_of(text)
        assert set(event) == {
            "SUMMARY", "DTSTART", "DURATION", "DTSTAMP", "UID", "SEQUENCE", "DESCRIPTION", "LOCATION", "STATUS", "URL",
        } | ({"RRULE"} & set(event))  # fmt: skip
        assert event["UID"] == "p1@parley"
        assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert event_of(calendar.write(entry(some)))["SUMMARY"] == some.title


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Kick-off: Web/site", "Kick-off-Web-site.ics"),
        ("../../etc", "etc.ics"),
        ("日本", "日本.ics"),
        ("aux", "meeting-aux.ics"),
    ],
)
def test_a_file_name_is_fit_for_every_system(title, name):
    assert calendar.file_name(plan(title=title)) == name
