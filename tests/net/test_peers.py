"""The two connections of a call against a relay that a test plays: what is offered, answered, refused, made anew."""

import asyncio
import contextlib
from dataclasses import replace

import pytest
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription

from app.net import guard, peers
from app.net.peers import Peers, Wishes
from app.net.picture_stream import Sinks
from app.net.receive import Receiver
from app.net.sending import FIRST_REQUEST
from app.net.warming import warm_up
from app.wire.errors import Refused
from app.wire.media import MediaLost, PublishAnswer, PublishOffer, SubscribeAnswer, SubscribeOffer, TrackInfo
from app.wire.people import MeetingEnded
from tests.patience import PATIENCE_S

SINKS = Sinks(show=lambda *_: None, sound=lambda *_: None, silence=lambda *_: None, views=lambda _: {})
LOOPBACK = ["127.0.0.1"]


class Owner:
    """Keeps what the connections wish."""

    def __init__(self):
        self.sent, self.tracks = [], []
        self.lost = self.found = 0
        self.changed = asyncio.Condition()
        self.tasks = set()

    def wishes(self):
        def note(name):
            setattr(self, name, getattr(self, name) + 1)
            self.ring()

        return Wishes(
            send=lambda message: (self.sent.append(message), self.ring()),
            lost=lambda: note("lost"),
            found=lambda: note("found"),
            tracks=self.tracks.append,
        )

    def ring(self):
        async def notify():
            async with self.changed:
                self.changed.notify_all()

        task = asyncio.ensure_future(notify())
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def until(self, is_true, limit_s=PATIENCE_S):
        async with self.changed:
            await asyncio.wait_for(self.changed.wait_for(is_true), limit_s)

    def of_kind(self, kind):
        return [one for one in self.sent if isinstance(one, kind)]


class Relay:
    """aiortc itself as the other end: answers an offer, makes one."""

    def __init__(self):
        self.made = []

    def make(self):
        self.made.append(RTCPeerConnection(RTCConfiguration(iceServers=[])))
        return self.made[-1]

    async def answer(self, offer):
        peer = self.make()
        await peer.setRemoteDescription(RTCSessionDescription(offer.sdp, "offer"))
        guard.use_addresses(peer, LOOPBACK)
        await peer.setLocalDescription(await peer.createAnswer())
        return PublishAnswer(re=offer.request, meeting=offer.meeting, sdp=peer.localDescription.sdp)

    async def offer(self, revision=1):
        peer = self.make()
        peer.addTransceiver("audio", direction="sendonly")
        guard.use_addresses(peer, LOOPBACK)
        await peer.setLocalDescription(await peer.createOffer())
        track = TrackInfo(mid="0", person="grace", source="microphone")
        return SubscribeOffer(meeting="m1", revision=revision, sdp=peer.localDescription.sdp, tracks=(track,))

    async def close(self):
        for peer in self.made:
            await peer.close()


def lost(offer):
    """What the relay says when it has lost the connection of this offer."""
    return MediaLost(meeting="m1", session=guard.connection_of(offer.sdp)[0])


@contextlib.asynccontextmanager
async def call():
    """Peers with an open call, their owner, and a relay."""
    guard.install()
    owner, relay, receiver = Owner(), Relay(), Receiver(SINKS)
    made = Peers(receiver, owner.wishes(), addresses=LOOPBACK)
    made.open("m1")
    try:
        yield made, owner, relay
    finally:
        made.close()
        await made.closed()
        await relay.close()
        receiver.close()


def test_it_offers_microphone_and_camera_and_nothing_else():
    async def run():
        async with call() as (_, owner, _):
            await owner.until(lambda: owner.sent)
            (offer,) = owner.sent
            assert offer.request > FIRST_REQUEST
            assert offer.sources == {"0": "microphone", "1": "camera"}
            guard.check_sdp(offer.sdp)
            assert "a=sendonly" in offer.sdp
            assert "a=recvonly" not in offer.sdp
            assert "typ srflx" not in offer.sdp
            assert set(owner.tracks[-1]) == {"microphone", "camera"}

    asyncio.run(run())


def test_media_flows_when_the_relay_has_answered():
    async def run():
        async with call() as (made, owner, relay):
            await owner.until(lambda: owner.sent)
            assert made.heard(await relay.answer(owner.sent[0]))
            await owner.until(lambda: owner.found)
            assert made.is_up
            times = made.times
            assert times.opened_s <= times.offered_s <= times.answered_s <= times.sending_s
            assert times.sending_s - times.opened_s < 3

    asyncio.run(run())


def test_offers_of_the_relay_are_answered_in_order_and_old_ones_ignored():
    async def run():
        async with call() as (made, owner, relay):
            offer = await relay.offer(revision=5)
            made.heard(offer)
            await owner.until(lambda: owner.of_kind(SubscribeAnswer))
            made.heard(SubscribeOffer(meeting="m1", revision=4, sdp=offer.sdp, tracks=()))
            made.heard(SubscribeOffer(meeting="other", revision=9, sdp=offer.sdp, tracks=()))
            made.heard(SubscribeOffer(meeting="m1", revision=6, sdp=offer.sdp, tracks=offer.tracks))
            await owner.until(lambda: len(owner.of_kind(SubscribeAnswer)) == 2)
            assert [one.revision for one in owner.of_kind(SubscribeAnswer)] == [5, 6]

    asyncio.run(run())


