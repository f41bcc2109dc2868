"""What the server's rules rely on in storage, by database: what is kept once, what is used up, and in which order."""

from dataclasses import replace as replace_rows

import pytest
from msgspec.structs import replace

from app.wire.accounts import Account
from app.wire.chat import ChatLine
from app.wire.notices import NoticeInfo
from app.wire.privacy import Receipt
from app.wire.rooms import Message
from app.wire.schedule import Plan
from server_stub.storage import (
    accounts,
    audit,
    deletions,
    facts,
    gate,
    mails,
    meetings,
    messages,
    notices,
    recaps,
    rooms,
    running,
    schedules,
    search,
)
from server_stub.storage.accounts import SignInRow
from server_stub.storage.deletions import DeletionRow
from server_stub.storage.gate import GateSettings
from server_stub.storage.mails import MailRow
from server_stub.storage.meetings import Consent, MeetingRow, RecordingRow
from server_stub.storage.migrations import migrate
from server_stub.storage.rooms import Act, Invitation, RoomRow
from server_stub.storage.running import RunningRow
from server_stub.storage.schedules import ScheduleRow
from server_stub.storage.store import engine_of
from tests.server_stub.storage.rows import recap_of

ADA = Account(id="a1", name="Ada", email="ada@example.org", kind="freelancer")
GRACE = Account(id="a2", name="Grace", email="grace@example.org", kind="client")
PLAN = Plan(title="Weekly", starts="2026-12-01T10:00", time_zone="Europe/Lisbon")


@pytest.fixture
def db(url):
    """A connection to a database with Ada, Grace, and a room of both."""
    engine = engine_of(url)
    with engine.begin() as connection:
        migrate(connection)
        for account in (ADA, GRACE):
            assert accounts.add(connection, account, "hash", 1.0)
        rooms.add_room(connection, RoomRow(id="r1", name="Website"), Act("a1", 1.0))
        rooms.add_member(connection, "r1", Act("a2", 2.0))
        yield connection
    engine.dispose()


def message(number, text="Hello", author="a1", **fields):
    name = {"a1": "Ada", "a2": "Grace"}[author]
    values = {"id": f"m{number}", "room": "r1", "author": author, "author_name": name, "at": number, "kind": "text"}
    return Message(**{**values, "text": text, **fields})


def meeting(number=1, **fields):
    values = {"room": "r1", "title": "Website", "code": f"code{number}", "starter": "a1", "key": f"k{number}"}
    return MeetingRow(**{"id": f"v{number}", "state": "ongoing", "started_at": 10.0 * number, **values, **fields})


def test_a_fact_has_one_value_and_is_set_by_the_first(db):
    assert facts.read(db, "name") is None
    assert facts.read_or_set(db, "name", "first") == "first"
    assert facts.read_or_set(db, "name", "second") == "first"
    facts.write(db, "name", "third")
    assert facts.read(db, "name") == "third"


@pytest.mark.parametrize("email", ["ada@example.org", "Ada@Example.org", "ada@EXAMPLE.ORG"])
def test_an_address_belongs_to_one_account_in_any_spelling(db, email):
    other = Account(id="a9", name="Eve", email=email, kind="client")
    assert not accounts.add(db, other, "hash", 3.0)
    assert accounts.find(db, "a9") is None
    kept = accounts.find_by_email(db, email)
    assert (kept.account.id, kept.password_hash) == ("a1", "hash")


def test_a_sign_in_is_refused_once_the_password_is_another_one(db):
    row = SignInRow(fingerprint="f1", account="a1", id="d1", device="Linux", since=5.0, last_seen=5.0)
    assert accounts.set_password(db, "a1", "new", old_hash="hash")
    assert not accounts.set_password(db, "a1", "newest", old_hash="hash")
    assert not accounts.add_sign_in(db, row, password_hash="hash")
    assert accounts.add_sign_in(db, row, password_hash="new")
    assert accounts.find_by_token(db, "f1", 6.0) == ADA
    assert accounts.living(db, ("f1", "f2")) == {"f1"}
    assert accounts.drop_sign_in(db, "a2", "d1") is None, "not somebody else's"
    assert accounts.drop_sign_in(db, "a1", "d1") == "f1"
    assert accounts.find_by_token(db, "f1", 6.0) is None


