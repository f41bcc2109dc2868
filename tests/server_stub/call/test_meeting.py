"""The rules of a meeting as tables: no sockets, no clock."""

from dataclasses import replace

import pytest
from msgspec.structs import replace as with_

from server_stub.call import host_rules, lobby_rules, recording_rules, sharing_rules
from server_stub.call import meeting as rules
from server_stub.call.changes import Changed, Ended, HostMoved, Locked, Went
from tests.server_stub.meetings import person, refusal, started, with_people


def test_the_starter_is_host_before_anyone_is_in():
    assert started().host == "ada"


def test_ten_have_a_seat_and_the_eleventh_none():
    full = with_people("ada", *(f"p{n}" for n in range(9)))
    assert refusal(rules.join, full, person("late"), 20) == "meeting_full"
    knocked = lobby_rules.knock(full, person("g"), 20).meeting
    assert refusal(lobby_rules.admit, knocked, "ada", "g", 21) == "meeting_full"
    room = rules.leave(knocked, "p3", 22).meeting
    assert "g" in lobby_rules.admit(room, "ada", "g", 23).meeting.seats


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
    shared = sharing_rules.start(with_people("ada", "grace"), "grace", 4).meeting
    lost = rules.lose(shared, "grace", 5).meeting.seats["grace"].person
    assert (lost.sharing, lost.sharing_since) == (False, 0.0)
    assert not lost.is_connected


def test_r39_of_several_shares_the_newest_is_known():
    now = sharing_rules.start(with_people("ada", "grace", guests=("alan",)), "grace", 100).meeting
    now = sharing_rules.start(now, "alan", 90).meeting  # the clock was put back
    now = sharing_rules.start(now, "ada", 120).meeting
    again = sharing_rules.start(now, "grace", 130)
    assert [change.person.id for change in again.changes] == ["grace"], "an answer, and the place of before"
    assert sorted(again.meeting.people, key=lambda one: one.sharing_since) == [
        again.meeting.seats[id].person for id in ("grace", "alan", "ada")
    ]
    stopped = sharing_rules.stop(again.meeting, "grace").meeting
    assert stopped.seats["grace"].person.sharing_since == 0
    newest = sharing_rules.start(stopped, "grace", 140).meeting
    assert max(newest.people, key=lambda one: one.sharing_since).id == "grace"
    assert refusal(sharing_rules.start, now, "nobody", 1) == "not_in_meeting"


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
    recorded = recording_rules.start_recording(with_people("ada"), "ada", 10).meeting
    assert rules.leave(recorded, "ada", 50).meeting.ended_at == 50


def test_a_meeting_that_nobody_joins_ends_after_five_minutes():
    assert rules.next_due(started(at=1000)) == 1300
    assert isinstance(rules.tick(started(at=1000), 1300).changes[-1], Ended)


def test_who_comes_back_stops_the_five_minutes():
    empty = rules.leave(with_people("ada"), "ada", 50).meeting
    assert rules.next_due(rules.join(empty, person("ada"), 60).meeting) is None


def test_only_the_host_may():
    now = lobby_rules.knock(with_people("ada", "grace"), person("g"), 5).meeting
    assert refusal(lobby_rules.admit, now, "grace", "g", 6) == "not_host"
    assert refusal(lobby_rules.deny, now, "grace", "g") == "not_host"
    assert refusal(rules.end, now, "grace", 6) == "not_host"
    assert refusal(recording_rules.start_recording, now, "grace", 6) == "not_host"
    assert isinstance(rules.end(now, "ada", 6).changes[0], Ended)


def test_nothing_is_possible_after_the_end():
    over = rules.end(with_people("ada", "grace"), "ada", 6).meeting
    assert refusal(rules.join, over, person("grace"), 7) == "meeting_ended"
    assert refusal(rules.leave, over, "grace", 7) == "meeting_ended"
    assert refusal(lobby_rules.knock, over, person("g"), 7) == "meeting_ended"
    assert refusal(rules.end, over, "ada", 7) == "meeting_ended"
    assert rules.lose(over, "grace", 7).changes == ()
    assert lobby_rules.withdraw(over, "g").changes == ()
    assert rules.tick(over, 9999).changes == ()
    assert rules.next_due(over) is None


def test_who_has_no_seat_can_do_nothing():
    now = with_people("ada")
    for call in (
        lambda: rules.leave(now, "x", 1),
        lambda: rules.show(now, "x", camera_on=True),
        lambda: recording_rules.consent(now, "x"),
    ):
        assert refusal(call) == "not_in_meeting"
    out = rules.leave(now, "ada", 5).meeting
    assert refusal(recording_rules.start_recording, out, "ada", 6) == "not_in_meeting"


def test_recording_takes_everyones_consent_anew():
    now = lobby_rules.knock(with_people("ada", "grace"), person("g"), 5).meeting
    on = recording_rules.start_recording(now, "ada", 10).meeting
    assert {one.id: one.consents for one in on.people} == {"ada": True, "grace": False}
    agreed = recording_rules.consent(on, "grace").meeting
    assert agreed.seats["grace"].person.consents
    assert refusal(recording_rules.start_recording, agreed, "ada", 11) == "already_in"
    off = recording_rules.stop_recording(agreed).meeting
    assert not any(one.consents for one in off.people)
    assert refusal(recording_rules.stop_recording, off) == "not_ready"
    assert refusal(recording_rules.consent, off, "grace") == "not_ready"
    twice = recording_rules.start_recording(off, "ada", 20).meeting
    assert twice.recordings == 2
    assert not twice.seats["grace"].person.consents


