import pytest

from app.net.estimate import SEND_TIME_HZ, LinkEstimate
from app.net.quiet import Early, Quiet
from app.net.repair import PICTURE_PATIENCE, Missing

EVERY_S = 0.02


def shown(quiet, newest, from_s, until_s):
    """The newest number, shown every 10 ms."""
    for step in range(round((until_s - from_s) * 100)):
        quiet.look(newest & 0xFFFF, from_s + step / 100)


def flowing(*, every_s=EVERY_S, until_s=2.0):
    """A stream that is looked at all the time; the last packet is number 0, at 0 s."""
    quiet = Quiet()
    for back in range(round(until_s / every_s), 0, -1):
        shown(quiet, -back, -back * every_s, (1 - back) * every_s)
    quiet.look(0, 0.0)
    return quiet


def asked(quiet, *, until_s, pause_s=0.035):
    """When how many of the next are asked for, looked at every 5 ms."""
    looks = [ms / 1000 for ms in range(0, round(until_s * 1000), 5)]
    return {at_s: count for at_s in looks if (count := quiet.overdue(at_s, pause_s))}


def test_what_should_have_come_is_asked_for_more_each_time_and_not_for_ever():
    found = asked(flowing(), until_s=2.0)
    assert list(found) == pytest.approx([0.045, 0.08, 0.115, 0.15, 0.185, 0.22], abs=0.006)
    assert list(found.values()) == [2, 3, 5, 7, 8, 8]


@pytest.mark.parametrize(
    ("every_s", "packets", "from_s"),
    [
        (0.005, 1, 0.045),
        (0.02, 1, 0.045),
        (0.033, 4, 0.05),
        (0.04, 1, 0.08),
        # Few pictures of many packets: the next picture is no sooner due for that.
        (0.066, 10, 0.084),
        (0.1, 10, 0.128),
        (0.1, 1, 0.2),
    ],
)
def test_it_is_not_quiet_where_so_long_is_usual(every_s, packets, from_s):
    quiet, number = Quiet(), 0
    for picture in range(round(3.0 / every_s), -1, -1):
        for part in range(packets):
            number += 1
            quiet.look(number & 0xFFFF, part * 0.0005 - picture * every_s)
        if picture:
            shown(quiet, number, 0.005 - picture * every_s, (1 - picture) * every_s)
    assert min(asked(quiet, until_s=0.5)) == pytest.approx(from_s, abs=0.008)


def test_whatever_comes_ends_it():
    quiet = flowing()
    assert quiet.overdue(0.06, 0.035)
    quiet.look(1, 0.065)
    assert asked(quiet, until_s=0.105) == {}
    assert quiet.overdue(0.12, 0.035)


def test_of_a_stream_that_has_just_begun_nothing_is_known():
    quiet = Quiet()
    assert quiet.overdue(9.0, 0.035) == 0
    quiet.look(7, 9.0)
    assert quiet.overdue(10.0, 0.035) == 0


def test_a_stream_that_has_become_slow_is_soon_taken_for_slow():
    quiet = flowing()
    for number in range(5):
        shown(quiet, number, number * 0.5, number * 0.5 + 0.5)
    quiet.look(5, 2.5)
    assert quiet.overdue(2.5 + 0.5, 0.035) == 0


# --- together with what is missing ----------------------------------------------------------------------------------
def lossy(*, lost_s=-1.0):
    """A stream of 50 packets a second that has lost one, which an answer brought; number 0 is the newest, at 0 s."""
    missing = Missing(PICTURE_PATIENCE)
    lost = round(lost_s / EVERY_S)
    for number in range(-400, 1):
        if number == lost:
            continue
        at_s = number * EVERY_S
        missing.seen(number & 0xFFFF, at_s)
        missing.due(at_s, has_room=True)
        if number == lost + 2:
            missing.seen(lost & 0xFFFF, at_s)
    assert not missing
    return missing


def test_the_next_packets_of_a_stream_that_loses_some_are_asked_for_before_a_later_one_tells():
    missing = lossy()
    assert missing.due(0.04, has_room=True) == []
    assert missing.due(0.065, has_room=True) == [1, 2, 3]
    assert missing.due(0.075, has_room=True) == [], "an answer takes longer"
    assert missing.due(0.105, has_room=True) == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(("lost_s", "has_room"), [(-1.0, False), (-6.0, True)])
def test_where_there_is_no_room_or_nothing_was_lost_lately_it_is_waited_for(lost_s, has_room):
    missing = lossy(lost_s=lost_s)
    assert missing.is_watched(0.06) == (lost_s > -5)
    assert [missing.due(ms / 1000, has_room=has_room) for ms in range(0, 400, 10)] == [[]] * 40


def test_once_a_later_one_tells_what_was_asked_for_is_not_asked_for_again_at_once():
    missing = lossy()
    assert missing.due(0.065, has_room=True) == [1, 2, 3]
    missing.seen(5, 0.07)
    assert missing.due(0.07, has_room=True) == [4]
    assert missing.due(0.065 + missing.pause_s, has_room=True)[:3] == [1, 2, 3]