def test_a_code_for_a_new_password_is_good_once_for_a_while_and_the_newest_alone(db):
    accounts.add_reset(db, "a1", "older", 100.0)
    accounts.add_reset(db, "a1", "newer", 100.0)
    assert accounts.use_reset(db, "ada@example.org", "older", 50.0) is None
    assert accounts.use_reset(db, "grace@example.org", "newer", 50.0) is None
    assert accounts.use_reset(db, "ada@example.org", "newer", 100.0) is None
    assert accounts.use_reset(db, "ada@example.org", "newer", 50.0) == ADA
    assert accounts.use_reset(db, "ada@example.org", "newer", 50.0) is None


def test_the_terms_are_accepted_once_and_the_newest_counts(db):
    assert accounts.accepted_terms(db, "a1") == 0
    for version in (1, 3, 1):
        accounts.accept_terms(db, "a1", version, 5.0)
    assert (accounts.accepted_terms(db, "a1"), accounts.accepted_terms(db, "a2")) == (3, 0)


def test_members_stand_in_the_order_in_which_they_came_and_the_room_passes_on(db):
    found = rooms.find(db, "r1")
    assert ([one.name for one in found.members], found.owner) == (["Ada", "Grace"], "a1")
    rooms.take_out(db, "r1", "a1")
    left = rooms.find(db, "r1")
    assert (left.accounts, left.owner, rooms.is_member(db, "r1", "a1")) == ({"a2"}, "a2", False)
    assert rooms.rooms_of(db, "a1") == ()


def test_an_invitation_is_used_once_before_its_time(db):
    rooms.take_out(db, "r1", "a2")
    for fingerprint, until in (("early", 5.0), ("good", 50.0)):
        made = Invitation(fingerprint=fingerprint, room="r1", email="", expires_at=until)
        rooms.add_invitation(db, made, Act("a1", 1.0))
    assert rooms.use_invitation(db, "early", Act("a2", 20.0)) is None
    assert rooms.use_invitation(db, "unknown", Act("a2", 20.0)) is None
    assert rooms.use_invitation(db, "good", Act("a2", 20.0)) == "r1"
    assert rooms.is_member(db, "r1", "a2")
    rooms.take_out(db, "r1", "a2")
    assert rooms.use_invitation(db, "good", Act("a2", 21.0)) is None


def test_a_message_with_the_same_key_is_kept_once_per_author(db):
    first, is_new = messages.post(db, message(1, key="k"))
    again, is_second = messages.post(db, message(2, "Other words", key="k"))
    assert (is_new, is_second, again.message) == (True, False, first.message)
    assert messages.post(db, message(3, author="a2", key="k"))[1]
    assert messages.post(db, message(4))[1]
    assert messages.post(db, message(5))[1], "without a key each counts"


def test_messages_are_listed_by_their_order_and_counted_until_they_are_read(db):
    for number in range(1, 4):
        messages.post(db, message(number, key=f"k{number}"))
    listed, has_more = messages.list_messages(db, "r1", None)
    assert ([one.message.id for one in listed], has_more) == (["m1", "m2", "m3"], False)
    listed, _ = messages.list_messages(db, "r1", "m3")
    assert [one.message.id for one in listed] == ["m1", "m2"]
    assert messages.unread(db, "a2") == {"r1": 3}
    messages.mark_read(db, "a2", "r1")
    assert messages.unread(db, "a2") == {}
    assert messages.last_message(db, "r1").message.id == "m3"
    messages.take_back(db, "m3", 9.0)
    gone = messages.find(db, "m3").message
    assert (gone.is_deleted, gone.text) == (True, "")


def test_words_are_found_in_any_spelling_and_in_ones_own_rooms_alone(db):
    for number, text in enumerate(("Das Café öffnet", "der CAFÉ-Besuch", "cafe"), 1):
        messages.post(db, message(number, text, key=f"k{number}"))
    hits = search.find_words(db, "a2", "cafe\u0301", search.Hits())
    assert [one.message.id for one in hits.rows] == ["m2", "m1"]
    rooms.take_out(db, "r1", "a2")
    assert search.find_words(db, "a2", "cafe\u0301", search.Hits()).rows == ()


