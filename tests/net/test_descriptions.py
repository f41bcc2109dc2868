"""Session descriptions of full meetings and of browsers: within one limit at every door, and what was found in them."""

import asyncio
import gzip
import json
import re
from pathlib import Path

import pytest

from app.net import guard
from app.wire.codec import MAX_ASK_BYTES, decode_ask, decode_tell, encode
from app.wire.fields import MAX_SDP
from app.wire.media import PublishOffer, SubscribeAnswer, SubscribeOffer, TrackInfo
from server_stub.relay.engine import KIND_OF_SOURCE, BadSdp
from server_stub.relay.sdp import check_answer, read_offer
from server_stub.relay.source import StreamCounts
from server_stub.relay.transport import Handlers, PeerLink
from tests.server_stub.relay.clients import MEETING, AiortcClient, Notebook, new_peer, sending_offer

FINDS = json.loads(gzip.decompress((Path(__file__).parents[1] / "data" / "fuzz" / "finds.json.gz").read_bytes()))
SOURCES = {"0": "microphone", "1": "camera"}
#: What each of ten people sends in time to come: a voice, a camera in two sizes, a screen.
FOUR = ("microphone", "camera", "camera", "screen")
#: A computer with containers and tunnels has many; each is named once.
ADDRESSES = [guard.LOOPBACK] * 12


def silent(*_):
    pass


def test_ten_people_with_four_sources_each_fit_through_every_door():
    async def play():
        handlers = Handlers(silent, silent, silent, silent)
        link = PeerLink(ADDRESSES, handlers, StreamCounts())
        lines = [link.add_line(KIND_OF_SOURCE[source], 1000 + number) for number, source in enumerate(FOUR * 9)]
        offer = await link.offer()
        tracks = tuple(
            TrackInfo(mid=line.mid, person=f"p{number // 4}" + "x" * 40, source=FOUR[number % 4])
            for number, line in enumerate(lines)
        )
        told = decode_tell(encode(SubscribeOffer(meeting="m", revision=1, sdp=offer, tracks=tracks)))
        peer = new_peer()
        await peer.setRemoteDescription(_description(guard.check_sdp(told.sdp), "offer"))
        guard.use_addresses(peer, ADDRESSES)
        await peer.setLocalDescription(await peer.createAnswer())
        whole = peer.localDescription.sdp
        answer = guard.gather_candidates(whole)
        asked = decode_ask(encode(SubscribeAnswer(meeting="m", revision=1, sdp=answer)))
        await link.take_answer(check_answer(asked.sdp, offer))
        await link.close()
        await peer.close()
        return offer, whole, answer

    offer, whole, answer = asyncio.run(play())
    assert offer.count("m=") == answer.count("m=") == 36
    assert answer.count("a=candidate:") == whole.count("a=candidate:") // 36 == 12
    assert answer.count("a=end-of-candidates") == 1
    print(f"offer {len(offer)}, answer {len(answer)}, with candidates in each line {len(whole)} characters")
    assert max(len(offer), len(answer)) < MAX_SDP * 2 / 3


def _description(sdp, kind):
    from aiortc import RTCSessionDescription

    return RTCSessionDescription(sdp, kind)


