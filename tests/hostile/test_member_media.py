"""A member sends what only they can, by their own keys, to a real relay and real clients: the others go on."""

import asyncio
import os
import struct

import pytest
from aiortc import rtp

from tests.net.relayed import Playing, house

VOICE, PICTURE = 96, 97


def key_head(width, height, partition):
    """A VP8 key frame's head; what follows it here is no picture."""
    return struct.pack("<L", partition << 5 | 0x10)[:3] + b"\x9d\x01\x2a" + struct.pack("<HH", width, height)


class Eve:
    """A caller who sends nothing by herself; `step` numbers what she sends."""

    def __init__(self, caller):
        call = caller.peers._call
        (self.voice,) = (one for one in call.sending.getSenders() if one.kind == "audio")
        (self.face,) = (one for one in call.sending.getSenders() if one.kind == "video")
        self.up = call.sending.getTransceivers()[0].sender.transport
        self.down = call.receiving.getTransceivers()[0].receiver.transport
        self.others = [line._ssrc for line in caller.receiver._lines.values()]

    async def say(self, ssrc, number, payload, *, kind=PICTURE, time=None):
        head = struct.pack("!BBHLL", 0x80, kind | 0x80, number & 0xFFFF, (time or number * 3000) & 0xFFFFFFFF, ssrc)
        await self.up._send_rtp(head + payload)


async def opus_junk(eve, step):
    await eve.say(eve.voice._ssrc, step, os.urandom(1 + step % 300), kind=VOICE, time=step * 960)


async def time_jumps(eve, step):
    anywhere = int.from_bytes(os.urandom(4), "big")
    await eve.say(eve.voice._ssrc, step * 97, os.urandom(40), kind=VOICE, time=anywhere)


async def junk_behind_a_key_head(eve, step):
    await eve.say(eve.face._ssrc, step, b"\x10" + key_head(64, 48, 500) + os.urandom(600))


async def junk_that_claims_more_than_it_holds(eve, step):
    await eve.say(eve.face._ssrc, step, b"\x10" + key_head(640, 360, 16) + os.urandom(600))


async def the_names_of_others(eve, step):
    for ssrc in (*eve.others, int.from_bytes(os.urandom(4), "big")):
        await eve.say(ssrc, step, b"\x10" + os.urandom(400))


async def nack_flood(eve, step):
    for ssrc in eve.others:
        packet = rtp.RtcpRtpfbPacket(fmt=rtp.RTCP_RTPFB_NACK, ssrc=1, media_ssrc=ssrc)
        packet.lost = [(step * 200 + ahead) & 0xFFFF for ahead in range(200)]
        await eve.down._send_rtp(bytes(packet))


async def pli_flood(eve, step):
    for ssrc in eve.others:
        await eve.down._send_rtp(bytes(rtp.RtcpPsfbPacket(fmt=rtp.RTCP_PSFB_PLI, ssrc=1, media_ssrc=ssrc)))


async def goodbyes(eve, step):
    for way in (eve.up, eve.down):
        for ssrc in (eve.voice._ssrc, eve.face._ssrc, *eve.others):
            await way._send_rtp(bytes(rtp.RtcpByePacket(sources=[ssrc])))


async def a_rate_cut_short(eve, step):
    """REMB that says it names five sources, and names none."""
    for way in (eve.up, eve.down):
        await way._send_rtp(bytes(rtp.RtcpPsfbPacket(fmt=15, ssrc=1, media_ssrc=0, fci=b"REMB\x05\x0b\x00\x00")))


#: What the relay passes on, and a client has to bear.
PASSED_ON = {opus_junk: "microphone", time_jumps: "microphone", junk_behind_a_key_head: "camera"}


@pytest.mark.parametrize(
    "attack",
    [
        opus_junk, time_jumps, junk_behind_a_key_head, junk_that_claims_more_than_it_holds, the_names_of_others,
        nack_flood, pli_flood, goodbyes,
        a_rate_cut_short,
    ],
)  # fmt: skip
def test_whatever_a_member_sends_the_others_see_and_hear_each_other(attack):
    async def scene():
        async with house() as made:
            playing = []
            ada = await made.caller("ada", lambda source, track: playing.append(Playing(track, grey=90)))
            grace = await made.caller("grace")
            eve = Eve(await made.caller("eve"))
            await made.until(lambda: grace.decoded("ada", "camera") > 3 and len(grace.got["ada", "microphone"]) > 5)
            pictures, packets = grace.decoded("ada", "camera"), len(grace.got["ada", "microphone"])
            step = 0
            async with asyncio.timeout(60):
                while step < 200 or grace.decoded("ada", "camera") < pictures + 20:
                    step += 1
                    await attack(eve, step)
                    await asyncio.sleep(0.002)
            await made.until(lambda: len(grace.got["ada", "microphone"]) > packets + 20)
            assert (ada.lost, grace.lost) == (0, 0)
            assert bool(grace.got["eve", "microphone"] or grace.got["eve", "camera"]) == (attack in PASSED_ON)
            if attack in PASSED_ON:
                assert len(grace.got["eve", PASSED_ON[attack]]) > 20
            assert not any(voice.has_failed for voice in grace.receiver._voices if voice.person == "ada")
            # Nobody else is made to stand for Ada: what Grace sees of her is what she shows.
            greys = grace.greys["ada", "camera"]
            assert all(abs(grey - greys[0]) < 12 for grey in greys)
            for one in playing:
                await one.stop()

    asyncio.run(scene())