def test_a_meeting_is_kept_once_by_its_key_and_found_by_its_link(db):
    assert meetings.add(db, meeting()).id == "v1"
    assert meetings.add(db, meeting(2, key="k1")).id == "v1", "a late retry"
    assert meetings.find_by_code(db, "code1").id == "v1"
    assert [row.id for row in meetings.ongoing(db)] == ["v1"]
    meetings.end(db, "v1", 99.0, "over")
    found = meetings.find(db, "v1")
    assert (found.state, found.ended_at, found.words) == ("ended", 99.0, "over")
    assert meetings.ongoing(db) == ()


def test_a_recording_goes_its_way_and_its_consents_are_kept_once(db):
    meetings.add(db, meeting())
    meetings.add_recording(db, RecordingRow(id="v1", meeting="v1", part=1, started_at=11.0, recap="recording"))
    given = Consent("v1", "a1", "Ada", 11.0, 3, "switched on")
    meetings.add_consent(db, given)
    meetings.add_consent_once(db, Consent("v1", "a1", "Ada", 12.0, 3, "joined"))
    assert meetings.consents_of(db, "v1") == (given,)
    assert [row.id for row in meetings.unfinished_recordings(db)] == ["v1"]
    meetings.end_recording(db, "v1", 90.0)
    meetings.set_recap(db, "v1", "failed", "No speech.")
    found = meetings.find_recording(db, "v1")
    assert (found.ended_at, found.recap, found.recap_words) == (90.0, "failed", "No speech.")
    assert [row.id for row in meetings.recordings_of_room(db, "r1")] == ["v1"]


def test_a_line_of_the_chat_with_the_same_key_is_kept_once(db):
    meetings.add(db, meeting())
    line = ChatLine(id="c1", author="a1", author_name="Ada", at=12.0, text="Hello", key="k")
    assert meetings.add_line(db, "v1", line) == (line, True)
    assert meetings.add_line(db, "v1", replace(line, id="c2")) == (line, False)
    for number in range(3, 6):
        meetings.add_line(db, "v1", replace(line, id=f"c{number}", at=10.0 + number, key=f"k{number}"))
    assert [one.id for one in meetings.newest_lines(db, "v1", 2)] == ["c4", "c5"]


def test_a_plan_is_found_by_its_link_and_by_the_key_of_who_made_it(db):
    row = ScheduleRow(id="s1", room="r1", by="a1", key="k", plan=PLAN, code="link", created_at=1.0)
    schedules.add(db, row)
    assert (
        schedules.find(db, "s1")
        == schedules.find_by_code(db, "link")
        == schedules.find_by_key(db, "r1", "a1", "k")
        == row
    )
    assert schedules.find_by_key(db, "r1", "a2", "k") is None
    changed = schedules.change(db, row, replace(PLAN, title="Daily"))
    assert (changed.plan.title, changed.sequence) == ("Daily", 1)
    assert schedules.find(db, "s1") == changed
    assert schedules.count_open(db, "r1") == 1
    schedules.set_state(db, "s1", "over")
    assert schedules.find_open(db) == ()


def test_a_notice_is_kept_once_and_fresh_once(db):
    notice = NoticeInfo(id="n1", kind="recap_ready", room="r1", subject="v1", words="Ready.", at=5.0)
    assert notices.add(db, "a1", notice)
    assert not notices.add(db, "a1", replace(notice, id="n2"))
    first, second = (notices.claim(db, "a1", at, since=0.0) for at in (6.0, 7.0))
    assert ([one.id for one in first.fresh], first.known) == (["n1"], ())
    assert (second.fresh, [one.id for one in second.known]) == ((), ["n1"])
    assert notices.see(db, "a1", ("n1",), 8.0) == ("n1",)
    assert notices.see(db, "a2", ("n1",), 8.0) == ()
    assert notices.claim(db, "a1", 9.0, since=0.0) == notices.Unseen((), ())


