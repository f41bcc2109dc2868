"""Where packets lie in a recording: wraps, paused clocks, jumps, and lips that fit the voice."""

import itertools

import pytest

from server_stub.relay.timeline import PersonClock, Timeline


def ntp(seconds):
    return int(seconds * 2**32)


def test_rtp_time_counts_and_jitter_of_arrival_does_not():
    line = Timeline(48_000, PersonClock())
    places = [line.place(960 * number, 5.0 + 0.02 * number + (0.08 if number % 3 else 0)) for number in range(100)]
    assert places == pytest.approx([5.0 + 0.02 * number for number in range(100)])


def test_timestamps_wrap():
    line = Timeline(90_000, PersonClock())
    start = 2**32 - 45_000
    places = [line.place((start + 3_000 * number) % 2**32, 1.0 + number / 30) for number in range(60)]
    assert places == pytest.approx([1.0 + number / 30 for number in range(60)])


def test_a_gap_in_rtp_time_is_a_gap_in_the_recording():
    line = Timeline(48_000, PersonClock())
    assert line.place(0, 0.0) == 0.0
    assert line.place(48_000 * 10, 10.05) == pytest.approx(10.0)


@pytest.mark.parametrize("held_back_s", [0.3, 0.8, 1.3, 2.0])
def test_what_a_busy_computer_holds_back_and_sends_at_once_lies_where_it_was_said(held_back_s):
    line = Timeline(48_000, PersonClock(), leads=True)
    said = [0.02 * number for number in range(400)]
    places = [line.place(round(48_000 * at), max(at, 3.0 + held_back_s) if at >= 3.0 else at) for at in said]
    assert places == pytest.approx(said)


def test_where_the_first_packet_came_late_the_next_ones_are_not_pressed_together():
    line = Timeline(48_000, PersonClock(), leads=True)
    places = [line.place(960 * number, max(0.9, 0.02 * number)) for number in range(200)]
    assert [after - before for before, after in itertools.pairwise(places)] == pytest.approx([0.02] * 199)


def test_a_clock_that_stood_still_while_muted_begins_again_at_its_arrival():
    line = Timeline(48_000, PersonClock())
    line.place(0, 0.0)
    assert line.place(960, 7.0) == 7.0
    assert line.place(1_920, 7.02) == pytest.approx(7.02)


@pytest.mark.parametrize("jump", [48_000 * 3, 2**31, 2**32 - 48_000])
def test_a_clock_that_jumps_begins_again_at_its_arrival(jump):
    line = Timeline(48_000, PersonClock())
    line.place(0, 2.0)
    assert line.place(jump % 2**32, 3.5) == pytest.approx(3.5)


def test_places_only_grow():
    line = Timeline(48_000, PersonClock())
    places = [line.place(stamp, 1.0) for stamp in (9_600, 0, 0, 960)]
    assert places == sorted(set(places))


def test_reports_bring_voice_and_picture_of_a_person_together():
    clock = PersonClock()
    voice, picture = Timeline(48_000, clock), Timeline(90_000, clock)
    voice.place(0, 1.0)
    # The picture came 0.3 s later on its way although it was taken at the same moment.
    picture.place(0, 1.3)
    voice.heed(ntp(5_000), 0)
    picture.heed(ntp(5_000), 0)
    assert voice.place(960, 1.02) == pytest.approx(1.02)
    assert picture.place(90_000, 2.3) == pytest.approx(2.0)


def test_the_voice_is_never_moved_and_a_report_that_left_late_does_not_count():
    clock = PersonClock()
    picture, voice = Timeline(90_000, clock), Timeline(48_000, clock, leads=True)
    voice.place(0, 1.0)
    picture.place(0, 1.0)
    picture.heed(ntp(5_000), 0)
    for late_s in (0.0, 0.4, 0.1):
        voice.heed(ntp(5_001 + late_s), 48_000)
        picture.heed(ntp(5_001 + late_s / 2), 90_000)
    assert voice.place(48_000, 2.0) == pytest.approx(2.0)
    assert picture.place(90_000, 2.0) == pytest.approx(2.0)


def test_reports_that_cannot_be_true_are_not_believed():
    clock = PersonClock()
    voice, picture = Timeline(48_000, clock), Timeline(90_000, clock)
    voice.heed(ntp(1), 0)
    voice.place(0, 1.0)
    picture.place(0, 1.0)
    voice.heed(ntp(5_000), 0)
    picture.heed(ntp(9_000), 0)
    assert picture.place(90_000, 2.0) == pytest.approx(2.0)
