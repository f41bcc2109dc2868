"""The guarded parsers, each with good inputs and what may leave it: anything else that leaves it is a find."""

from __future__ import annotations

import gzip
import io
import json
import struct
import time
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import av
import cv2
import numpy as np
from aioice import Candidate, ice, stun
from aiortc import RTCDtlsTransport, rtcsctptransport, rtp

from app.media import device_names
from app.media.background import read_image
from app.media.image_size import read_size
from app.media.types import FileUnreadable
from app.net import guard
from app.net.assembly import EncodedPicture, PictureAssembly, read_part
from app.net.guard import payloads
from app.net.opus import make_opus_decoder
from app.net.picture_stream import PictureStatistics, PictureStream
from app.net.voice import VoiceBuffer, VoicePacket
from app.wire import links
from app.wire.codec import decode_ask, decode_tell, encode
from app.wire.errors import Malformed, TooLarge
from app.wire.media import PublishOffer, SubscribeOffer, TrackInfo
from app.wire.recap import Utterance
from server_stub.recap import protocol
from server_stub.recap.model_proof import ModelProof
from server_stub.recap.pictures import read_shots
from server_stub.recap.sound import OpusListener, SoundError, read_sound
from server_stub.recap.suggested import Suggested, Unreadable, read_answer
from server_stub.relay import recorder, rtcp
from server_stub.relay.engine import BadSdp
from server_stub.relay.matroska import MatroskaFile, Sample
from server_stub.relay.sdp import check_answer, read_offer
from server_stub.relay.source import Source, StreamCounts
from server_stub.relay.stream import Stream
from tests.fakes.model_server import minutes
from tests.fakes.viewers import OwnSocket
from tests.fakes.vp8 import BOMB, key_frame
from tests.fuzz.target import Target, passing_folder
from tests.server_stub.relay.clients import new_peer

FINDS = Path(__file__).parents[1] / "data" / "fuzz" / "finds.json.gz"
OPUS = bytes([31 << 3]) + bytes(20)
SSRC = 77


class Deaf(OwnSocket):
    """A connection that takes everything and sends nothing."""

    def send(self, _):
        return True

    def send_rtcp(self, packet):
        pass


def past(name):
    """What fuzzers found before."""
    return [bytes.fromhex(find) for find in json.loads(gzip.decompress(FINDS.read_bytes()))[name]]


def _rtp_seeds():
    extensions = rtp.HeaderExtensionsMap()
    made = []
    for size in (0, 20, 300):
        packet = rtp.RtpPacket(payload_type=97, sequence_number=1000, timestamp=5, ssrc=SSRC, payload=bytes(size))
        made.append(packet.serialize(extensions))
    made += [struct.pack("!BBHLL", 0x80, 97 | last << 7, 1000 + number, 5, SSRC) + b"\x10" + key_frame(64, 48)
             for number in range(3) for last in (0, 1)]  # fmt: skip
    extended = b"\xbe\xde\0\x02\x10\x30\x32abc\0\0"
    return [*made, struct.pack("!BBHLL", 0x90, 97, 1010, 5, SSRC) + extended + b"\x10" + BOMB]


def _rtcp_seeds():
    block = rtp.RtcpReceiverInfo(
        ssrc=SSRC, fraction_lost=3, packets_lost=9, highest_sequence=7, jitter=1, lsr=2, dlsr=3
    )
    parts = [
        rtp.RtcpSrPacket(ssrc=SSRC, sender_info=rtp.RtcpSenderInfo(1, 2, 3, 4), reports=[block]),
        rtp.RtcpRrPacket(ssrc=SSRC, reports=[block, block]),
        rtp.RtcpSdesPacket(chunks=[rtp.RtcpSourceInfo(ssrc=SSRC, items=[(1, b"abc")])]),
        rtp.RtcpByePacket(sources=[SSRC, 2]),
        rtp.RtcpRtpfbPacket(fmt=1, ssrc=1, media_ssrc=SSRC, lost=[1, 2, 40]),
        rtp.RtcpPsfbPacket(fmt=15, ssrc=1, media_ssrc=0, fci=rtp.pack_remb_fci(500_000, [1])),
        rtp.RtcpPsfbPacket(fmt=1, ssrc=1, media_ssrc=SSRC),
    ]
    whole = [bytes(part) for part in parts]
    return [*whole, b"".join(whole)]


