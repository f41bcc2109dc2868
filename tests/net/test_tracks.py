"""What goes out: newest pictures at their own times, a voice in even packets, nothing while muted."""

import asyncio
import itertools
import time

import numpy as np
import pytest

from app.media.types import BLOCK, RATE_HZ, Frame
from app.net.encoding import CAMERA
from app.net.opus import make_opus_decoder
from app.net.tracks import IdleTrack, MicrophoneTrack, PictureTrack, Released
from tests.patience import PATIENCE_S


def frame(at_s, grey=100):
    return Frame(np.full((360 * 3 // 2, 640), grey, np.uint8), "yuv420p", at_s)


def tone(number, hz=440):
    times = (number * BLOCK + np.arange(BLOCK)) / RATE_HZ
    return (0.3 * np.sin(2 * np.pi * hz * times)).astype(np.float32)


def test_only_the_newest_picture_is_taken():
    async def run():
        track = PictureTrack(CAMERA)
        start_s = track._start_s
        for number in range(5):
            track.show(frame(start_s + number, grey=number))
        picture = await track.recv()
        assert picture.pts == 4 * 90_000
        assert picture.format.name == "yuv420p"
        assert (picture.width, picture.height) == (640, 360)
        assert picture.to_ndarray()[0, 0] == 4

    asyncio.run(run())


def test_times_only_grow():
    async def run():
        track = PictureTrack(CAMERA)
        track.show(frame(track._start_s + 1))
        first = await track.recv()
        track.show(frame(track._start_s + 0.5))
        second = await track.recv()
        assert second.pts == first.pts + 1

    asyncio.run(run())


def test_a_camera_that_is_off_sends_nothing():
    async def run():
        track = PictureTrack(CAMERA)
        waiting = asyncio.ensure_future(track.recv())
        await asyncio.sleep(0)
        assert not waiting.done()
        track.show(frame(track._start_s))
        assert await asyncio.wait_for(waiting, PATIENCE_S)

    asyncio.run(run())


def test_a_track_whose_loop_has_ended_takes_no_harm():
    async def make():
        return PictureTrack(CAMERA), MicrophoneTrack()

    camera, microphone = asyncio.run(make())
    camera.show(frame(0))
    microphone._is_read = True
    microphone.hear(tone(0))
    microphone.hear(tone(1))


def test_the_voice_is_mono_opus_of_20_ms_that_can_be_understood():
    async def run():
        track = MicrophoneTrack()
        packets = []
        reading = asyncio.ensure_future(track.recv())
        await asyncio.sleep(0)
        for number in range(100):
            track.hear(tone(number))
            await asyncio.sleep(0)
            if reading.done():
                packets.append(reading.result())
                reading = asyncio.ensure_future(track.recv())
        reading.cancel()
        return packets

    packets = asyncio.run(run())
    assert len(packets) >= 48
    assert {after.pts - before.pts for before, after in itertools.pairwise(packets)} == {960}
    # The table of contents: not stereo, one frame, of 20 ms in the speech or hybrid modes.
    assert not any(bytes(packet)[0] & 0b111 for packet in packets)
    assert sum(packet.size for packet in packets) * 8 / (len(packets) * 0.02) < 48_000
    decode = make_opus_decoder().decode
    sound = np.concatenate([decode(bytes(packet)) for packet in packets])
    spectrum = np.abs(np.fft.rfft(sound[RATE_HZ // 4 :]))
    assert abs(np.argmax(spectrum) * RATE_HZ / len(sound[RATE_HZ // 4 :]) - 440) < 5


def times_sent(speak):
    """The time of each packet that is read while `speak(track)` goes on."""

    async def run():
        track = MicrophoneTrack()
        packets = []

        async def read():
            while True:
                packets.append(await track.recv())

        reading = asyncio.ensure_future(read())
        await asyncio.sleep(0)
        await speak(track)
        await asyncio.sleep(0.05)
        reading.cancel()
        return [packet.pts for packet in packets]

    return asyncio.run(run())


def test_a_mute_is_a_gap_in_time_not_a_delay():
    async def speak(track):
        for number in range(10):
            track.hear(tone(number))
        await asyncio.sleep(0.01)
        track.rest()
        track._start_s -= 5.0  # five seconds pass without a block
        for number in range(10):
            track.hear(tone(number))

    times = times_sent(speak)
    steps = [after - before for before, after in itertools.pairwise(times)]
    assert sum(step > 4 * RATE_HZ for step in steps) == 1
    assert {step for step in steps if step < RATE_HZ} == {960}


def test_a_loop_that_was_held_up_sends_all_that_was_said_meanwhile_without_a_gap():
    async def speak(track):
        for number in range(150):
            track.hear(tone(number))
            track._start_s -= BLOCK / RATE_HZ  # its time passes, and the loop has no turn

    times = times_sent(speak)
    assert len(times) == 75
    assert {after - before for before, after in itertools.pairwise(times)} == {960}


def test_filters_that_hand_on_late_move_nothing_in_time():
    """All of it comes at once here; two seconds lay in the middle of it when it was said."""

    async def speak(track):
        for number in range(200):
            track.hear(tone(number), track._start_s + number * BLOCK / RATE_HZ + (2.0 if number >= 100 else 0.0))

    steps = [after - before for before, after in itertools.pairwise(times_sent(speak))]
    (gap,) = [step for step in steps if step != 960]
    assert 2 * RATE_HZ <= gap <= 2 * RATE_HZ + 960


def test_a_mute_in_the_middle_of_a_packet_moves_nothing_that_was_said_after_it():
    async def run():
        track = MicrophoneTrack()
        reading = asyncio.ensure_future(track.recv())
        await asyncio.sleep(0)
        track.hear(tone(0))
        track.rest()
        track._start_s -= 1.0
        track.hear(tone(1))
        track.hear(tone(2))
        first = await asyncio.wait_for(reading, PATIENCE_S)
        return (await asyncio.wait_for(track.recv(), PATIENCE_S)).pts - first.pts

    assert asyncio.run(run()) >= RATE_HZ


def test_what_was_said_just_before_a_mute_goes_out_then_and_not_with_the_next_word():
    async def run():
        track = MicrophoneTrack()
        reading = asyncio.ensure_future(track.recv())
        await asyncio.sleep(0)
        track.hear(tone(0))
        for _ in range(10):
            track.rest()
        await asyncio.wait_for(reading, PATIENCE_S)
        return len(track._blocks), len(track._packets)

    assert asyncio.run(run()) == (0, 0)


def test_nothing_is_kept_before_the_connection_reads():
    async def run():
        track = MicrophoneTrack()
        for number in range(200):
            track.hear(tone(number))
        await asyncio.sleep(0)
        assert not track._packets
        assert not track._blocks

    asyncio.run(run())


def test_who_waits_for_a_track_that_is_released_gets_nothing_and_the_next_one_only_what_is_new():
    async def run():
        for track in (PictureTrack(CAMERA), MicrophoneTrack(), IdleTrack("video")):
            waiting = asyncio.ensure_future(track.recv())
            await asyncio.sleep(0)
            track.release()
            with pytest.raises(Released):
                await asyncio.wait_for(waiting, PATIENCE_S)
        camera, microphone = PictureTrack(CAMERA), MicrophoneTrack()
        camera.show(frame(camera._start_s, grey=1))
        camera.release()
        waiting = asyncio.ensure_future(camera.recv())
        await asyncio.sleep(0)
        camera.show(frame(camera._start_s, grey=2))
        assert (await asyncio.wait_for(waiting, PATIENCE_S)).to_ndarray()[0, 0] == 2
        microphone.release()
        microphone.hear(tone(0))
        assert not microphone._blocks

    asyncio.run(run())


def test_of_two_who_wait_at_once_only_the_one_who_came_after_the_release_gets_the_picture():
    async def run():
        track = PictureTrack(CAMERA)
        before = asyncio.ensure_future(track.recv())
        await asyncio.sleep(0)
        track.release()
        after = asyncio.ensure_future(track.recv())
        track.show(frame(track._start_s))
        assert await asyncio.wait_for(after, PATIENCE_S)
        with pytest.raises(Released):
            await before

    asyncio.run(run())


def test_a_picture_that_was_taken_back_does_not_go_out():
    async def run():
        track = PictureTrack(CAMERA)
        track.show(frame(track._start_s, grey=1))
        track.hide()
        waiting = asyncio.ensure_future(track.recv())
        await asyncio.sleep(0)
        track.show(frame(track._start_s, grey=2))
        assert (await asyncio.wait_for(waiting, PATIENCE_S)).to_ndarray()[0, 0] == 2

    asyncio.run(run())


def test_tracks_of_one_line_have_one_clock():
    async def run():
        first, second = PictureTrack(CAMERA), PictureTrack(CAMERA)
        now_s = time.monotonic()
        first.show(frame(now_s))
        second.show(frame(now_s + 1))
        assert (await second.recv()).pts - (await first.recv()).pts == 90_000

    asyncio.run(run())
