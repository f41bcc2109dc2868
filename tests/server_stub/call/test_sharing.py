from app.wire.people import PersonChanged, RejoinAsGuest
from app.wire.sharing import StartSharing, StopSharing
from tests.fakes.server_client import story
from tests.people import alan_inside, in_a_meeting


@story()
async def test_anyone_in_the_meeting_shares_guests_too(server):
    host, member, card = await in_a_meeting(server)
    guest = await alan_inside(server, host, card)
    for one in (host, member, guest):
        shared = await one.ask(StartSharing(meeting=card.id))
        assert shared.person.sharing
    told = await member.expect(PersonChanged, lambda tell: tell.person.is_guest)
    assert told.person.sharing
    stopped = await guest.ask(StopSharing(meeting=card.id))
    assert not stopped.person.sharing


@story()
async def test_nobody_else_does(server):
    _, _, card = await in_a_meeting(server)
    stranger = await server.connect()
    assert await stranger.refused(StartSharing(meeting=card.id)) == "not_in_meeting"


@story()
async def test_a_guest_who_is_back_before_the_loss_was_noticed_shares_nothing_any_more(server):
    host, member, card = await in_a_meeting(server)
    guest = await alan_inside(server, host, card)
    shared = await guest.ask(StartSharing(meeting=card.id))
    again = await server.connect()
    back = await again.ask(RejoinAsGuest(token=guest.welcome.guest_token))
    assert not any(one.sharing for one in back.people)
    told = await member.expect(PersonChanged, lambda tell: tell.person.is_guest and not tell.person.sharing)
    assert (told.person.id, told.person.sharing_since) == (shared.person.id, 0.0)