async def _offer():
    peer = new_peer()
    peer.addTransceiver("audio")
    peer.addTransceiver("video")
    await peer.setLocalDescription(await peer.createOffer())
    text = peer.localDescription.sdp
    await peer.close()
    return text


def _stream(kind, tap=None):
    stream = Stream(kind, 900, StreamCounts())
    stream.bind(Source(Deaf(), "ada", "camera" if kind == "video" else "microphone", SSRC, 97, lambda now_s: True))
    stream.add_subscriber(Deaf())
    stream.tap = tap
    # Fuzzers are faster than anybody may be.
    stream._inflow._meter = SimpleNamespace(admits=lambda size, now_s: True, has_room=lambda now_s: True)
    return stream


async def relay_rtp():
    streams = [_stream("video"), _stream("audio")]

    def feed(data):
        if 12 <= len(data) <= 1500:
            streams[len(data) & 1].take(data, time.monotonic())

    return Target(feed, _rtp_seeds(), past=past("rtp"))


async def relay_rtcp():
    stream, link = _stream("video"), Deaf()

    def feed(data):
        for message in rtcp.read(data):
            if isinstance(message, rtcp.SenderReport):
                stream.take_report(message)
            elif isinstance(message, rtcp.Nack):
                stream.repair(link, message.lost, 1e6)

    return Target(feed, _rtcp_seeds(), past=past("rtcp"))


