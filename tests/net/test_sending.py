"""Tracks are added and taken away in a running call: what else is sent has no gap, lines are used again."""

import asyncio
import itertools
import threading

import pytest

from app.net.encoding import CAMERA, PicturePolicy
from app.net.tracks import PictureTrack
from tests.net.relayed import ALL, MEETING, Caller, Playing, house

SCREEN = PicturePolicy(
    start_rate=600_000,
    least_rate=100_000,
    most_rate=1_500_000,
    saver_rate=200_000,
    fps=15,
    quantiser=(2, 40),
    noise_sensitivity=0,
)
CAMERA_GREY, SCREEN_GREY = 90, 200


class Scene:
    """Ada sends, Grace receives; camera and microphone of Ada play."""

    def __init__(self, made):
        self.house = made
        self.playing = {}

    async def begin(self):
        self.ada = await self.house.caller("ada", self.play)
        self.grace = await self.house.caller("grace")
        await self.sees("camera", 3)
        await self.house.until(lambda: len(self.grace.got["ada", "microphone"]) > 10)
        return self

    @property
    def sending(self):
        return self.ada.peers.sending

    def play(self, source, track):
        self.playing[source] = Playing(track, grey=CAMERA_GREY if source == "camera" else SCREEN_GREY)

    def share(self, **more):
        track = PictureTrack(SCREEN)
        self.sending.add("screen", track, **more)
        self.play("screen", track)

    async def sees(self, source, pictures):
        """Until Grace has decoded that many pictures more."""
        before = self.grace.decoded("ada", source)
        await self.house.until(lambda: self.grace.decoded("ada", source) >= before + pictures)

    def line(self, source):
        return next(line for line in self.sending._lines if line.agreed == source)

    async def lost_sight(self):
        await self.house.until(lambda: ("ada", "screen") not in self.grace.receiver.picture_statistics())

    async def end(self):
        for one in self.playing.values():
            await one.stop()

    def is_all_there(self, source):
        """Whether the last thing that was sent has arrived."""
        sent, got = self.playing[source].taken, self.times(source)
        return (sent[-1] - sent[-len(got)]) & 0xFFFFFFFF == (got[-1] - got[0]) & 0xFFFFFFFF

    def times(self, source):
        """When each picture or packet that Grace got was made, in RTP time, in order."""
        packets = sorted(set(self.grace.got["ada", source]))
        return [time for _, time, is_last in packets if is_last or source == "microphone"]


def scene(play):
    async def run():
        async with house() as made:
            scene = await Scene(made).begin()
            try:
                await play(scene)
            finally:
                await scene.end()

    asyncio.run(run())


def steps(times):
    return [after - before & 0xFFFFFFFF for before, after in itertools.pairwise(times)]


def media_lines(offer):
    return [line for line in offer.sdp.splitlines() if line.startswith("m=")]


def test_a_third_track_comes_and_goes_without_a_gap_in_the_first_two():
    async def play(scene):
        encoder = scene.line("camera")._encoder
        scene.share()
        await scene.sees("screen", 5)
        scene.sending.remove("screen")
        await scene.lost_sight()
        await scene.sees("camera", 5)
        await scene.playing["screen"].stop()
        scene.share()
        await scene.sees("screen", 5)
        scene.sending.remove("screen")
        await scene.lost_sight()
        await scene.sees("camera", 5)
        await scene.end()
        await scene.house.until(lambda: scene.is_all_there("camera") and scene.is_all_there("microphone"))

        first, added, removed, again, gone = scene.ada.offers
        assert first.sources == removed.sources == gone.sources == {"0": "microphone", "1": "camera"}
        assert added.sources == again.sources == {**first.sources, "2": "screen"}
        assert [len(media_lines(one)) for one in (first, added, removed, again, gone)] == [2, 3, 3, 3, 3]
        for source in ("camera", "microphone"):
            seqs = sorted({seq for seq, *_ in scene.grace.got["ada", source]})
            assert seqs == list(range(seqs[0], seqs[0] + len(seqs))), "no packet is missing"
            times = scene.times(source)
            assert steps(times) == steps(scene.playing[source].taken[-len(times) :]), "all that was taken has arrived"
        statistics = scene.grace.receiver.picture_statistics()["ada", "camera"]
        await scene.house.until(lambda: statistics.decoded == len(scene.times("camera")))
        assert statistics.skipped == 0
        assert scene.line("camera")._encoder is encoder, "nor was a key frame spent on it"
        assert scene.ada.lost == scene.grace.lost == 0

    scene(play)


