from app.wire.codec import encode
from app.wire.media import MediaLost, PublishAnswer, PublishOffer, SubscribeAnswer, SubscribeOffer
from app.wire.people import LeaveMeeting
from server_stub.relay.engine import Offer, Track
from tests.fakes.server_client import story
from tests.people import ada_and_grace, in_a_meeting, join, start


@story()
async def test_nothing_goes_to_the_relay_before_the_seat(server):
    host, _, room = await ada_and_grace(server)
    card = await start(host, room)
    assert await host.refused(PublishOffer(meeting=card.id, sdp="sdp", sources={})) == "not_in_meeting"
    assert server.relay.calls == []
    await join(host, card.id)
    await host.expect(SubscribeOffer)
    answer = await host.ask(PublishOffer(meeting=card.id, sdp="sdp", sources={"0": "microphone"}))
    assert (answer.sdp, server.relay.calls) == ("answer", [("join", host.account.id), ("publish", host.account.id)])


@story()
async def test_an_offer_of_the_relay_goes_to_its_person_and_the_answer_back(server):
    host, member, card = await in_a_meeting(server)
    await host.expect(SubscribeOffer)
    offer = Offer(7, "sdp", (Track("0", member.account.id, "camera"),))
    server.relay.events.offer_made(card.id, host.account.id, offer)
    told = await host.expect(SubscribeOffer)
    assert (told.revision, told.tracks[0].person, told.tracks[0].source) == (7, member.account.id, "camera")
    await host.socket.send(encode(SubscribeAnswer(meeting=card.id, revision=7, sdp="x")))
    await host.settle()
    assert ("answer", host.account.id) in server.relay.calls
    server.relay.events.offer_made("v0", host.account.id, offer)
    server.relay.events.offer_made(card.id, "nobody", offer)


@story()
async def test_a_bad_offer_is_refused_in_words(server):
    host, _, card = await in_a_meeting(server)
    assert await host.refused(PublishOffer(meeting=card.id, sdp="bad", sources={})) == "bad_sdp"
    assert isinstance(await host.ask(PublishOffer(meeting=card.id, sdp="good", sources={})), PublishAnswer)


@story()
async def test_who_lost_his_media_is_told_and_the_relay_is_ready_again(server):
    host, _, card = await in_a_meeting(server)
    await host.expect(SubscribeOffer)
    server.relay.events.media_lost(card.id, host.account.id)
    assert (await host.expect(MediaLost)).meeting == card.id
    await host.expect(SubscribeOffer)
    assert server.relay.calls.count(("join", host.account.id)) == 2


@story()
async def test_who_left_has_no_media(server):
    host, member, card = await in_a_meeting(server)
    await member.ask(LeaveMeeting(meeting=card.id))
    await member.settle()
    assert (card.id, member.account.id) not in server.relay.joined
    assert (card.id, host.account.id) in server.relay.joined
    assert await member.refused(SubscribeAnswer(meeting=card.id, revision=1, sdp="x")) == "not_in_meeting"
