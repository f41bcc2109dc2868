"""What guests come by, what they are told, and what is left to them: rows R20 to R32 through real websockets."""

from unittest.mock import patch

import pytest
from websockets.asyncio.client import connect

from app import __version__
from app.wire.accounts import Hello
from app.wire.chat import ChatPosted, PostChat
from app.wire.codec import PROTOCOL, decode_tell, encode
from app.wire.errors import Refused
from app.wire.links import parse_link
from app.wire.lobby import AdmitAll, AdmitGuest, DenyGuest, KnockHeard, LinkShown, LookAtLink
from app.wire.people import (
    EndMeeting,
    LeaveMeeting,
    LockMeeting,
    MeetingEnded,
    MutePerson,
    PersonLeft,
    RejoinAsGuest,
    RemovePerson,
    RenewLink,
    ShowState,
    Welcome,
)
from app.wire.recording import AcceptRecording, RecordingStarted, StartRecording, StopRecording
from app.wire.rooms import ListMessages, MeetingChanged, MessagePosted, PostMessage, RoomChanged
from app.wire.schedule import CancelMeeting, Plan, ScheduleMeeting
from app.wire.sharing import StartSharing, StopShareOf
from server_stub.call.lobby_rules import TOLD_IN_LOBBY
from server_stub.kernel.config import NOTICE_VERSION
from server_stub.room import plans
from server_stub.storage import meetings as meetings_table
from tests.fakes.clock import START, FakeClock
from tests.fakes.server_client import story
from tests.people import (
    ada_and_grace,
    alan,
    alan_inside,
    code_of,
    in_a_meeting,
    join,
    joining,
    knocking,
    publishing,
    sign_up,
    start,
)


@story()
async def test_r20_r21_r24_the_link_works_before_anyone_has_come(server):
    host, _, room = await ada_and_grace(server)
    card = await start(host, room)
    guest = await alan(server, card)
    assert isinstance(await guest.ask(LookAtLink(code=code_of(card))), LinkShown)
    await join(host, card.id)
    await host.ask(AdmitGuest(meeting=card.id, guest=guest.guest))
    assert (await guest.expect(Welcome)).host == host.account.id


@story()
async def test_r21_a_late_guest_sees_who_is_there_who_shares_and_that_it_is_recorded(server):
    host, member, card = await in_a_meeting(server, record=True)
    await member.ask(StartSharing(meeting=card.id))
    await host.ask(ShowState(meeting=card.id, microphone_on=False, camera_on=True))
    guest = await alan(server, card, notice_version=NOTICE_VERSION)
    await host.ask(AdmitGuest(meeting=card.id, guest=guest.guest))
    welcome = await guest.expect(Welcome)
    seen = {one.name: (one.microphone_on, one.sharing, one.consents) for one in welcome.people}
    assert seen == {"Ada": (False, False, True), "Grace": (True, True, True), "Alan": (True, False, True)}
    assert welcome.recording_since is not None


@story()
async def test_r21_after_the_end_the_link_says_so(server):
    host, _, card = await in_a_meeting(server)
    await host.ask(EndMeeting(meeting=card.id))
    stranger = await server.connect()
    for ask in (LookAtLink(code=code_of(card)), knocking(card)):
        refused = await stranger.ask(ask)
        assert (refused.reason, refused.words) == ("meeting_ended", "This meeting has ended.")
    # A member is led to what the meeting left in their room.
    shown = await host.ask(LookAtLink(code=code_of(card)))
    assert (shown.state, shown.meeting, shown.is_recording) == ("ended", card.id, False)


CLOCK = FakeClock()


