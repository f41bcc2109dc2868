"""Shares and the recording, with the real forwarder and real clients: what is written, and what never is."""

import asyncio
import json
import time

import av

from server_stub.relay.history import RING_PACKETS
from server_stub.relay.recorder import SCREEN_PICTURES, Recording
from server_stub.relay.rtp import begins_key_frame, payload_start, vp8_descriptor
from tests.bench.relay_clip import make_clip
from tests.server_stub.relay.clients import MEETING, Shade
from tests.server_stub.relay.test_forwarder import ADA, play
from tests.server_stub.relay.test_recorder import Told, camera_of, send_both

EVERYTHING = frozenset(("microphone", "camera", "screen"))
WITHOUT_SCREEN = EVERYTHING - {"screen"}


def screen_of(stage, person):
    streams = stage.engine._meetings[MEETING].streams()
    return next(one for one in streams if (one.source.person, one.source.source) == (person, "screen"))


def key_frames(stream):
    """The first packets' bytes of the key frames that the relay has sent on of late."""
    kept = (
        stream._ring.get(seq & 0xFFFF)
        for seq in range(stream._inflow._last_seq - RING_PACKETS, stream._inflow._last_seq + 1)
    )
    payloads = (packet[payload_start(packet) :] for packet in kept if packet and not packet[0] & 0x20)
    return [payload[vp8_descriptor(payload)[0] :] for payload in payloads if begins_key_frame(payload)]


def shared(folder, person):
    index = json.loads((folder / "recording.json").read_text())
    return next(one for one in index["people"] if one["id"] == person)


def test_r39_only_the_share_of_who_consents_is_written_and_only_while_it_is_shown(tmp_path):
    folder, sent = tmp_path / "r", {}

    async def scene(stage):
        engine, recorded = stage.engine, lambda: stage.engine.statistics().frames_recorded
        ada = await stage.enter("ada", ADA, "microphone")
        grace, alan = await stage.enter("grace", 120, "nothing"), await stage.enter("alan", 120, "nothing")
        # Grace consents, Alan does not; both share, each a screen of a shade of their own.
        await engine.start_recording(MEETING, folder, {"ada": "Ada", "grace": "Grace"})
        for person, level in ((grace, 200), (alan, 150)):
            person._track = lambda source, level=level: Shade(level, (320, 180))
            engine.allow(MEETING, person.name, WITHOUT_SCREEN)
            await person.publish("screen")
        before = engine.statistics().packets_held
        await stage.until(lambda: engine.statistics().packets_held > before + 20)
        for name in ("grace", "alan"):
            engine.allow(MEETING, name, EVERYTHING)
        await stage.until(lambda: ada.sees("grace", 200, "screen") and ada.sees("alan", 150, "screen"))
        sent.update({name: key_frames(screen_of(stage, name)) for name in ("grace", "alan")})
        # The host stops Grace's share, whose program goes on sending; and it may be shared again.
        engine.allow(MEETING, "grace", WITHOUT_SCREEN)
        held = engine.statistics().packets_held
        await stage.until(lambda: engine.statistics().packets_held > held + 5)
        so_far = ada.pictures["grace", "screen"]
        engine.allow(MEETING, "grace", EVERYTHING)
        await stage.until(lambda: ada.pictures["grace", "screen"] > so_far + 5 and recorded() > 20)
        await engine.stop_recording(MEETING)

    play(scene)
    assert {path.name for path in folder.iterdir()} == {"recording.json", "ada.mkv", "grace.screen.mkv"}
    written = b"".join(path.read_bytes() for path in folder.iterdir())
    assert sent["grace"]
    assert all(frame in written for frame in sent["grace"]), "what is looked for can be found"
    assert sent["alan"]
    assert not any(frame in written for frame in sent["alan"])
    spans = shared(folder, "grace")["shares"]
    assert len(spans) == 2
    assert spans[0][0] < spans[0][1] < spans[1][0] < spans[1][1]
    with av.open(str(folder / "grace.screen.mkv")) as file:
        times = [float(packet.pts * packet.time_base) for packet in file.demux(video=0) if packet.pts is not None]
    assert not [at for at in times if spans[0][1] < at < spans[1][0] or at < spans[0][0] - 0.001]
    assert b"alan" not in (folder / "recording.json").read_bytes()


def test_an_older_share_that_is_large_again_is_asked_for_a_key_frame(tmp_path):
    async def main():
        wanted, clip = [], make_clip(1)
        recording = Recording("m", tmp_path / "r", Told().hooks)
        await recording.start({"ada": "Ada", "grace": "Grace"})
        start_s = time.monotonic()
        older = camera_of(recording, clip, "ada", lambda: wanted.append("ada"), source="screen")
        newer = camera_of(recording, clip, "grace", lambda: wanted.append("grace"), source="screen")
        send_both([older, newer], 1, start_s)
        assert wanted == []
        newer.tap.pause(start_s + 2)
        assert wanted == ["ada"]
        await recording.stop()

    asyncio.run(main())


def test_a_screen_that_moves_gets_key_frames_for_who_jumps_in_the_film_and_one_that_stands_none(tmp_path):
    async def main():
        wanted, clip = [], make_clip(1)
        recording = Recording("m", tmp_path / "r", Told().hooks)
        await recording.start({"ada": "Ada"})
        start_s = time.monotonic()
        screen = camera_of(recording, clip, "ada", lambda: wanted.append(1), source="screen")
        send_both([screen], 1, start_s)
        recording.pass_time(start_s + 600)
        assert wanted == []
        screen.units = clip.pictures[1:]  # from here on without a key frame
        send_both([screen], SCREEN_PICTURES / 30, start_s + 2)
        assert len(wanted) == 1
        await recording.stop()

    asyncio.run(main())