def test_the_largest_description_fits_into_a_message_with_its_line_ends_escaped():
    line = "a=ssrc:1 cname:0123456789\r\n"
    sdp = line * (MAX_SDP // len(line))
    for message in (
        SubscribeAnswer(meeting="m" * 64, revision=2**31, sdp=sdp),
        PublishOffer(meeting="m" * 64, sdp=sdp, sources={str(number): "camera" for number in range(12)}),
    ):
        assert len(encode(message)) < MAX_ASK_BYTES
        assert decode_ask(encode(message)) == message
    assert guard.SdpLimits().size == MAX_SDP


@pytest.fixture(scope="module")
def offer():
    return asyncio.run(sending_offer())


HIDDEN = "a=candidate:1 1 udp 2113937151 4f5d7e0c-1c3b-4b53-9f0d-0a3b6d0f7c11.local 54321 typ host generation 0\r\n"


def test_candidates_that_a_browser_hides_are_left_out_and_the_rest_is_taken(offer):
    shown = re.sub(r"(?m)^a=candidate:.*\n", lambda found: HIDDEN + found[0], offer)
    assert shown.count(".local") == 2
    read = read_offer(shown, SOURCES)
    assert ".local" not in read.sdp
    assert guard.LOOPBACK in read.sdp
    assert read_offer(re.sub(r"(?m)^a=candidate:.*\n", HIDDEN, offer), SOURCES).tracks == read.tracks
    for host in ("host.local.evil.example", "x.local:80", "..local", "a b.local", "\u00e9.local"):
        with pytest.raises(BadSdp):
            read_offer(shown.replace("4f5d7e0c-1c3b-4b53-9f0d-0a3b6d0f7c11.local", host), SOURCES)


def test_who_names_only_hidden_addresses_is_reached_by_the_packets_that_come():
    async def play():
        from server_stub.relay.forwarder import Forwarder

        notebook = Notebook()
        engine = Forwarder(notebook, addresses=[guard.LOOPBACK])
        ada, bob = AiortcClient(engine, notebook, "ada", level=70), AiortcClient(engine, notebook, "bob", level=180)
        publish = engine.publish

        async def hiding(meeting, person, sdp, sources):
            return await publish(meeting, person, re.sub(r"(?m)^a=candidate:.*\n", HIDDEN, sdp), sources)

        engine.publish = hiding
        for client in (ada, bob):
            await engine.join(MEETING, client.name)
            await client.publish()
        await notebook.until(lambda: ada.sees("bob", 180) and bob.sees("ada", 70))
        for client in (ada, bob):
            await client.close()
        await engine.shutdown()

    asyncio.run(play())


def test_candidates_are_named_once_and_read_by_aiortc_all_the_same(offer):
    gathered = guard.gather_candidates(offer)
    assert gathered.count("a=candidate:") == offer.count("a=candidate:") // 2
    assert gathered.index("a=candidate:") < gathered.index("m=video")
    assert guard.check_sdp(gathered).rindex("a=candidate:") > gathered.index("m=video")
    assert guard.gather_candidates(guard.check_sdp(gathered)) == guard.gather_candidates(gathered)
    alone = re.sub(r"(?m)^a=group:.*\n", "", offer)
    assert guard.gather_candidates(alone) == alone


@pytest.mark.parametrize("find", FINDS["sdp_offer"] + FINDS["sdp"])
def test_what_fuzzers_found_is_refused_in_words_or_taken(find):
    text = bytes.fromhex(find).decode("utf-8", "replace")
    with pytest.raises(BadSdp):
        read_offer(text, SOURCES)
    with pytest.raises(BadSdp):
        check_answer(text, text)


#: The addresses in the inputs that left `read_offer` as a ValueError; each stands in a whole offer again.
ADDRESSES_FOUND = sorted(
    {
        line.removeprefix("c=IN IP4 ")
        for find in FINDS["sdp_offer"]
        for line in bytes.fromhex(find).decode("utf-8", "replace").splitlines()
        if line.startswith("c=IN IP4 ") and not re.fullmatch(r"c=IN IP4 \d+\.\d+\.\d+\.\d+", line)
    }
    | {"x", "", "0.0.0", "256.1.1.1", "192.0.2.2/x", "::1", "0.0.0.0 0", "١.٢.٣.٤"}
)


@pytest.mark.parametrize("address", ADDRESSES_FOUND)
def test_an_address_that_is_none_is_refused_in_words_wherever_it_stands(offer, address):
    for change in (
        lambda sdp: re.sub(r"c=IN IP4 \S+", lambda _: f"c=IN IP4 {address}", sdp),
        lambda sdp: sdp.replace("t=0 0", f"c=IN IP4 {address}\r\nt=0 0"),
        lambda sdp: re.sub(r"a=rtcp:9 IN IP4 \S+", lambda _: f"a=rtcp:9 IN IP4 {address}", sdp),
    ):
        bad = change(offer)
        assert bad != offer
        with pytest.raises(BadSdp):
            read_offer(bad, SOURCES)


def test_nothing_but_words_leaves_the_reader_whatever_aiortc_raises(offer, monkeypatch):
    from aiortc.sdp import SessionDescription

    def fail(self):
        raise KeyError("within")

    monkeypatch.setattr("app.net.guard.sdp._check_parses", silent)
    monkeypatch.setattr(SessionDescription, "__str__", fail)
    with pytest.raises(BadSdp, match="malformed"):
        read_offer(offer, SOURCES)
