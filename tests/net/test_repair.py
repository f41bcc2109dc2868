import random

import pytest

from app.net.repair import MAX_GAP, PICTURE_PATIENCE, SAME_S, Answered, AnswerTime, Missing, Patience, ahead

PATIENCE = Patience(give_up_s=0.2, most_give_up_s=0.9, least_pause_s=0.04)


def test_ahead_goes_the_short_way_round():
    assert ahead(1, 65_535) == 2
    assert ahead(65_535, 1) == -2
    assert ahead(7, 7) == 0


def test_a_gap_is_asked_for_at_once_and_again_later():
    missing = Missing(PATIENCE)
    assert missing.seen(65_534, 0.0)
    assert missing.seen(1, 0.0)
    assert missing.due(0.0) == [65_535, 0]
    assert missing.due(0.05) == []
    assert missing.due(0.061) == [65_535, 0]


def asked_ms(missing, *, has_room):
    """When the one packet that is missing is asked for within 0.17 s, looked at every 5 ms."""
    return [ms for ms in range(0, 170, 5) if missing.due(ms / 1000, has_room=has_room)]


def one_missing(*, is_known=True):
    """One packet is missing; that an answer takes 50 ms is known."""
    missing = Missing(PATIENCE)
    if is_known:
        missing.seen(65_533, -1.0)
        missing.seen(65_535, -1.0)
        assert missing.due(-1.0) == [65_534]
        missing.seen(65_534, -0.95)
        missing.seen(0, -0.95)
    missing.seen(1, 0.0)
    missing.seen(3, 0.0)
    return missing


def test_where_there_is_room_a_request_is_said_twice_and_made_sooner_once_it_was_in_vain():
    assert asked_ms(one_missing(), has_room=False) == [0, 95]
    with_room = asked_ms(one_missing(), has_room=True)
    assert with_room == [0, 10, 95, 105, 145, 155]
    answered = Answered()
    assert [ms for ms in with_room if answered.is_due(2, ms / 1000)] == [0, 95, 145]


def test_nobody_hurries_before_it_is_known_how_long_an_answer_takes():
    assert asked_ms(one_missing(is_known=False), has_room=True) == [0, 60, 120]


def test_who_looks_late_does_not_say_it_again():
    """It would be taken for a second request."""
    missing = one_missing()
    assert missing.due(0.0, has_room=True) == [2]
    assert missing.due(SAME_S, has_room=True) == []


def test_where_few_requests_are_left_they_are_for_what_was_not_asked_for_yet():
    missing = one_missing()
    missing.seen(22, 0.0)
    for number, asked_s in enumerate((0.0, 0.01, 0.1, 0.11), 23):
        missing.seen(number, asked_s)
        assert missing.due(asked_s, has_room=True) == [2, *range(4, 22)]
    missing.seen(35, 0.12)
    assert missing.due(0.12, has_room=True) == list(range(27, 35))
    assert missing.due(0.13, has_room=True) == [], "saying it again is free, but not when little is left"
    assert missing.due(0.16, has_room=True) == [], "nor is anybody hurried"


@pytest.mark.parametrize("before", [[], [5], [9], [11], [5, 8], [10, 9]])
def test_only_the_next_one_while_none_is_missing_follows(before):
    missing = Missing(PATIENCE)
    for seq in before:
        missing.seen(seq, 0.0)
    assert missing.follows(10) == (before == [9])
    assert missing.follows(65_535) is False


def test_what_follows_is_noted_as_what_is_seen():
    quick, slow = Missing(PATIENCE), Missing(PATIENCE)
    for missing in (quick, slow):
        missing.seen(65_500, 0.0)
        missing.seen(65_533, 0.0)
        assert len(missing.due(0.0)) == 32
        missing.given_up(9.0)
    for seq in (65_534, 65_535, 0, 1):
        assert quick.follows(seq)
        assert slow.seen(seq, 9.0)
    for missing in (quick, slow):
        missing.seen(40, 9.1)
    assert quick.due(9.1) == slow.due(9.1) == list(range(2, 22))


def test_what_comes_late_is_not_asked_for_again():
    missing = Missing(PATIENCE)
    missing.seen(10, 0.0)
    missing.seen(13, 0.0)
    missing.seen(11, 0.01)
    assert missing.due(0.02) == [12]
    assert len(missing) == 1


def test_it_is_asked_for_a_while_and_then_given_up():
    missing = Missing(PATIENCE)
    missing.seen(1, 0.0)
    missing.seen(3, 0.0)
    asked = [missing.due(step * 0.061) for step in range(3)]
    assert asked == [[2], [2], [2]]
    assert missing.given_up(0.29) == []
    assert missing.given_up(0.3) == [2]
    assert missing.given_up(0.4) == []
    assert missing.due(1.0) == []


def test_a_wide_gap_is_a_new_beginning():
    missing = Missing(PATIENCE)
    missing.seen(1, 0.0)
    missing.seen(3, 0.0)
    assert not missing.seen(3 + MAX_GAP + 2, 0.0)
    assert missing.due(1.0) == []


@pytest.mark.parametrize(
    ("key_packets", "gap", "is_repaired"),
    [
        (0, 100, True),
        (0, 101, False),
        (12, 20, True),
        (12, 21, False),
        (60, 60, True),
        (60, 61, False),
        (999, 101, False),
    ],
)
def test_more_than_a_key_picture_has_is_not_asked_for_one_by_one(key_packets, gap, is_repaired):
    missing = Missing(PATIENCE)
    missing.key_packets = key_packets
    missing.seen(0, 0.0)
    assert missing.seen(gap + 1, 0.0) == is_repaired
    assert len(missing) == (gap if is_repaired else 0)


