"""What is mailed about planned meetings, read as a mail program reads it."""

import asyncio

import pytest
from icalendar import Calendar
from msgspec.structs import replace

from app.wire.rooms import InvitationMade, InviteMember, MeetingChanged
from app.wire.schedule import (
    CancelMeeting,
    ChangePlan,
)
from server_stub.kernel.limiter import Limit
from server_stub.room import schedule_mail
from tests.fakes.clock import FakeClock
from tests.fakes.server_client import allow, running_server, story
from tests.people import ada, ada_and_grace, grace, make_room
from tests.planning import AT_TEN, carried, mails, plan, planned, planning


def invitation_in(message):
    """The calendar that a mail carries, and its method."""
    (attached,) = message.iter_attachments()
    return Calendar.from_ical(attached.get_payload(decode=True)), attached["Content-Type"].params["method"]


@story(clock=FakeClock())
async def test_r34_invitations_are_mailed_once_to_members_and_invitees_with_the_calendar_file(server):
    host, _, room = await ada_and_grace(server)
    card = await planned(
        host, room, invitees=("Zoe@example.org", "grace@example.org", "ada@example.org"), title="Cut; a"
    )
    await carried(server)
    assert sorted(one["To"] for one in mails(server)) == ["grace@example.org", "zoe@example.org"]
    (told,) = mails(server, "zoe@example.org")
    assert told["Subject"] == "Video meeting: Cut; a"
    text = told.get_body().get_content()
    assert text.splitlines()[:2] == ["Cut; a", "Monday, 23 November 2026, 10:00 to 10:30 (UTC)"]
    assert f"Join: {card.link}" in text
    assert "Ada" not in text
    found, method = invitation_in(told)
    (event,) = found.walk("VEVENT")
    assert (method, found["METHOD"], event["SUMMARY"]) == ("REQUEST", "REQUEST", "Cut; a")
    assert (event["ORGANIZER"], event["ATTENDEE"]) == ("mailto:ada@example.org", "mailto:zoe@example.org")
    assert event["URL"] == card.link


@story(clock=FakeClock())
async def test_r34_changes_and_cancellations_are_mailed_with_their_number(server):
    host, _, room = await ada_and_grace(server)
    card = await planned(host, room, invitees=("zoe@example.org", "kim@example.org"))
    new = plan(starts="2026-11-23T12:00", invitees=("kim@example.org", "lee@example.org"))
    await host.ask(ChangePlan(meeting=card.id, plan=new))
    await host.ask(CancelMeeting(meeting=card.id))
    await host.settle()  # the answer comes before the mails
    await carried(server)

    def story_of(address):
        said = []
        for one in mails(server, address):
            found, method = invitation_in(one)
            (event,) = found.walk("VEVENT")
            said.append((int(event["SEQUENCE"]), one["Subject"].split(":")[0], method))
        return sorted(said)

    planned_, changed, gone = "Video meeting", "Changed", "Cancelled"
    assert story_of("kim@example.org") == [(0, planned_, "REQUEST"), (1, changed, "REQUEST"), (2, gone, "CANCEL")]
    assert story_of("zoe@example.org") == [(0, planned_, "REQUEST"), (1, gone, "CANCEL")]
    assert story_of("lee@example.org") == [(1, changed, "REQUEST"), (2, gone, "CANCEL")]
    assert story_of("grace@example.org") == [(0, planned_, "REQUEST"), (1, changed, "REQUEST"), (2, gone, "CANCEL")]
    uids = {str(invitation_in(one)[0].walk("VEVENT")[0]["UID"]) for one in mails(server)}
    assert len(uids) == 1


@story(clock=FakeClock())
async def test_r34_the_mail_of_a_meeting_cancelled_alone_names_that_one(server):
    host, _, room = await ada_and_grace(server)
    card = await planned(host, room, repeats="daily")
    await host.ask(CancelMeeting(meeting=card.id))
    await host.settle()  # the answer comes before the mails
    await carried(server)
    (told,) = [one for one in mails(server, "grace@example.org") if one["Subject"].startswith("Cancelled")]
    (event,) = invitation_in(told)[0].walk("VEVENT")
    assert event.decoded("RECURRENCE-ID").timestamp() == AT_TEN
    assert "every day" not in told.get_body().get_content()


@story(clock=FakeClock())
async def test_r34_too_many_strangers_are_not_mailed(server):
    host, _, room = await ada_and_grace(server)
    allow(server.backend, "plan mail", Limit(1 / 60, 3))
    await planned(host, room, "plan-1", invitees=("p1@example.org", "p2@example.org"))
    assert await host.refused(planning(room, "plan-10", invitees=("p3@example.org", "p4@example.org"))) == "too_much"
    await planned(host, room, "plan-11")


@story(clock=FakeClock())
async def test_r34_changes_do_not_mail_strangers_for_ever(server):
    host, _, room = await ada_and_grace(server)
    allow(server.backend, "plan mail", Limit(1 / 60, 4))
    invitees = ("p1@example.org", "p2@example.org")
    card = await planned(host, room, "plan-1", invitees=invitees)
    before = planning(room, "plan-1", invitees=invitees).plan
    assert isinstance(await host.ask(ChangePlan(meeting=card.id, plan=replace(before, title="Second"))), MeetingChanged)
    assert await host.refused(ChangePlan(meeting=card.id, plan=replace(before, title="Third"))) == "too_much"
    alone = replace(before, title="Third", invitees=())
    assert isinstance(await host.ask(ChangePlan(meeting=card.id, plan=alone)), MeetingChanged)


@pytest.mark.logs_warnings
def test_a_plan_stands_when_mails_about_it_cannot_be_kept(tmp_path, monkeypatch, caplog):
    async def fail(*_):
        raise OSError("ada@example.org")

    async def tell():
        async with asyncio.timeout(30), running_server(tmp_path / "data", clock=FakeClock()) as server:
            monkeypatch.setattr(schedule_mail, "entry_of", fail)
            host, _, room = await ada_and_grace(server)
            assert (await planned(host, room)).state == "scheduled"

    asyncio.run(tell())
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert "ada@example.org" not in caplog.text


@story(clock=FakeClock())
async def test_more_accounts_do_not_mail_more_strangers_from_one_address(server):
    allow(server.backend, "mail from network", Limit(1 / 6, 4))
    host, other = await ada(server), await grace(server)
    room, own = await make_room(host), await make_room(other)
    for number in range(3):
        assert isinstance(await host.ask(InviteMember(room=room, email=f"p{number}@example.org")), InvitationMade)
    assert isinstance(await other.ask(InviteMember(room=own, email="p3@example.org")), InvitationMade)
    assert await other.refused(InviteMember(room=own, email="p4@example.org")) == "too_much"
    assert await other.refused(planning(own, "plan-1", invitees=("p5@example.org",))) == "too_much"
    await carried(server)
    assert len(mails(server)) == 4
    assert isinstance(await other.ask(InviteMember(room=own)), InvitationMade)