def test_what_is_taken_away_stops_at_once_though_the_answer_is_outstanding():
    async def play(scene):
        scene.share()
        await scene.sees("screen", 3)
        scene.ada.may_answer.clear()
        scene.sending.remove("screen")
        taken = len(scene.playing["screen"].taken)
        await scene.sees("camera", 5)
        assert len(scene.playing["screen"].taken) == taken
        scene.ada.may_answer.set()
        await scene.lost_sight()

    scene(play)


def test_what_changes_while_an_answer_is_outstanding_is_in_the_next_offer():
    async def play(scene):
        scene.ada.may_answer.clear()
        scene.share()
        await scene.house.until(lambda: len(scene.ada.offers) == 2)
        scene.sending.remove("screen")
        await scene.playing["screen"].stop()
        scene.share()
        scene.sending.remove("screen")
        await scene.playing["screen"].stop()
        scene.share()
        await scene.sees("camera", 3)
        assert len(scene.ada.offers) == 2
        assert not scene.playing["screen"].taken
        scene.ada.may_answer.set()
        await scene.sees("screen", 3)
        assert len(scene.ada.offers) == 2, "what was added meanwhile has the line that was offered"

    scene(play)


def test_what_comes_and_goes_at_once_is_not_even_offered():
    async def play(scene):
        scene.share()
        scene.sending.remove("screen")
        scene.sending.remove("screen")
        await scene.sees("camera", 5)
        assert len(scene.ada.offers) == 1
        assert not scene.playing["screen"].taken

    scene(play)


def test_another_track_of_the_same_source_takes_its_line_without_an_offer():
    async def play(scene):
        scene.share()
        await scene.sees("screen", 3)
        await scene.playing["screen"].stop()
        count = len(scene.ada.offers)
        scene.share()
        await scene.sees("screen", 5)
        assert len(scene.ada.offers) == count
        assert scene.grace.receiver.picture_statistics()["ada", "screen"].skipped == 0

    scene(play)


def test_a_line_that_changes_its_source_sends_nothing_under_the_wrong_name():
    async def play(scene):
        scene.sending.remove("camera")
        scene.share()
        await scene.sees("screen", 5)
        assert scene.ada.offers[-1].sources == {"0": "microphone", "1": "screen"}
        assert len(media_lines(scene.ada.offers[-1])) == 2
        faces, screens = scene.grace.greys["ada", "camera"], scene.grace.greys["ada", "screen"]
        assert all(abs(grey - faces[0]) < 10 for grey in faces)
        assert all(grey > faces[0] + 50 for grey in screens)

    scene(play)


def test_a_line_that_changes_its_source_sends_nothing_before_the_answer():
    async def play(scene):
        scene.ada.may_answer.clear()
        scene.sending.remove("camera")
        scene.share()
        await scene.house.until(lambda: len(scene.ada.offers) == 2)
        scene.sending.add("camera", PictureTrack(CAMERA))
        scene.sending.remove("camera")
        heard = len(scene.grace.got["ada", "microphone"])
        await scene.house.until(lambda: len(scene.grace.got["ada", "microphone"]) > heard + 10)
        assert not scene.playing["screen"].taken
        scene.ada.may_answer.set()
        await scene.sees("screen", 3)

    scene(play)


def test_a_picture_that_was_being_encoded_when_its_track_was_taken_away_does_not_go_out():
    async def play(scene):
        line, sent = scene.line("camera"), []
        take_next, encode = line._sender._next_encoded_frame, line._encoder.encode
        is_encoding, may_end = threading.Event(), threading.Event()

        def slow(*args):
            is_encoding.set()
            may_end.wait(10)
            return encode(*args)

        async def noting(codec):
            taken = await take_next(codec)
            sent.append((line.agreed, taken))
            return taken

        line._sender._next_encoded_frame = noting
        await scene.house.until(lambda: sent)
        line._encoder.encode = slow
        await asyncio.to_thread(is_encoding.wait, 10)
        sent.clear()
        scene.sending.remove("camera")
        scene.share()
        await scene.house.until(lambda: line.agreed == "screen")
        may_end.set()
        await scene.sees("screen", 3)
        assert sent[0] == ("screen", None)
        assert sent[1][1].payloads

    scene(play)


