"""The rules of a meeting as tables: no sockets, no clock."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace as with_

from app.wire.people import Person
from server_stub import meeting as rules
from server_stub.config import MeetingLimits
from server_stub.errors import Refusal
from server_stub.meeting import Came, Changed, Ended, HostMoved, LobbyMoved, Meeting, Went

LIMITS = MeetingLimits(seats=10, keep_seat_s=120, empty_s=300, waiting=3)


def started(at=0.0):
    return rules.start(
        Meeting(id="v", room="r", title="t", starter="ada", host="", started_at=at, limits=LIMITS),
    )


def person(id, **fields):
    return Person(id=id, name=id.title(), **fields)


def with_people(*ids, guests=(), at=1.0):
    """A meeting in which these people came one second after the other."""
    now = started()
    for number, id in enumerate((*ids, *guests)):
        now = rules.join(now, person(id, is_guest=id in guests), at + number).meeting
    return now


def refusal(call, *args, **kwargs):
    with pytest.raises(Refusal) as caught:
        call(*args, **kwargs)
    return caught.value.reason


def test_the_starter_is_host_before_anyone_is_in():
    assert started().host == "ada"


def test_ten_have_a_seat_and_the_eleventh_none():
    full = with_people("ada", *(f"p{n}" for n in range(9)))
    assert refusal(rules.join, full, person("late"), 20) == "meeting_full"
    knocked = rules.knock(full, person("g"), 20).meeting
    assert refusal(rules.admit, knocked, "ada", "g", 21) == "meeting_full"
    room = rules.leave(knocked, "p3", 22).meeting
    assert "g" in rules.admit(room, "ada", "g", 23).meeting.seats


def test_a_kept_seat_counts_and_is_given_back():
    full = with_people("ada", *(f"p{n}" for n in range(9)))
    lost = rules.lose(full, "p3", 20).meeting
    assert refusal(rules.join, lost, person("late"), 21) == "meeting_full"
    back = rules.join(lost, person("p3", microphone_on=True), 22)
    assert isinstance(back.changes[0], Changed)
    seat = back.meeting.seats["p3"]
    assert seat.lost_at is None
    assert seat.person.is_connected
    assert seat.person.joined_at == full.seats["p3"].person.joined_at


def test_a_seat_is_kept_for_120_seconds():
    lost = rules.lose(with_people("ada", "grace"), "grace", 100).meeting
    assert rules.next_due(lost) == 220
    assert rules.tick(lost, 219.9).changes == ()
    freed = rules.tick(lost, 220)
    assert freed.changes == (Went("grace", "lost"),)


def test_a_lost_person_shares_no_more():
    shared = rules.show(with_people("ada", "grace"), "grace", sharing=True).meeting
    lost = rules.lose(shared, "grace", 5).meeting.seats["grace"].person
    assert not lost.sharing
    assert not lost.is_connected


def test_losing_twice_or_a_stranger_changes_nothing():
    lost = rules.lose(with_people("ada", "grace"), "grace", 100).meeting
    assert rules.lose(lost, "grace", 110).meeting == lost
    assert rules.lose(lost, "nobody", 110).meeting == lost


@pytest.mark.parametrize("away", [rules.lose, rules.leave])
def test_the_host_is_kept_120_seconds_then_the_longest_present_member_is(away):
    now = with_people("ada", "zoe", "grace", guests=("alan",))
    now = away(now, "ada", 100).meeting
    assert now.host == "ada"
    assert rules.tick(now, 219).meeting.host == "ada"
    passed = rules.tick(now, 220)
    assert passed.meeting.host == "zoe"
    assert HostMoved("zoe") in passed.changes
    assert rules.next_due(passed.meeting) is None


def test_a_host_who_comes_back_in_time_stays_host():
    now = rules.leave(with_people("ada", "grace"), "ada", 100).meeting
    now = rules.join(now, person("ada"), 150).meeting
    assert rules.tick(now, 400).meeting.host == "ada"
    assert rules.next_due(now) is None


def test_the_role_never_passes_to_a_guest_nor_to_a_lost_member():
    now = with_people("ada", "zoe", "grace", guests=("alan",))
    now = rules.lose(rules.lose(now, "zoe", 99).meeting, "ada", 100).meeting
    assert rules.tick(now, 220).meeting.host == "grace"
    alone = rules.lose(with_people("ada", guests=("alan",)), "ada", 100).meeting
    over = rules.tick(alone, 220)
    assert over.changes == (Went("ada", "lost"), Ended("The last member has left."))


def test_an_absent_starter_has_120_seconds_from_the_first_arrival():
    now = rules.join(started(), person("grace"), 250).meeting
    assert rules.next_due(now) == 370
    assert rules.tick(now, 370).meeting.host == "grace"


def test_leaving_with_only_guests_left_ends_the_meeting():
    out = rules.leave(with_people("ada", guests=("alan",)), "ada", 50)
    assert [type(change) for change in out.changes] == [Went, Ended]
    assert out.meeting.ended_at == 50


def test_an_empty_meeting_waits_five_minutes_unless_it_was_recorded():
    empty = rules.leave(with_people("ada"), "ada", 50).meeting
    assert empty.ended_at is None
    assert rules.next_due(empty) == 350
    assert rules.tick(empty, 349).meeting.ended_at is None
    assert rules.tick(empty, 350).meeting.ended_at == 350
    recorded = rules.start_recording(with_people("ada"), "ada", 10).meeting
    assert rules.leave(recorded, "ada", 50).meeting.ended_at == 50


def test_a_meeting_that_nobody_joins_ends_after_five_minutes():
    assert rules.next_due(started(at=1000)) == 1300
    assert isinstance(rules.tick(started(at=1000), 1300).changes[-1], Ended)


def test_who_comes_back_stops_the_five_minutes():
    empty = rules.leave(with_people("ada"), "ada", 50).meeting
    assert rules.next_due(rules.join(empty, person("ada"), 60).meeting) is None


def test_only_the_host_may():
    now = rules.knock(with_people("ada", "grace"), person("g"), 5).meeting
    assert refusal(rules.admit, now, "grace", "g", 6) == "not_host"
    assert refusal(rules.deny, now, "grace", "g") == "not_host"
    assert refusal(rules.end, now, "grace", 6) == "not_host"
    assert refusal(rules.start_recording, now, "grace", 6) == "not_host"
    assert isinstance(rules.end(now, "ada", 6).changes[0], Ended)


def test_nothing_is_possible_after_the_end():
    over = rules.end(with_people("ada", "grace"), "ada", 6).meeting
    assert refusal(rules.join, over, person("grace"), 7) == "meeting_ended"
    assert refusal(rules.leave, over, "grace", 7) == "meeting_ended"
    assert refusal(rules.knock, over, person("g"), 7) == "meeting_ended"
    assert refusal(rules.end, over, "ada", 7) == "meeting_ended"
    assert rules.lose(over, "grace", 7).changes == ()
    assert rules.withdraw(over, "g").changes == ()
    assert rules.tick(over, 9999).changes == ()
    assert rules.next_due(over) is None


def test_who_has_no_seat_can_do_nothing():
    now = with_people("ada")
    for call in (
        lambda: rules.leave(now, "x", 1),
        lambda: rules.show(now, "x", camera_on=True),
        lambda: rules.consent(now, "x"),
    ):
        assert refusal(call) == "not_in_meeting"
    out = rules.leave(now, "ada", 5).meeting
    assert refusal(rules.start_recording, out, "ada", 6) == "not_in_meeting"


def test_guests_knock_wait_and_withdraw():
    now = with_people("ada")
    for id in ("g1", "g2", "g3"):
        now = rules.knock(now, person(id), 5).meeting
    assert refusal(rules.knock, now, person("g4"), 6) == "too_much"
    again = rules.knock(now, person("g1", consents=True), 9).meeting
    assert again.waiting["g1"].guest.since == 5
    assert again.waiting["g1"].person.consents
    assert rules.withdraw(again, "g2").changes == (LobbyMoved(),)
    assert rules.withdraw(again, "unknown").changes == ()
    denied = rules.deny(again, "ada", "g3").meeting
    assert set(denied.waiting) == {"g1", "g2"}
    assert refusal(rules.admit, denied, "ada", "g3", 9) == "not_found"


def test_a_host_who_is_not_in_lets_nobody_in():
    now = rules.knock(started(), person("g"), 5).meeting
    assert refusal(rules.admit, now, "ada", "g", 6) == "not_in_meeting"
    assert refusal(rules.deny, now, "ada", "g") == "not_in_meeting"


def test_an_admitted_guest_is_a_guest():
    now = rules.knock(with_people("ada"), person("g"), 5).meeting
    out = rules.admit(now, "ada", "g", 8)
    assert [type(change) for change in out.changes] == [Came, LobbyMoved]
    assert out.meeting.seats["g"].person.is_guest
    assert out.meeting.seats["g"].person.joined_at == 8


def test_recording_takes_everyones_consent_anew():
    now = rules.knock(with_people("ada", "grace"), person("g"), 5).meeting
    on = rules.start_recording(now, "ada", 10).meeting
    assert {one.id: one.consents for one in on.people} == {"ada": True, "grace": False}
    agreed = rules.consent(on, "grace").meeting
    assert agreed.seats["grace"].person.consents
    assert refusal(rules.start_recording, agreed, "ada", 11) == "already_in"
    off = rules.stop_recording(agreed).meeting
    assert not any(one.consents for one in off.people)
    assert refusal(rules.stop_recording, off) == "not_ready"
    assert refusal(rules.consent, off, "grace") == "not_ready"
    twice = rules.start_recording(off, "ada", 20).meeting
    assert twice.recordings == 2
    assert not twice.seats["grace"].person.consents


def test_a_guests_consent_is_good_for_the_recording_it_was_given_to():
    on = rules.start_recording(with_people("ada"), "ada", 10).meeting
    knocked = rules.knock(on, person("g", consents=True), 11).meeting
    assert rules.admit(knocked, "ada", "g", 12).meeting.seats["g"].person.consents
    off = rules.stop_recording(knocked).meeting
    assert not rules.admit(off, "ada", "g", 12).meeting.seats["g"].person.consents
    anew = rules.start_recording(off, "ada", 13).meeting
    assert not rules.admit(anew, "ada", "g", 14).meeting.seats["g"].person.consents


def test_a_rejoin_keeps_the_consent_and_a_guest_stays_a_guest():
    now = with_people("ada", guests=("g",))
    now = rules.consent(rules.start_recording(now, "ada", 10).meeting, "g").meeting
    back = rules.join(rules.lose(now, "g", 20).meeting, person("g"), 30).meeting.seats["g"].person
    assert back.consents
    assert back.is_guest


def _steps():
    ids = st.sampled_from(["ada", "grace", "zoe", "g1", "g2", *(f"p{n}" for n in range(9))])
    return st.lists(st.tuples(st.sampled_from(sorted(_ACTS)), ids, st.sampled_from([1, 30, 130, 400])), max_size=40)


_ACTS = {
    "join": lambda m, id, now: rules.join(m, person(id), now) if id[0] != "g" or id == "grace" else None,
    "lose": lambda m, id, now: rules.lose(m, id, now),
    "leave": lambda m, id, now: rules.leave(m, id, now),
    "knock": lambda m, id, now: rules.knock(m, person(id), now) if id in ("g1", "g2") else None,
    "admit": lambda m, id, now: rules.admit(m, m.host, id, now),
    "record": lambda m, id, now: rules.start_recording(m, id, now),
    "stop": lambda m, id, now: rules.stop_recording(m),
    "consent": lambda m, id, now: rules.consent(m, id),
    "tick": lambda m, id, now: rules.tick(m, now),
}


@settings(max_examples=300, deadline=None)
@given(_steps())
def test_whatever_happens_the_rules_hold(steps):
    now, clock = started(), 0.0
    for act, id, seconds in steps:
        clock += seconds
        before = now
        try:
            out = _ACTS[act](now, id, clock)
        except Refusal:
            assert now == before
            continue
        now = out.meeting if out else now
        assert len(now.seats) <= 10
        assert not now.seats or now.members or now.ended_at is not None
        assert now.host not in ("g1", "g2")
        assert all(not one.consents for one in now.people) or now.recording_since is not None or now.ended_at
        assert not (now.empty_since is not None and now.seats)
        if now.ended_at is None:
            due = rules.next_due(now)
            after = rules.tick(now, max(clock, due or clock))
            assert after.meeting != now or due is None or due > clock


def test_outcomes_do_not_touch_what_they_were_made_from():
    now = with_people("ada", "grace")
    kept = replace(now, seats=dict(now.seats))
    rules.leave(now, "grace", 9)
    rules.show(now, "ada", camera_on=True)
    assert now == kept
    assert with_(now.people[0], name="Ada") == now.people[0]
