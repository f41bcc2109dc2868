"""Debian's Janus for the bench: started with a configuration of our own, and spoken to as its VideoRoom wants it."""

from __future__ import annotations

import asyncio
import itertools
import json
import shutil
import socket
import subprocess
from collections.abc import Awaitable, Callable, Collection
from pathlib import Path
from typing import Any

_PLUGINS = "/usr/lib/*/janus/plugins"
_ANSWER_S = 15.0


def is_installed() -> bool:
    """Whether there is a Janus with its plugins."""
    return shutil.which("janus") is not None and bool(_plugin_folder())


def _plugin_folder() -> str:
    return next((str(folder) for folder in Path("/").glob(_PLUGINS.lstrip("/"))), "")


def start(folder: Path, address: str) -> tuple[subprocess.Popen[bytes], int]:
    """Starts Janus with nothing but VideoRoom and websockets, bound to 127.0.0.1; returns it and its port.

    Janus refuses loopback addresses as ICE candidates, so media uses `address`, which the kernel routes through lo.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    plugins = Path(_plugin_folder())
    others = ",".join(sorted({path.name for path in plugins.glob("*.so")} - {"libjanus_videoroom.so"}))
    transports = plugins.parent / "transports"
    unused = ",".join(sorted({path.name for path in transports.glob("*.so")} - {"libjanus_websockets.so"}))
    (folder / "janus.jcfg").write_text(
        f'general: {{ configs_folder = "{folder}"\n plugins_folder = "{plugins}"\n transports_folder = "{transports}"\n'
        f' events_folder = "{folder}"\n loggers_folder = "{folder}"\n debug_level = 2 }}\n'
        f'nat: {{ ice_enforce_list = "{address}"\n ignore_mdns = true }}\n'
        f'plugins: {{ disable = "{others}" }}\ntransports: {{ disable = "{unused}" }}\n'
        f"events: {{ broadcast = false }}\n"
    )
    (folder / "janus.transport.websockets.jcfg").write_text(
        f'general: {{ json = "compact"\n ws = true\n ws_port = {port}\n ws_ip = "127.0.0.1"\n wss = false }}\n'
    )
    (folder / "janus.plugin.videoroom.jcfg").write_text("general: { }\n")
    with (folder / "janus.log").open("wb") as log:
        command = ["janus", "-F", str(folder), "-C", str(folder / "janus.jcfg"), "-o"]
        return subprocess.Popen(command, stdout=log, stderr=log), port


class JanusSignalling:
    """The three steps of the load on VideoRoom: one publishing and one subscribing handle per person."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._numbers = itertools.count()
        self._waiting: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._rooms: dict[str, int] = {}
        self._feeds: dict[str, dict[str, int]] = {}
        self._session = 0
        self._tasks: list[asyncio.Task[None]] = []

    async def open(self, meetings: Collection[str]) -> None:
        """Connects, trying for some seconds, and makes a room for each meeting."""
        import websockets

        for _ in range(100):
            try:
                self._socket = await websockets.connect(
                    f"ws://127.0.0.1:{self._port}", subprotocols=["janus-protocol"], max_size=1 << 22, proxy=None
                )
                break
            except OSError:
                await asyncio.sleep(0.1)
        else:
            raise RuntimeError("Janus did not open its port")
        self._tasks = [asyncio.create_task(self._read())]
        self._session = (await self._ask(janus="create"))["data"]["id"]
        handle = await self._attach()
        for number, meeting in enumerate(meetings, 1):
            self._rooms[meeting], self._feeds[meeting] = number, {}
            room = {"request": "create", "room": number, "publishers": 20, "bitrate": 0, "videocodec": "vp8"}
            await self._message(handle, room | {"audiocodec": "opus", "transport_wide_cc_ext": False})

    async def publish(self, meeting: str, person: str, sdp: str, sources: dict[str, str]) -> str:
        """Publishes; returns the answer."""
        handle = await self._attach()
        room = self._rooms[meeting]
        joined = await self._message(handle, {"request": "join", "ptype": "publisher", "room": room})
        self._feeds[meeting][person] = joined["plugindata"]["data"]["id"]
        reply = await self._message(handle, {"request": "publish"}, {"type": "offer", "sdp": sdp})
        return str(reply["jsep"]["sdp"])

    async def subscribe(self, meeting: str, person: str, answer: Callable[[str, int], Awaitable[str]]) -> None:
        """Subscribes to all the others; `answer` turns the offer (and its number of tracks) into an answer."""
        handle = await self._attach()
        streams = [{"feed": feed} for other, feed in self._feeds[meeting].items() if other != person]
        body = {"request": "join", "ptype": "subscriber", "room": self._rooms[meeting], "streams": streams}
        offer = (await self._message(handle, body))["jsep"]["sdp"]
        reply = await answer(offer, 2 * len(streams))
        await self._message(handle, {"request": "start"}, {"type": "answer", "sdp": reply})

    async def close(self) -> None:
        """Ends the conversation."""
        for task in self._tasks:
            task.cancel()
        await self._socket.close()

    async def _attach(self) -> int:
        return int((await self._ask(janus="attach", plugin="janus.plugin.videoroom"))["data"]["id"])

    async def _message(self, handle: int, body: dict[str, Any], jsep: dict[str, str] | None = None) -> dict[str, Any]:
        extra = {"jsep": jsep} if jsep else {}
        reply = await self._ask(janus="message", handle_id=handle, body=body, **extra)
        if "error" in reply.get("plugindata", {}).get("data", {}):
            raise RuntimeError(f"Janus refused: {reply['plugindata']['data']['error']}")
        return reply

    async def _ask(self, **call: Any) -> dict[str, Any]:
        number = str(next(self._numbers))
        if self._session:
            call["session_id"] = self._session
        self._waiting[number] = asyncio.get_running_loop().create_future()
        await self._socket.send(json.dumps(call | {"transaction": number}))
        return await asyncio.wait_for(self._waiting[number], _ANSWER_S)

    async def _read(self) -> None:
        async for text in self._socket:
            message = json.loads(text)
            waiting = self._waiting.get(message.get("transaction", ""))
            if message["janus"] != "ack" and waiting and not waiting.done():
                waiting.set_result(message)
