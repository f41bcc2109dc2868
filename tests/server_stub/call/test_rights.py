"""The host's rights: remove, mute, stop a share, lock, renew the link; and that nobody else has them."""

import pytest

from app.wire.accounts import SignIn
from app.wire.hands import LowerAllHands, LowerHandOf
from app.wire.lobby import AdmitGuest, GuestDenied, KnockHeard, LinkShown, LobbyChanged, LookAtLink
from app.wire.people import (
    EndMeeting,
    HostChanged,
    LeaveMeeting,
    LinkRenewed,
    LockMeeting,
    MeetingEnded,
    MeetingLocked,
    MutePerson,
    PersonChanged,
    PersonLeft,
    RejoinAsGuest,
    RemovePerson,
    RenewLink,
    ShowState,
    Welcome,
)
from app.wire.rooms import MeetingChanged
from app.wire.sharing import StartSharing, StopShareOf, StopSharing
from tests.fakes.clock import FakeClock
from tests.fakes.server_client import story
from tests.people import (
    ADA,
    PASSWORD,
    alan,
    alan_inside,
    code_of,
    in_a_meeting,
    join,
    joining,
    knocking,
    sign_up,
)

RIGHTS = {
    "remove": lambda card, person: RemovePerson(meeting=card.id, person=person),
    "mute": lambda card, person: MutePerson(meeting=card.id, person=person),
    "stop a share": lambda card, person: StopShareOf(meeting=card.id, person=person),
    "lower a hand": lambda card, person: LowerHandOf(meeting=card.id, person=person),
    "lower all hands": lambda card, person: LowerAllHands(meeting=card.id),
    "lock": lambda card, person: LockMeeting(meeting=card.id, is_locked=True),
    "renew the link": lambda card, person: RenewLink(meeting=card.id),
    "end": lambda card, person: EndMeeting(meeting=card.id),
}


@pytest.mark.parametrize("right", RIGHTS.values(), ids=RIGHTS)
def test_r23_the_hosts_rights_are_nobody_elses(right, tmp_path):
    @story()
    async def tell(server):
        host, member, card = await in_a_meeting(server)
        guest = await alan_inside(server, host, card)
        waits = await alan(server, card, name="Kurt")
        stranger = await sign_up(server, email="eve@example.org", name="Eve")
        ongoing = server.backend.calls.find(card.id)
        before, row = ongoing.meeting, ongoing.row
        for target in (host.account.id, guest.guest, member.account.id):
            assert await member.refused(right(card, target)) == "not_host"
            assert await guest.refused(right(card, target)) == "not_host"
            for outsider in (waits, stranger):
                assert await outsider.refused(right(card, target)) == "not_in_meeting"
        assert (ongoing.meeting, ongoing.row) == (before, row), "and nothing has changed"

    tell(tmp_path)


def sending(server, card, person):
    """What the relay sends on of a person."""
    return {one for one in ("microphone", "camera", "screen") if server.relay.may_send(card.id, person, one)}


@story()
async def test_a_removed_member_is_told_and_does_not_come_back(server):
    host, member, card = await in_a_meeting(server)
    answer = await host.ask(RemovePerson(meeting=card.id, person=member.account.id))
    assert (answer.person, answer.reason) == (member.account.id, "removed")
    told = await member.expect(PersonLeft)
    assert (told.person, told.reason) == (member.account.id, "removed")
    assert await member.refused(joining(card.id)) == "removed"
    assert await member.refused(ShowState(meeting=card.id, microphone_on=True, camera_on=True)) == "not_in_meeting"
    other = await server.connect()
    await other.ask(SignIn(email="grace@example.org", password=PASSWORD))
    assert await other.refused(joining(card.id, moves=True)) == "removed"
    assert (card.id, member.account.id) not in server.relay.joined


@story()
async def test_a_removed_guest_has_no_token_and_no_second_way_in(server):
    host, _, card = await in_a_meeting(server)
    guest = await alan_inside(server, host, card, installation="laptop")
    second = await alan(server, card, name="Alan again", installation="laptop")
    other = await alan(server, card, name="Kurt", installation="phone")
    await host.ask(RemovePerson(meeting=card.id, person=guest.guest))
    assert (await guest.expect(PersonLeft)).reason == "removed"
    assert "removed" in (await second.expect(GuestDenied)).words
    await host.expect(LobbyChanged, lambda tell: [one.id for one in tell.waiting] == [other.guest])
    again = await server.connect()
    assert await again.refused(RejoinAsGuest(token=guest.welcome.guest_token)) == "bad_token"
    for client in (guest, second, again):
        assert await client.refused(knocking(card, installation="laptop")) == "removed"
    assert isinstance(await again.ask(knocking(card, installation="tablet")), KnockHeard)