@story(clock=CLOCK)
async def test_r24_the_link_of_a_planned_meeting_says_when_it_opens(server):
    host, member, room = await ada_and_grace(server)
    plan = Plan(title="Kick-off", starts="2026-11-23T11:00", time_zone="Europe/Lisbon", length_min=30)
    card = (await host.ask(ScheduleMeeting(room=room, plan=plan, key="p1"))).meeting
    stranger = await server.connect()
    shown = await stranger.ask(LookAtLink(code=code_of(card)))
    assert (shown.title, shown.state, shown.starts_at, shown.meeting) == ("Kick-off", "scheduled", START + 7200, "")
    assert (await member.ask(LookAtLink(code=code_of(card)))).meeting == card.id
    refused = await stranger.ask(knocking(card))
    assert refused.reason == "not_open"
    for part in ("23 November 2026", "11:00", "Europe/Lisbon"):
        assert part in refused.words, refused.words
    await CLOCK.pass_time(7200 - 600)
    await host.expect(MeetingChanged, lambda tell: tell.meeting.state == "joinable")
    assert (await stranger.ask(LookAtLink(code=code_of(card)))).state == "joinable"
    assert isinstance(await stranger.ask(knocking(card)), KnockHeard)
    assert (await join(host, card.id)).meeting.state == "ongoing"
    hidden = server.backend.calls.find(card.id).row.code
    assert await stranger.refused(LookAtLink(code=hidden)) == "not_found", "all meetings of a plan have the plan's link"
    answer = await host.ask(RenewLink(meeting=card.id))
    assert await stranger.refused(LookAtLink(code=code_of(card))) == "not_found"
    assert isinstance(await stranger.ask(LookAtLink(code=answer.link.rsplit("/", 1)[1])), LinkShown)


@story(clock=FakeClock())
async def test_r24_a_member_does_not_join_before_the_doors_open_and_a_cancelled_meeting_says_so(server):
    host, member, room = await ada_and_grace(server)
    plan = Plan(title="Kick-off", starts="2026-11-23T11:00", time_zone="Europe/Lisbon", length_min=30)
    card = (await host.ask(ScheduleMeeting(room=room, plan=plan, key="p1"))).meeting
    refused = await member.ask(joining(card.id))
    assert (refused.reason, "Europe/Lisbon" in refused.words) == ("not_open", True)
    await host.ask(CancelMeeting(meeting=card.id))
    stranger = await server.connect()
    refused = await stranger.ask(LookAtLink(code=code_of(card)))
    assert (refused.reason, "cancelled" in refused.words) == ("meeting_ended", True)


@story()
async def test_r24_doors_that_open_while_a_link_is_looked_up_are_open(server):
    _, _, card = await in_a_meeting(server)
    ongoing = server.backend.calls.find(card.id)
    server.backend.calls.remove(ongoing)

    async def find_late(backend, code):
        backend.calls.add(ongoing)

    with patch.object(plans, "find_by_code", find_late):
        guest = await alan(server, card)
    assert guest.guest in ongoing.meeting.waiting


@story()
async def test_r26_the_link_is_short_unguessable_and_survives_a_mail(server):
    host, _, room = await ada_and_grace(server)
    links = set()
    for number in range(5):
        card = await start(host, room, key=f"k{number}")
        links.add(card.link)
        await join(host, card.id)
        await host.ask(EndMeeting(meeting=card.id))
    assert len(links) == 5
    for link in links:
        assert len(link) <= 200
        assert link.isascii()
        code = link.rsplit("/", 1)[1]
        assert len(code) * 6 >= 128, "128 bit, six of them in each character"
        wrapped = "\r\n ".join(link[at : at + 30] for at in range(0, len(link), 30))
        assert parse_link(f"  {wrapped}\n").code == code
    assert len({link.rsplit("/", 1)[1][:4] for link in links}) > 1


@pytest.mark.parametrize(
    ("name", "shown"),
    [(" Alan ", "Alan"), ("A\x00l\x1ban\u202e\n", "Alan"), ("x" * 50, "x" * 50), ("\u00c5sa  Berg", "\u00c5sa Berg")],
)
def test_r27_names_are_trimmed_and_without_control_characters(name, shown, tmp_path):
    @story()
    async def tell(server):
        host, _, card = await in_a_meeting(server)
        await alan_inside(server, host, card, name=name)
        assert server.backend.calls.find(card.id).meeting.people[-1].name == shown

    tell(tmp_path)


@pytest.mark.parametrize("name", ["   ", "\u200b\u202e", "\t\n"])
def test_r27_a_name_of_which_nothing_is_left_is_refused(name, tmp_path):
    @story()
    async def tell(server):
        _, _, card = await in_a_meeting(server)
        stranger = await server.connect()
        assert await stranger.refused(knocking(card, name=name)) == "bad_name"

    tell(tmp_path)


@story()
async def test_r28_guests_accept_the_terms_each_time(server):
    host, _, card = await in_a_meeting(server)
    guest = await alan_inside(server, host, card)
    await guest.ask(LeaveMeeting(meeting=card.id))
    assert await guest.refused(knocking(card, terms_version=0)) == "terms_needed"
    assert server.backend.calls.find(card.id).meeting.waiting == {}
    assert isinstance(await guest.ask(knocking(card)), KnockHeard)


