from app.wire.chat import ChatPosted, PostChat
from app.wire.errors import Refused
from app.wire.lobby import AdmitGuest, DenyGuest, GuestAdmitted, GuestDenied, KnockHeard, LobbyChanged, LookAtLink
from app.wire.media import PublishOffer, SubscribeOffer
from app.wire.people import (
    EndMeeting,
    JoinMeeting,
    LeaveMeeting,
    MeetingEnded,
    PersonJoined,
    PersonLeft,
    RejoinAsGuest,
    Welcome,
)
from app.wire.recording import AcceptRecording, RecordingStarted, StartRecording
from app.wire.rooms import ListMessages, RoomChanged
from server_stub.config import MeetingLimits
from tests.fakes.server_client import story
from tests.people import (
    alan,
    alan_inside,
    code_of,
    in_a_meeting,
    knocking,
    publishing,
    sign_up,
)


@story()
async def test_a_link_shows_a_title_and_nothing_of_who_is_there(server):
    host, _, card = await in_a_meeting(server)
    stranger = await server.connect()
    shown = await stranger.ask(LookAtLink(code=code_of(card)))
    assert (shown.title, shown.is_recording, shown.meeting) == ("Website", False, "")
    assert (await host.ask(LookAtLink(code=code_of(card)))).meeting == card.id
    assert await stranger.refused(LookAtLink(code="A" * 22)) == "not_found"


@story()
async def test_a_guest_knocks_and_only_the_host_hears_it(server):
    host, member, card = await in_a_meeting(server)
    guest = await alan(server, card, name="  Alan\u202e ")
    waiting = (await host.expect(LobbyChanged, lambda tell: tell.waiting)).waiting
    assert [(one.id, one.name) for one in waiting] == [(guest.guest, "Alan")]
    await member.settle()
    assert not [tell for tell in member.heard if isinstance(tell, LobbyChanged)]


@story()
async def test_a_guest_in_the_lobby_is_told_nothing_and_may_nothing(server):
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
        AcceptRecording(meeting=card.id, notice_version=1),
    ):
        assert await guest.refused(ask) == "not_in_meeting"
    for ask in (JoinMeeting(meeting=card.id, microphone_on=True, camera_on=True), ListMessages(room=card.room)):
        assert await guest.refused(ask) == "not_signed_in"
    assert {type(tell) for tell in guest.heard[before:]} == {Refused}
    assert ("join", guest.guest) not in server.relay.calls


@story()
async def test_the_host_lets_a_guest_in(server):
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
async def test_a_denied_guest_is_told_in_plain_words_and_may_knock_again(server):
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
async def test_two_guests_of_one_name_are_told_apart(server):
    host, _, card = await in_a_meeting(server)
    await alan(server, card)
    await alan(server, card, name="alan")
    await alan(server, card, name="Ada")
    waiting = (await host.expect(LobbyChanged, lambda tell: len(tell.waiting) == 3)).waiting
    assert [one.name for one in waiting] == ["Alan", "alan (2)", "Ada (2)"]


@story()
async def test_terms_and_the_notice_come_before_the_lobby(server):
    host, _, card = await in_a_meeting(server)
    guest = await server.connect()
    assert await guest.refused(knocking(card, terms_version=0)) == "terms_needed"
    await host.ask(StartRecording(meeting=card.id))
    assert await guest.refused(knocking(card)) == "notice_needed"
    heard = await guest.ask(knocking(card, notice_version=1))
    assert heard.is_recording


@story()
async def test_a_recording_that_begins_is_told_in_the_lobby_and_can_be_agreed_to_there(server):
    host, _, card = await in_a_meeting(server)
    guest = await alan(server, card)
    await host.ask(StartRecording(meeting=card.id))
    await guest.expect(RecordingStarted)
    again = await guest.ask(knocking(card, notice_version=1))
    assert again.guest == guest.guest
    await host.ask(AdmitGuest(meeting=card.id, guest=guest.guest))
    welcome = await guest.expect(Welcome)
    assert welcome.recording_since is not None
    assert next(one for one in welcome.people if one.is_guest).consents


@story()
async def test_a_guest_who_has_not_agreed_is_let_in_but_not_recorded(server):
    host, _, card = await in_a_meeting(server)
    guest = await alan(server, card)
    await host.ask(StartRecording(meeting=card.id))
    await host.ask(AdmitGuest(meeting=card.id, guest=guest.guest))
    await guest.ask(publishing(card.id, "microphone"))
    assert guest.guest not in server.relay.recorded[card.id]
    await guest.ask(AcceptRecording(meeting=card.id, notice_version=1))
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
async def test_after_the_end_a_guest_has_nothing(server):
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
async def test_members_do_not_knock_and_others_with_an_account_use_its_name(server):
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
