"""What is kept of a meeting that runs, as tables: what comes back, who has no seat any more, when nothing goes on."""

from dataclasses import replace

import pytest

from server_stub.call import host_rules, kept, lobby_rules, recording_rules
from server_stub.call import meeting as rules
from server_stub.call.changes import Ended, Went
from server_stub.call.meeting import CUT_OFF, NOBODY, Origin
from server_stub.storage.meetings import Consent
from tests.server_stub.meetings import person, started, with_people

BACK_AT, STOPPED_AT, KEEP_S = 1000.0, 900.0, 120.0
#: Members of the room, in it or not.
ROOM = frozenset(("ada", "grace", "linus"))


def again(now, *, members=ROOM, consents=(), tokens=None, said_before=None, at=BACK_AT):
    """A meeting as the next server takes it up."""
    state = kept.write(now, recordings=(), tokens=tokens or {}, said_before=said_before or {})
    return kept.take_up(
        started(), kept.read(state), members=members, consents=frozenset(consents), times=(at, STOPPED_AT)
    )


def lively():
    """Ada and Grace and a guest; a hand is up, somebody was removed, it is locked."""
    now = with_people("ada", "grace", "linus", guests=("g1",))
    now = rules.show(now, "grace", raised_at=7.0, camera_on=True, sharing=True, sharing_since=6.0).meeting
    now = host_rules.remove(now, "ada", "linus", 8.0).meeting
    return host_rules.lock(now, "ada", True).meeting


def test_what_was_true_is_true_again_but_that_nobody_is_connected():
    before = lively()
    after = again(before)
    for id, seat in before.seats.items():
        now = after.seats[id]
        assert (now.person.name, now.person.is_guest, now.person.joined_at, now.person.raised_at) == (
            seat.person.name, seat.person.is_guest, seat.person.joined_at, seat.person.raised_at,
        )  # fmt: skip
        assert (now.person.microphone_on, now.person.camera_on) == (seat.person.microphone_on, seat.person.camera_on)
        assert (now.person.is_connected, now.person.sharing, now.lost_at) == (False, False, BACK_AT)
        assert now.origin.marks == seat.origin.marks
    assert list(after.seats) == list(before.seats)
    assert (after.host, after.is_locked, after.barred, after.was_used) == ("ada", True, before.barred, True)
    assert (after.host_away_since, after.cut_off_at) == (BACK_AT, STOPPED_AT)


def test_the_same_meeting_is_kept_as_the_same_bytes():
    one, two = lively(), replace(lively(), barred=frozenset(sorted(lively().barred, reverse=True)))
    write = {"recordings": (), "tokens": {}, "said_before": {}}
    assert kept.write(one, **write) == kept.write(two, **write)


def recorded(now):
    return recording_rules.start_recording(now, "ada", 5.0).meeting


@pytest.mark.parametrize(
    ("before", "now", "takes"),
    [
        (lambda now: now, lambda now: now, False),
        (recorded, lambda now: now, True),
        (lambda now: now, recorded, False),
        (lambda now: now, lambda now: host_rules.remove(now, "ada", "grace", 8.0).meeting, True),
        (lambda now: host_rules.remove(now, "ada", "grace", 8.0).meeting, lambda now: now, False),
        (lambda now: now, lambda now: host_rules.lock(now, "ada", True).meeting, True),
        (lambda now: host_rules.lock(now, "ada", True).meeting, lambda now: now, False),
        (lambda now: now, lambda now: rules.show(now, "grace", raised_at=7.0).meeting, False),
        (lambda now: now, lambda now: rules.leave(now, "grace", 8.0).meeting, False),
    ],
)
def test_a_decision_of_the_host_is_not_undone_by_what_was_before(before, now, takes):
    both = (change(with_people("ada", "grace")) for change in (before, now))
    assert kept.takes_away(*(kept.write(one, recordings=(), tokens={}, said_before={}) for one in both)) == takes


def test_where_it_is_not_known_what_was_kept_it_might_undo_one():
    assert kept.takes_away(b"", kept.write(lively(), recordings=(), tokens={}, said_before={}))


def test_a_second_stop_takes_up_the_same_again():
    assert again(again(lively())) == again(lively())


@pytest.mark.parametrize(
    ("members", "seats", "host"),
    [
        (ROOM, ["ada", "grace", "g1"], "ada"),
        ({"grace"}, ["grace", "g1"], NOBODY),
        ({"ada"}, ["ada", "g1"], "ada"),
        ({"linus"}, None, None),
        ((), None, None),
    ],
)
def test_only_members_of_the_room_and_guests_have_seats_and_guests_alone_do_not_go_on(members, seats, host):
    after = again(lively(), members=frozenset(members))
    assert (list(after.seats) if after else None, after.host if after else None) == (seats, host)


def test_a_host_who_has_left_the_room_is_followed_by_the_next_who_comes():
    after = rules.join(again(lively(), members=frozenset(("grace",))), person("grace"), BACK_AT + 1).meeting
    assert rules.tick(after, BACK_AT + 1).meeting.host == "grace"


