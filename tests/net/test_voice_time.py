"""Own voice keeps its time on a busy computer, and jumps only where sound is missing."""

import itertools

import pytest

from app.media.types import BLOCK, RATE_HZ
from app.net.voice_time import VoiceTime

MS = RATE_HZ // 1000


def stamps(handed_over_ms):
    time = VoiceTime()
    return [time.stamp(round(at * MS)) for at in handed_over_ms]


def gaps_ms(times):
    return [(after - before - BLOCK) / MS for before, after in itertools.pairwise(times)]


def test_even_sound_goes_on_evenly():
    assert not any(gaps_ms(stamps(range(0, 5_000, 10))))


@pytest.mark.parametrize("held_up_ms", [30, 150, 300, 900, 2_000])
def test_what_a_busy_computer_hands_over_late_and_at_once_has_no_gap(held_up_ms):
    """Nothing is missing: it is all there a little later."""
    times = [at if not 1_000 <= at < 1_000 + held_up_ms else 1_000 + held_up_ms for at in range(0, 5_000, 10)]
    assert not any(gaps_ms(stamps(times)))


@pytest.mark.parametrize("held_up_ms", [150, 260, 600])
def test_one_delay_after_another_makes_no_gap(held_up_ms):
    times = [at + held_up_ms - at % held_up_ms for at in range(0, 20_000, 10)]
    assert not any(gaps_ms(stamps(times)))


@pytest.mark.parametrize("held_up_ms", [250, 350, 500])
def test_a_delay_that_is_only_half_made_up_for_before_the_next_makes_no_gap(held_up_ms):
    """A few blocks come in between, still late."""
    first, second = 1_150, 1_150 + held_up_ms
    late = [first if at < 1_030 else second if at < second else at for at in range(1_000, 5_000, 10)]
    assert not any(gaps_ms(stamps([*range(0, 1_000, 10), *late])))


@pytest.mark.parametrize("lost_ms", [200, 1_000, 60_000])
def test_where_sound_is_missing_time_jumps_once_and_by_what_is_missing(lost_ms):
    handed_over = [*range(0, 1_000, 10), *range(1_000 + lost_ms, 3_000 + lost_ms, 10)]
    jumps = [gap for gap in gaps_ms(stamps(handed_over)) if gap]
    assert jumps == [lost_ms]


def test_after_a_mute_time_is_the_clock_at_once():
    time = VoiceTime()
    for at in range(0, 100, 10):
        time.stamp(at * MS)
    time.pause()
    assert time.stamp(5_000 * MS) == 5_000 * MS
    assert time.stamp(5_010 * MS) == 5_010 * MS


def test_what_was_late_before_a_mute_says_nothing_of_what_is_late_after_it():
    time = VoiceTime()
    for at in (0, 200):
        time.stamp(at * MS)
    time.pause()
    handed_over = [5_000, *[5_250] * 25, *range(5_260, 6_000, 10)]
    assert not any(gaps_ms([time.stamp(at * MS) for at in handed_over]))


def test_time_never_goes_back():
    time = VoiceTime()
    time.stamp(1_000 * MS)
    time.pause()
    assert time.stamp(500 * MS) == 1_010 * MS
