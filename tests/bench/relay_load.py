"""The load of the relay bench, in a process of its own: N people who each publish a clip and receive all the others.

Receivers count packets from the clear header, without decrypting; of each fourth packet the send time, which rides at
the end of its payload, is read (Janus shifts RTP timestamps, so these cannot carry it). When a packet arrived is the
kernel's word: until it is read here it waits behind those of nine others, longer where they all come at once.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import os
import random
import struct
import sys
import time
from array import array
from collections import Counter
from collections.abc import Awaitable, Callable, Collection
from pathlib import Path
from typing import Any

from aiortc import RTCBundlePolicy, RTCConfiguration, RTCPeerConnection, RTCSessionDescription

from app.net import guard
from server_stub.relay.rtcp import write_most_rate
from tests.bench.relay_clip import RATE_FPS, Clip, make_clip
from tests.bench.relay_janus import JanusSignalling
from tests.bench.relay_socket import StampedSocket

_HEADER = struct.Struct("!BBHLL")
_TIME = struct.Struct("!d")
_LIMIT_S = 30.0
_LINK_BPS = 100_000_000
_MOST_LOOKS, _LOOKS_ON_TIME, _SOON_MS = 100, 10, 10.0


class OurSignalling:
    """The same steps as `JanusSignalling`, on tests/bench/relay_server.py."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._numbers = itertools.count()
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._offers: dict[str, asyncio.Queue[dict[str, Any]]] = {}
        self._present: Counter[str] = Counter()

    async def open(self, meetings: Collection[str]) -> None:
        reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port, limit=1 << 22)
        self._task = asyncio.create_task(self._read(reader))

    async def publish(self, meeting: str, person: str, sdp: str, sources: dict[str, str]) -> str:
        self._offers[person] = asyncio.Queue()
        self._present[meeting] += 1
        call = {"meeting": meeting, "person": person, "sdp": sdp, "sources": sources}
        return str((await self._ask(do="publish", **call))["sdp"])

    async def subscribe(self, meeting: str, person: str, answer: Callable[[str, int], Awaitable[str]]) -> None:
        tracks = 0
        while tracks < 2 * (self._present[meeting] - 1):
            offer = await asyncio.wait_for(self._offers[person].get(), _LIMIT_S)
            tracks = offer["tracks"]
            sdp = await answer(offer["sdp"], tracks)
            await self._ask(do="answer", meeting=meeting, person=person, revision=offer["revision"], sdp=sdp)

    async def close(self) -> None:
        self._task.cancel()
        self._writer.close()

    async def _ask(self, **call: Any) -> dict[str, Any]:
        number = next(self._numbers)
        self._waiting[number] = asyncio.get_running_loop().create_future()
        self._writer.write(json.dumps(call | {"number": number}).encode() + b"\n")
        return await asyncio.wait_for(self._waiting[number], _LIMIT_S)

    async def _read(self, reader: asyncio.StreamReader) -> None:
        while line := await reader.readline():
            message = json.loads(line)
            if "reply" in message:
                self._waiting[message["reply"]].set_result(message)
            elif message["event"] == "offer":
                self._offers[message["person"]].put_nowait(message)


class Meter:
    """What all receivers got while it is on."""

    def __init__(self) -> None:
        self.is_on = False
        self.packets = 0
        self.sent = 0
        self.newest_ms = float("inf")
        #: Until a packet was there, and until it was read.
        self.delays_ms, self.read_ms = array("d"), array("d")

    def receive(self, protocol: Any, srtp: Any) -> None:
        """Reads what comes for a connection from now on; what is not media goes to it as before."""
        others = protocol.datagram_received

        def came(data: bytes, address: Any, arrived_s: float) -> None:
            if len(data) < 12 or not 127 < data[0] < 192:
                others(data, address)
            elif not 192 <= data[1] <= 223:
                self.packets += self.is_on
                if not data[3] & 3:
                    sent_s = _TIME.unpack(srtp.unprotect(data)[-8:])[0]
                    self.newest_ms = (time.monotonic() - sent_s) * 1000
                    if self.is_on:
                        self.delays_ms.append((arrived_s - sent_s) * 1000)
                        self.read_ms.append(self.newest_ms)

        protocol.transport = StampedSocket(protocol, came)


async def _idle(parameters: object) -> None:
    """Stands in for aiortc's own sending and receiving."""


def _peer() -> RTCPeerConnection:
    return RTCPeerConnection(RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))


async def _until(is_so: Callable[[], bool]) -> None:
    deadline_s = time.monotonic() + _LIMIT_S
    while not is_so():
        if time.monotonic() > deadline_s:
            raise RuntimeError("the load did not get connected")
        await asyncio.sleep(0.02)