@story()
async def test_a_removed_guest_with_an_account_is_known_by_it_on_every_computer(server):
    host, _, card = await in_a_meeting(server)
    eve = await sign_up(server, email="eve@example.org", name="Eve")
    heard = await eve.ask(knocking(card, installation="laptop"))
    await host.ask(AdmitGuest(meeting=card.id, guest=heard.guest))
    await host.ask(RemovePerson(meeting=card.id, person=heard.guest))
    other = await server.connect()
    await other.ask(SignIn(email="eve@example.org", password=PASSWORD))
    assert await other.refused(knocking(card, installation="phone")) == "removed"


@story()
async def test_what_a_host_does_to_others_they_do_not_to_themselves_nor_to_who_is_not_there(server):
    host, _, card = await in_a_meeting(server)
    await host.ask(StartSharing(meeting=card.id))
    for request in (RemovePerson, MutePerson, StopShareOf):
        assert await host.refused(request(meeting=card.id, person=host.account.id)) == "not_allowed"
        assert await host.refused(request(meeting=card.id, person="nobody")) == "not_found"
    assert sending(server, card, host.account.id) == {"microphone", "camera", "screen"}
    assert isinstance(await host.ask(LeaveMeeting(meeting=card.id)), PersonLeft)


@story()
async def test_who_leaves_the_room_leaves_its_meeting(server):
    host, member, card = await in_a_meeting(server)
    ongoing = server.backend.calls.find(card.id)
    ongoing.remove_member("nobody")
    ongoing.remove_member(host.account.id)
    assert (await host.expect(PersonLeft)).reason == "removed"
    assert (await member.expect(HostChanged)).host == member.account.id
    ongoing.remove_member(member.account.id)
    assert (await member.expect(PersonLeft, lambda tell: tell.person == member.account.id)).reason == "removed"


@story()
async def test_a_guest_is_not_taken_for_the_member_of_that_name(server):
    host, _, card = await in_a_meeting(server)
    guest = await alan_inside(server, host, card)
    server.backend.calls.find(card.id).remove_member(guest.guest)
    await guest.settle()
    assert not [tell for tell in guest.heard if isinstance(tell, PersonLeft)]


@story()
async def test_who_is_muted_is_silent_until_he_speaks_up_himself(server):
    host, member, card = await in_a_meeting(server)
    assert sending(server, card, member.account.id) == {"microphone", "camera"}
    changed = await host.ask(MutePerson(meeting=card.id, person=member.account.id))
    assert not changed.person.microphone_on
    assert await member.expect(PersonChanged) == type(changed)(meeting=card.id, person=changed.person)
    assert sending(server, card, member.account.id) == {"camera"}
    await member.ask(ShowState(meeting=card.id, microphone_on=True, camera_on=True))
    assert sending(server, card, member.account.id) == {"microphone", "camera"}


@story()
async def test_only_what_a_person_is_shown_to_send_is_sent_on(server):
    host, member, card = await in_a_meeting(server)
    me = member.account.id
    await member.ask(ShowState(meeting=card.id, microphone_on=False, camera_on=True))
    assert sending(server, card, me) == {"camera"}
    await member.ask(StartSharing(meeting=card.id))
    assert sending(server, card, me) == {"camera", "screen"}
    stopped = await host.ask(StopShareOf(meeting=card.id, person=me))
    assert not stopped.person.sharing
    assert sending(server, card, me) == {"camera"}
    await member.ask(StartSharing(meeting=card.id))
    await member.ask(StopSharing(meeting=card.id))
    await member.ask(ShowState(meeting=card.id, microphone_on=True, camera_on=False))
    assert sending(server, card, me) == {"microphone"}
    await member.ask(LeaveMeeting(meeting=card.id))
    await join(member, card.id, microphone_on=False, camera_on=False)
    assert sending(server, card, me) == set()
    guest = await alan_inside(server, host, card, microphone_on=False)
    assert sending(server, card, guest.guest) == {"camera"}


