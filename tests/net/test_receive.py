"""The receiving side over a transport that a test plays: repair, key pictures, owners that change, bounds."""

import asyncio
import fractions
import threading
import time

import av
import numpy as np
import pytest
from aiortc.rtp import RtcpPsfbPacket, RtcpRtpfbPacket, RtpPacket

from app.media.types import View
from app.net import picture_stream
from app.net.picture_stream import PictureStream
from app.net.repair import Patience
from app.wire.media import TrackInfo
from tests.fakes.vp8 import BOMB, key_frame
from tests.net.receiving import VOICE, Named, parameters, run


def test_pictures_come_in_the_size_of_their_view():
    async def story(scene):
        await scene.begin()
        await scene.give(scene.picture(is_key=True))
        await scene.until(lambda: scene.shown)
        key, view, picture = scene.shown[0]
        assert (key, view) == (("grace", "camera"), 7)
        assert picture.pixels.shape == (36, 64, 4)

    run(story)


def test_a_hidden_tile_is_decoded_and_not_shown():
    async def story(scene):
        await scene.begin()
        scene.views = {}
        await scene.give(scene.picture(is_key=True))
        scene.views = {7: View(64, 36)}
        await scene.give(scene.picture())
        await scene.until(lambda: scene.shown)
        await settle(scene)
        assert scene.decoded == 2

    run(story)


def test_a_view_that_comes_later_gets_the_newest_picture_at_once():
    """A screen that stands still sends nothing for a while."""
    screen = TrackInfo(mid="1", person="grace", source="screen")

    async def story(scene):
        await scene.begin((VOICE, screen))
        await scene.give(scene.picture(is_key=True))
        await scene.until(lambda: scene.shown)
        scene.views = {7: View(64, 36), 8: View(160, 90, "fit")}
        scene.receiver.show_again()
        await scene.until(lambda: len(scene.shown) >= 3)
        shown = {view: picture.pixels.shape for _, view, picture in scene.shown}
        assert shown == {7: (36, 64, 4), 8: (90, 160, 4)}
        assert {key for key, *_ in scene.shown} == {("grace", "screen")}

    run(story)


def test_a_window_that_is_being_resized_asks_busy_workers_once_and_gets_its_last_size():
    async def story(scene):
        await scene.begin()
        await scene.give(scene.picture(is_key=True))
        await scene.until(lambda: scene.shown)
        await settle(scene)
        done, busy = threading.Event(), asyncio.get_running_loop()
        waits = [busy.run_in_executor(scene.receiver._pool, done.wait) for _ in range(2)]
        for width in range(64, 264, 2):
            scene.views = {7: View(width, 36)}
            scene.receiver.show_again()
        done.set()
        await asyncio.gather(*waits)
        await scene.until(lambda: scene.shown[-1][2].width_px == 262)
        assert len(scene.shown) == 2
        scene.views = {7: View(300, 36)}
        scene.receiver.show_again()
        await scene.until(lambda: scene.shown[-1][2].width_px == 300)

    run(story)


def test_a_face_that_was_switched_off_is_shown_to_no_later_view(monkeypatch):
    async def story(scene):
        await scene.begin()
        await scene.give(scene.picture(is_key=True))
        await scene.until(lambda: scene.shown)
        await settle(scene)
        stream = scene.receiver._lines["1"].stream
        stream._newest_at_s -= 60.0
        count = len(scene.shown)
        scene.views = {9: View(64, 36)}
        scene.receiver.show_again()
        await scene.give(scene.picture())
        await scene.until(lambda: len(scene.shown) > count)
        assert scene.decoded == 2
        assert len(scene.shown) == count + 1

    run(story)


async def settle(scene):
    """Until the decoder has nothing left."""
    for _ in range(500):
        stream = scene.receiver._lines["1"].stream
        if not stream._is_decoding and not stream._waiting:
            return
        await asyncio.sleep(0.005)
    raise AssertionError("the decoder does not come to an end")


def test_a_lost_packet_is_asked_for_until_it_comes(monkeypatch):
    monkeypatch.setattr(
        picture_stream, "PICTURE_PATIENCE", Patience(give_up_s=60.0, most_give_up_s=60.0, least_pause_s=0.01)
    )

    async def story(scene):
        await scene.begin()
        await scene.give(scene.picture(is_key=True))
        lost, *others = scene.picture()
        await scene.give([*others, *scene.picture()])
        asking = asyncio.ensure_future(scene.receiver.keep_asking())
        async with asyncio.timeout(30):
            while len(scene.transport.of_kind(RtcpRtpfbPacket)) < 3:  # noqa: ASYNC110 - the transport has no event
                await asyncio.sleep(0.01)
        asking.cancel()
        naks = scene.transport.of_kind(RtcpRtpfbPacket)
        assert len(naks) >= 3
        assert all(nak.lost == [lost.sequence_number] and nak.media_ssrc == 11 for nak in naks)
        assert scene.decoded == 1
        await scene.give([lost])
        await settle(scene)
        assert scene.decoded == 3

    run(story)


