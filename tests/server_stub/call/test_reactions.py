"""Reactions: seen by everyone, few at a time, and not by who reads too slowly."""

from app.wire.chat import ChatPosted, PostChat
from app.wire.hands import RaiseHand
from app.wire.reactions import React, Reacted
from app.wire.recording import StartRecording, StopRecording
from tests.fakes.server_client import story
from tests.people import alan_inside, in_a_meeting


@story()
async def test_everyone_in_the_meeting_sees_a_reaction(server):
    host, member, card = await in_a_meeting(server)
    guest = await alan_inside(server, host, card)
    own = await guest.ask(React(meeting=card.id, reaction="party"))
    assert (own.person, own.reaction) == (guest.guest, "party")
    for one in (host, member):
        heard = await one.expect(Reacted)
        assert (heard.person, heard.reaction) == (guest.guest, "party")
    stranger = await server.connect()
    assert await stranger.refused(React(meeting=card.id, reaction="clap")) == "not_in_meeting"


@story()
async def test_a_flood_is_refused_and_others_are_not(server):
    host, member, card = await in_a_meeting(server)
    answers = [await member.ask(React(meeting=card.id, reaction="clap")) for _ in range(8)]
    refused = [one for one in answers if not isinstance(one, Reacted)]
    assert 1 <= len(refused) <= 3
    assert {one.reason for one in refused} == {"too_much"}
    assert isinstance(await host.ask(React(meeting=card.id, reaction="clap")), Reacted)


@story()
async def test_who_reads_too_slowly_misses_reactions_and_nothing_else(server):
    host, member, card = await in_a_meeting(server)
    session = server.backend.calls.find(card.id).inside[host.account.id]
    # Nothing wakes the sender of these, as with a socket that takes nothing.
    session._queue.extend(["{}"] * 21)
    assert isinstance(await member.ask(React(meeting=card.id, reaction="clap")), Reacted)
    assert list(session._queue) == ["{}"] * 21
    session._queue.clear()
    await member.ask(React(meeting=card.id, reaction="heart"))
    assert (await host.expect(Reacted)).reaction == "heart"
    await member.ask(PostChat(meeting=card.id, text="Hi", key="k1"))
    await host.expect(ChatPosted)


@story()
async def test_while_recorded_those_of_who_consents_are_kept_as_moments(server):
    host, member, card = await in_a_meeting(server)
    await host.ask(React(meeting=card.id, reaction="clap"))
    await host.ask(StartRecording(meeting=card.id))
    (job,) = server.maker.jobs
    for one in (host, member):
        await one.ask(React(meeting=card.id, reaction="heart"))
        await one.ask(RaiseHand(meeting=card.id))
        await one.ask(RaiseHand(meeting=card.id))
    kept = [(one.person, one.kind) for one in job.moments]
    assert kept == [(host.account.id, "heart"), (host.account.id, "hand")]
    await host.ask(StopRecording(meeting=card.id))
    await host.ask(React(meeting=card.id, reaction="clap"))
    assert len(job.moments) == 2