@story()
async def test_a_locked_meeting_takes_neither_knocks_nor_members(server):
    host, member, card = await in_a_meeting(server)
    waits = await alan(server, card)
    locked = await host.ask(LockMeeting(meeting=card.id, is_locked=True))
    assert locked.is_locked
    assert (await member.expect(MeetingLocked)).is_locked
    assert (await member.expect(MeetingChanged, lambda tell: tell.meeting.is_locked)).meeting.id == card.id
    stranger = await server.connect()
    assert await stranger.refused(knocking(card)) == "locked"
    await host.ask(AdmitGuest(meeting=card.id, guest=waits.guest))
    assert (await waits.expect(Welcome)).is_locked
    await member.ask(LeaveMeeting(meeting=card.id))
    assert await member.refused(joining(card.id)) == "locked"
    assert not (await host.ask(LockMeeting(meeting=card.id, is_locked=False))).is_locked
    assert not (await join(member, card.id)).is_locked


@story()
async def test_kept_seats_and_other_devices_come_into_a_locked_meeting(server):
    host, member, card = await in_a_meeting(server)
    guest = await alan_inside(server, host, card)
    await host.ask(LockMeeting(meeting=card.id, is_locked=True))
    other = await server.connect()
    await other.ask(SignIn(email="grace@example.org", password=PASSWORD))
    assert isinstance(await other.ask(joining(card.id, moves=True)), Welcome)
    assert (await member.expect(PersonLeft)).reason == "moved"
    guest.vanish()
    await host.expect(PersonChanged, lambda tell: not tell.person.is_connected)
    again = await server.connect()
    assert isinstance(await again.ask(RejoinAsGuest(token=guest.welcome.guest_token)), Welcome)


@story()
async def test_a_renewed_link_kills_the_old_one_at_once(server):
    host, member, card = await in_a_meeting(server)
    guest = await alan_inside(server, host, card)
    waits = await alan(server, card, name="Kurt")
    renewed = await host.ask(RenewLink(meeting=card.id))
    assert isinstance(renewed, LinkRenewed)
    assert renewed.link != card.link
    for one in (member, guest):
        assert (await one.expect(LinkRenewed)).link == renewed.link
    changed = await member.expect(MeetingChanged, lambda tell: tell.meeting.link == renewed.link)
    assert await waits.refused(LookAtLink(code=code_of(card))) == "not_found"
    stranger = await server.connect()
    assert await stranger.refused(knocking(card)) == "not_found"
    assert isinstance(await stranger.ask(LookAtLink(code=code_of(changed.meeting))), LinkShown)
    await host.ask(AdmitGuest(meeting=card.id, guest=waits.guest))
    assert (await waits.expect(Welcome)).meeting.link == renewed.link
    guest.vanish()
    again = await server.connect()
    assert isinstance(await again.ask(RejoinAsGuest(token=guest.welcome.guest_token)), Welcome)
    await host.ask(EndMeeting(meeting=card.id))
    assert await stranger.refused(LookAtLink(code=code_of(changed.meeting))) == "meeting_ended"
    assert await stranger.refused(LookAtLink(code=code_of(card))) == "not_found"


CLOCK = FakeClock()


@story(clock=CLOCK)
async def test_the_hosts_role_is_kept_120_s_and_then_passes_to_the_member_longest_in_never_to_a_guest(server):
    host, member, card = await in_a_meeting(server)
    guest = await alan_inside(server, host, card)
    host.vanish()
    await member.expect(PersonChanged, lambda tell: not tell.person.is_connected)
    await CLOCK.pass_time(119)
    assert await member.refused(EndMeeting(meeting=card.id)) == "not_host"
    await CLOCK.pass_time(2)
    assert (await member.expect(HostChanged)).host == member.account.id
    assert (await guest.expect(PersonLeft)).reason == "lost"
    assert await guest.refused(EndMeeting(meeting=card.id)) == "not_host"
    again = await server.connect()
    await again.ask(SignIn(email=ADA["email"], password=PASSWORD))
    assert (await join(again, card.id)).host == member.account.id, "who comes back too late is host no more"
    assert isinstance(await member.ask(EndMeeting(meeting=card.id)), MeetingEnded)
