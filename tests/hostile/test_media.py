"""A member of a call who wants to harm the others by pictures and packets: a real relay, connections and decoders."""

import asyncio
import random
import struct

import pytest

from server_stub.relay.allowance import Allowance, Meter
from tests.fakes.vp8 import BOMB, key_frame
from tests.server_stub.relay.test_forwarder import ADA, ALAN, GRACE, play


def forged(sender, seq, payload, *, kind=97):
    """An RTP packet under one's own name. The numbers follow the last ones that were sent, as encryption wants."""
    return struct.pack("!BBHLL", 0x80, kind | 0x80, seq & 0xFFFF, seq * 3000 & 0xFFFFFFFF, sender._ssrc) + payload


async def eve_among(stage):
    """Two who talk, and Eve, whose own encoder is silent from now on; gives her line that sends pictures."""
    ada, grace = await stage.enter("ada", ADA), await stage.enter("grace", GRACE)
    eve = await stage.enter("eve", ALAN, "camera")
    await stage.until(lambda: ada.sees("grace", GRACE) and grace.sees("ada", ADA) and ada.sees("eve", ALAN))
    (line,) = eve.sending.getTransceivers()
    numbers = []
    send = line.sender.transport._send_rtp

    async def drop(data):
        numbers.append(int.from_bytes(data[2:4], "big"))

    line.sender.transport._send_rtp = drop
    while not numbers:  # noqa: ASYNC110 - a picture of her own is due within 30 ms
        await asyncio.sleep(0.005)
    line.sender.transport._send_rtp = lambda data: send(data) if data[:1] == b"\x80" and data in wanted else drop(data)
    wanted = set()

    async def say(data):
        wanted.add(data)
        await send(data)
        wanted.discard(data)

    return ada, grace, line.sender, numbers[0], say


@pytest.mark.parametrize("bomb", [BOMB, key_frame(8192, 8192)[:1_200], key_frame(0, 0) + bytes(20)])
def test_a_picture_bomb_reaches_nobody_and_the_others_go_on(bomb):
    async def scene(stage):
        ada, grace, sender, first, say = await eve_among(stage)
        before = stage.engine.statistics()
        for number in range(20):
            descriptor = random.Random(number).choice((b"\x10", b"\x18", b"\x90\x80\x01"))
            await say(forged(sender, first + number, descriptor + bomb))
        pictures = ada.pictures["grace", "camera"], grace.pictures["ada", "camera"]
        await stage.until(lambda: ada.pictures["grace", "camera"] > pictures[0] + 15)
        await stage.until(lambda: grace.pictures["ada", "camera"] > pictures[1] + 15)
        assert stage.engine.statistics().pictures_refused >= before.pictures_refused + 20
        assert stage.notebook.lost == []

    play(scene)


def test_a_flood_is_cut_down_and_the_others_go_on():
    async def scene(stage):
        ada, grace, sender, first, say = await eve_among(stage)
        got, sent = [], 0
        (_, line) = [one for one in ada.receiving.getTransceivers() if one.kind == "video"]
        (stream,) = [one for one in stage.engine._meetings["meeting"].streams() if one.source.person == "eve"]
        # A relay in the process of its own attacker cannot be flooded for real: Eve has less than others.
        allowance = Allowance(packets_per_s=20, bytes_per_s=10_000, at_once_s=0.5)
        stream._inflow._meter = Meter(allowance)
        handle = type(line.receiver.transport)._handle_rtp_data

        async def count(data, arrival_time_ms):
            if int.from_bytes(data[8:12], "big") == stream.ssrc:
                got.append(len(data))
            await handle(line.receiver.transport, data, arrival_time_ms)

        line.receiver.transport._handle_rtp_data = count
        pictures = ada.pictures["grace", "camera"], grace.pictures["ada", "camera"]
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        while ada.pictures["grace", "camera"] < pictures[0] + 40 or sent < 1_500:
            for _ in range(10):
                await say(forged(sender, first + sent, b"\x10" + key_frame(160, 96) + bytes(1_100)))
                sent += 1
            await asyncio.sleep(0.01)
        took_s = loop.time() - began_s
        await stage.until(lambda: grace.pictures["ada", "camera"] > pictures[1] + 15)
        most = allowance.bytes_per_s * (allowance.at_once_s + took_s)
        assert stage.engine.statistics().packets_beyond > 0
        # Her own pictures before, and repairs of what was lost on the way, come on top.
        assert sum(got) < 2 * most + 10_000
        assert stage.notebook.lost == []

    play(scene)