def test_forgetting_takes_the_next_packet_as_the_first():
    missing = Missing(PATIENCE)
    missing.seen(1, 0.0)
    missing.forget()
    assert missing.seen(500, 0.0)
    assert missing.due(1.0) == []


def test_a_packet_from_far_behind_is_told():
    missing = Missing(PATIENCE)
    missing.seen(30_000, 0.0)
    assert missing.seen(29_990, 0.0)
    assert not missing.seen(1_000, 0.0)


# --- how long an answer takes ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("takes_s", [0.02, 0.1, 0.3])
def test_the_pause_follows_the_answers(takes_s):
    answers = AnswerTime()
    for _ in range(20):
        answers.note(takes_s, tries=1)
    assert 1.2 * takes_s < answers.pause_s < 1.3 * takes_s + 0.006


def test_an_answer_to_one_of_several_requests_counts_only_while_nothing_better_is_known():
    answers = AnswerTime()
    answers.note(0.3, tries=5)
    longest_s = answers.pause_s
    assert longest_s > 0.3
    for _ in range(50):
        answers.note(0.1, tries=1)
        answers.note(0.9, tries=2)
    assert answers.pause_s < 0.14


def test_a_way_that_has_become_longer_is_noticed():
    """Every answer comes after the second request then, and belongs to the first."""
    answers = AnswerTime()
    for _ in range(20):
        answers.note(0.02, tries=1)
    for _ in range(4):
        answers.note(0.3, tries=7)
    assert answers.pause_s > 0.3


# --- who answers ----------------------------------------------------------------------------------------------------
def test_each_packet_is_answered_for_itself():
    answered = Answered()
    assert [answered.is_due(seq, 0.0) for seq in (1, 2, 1)] == [True, True, False]
    assert answered.is_due(1, SAME_S)


def test_being_asked_in_vain_does_not_put_the_answer_off():
    answered = Answered()
    due = [answered.is_due(1, ms / 1000) for ms in range(0, 60, 10)]
    assert due == [True, False, False, True, False, False]


def test_what_may_be_sent_again_is_not_remembered():
    answered = Answered()
    for seq in range(60_000):
        answered.is_due(seq & 0xFFFF, seq / 1_000)
    assert len(answered) <= 1_000 * SAME_S + 1


# --- both, over a link that loses packets --------------------------------------------------------------------------
class Way:
    """Packets 10 ms apart, some lost, and a far side that answers each request after a round trip, if it hears it."""

    def __init__(self, takes_s, loss, *, has_room, seed=1):
        self.has_room = has_room
        self.takes_s, self.loss, self.random = takes_s, loss, random.Random(seed)
        self.missing = Missing(PICTURE_PATIENCE)
        self.answered = Answered()
        self.asked = self.answers = self.given_up = self.sent = self.lost = 0
        self.coming = []

    def is_lost(self):
        return self.random.random() < self.loss

    def run(self, seconds):
        for tick in range(round(seconds * 100)):
            now_s = tick * 0.01
            arrived = [seq for at_s, seq in self.coming if at_s <= now_s]
            self.coming = [one for one in self.coming if one[0] > now_s]
            self.sent += 1
            if self.is_lost():
                self.lost += 1
            else:
                arrived.append(tick)
            for seq in arrived:
                self.missing.seen(seq & 0xFFFF, now_s)
            asked = self.missing.due(now_s, has_room=self.has_room)
            self.asked += len(asked)
            due = [seq for seq in asked if not self.is_lost()]
            answers = [seq for seq in due if self.answered.is_due(seq, now_s)]
            self.answers += len(answers)
            self.coming += [(now_s + self.takes_s, seq) for seq in answers if not self.is_lost()]
            self.given_up += len(self.missing.given_up(now_s))
        return self


@pytest.mark.parametrize("takes_s", [0.01, 0.05, 0.15, 0.3])
@pytest.mark.parametrize("loss", [0.01, 0.05, 0.1, 0.2])
def test_what_is_lost_comes_again_and_little_is_asked_for_twice(takes_s, loss):
    way = Way(takes_s, loss, has_room=False).run(60)
    assert way.lost > 20
    # A request or its answer is lost, too: of so many one has to be repeated.
    needed = way.lost / (1 - loss) ** 2
    assert way.asked <= 1.3 * needed + 12
    assert way.given_up <= 0.04 * way.lost + 1


@pytest.mark.parametrize("takes_s", [0.01, 0.05, 0.15, 0.3])
@pytest.mark.parametrize("loss", [0.01, 0.05, 0.1, 0.2])
def test_where_there_is_room_less_is_given_up_and_little_comes_twice(takes_s, loss):
    way = Way(takes_s, loss, has_room=True).run(60)
    assert way.answers <= 1.3 * way.lost / (1 - loss) + 12
    assert way.given_up <= 0.02 * way.lost + 1


@pytest.mark.parametrize("has_room", [False, True])
def test_where_nothing_is_answered_requests_stay_below_half_of_what_comes(has_room):
    way = Way(takes_s=999.0, loss=0.3, has_room=has_room).run(60)
    came = way.sent - way.lost
    assert 0.4 * came < way.asked <= 0.5 * came + 50
