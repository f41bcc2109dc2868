"""A weak connection is told to everyone in the meeting, seldom, and is forgotten with the connection."""

from app.wire.accounts import SignIn
from app.wire.people import LeaveMeeting, PersonChanged
from app.wire.quality import HeldPicture, PicturesHeld, TellConnection
from tests.fakes.server_client import story
from tests.people import PASSWORD, alan_inside, in_a_meeting, join


def is_weak(changed):
    return changed.person.has_weak_connection


@story()
async def test_everyone_in_the_meeting_is_told_and_who_comes_later_too(server):
    host, member, card = await in_a_meeting(server)
    own = await member.ask(TellConnection(meeting=card.id, is_weak=True))
    assert (own.person.id, own.person.has_weak_connection) == (member.account.id, True)
    assert (await host.expect(PersonChanged, is_weak)).person.id == member.account.id
    guest = await alan_inside(server, host, card)
    assert [one.has_weak_connection for one in guest.welcome.people] == [False, True, False]
    await member.ask(TellConnection(meeting=card.id, is_weak=False))
    await guest.expect(PersonChanged, lambda changed: not is_weak(changed))
    stranger = await server.connect()
    assert await stranger.refused(TellConnection(meeting=card.id, is_weak=True)) == "not_in_meeting"


@story()
async def test_it_is_forgotten_when_the_connection_is_lost_and_when_they_leave(server):
    host, member, card = await in_a_meeting(server)
    await member.ask(TellConnection(meeting=card.id, is_weak=True))
    await host.expect(PersonChanged, is_weak)
    await member.ask(LeaveMeeting(meeting=card.id))
    welcome = await join(member, card.id)
    assert not any(one.has_weak_connection for one in welcome.people)
    await member.ask(TellConnection(meeting=card.id, is_weak=True))
    await host.expect(PersonChanged, is_weak)
    member.vanish()
    lost = await host.expect(PersonChanged, lambda changed: not changed.person.is_connected)
    assert not is_weak(lost)


@story()
async def test_a_flood_is_refused_and_tells_nobody(server):
    host, member, card = await in_a_meeting(server)
    asked = [TellConnection(meeting=card.id, is_weak=not number % 2) for number in range(8)]
    answers = [await member.ask(one) for one in asked]
    refused = [one for one in answers if not isinstance(one, PersonChanged)]
    assert len(refused) == 4
    assert {one.reason for one in refused} == {"too_much"}
    assert isinstance(await host.ask(TellConnection(meeting=card.id, is_weak=True)), PersonChanged)


@story()
async def test_what_the_relay_holds_back_only_that_person_is_told(server):
    host, member, card = await in_a_meeting(server)
    pictures = frozenset({(host.account.id, "camera"), (host.account.id, "screen")})
    server.relay.events.pictures_held(card.id, member.account.id, pictures)
    told = await member.expect(PicturesHeld)
    whose = host.account.id
    assert told.pictures == (HeldPicture(person=whose, source="camera"), HeldPicture(person=whose, source="screen"))
    # A meeting that is over, or somebody who has gone: nobody is told, and nothing fails.
    server.relay.events.pictures_held("v0", member.account.id, pictures)
    server.relay.events.pictures_held(card.id, "nobody", pictures)
    await host.settle()
    assert not any(isinstance(one, PicturesHeld) for one in (*host.heard, *member.news))


@story()
async def test_who_moves_to_another_device_begins_as_good(server):
    host, member, card = await in_a_meeting(server)
    await member.ask(TellConnection(meeting=card.id, is_weak=True))
    await host.expect(PersonChanged, is_weak)
    device = await server.connect()
    await device.ask(SignIn(email=member.account.email, password=PASSWORD))
    again = await join(device, card.id, moves=True)
    assert not any(one.has_weak_connection for one in again.people)