def test_what_never_comes_is_given_up_for_a_key_picture(monkeypatch):
    monkeypatch.setattr(
        picture_stream, "PICTURE_PATIENCE", Patience(give_up_s=0.05, most_give_up_s=0.05, least_pause_s=0.01)
    )

    async def story(scene):
        await scene.begin()
        await scene.give(scene.picture(is_key=True))
        await scene.give(scene.picture()[1:] + scene.picture())
        asking = asyncio.ensure_future(scene.receiver.keep_asking())
        before = len(scene.transport.of_kind(RtcpPsfbPacket))
        for _ in range(200):
            if len(scene.transport.of_kind(RtcpPsfbPacket)) > before:
                break
            await asyncio.sleep(0.01)
        asking.cancel()
        assert len(scene.transport.of_kind(RtcpPsfbPacket)) > before
        await scene.give(scene.picture())
        await scene.give(scene.picture(is_key=True) + scene.picture())
        await settle(scene)
        assert scene.decoded == 3
        assert scene.receiver.picture_statistics()["grace", "camera"].skipped == 1

    run(story)


def test_a_late_joiner_asks_for_a_key_picture():
    async def story(scene):
        await scene.begin()
        scene.picture(is_key=True)
        await scene.give(scene.picture())
        assert len(scene.transport.of_kind(RtcpPsfbPacket)) == 1
        assert not scene.transport.of_kind(RtcpRtpfbPacket)

    run(story)


def test_a_first_picture_that_comes_is_not_asked_for_and_one_that_stops_half_way_is(monkeypatch):
    passed_s = []
    monkeypatch.setattr(picture_stream, "time", Named(monotonic=lambda: time.monotonic() + sum(passed_s)))

    async def story(scene):
        await scene.begin()
        await scene.give(scene.picture(is_key=True)[:-1])
        await scene.receiver._lines["1"].stream.check()
        assert not scene.transport.of_kind(RtcpPsfbPacket)
        passed_s.append(1.0)
        await scene.receiver._lines["1"].stream.check()
        assert len(scene.transport.of_kind(RtcpPsfbPacket)) == 1

    run(story)


def test_a_line_that_changes_its_owner_shows_nothing_of_the_old_one():
    async def story(scene):
        await scene.begin()
        await scene.give(scene.picture(is_key=True))
        await scene.until(lambda: scene.shown)
        await settle(scene)
        scene.receiver.assign((TrackInfo(mid="1", person="alan", source="camera"),))
        assert scene.silenced == ["grace"]
        await scene.lines[1].receiver.receive(parameters(12, "VP8"))
        scene.shown.clear()
        await scene.give(scene.picture())
        packets = scene.picture(is_key=True)
        for packet in packets:
            packet.ssrc = 12
        await scene.give(packets)
        await scene.until(lambda: scene.shown)
        assert [key for key, *_ in scene.shown] == [("alan", "camera")]

    run(story)


def test_a_line_without_an_owner_is_silent():
    async def story(scene):
        await scene.begin(tracks=(VOICE,))
        await scene.give(scene.picture(is_key=True))
        assert ("grace", "camera") not in scene.receiver.picture_statistics()
        assert not scene.transport.feedback

    run(story)


async def say(scene, seqs):
    """Gives 20 ms of a tone for each of these sequence numbers."""
    encoder = av.CodecContext.create("libopus", "w")
    encoder.sample_rate, encoder.layout, encoder.format = 48_000, "mono", "s16"
    encoder.time_base = fractions.Fraction(1, 48_000)
    for seq in seqs:
        sound = (8000 * np.sin(np.arange(960) / 20)).astype(np.int16).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(sound, format="s16", layout="mono")
        frame.sample_rate, frame.pts = 48_000, seq * 960
        for packet in encoder.encode(frame):
            rtp = RtpPacket(payload_type=96, sequence_number=seq, timestamp=seq * 960, ssrc=10)
            rtp.payload = bytes(packet)
            await scene.give([rtp])


def test_a_voice_is_played_block_by_block():
    async def story(scene):
        await scene.begin()
        await say(scene, range(20))
        for _ in range(40):
            scene.receiver.play()
        assert len(scene.heard) >= 38
        assert {person for person, _ in scene.heard} == {"grace"}
        assert max(np.abs(block).max() for _, block in scene.heard) > 0.1
        assert scene.receiver.voice_statistics()["grace"].packets == 20

    run(story)


def test_what_came_while_nobody_played_for_long_is_not_heard():
    async def story(scene):
        await scene.begin()
        await say(scene, range(40))
        scene.receiver._played_s -= 60.0
        for _ in range(5):
            scene.receiver.play()
        assert not scene.heard
        await say(scene, range(40, 43))
        for _ in range(5):
            scene.receiver.play()
        assert len(scene.heard) == 5

    run(story)