async def busy_meeting(server, host, member, card):
    """All that can happen in a meeting while somebody waits."""
    inside = await alan_inside(server, host, card, name="Zara", installation="zara")
    await host.ask(PostChat(meeting=card.id, text="SECRET chat", key="c1"))
    await member.ask(PostMessage(room=card.room, text="SECRET message", key="m1"))
    await host.ask(publishing(card.id, "microphone", "camera"))
    await member.ask(ShowState(meeting=card.id, microphone_on=False, camera_on=False))
    await member.ask(StartSharing(meeting=card.id))
    await host.ask(StopShareOf(meeting=card.id, person=member.account.id))
    await host.ask(StartRecording(meeting=card.id))
    await member.ask(AcceptRecording(meeting=card.id, notice_version=NOTICE_VERSION))
    await host.ask(StopRecording(meeting=card.id))
    await host.ask(MutePerson(meeting=card.id, person=inside.guest))
    await host.ask(LockMeeting(meeting=card.id, is_locked=True))
    await host.ask(LockMeeting(meeting=card.id, is_locked=False))
    await host.ask(RenewLink(meeting=card.id))
    await host.ask(RemovePerson(meeting=card.id, person=inside.guest))
    await member.ask(LeaveMeeting(meeting=card.id))
    await join(member, card.id)
    member.vanish()
    await host.expect(MeetingChanged, lambda tell: tell.meeting.people == 2)
    await host.ask(AdmitAll(meeting="v0"))


@story()
async def test_r30_every_byte_told_in_the_lobby_is_on_the_list_and_names_nobody(server):
    host, member, card = await in_a_meeting(server)
    texts = []
    async with connect(f"ws://127.0.0.1:{server.port}/ws", proxy=None) as socket:
        for ask in (
            Hello(version=__version__, protocol=PROTOCOL),
            knocking(card, name="Kurt"),
            PostChat(meeting=card.id, text="x", key="k"),
            publishing(card.id, "camera"),
        ):
            await socket.send(encode(ask))
            texts.append(await socket.recv())
        waiting = decode_tell(texts[1])
        await busy_meeting(server, host, member, card)
        await host.ask(DenyGuest(meeting=card.id, guest=waiting.guest))
        await socket.send(encode(Hello(version=__version__, protocol=PROTOCOL, request=99)))
        while not texts[-1].endswith('"re":99}') and decode_tell(texts[-1]).re != 99:
            texts.append(await socket.recv())
    told = [decode_tell(text) for text in texts]
    assert {type(tell) for tell in told} <= TOLD_IN_LOBBY
    assert {type(tell).__name__ for tell in told} == {
        *("Greeting", "KnockHeard", "Refused", "RecordingStarted", "RecordingStopped", "GuestDenied"),
    }
    every = "".join(texts)
    for secret in ("Ada", "Grace", "Zara", "SECRET", card.room, host.account.id, member.account.id, "candidate"):
        assert secret not in every, secret
    assert not [call for call in server.relay.calls if waiting.guest in call]


TIME = FakeClock()


@story(clock=TIME)
async def test_r31_consent_is_kept_with_person_time_and_wording(server):
    host, member, card = await in_a_meeting(server)
    inside = await alan_inside(server, host, card)
    waits = await alan(server, card, name="Kurt")
    began = TIME.now()
    # All are told before any time passes.
    await host.ask(StartRecording(meeting=card.id))
    for one in (member, inside, waits):
        await one.expect(RecordingStarted)
    assert {one.name for one in server.backend.calls.find(card.id).meeting.people if one.consents} == {"Ada"}
    assert set(server.relay.recorded[card.id].values()) == {"Ada"}, "nobody is recorded before their choice is stored"
    await TIME.pass_time(60)
    await inside.ask(AcceptRecording(meeting=card.id, notice_version=NOTICE_VERSION))
    await TIME.pass_time(60)
    late = await alan(server, card, name="Zara", notice_version=NOTICE_VERSION)
    await host.ask(AdmitGuest(meeting=card.id, guest=late.guest))
    await late.expect(Welcome)
    await late.settle()
    kept = await server.backend.store.do(lambda connection: meetings_table.consents_of(connection, card.id))
    assert [(one.name, one.notice_version, one.how) for one in kept] == [
        ("Ada", NOTICE_VERSION, "switched on"),
        ("Alan", NOTICE_VERSION, "accepted"),
        ("Zara", NOTICE_VERSION, "joined"),
    ]
    assert [one.at - began for one in kept] == [0, 60, 120]
    assert [one.person for one in kept] == [host.account.id, inside.guest, late.guest]


