import asyncio

import pytest

from app.wire.chat import ChatPosted, PostChat
from app.wire.errors import Refused
from app.wire.lobby import (
    AdmitAll,
    AdmitGuest,
    DenyGuest,
    GuestAdmitted,
    GuestDenied,
    KnockHeard,
    KnockWithdrawn,
    LobbyChanged,
    LookAtLink,
    WithdrawKnock,
)
from app.wire.media import PublishOffer, SubscribeOffer
from app.wire.people import (
    EndMeeting,
    JoinMeeting,
    LeaveMeeting,
    MeetingEnded,
    PersonChanged,
    PersonJoined,
    PersonLeft,
    RejoinAsGuest,
    Welcome,
)
from app.wire.recording import AcceptRecording, RecordingStarted, StartRecording
from app.wire.rooms import ListMessages, RoomChanged
from server_stub.kernel.config import NOTICE_VERSION, MeetingLimits
from tests.fakes.server_client import story
from tests.people import (
    ada_and_grace,
    alan,
    alan_inside,
    code_of,
    in_a_meeting,
    join,
    knocking,
    publishing,
    sign_up,
    start,
)


@story()
async def test_r20_a_link_shows_a_title_and_nothing_of_who_is_there(server):
    host, _, card = await in_a_meeting(server)
    stranger = await server.connect()
    shown = await stranger.ask(LookAtLink(code=code_of(card)))
    assert (shown.title, shown.is_recording, shown.meeting) == ("Website", False, "")
    assert (await host.ask(LookAtLink(code=code_of(card)))).meeting == card.id
    assert await stranger.refused(LookAtLink(code="A" * 22)) == "not_found"


@story()
async def test_r20_r82_a_guest_knocks_and_only_the_host_hears_it(server):
    host, member, card = await in_a_meeting(server)
    guest = await alan(server, card, name="  Alan\u202e ")
    waiting = (await host.expect(LobbyChanged, lambda tell: tell.waiting)).waiting
    assert [(one.id, one.name) for one in waiting] == [(guest.guest, "Alan")]
    await member.settle()
    assert not [tell for tell in member.heard if isinstance(tell, LobbyChanged)]


@story()
async def test_r30_a_guest_in_the_lobby_is_told_nothing_and_may_nothing(server):
    host, _, card = await in_a_meeting(server)
    guest = await alan(server, card)
    before = len(guest.heard)
    await host.ask(PostChat(meeting=card.id, text="secret", key="k1"))
    for ask in (
        PostChat(meeting=card.id, text="x", key="k"),
        PublishOffer(meeting=card.id, sdp="sdp", sources={}),
        AdmitGuest(meeting=card.id, guest=guest.guest),
        StartRecording(meeting=card.id),
        EndMeeting(meeting=card.id),
        AcceptRecording(meeting=card.id, notice_version=NOTICE_VERSION),
    ):
        assert await guest.refused(ask) == "not_in_meeting"
    for ask in (JoinMeeting(meeting=card.id, microphone_on=True, camera_on=True), ListMessages(room=card.room)):
        assert await guest.refused(ask) == "not_signed_in"
    assert {type(tell) for tell in guest.heard[before:]} == {Refused}
    assert ("join", guest.guest) not in server.relay.calls


@story()
async def test_r23_the_host_lets_a_guest_in(server):
    host, member, card = await in_a_meeting(server)
    await host.ask(PostChat(meeting=card.id, text="before", key="k1"))
    guest = await alan(server, card)
    assert await member.refused(AdmitGuest(meeting=card.id, guest=guest.guest)) == "not_host"
    admitted = await host.ask(AdmitGuest(meeting=card.id, guest=guest.guest))
    assert admitted == GuestAdmitted(re=admitted.re, meeting=card.id, guest=guest.guest)
    welcome = await guest.expect(Welcome)
    assert [one.name for one in welcome.people] == ["Ada", "Grace", "Alan"]
    assert welcome.meeting.room == ""
    assert welcome.chat == ()
    await guest.ask(publishing(card.id, "camera"))
    await host.expect(SubscribeOffer)
    assert ("join", guest.guest) in server.relay.calls
    came = await member.expect(PersonJoined, lambda tell: tell.person.is_guest)
    assert came.person.id == guest.guest
    await host.expect(LobbyChanged, lambda tell: tell.waiting == ())
    await host.ask(PostChat(meeting=card.id, text="welcome", key="k2"))
    assert (await guest.expect(ChatPosted)).line.text == "welcome"


