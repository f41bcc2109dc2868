"""The websocket to the server: connects, reconnects, carries messages both ways."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from app.wire.codec import MAX_TELL_BYTES, decode_tell, encode
from app.wire.errors import WireError
from app.wire.fields import Ask, Tell

if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection

_log = logging.getLogger(__name__)

#: Seconds before each further try; the last one repeats. Each is varied by a quarter, so that a server that comes back
#: is not met by everybody at once.
RETRY_S = (0.2, 0.5, 1.0, 2.0, 5.0)
_VARIED = 0.25
_OPEN_LIMIT_S = 10.0
#: A half-open socket is noticed after at most these together.
_PING_EVERY_S, _PING_LIMIT_S = 10.0, 10.0
#: Messages that wait for the socket; more means that it takes nothing any longer.
_MAX_OUTGOING = 256

LinkState = Literal["connecting", "online", "offline"]


@dataclass(frozen=True, slots=True)
class Target:
    """Where the server is.

    Attributes:
        url: of its websocket door, ws:// or wss://.
        address: host:port, as shown to the user and as it stands in links.
        headers: sent with the handshake; the embedded server wants its secret here.
    """

    url: str
    address: str
    headers: tuple[tuple[str, str], ...] = ()


def target_of(server: str, headers: Mapping[str, str] | None = None) -> Target:
    """Reads what a user gave as the server's address.

    Args:
        server: "http://host:port", "https://host", "ws://host:port" or "host:port" (then http).
        headers: for the handshake.

    Raises:
        ValueError: it is no such address; the text is fit for a user.
    """
    full = server if "://" in server else f"http://{server}"
    try:
        parts = urlsplit(full.strip())
        parts.port  # noqa: B018 - raises where the port is not a number
    except ValueError:
        parts = urlsplit("")
    schemes = {"http": "ws", "https": "wss", "ws": "ws", "wss": "wss"}
    if parts.scheme not in schemes or not parts.hostname or parts.username or parts.password:
        raise ValueError(f"This is not a server address: {server}. It looks like https://parley.example.com.")
    return Target(f"{schemes[parts.scheme]}://{parts.netloc}/ws", parts.netloc, tuple((headers or {}).items()))


class Signalling:
    """Keeps one websocket open to the server, for as long as `run` runs.

    Both callbacks are called on the loop. `send` while there is no connection drops the message: what the user said is
    kept by the state, which marks it as not sent.
    """

    def __init__(self, *, on_message: Callable[[Tell], None], on_link: Callable[[LinkState, str], None]) -> None:
        """Nothing is connected yet.

        Args:
            on_message: gets each message of the server, in order.
            on_link: gets "connecting", "online" or "offline", with words for the user where something is wrong.
        """
        self._on_message = on_message
        self._on_link = on_link
        self._target: Target | None = None
        self._socket: ClientConnection | None = None
        self._outgoing: asyncio.Queue[str] = asyncio.Queue(_MAX_OUTGOING)
        self._hurry = asyncio.Event()
        self._is_paused = False
        self._failures = 0

    @property
    def is_online(self) -> bool:
        """Whether messages can be sent."""
        return self._socket is not None

    def aim(self, target: Target) -> None:
        """Goes to this server from now on; an open socket to another one is closed."""
        self._target = target
        self.hurry()
        if self._socket is not None:
            self._drop_socket()

    def hurry(self) -> None:
        """Tries again at once, and ends a pause."""
        self._is_paused = False
        self._failures = 0
        self._hurry.set()

    def pause(self) -> None:
        """Tries no more until `hurry`: the server has said that it does not speak to this program."""
        self._is_paused = True
        self._drop_socket()

    def send(self, message: Ask) -> bool:
        """Sends a message if there is a connection; whether it was taken."""
        if self._socket is None:
            return False
        try:
            self._outgoing.put_nowait(encode(message))
        except asyncio.QueueFull:
            _log.warning("the server takes no more messages: connecting anew")
            self._drop_socket()
            return False
        return True

    async def run(self) -> None:
        """Connects and reconnects until it is cancelled."""
        try:
            while True:
                if self._target is None or self._is_paused:
                    await self._hurried(None)
                    continue
                words = await self._one_connection(self._target)
                if not self._is_paused:
                    self._on_link("offline", words)
                    await self._hurried(self._next_wait_s())
        finally:
            self._drop_socket()

    def _next_wait_s(self) -> float:
        wait_s = RETRY_S[min(self._failures, len(RETRY_S) - 1)]
        self._failures += 1
        return wait_s * random.uniform(1 - _VARIED, 1 + _VARIED)

    async def _hurried(self, limit_s: float | None) -> None:
        try:
            await asyncio.wait_for(self._hurry.wait(), limit_s)
        except TimeoutError:
            return
        finally:
            self._hurry.clear()

    async def _one_connection(self, target: Target) -> str:
        """Connects once and stays until the end; returns why it ended, in words."""
        from websockets.asyncio.client import connect
        from websockets.exceptions import InvalidHandshake, WebSocketException

        self._on_link("connecting", "")
        try:
            socket = await connect(
                target.url,
                additional_headers=dict(target.headers),
                open_timeout=_OPEN_LIMIT_S,
                ping_interval=_PING_EVERY_S,
                ping_timeout=_PING_LIMIT_S,
                close_timeout=1.0,
                max_size=MAX_TELL_BYTES,
                compression=None,
                # A proxy would see the embedded server's secret; teams name their proxy in the server's own address.
                proxy=None,
            )
        except InvalidHandshake:
            return f"{target.address} answers, but not as a Parley server."
        except (OSError, TimeoutError, WebSocketException):
            return f"The server {target.address} cannot be reached. Trying again."
        if target is not self._target:
            await socket.close()
            return ""
        return await self._speak(socket)

    async def _speak(self, socket: ClientConnection) -> str:
        self._socket = socket
        self._outgoing = asyncio.Queue(_MAX_OUTGOING)
        writer = asyncio.get_running_loop().create_task(_write(socket, self._outgoing), name="signalling writer")
        self._on_link("online", "")
        words = "The connection to the server was lost. Trying again."
        try:
            words = await self._listen(socket) or words
        finally:
            writer.cancel()
            if self._socket is socket:
                self._socket = None
            await asyncio.gather(writer, socket.close(), return_exceptions=True)
        return words

    async def _listen(self, socket: ClientConnection) -> str:
        from websockets.exceptions import ConnectionClosed

        try:
            while True:
                text = await socket.recv()
                message = decode_tell(text)
                # Only now: a server that accepts and hangs up at once is not to be met five times a second.
                self._failures = 0
                self._on_message(message)
        except ConnectionClosed:
            return ""
        except WireError as error:
            _log.warning("the server sent something that is not our protocol (%s)", type(error).__name__)
            return f"The server said something that this program does not understand. {error.words} Trying again."

    def _drop_socket(self) -> None:
        socket, self._socket = self._socket, None
        if socket is not None:
            # Not awaited: a peer that is gone would keep us for the closing handshake.
            socket.transport.abort()


async def _write(socket: ClientConnection, outgoing: asyncio.Queue[str]) -> None:
    from websockets.exceptions import ConnectionClosed

    try:
        while True:
            await socket.send(await outgoing.get())
    except ConnectionClosed:
        return
