"""Whether the link has room is known to whoever asks for lost packets, of a voice as of a picture."""

import pytest
from aiortc.rtp import RtpPacket

from app.net.estimate import LinkEstimate
from app.net.repair import Missing
from tests.net.receiving import run

KINDS = pytest.mark.parametrize(
    ("ssrc", "payload_type", "payload"), [(10, 96, b"\xf8opus"), (11, 97, b"\x10\x00vp8")], ids=["voice", "picture"]
)


def lose_one(ssrc, payload_type, payload):
    """The second of three packets does not come."""

    async def story(scene):
        await scene.begin()
        for seq in (1, 3):
            packet = RtpPacket(payload_type=payload_type, sequence_number=seq, timestamp=seq * 3000, ssrc=ssrc)
            packet.payload = payload
            await scene.give([packet])

    run(story)


@pytest.mark.parametrize("has_room", [False, True])
@KINDS
def test_who_asks_knows_whether_there_is_room(monkeypatch, has_room, ssrc, payload_type, payload):
    known = []

    def due(missing, now_s, *, has_room=None):
        known.append(has_room)
        return []

    monkeypatch.setattr(Missing, "due", due)
    monkeypatch.setattr(LinkEstimate, "has_room", lambda link, now_s: has_room)
    lose_one(ssrc, payload_type, payload)
    assert set(known) == {has_room}


@KINDS
def test_who_judges_the_link_knows_what_is_asked_for(monkeypatch, ssrc, payload_type, payload):
    known = []
    monkeypatch.setattr(LinkEstimate, "asked", lambda link, ssrc, seqs, now_s: known.append((ssrc, tuple(seqs))))
    monkeypatch.setattr(Missing, "due", lambda missing, now_s, *, has_room: [7, 8])
    lose_one(ssrc, payload_type, payload)
    assert set(known) == {(ssrc, (7, 8))}
