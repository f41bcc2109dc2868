"""Cards, made from what is kept and from what runs."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
from sqlalchemy import insert

from app.wire.links import ServerAddress
from app.wire.schedule import Plan
from server_stub.call import drawing
from server_stub.call.meeting import Meeting
from server_stub.room import cards
from server_stub.storage import meetings as meetings_table
from server_stub.storage.meetings import MeetingRow, RecordingRow
from server_stub.storage.schedules import ScheduleRow
from server_stub.storage.tables import deletions
from tests.fakes.server_client import story
from tests.people import ada_and_grace, start

ADDRESS = ServerAddress("meet.example.org", is_secure=True)
ROW = MeetingRow(
    id="v1", room="r1", title="Kick-off", code="own", starter="a1", key="k", state="ongoing", started_at=100.0
)
PLAN = Plan(title="Kick-off", starts="2026-11-23T10:00", time_zone="Europe/Lisbon", repeats="weekly")
SERIES = ScheduleRow(id="p1", room="r1", by="a1", key="k", plan=PLAN, code="shared", created_at=0.0)
SCHEDULED = replace(ROW, state="scheduled", schedule="p1", starts_at=100.0, length_min=30, series=SERIES)


def running(row, **fields):
    meeting = Meeting(id="v1", room="r1", title="Kick-off", starter="a1", host="a1", started_at=100.0, **fields)
    return SimpleNamespace(row=row, meeting=meeting)


def card(row, ongoing=None, recording=None, has_closed=False):
    return drawing.draw(ADDRESS, row, recording, running=ongoing, has_closed=has_closed)


@pytest.mark.parametrize(
    ("row", "ongoing", "state"),
    [
        (SCHEDULED, None, "scheduled"),
        (SCHEDULED, running(SCHEDULED), "joinable"),
        (SCHEDULED, running(replace(SCHEDULED, state="ongoing")), "ongoing"),
        (ROW, running(ROW), "ongoing"),
        # It does not run any more, even if that is not on disk yet.
        (ROW, None, "ended"),
        (replace(SCHEDULED, state="ongoing"), None, "ended"),
        (replace(SCHEDULED, state="ended"), None, "ended"),
        (replace(SCHEDULED, state="cancelled"), None, "cancelled"),
    ],
)
def test_r36_what_a_card_says_of_each_state(row, ongoing, state):
    assert card(row, ongoing).state == state


def test_r36_a_planned_meeting_that_is_over_has_ended_before_that_is_on_disk():
    assert card(SCHEDULED, has_closed=True).state == "ended"


def test_a_planned_meetings_card_has_the_link_of_its_series_and_never_its_own():
    shown = card(SCHEDULED)
    assert shown.link == "https://meet.example.org/j/shared"
    assert (shown.starts_at, shown.length_min, shown.time_zone, shown.repeats) == (
        100.0,
        30,
        "Europe/Lisbon",
        "weekly",
    )
    assert card(ROW).link == "https://meet.example.org/j/own"
    assert (card(ROW).starts_at, card(ROW).repeats, card(ROW).provider) == (None, "never", "parley")


def test_another_providers_card_has_that_ones_address():
    plan = Plan(title="x", starts="2026-11-23T10:00", time_zone="UTC", provider="external", url="https://b.example/1")
    shown = card(replace(SCHEDULED, series=replace(SERIES, plan=plan)))
    assert (shown.provider, shown.link) == ("external", "https://b.example/1")


def test_a_card_says_that_its_meeting_is_locked():
    assert card(ROW, running(ROW, is_locked=True)).is_locked
    assert not card(ROW).is_locked


def test_a_meeting_that_was_cancelled_stays_so_when_its_doors_have_closed():
    gone = replace(SCHEDULED, state="cancelled", words="Off.")
    assert drawing.ended(gone, 5.0, "Ended.") == replace(gone, ended_at=5.0)
    over = drawing.ended(ROW, 5.0, "Ended.")
    assert (over.state, over.ended_at, over.words) == ("ended", 5.0, "Ended.")


def test_a_guests_card_holds_nothing_of_room_and_recap():
    recording = RecordingRow(
        id="v1",
        meeting="v1",
        part=1,
        started_at=100.0,
        recap="ready",
        recap_words="Said.",
        expires_at=9.0,
        deletion="refused",
        deletion_words="No.",
    )
    member, guest = card(ROW, None, recording), drawing.for_guest(card(ROW, None, recording))
    assert (member.recap, member.expires_at, member.deletion, member.deletion_words) == ("ready", 9.0, "refused", "No.")
    assert (guest.room, guest.recap, guest.recap_words, guest.expires_at) == ("", "none", "", None)
    assert (guest.deletion, guest.deletion_words) == ("none", "")


@story()
async def test_a_card_tells_how_far_requests_for_deletion_are(server):
    host, _, room = await ada_and_grace(server)
    meeting = await start(host, room)

    def work(connection, kept):
        id = f"v-{kept}"
        row = RecordingRow(
            id=id, meeting=meeting.id, part=len(kept) * 100 + ord(kept[0]), started_at=1.0, recap="ready"
        )
        meetings_table.add_recording(connection, row)
        values = {"recording": id, "room": room, "by": "a", "reason": "r", "at": 1.0, "state": kept}
        connection.execute(insert(deletions).values(**values, words="Because."))
        return cards.find_subject(connection, id)

    shown = {}
    for kept in ("pending", "approved", "deleted", "refused"):
        found = await server.backend.store.do(lambda connection, kept=kept: work(connection, kept))
        told = cards.card(server.backend, *found)
        assert told.deletion_words == "Because."
        shown[kept] = told.deletion
    assert shown == {"pending": "pending", "approved": "pending", "deleted": "deleted", "refused": "refused"}