async def recording():
    folder, end = passing_folder()
    nothing = recorder.RecordingHooks(lambda *_: None, lambda *_: None, lambda _: 10**12)
    made = recorder.Recording("m", folder / "m", nothing)
    await made.start({"ada": "Ada"})
    end.push_async_callback(made.stop)
    taps = [made.tap_for("ada", source, lambda: None) for source in ("camera", "microphone")]
    seq = [0]

    def feed(data):
        if 12 <= len(data) <= 1500:
            seq[0] += 1
            packet = data[:1] + bytes([97 | data[1] & 0x80]) + struct.pack("!H", seq[0] // 2 & 0xFFFF) + data[4:]
            taps[seq[0] & 1].take_packet(packet, seq[0] / 100)

    return Target(feed, _rtp_seeds(), end=end)


async def sdp_offer():
    sources = {"0": "microphone", "1": "camera"}
    known = [find for name in ("sdp_offer", "sdp") for find in past(name)]
    seed = await _offer()
    seeds = [
        seed.encode(),
        seed.replace("a=candidate:", "a=candidate:1 1 udp 1 a.local 9 typ host\r\na=candidate:").encode(),
    ]
    return Target(lambda data: read_offer(data.decode("utf-8", "replace"), sources), seeds, (BadSdp,), True, known)


async def sdp_answer():
    offer = await _offer()
    seeds = [offer.replace("a=setup:actpass", "a=setup:active").encode()]
    return Target(
        lambda data: check_answer(data.decode("utf-8", "replace"), offer), seeds, (BadSdp,), True, past("sdp")
    )


async def candidates():
    def feed(data):
        guard.sdp._check_candidate("a=candidate:" + data.decode("utf-8", "replace"))

    seeds = [
        b"6815297761 1 udp 659136 1.2.3.4 31102 typ host generation 0 ufrag b7l3",
        b"1 1 udp 1 a-b.local 9 typ srflx raddr ::1 rport 9",
    ]
    return Target(feed, seeds, (guard.GuardError,), True)


async def stun_messages():
    connection = ice.Connection(ice_controlling=True)
    connection._check_list, connection._early_checks = [], []
    protocol_ = ice.StunProtocol(connection)
    protocol_.transport = SimpleNamespace(sendto=lambda *_: None, get_extra_info=lambda *_: ("127.0.0.1", 9))
    protocol_.local_candidate = Candidate.from_sdp("1 1 udp 1 1.2.3.4 9 typ host")
    seeds = []
    for kind in (stun.Class.REQUEST, stun.Class.RESPONSE, stun.Class.ERROR):
        message = stun.Message(stun.Method.BINDING, kind)
        message.attributes |= {"USERNAME": "ab:cd", "PRIORITY": 12_345, "ICE-CONTROLLING": 99}
        if kind == stun.Class.ERROR:
            message.attributes["ERROR-CODE"] = (487, "Role")
        message.add_message_integrity(b"key")
        seeds.append(bytes(message))
    return Target(lambda data: protocol_.datagram_received(data, ("1.2.3.4", 5)), seeds, past=past("stun"))


async def sctp_parameters():
    def feed(data):
        rtcsctptransport.decode_params(data[12:])

    seeds = [bytes(12) + b"\0\x07\0\x08abcd\x80\x08\0\x06\x82\xc0\0\0", bytes(12) + b"\0\x0d\0\x10" + bytes(12)]
    # What aiortc's own decoder raises ends in the guard round its handler.
    return Target(feed, seeds, (ValueError, struct.error, IndexError), past=past("sctp"))


def _dtls():
    """A transport that hands packets to nobody, with aiortc's own parsers before that."""
    transport = RTCDtlsTransport.__new__(RTCDtlsTransport)
    transport._rtp_header_extensions_map = rtp.HeaderExtensionsMap()
    transport._rtp_router = SimpleNamespace(route_rtp=lambda _: None, route_rtcp=lambda _: [])
    return transport


async def client_rtp():
    transport = _dtls()
    return Target(lambda data: transport._handle_rtp_data(data, 0), _rtp_seeds(), past=past("rtp"), awaits=True)


async def client_rtcp():
    transport = _dtls()
    return Target(lambda data: transport._handle_rtcp_data(data), _rtcp_seeds(), past=past("rtcp"), awaits=True)


async def client_pictures():
    assembly, seq = PictureAssembly(), [0]

    def feed(data):
        seq[0] = (seq[0] + 1) & 0xFFFF
        for picture in assembly.put(seq[0], read_part(data, ends=bool(len(data) & 1), timestamp=seq[0])):
            payloads.may_be_decoded(picture.data)

    return Target(feed, [b"\x10" + key_frame(64, 48), b"\x90\x80\x81\x23\x31delta", b"\x00more", b"\x18" + BOMB])


async def pictures():
    """Whatever the guard lets through, the decoder is given: it may refuse it, but at no great cost."""
    encoder = av.CodecContext.create("libvpx", "w")
    encoder.width, encoder.height, encoder.pix_fmt = 64, 48, "yuv420p"
    encoder.options = {"deadline": "realtime", "lag-in-frames": "0"}
    seeds = []
    for number in range(6):
        grain = np.random.default_rng(number).integers(0, 255, (72, 64)).astype(np.uint8)
        seeds += [bytes(packet) for packet in encoder.encode(av.VideoFrame.from_ndarray(grain, format="yuv420p"))]
    stream = SimpleNamespace(_decoder=None, _newest=None, statistics=PictureStatistics())
    stream._show = lambda: bool(stream._newest.to_ndarray().size)

    def feed(data):
        if payloads.may_be_decoded(data):
            PictureStream._decode(stream, [EncodedPicture(data, not data[0] & 1, 0)])

    return Target(feed, seeds)


async def voices():
    buffer, listener, at = VoiceBuffer(make_opus_decoder()), OpusListener(), [0]

    def feed(data):
        at[0] += 1 + len(data) % 3
        buffer.put(VoicePacket(at[0] & 0xFFFF, at[0] * 960 & 0xFFFFFFFF, data))
        buffer.take()
        listener.decode(data)

    return Target(feed, [OPUS, OPUS[:3], bytes([28 << 3 | 3, 5]) + bytes(40), bytes([1, 2, 3])])


async def messages():
    track = TrackInfo(mid="0", person="p", source="camera")
    said = [
        encode(PublishOffer(request=1, meeting="m", sdp="v=0", sources={"0": "camera"})),
        encode(SubscribeOffer(meeting="m", revision=1, sdp="v=0", tracks=(track,))),
        '{"ask":"PostChat","request":1,"meeting":"m","text":"Hi","key":"k"}',
    ]

    def feed(data):
        for decode in (decode_ask, decode_tell):
            try:
                decode(data)
            except (Malformed, TooLarge):
                continue

    return Target(feed, [text.encode() for text in said], is_text=True)


async def pasted_links():
    seeds = [
        b"https://meet.example.org/j/abcdefghijklmnop#AbC",
        b"parley://127.0.0.1:8440/j/abc?pin=AbCd",
        b"abcdefghijkl",
    ]
    return Target(lambda data: links.parse_link(data.decode("utf-8", "replace")), seeds, (links.BadLink,), True)


async def recap_messages():
    body = protocol.pack(protocol.Packet(person="ada", start_s=1.0, opus=OPUS))
    return Target(lambda data: protocol.read_asked(io.BytesIO(data)), [body], (protocol.Broken,))


async def recordings():
    folder, end = passing_folder()
    good = MatroskaFile(folder / "good.mkv")
    for number in range(12):
        good.write(Sample("audio", number * 20, OPUS, True))
        good.write(Sample("video", number * 20, key_frame(64, 48), True))
    good.close()

    def feed(data):
        (folder / "odd.mkv").write_bytes(data)
        for shot in read_shots(folder / "odd.mkv"):
            assert payloads.may_be_decoded(shot.data)
        list(read_sound(folder / "odd.mkv", 16_000))

    return Target(feed, [(folder / "good.mkv").read_bytes()], (SoundError,), end=end)


async def own_pictures():
    folder, end = passing_folder()
    path = folder / "wall"
    kinds = (".png", ".jpg", ".webp", ".bmp", ".tiff", ".gif")
    seeds = [bytes(cv2.imencode(kind, np.full((9, 16, 3), 90, np.uint8))[1]) for kind in kinds]

    def feed(data):
        read_size(data)
        path.write_bytes(data)
        read_image(path)

    return Target(feed, seeds, (FileUnreadable,), end=end)


async def names_of_devices():
    seeds = ["Kamera f\u00fcr B\u00fcro\r\n".encode(form) for form in ("utf-8", "cp850", "utf-16", "utf-16-be")]
    return Target(lambda data: device_names.read(data).encode(), seeds)


async def model_answers():
    said = Utterance(id="u1", speaker="Ada", start_s=0.0, end_s=2.0, text="I'll send it by Friday.", confidence=1.0)
    proof = ModelProof((said,), ("Ada", "Grace"), date(2026, 11, 24))
    good = minutes([("Ada will send it by Friday.", "u1")], [("Send it", "Ada", "by Friday", "u1")])

    def feed(data):
        sentences, items, _ = read_answer(data.decode(errors="replace"))
        given = Suggested(model="m", host="h", sentences=tuple(sentences), items=tuple(items))
        kept = proof.keep(given)
        assert all(each.evidence == ("u1",) for each in (*kept.sentences, *kept.items))

    return Target(feed, [good.encode(), good[:-9].encode()], (Unreadable,), is_text=True)


TARGETS = {
    make.__name__: make
    for make in (
        relay_rtp, relay_rtcp, recording, sdp_offer, sdp_answer, candidates, stun_messages, sctp_parameters, client_rtp,
        client_rtcp, client_pictures, pictures, voices, messages, pasted_links, recap_messages, recordings,
        own_pictures, names_of_devices, model_answers,
    )
}  # fmt: skip
