"""Offers and answers at the relay's door."""

import asyncio
import re

import pytest

from server_stub.relay.engine import BadSdp
from server_stub.relay.sdp import check_answer, read_offer
from tests.server_stub.relay.clients import sending_offer

SOURCES = {"0": "microphone", "1": "camera"}


@pytest.fixture(scope="module")
def offer():
    return asyncio.run(sending_offer())


def test_an_offer_is_cut_down_to_opus_and_vp8_without_rtx(offer):
    read = read_offer(offer, SOURCES)
    assert "rtx" in offer
    for word in ("rtx", "H264", "PCMU", "G722", "ssrc-group"):
        assert word not in read.sdp
    assert [(track.mid, track.source, track.kind, track.payload_type) for track in read.tracks] == [
        ("0", "microphone", "audio", 96),
        ("1", "camera", "video", 97),
    ]
    assert read_offer(read.sdp, SOURCES).tracks == read.tracks


def test_lines_that_do_not_send_need_no_source(offer):
    silent = offer.replace("a=sendonly", "a=inactive", 1)
    assert [track.mid for track in read_offer(silent, {"1": "camera"}).tracks] == ["1"]
    with pytest.raises(BadSdp, match="do not match"):
        read_offer(silent, SOURCES)


@pytest.mark.parametrize(
    ("change", "sources", "words"),
    [
        (lambda sdp: sdp, {"0": "camera", "1": "camera"}, "wrong kind"),
        (lambda sdp: sdp, {"0": "microphone"}, "no source"),
        (lambda sdp: sdp, SOURCES | {"2": "screen"}, "do not match"),
        (lambda sdp: sdp, {"0": "microphone", "1": "mirror"}, "wrong kind"),
        (lambda sdp: sdp.replace("opus/48000/2", "speex/16000"), SOURCES, "neither Opus nor VP8"),
        (lambda sdp: sdp.replace("VP8/90000", "AV1/90000"), SOURCES, "neither Opus nor VP8"),
        (lambda sdp: "\r\n".join(line for line in sdp.splitlines() if "ssrc" not in line), SOURCES, "no SSRC"),
        (lambda sdp: sdp + "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n", SOURCES, "data channels"),
        (lambda sdp: sdp + "a=x:y\r\n" * 20_000, SOURCES, "too large"),
    ],
)
def test_offers_that_are_refused(offer, change, sources, words):
    with pytest.raises(BadSdp, match=words):
        read_offer(change(offer), sources)


@pytest.mark.parametrize("source", ["camera", "camera-low", "screen"])
def test_two_of_a_source_are_refused_and_a_face_in_two_sizes_is_not(offer, source):
    twice = offer.replace("m=audio", "m=video").replace("opus/48000/2", "VP8/90000")
    with pytest.raises(BadSdp, match="twice"):
        read_offer(twice, {"0": source, "1": source})
    assert len(read_offer(twice, {"0": "camera", "1": "camera-low"}).tracks) == 2


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda sdp: sdp.replace("a=mid:1", "a=mid:7"), "not those of the offer"),
        (lambda sdp: sdp[: sdp.index("m=video")], "not those of the offer"),
        (lambda sdp: re.sub(r"(SAVPF|rtpmap:|rtcp-fb:|apt=)( ?)97\b", r"\g<1>\g<2>120", sdp), "as they were offered"),
        (lambda sdp: sdp.replace("a=setup:active", "a=setup:actpass"), "DTLS role"),
    ],
)
def test_answers_that_are_refused(offer, change, words):
    answer = offer.replace("a=setup:actpass", "a=setup:active")
    check_answer(answer, offer)
    with pytest.raises(BadSdp, match=words):
        check_answer(change(answer), offer)