def test_an_offer_names_just_what_the_relay_takes():
    """One codec a line: an offer that is made while the connection comes up must not bring in another."""

    async def play(scene):
        scene.share()
        await scene.sees("screen", 1)
        for offer in scene.ada.offers:
            codecs = [line.split()[1] for line in offer.sdp.splitlines() if line.startswith("a=rtpmap")]
            assert codecs == ["opus/48000/2"] + ["VP8/90000"] * (len(codecs) - 1)

    scene(play)


def test_what_is_added_while_the_connection_comes_up_is_sent_with_the_rest():
    async def run():
        async with house() as made:
            scene = Scene(made)
            scene.grace = await made.caller("grace")
            scene.ada = made.callers["ada"] = Caller(made, "ada", scene.play)
            await made.relay.join(MEETING, "ada")
            made.relay.allow(MEETING, "ada", ALL)
            scene.ada.peers.open(MEETING)
            await made.until(lambda: scene.ada.offers)
            scene.share()
            assert not scene.ada.peers.is_up
            try:
                await scene.sees("screen", 3)
                await scene.sees("camera", 3)
                assert scene.ada.lost == 0
            finally:
                await scene.end()

    asyncio.run(run())


@pytest.mark.logs_warnings
def test_connections_that_are_made_anew_carry_all_that_was_sent():
    async def play(scene):
        scene.share()
        await scene.sees("screen", 3)
        await scene.ada.peers._call.sending.close()
        await scene.house.until(lambda: scene.ada.found == 2)
        assert set(scene.ada.offers[-1].sources.values()) == {"microphone", "camera", "screen"}
        heard = len(scene.grace.got["ada", "microphone"])
        await scene.sees("screen", 3)
        await scene.sees("camera", 3)
        await scene.house.until(lambda: len(scene.grace.got["ada", "microphone"]) > heard + 5)

    scene(play)


@pytest.mark.logs_warnings
def test_a_source_that_the_server_refuses_is_told_and_the_others_go_on():
    async def play(scene):
        told = []
        scene.ada.refusals.append(("bad_sdp", "No more pictures."))
        scene.share(on_refused=told.append)
        await scene.house.until(lambda: told)
        assert told == ["No more pictures."]
        await scene.sees("camera", 3)
        assert "screen" not in scene.sending.tracks
        assert scene.ada.lost == 0
        await scene.playing["screen"].stop()
        scene.share()
        await scene.sees("screen", 3)
        assert scene.ada.lost == 0

    scene(play)


def test_a_server_that_was_asked_too_much_is_asked_again(monkeypatch):
    monkeypatch.setattr("app.net.sending._PAUSE_S", 0.05)

    async def play(scene):
        scene.ada.refusals += [("too_much", "Later.")] * 2
        scene.share()
        await scene.sees("screen", 3)
        assert len(scene.ada.offers) == 4
        assert scene.ada.lost == 0

    scene(play)


def test_a_call_that_is_over_leaves_nothing_for_the_next_one():
    async def play(scene):
        scene.share()
        await scene.sees("screen", 3)
        scene.ada.peers.close()
        assert scene.sending.tracks == {}
        await scene.ada.join()
        assert scene.ada.offers[-1].sources == {"0": "microphone", "1": "camera"}

    scene(play)


def test_two_tracks_have_different_policies_at_the_same_time_and_each_changes_alone():
    async def play(scene):
        scene.share()
        await scene.sees("screen", 3)
        lines = {line.agreed: line._encoder for line in scene.sending._lines if line._encoder}
        assert lines["camera"]._codec.bit_rate <= CAMERA.most_rate
        assert lines["screen"]._codec.bit_rate <= SCREEN.most_rate
        assert (lines["camera"]._codec.qmax, lines["screen"]._codec.qmax) == (63, 40)
        scene.ada.tracks["camera"].policy = CAMERA.saving()
        await scene.sees("camera", 3)
        assert lines["camera"]._codec.bit_rate <= CAMERA.saver_rate
        await scene.house.until(lambda: lines["screen"].rate > CAMERA.saver_rate)
        scene.ada.tracks["camera"].policy = CAMERA
        await scene.sees("camera", 3)
        await scene.house.until(lambda: lines["camera"].rate > CAMERA.saver_rate)

    scene(play)
