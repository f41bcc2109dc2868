"""Who sees captions, reads what was said so far and marks moments, as tables: no sockets, no clock."""

import pytest

from server_stub.call import captions_rules, recording_rules
from server_stub.call import meeting as rules
from tests.server_stub.meetings import person, refusal, with_people

#: When the recording begins.
ON = 20.0


def recorded(*, agreed=()):
    now = recording_rules.start_recording(with_people("ada", "grace", guests=("alan",)), "ada", ON).meeting
    for one in agreed:
        now = recording_rules.consent(now, one).meeting
    return now


@pytest.mark.parametrize(
    ("speaker", "agreed", "since_s", "told"),
    [
        ("ada", (), 2.0, True),  # who switches it on agrees by that
        ("grace", (), 2.0, False),
        ("grace", ("grace",), 2.0, True),
        ("alan", ("alan",), 2.0, True),  # a guest's words, too
        ("ada", (), captions_rules.LATE_S + 1, False),
        ("nobody", (), 2.0, False),
    ],
)
def test_a_caption_is_of_somebody_inside_who_agrees_and_of_now(speaker, agreed, since_s, told):
    assert captions_rules.is_told(recorded(agreed=agreed), speaker, since_s=since_s) is told


def test_no_caption_before_and_after_the_recording_nor_of_who_has_left():
    assert not captions_rules.is_told(with_people("ada"), "ada", since_s=1.0)
    now = recorded(agreed=("grace",))
    assert not captions_rules.is_told(recording_rules.stop_recording(now).meeting, "ada", since_s=1.0)
    assert not captions_rules.is_told(rules.leave(now, "grace", 30.0).meeting, "grace", since_s=1.0)
    assert not captions_rules.is_told(rules.end(now, "ada", 30.0).meeting, "ada", since_s=1.0)


@pytest.mark.parametrize(
    ("who", "agreed", "reads", "marks"),
    [
        ("ada", (), "", ""),
        ("grace", (), "", "notice_needed"),
        ("grace", ("grace",), "", ""),
        ("alan", ("alan",), "not_allowed", "not_allowed"),
        ("nobody", (), "not_in_meeting", "not_in_meeting"),
    ],
)
def test_members_read_and_who_agrees_marks(who, agreed, reads, marks):
    now = recorded(agreed=agreed)
    for check, reason in ((captions_rules.check_reader, reads), (captions_rules.check_marker, marks)):
        if reason:
            assert refusal(check, now, who) == reason
        else:
            check(now, who)


def test_there_is_nothing_to_read_or_mark_where_nothing_is_recorded():
    for check in (captions_rules.check_reader, captions_rules.check_marker):
        assert refusal(check, with_people("ada"), "ada") == "not_ready"


@pytest.mark.parametrize(
    ("who", "away_since", "missed"),
    [
        ("late", None, ON),  # never before
        ("ada", None, None),  # there from the beginning
        ("grace", 50.0, 50.0),  # away for a while
        ("grace", 5.0, ON),  # went before it began
        ("guest", None, None),
        ("guest", 50.0, None),
    ],
)
def test_who_comes_late_or_was_away_has_missed_what_was_recorded_meanwhile(who, away_since, missed):
    now = rules.join(recorded(), person("late"), 60.0).meeting
    now = rules.join(now, person("guest", is_guest=True), 61.0).meeting
    assert captions_rules.missed_since(now, who, away_since) == missed


def test_nothing_is_missed_where_nothing_is_recorded():
    assert captions_rules.missed_since(with_people("ada"), "ada", 1.0) is None