class Person:
    """One load person: a sending and a receiving connection."""

    def __init__(self, meeting: str, name: str, address: str, meter: Meter) -> None:
        self.meeting, self.name = meeting, name
        self.sending, self.receiving = _peer(), _peer()
        self._address = address
        self._meter = meter

    async def publish(self, signalling: Any) -> None:
        lines = {kind: self.sending.addTransceiver(kind, direction="sendonly") for kind in ("audio", "video")}
        self._prepare(self.sending)
        await self.sending.setLocalDescription(await self.sending.createOffer())
        sources = {lines["audio"].mid: "microphone", lines["video"].mid: "camera"}
        answer = await signalling.publish(self.meeting, self.name, self.sending.localDescription.sdp, sources)
        await self.sending.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        await _until(lambda: self.sending.connectionState == "connected")

    async def subscribe(self, signalling: Any) -> None:
        await signalling.subscribe(self.meeting, self.name, self._answer)
        await _until(lambda: self.receiving.connectionState == "connected")
        dtls = self.receiving.getTransceivers()[0].receiver.transport
        for protocol in dtls.transport._connection._protocols:
            self._meter.receive(protocol, dtls._rx_srtp)

    async def _answer(self, offer: str, tracks: int) -> str:
        await self.receiving.setRemoteDescription(RTCSessionDescription(offer, "offer"))
        self._prepare(self.receiving)
        await self.receiving.setLocalDescription(await self.receiving.createAnswer())
        return str(self.receiving.localDescription.sdp)

    def _prepare(self, peer: RTCPeerConnection) -> None:
        for line in peer.getTransceivers():
            line.sender.send = line.receiver.receive = _idle
        guard.use_addresses(peer, [self._address])

    async def send(self, clip: Clip) -> None:
        """Sends voice and pictures in real time until it is cancelled."""
        voice, camera = self.sending.getTransceivers()
        await asyncio.gather(
            self._tell_rate(),
            self._send_line(voice, [[packet] for packet in clip.voice], 50),
            self._send_line(camera, clip.pictures, RATE_FPS),
        )

    async def _tell_rate(self) -> None:
        """Says each second, as clients do, that the link carries everything: our relay holds pictures back without."""
        while True:
            if self.receiving.connectionState == "connected":
                await self.receiving.getTransceivers()[0].receiver.transport._send_rtp(write_most_rate(_LINK_BPS, [1]))
            await asyncio.sleep(1.0)

    async def _send_line(self, line: Any, units: list[list[bytes]], rate_hz: int) -> None:
        dtls, ssrc, payload_type = line.sender.transport, line.sender._ssrc, line._codecs[0].payloadType
        clock_hz = 48_000 if line.kind == "audio" else 90_000
        seq, start_s = random.randrange(30_000), time.monotonic() + random.random() / rate_hz
        for number in itertools.count():
            await asyncio.sleep(max(start_s + number / rate_hz - time.monotonic(), 0))
            timestamp = number * clock_hz // rate_hz & 0xFFFFFFFF
            unit = units[number % len(units)]
            for part, payload in enumerate(unit):
                marker = 0x80 if part == len(unit) - 1 and clock_hz == 90_000 else 0
                head = _HEADER.pack(0x80, marker | payload_type, seq, timestamp, ssrc)
                await dtls._send_rtp(head + payload + _TIME.pack(time.monotonic()))
                seq = seq + 1 & 0xFFFF
                self._meter.sent += 1


async def _settle(meter: Meter, warm_s: float) -> None:
    """Waits a while, and then until what joining has held up is caught up with: all that is new comes soon."""
    await asyncio.sleep(warm_s)
    on_time = 0
    for _ in range(_MOST_LOOKS):
        on_time = on_time + 1 if meter.newest_ms < _SOON_MS else 0
        if on_time == _LOOKS_ON_TIME:
            return
        await asyncio.sleep(0.1)


def cpu_seconds(pid: int) -> float:
    """User and system time of one process so far, in s; 10 ms steps."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def run(options: argparse.Namespace) -> dict[str, float]:
    """Connects everybody, sends, and measures for some seconds."""
    clip, meter = make_clip(), Meter()
    signalling = (JanusSignalling if options.janus else OurSignalling)(options.port)
    meetings = [f"m{number}" for number in range(options.meetings)]
    await signalling.open(meetings)
    people = [
        Person(meeting, f"{meeting}-p{number}", options.address, meter)
        for meeting in meetings
        for number in range(options.people)
    ]
    for person in people:
        await person.publish(signalling)
    sending = [asyncio.create_task(person.send(clip)) for person in people]
    for person in people:
        await person.subscribe(signalling)
    await _settle(meter, options.warm)
    meter.is_on, sent_before, cpu_before, start_s = True, meter.sent, cpu_seconds(options.pid), time.monotonic()
    await asyncio.sleep(options.seconds)
    meter.is_on, cpu_s, took_s = False, cpu_seconds(options.pid) - cpu_before, time.monotonic() - start_s
    sent = meter.sent - sent_before
    for task in sending:
        task.cancel()
    await asyncio.gather(*sending, return_exceptions=True)
    await asyncio.gather(*(peer.close() for person in people for peer in (person.sending, person.receiving)))
    await signalling.close()
    delays_ms, read_ms = sorted(meter.delays_ms), sorted(meter.read_ms)
    return {
        "us_per_packet": 1e6 * cpu_s / max(meter.packets, 1),
        "p50_ms": delays_ms[len(delays_ms) // 2],
        "p99_ms": delays_ms[len(delays_ms) * 99 // 100],
        "read_p99_ms": read_ms[len(read_ms) * 99 // 100],
        "packets_per_s": meter.packets / took_s,
        "delivered": meter.packets / max(sent * (options.people - 1), 1),
    }


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--meetings", type=int, default=1)
    parser.add_argument("--people", type=int)
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--warm", type=float, default=3.0)
    parser.add_argument("--port", type=int)
    parser.add_argument("--pid", type=int)
    parser.add_argument("--address")
    parser.add_argument("--janus", action="store_true")
    return parser.parse_args()


def _interrupt_nobody() -> None:
    """Who gets what a relay sends sits at another computer: here they must not push it aside to read it at once."""
    if sys.platform == "linux":
        os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))


if __name__ == "__main__":
    import uvloop

    _interrupt_nobody()
    print(json.dumps(uvloop.run(run(_options()))), flush=True)