def test_a_rejoin_keeps_the_consent_and_a_guest_stays_a_guest():
    now = with_people("ada", guests=("g",))
    now = recording_rules.consent(recording_rules.start_recording(now, "ada", 10).meeting, "g").meeting
    back = rules.join(rules.lose(now, "g", 20).meeting, person("g"), 30).meeting.seats["g"].person
    assert back.consents
    assert back.is_guest


def test_outcomes_do_not_touch_what_they_were_made_from():
    now = with_people("ada", "grace")
    kept = replace(now, seats=dict(now.seats))
    rules.leave(now, "grace", 9)
    rules.show(now, "ada", camera_on=True)
    assert now == kept
    assert with_(now.people[0], name="Ada") == now.people[0]


def test_a_planned_meeting_waits_for_the_first_person_until_its_planned_end():
    now = rules.start(replace(started(at=1000), planned_at=1600, doors_until=3400))
    assert not now.was_used
    assert rules.next_due(now) == 3400
    assert rules.tick(now, 3399).meeting == now
    assert isinstance(rules.tick(now, 3400).changes[-1], Ended)


def test_who_comes_early_and_goes_again_does_not_end_a_planned_meeting_before_its_start():
    early = rules.start(replace(started(at=1000), planned_at=1600, doors_until=3400))
    early = rules.join(early, person("ada"), 1010).meeting
    assert early.was_used
    gone = rules.leave(early, "ada", 1020).meeting
    assert rules.next_due(gone) == 1900
    late = rules.leave(rules.join(gone, person("ada"), 2000).meeting, "ada", 2100).meeting
    assert rules.next_due(late) == 2400


def test_a_meeting_can_be_called_off_once():
    off = rules.call_off(started(), 5, "cancelled")
    assert off.changes == (Ended("cancelled"),)
    assert rules.call_off(off.meeting, 6, "again").changes == ()


def test_who_is_removed_does_not_come_back():
    out = host_rules.remove(with_people("ada", "grace", "zoe"), "ada", "grace", 9)
    assert out.changes == (Went("grace", "removed"),)
    assert refusal(rules.join, out.meeting, person("grace"), 10) == "removed"
    assert "zoe" in out.meeting.seats


def test_the_host_removes_others_and_nobody_removes_the_host():
    now = with_people("ada", "grace", guests=("alan",))
    assert refusal(host_rules.remove, now, "grace", "alan", 9) == "not_host"
    assert refusal(host_rules.remove, now, "alan", "grace", 9) == "not_host"
    assert refusal(host_rules.remove, now, "ada", "ada", 9) == "not_allowed"
    assert refusal(host_rules.remove, now, "ada", "nobody", 9) == "not_found"
    away = rules.leave(now, "ada", 9).meeting
    assert refusal(host_rules.remove, away, "ada", "grace", 10) == "not_in_meeting"


def test_who_belongs_to_the_room_no_more_is_out_and_a_hosts_role_passes_at_once():
    now = with_people("ada", "grace", guests=("alan",))
    assert rules.expel(now, "grace", 9).changes == (Went("grace", "removed"),)
    out = rules.expel(now, "ada", 9)
    assert out.changes == (Went("ada", "removed"), HostMoved("grace"))
    assert out.meeting.host_away_since is None
    over = rules.expel(with_people("ada", guests=("alan",)), "ada", 9)
    assert [type(change) for change in over.changes] == [Went, Ended]


def test_the_host_mutes_and_ends_shares_and_others_do_not():
    now = rules.show(with_people("ada", "grace"), "grace", microphone_on=True).meeting
    now = sharing_rules.start(now, "grace", 4).meeting
    assert refusal(host_rules.mute, now, "grace", "ada") == "not_host"
    assert refusal(host_rules.stop_share, now, "grace", "ada") == "not_host"
    assert refusal(host_rules.mute, now, "ada", "nobody") == "not_found"
    assert not host_rules.mute(now, "ada", "grace").meeting.seats["grace"].person.microphone_on
    stopped = host_rules.stop_share(now, "ada", "grace").meeting.seats["grace"].person
    assert (stopped.sharing, stopped.sharing_since, stopped.microphone_on) == (False, 0.0, True)


def test_a_locked_meeting_lets_nobody_new_in():
    now = with_people("ada", "grace", "zoe")
    assert refusal(host_rules.lock, now, "grace", True) == "not_host"
    locked = host_rules.lock(now, "ada", True)
    assert locked.changes == (Locked(True),)
    now = rules.lose(locked.meeting, "grace", 9).meeting
    assert refusal(rules.join, now, person("late"), 10) == "locked"
    assert rules.join(now, person("grace"), 10).meeting.seats["grace"].lost_at is None
    assert refusal(rules.join, rules.leave(now, "zoe", 10).meeting, person("zoe"), 11) == "locked"
    away = rules.leave(now, "ada", 12).meeting
    assert "ada" in rules.join(away, person("ada"), 13).meeting.seats, "who locked it can open it again"
    opened = host_rules.lock(now, "ada", False).meeting
    assert "late" in rules.join(opened, person("late"), 14).meeting.seats


def test_an_empty_meeting_is_locked_no_more():
    locked = host_rules.lock(with_people("ada"), "ada", True).meeting
    empty = rules.leave(locked, "ada", 9)
    assert empty.changes == (Went("ada", "left"), Locked(False))
    assert "grace" in rules.join(empty.meeting, person("grace"), 10).meeting.seats
