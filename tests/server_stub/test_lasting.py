"""How long a meeting lasted counts from the first person who came in, not from the click that made it."""

from app.wire.people import LeaveMeeting
from app.wire.rooms import ListMessages, MeetingChanged
from tests.fakes.clock import START, FakeClock
from tests.fakes.server_client import story
from tests.people import ada_and_grace, alan_inside, join, start

WAIT_S, TALK_S, EMPTY_S = 240, 600, 300


async def shown(client, room):
    """The meeting's card as the room's messages show it, out of what is kept."""
    listed = await client.ask(ListMessages(room=room))
    return next(one.meeting for one in listed.messages if one.meeting)


@story(clock=FakeClock())
async def test_the_timer_and_the_length_count_from_the_first_join(server):
    host, member, room = await ada_and_grace(server)
    card = await start(host, room)
    assert card.started_at == START
    await server.backend.clock.pass_time(WAIT_S)
    assert (await join(member, card.id)).meeting.started_at == START + WAIT_S
    changed = await host.expect(MeetingChanged, lambda tell: tell.meeting.people == 1)
    assert changed.meeting.started_at == START + WAIT_S
    await server.backend.clock.pass_time(TALK_S)
    # Who comes later, or comes back to a meeting that was empty meanwhile, finds the same beginning.
    assert (await join(host, card.id)).meeting.started_at == START + WAIT_S
    # The one who waited for the other has the host's role by now.
    guest = await alan_inside(server, member, card)
    assert guest.welcome.meeting.started_at == START + WAIT_S
    for client in (guest, member, host):
        await client.ask(LeaveMeeting(meeting=card.id))
    await server.backend.clock.pass_time(EMPTY_S)
    await host.expect(MeetingChanged, lambda tell: tell.meeting.state == "ended")
    over = await shown(member, room)
    assert (over.state, over.started_at, over.ended_at) == (
        "ended",
        START + WAIT_S,
        START + WAIT_S + TALK_S + EMPTY_S,
    )


@story(clock=FakeClock())
async def test_a_meeting_that_nobody_came_to_took_no_time(server):
    host, member, room = await ada_and_grace(server)
    await start(host, room)
    await server.backend.clock.pass_time(EMPTY_S)
    told = await host.expect(MeetingChanged, lambda tell: tell.meeting.state == "ended")
    over = await shown(member, room)
    for card in (told.meeting, over):
        assert (card.state, card.started_at, card.ended_at) == ("ended", START + EMPTY_S, START + EMPTY_S)