@pytest.mark.logs_warnings
def test_a_refusal_makes_new_connections_and_tells_it_once():
    async def run():
        async with call() as (made, owner, _):
            for number in range(1, 3):
                await owner.until(lambda number=number: len(owner.of_kind(PublishOffer)) == number)
                assert made.heard(Refused(re=owner.sent[-1].request, reason="bad_sdp", words="no"))
            await owner.until(lambda: len(owner.of_kind(PublishOffer)) == 3)
            assert owner.lost == 1

    asyncio.run(run())


@pytest.mark.logs_warnings
def test_lost_media_makes_new_connections():
    async def run():
        async with call() as (made, owner, relay):
            await owner.until(lambda: owner.sent)
            made.heard(await relay.answer(owner.sent[0]))
            await owner.until(lambda: owner.found)
            made.heard(lost(owner.sent[-1]))
            await owner.until(lambda: len(owner.of_kind(PublishOffer)) == 2)
            made.heard(await relay.answer(owner.sent[-1]))
            await owner.until(lambda: owner.found == 2)
            assert owner.lost == 1

    asyncio.run(run())


@pytest.mark.logs_warnings
def test_connections_that_come_up_and_are_lost_again_and_again_are_made_ever_later(monkeypatch):
    waits = []
    make = Peers._open
    monkeypatch.setattr(peers, "_RETRY_S", (0.0, 0.01, 0.02, 0.03))
    monkeypatch.setattr(
        Peers, "_open", lambda self, meeting, *, wait_s=0.0: (waits.append(wait_s), make(self, meeting, wait_s=wait_s))
    )

    async def run():
        async with call() as (made, owner, relay):
            # As the state does it.
            told = made._wishes.lost
            monkeypatch.setattr(made, "_wishes", replace(made._wishes, lost=lambda: (told(), made.open("m1"))))
            for number in range(1, 5):
                await owner.until(lambda number=number: len(owner.of_kind(PublishOffer)) == number)
                made.heard(await relay.answer(owner.sent[-1]))
                await owner.until(lambda number=number: owner.found == number)
                if number == 4:
                    monkeypatch.setattr(peers, "_PROVED_S", 0.0)
                made.heard(lost(owner.of_kind(PublishOffer)[-1]))
            assert waits == [0.0, 0.0, 0.01, 0.02, 0.0]
            assert owner.lost == 4

    asyncio.run(run())


@pytest.mark.logs_warnings
def test_an_offer_that_follows_the_loss_at_once_is_for_the_new_connections():
    async def run():
        async with call() as (made, owner, relay):
            await owner.until(lambda: owner.sent)
            made.heard(await relay.answer(owner.sent[0]))
            await owner.until(lambda: owner.found)
            made.heard(lost(owner.sent[-1]))
            made.heard(await relay.offer(revision=1))
            await owner.until(lambda: owner.of_kind(SubscribeAnswer) and len(owner.of_kind(PublishOffer)) == 2)
            made.heard(await relay.answer(owner.of_kind(PublishOffer)[-1]))
            answer = owner.of_kind(SubscribeAnswer)[-1]
            await relay.made[1].setRemoteDescription(RTCSessionDescription(answer.sdp, "answer"))
            await owner.until(lambda: owner.found == 2)
            assert len(owner.of_kind(SubscribeAnswer)) == 1

    asyncio.run(run())


@pytest.mark.logs_warnings
def test_a_loss_of_connections_that_have_been_replaced_changes_nothing():
    async def run():
        async with call() as (made, owner, relay):
            await owner.until(lambda: owner.sent)
            made.heard(await relay.answer(owner.sent[0]))
            await owner.until(lambda: owner.found)
            made.renew("the way is silent")
            made.heard(lost(owner.sent[0]))  # before the new ones are offered
            await owner.until(lambda: len(owner.of_kind(PublishOffer)) == 2)
            made.heard(lost(owner.sent[0]))  # before they are answered
            made.heard(await relay.answer(owner.sent[-1]))
            await owner.until(lambda: owner.found == 2)
            made.heard(lost(owner.sent[0]))
            made.heard(MediaLost(meeting="m1"))  # of those without an answer: there are none
            assert owner.lost == 1
            assert len(owner.of_kind(PublishOffer)) == 2

    asyncio.run(run())


@pytest.mark.logs_warnings
def test_a_loss_before_the_first_answer_makes_new_connections():
    async def run():
        async with call() as (made, owner, _):
            await owner.until(lambda: owner.sent)
            made.heard(MediaLost(meeting="m1"))
            await owner.until(lambda: len(owner.of_kind(PublishOffer)) == 2)

    asyncio.run(run())