def test_damaged_pictures_and_wrong_payloads_do_no_harm():
    async def story(scene):
        await scene.begin()
        packets = scene.picture(is_key=True)
        for packet in packets:
            packet.payload = packet.payload[:8] + bytes(len(packet.payload) - 8)
        strange = RtpPacket(payload_type=111, sequence_number=1, timestamp=1, ssrc=11)
        empty = RtpPacket(payload_type=97, sequence_number=scene.seq, timestamp=9, ssrc=11)
        scene.seq = (scene.seq + 1) & 0xFFFF
        await scene.give([*packets, strange, empty])
        await settle(scene)
        await scene.give(scene.picture(is_key=True))
        await scene.until(lambda: scene.shown)

    run(story)


def test_a_decoder_that_cannot_keep_up_loses_pictures_and_not_memory(monkeypatch):
    async def story(scene):
        await scene.begin()
        held = threading.Event()
        show = scene.receiver._lines["1"].stream._show
        monkeypatch.setattr(scene.receiver._lines["1"].stream, "_show", lambda: held.wait(10) and show())
        await scene.give(scene.picture(is_key=True))
        for _ in range(150):
            await scene.give(scene.picture())
            assert len(scene.receiver._lines["1"].stream._waiting) <= 60
        held.set()
        assert scene.receiver.picture_statistics()["grace", "camera"].skipped > 0

    run(story)


def test_feedback_after_the_end_is_dropped():
    async def story(scene):
        await scene.begin()
        scene.transport.is_gone = True
        scene.picture(is_key=True)
        await scene.give(scene.picture())

    run(story)


@pytest.mark.logs_warnings
def test_one_voice_that_fails_does_not_silence_the_others():
    async def story(scene):
        other = TrackInfo(mid="1", person="alan", source="microphone")
        await scene.begin(tracks=(VOICE, other))
        failing, playing = scene.receiver._voices
        failing.next_block = lambda: 1 / 0
        playing.next_block = lambda: np.zeros(480, np.float32)
        for _ in range(4):
            scene.receiver.play()
        assert len(scene.heard) == 4
        assert {person for person, _ in scene.heard} == {"alan"}

    run(story)


def forged(scene, data, *, descriptor=b"\x10"):
    """One packet with a picture made by hand."""
    packet = RtpPacket(payload_type=97, sequence_number=scene.seq, timestamp=scene.number * 3000, ssrc=11)
    packet.payload, packet.marker = descriptor + data, 1
    scene.seq = (scene.seq + 1) & 0xFFFF
    return [packet]


@pytest.mark.parametrize("descriptor", [b"\x10", b"\x18", b"\x00"])
@pytest.mark.parametrize("bomb", [BOMB, key_frame(8192, 8192), key_frame(640, 360, spare=1), key_frame(0, 360)])
def test_a_picture_bomb_reaches_no_decoder_and_the_next_real_picture_is_shown(bomb, descriptor, monkeypatch):
    seen, decode = [], PictureStream._decode

    def note(self, batch):
        seen.extend(picture.data for picture in batch)
        return decode(self, batch)

    monkeypatch.setattr(PictureStream, "_decode", note)

    async def story(scene):
        await scene.begin()
        await scene.give(scene.picture(is_key=True))
        await scene.until(lambda: len(scene.shown) == 1)
        await scene.give(forged(scene, bomb, descriptor=descriptor) + scene.picture())
        statistics = scene.receiver.picture_statistics()["grace", "camera"]
        assert statistics.refused == 1
        await scene.give(scene.picture(is_key=True) + scene.picture())
        await scene.until(lambda: statistics.decoded == 3)
        assert len(seen) == 3
        assert bomb not in seen

    run(story)


def test_one_person_s_large_pictures_leave_turns_to_others():
    async def story(scene):
        await scene.begin()
        stream = scene.lines[1].receiver.receive.__self__.stream
        batches = []
        stream._decode = lambda batch: scene.note(batches, len(batch)) or True
        stream._is_decoding = True
        await scene.give(scene.picture(is_key=True))
        for _ in range(20):
            await scene.give(scene.picture())
        stream._decoded(finished())
        await scene.until(lambda: sum(batches) == 21)
        assert max(batches) == 8

    run(story)


def finished():
    done = asyncio.get_running_loop().create_future()
    done.set_result(True)
    return done


def test_voice_that_claims_too_much_is_left_out():
    async def story(scene):
        await scene.begin()
        stream = scene.lines[0].receiver.receive.__self__.stream
        for seq, opus in enumerate((bytes([31 << 3 | 3, 63, 1]), bytes([31 << 3 | 3, 0]), b"")):
            packet = RtpPacket(payload_type=97, sequence_number=seq, timestamp=960 * seq, ssrc=10)
            packet.payload = opus
            await stream.take(packet, "opus")
        assert not [packet for _, packet in stream._arrived if packet]

    run(story)