@story()
async def test_r17_only_the_host_switches_ai_recording_on(server):
    host, member, card = await in_a_meeting(server)
    guest = await alan_inside(server, host, card)
    assert {await one.refused(StartRecording(meeting=card.id)) for one in (member, guest)} == {"not_host"}
    await member.ask(LeaveMeeting(meeting=card.id))
    answer = await member.ask(joining(card.id, record=True))
    assert (answer.reason, server.relay.recorded) == ("not_host", {})
    assert len(server.backend.calls.find(card.id).meeting.seats) == 2


@story()
async def test_r32_a_guest_has_nothing_of_the_room_during_the_call_and_nothing_at_all_after_it(server):
    host, member, card = await in_a_meeting(server)
    await member.ask(PostMessage(room=card.room, text="before the call", key="m1"))
    await host.ask(PostChat(meeting=card.id, text="before he came", key="c1"))
    eve = await sign_up(server, email="eve@example.org", name="Eve")
    eve.guest = (await eve.ask(knocking(card))).guest
    await host.ask(AdmitGuest(meeting=card.id, guest=eve.guest))
    eve.welcome = await eve.expect(Welcome)
    guest = await alan_inside(server, host, card)
    for one in (eve, guest):
        assert one.welcome.chat == ()
        assert (one.welcome.meeting.room, one.welcome.meeting.recap) == ("", "none")
    assert await eve.refused(ListMessages(room=card.room)) == "not_found"
    assert await guest.refused(ListMessages(room=card.room)) == "not_signed_in"
    await member.ask(PostMessage(room=card.room, text="during the call", key="m2"))
    await host.ask(PostChat(meeting=card.id, text="for all", key="c2"))
    for one in (eve, guest):
        assert (await one.expect(ChatPosted)).line.text == "for all"
    await host.ask(EndMeeting(meeting=card.id))
    for one in (eve, guest):
        await one.expect(MeetingEnded)
        await one.settle()
        before = len(one.heard)
        again = await server.connect()
        assert await again.refused(RejoinAsGuest(token=one.welcome.guest_token)) == "bad_token"
        assert await one.refused(PostChat(meeting=card.id, text="x", key="k")) == "not_in_meeting"
        await member.ask(PostMessage(room=card.room, text="after the call", key=f"after-{one.guest}"))
        await one.settle()
        told = [tell for tell in one.heard if isinstance(tell, MessagePosted | RoomChanged | MeetingChanged)]
        assert told == []
        assert {type(tell) for tell in one.heard[before:]} <= {Refused, type(one.heard[0])}
    assert await eve.refused(ListMessages(room=card.room)) == "not_found"


@story()
async def test_r36_the_card_counts_the_people_while_the_meeting_runs(server):
    host, member, room = await ada_and_grace(server)
    card = await start(host, room)
    assert (card.state, card.people) == ("ongoing", 0)
    await join(host, card.id)
    await member.expect(MeetingChanged, lambda tell: (tell.meeting.state, tell.meeting.people) == ("ongoing", 1))
    guest = await alan_inside(server, host, card)
    await member.expect(MeetingChanged, lambda tell: tell.meeting.people == 2)
    await guest.ask(LeaveMeeting(meeting=card.id))
    await host.expect(PersonLeft)
    await member.expect(MeetingChanged, lambda tell: tell.meeting.people == 1)
    await host.ask(EndMeeting(meeting=card.id))
    ended = await member.expect(MeetingChanged, lambda tell: tell.meeting.state == "ended")
    assert ended.meeting.people == 0


@story(clock=FakeClock())
async def test_r57_six_months_later_a_link_says_nothing_of_its_meeting(server):
    host, _, card = await in_a_meeting(server)
    await host.ask(EndMeeting(meeting=card.id))
    assert (await host.ask(LookAtLink(code=code_of(card)))).title == card.title
    server.backend.clock.jump(190 * 86_400.0)
    assert await host.refused(LookAtLink(code=code_of(card))) == "meeting_ended"
