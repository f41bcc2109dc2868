"""The websocket to the server: connects, reconnects, carries messages both ways."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from app.net import pins, refusals
from app.net.attempts import Door, first_open
from app.net.link_rules import retry_s
from app.net.own_address import Place
from app.net.rounds import Rounds
from app.wire.codec import decode_tell, encode
from app.wire.errors import WireError
from app.wire.fields import Ask, Tell
from app.wire.headers import MARK_HEADER
from app.wire.links import ServerAddress, parse_server

if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection
    from websockets.exceptions import WebSocketException

_log = logging.getLogger(__name__)

#: Each wait is varied by a quarter, so that a server that comes back is not met by everybody at once.
_VARIED = 0.25
#: Messages that wait for the socket; more means that it takes nothing any longer.
_MAX_OUTGOING = 256
#: So many wait without the socket being slow.
_BEHIND = 8
#: After a fresh connection beside the present one has failed.
_PROBE_REST_S = 1.0

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
        self._spare: asyncio.Task[ClientConnection] | None = None
        self._spare_s = self._answered_s = 0.0
        self._asking: asyncio.Task[None] | None = None
        self._server_place: Place | None = None
        self._outgoing: asyncio.Queue[str] = asyncio.Queue(_MAX_OUTGOING)
        self._hurry = asyncio.Event()
        self._is_paused = False
        self._failures = 0

    @property
    def is_online(self) -> bool:
        """Whether messages can be sent."""
        return self._socket is not None

    @property
    def own_place(self) -> Place | None:
        """The address and port of this computer that the socket has; None without one."""
        return self._socket.local_address if self._socket is not None else None

    @property
    def server_place(self) -> Place | None:
        """Where the server was reached last; None: it has not been yet."""
        return self._server_place

    @property
    def answered_s(self) -> float:
        """When the server was last heard on the present socket, `time.monotonic()`; 0.0: not yet."""
        return self._answered_s

    @property
    def spare_s(self) -> float | None:
        """Since when a fresh connection is open beside the present one, `time.monotonic()`; None: none is."""
        return self._spare_s if _is_open(self._spare) else None

    @property
    def is_behind(self) -> bool:
        """Whether messages wait that the socket has not taken yet."""
        return self._outgoing.qsize() > _BEHIND

    def aim(self, target: Target) -> None:
        """Goes to this server from now on; an open socket to another one is closed, an attempt to reach it ends."""
        self._target = target
        self.forget_spare()
        self._server_place = None
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

    def ask(self) -> None:
        """Wants an answer of the server on the present socket; `answered_s` tells of it."""
        if self._socket is not None and (self._asking is None or self._asking.done()):
            self._asking = asyncio.get_running_loop().create_task(self._ask(self._socket), name="signalling ask")

    def probe(self) -> None:
        """Tries a fresh connection beside the present one, unless that is under way or has just failed."""
        if self._target is None or self._socket is None or self._spare_s + _PROBE_REST_S > time.monotonic():
            return
        if self._spare is None or (self._spare.done() and not _is_open(self._spare)):
            self._begin_spare(self._target)

    def forget_spare(self) -> None:
        """The present connection stays: no other one is tried or kept."""
        spare, self._spare, self._spare_s = self._spare, None, 0.0
        if spare is not None:
            spare.cancel()
            if _is_open(spare):
                spare.result().transport.abort()

    def replace(self) -> None:
        """Drops the present socket; a fresh one that is open takes its place, otherwise one is opened at once."""
        self.hurry()
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
        rounds = Rounds(_log, "connecting to the server")
        try:
            while True:
                if self._target is None or self._is_paused:
                    await self._hurried(None)
                    continue
                target, words = self._target, ""
                with rounds:
                    words = await self._once(target)
                if not self._is_paused:
                    with rounds:
                        self._on_link("offline", words)
                    await self._hurried(self._next_wait_s())
        finally:
            self.forget_spare()
            self._drop_socket()

    async def _once(self, target: Target) -> str:
        """As `_one_connection`; a server that is not the right one is told, and not tried again."""
        try:
            return await self._one_connection(target)
        except pins.NotTrusted as refusal:
            # Trying on would only ask the wrong server again and again; another target is a server of its own.
            if target is self._target:
                self._is_paused = True
                self._on_link("refused", refusal.words)
            return ""

    def _next_wait_s(self) -> float:
        wait_s = retry_s(self._failures)
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
        spare, self._spare, self._spare_s = self._spare, None, 0.0
        if spare is not None and spare.done() and not _is_open(spare):
            spare = None
        # One that is open by now, or being tried since before the present socket was dropped, is as good as a new one.
        self._attempt = spare or self._begin_attempt(target, "signalling attempt")
        try:
            socket = await self._attempt
        except asyncio.CancelledError:
            # Of us, or only of the attempt: by `aim`, also with the same target.
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            return ""
        except (OSError, WebSocketException) as error:
            if refusal := pins.why_not(error, target.server):
                raise refusal from error
            if isinstance(error, TimeoutError):
                # Finding words for a network that swallows everything takes seconds, in which it may come back.
                self._begin_spare(target)
            return await self._why(error, target)
        finally:
            self._attempt = None
        if target is not self._target:
            await socket.close()
            return ""
        return await self._speak(socket)

    async def _why(self, error: OSError | WebSocketException, target: Target) -> str:
        """Why there is no connection, in words; empty where there is one by then."""
        why = asyncio.ensure_future(refusals.why(error, target.server, _answer_in(error)))
        try:
            await asyncio.wait({why, self._spare or why}, return_when=asyncio.FIRST_COMPLETED)
            return "" if _is_open(self._spare) else await why
        finally:
            why.cancel()

    def _begin_attempt(self, target: Target, name: str) -> asyncio.Task[ClientConnection]:
        door = Door(target.server, target.url, target.headers)
        return asyncio.get_running_loop().create_task(first_open(door, self._hurry), name=name)

    def _begin_spare(self, target: Target) -> None:
        self.forget_spare()
        self._spare = self._begin_attempt(target, "signalling probe")
        self._spare.add_done_callback(self._note_spare)

    def _note_spare(self, done: asyncio.Task[ClientConnection]) -> None:
        """When the spare opened; of one that failed, when the next one may be tried."""
        if done is self._spare:
            self._spare_s = time.monotonic()
            if self._socket is None and _is_open(done):
                self._hurry.set()
        if not done.cancelled() and (error := done.exception()) is not None:
            _log.info("a fresh connection was not opened: %s", type(error).__name__)

    async def _ask(self, socket: ClientConnection) -> None:
        from websockets.exceptions import ConnectionClosed

        try:
            await (await socket.ping())
        except ConnectionClosed:
            return
        if socket is self._socket:
            self._answered_s = time.monotonic()

    async def _speak(self, socket: ClientConnection) -> str:
        self._socket, self._answered_s = socket, time.monotonic()
        self._server_place = socket.remote_address
        self._outgoing = asyncio.Queue(_MAX_OUTGOING)
        writer = asyncio.get_running_loop().create_task(_write(socket, self._outgoing), name="signalling writer")
        writer.add_done_callback(lambda done: _end_with(done, socket))
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
                self._answered_s = time.monotonic()
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
        if self._asking is not None:
            self._asking.cancel()
        if socket is not None:
            # Not awaited: a peer that is gone would keep us for the closing handshake.
            socket.transport.abort()


def _answer_in(error: BaseException) -> refusals.Answer | None:
    from websockets.exceptions import InvalidHandshake, InvalidStatus

    if isinstance(error, InvalidStatus):
        return refusals.Answer(error.response.status_code, MARK_HEADER in error.response.headers)
    return refusals.Answer(0) if isinstance(error, InvalidHandshake) else None


def _is_open(attempt: asyncio.Task[ClientConnection] | None) -> bool:
    from websockets.protocol import State

    if attempt is None or not attempt.done() or attempt.cancelled() or attempt.exception() is not None:
        return False
    return attempt.result().state is State.OPEN


def _end_with(writer: asyncio.Task[None], socket: ClientConnection) -> None:
    """A connection by which nothing more is said is none."""
    if not writer.cancelled() and (error := writer.exception()) is not None:
        _log.error("%s failed: %s", writer.get_name(), type(error).__name__)
        socket.transport.abort()


async def _write(socket: ClientConnection, outgoing: asyncio.Queue[str]) -> None:
    from websockets.exceptions import ConnectionClosed

    try:
        while True:
            await socket.send(await outgoing.get())
    except ConnectionClosed:
        return
