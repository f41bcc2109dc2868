"""The host's rights down to the packets: the real server, its relay, and a program that sends what it likes."""

import asyncio
import contextlib

from app.wire.codec import encode
from app.wire.media import PublishAnswer, PublishOffer, SubscribeAnswer, SubscribeOffer
from app.wire.people import MutePerson, PersonChanged, RemovePerson, ShowState
from app.wire.sharing import StartSharing, StopShareOf
from server_stub.relay.forwarder import Forwarder
from tests.fakes.server_client import story
from tests.people import in_a_meeting
from tests.server_stub.relay.clients import AiortcClient, Notebook


class OverSocket:
    """What a client asks of the relay, by the messages of the protocol."""

    def __init__(self, client, meeting):
        self.client, self.meeting = client, meeting

    async def publish(self, _, person, sdp, sources):
        answer = await self.client.ask(PublishOffer(meeting=self.meeting, sdp=sdp, sources=sources))
        assert isinstance(answer, PublishAnswer), answer
        return answer.sdp

    async def answer(self, _, person, revision, sdp):
        await self.client.socket.send(encode(SubscribeAnswer(meeting=self.meeting, revision=revision, sdp=sdp)))


@contextlib.asynccontextmanager
async def media_of(notebook, client, card, level):
    """Real connections of a client of the server; they take every offer."""
    peer = AiortcClient(OverSocket(client, card.id), notebook, client.account.id, level)

    async def take_offers():
        while True:
            await peer.take(await client.expect(SubscribeOffer, within_s=60))

    taking = asyncio.create_task(take_offers())
    try:
        yield peer
    finally:
        taking.cancel()
        await asyncio.gather(taking, return_exceptions=True)
        await peer.close()


@story(relay=lambda events, _: Forwarder(events))
async def test_what_the_host_switches_off_is_not_forwarded_even_of_a_hostile_program(server):
    host, member, card = await in_a_meeting(server)
    me, notebook = member.account.id, Notebook()

    def held():
        return server.relay.statistics().packets_held

    async def until_held():
        before = held()
        await notebook.until(lambda: held() > before + 20)

    async with media_of(notebook, host, card, 60) as sees, media_of(notebook, member, card, 200) as sends:
        await sees.publish()
        await sends.publish("microphone", "camera")
        await sends.publish("screen")
        # The frames that come wake this test; a screen that nobody was told of is held back from the first packet.
        await notebook.until(lambda: sees.sees(me, 200) and sees.voices[me] > 5 and held() > 5)
        assert (me, "screen") not in sees.shades
        await host.ask(MutePerson(meeting=card.id, person=me))
        await until_held()
        voices = sees.voices[me]
        await until_held()
        assert sees.voices[me] <= voices + 5, "what had arrived before is played to its end"
        await member.ask(ShowState(meeting=card.id, microphone_on=True, camera_on=True))
        await notebook.until(lambda: sees.voices[me] > voices + 20)
        await member.ask(StartSharing(meeting=card.id))
        await notebook.until(lambda: sees.sees(me, 220, "screen"))
        await host.ask(StopShareOf(meeting=card.id, person=me))
        await host.expect(PersonChanged, lambda tell: not tell.person.sharing)
        await until_held()
        pictures = sees.pictures[me, "screen"]
        await until_held()
        assert sees.pictures[me, "screen"] <= pictures + 3
        sends.sending.on("connectionstatechange", notebook.change)
        await host.ask(RemovePerson(meeting=card.id, person=me))
        left = sees.pictures[me, "camera"]
        await notebook.until(lambda: sends.sending.connectionState == "closed")
        assert sees.pictures[me, "camera"] <= left + 3
