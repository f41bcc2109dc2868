"""Our relay alone in a process, under uvloop, for the bench: the engine's calls as JSON lines over a local socket."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

from server_stub.relay.engine import Offer
from server_stub.relay.forwarder import Forwarder


class _Wire:
    """Passes offers on to the one load generator."""

    def __init__(self) -> None:
        self.writer: asyncio.StreamWriter | None = None

    def tell(self, **message: Any) -> None:
        if self.writer:
            self.writer.write(json.dumps(message).encode() + b"\n")

    def offer_made(self, meeting: str, person: str, offer: Offer) -> None:
        self.tell(event="offer", person=person, revision=offer.revision, sdp=offer.sdp, tracks=len(offer.tracks))

    def voice_heard(self, meeting: str, person: str, start_s: float, opus: bytes) -> None:
        self.tell(event="voice", person=person)

    def recording_stopped(self, meeting: str, reason: str) -> None:
        self.tell(event="stopped", reason=reason)

    def picture_wanted(self, meeting: str, person: str, source: str, height: int | None) -> None:
        self.tell(event="wanted", person=person, source=source, height=height)

    def pictures_held(self, meeting: str, person: str, pictures: frozenset[tuple[str, str]]) -> None:
        pass

    def media_lost(self, meeting: str, person: str, session: str) -> None:
        self.tell(event="lost", person=person)


async def _serve(address: str) -> None:
    wire = _Wire()
    engine = Forwarder(wire, addresses=[address])
    done = asyncio.Event()

    async def answer_to(call: dict[str, Any]) -> dict[str, Any]:
        if call["do"] == "publish":
            await engine.join(call["meeting"], call["person"])
            return {"sdp": await engine.publish(call["meeting"], call["person"], call["sdp"], call["sources"])}
        if call["do"] == "answer":
            await engine.answer(call["meeting"], call["person"], call["revision"], call["sdp"])
        return {}

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        wire.writer = writer
        try:
            while line := await reader.readline():
                call = json.loads(line)
                wire.tell(reply=call["number"], **await answer_to(call))
        except ConnectionError:
            pass  # the load generator is gone
        print(engine.statistics(), file=sys.stderr, flush=True)
        done.set()

    server = await asyncio.start_server(converse, "127.0.0.1", 0, limit=1 << 22)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await done.wait()
    await engine.shutdown()


if __name__ == "__main__":
    import uvloop

    uvloop.run(_serve(sys.argv[1]))
