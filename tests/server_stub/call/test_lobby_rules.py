"""The rules of the lobby as tables: no sockets, no clock."""

from msgspec.structs import replace as with_

from app.wire.codec import MODULES
from app.wire.fields import Tell
from app.wire.lobby import LobbyChanged
from app.wire.people import PersonJoined, Welcome
from app.wire.recording import RecordingStarted
from server_stub.call import host_rules, lobby_rules, recording_rules
from server_stub.call import meeting as rules
from server_stub.call.changes import Came, LobbyMoved, TurnedAway, Went
from server_stub.call.meeting import Origin
from tests.server_stub.meetings import person, refusal, started, with_limits, with_people


def test_guests_knock_wait_and_withdraw():
    now = with_people("ada")
    for id in ("g1", "g2", "g3"):
        now = lobby_rules.knock(now, person(id), 5).meeting
    assert refusal(lobby_rules.knock, now, person("g4"), 6) == "too_much"
    again = lobby_rules.knock(now, person("g1", consents=True), 9).meeting
    assert again.waiting["g1"].guest.since == 5
    assert again.waiting["g1"].person.consents
    assert lobby_rules.withdraw(again, "g2").changes == (LobbyMoved(),)
    assert lobby_rules.withdraw(again, "unknown").changes == ()
    denied = lobby_rules.deny(again, "ada", "g3").meeting
    assert set(denied.waiting) == {"g1", "g2"}
    assert refusal(lobby_rules.admit, denied, "ada", "g3", 9) == "not_found"


def test_a_host_who_is_not_in_lets_nobody_in():
    now = lobby_rules.knock(started(), person("g"), 5).meeting
    assert refusal(lobby_rules.admit, now, "ada", "g", 6) == "not_in_meeting"
    assert refusal(lobby_rules.deny, now, "ada", "g") == "not_in_meeting"


def test_an_admitted_guest_is_a_guest():
    now = lobby_rules.knock(with_people("ada"), person("g"), 5).meeting
    out = lobby_rules.admit(now, "ada", "g", 8)
    assert [type(change) for change in out.changes] == [Came, LobbyMoved]
    assert out.meeting.seats["g"].person.is_guest
    assert out.meeting.seats["g"].person.joined_at == 8


def test_a_guests_consent_is_good_for_the_recording_it_was_given_to():
    on = recording_rules.start_recording(with_people("ada"), "ada", 10).meeting
    knocked = lobby_rules.knock(on, person("g", consents=True), 11).meeting
    assert lobby_rules.admit(knocked, "ada", "g", 12).meeting.seats["g"].person.consents
    off = recording_rules.stop_recording(knocked).meeting
    assert not lobby_rules.admit(off, "ada", "g", 12).meeting.seats["g"].person.consents
    anew = recording_rules.start_recording(off, "ada", 13).meeting
    assert not lobby_rules.admit(anew, "ada", "g", 14).meeting.seats["g"].person.consents


def origin(*marks, address=""):
    return Origin(frozenset(marks), address)


def knocked(now, id, at=5, **origin_fields):
    return lobby_rules.knock(
        now, person(id), at, origin=origin(*origin_fields.pop("marks", ()), **origin_fields)
    ).meeting


def test_so_many_wait_from_one_address_and_no_more():
    now = with_people("ada")
    limits = with_limits(now, waiting=9, waiting_per_address=2)
    now = knocked(knocked(limits, "g1", address="192.0.2.1"), "g2", address="192.0.2.1")
    again = lobby_rules.knock(now, person("g1"), 6, origin=origin(address="192.0.2.1")).meeting
    assert len(again.waiting) == 2, "who waits may knock again"
    assert refusal(lobby_rules.knock, now, person("g3"), 6, origin=origin(address="192.0.2.1")) == "too_much"
    assert len(knocked(now, "g3", address="192.0.2.2").waiting) == 3
    for number in range(4):
        now = knocked(now, f"h{number}")
    assert len(now.waiting) == 6, "an address that is not known is not counted"