@pytest.mark.parametrize("is_up", [False, True], ids=["before the first is up", "when it was up"])
def test_an_offer_of_another_connection_gets_a_receiving_connection_of_its_own(is_up):
    async def run():
        async with call() as (made, owner, relay):
            await owner.until(lambda: owner.sent)
            made.heard(await relay.answer(owner.sent[0]))
            made.heard(await relay.offer(revision=1))
            await owner.until(lambda: owner.of_kind(SubscribeAnswer))
            first = owner.of_kind(SubscribeAnswer)[0]
            if is_up:
                await relay.made[1].setRemoteDescription(RTCSessionDescription(first.sdp, "answer"))
                await owner.until(lambda: made.is_up)
            old = made.ways[1]
            found = owner.found
            made.heard(await relay.offer(revision=2))
            await owner.until(lambda: len(owner.of_kind(SubscribeAnswer)) == 2)
            assert not made.is_up
            second = owner.of_kind(SubscribeAnswer)[1]
            await relay.made[2].setRemoteDescription(RTCSessionDescription(second.sdp, "answer"))
            await owner.until(lambda: owner.found == found + 1)
            assert made.ways[1] is not old
            assert len(made.pulses) == 2
            assert owner.lost == 0
            assert len(owner.of_kind(PublishOffer)) == 1
            await made.closed()
            assert old.connectionState == "closed"

    asyncio.run(run())


@pytest.mark.logs_warnings
def test_another_receiving_connection_that_does_not_come_up_is_noticed(monkeypatch):
    async def run():
        async with call() as (made, owner, relay):
            await owner.until(lambda: owner.sent)
            made.heard(await relay.answer(owner.sent[0]))
            made.heard(await relay.offer(revision=1))
            await owner.until(lambda: owner.of_kind(SubscribeAnswer))
            first = owner.of_kind(SubscribeAnswer)[0]
            await relay.made[1].setRemoteDescription(RTCSessionDescription(first.sdp, "answer"))
            await owner.until(lambda: made.is_up)
            monkeypatch.setattr(peers, "_UP_LIMIT_S", 0.1)
            made.heard(await relay.offer(revision=2))
            await owner.until(lambda: owner.lost == 1)

    asyncio.run(run())


@pytest.mark.logs_warnings
@pytest.mark.parametrize("sdp", ["", "v=0", "v=0\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n"])
def test_an_offer_that_is_not_ours_is_not_touched(sdp):
    async def run():
        async with call() as (made, owner, _):
            await owner.until(lambda: owner.sent)
            made.heard(SubscribeOffer(meeting="m1", revision=1, sdp=sdp, tracks=()))
            await owner.until(lambda: owner.lost)
            assert not owner.of_kind(SubscribeAnswer)

    asyncio.run(run())


@pytest.mark.logs_warnings
def test_connections_that_do_not_come_up_are_made_anew(monkeypatch):
    monkeypatch.setattr(peers, "_UP_LIMIT_S", 0.3)

    async def run():
        async with call() as (_, owner, _):
            await owner.until(lambda: len(owner.of_kind(PublishOffer)) >= 2)
            assert owner.lost == 1

    asyncio.run(run())


def test_what_belongs_to_others_is_left_to_them():
    async def run():
        async with call() as (made, owner, _):
            await owner.until(lambda: owner.sent)
            assert not made.heard(Refused(re=3, reason="failed", words="no"))
            assert not made.heard(MeetingEnded(meeting="m1", at=1.0))
            assert made.heard(Refused(re=FIRST_REQUEST + 900, reason="failed", words="no"))
            assert made.heard(PublishAnswer(re=7, meeting="m1", sdp="x"))
            assert made.heard(MediaLost(meeting="another"))
            assert owner.lost == 0

    asyncio.run(run())


@pytest.mark.parametrize("turns", [0, 1, 2, 3, 5, 8, 12, 20])
def test_closing_at_any_moment_leaves_no_socket(turns, monkeypatch):
    opened = []
    make = asyncio.BaseEventLoop.create_datagram_endpoint

    async def remember(*args, **options):
        made = await make(*args, **options)
        opened.append(made[0])
        await asyncio.sleep(0)  # where a gathering is cut short
        return made

    monkeypatch.setattr(asyncio.BaseEventLoop, "create_datagram_endpoint", remember)

    async def run():
        warm_up()
        async with call() as (made, _, _):
            for _ in range(turns):
                await asyncio.sleep(0)
            made.close()
            await made.closed()
            await asyncio.sleep(0)
            assert all(transport.is_closing() for transport in opened)

    asyncio.run(run())


def test_closing_takes_the_tracks_back():
    async def run():
        async with call() as (made, owner, relay):
            await owner.until(lambda: owner.sent)
            made.heard(await relay.answer(owner.sent[0]))
            await owner.until(lambda: owner.found)
            made.close()
            await made.closed()
            assert owner.tracks[-1] == {}
            assert not made.is_up
            assert made.heard(MediaLost(meeting="m1"))
            assert len(owner.of_kind(PublishOffer)) == 1

    asyncio.run(run())