@story()
async def test_r23_a_denied_guest_is_told_in_plain_words_and_may_knock_again(server):
    host, _, card = await in_a_meeting(server)
    guest = await alan(server, card)
    changed = await host.ask(DenyGuest(meeting=card.id, guest=guest.guest))
    assert isinstance(changed, LobbyChanged)
    assert changed.waiting == ()
    assert (await guest.expect(GuestDenied)).words
    assert isinstance(await guest.ask(knocking(card)), KnockHeard)


@story()
async def test_a_guest_who_goes_waits_no_longer(server):
    host, _, card = await in_a_meeting(server)
    guest = await alan(server, card)
    await host.expect(LobbyChanged, lambda tell: tell.waiting)
    guest.vanish()
    await host.expect(LobbyChanged, lambda tell: not tell.waiting)
    assert await host.refused(AdmitGuest(meeting=card.id, guest=guest.guest)) == "not_found"


@story()
async def test_r27_two_guests_of_one_name_are_told_apart(server):
    host, _, card = await in_a_meeting(server)
    await alan(server, card)
    await alan(server, card, name="alan")
    await alan(server, card, name="Ada")
    waiting = (await host.expect(LobbyChanged, lambda tell: len(tell.waiting) == 3)).waiting
    assert [one.name for one in waiting] == ["Alan", "alan (2)", "Ada (2)"]


@story()
async def test_a_guest_never_has_the_name_of_a_member_who_comes_later(server):
    host, member, room = await ada_and_grace(server)
    card = await start(host, room)
    await join(host, card.id)
    for number, name in enumerate(("Grace", "Gr\u0430ce", "GRACE\u200b"), start=2):
        guest = await alan_inside(server, host, card, name=name, installation=f"i{number}")
        me = next(one for one in guest.welcome.people if one.id == guest.guest)
        assert me.name.endswith(f" ({number})")
    welcome = await join(member, card.id)
    assert [one.name for one in welcome.people if not one.is_guest] == ["Ada", "Grace"]


@story()
async def test_r28_r31_terms_and_the_notice_come_before_the_lobby(server):
    host, _, card = await in_a_meeting(server)
    guest = await server.connect()
    assert await guest.refused(knocking(card, terms_version=0)) == "terms_needed"
    await host.ask(StartRecording(meeting=card.id))
    assert await guest.refused(knocking(card)) == "notice_needed"
    heard = await guest.ask(knocking(card, notice_version=NOTICE_VERSION))
    assert heard.is_recording


@story()
async def test_r31_a_recording_that_begins_is_told_in_the_lobby_and_can_be_agreed_to_there(server):
    host, _, card = await in_a_meeting(server)
    guest = await alan(server, card)
    await host.ask(StartRecording(meeting=card.id))
    await guest.expect(RecordingStarted)
    again = await guest.ask(knocking(card, notice_version=NOTICE_VERSION))
    assert again.guest == guest.guest
    await host.ask(AdmitGuest(meeting=card.id, guest=guest.guest))
    welcome = await guest.expect(Welcome)
    assert welcome.recording_since is not None
    assert next(one for one in welcome.people if one.is_guest).consents


@story()
async def test_r31_a_guest_who_has_not_agreed_is_let_in_but_not_recorded(server):
    host, _, card = await in_a_meeting(server)
    guest = await alan(server, card)
    await host.ask(StartRecording(meeting=card.id))
    await host.ask(AdmitGuest(meeting=card.id, guest=guest.guest))
    await guest.ask(publishing(card.id, "microphone"))
    assert guest.guest not in server.relay.recorded[card.id]
    await guest.ask(AcceptRecording(meeting=card.id, notice_version=NOTICE_VERSION))
    await guest.settle()
    assert server.relay.recorded[card.id][guest.guest] == "Alan"


@story()
async def test_a_guest_comes_back_to_a_kept_seat(server):
    host, _, card = await in_a_meeting(server)
    guest = await alan_inside(server, host, card)
    guest.vanish()
    again = await server.connect()
    assert await again.refused(RejoinAsGuest(token="wrong")) == "bad_token"
    welcome = await again.ask(RejoinAsGuest(token=guest.welcome.guest_token))
    assert welcome.you == guest.guest
    assert len(welcome.people) == 3


