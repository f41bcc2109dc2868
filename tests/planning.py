"""Meetings that tests plan, and what becomes of them."""

import email
import email.policy
from datetime import UTC, date, datetime

from hypothesis import strategies as st
from msgspec.structs import replace

from app.wire.accounts import Resume
from app.wire.rooms import MeetingChanged, MessagePosted
from app.wire.schedule import MeetingScheduled, Plan, ScheduleMeeting
from server_stub.errors import Refusal
from server_stub.room import occurrences
from server_stub.storage import mails as mails_table
from tests.fakes.clock import START

MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0
#: One hour after the clock's start.
AT_TEN = START + HOUR


def plan(**fields):
    return Plan(**{"title": "Kick-off", "starts": "2026-11-23T10:00", "time_zone": "UTC", **fields})


def planning(room, key="plan-1", **fields):
    return ScheduleMeeting(room=room, plan=plan(**fields), key=key)


async def planned(client, room, key="plan-1", **fields):
    """The card of a meeting that a client plans."""
    answer = await client.ask(planning(room, key, **fields))
    assert isinstance(answer, MeetingScheduled), answer
    return answer.meeting


async def becomes(client, state, where=lambda card: True):
    """Waits for a card of that state."""
    told = await client.expect(MeetingChanged, lambda tell: tell.meeting.state == state and where(tell.meeting))
    return told.meeting


async def next_card(client, but=()):
    """The card of the next meeting that is posted."""
    told = await client.expect(MessagePosted, lambda tell: tell.message.meeting and tell.message.meeting.id not in but)
    return told.message.meeting


async def rooms_of(server, client):
    """What a new connection of the same account is shown of its rooms."""
    again = await server.connect()
    return (await again.ask(Resume(token=client.token))).rooms


def mails(server, to=None):
    """The mails that went into the outbox."""
    found = []
    for path in sorted((server.backend.settings.data / "outbox").glob("*.eml")):
        found.append(email.message_from_bytes(path.read_bytes(), policy=email.policy.default))
    return [one for one in found if to is None or one["To"] == to]


async def carried(server):
    """Returns when the server has carried out all mail."""
    while await server.backend.store.do(mails_table.next_try) is not None:
        pass


#: For plans of every kind: 2026-03-01, a Sunday, 12:00 UTC.
BEFORE = datetime(2026, 3, 1, 12, tzinfo=UTC).timestamp()
ZONES = (
    "Europe/Lisbon", "America/New_York", "Asia/Kolkata", "UTC", "Australia/Lord_Howe", "America/Sao_Paulo",
    "Africa/Casablanca", "Europe/Dublin", "Pacific/Chatham", "Asia/Tokyo",
)  # fmt: skip


@st.composite
def any_plans(draw):
    """Any plan that can be made at `BEFORE`."""
    first = draw(st.dates(date(2026, 3, 2), date(2028, 2, 28)))
    repeats = draw(st.sampled_from(["never", "daily", "weekdays", "weekly", "fortnightly", "monthly"]))
    clock = draw(st.times())
    until = draw(st.one_of(st.none(), st.dates(first, max(first, date(2028, 2, 28)))))
    made = Plan(
        title="Weekly",
        starts=f"{first}T{clock:%H:%M}",
        time_zone=draw(st.sampled_from(ZONES)),
        repeats=repeats,
        until=None if until is None else until.isoformat(),
        length_min=draw(st.integers(5, 1440)),
    )
    made = occurrences.tidy(made)
    try:
        occurrences.check(made, BEFORE)
    except Refusal:
        # A gap or a weekend: what the words propose is near, and is taken.
        made = replace(made, starts=f"{first}T12:00", repeats="never", until=None)
        occurrences.check(made, BEFORE)
    return made