@pytest.mark.parametrize(
    ("is_on", "consents", "expected"),
    [
        (False, ("ada", "grace"), set()),
        (True, (), set()),
        (True, ("ada",), {"ada"}),
        (True, ("ada", "g1", "linus", "eve"), {"ada", "g1"}),
    ],
)
def test_who_consents_is_known_by_the_consents_alone(is_on, consents, expected):
    before = recording_rules.start_recording(lively(), "ada", 9.0).meeting
    before = recording_rules.consent(before, "grace").meeting
    before = before if is_on else recording_rules.stop_recording(before).meeting
    after = again(before, consents=consents)
    assert {one.id for one in after.people if one.consents} == expected
    assert (after.recording_since == BACK_AT) is is_on


@pytest.mark.parametrize(
    ("version", "words", "expected"),
    [(3, "", {"ada"}), (4, "", {"grace"}), (4, "asks a model", {"linus"}), (5, "", set())],
)
def test_a_consent_holds_for_the_very_words_that_were_read(version, words, expected):
    given = [
        Consent("v", "ada", "Ada", 1.0, 3, "joined"),
        Consent("v", "grace", "Grace", 1.0, 4, "joined"),
        Consent("v", "linus", "Linus", 1.0, 4, "joined", "asks a model"),
    ]
    assert kept.holding(given, notice_version=version, model_words=words) == expected


class TestNobodyBack:
    def test_it_ended_when_the_server_stopped(self):
        after = again(lively())
        assert rules.next_due(after) == BACK_AT + KEEP_S
        out = rules.tick(after, BACK_AT + KEEP_S)
        assert out.changes == (Went("ada", "lost"), Went("grace", "lost"), Ended(CUT_OFF))
        assert out.meeting.ended_at == STOPPED_AT

    @pytest.mark.parametrize("first", ["ada", "grace", "g1"])
    def test_one_is_enough_for_it_to_go_on(self, first):
        after = rules.join(again(lively()), person(first), BACK_AT + 100).meeting
        assert after.cut_off_at is None
        out = rules.tick(after, BACK_AT + KEEP_S)
        ended = [change.words for change in out.changes if isinstance(change, Ended)]
        # Guests alone do not go on, as ever; but that it was cut off is not why.
        assert ended == (["The last member has left."] if first == "g1" else [])

    def test_a_member_who_was_not_in_may_come_first(self):
        open_again = replace(again(lively()), is_locked=False, barred=frozenset())
        assert rules.join(open_again, person("linus"), BACK_AT + 1).meeting.cut_off_at is None

    def test_no_seat_comes_back_after_its_time(self):
        after = rules.join(again(lively()), person("ada"), BACK_AT + 1).meeting
        assert list(rules.tick(after, BACK_AT + KEEP_S).meeting.seats) == ["ada"]


@pytest.mark.parametrize(("at", "goes_on"), [(301.0 + 9, True), (1000.0, False)])
def test_an_empty_meeting_goes_on_as_long_as_it_would_have(at, goes_on):
    empty = rules.leave(with_people("ada"), "ada", 11.0).meeting
    assert (again(empty, at=at) is not None) is goes_on


def test_one_that_was_only_made_goes_on_until_its_time():
    assert again(started(), at=299.0).empty_since == 0.0
    assert again(started(), at=300.0) is None


class TestWaiting:
    ORIGIN = Origin(frozenset(("mark",)), "192.0.2.1")

    def before(self, **fields):
        return lobby_rules.knock(lively_and_open(), person("g2"), 20.0, origin=self.ORIGIN).meeting

    def test_who_waited_comes_back_to_their_place_through_the_lock(self):
        after = replace(again(self.before()), is_locked=True)
        assert after.waiting == {}
        assert lobby_rules.waited_before(after, self.ORIGIN).id == "g2"
        assert lobby_rules.waited_before(after, Origin(frozenset(("other",)))) is None
        out = lobby_rules.knock(after, person("g2"), BACK_AT + 1, origin=self.ORIGIN).meeting
        assert out.waiting["g2"].guest.since == 20.0
        assert lobby_rules.waited_before(out, self.ORIGIN) is None

    def test_a_name_of_a_place_alone_opens_no_lock(self):
        after = replace(again(self.before()), is_locked=True)
        with pytest.raises(rules.Refusal, match="locked"):
            lobby_rules.knock(after, person("g2"), BACK_AT + 1, origin=Origin(frozenset(("other",))))

    def test_who_has_not_come_back_yet_is_kept_through_a_second_stop(self):
        assert again(again(self.before())).waited == again(self.before()).waited


def lively_and_open():
    return host_rules.lock(lively(), "ada", False).meeting


@pytest.mark.parametrize(
    "state", [b"", b"null", b"[]", b"{}", b"\xff\xfe", b'{"form": 1}', b"[" * 100_000, b'{"x":' + b"[" * 9_999]
)
def test_what_cannot_be_read_is_said_by_one_kind_of_error(state):
    with pytest.raises(kept.Unreadable):
        kept.read(state)


def test_another_form_is_not_guessed_at():
    state = kept.write(lively(), recordings=(), tokens={}, said_before={})
    with pytest.raises(kept.Unreadable, match="form"):
        kept.read(state.replace(b'"form":1', b'"form":2'))