def test_a_mail_waits_for_its_time_and_one_put_off_by_a_wrong_clock_does_not_wait_for_ever(db):
    for name, at in (("e1", 10.0), ("e2", 5.0), ("e3", 1e9)):
        mails.add(db, MailRow(id=name, about="v1", message=b"text", next_try=at))
    assert mails.due(db, 4.0, longest_wait_s=1e12) is None
    assert mails.next_try(db) == 5.0
    assert mails.due(db, 12.0, longest_wait_s=1e12).id == "e2"
    mails.put_off(db, "e2", 1, 60.0)
    assert mails.due(db, 12.0, longest_wait_s=1e12).id == "e1"
    mails.drop(db, "e1")
    assert mails.due(db, 12.0, longest_wait_s=3600.0).id == "e3"
    assert mails.is_wanted(db, "eve@example.org")


def test_the_gate_is_open_until_it_is_set(db):
    assert gate.read(db) == GateSettings()
    gate.write(db, GateSettings(percentage=10, deny=("a1",)))
    assert gate.read(db) == GateSettings(percentage=10, deny=("a1",))
    assert gate.contract_of(db, "r1") == gate.contract_of(db, "nowhere") == "direct"


def test_a_deletion_is_asked_for_once_until_it_is_refused(db):
    asked = DeletionRow(recording="v1", room="r1", by="a1", reason="private", at=5.0)
    assert deletions.ask(db, asked)
    assert not deletions.ask(db, asked)
    deletions.answer(db, "v1", "refused", "No.", 6.0)
    assert deletions.ask(db, asked)
    receipt = Receipt(kind="deletion", body="{}", signature="s", key="k")
    deletions.set_done(db, "v1", "Deleted.", receipt)
    found = deletions.find(db, "v1")
    assert (found.state, found.reason) == ("deleted", "")
    assert deletions.receipt_of(db, "v1") == receipt


def test_the_log_grows_in_the_order_of_what_was_done(db):
    for at in (5.0, 3.0, 9.0):
        audit.note(db, at, "admin", "account.close", "a1")
    assert [line.at for line in audit.lines(db)] == [5.0, 3.0, 9.0]
    assert [line.at for line in audit.lines(db, since=5.0)] == [5.0, 9.0]


def test_each_version_of_a_recap_is_kept_whole_and_the_newest_is_the_present_one(db):
    meetings.add(db, meeting())
    meetings.add_recording(db, RecordingRow(id="v1", meeting="v1", part=1, started_at=11.0, recap="generating"))
    first, second = (replace_rows(recap_of("v1", words), made_at=at) for words, at in (("first", 5.0), ("second", 6.0)))
    meetings.keep_recap(db, first, 99.0)
    assert recaps.read(db, "v1") == first
    meetings.keep_recap(db, second, 99.0)
    films = recaps.Films(reel="reel.webm", reel_s=9.0, video="meeting.webm", films_after_s=1.0)
    assert meetings.set_film(db, "v1", "ready", "", films=films)
    assert recaps.read(db, "v1") == replace_rows(second, films=films)
    assert recaps.read(db, "v1", 1) == first
    assert [(one.number, one.made_at) for one in recaps.versions(db, "v1")] == [(2, 6.0), (1, 5.0)]
    assert recaps.read(db, "v1", 3) is None
    recaps.drop(db, ("v1", "v2"))
    assert recaps.read(db, "v1") is None
    assert not meetings.set_film(db, "v2", "ready", "", films=films)


def test_of_a_running_meeting_the_newest_state_is_kept_until_its_end(db):
    meetings.add(db, meeting(1))
    meetings.add(db, meeting(2))
    for number, state in ((1, b"one"), (2, b"two"), (1, b"newer")):
        running.keep(db, RunningRow(f"v{number}", 5.0, state))
    assert {id: row.state for id, row in running.find_all(db).items()} == {"v1": b"newer", "v2": b"two"}
    meetings.end(db, "v1", 20.0, "Over.")
    assert list(running.find_all(db)) == ["v2"]
    running.drop_all(db)
    assert running.find_all(db) == {}


def test_the_recordings_of_a_meeting_come_in_the_order_of_their_parts(db):
    meetings.add(db, meeting(1))
    for id, part in (("v9", 2), ("v1", 1), ("v5", 3)):
        meetings.add_recording(db, RecordingRow(id=id, meeting="v1", part=part, started_at=1.0, recap="recording"))
    assert [row.id for row in meetings.recordings_of(db, "v1")] == ["v1", "v9", "v5"]
    assert meetings.recordings_of(db, "v2") == ()