@story()
async def test_r32_after_the_end_a_guest_has_nothing(server):
    host, _, card = await in_a_meeting(server)
    guest = await alan_inside(server, host, card)
    waits = await alan(server, card, name="Kurt")
    await host.ask(EndMeeting(meeting=card.id))
    await guest.expect(MeetingEnded)
    await waits.expect(MeetingEnded)
    again = await server.connect()
    assert await again.refused(RejoinAsGuest(token=guest.welcome.guest_token)) == "bad_token"
    assert await guest.refused(ListMessages(room=card.room or "r")) == "not_signed_in"
    assert await again.refused(knocking(card)) == "meeting_ended"
    assert not [tell for tell in guest.heard if isinstance(tell, RoomChanged)]


@story()
async def test_guests_alone_have_no_meeting(server):
    host, member, card = await in_a_meeting(server)
    guest = await alan_inside(server, host, card)
    await member.ask(LeaveMeeting(meeting=card.id))
    await host.ask(LeaveMeeting(meeting=card.id))
    assert (await guest.expect(PersonLeft)).reason == "left"
    assert (await guest.expect(MeetingEnded)).words


@story()
async def test_r27_members_do_not_knock_and_others_with_an_account_use_its_name(server):
    host, member, card = await in_a_meeting(server)
    assert await member.refused(knocking(card)) == "not_allowed"
    eve = await sign_up(server, email="eve@example.org", name="Eve")
    await eve.ask(knocking(card, name="Ada Lovelace"))
    waiting = (await host.expect(LobbyChanged, lambda tell: tell.waiting)).waiting
    assert waiting[0].name == "Eve"


@story(limits=MeetingLimits(waiting=2))
async def test_the_lobby_is_not_endless(server):
    _, _, card = await in_a_meeting(server)
    await alan(server, card)
    await alan(server, card)
    third = await server.connect()
    assert await third.refused(knocking(card)) == "too_much"


@story()
async def test_links_cannot_be_guessed_for_ever(server):
    client = await server.connect()
    reasons = {await client.refused(LookAtLink(code=f"guess{n}")) for n in range(70)}
    assert reasons == {"not_found", "too_much"}


@story(limits=MeetingLimits(waiting_per_address=2, own_address_counts=True))
async def test_a_network_has_so_many_in_the_lobby_and_no_more(server):
    host, _, card = await in_a_meeting(server)
    first = await alan(server, card)
    await alan(server, card)
    third = await server.connect()
    assert await third.refused(knocking(card)) == "too_much"
    await first.ask(WithdrawKnock())
    assert isinstance(await third.ask(knocking(card)), KnockHeard)
    await host.expect(LobbyChanged, lambda tell: [one.id for one in tell.waiting][-1:] != [first.guest])


@story(limits=MeetingLimits(own_address_counts=True))
async def test_a_network_does_not_knock_for_ever(server):
    _, _, card = await in_a_meeting(server)
    client = await server.connect()
    for _ in range(20):
        assert isinstance(await client.ask(knocking(card)), KnockHeard)
        await client.ask(WithdrawKnock())
    assert await client.refused(knocking(card)) == "too_much"


@story()
async def test_who_withdraws_waits_no_longer(server):
    host, _, card = await in_a_meeting(server)
    guest = await alan(server, card)
    assert isinstance(await guest.ask(WithdrawKnock()), KnockWithdrawn)
    await host.expect(LobbyChanged, lambda tell: not tell.waiting)
    assert isinstance(await guest.ask(WithdrawKnock()), KnockWithdrawn), "also when they are not waiting"
    assert isinstance(await guest.ask(knocking(card)), KnockHeard)


@story()
async def test_withdrawing_is_not_leaving_and_who_is_inside_does_not_knock(server):
    host, _, card = await in_a_meeting(server)
    guest = await alan_inside(server, host, card)
    assert await guest.refused(knocking(card)) == "already_in"
    await guest.ask(WithdrawKnock())
    assert isinstance(await guest.ask(PostChat(meeting=card.id, text="still here", key="k")), ChatPosted)


