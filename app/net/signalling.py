"""The websocket to the server: connects, reconnects, carries messages both ways."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from app.net import pins, refusals
from app.wire.codec import MAX_TELL_BYTES, decode_tell, encode
from app.wire.errors import WireError
from app.wire.fields import Ask, Tell
from app.wire.headers import MARK_HEADER
from app.wire.links import ServerAddress, parse_server

if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection

_log = logging.getLogger(__name__)

#: Seconds before each further try; the last one repeats for about as long as a seat is kept, then `LATER_S` does. Each
#: is varied by a quarter, so that a server that comes back is not met by everybody at once.
RETRY_S = (0.2, 0.5, 0.8)
LATER_S, _LATER_AFTER = 5.0, 240
_VARIED = 0.25
_OPEN_LIMIT_S = 10.0
#: A half-open socket is noticed after at most these together.
_PING_EVERY_S, _PING_LIMIT_S = 10.0, 10.0
#: Messages that wait for the socket; more means that it takes nothing any longer.
_MAX_OUTGOING = 256
#: So many wait without the socket being slow.
_BEHIND = 8

#: What is changed of websockets beyond its public face: module, dotted name inside it.
SEAMS: tuple[tuple[str, str], ...] = (("websockets.asyncio.client", "connect.process_redirect"),)

#: "refused": nothing more is tried until `hurry`, since it is not sure that this is the right server.
SocketPhase = Literal["connecting", "online", "offline", "refused"]


@dataclass(frozen=True, slots=True)
class Target:
    """Where the server is, and what it takes to connect.

    Attributes:
        server: its address, and how one knows that it is the right one.
        headers: sent with the handshake; the embedded server wants its secret here.
    """

    server: ServerAddress
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def url(self) -> str:
        """Of its websocket door."""
        return f"{'wss' if self.server.is_secure else 'ws'}://{self.server.address}/ws"

    @property
    def address(self) -> str:
        """host:port, as shown to the user."""
        return self.server.address

    @property
    def text(self) -> str:
        """Names the server with its pin: under this its sign-in is kept, so that no other one is ever given it."""
        return self.server.text


def target_of(server: str | ServerAddress, headers: Mapping[str, str] | None = None) -> Target:
    """What a connection is aimed at.

    Args:
        server: as `parse_server` gives it, or the text that it reads.
        headers: for the handshake.

    Raises:
        BadLink: the text is not such an address (a ValueError); its words can be shown to the user.
    """
    return Target(parse_server(server) if isinstance(server, str) else server, tuple((headers or {}).items()))


class Signalling:
    """Keeps one websocket open to the server, for as long as `run` runs.

    Both callbacks are called on the loop. `send` while there is no connection drops the message: what the user said is
    kept by the state, which marks it as not sent.
    """

    def __init__(self, *, on_message: Callable[[Tell], None], on_link: Callable[[SocketPhase, str], None]) -> None:
        """Nothing is connected yet.

        Args:
            on_message: gets each message of the server, in order.
            on_link: gets "connecting", "online", "offline" or "refused", with words for the user where something is
                wrong.
        """
        self._on_message = on_message
        self._on_link = on_link
        self._target: Target | None = None
        self._socket: ClientConnection | None = None
        self._attempt: asyncio.Task[ClientConnection] | None = None
        self._outgoing: asyncio.Queue[str] = asyncio.Queue(_MAX_OUTGOING)
        self._hurry = asyncio.Event()
        self._is_paused = False
        self._failures = 0

    @property
    def is_online(self) -> bool:
        """Whether messages can be sent."""
        return self._socket is not None

    @property
    def is_behind(self) -> bool:
        """Whether messages wait that the socket has not taken yet."""
        return self._outgoing.qsize() > _BEHIND

    def aim(self, target: Target) -> None:
        """Goes to this server from now on; an open socket to another one is closed, an attempt to reach it ends."""
        self._target = target
        self.hurry()
        if self._attempt is not None:
            self._attempt.cancel()
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
            _log.warning("the server accepts no more messages: reconnecting")
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
                target, words = self._target, ""
                try:
                    words = await self._one_connection(target)
                except pins.NotTrusted as refusal:
                    # Trying on would only ask the wrong server again and again; another target is a server of its own.
                    if target is self._target:
                        self._is_paused = True
                        self._on_link("refused", refusal.words)
                if not self._is_paused:
                    self._on_link("offline", words)
                    await self._hurried(self._next_wait_s())
        finally:
            self._drop_socket()

    def _next_wait_s(self) -> float:
        wait_s = RETRY_S[min(self._failures, len(RETRY_S) - 1)] if self._failures < _LATER_AFTER else LATER_S
        self._failures += 1
        return wait_s * random.uniform(1 - _VARIED, 1 + _VARIED)

    async def _hurried(self, limit_s: float | None) -> None:
        try:
            # Not `wait_for`: before Python 3.12 it forgets a cancellation that comes together with the event.
            async with asyncio.timeout(limit_s):
                await self._hurry.wait()
        except TimeoutError:
            return
        finally:
            self._hurry.clear()

    async def _one_connection(self, target: Target) -> str:
        """Connects once and stays until the end; returns why it ended, in words."""
        from websockets.exceptions import WebSocketException

        self._on_link("connecting", "")
        self._attempt = asyncio.get_running_loop().create_task(_open(target), name="signalling attempt")
        try:
            socket = await self._attempt
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if target is self._target or (task is not None and task.cancelling()):
                raise
            return ""
        except (OSError, WebSocketException) as error:
            if refusal := pins.why_not(error, target.server):
                raise refusal from error
            return await refusals.why(error, target.server, _answer_in(error))
        finally:
            self._attempt = None
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
            return f"The server sent something that Parley does not understand. {error.words} Trying again."

    def _drop_socket(self) -> None:
        socket, self._socket = self._socket, None
        if socket is not None:
            # Not awaited: a peer that is gone would keep us for the closing handshake.
            socket.transport.abort()


def _answer_in(error: BaseException) -> refusals.Answer | None:
    from websockets.exceptions import InvalidHandshake, InvalidStatus

    if isinstance(error, InvalidStatus):
        return refusals.Answer(error.response.status_code, MARK_HEADER in error.response.headers)
    return refusals.Answer(0) if isinstance(error, InvalidHandshake) else None


async def _open(target: Target) -> ClientConnection:
    from websockets.asyncio.client import connect

    connector = connect(
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
        ssl=await pins.context_for(target.server),
    )
    # Elsewhere our headers would reach a server that nobody named.
    setattr(connector, "process_redirect", lambda error: error)  # noqa: B010 - mypy takes no method for a variable
    return await connector


async def _write(socket: ClientConnection, outgoing: asyncio.Queue[str]) -> None:
    from websockets.exceptions import ConnectionClosed

    try:
        while True:
            await socket.send(await outgoing.get())
    except ConnectionClosed:
        return
