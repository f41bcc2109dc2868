"""Viewers who do not show a picture: nothing of it flows to them, and it begins anew when they do."""

import pylibsrtp
import pytest

from server_stub.relay.lane import Lanes
from server_stub.relay.source import StreamCounts
from tests.server_stub.relay.test_forwarder import ADA, GRACE, MEETING, play

ROUND = 1 << 16


class Encrypted:
    """A viewer's connection with SRTP on both sides; what does not decrypt there raises."""

    def __init__(self):
        key = bytes(range(30))
        inbound = pylibsrtp.Policy(key=key, ssrc_type=pylibsrtp.Policy.SSRC_ANY_INBOUND)
        outbound = pylibsrtp.Policy(key=key, ssrc_type=pylibsrtp.Policy.SSRC_ANY_OUTBOUND)
        self._here, self._there = pylibsrtp.Session(outbound), pylibsrtp.Session(inbound)
        self.got = []

    def send(self, packet):
        self.got.append(self._there.unprotect(self._here.protect(packet)))
        return True


def packet(seq):
    return bytes((0x80, 0xE1)) + (seq % ROUND).to_bytes(2, "big") + bytes(8) + b"picture"


@pytest.mark.parametrize("hidden_for", [100, ROUND // 2 - 10, ROUND // 2 + 10_000, ROUND + 5, 5 * ROUND // 2])
def test_a_picture_that_was_hidden_for_however_long_can_be_decrypted_again(hidden_for):
    lanes, link = Lanes("video", StreamCounts()), Encrypted()
    lanes.add(link)
    lanes.begin()
    first = 30_000
    lanes.flowing[0].send(packet(first))
    lanes.hold_back(link, True)
    for seq in range(first + 1, first + hidden_for):
        lanes.keep_in_step(packet(seq))
    assert len(link.got) <= 3 + hidden_for // 4096
    assert all(len(bare) == 12 for bare in link.got[1:]), "nothing of the picture"
    lanes.hold_back(link, False)
    lanes.begin()
    lanes.flowing[0].send(packet(first + hidden_for))
    assert link.got[-1] == packet(first + hidden_for)


def test_who_comes_and_shows_nothing_is_held_back_from_the_start():
    lanes, link = Lanes("video", StreamCounts()), Encrypted()
    assert not lanes.add(link, is_held=True), "no key frame for who does not look"
    assert not lanes.add(link)
    lanes.begin()
    assert (lanes.flowing, lanes.waiting, [lane.link for lane in lanes.held]) == ([], [], [link])
    assert lanes.hold_back(link, False)
    lanes.begin()
    assert [lane.link for lane in lanes.flowing] == [link]


def test_a_hidden_picture_does_not_flow_and_begins_again_when_it_is_shown_while_the_voice_goes_on():
    async def scene(stage):
        ada, grace = await stage.enter("ada", ADA), await stage.enter("grace", GRACE)
        await stage.until(lambda: ada.sees("grace", GRACE) and grace.sees("ada", ADA))
        relay = stage.engine._meetings[MEETING]
        stream = next(one for one in relay.streams() if one.source.person == "ada" and one.kind == "video")
        link = relay._people["grace"].downlink.link
        stage.notebook.wanted.clear()
        stage.engine.want(MEETING, "grace", {})
        assert not stream.is_viewed_by(link)
        # What was on its way still comes, on a busy computer for some time.
        voices = grace.voices["ada"]
        await stage.until(lambda: grace.voices["ada"] > voices + 30)
        voices, pictures = grace.voices["ada"], grace.pictures["ada", "camera"]
        await stage.until(lambda: grace.voices["ada"] > voices + 30)
        assert grace.pictures["ada", "camera"] <= pictures + 3
        asked = stage.engine.statistics().plis_sent
        await stage.until(lambda: ("ada", "camera", 0) in stage.notebook.wanted)
        assert stage.engine.statistics().plis_sent == asked, "nobody asks for key frames of what is hidden"
        grace.shades.clear()
        stage.engine.want(MEETING, "grace", {("ada", "camera"): 180})
        await stage.until(lambda: stage.notebook.wanted[-1] == ("ada", "camera", 180))
        await stage.until(lambda: grace.sees("ada", ADA))

    play(scene)


def test_the_owner_hears_of_the_largest_view_and_of_who_comes_and_goes():
    async def scene(stage):
        wanted = stage.notebook.wanted
        await stage.enter("ada", ADA)
        assert wanted == [("ada", "camera", 0)], "alone"
        stage.engine.want(MEETING, "grace", {("ada", "camera"): 180})
        await stage.enter("grace", GRACE, "nothing")
        assert wanted.pop() == ("ada", "camera", 180)
        stage.engine.want(MEETING, "alan", {("ada", "camera"): 720})
        await stage.enter("alan", GRACE, "nothing")
        assert wanted.pop() == ("ada", "camera", 720)
        await stage.engine.leave(MEETING, "alan")
        await stage.until(lambda: wanted[-1] == ("ada", "camera", 180))
        await stage.enter("alan", GRACE, "nothing")
        assert wanted.pop() == ("ada", "camera", None), "what was said ends with the seat"

    play(scene)


def test_who_is_recorded_is_wanted_as_they_are_though_nobody_looks(tmp_path):
    async def scene(stage):
        await stage.enter("ada", ADA)
        stage.engine.want(MEETING, "grace", {})
        await stage.enter("grace", GRACE)
        wanted = stage.notebook.wanted
        assert wanted[0] == ("ada", "camera", 0)
        await stage.engine.start_recording(MEETING, tmp_path, {"ada": "Ada"})
        assert wanted[-1] == ("ada", "camera", None)
        await stage.engine.stop_recording(MEETING)
        await stage.until(lambda: wanted[-1] == ("ada", "camera", 0))

    play(scene)