def test_a_removed_guest_does_not_knock_again_and_his_other_places_are_gone():
    now = with_limits(with_people("ada", "grace"), waiting=9)
    now = knocked(now, "g1", marks=("i1", "eve"))
    now = lobby_rules.admit(now, "ada", "g1", 6).meeting
    now = knocked(now, "g2", marks=("i1",))
    now = lobby_rules.admit(now, "ada", "g2", 7).meeting
    now = knocked(knocked(now, "g3", marks=("i1",)), "g4", marks=("i2",))
    out = host_rules.remove(now, "ada", "g1", 9)
    assert out.changes == (Went("g1", "removed"), Went("g2", "removed"), TurnedAway("g3"), LobbyMoved())
    assert set(out.meeting.waiting) == {"g4"}
    for marks in (("i1",), ("eve",), ("i3", "eve")):
        assert refusal(lobby_rules.knock, out.meeting, person("g5"), 10, origin=origin(*marks)) == "removed"
    assert "g5" in knocked(out.meeting, "g5", marks=("i3",)).waiting
    assert refusal(rules.join, out.meeting, person("eve"), 11) == "removed", "nor as a member of the room"


def test_guests_without_an_installation_are_not_taken_for_each_other():
    now = lobby_rules.admit(knocked(with_people("ada"), "g1"), "ada", "g1", 6).meeting
    out = host_rules.remove(knocked(now, "g2"), "ada", "g1", 9).meeting
    assert set(out.waiting) == {"g2"}


def test_a_locked_meeting_takes_no_new_knock_and_who_waits_may_be_let_in():
    now = host_rules.lock(knocked(with_people("ada"), "g1"), "ada", True).meeting
    assert refusal(lobby_rules.knock, now, person("g2"), 6) == "locked"
    again = lobby_rules.knock(now, person("g1", consents=True), 7).meeting
    assert again.waiting["g1"].person.consents
    assert "g1" in lobby_rules.admit(again, "ada", "g1", 8).meeting.seats


def test_all_are_let_in_longest_first_as_long_as_there_are_seats():
    now = with_limits(with_people("ada", *(f"p{number}" for number in range(7))), waiting=9)
    for number, id in enumerate(("g3", "g1", "g2")):
        now = knocked(now, id, at=5 + number)
    assert lobby_rules.next_to_admit(now, "ada") == ("g3", "g1")
    assert refusal(lobby_rules.next_to_admit, now, "p1") == "not_host"
    full = lobby_rules.admit(lobby_rules.admit(now, "ada", "g3", 9).meeting, "ada", "g1", 9).meeting
    assert refusal(lobby_rules.next_to_admit, full, "ada") == "meeting_full"
    assert lobby_rules.next_to_admit(with_people("ada"), "ada") == ()
    assert refusal(lobby_rules.next_to_admit, rules.leave(now, "ada", 9).meeting, "ada") == "not_in_meeting"


def test_r30_no_kind_of_message_with_people_chat_or_media_may_be_told_in_the_lobby():
    kinds = {kind for module in MODULES for kind in vars(module).values() if isinstance(kind, type)}
    told = {kind.__name__ for kind in kinds if issubclass(kind, Tell) and kind in lobby_rules.TOLD_IN_LOBBY}
    assert told == {
        *("Greeting", "Refused", "LinkShown", "KnockHeard", "KnockWithdrawn", "GuestDenied"),
        *("RecordingStarted", "RecordingStopped", "MeetingEnded", "Welcome"),
    }


def test_r30_what_is_told_in_the_lobby_names_nobody():
    started_by = RecordingStarted(meeting="v", at=1.0, by="ada")
    assert lobby_rules.for_lobby(started_by) == with_(started_by, by="")
    assert lobby_rules.for_lobby(PersonJoined(meeting="v", person=person("ada"))) is None
    assert lobby_rules.for_lobby(LobbyChanged(meeting="v", waiting=())) is None
    assert Welcome in lobby_rules.TOLD_IN_LOBBY, "with which they are no longer there"
