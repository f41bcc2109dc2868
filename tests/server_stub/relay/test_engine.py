"""One suite for every relay: what the engine promises, on the real forwarder and on one that only speaks."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from server_stub.relay import rtcp
from server_stub.relay.engine import BadSdp, NoSpace, RelayError, Track
from server_stub.relay.forwarder import Forwarder
from server_stub.relay.meeting import MAX_REPAIRS_PER_S, MeetingRelay, _Downlink, _Person
from server_stub.relay.settings import RelaySettings
from server_stub.relay.source import StreamCounts
from server_stub.relay.stream import Stream
from tests.fakes.relay import FakeRelay
from tests.server_stub.relay.clients import MEETING, AiortcClient, Notebook, SpokenClient


class Stage:
    """One engine with clients of its kind."""

    def __init__(self, kind):
        self.notebook = Notebook()
        self.room = True
        if kind == "forwarder":
            self.engine = Forwarder(self.notebook, free=lambda folder: 10**12 if self.room else 499_999_999)
            self._client = AiortcClient
        else:
            self.engine = FakeRelay(self.notebook)
            self._client = SpokenClient
        self.clients = []

    def fill_disk_before(self):
        self.room = False
        self.engine.has_space = False

    def client(self, name):
        client = self._client(self.engine, self.notebook, name)
        self.clients.append(client)
        return client

    async def enter(self, name, *sources):
        client = self.client(name)
        await self.engine.join(MEETING, name)
        await client.publish(*sources)
        return client

    def offers(self, name):
        return self.notebook.offers[name]

    def offered(self, name):
        """Whose sources the newest offer to this person names."""
        offers = self.offers(name)
        return {(track.person, track.source) for track in offers[-1].tracks} if offers else None


@pytest.fixture(params=["forwarder", "fake"])
def play(request):
    """Runs a coroutine function on a stage of each kind and tears it down."""

    @asynccontextmanager
    async def staged():
        stage = Stage(request.param)
        try:
            yield stage
        finally:
            await stage.engine.shutdown()
            for client in stage.clients:
                await client.close()

    def run(scene):
        async def main():
            async with staged() as stage:
                await scene(stage)

        asyncio.run(main())

    return run


BOTH = ("microphone", "camera")


def of(person, *sources):
    return {(person, source) for source in sources or BOTH}


def test_each_is_offered_what_the_other_publishes(play):
    async def scene(stage):
        await stage.enter("ada")
        await stage.enter("grace")
        await stage.notebook.until(lambda: stage.offered("ada") == of("grace"))
        await stage.notebook.until(lambda: stage.offered("grace") == of("ada"))

    play(scene)


def test_two_who_publish_at_the_same_moment_are_offered_to_each_other(play):
    async def scene(stage):
        await asyncio.gather(stage.enter("ada"), stage.enter("grace"), stage.enter("alan"))
        for name in ("ada", "grace", "alan"):
            others = set().union(*(of(other) for other in {"ada", "grace", "alan"} - {name}))
            await stage.notebook.until(lambda name=name, others=others: stage.offered(name) == others)

    play(scene)


def test_who_never_publishes_is_offered_the_others_and_offered_to_nobody(play):
    async def scene(stage):
        stage.client("alan")
        await stage.engine.join(MEETING, "alan")
        await stage.enter("ada")
        await stage.notebook.until(lambda: stage.offered("alan") == of("ada"))
        assert stage.offers("ada") == []

    play(scene)


def test_one_offer_is_out_at_a_time_and_later_changes_are_merged(play):
    async def scene(stage):
        ada = stage.client("ada")
        ada.answers = False
        await stage.engine.join(MEETING, "ada")
        await stage.enter("grace")
        await stage.notebook.until(lambda: len(stage.offers("ada")) == 1)
        await stage.enter("alan")
        await stage.enter("eve")
        await stage.notebook.until(lambda: stage.offered("eve") == of("grace") | of("alan"))
        assert len(stage.offers("ada")) == 1
        ada.answers = True
        await ada.take(stage.offers("ada")[0])
        await stage.notebook.until(lambda: len(stage.offers("ada")) == 2)
        assert stage.offered("ada") == of("grace") | of("alan") | of("eve")
        assert stage.offers("ada")[1].revision > stage.offers("ada")[0].revision

    play(scene)


def test_stale_answers_and_answers_of_strangers_are_ignored(play):
    async def scene(stage):
        ada = stage.client("ada")
        await stage.engine.join(MEETING, "ada")
        await stage.enter("grace")
        await stage.notebook.until(lambda: len(stage.offers("ada")) == 1)
        await stage.engine.answer(MEETING, "ada", stage.offers("ada")[0].revision - 1, "junk")
        await stage.engine.answer(MEETING, "nobody", 1, "junk")
        await stage.engine.answer("elsewhere", "ada", 1, "junk")
        assert ada.answers

    play(scene)


def test_a_malformed_answer_is_refused_and_a_better_one_may_follow(play):
    async def scene(stage):
        ada = stage.client("ada")
        ada.answers = False
        await stage.engine.join(MEETING, "ada")
        await stage.enter("grace")
        await stage.notebook.until(lambda: len(stage.offers("ada")) == 1)
        offer = stage.offers("ada")[0]
        with pytest.raises(BadSdp):
            await stage.engine.answer(MEETING, "ada", offer.revision, "junk")
        ada.answers = True
        await ada.take(offer)
        await stage.enter("alan")
        await stage.notebook.until(lambda: stage.offered("ada") == of("grace") | of("alan"))

    play(scene)


@pytest.mark.parametrize("sdp", ["", "junk", "v=0\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n"])
def test_a_malformed_offer_is_refused(play, sdp):
    async def scene(stage):
        await stage.engine.join(MEETING, "ada")
        with pytest.raises(BadSdp):
            await stage.engine.publish(MEETING, "ada", sdp, {"0": "microphone"})

    play(scene)


def test_who_has_not_joined_cannot_publish(play):
    async def scene(stage):
        with pytest.raises(RelayError, match="not in this meeting"):
            await stage.client("ada").publish()

    play(scene)


def test_who_leaves_is_taken_out_of_the_offers(play):
    async def scene(stage):
        await stage.enter("ada")
        await stage.enter("grace")
        await stage.notebook.until(lambda: stage.offered("ada") == of("grace"))
        await stage.engine.leave(MEETING, "grace")
        await stage.engine.leave(MEETING, "grace")
        await stage.engine.leave("elsewhere", "grace")
        await stage.notebook.until(lambda: stage.offered("ada") == set())

    play(scene)


def test_a_leave_while_the_own_offer_is_out_troubles_nobody(play):
    async def scene(stage):
        grace = stage.client("grace")
        grace.answers = False
        await stage.engine.join(MEETING, "grace")
        await stage.enter("ada")
        await stage.notebook.until(lambda: len(stage.offers("grace")) == 1)
        await stage.engine.leave(MEETING, "grace")
        await stage.engine.answer(MEETING, "grace", stage.offers("grace")[0].revision, "late")
        await stage.enter("alan")
        await stage.notebook.until(lambda: stage.offered("ada") == of("alan"))
        assert len(stage.offers("grace")) == 1

    play(scene)


@pytest.mark.parametrize("leaves_first", [True, False])
def test_who_joins_again_is_offered_again(play, leaves_first):
    async def scene(stage):
        await stage.enter("ada")
        await stage.enter("grace")
        await stage.notebook.until(lambda: stage.offered("ada") == of("grace") and stage.offered("grace") == of("ada"))
        if leaves_first:
            await stage.engine.leave(MEETING, "grace")
        before = len(stage.offers("grace"))
        await stage.enter("grace")
        await stage.notebook.until(lambda: len(stage.offers("grace")) > before)
        await stage.notebook.until(lambda: stage.offered("ada") == of("grace"))
        assert stage.offered("grace") == of("ada")

    play(scene)


def test_a_second_publish_adds_the_screen(play):
    async def scene(stage):
        await stage.enter("ada")
        grace = await stage.enter("grace")
        await stage.notebook.until(lambda: stage.offered("ada") == of("grace"))
        if isinstance(grace, AiortcClient):
            await grace.publish("screen")
        else:
            await grace.publish_again("microphone", "camera", "screen")
        await stage.notebook.until(lambda: stage.offered("ada") == of("grace", *BOTH, "screen"))

    play(scene)


def test_a_source_that_is_not_published_any_more_is_not_offered_and_may_come_back(play):
    async def scene(stage):
        await stage.enter("ada")
        grace = await stage.enter("grace", *BOTH, "screen")
        await stage.notebook.until(lambda: stage.offered("ada") == of("grace", *BOTH, "screen"))
        for _ in range(2):
            await grace.publish_again(*BOTH)
            await stage.notebook.until(lambda: stage.offered("ada") == of("grace"))
            await grace.publish_again(*BOTH, "screen")
            await stage.notebook.until(lambda: stage.offered("ada") == of("grace", *BOTH, "screen"))
        assert len({track.mid for track in stage.offers("ada")[-1].tracks}) == 3

    play(scene)


def test_a_line_may_carry_another_source_than_before(play):
    async def scene(stage):
        await stage.enter("ada")
        grace = await stage.enter("grace")
        await stage.notebook.until(lambda: stage.offered("ada") == of("grace"))
        await grace.publish_again("microphone", "screen")
        await stage.notebook.until(lambda: stage.offered("ada") == of("grace", "microphone", "screen"))

    play(scene)


def test_a_second_publish_that_is_refused_leaves_what_was_published_as_it_was(play):
    async def scene(stage):
        await stage.enter("ada")
        grace = await stage.enter("grace")
        await stage.notebook.until(lambda: stage.offered("ada") == of("grace"))
        with pytest.raises(BadSdp):
            await stage.engine.publish(MEETING, "grace", "junk", {"0": "microphone"})
        await grace.publish_again("microphone")
        await stage.notebook.until(lambda: stage.offered("ada") == of("grace", "microphone"))

    play(scene)


def test_mids_of_an_offer_are_unique(play):
    async def scene(stage):
        await stage.enter("ada")
        await stage.enter("grace")
        alan = await stage.enter("alan")
        await stage.notebook.until(lambda: stage.offered("alan") == of("ada") | of("grace"))
        tracks = stage.offers("alan")[-1].tracks
        assert len({track.mid for track in tracks}) == len(tracks) == 4
        assert all(isinstance(track, Track) for track in tracks)
        assert alan.answers

    play(scene)


def test_a_recording_needs_room_on_the_disk(play, tmp_path):
    async def scene(stage):
        stage.fill_disk_before()
        with pytest.raises(NoSpace, match="500 MB"):
            await stage.engine.start_recording(MEETING, tmp_path / "recording", {"ada": "Ada"})
        assert not (tmp_path / "recording").exists()

    play(scene)


def test_recording_calls_out_of_turn_have_no_effect(play, tmp_path):
    async def scene(stage):
        await stage.engine.stop_recording(MEETING)
        await stage.engine.record_person(MEETING, "ada", "Ada")
        await stage.engine.start_recording(MEETING, tmp_path / "recording", {"ada": "Ada"})
        await stage.engine.start_recording(MEETING, tmp_path / "second", {"ada": "Ada"})
        await stage.engine.record_person(MEETING, "grace", "Grace")
        await stage.engine.stop_recording(MEETING)
        await stage.engine.stop_recording(MEETING)
        assert not (tmp_path / "second").exists()
        assert stage.notebook.stopped == []

    play(scene)


def test_a_closed_meeting_can_be_begun_again(play):
    async def scene(stage):
        await stage.enter("ada")
        await stage.engine.close(MEETING)
        await stage.engine.close(MEETING)
        await stage.enter("grace")
        await stage.enter("alan")
        await stage.notebook.until(lambda: stage.offered("grace") == of("alan"))

    play(scene)


def test_a_subscriber_who_asks_for_everything_again_and_again_gets_a_fair_share():
    """The relay's own rule, with no network: what one may have sent again is bounded by the second."""

    class Ring(Stream):
        def repair(self, link, lost):
            asked.append(len(lost))

    async def main():
        relay = MeetingRelay("m", RelaySettings((), Notebook(), StreamCounts()), lambda stream: None)
        stream, someone = Ring("audio", 900, StreamCounts()), _Person("ada")
        someone.downlink = _Downlink(None, lines={stream: None})
        relay._people["ada"] = someone
        flood = rtcp.write_nack(900, range(500)) * 50
        for _ in range(2):
            for message in rtcp.read(flood):
                relay._heed(someone.downlink, message)
            assert sum(asked) == MAX_REPAIRS_PER_S
            asked.clear()
            relay.report_reception()

    asked = []
    asyncio.run(main())


def test_what_a_person_may_send_changes_no_offer_and_may_be_said_before_he_joins(play):
    async def scene(stage):
        stage.engine.allow(MEETING, "grace", frozenset())
        await stage.enter("ada")
        await stage.enter("grace")
        await stage.notebook.until(lambda: stage.offered("ada") == of("grace"))
        before = len(stage.offers("ada"))
        stage.engine.allow(MEETING, "grace", frozenset(("screen",)))
        stage.engine.allow(MEETING, "nobody", frozenset())
        await stage.engine.leave(MEETING, "nobody")
        await stage.enter("alan")
        await stage.notebook.until(lambda: stage.offered("ada") == of("grace") | of("alan"))
        assert len(stage.offers("ada")) == before + 1

    play(scene)
