import asyncio
from unittest.mock import patch

import pytest

from app.wire.accounts import Greeting, SignIn
from app.wire.codec import encode
from app.wire.media import MediaLost, PublishAnswer, PublishOffer, SubscribeAnswer, SubscribeOffer
from app.wire.people import EndMeeting, LeaveMeeting, PersonLeft
from app.wire.rooms import MeetingChanged
from server_stub.relay.engine import Offer, RelayError
from tests.fakes.relay import SDP
from tests.fakes.server_client import story
from tests.patience import PATIENCE_S
from tests.people import ADA, PASSWORD, ada_and_grace, in_a_meeting, join, joining, publishing, start


@story()
async def test_nothing_goes_to_the_relay_before_the_seat(server):
    host, _, room = await ada_and_grace(server)
    card = await start(host, room)
    assert await host.refused(publishing(card.id, "microphone")) == "not_in_meeting"
    assert server.relay.calls == []
    await join(host, card.id)
    answer = await host.ask(publishing(card.id, "microphone"))
    assert answer.sdp.startswith("v=0")
    assert server.relay.calls == [("join", host.account.id), ("publish", host.account.id)]


@story()
async def test_an_offer_of_the_relay_goes_to_its_person_and_the_answer_back(server):
    host, member, card = await in_a_meeting(server)
    await member.ask(publishing(card.id, "camera"))
    told = await host.expect(SubscribeOffer)
    assert [(track.person, track.source) for track in told.tracks] == [(member.account.id, "camera")]
    await host.socket.send(encode(SubscribeAnswer(meeting=card.id, revision=told.revision, sdp=SDP)))
    await host.settle()
    assert ("answer", host.account.id) in server.relay.calls
    await member.ask(publishing(card.id))
    assert (await host.expect(SubscribeOffer)).tracks == ()
    offer = Offer(7, SDP, ())
    server.relay.events.offer_made("v0", host.account.id, offer)
    server.relay.events.offer_made(card.id, "nobody", offer)


@story()
async def test_a_bad_offer_is_refused_in_words(server):
    host, _, card = await in_a_meeting(server)
    assert await host.refused(PublishOffer(meeting=card.id, sdp="bad", sources={})) == "bad_sdp"
    assert isinstance(await host.ask(publishing(card.id)), PublishAnswer)


@story()
async def test_who_lost_their_media_is_told_which_and_the_relay_is_left_to_its_own(server):
    host, member, card = await in_a_meeting(server)
    server.relay.events.media_lost(card.id, host.account.id, "4ZcD")
    told = await host.expect(MediaLost)
    assert (told.meeting, told.session) == (card.id, "4ZcD")
    await host.settle()
    # It may have new connections of theirs by now.
    assert server.relay.calls.count(("join", host.account.id)) == 1
    assert not [one for one in member.heard if isinstance(one, MediaLost)]


@story()
async def test_who_left_has_no_media(server):
    host, member, card = await in_a_meeting(server)
    await member.ask(LeaveMeeting(meeting=card.id))
    await member.settle()
    assert (card.id, member.account.id) not in server.relay.joined
    assert (card.id, host.account.id) in server.relay.joined
    assert await member.refused(SubscribeAnswer(meeting=card.id, revision=1, sdp="x")) == "not_in_meeting"


@story()
async def test_an_offer_that_waited_while_the_seat_moved_is_refused(server):
    host, _, card = await in_a_meeting(server)
    ongoing = server.backend.calls.find(card.id)
    async with ongoing.media_lock(host.account.id):
        late = asyncio.create_task(host.ask(publishing(card.id)))
        other = await server.connect()
        await other.ask(SignIn(email=ADA["email"], password=PASSWORD))
        moving = asyncio.create_task(other.ask(joining(card.id, moves=True)))
        await host.expect(PersonLeft, lambda tell: tell.reason == "moved")
    assert (await late).reason == "not_in_meeting"
    await moving
    assert ("publish", host.account.id) not in server.relay.calls


@story()
async def test_what_the_relay_cannot_do_is_refused_in_words(server):
    host, member, card = await in_a_meeting(server)
    await member.ask(publishing(card.id, "camera"))
    told = await host.expect(SubscribeOffer)
    bad = SubscribeAnswer(meeting=card.id, revision=told.revision, sdp="bad")
    assert await host.refused(bad) == "bad_sdp"

    async def fail(*_):
        raise RelayError("The relay does not answer.")

    with patch.object(server.relay, "answer", fail), patch.object(server.relay, "publish", fail):
        assert await host.refused(bad) == "not_ready"
        assert await host.refused(publishing(card.id, "camera")) == "not_ready"


@pytest.mark.logs_warnings
@pytest.mark.parametrize("fault", [RelayError("The relay does not answer."), KeyError("aiortc")], ids=type)
def test_who_gets_a_seat_but_no_media_is_told_to_try_again_and_may(tmp_path, fault):
    @story()
    async def tell(server):
        host, _, room = await ada_and_grace(server)
        card = await start(host, room)

        async def fail(*_):
            raise fault

        with patch.object(server.relay, "join", fail):
            await join(host, card.id)
            assert (await host.expect(MediaLost)).meeting == card.id
        assert (card.id, host.account.id) not in server.relay.joined
        assert isinstance(await host.ask(publishing(card.id, "camera")), PublishAnswer)
        assert (card.id, host.account.id) in server.relay.joined

    tell(tmp_path)


@story()
async def test_what_the_relay_tells_of_who_is_gone_is_told_to_nobody(server):
    host, member, card = await in_a_meeting(server)
    events = server.relay.events
    await member.ask(LeaveMeeting(meeting=card.id))
    before = len(member.heard)
    events.media_lost(card.id, member.account.id, "4ZcD")
    events.media_lost("v0", host.account.id, "4ZcD")
    events.voice_heard("v0", host.account.id, 0.0, b"opus")
    events.recording_stopped("v0", "failed")
    events.offer_made(card.id, member.account.id, Offer(7, SDP, ()))
    await member.settle()
    assert {type(tell) for tell in member.heard[before:]} <= {Greeting, MeetingChanged}


@story()
async def test_a_meeting_that_ends_while_the_relay_takes_somebody_leaves_nothing_there(server):
    host, member, room = await ada_and_grace(server)
    card = await start(host, room)
    await join(host, card.id)
    real, asked, may_join, closed = server.relay.join, asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def late(meeting, person):
        asked.set()
        await may_join.wait()
        await real(meeting, person)

    async def close(meeting, of=server.relay.close):
        await of(meeting)
        closed.set()

    with patch.object(server.relay, "join", late), patch.object(server.relay, "close", close):
        joins = asyncio.create_task(member.ask(joining(card.id)))
        await asyncio.wait_for(asked.wait(), PATIENCE_S)
        await host.ask(EndMeeting(meeting=card.id))
        await asyncio.wait_for(closed.wait(), PATIENCE_S)
        closed.clear()
        may_join.set()
        await joins
        await asyncio.wait_for(closed.wait(), PATIENCE_S)
    assert server.relay.joined == set()
