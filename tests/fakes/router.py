"""A router between a client and a server, as it stands in homes: it rewrites addresses, and may forget or go dark."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import threading
from collections.abc import Callable, Coroutine
from typing import Any

from websockets.asyncio.client import connect
from websockets.asyncio.server import serve
from websockets.exceptions import WebSocketException

LOOPBACK = "127.0.0.1"
_CANDIDATE = re.compile(r"a=candidate:(\S+ 1 udp \d+) (\S+) (\d+) typ host[^\r\n]*\r\n", re.IGNORECASE)

#: A router adds nothing of its own: no pings, and no waiting for a goodbye that will not come.
_PLAIN: dict[str, Any] = {"compression": None, "ping_interval": None, "close_timeout": 0.1}
#: A port at which nothing listens.
_NOBODY = 9


class Router:
    """Stands before a server on this computer; clients use its `url`.

    Its clients have no other way to the relay: in what the server says each candidate leads here, and in what a client
    says they lead nowhere.
    """

    def __init__(self, server_url: str) -> None:
        self._server = server_url.removeprefix("http://")
        self._loop = asyncio.new_event_loop()
        self._doors: dict[int, _Door] = {}
        self._generation = 0
        self._streams: list[Any] = []
        self._is_light = asyncio.Event()
        self._is_light.set()
        self._ready = threading.Event()
        self._ended = asyncio.Event()
        self.url = ""
        self._thread = threading.Thread(target=lambda: self._loop.run_until_complete(self._run()), name="router")
        self._thread.start()
        assert self._ready.wait(20)

    def forget(self) -> None:
        """What goes through it now is dead from here on, without a word to either side; what is new passes."""
        self._call(self._forget)

    def go_dark(self) -> None:
        """Nothing passes; datagrams are lost, streams wait."""
        self._call(self._go_dark)

    def go_light(self) -> None:
        """Everything passes again."""
        self._call(self._go_light)

    def stop(self) -> None:
        self._call(self._ended.set)
        self._thread.join(20)
        assert not self._thread.is_alive()
        self._loop.close()

    def passes(self, generation: int) -> bool:
        """Whether a datagram of a flow that began in that generation goes through."""
        return generation == self._generation and self._is_light.is_set()

    @property
    def generation(self) -> int:
        return self._generation

    def _call(self, act: Callable[[], Any]) -> None:
        async def soon() -> None:
            act()

        asyncio.run_coroutine_threadsafe(soon(), self._loop).result(20)

    def _forget(self) -> None:
        self._generation += 1
        self._deafen()
        self._streams.clear()

    def _go_dark(self) -> None:
        self._is_light.clear()
        self._deafen()

    def _go_light(self) -> None:
        self._is_light.set()
        for socket in self._streams:
            socket.transport.resume_reading()

    def _deafen(self) -> None:
        """Reads nothing more of what is open now: pings would be answered here."""
        for socket in self._streams:
            socket.transport.pause_reading()

    async def _run(self) -> None:
        async with serve(self._talk, LOOPBACK, 0, process_request=self._let_in, **_PLAIN) as server:
            self.url = f"http://{LOOPBACK}:{server.sockets[0].getsockname()[1]}"
            self._ready.set()
            await self._ended.wait()
            for socket in server.connections:
                socket.transport.abort()
        for door in self._doors.values():
            door.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _let_in(self, socket: Any, request: Any) -> None:
        await self._is_light.wait()

    async def _talk(self, near: Any) -> None:
        generation = self._generation
        async with connect(f"ws://{self._server}/ws", **_PLAIN) as far:
            self._streams += (near, far)
            ways = [
                asyncio.ensure_future(self._carry(generation, near, far, self._outward)),
                asyncio.ensure_future(self._carry(generation, far, near, self._inward)),
            ]
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)

    async def _carry(
        self, generation: int, source: Any, target: Any, change: Callable[[str], Coroutine[Any, Any, str]]
    ) -> None:
        with contextlib.suppress(WebSocketException):
            async for text in source:
                await self._is_light.wait()
                if generation == self._generation:
                    await target.send(await change(text))
        if generation != self._generation:
            await self._ended.wait()  # that one side has closed it does not get through either

    async def _outward(self, text: str) -> str:
        message = json.loads(text)
        if "sdp" in message:
            message["sdp"] = _CANDIDATE.sub(rf"a=candidate:\1 {LOOPBACK} {_NOBODY} typ host\r\n", message["sdp"])
        return json.dumps(message)

    async def _inward(self, text: str) -> str:
        message = json.loads(text)
        if "sdp" in message:
            for _, host, port in _CANDIDATE.findall(message["sdp"]):
                if host == LOOPBACK and int(port) not in self._doors:
                    self._doors[int(port)] = await _Door.open(self, int(port))

            def leads_here(found: re.Match[str]) -> str:
                head, host, port = found.groups()
                if host != LOOPBACK:
                    return ""
                return f"a=candidate:{head} {LOOPBACK} {self._doors[int(port)].port} typ host\r\n"

            message["sdp"] = _CANDIDATE.sub(leads_here, message["sdp"])
        return json.dumps(message)


class _Door(asyncio.DatagramProtocol):
    """Stands for one port of the relay; each client's socket that sends to it gets one of its own on the other side."""

    def __init__(self, router: Router, far_port: int) -> None:
        self._router, self._far_port = router, far_port
        self._flows: dict[Any, _Flow] = {}
        self.port = 0

    @classmethod
    async def open(cls, router: Router, far_port: int) -> _Door:
        door = cls(router, far_port)
        await asyncio.get_running_loop().create_datagram_endpoint(lambda: door, local_addr=(LOOPBACK, 0))
        return door

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self.port = transport.get_extra_info("sockname")[1]

    def datagram_received(self, data: bytes, address: Any) -> None:
        flow = self._flows.get(address)
        if flow is None:
            flow = self._flows[address] = _Flow(self._router, self, address)
            asyncio.ensure_future(flow.begin(self._far_port)).add_done_callback(lambda _: flow.send(data))
        else:
            flow.send(data)

    def close(self) -> None:
        self.transport.close()
        for flow in self._flows.values():
            if flow.transport is not None:
                flow.transport.close()


class _Flow(asyncio.DatagramProtocol):
    """What one client's socket and one port of the relay say to each other."""

    def __init__(self, router: Router, door: _Door, client: Any) -> None:
        self._router, self._door, self._client = router, door, client
        self._generation = router.generation
        self.transport: Any = None

    async def begin(self, far_port: int) -> None:
        loop = asyncio.get_running_loop()
        await loop.create_datagram_endpoint(lambda: self, remote_addr=(LOOPBACK, far_port))

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def send(self, data: bytes) -> None:
        if self.transport is not None and self._router.passes(self._generation):
            self.transport.sendto(data)

    def datagram_received(self, data: bytes, address: Any) -> None:
        if self._router.passes(self._generation):
            self._door.transport.sendto(data, self._client)

    def error_received(self, error: Exception) -> None:
        """The relay has closed that port: no more comes from there."""