@pytest.mark.parametrize("ask", [AdmitGuest, DenyGuest, AdmitAll])
def test_r23_a_forged_admission_is_refused_and_changes_nothing(ask, tmp_path):
    @story()
    async def tell(server):
        host, member, card = await in_a_meeting(server)
        inside = await alan_inside(server, host, card)
        waits = await alan(server, card, name="Kurt")
        stranger = await server.connect()
        eve = await sign_up(server, email="eve@example.org", name="Eve")
        forged = ask(meeting=card.id, **({"guest": waits.guest} if ask is not AdmitAll else {}))
        before = server.backend.calls.find(card.id).meeting
        assert {await one.refused(forged) for one in (member, inside)} == {"not_host"}
        assert {await one.refused(forged) for one in (waits, stranger, eve)} == {"not_in_meeting"}
        assert server.backend.calls.find(card.id).meeting == before
        assert not [tell for tell in waits.heard if isinstance(tell, Welcome)]

    tell(tmp_path)


@story()
async def test_r82_all_who_wait_are_let_in_longest_first_as_long_as_there_are_seats(server):
    host, _, card = await in_a_meeting(server)
    guests = [await alan(server, card, name=f"Guest {number}") for number in range(10)]
    changed = await host.ask(AdmitAll(meeting=card.id))
    assert isinstance(changed, LobbyChanged)
    assert [one.id for one in changed.waiting] == [one.guest for one in guests[8:]]
    assert (changed.taken, changed.seats) == (10, 10)
    for guest in guests[:8]:
        assert (await guest.expect(Welcome)).you == guest.guest
    refused = await host.ask(AdmitAll(meeting=card.id))
    assert (refused.reason, "10/10" in refused.words) == ("meeting_full", True)
    await guests[0].ask(LeaveMeeting(meeting=card.id))
    await host.expect(LobbyChanged, lambda tell: (tell.taken, len(tell.waiting)) == (9, 2))
    assert not [tell for guest in guests[8:] for tell in guest.heard if isinstance(tell, Welcome)]


@story()
async def test_r22_eleventh_is_refused_and_enters_when_one_leaves(server):
    host, member, card = await in_a_meeting(server)
    guests = [await alan(server, card, name=f"Guest {number}") for number in range(9)]
    for guest in guests[:8]:
        assert isinstance(await host.ask(AdmitGuest(meeting=card.id, guest=guest.guest)), GuestAdmitted)
    refused = await host.ask(AdmitGuest(meeting=card.id, guest=guests[8].guest))
    assert (refused.reason, "10/10" in refused.words) == ("meeting_full", True)
    assert len(server.backend.calls.find(card.id).meeting.seats) == 10
    member.vanish()
    await host.expect(PersonChanged, lambda tell: not tell.person.is_connected)
    assert await host.refused(AdmitGuest(meeting=card.id, guest=guests[8].guest)) == "meeting_full", "a seat is kept"
    await guests[0].ask(LeaveMeeting(meeting=card.id))
    assert isinstance(await host.ask(AdmitGuest(meeting=card.id, guest=guests[8].guest)), GuestAdmitted)
    assert len((await guests[8].expect(Welcome)).people) == 10


@story()
async def test_r22_of_five_admitted_at_once_at_nine_exactly_one_enters(server):
    host, _, card = await in_a_meeting(server)
    for number in range(7):
        await alan_inside(server, host, card, name=f"Guest {number}")
    racers = [await alan(server, card, name=f"Racer {number}") for number in range(5)]
    answers = await asyncio.gather(*(host.ask(AdmitGuest(meeting=card.id, guest=one.guest)) for one in racers))
    assert sorted(type(answer).__name__ for answer in answers) == ["GuestAdmitted", *["Refused"] * 4]
    assert {answer.reason for answer in answers if isinstance(answer, Refused)} == {"meeting_full"}
    assert len(server.backend.calls.find(card.id).meeting.seats) == 10


@story()
async def test_a_guest_whose_notice_became_stale_is_asked_again(server):
    host, _, card = await in_a_meeting(server)
    guest = await alan(server, card)
    await host.ask(StartRecording(meeting=card.id))
    assert await guest.refused(knocking(card, notice_version=0)) == "notice_needed"
    assert (await guest.ask(knocking(card, notice_version=NOTICE_VERSION))).guest == guest.guest, (
        "they keep their place"
    )