def test_what_is_kept_for_losses_is_not_spent_on_quiet():
    missing = lossy()
    asked_for = sum(len(missing.due(ms / 1000, has_room=True)) for ms in range(0, 400, 5))
    assert 30 <= asked_for <= 40
    missing.seen(1, 0.4)
    for ms in range(500, 900, 5):
        asked_for += len(missing.due(ms / 1000, has_room=True))
    assert asked_for <= 40, "ten of fifty are left"
    missing.seen(12, 0.9)
    assert missing.due(0.9, has_room=True) == list(range(2, 12))


@pytest.mark.parametrize("is_overtaken", [False, True])
def test_a_silence_is_not_taken_for_the_time_that_an_answer_takes(is_overtaken):
    missing = lossy()
    pause_s = missing.pause_s
    for ms in range(0, 3000, 10):
        missing.due(ms / 1000, has_room=True)
    missing.seen(5, 3.0)
    if not is_overtaken:
        assert missing.due(3.0, has_room=True) == [1, 2, 3, 4]
    for number in range(1, 5):
        missing.seen(number, 3.0 + (0.001 if is_overtaken else 0.02))
    assert missing.pause_s == pytest.approx(pause_s, rel=0.2)


def test_how_long_an_answer_takes_is_not_guessed_from_what_was_asked_for_before_its_turn():
    missing = lossy()
    pause_s = missing.pause_s
    for ms in range(0, 200, 5):
        missing.due(ms / 1000, has_room=True)
    missing.seen(9, 0.205)
    for number in range(1, 9):
        missing.seen(number, 0.215)
    assert missing.pause_s == pause_s


@pytest.mark.parametrize("apart_s", [3.0, 20.0])
def test_a_stream_that_loses_seldom_is_watched_like_one_that_loses_often(apart_s):
    missing = lossy()
    lost = (50, 50 + round(apart_s / EVERY_S))
    for number in range(1, lost[1] + 51):
        at_s = number * EVERY_S
        if number not in lost:
            missing.seen(number & 0xFFFF, at_s)
        if number - 2 in lost:
            missing.seen(number - 2 & 0xFFFF, at_s)
        if missing.is_watched(at_s):
            missing.due(at_s, has_room=True)
    assert missing.due(at_s + 0.04, has_room=True) == []
    assert len(missing.due(at_s + 0.065, has_room=True)) >= 2


def test_a_leap_of_numbers_is_no_pace():
    quiet = flowing(every_s=0.04)
    quiet.look(30_000, 0.04)
    assert quiet.overdue(0.04 + 0.07, 0.035) == 0


def test_a_stream_that_was_ended_is_not_missed():
    missing = lossy()
    asked_for = [missing.due(ms / 1000, has_room=True) for ms in range(0, 4000, 10)]
    assert len([some for some in asked_for if some]) == 6
    assert len(missing) == 0
    assert missing.given_up(9.0) == []
    missing.seen(1, 9.0)
    assert missing.due(9.0, has_room=True) == []


def test_after_it_is_forgotten_nothing_is_known_of_it():
    missing = lossy()
    missing.forget()
    assert not missing.is_watched(0.01)
    missing.seen(1, 0.01)
    missing.seen(3, 0.02)
    missing.due(0.02, has_room=True)
    missing.seen(2, 0.03)
    assert [missing.due(ms / 1000, has_room=True) for ms in range(30, 100, 10)] == [[]] * 7, "its pace is unknown"


# --- what answers tell of the link ----------------------------------------------------------------------------------
def test_only_what_was_asked_for_before_its_turn_is_an_early_answer():
    early = Early()
    early.note(5, 65_534, [65_530, 65_535, 0, 1], 10.0)
    assert early.until_s > 10.1
    assert early.has(5, 0, 10.1)
    assert early.has(5, 1, 10.1)
    assert not early.has(5, 2, 10.1), "it was not asked for"
    assert not early.has(6, 0, 10.1)


def test_what_comes_long_after_is_no_answer_and_what_is_missed_already_is_not_early():
    early = Early()
    early.note(5, 7, [4, 6], 10.0)
    assert early.until_s < 10.0
    early.note(5, 7, [8], 10.0)
    assert not early.has(5, 8, 11.0)
    early.note(6, 7, [8], 11.0)
    assert not early.has(5, 8, 11.0)


def longest_queue_s(*, tells):
    """What a link is taken for where of 0.3 s in each second only answers come through, of what it took before."""
    estimate, longest_s = LinkEstimate(1_000_000), 0.0
    for second in range(10):
        for number in range(25 * second, 25 * second + 25):
            is_answer = 10 <= number % 25 < 18
            sent_s = second + number % 25 * 0.04
            if is_answer and tells:
                estimate.asked(5, [number], sent_s)
            took_s = (0.12, 0.14, 0.16)[number % 3] if is_answer else 0.0
            estimate.note(5, number, int(sent_s * SEND_TIME_HZ) & 0xFFFFFF, sent_s + took_s, 1_000)
            longest_s = max(longest_s, estimate.queue_s)
    return longest_s


def test_what_answers_before_its_turn_is_no_queue():
    """It tells the instant at which it was sent first."""
    assert longest_queue_s(tells=True) < 0.01
    assert longest_queue_s(tells=False) > 0.1
