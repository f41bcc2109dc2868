"""One client: its requests are answered in order, and what it is told waits in a bounded queue."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from typing import Protocol, TypeVar

import msgspec

from app.wire.accounts import Account, Hello
from app.wire.codec import decode_ask, encode
from app.wire.errors import Refused, TooLarge, WireError
from app.wire.fields import Ask, Tell
from server_stub.errors import Refusal
from server_stub.kernel.config import ConnectionLimits
from server_stub.kernel.limits import Bucket, network_of

log = logging.getLogger(__name__)
AnyTell = TypeVar("AnyTell", bound=Tell)
#: Close codes. Source: RFC 6455, section 7.4.1.
GONE_AWAY, POLICY = 1001, 1008
#: A client that reads has fewer waiting.
BEHIND_MESSAGES = 20


class Gone(Exception):
    """The client is no longer there."""


class Pipe(Protocol):
    """A websocket, as far as a session needs one."""

    async def receive(self) -> str | bytes:
        """The next message; raises `Gone`."""

    async def send(self, text: str) -> None:
        """Sends a message; waits while the client reads slowly; raises `Gone`."""

    async def close(self, code: int, words: str) -> None:
        """Closes the socket; harmless when it is closed."""


class Place(Protocol):
    """Where in a meeting a session is: in a seat, or in the lobby."""

    @property
    def meeting(self) -> str:
        """Its id."""

    @property
    def is_waiting(self) -> bool:
        """In the lobby."""

    def lose(self, session: Session) -> None:
        """The session is gone: its guest waits no longer, or its person's seat is kept."""

    def leave(self, session: Session) -> None:
        """Gives up the seat, or the place in the lobby, at once."""


class Answering(Protocol):
    """Who answers requests."""

    async def handle(self, session: Session, ask: Ask) -> Tell | None:
        """The answer; None: it is told already. Raises `Refusal`."""


def answered(tell: AnyTell, request: int) -> AnyTell:
    """The same message as the answer to a request."""
    return msgspec.structs.replace(tell, re=request)


class Session:
    """One client's connection.

    Attributes:
        address: where it came from, for limits only.
        network: what counts as one place for those that count tries.
        account: who is signed in.
        accepted_terms: the version of the terms that the account has accepted; 0 for none.
        token: fingerprint of the token in use.
        noted_at: when the use of that token was kept last, by the clock that is never set.
        device: what the client says it runs on.
        is_outside: it came in by an embedded server's way for other computers.
        place: the meeting that this connection is in or waits for.
        owed: number of the request that is being answered, until it is.
        ended: set once nothing more is sent or heard.
    """

    def __init__(self, pipe: Pipe, address: str, limits: ConnectionLimits) -> None:
        self._pipe = pipe
        self._limits = limits
        self._queue: deque[str] = deque()
        self._queued_bytes = 0
        self._wake = asyncio.Event()
        self._closing: tuple[int, str] | None = None
        self._main: asyncio.Task[None] | None = None
        self._is_receiving = False
        self._heavy = Bucket(limits.heavy_per_s, limits.heavy_at_once)
        self.address = address
        self.network = network_of(address)
        self.has_greeted = False
        self.account: Account | None = None
        self.accepted_terms = 0
        self.token = ""
        self.noted_at = 0.0
        self.device = ""
        self.is_outside = False
        self.place: Place | None = None
        self.owed = 0
        self.ended = asyncio.Event()

    @property
    def signed_in(self) -> Account:
        """Who is signed in; raises `Refusal` when nobody is."""
        if self.account is None:
            raise Refusal("not_signed_in", "Please sign in first.")
        return self.account

    def check_seat(self, meeting: str) -> None:
        """Raises `Refusal` when this connection has no seat in that meeting."""
        place = self.place
        if place is None or place.is_waiting or place.meeting != meeting:
            raise Refusal("not_in_meeting", "You are not in this meeting.")

    @property
    def is_behind(self) -> bool:
        """Whether more waits for this client than it reads: what is worth nothing later is not added."""
        return len(self._queue) > BEHIND_MESSAGES

    def may_ask_much(self) -> bool:
        """Whether this client may ask for something that costs the server much, now; counts as having asked."""
        return self._heavy.take(asyncio.get_running_loop().time())

    def tell(self, tell: Tell) -> None:
        """Queues a message."""
        if tell.re and tell.re == self.owed:
            self.owed = 0
        self.tell_text(encode(tell))

    def tell_text(self, text: str) -> None:
        """Queues a message that is encoded already; a client that does not read is closed instead."""
        if self._closing:
            return
        if len(self._queue) >= self._limits.queue_messages or (
            self._queue and self._queued_bytes + len(text) > self._limits.queue_bytes
        ):
            log.info("a client that does not read is closed")
            self._queue.clear()
            self._queued_bytes = 0
            self.close(POLICY, "Too many messages were not read.")
            self._interrupt()
            return
        self._queue.append(text)
        self._queued_bytes += len(text)
        self._wake.set()

    def give_way(self, other: Session, tell: Tell) -> None:
        """Another connection of the same person has the place now: this one is told.

        One of the same sign-in, or of the same guest, is what its client has left behind, often half open: it is
        closed, and need not be found dead first.
        """
        self.place = None
        self.tell(tell)
        if self.token == other.token:
            self.close()

    def close(self, code: int = GONE_AWAY, words: str = "") -> None:
        """Closes the connection after what is queued."""
        self._closing = self._closing or (code, words)
        self._wake.set()

    def _interrupt(self) -> None:
        """Ends listening, but never in the middle of a request: what was begun is finished."""
        if self._main and self._is_receiving:
            self._main.cancel()

    async def run(self, server: Answering) -> None:
        """Serves the client until it is gone or closed."""
        self._main = asyncio.create_task(self._listen(server), name="listen")
        writer = asyncio.create_task(self._write(), name="write")
        try:
            await asyncio.wait({self._main, writer}, return_when=asyncio.FIRST_COMPLETED)
            self.close()
            self._interrupt()
            await asyncio.wait({self._main})
            for task in (self._main, writer):
                if task.done() and not task.cancelled() and (error := task.exception()):
                    log.error("a session failed", exc_info=error)
            # What was told before the end should arrive; a client that does not read gets no more time than this.
            await asyncio.wait({writer}, timeout=1.0)
        finally:
            for task in (self._main, writer):
                task.cancel()
            await asyncio.gather(self._main, writer, return_exceptions=True)
            self.ended.set()

    async def _write(self) -> None:
        try:
            while True:
                while self._queue:
                    text = self._queue.popleft()
                    self._queued_bytes -= len(text)
                    await self._pipe.send(text)
                if self._closing:
                    await self._pipe.close(*self._closing)
                    return
                self._wake.clear()
                await self._wake.wait()
        except Gone:
            return

    async def _listen(self, server: Answering) -> None:
        clock = asyncio.get_running_loop().time
        bucket = Bucket(self._limits.messages_per_s, self._limits.messages_at_once)
        patience = self._limits.patience
        try:
            while not self._closing:
                limit = None if self.has_greeted else self._limits.hello_within_s
                self._is_receiving = True
                async with asyncio.timeout(limit):
                    text = await self._pipe.receive()
                self._is_receiving = False
                ask = decode_ask(text)
                if bucket.take(clock()):
                    await self._answer(server, ask)
                    continue
                patience -= 1
                self.tell(Refused(re=ask.request, reason="too_much", words="That was too much at once. Please wait."))
                if patience <= 0:
                    self.close(POLICY, "Too many messages.")
        except TimeoutError:
            self.close(POLICY, "Nobody said Hello.")
        except Gone:
            self.close()
        except WireError as error:
            reason = "too_large" if isinstance(error, TooLarge) else "malformed"
            self.tell(Refused(reason=reason, words=error.words))  # type: ignore[arg-type]
            self.close(POLICY, "Malformed.")

    async def _answer(self, server: Answering, ask: Ask) -> None:
        self.owed = ask.request
        try:
            if not self.has_greeted and not isinstance(ask, Hello):
                raise Refusal("not_ready", "This connection has not begun with Hello.")
            tell = await server.handle(self, ask)
        except Refusal as refusal:
            tell = Refused(reason=refusal.reason, words=refusal.words)
        except Exception:
            log.exception("%s failed", type(ask).__name__)
            tell = Refused(reason="failed", words="Something went wrong on the server. Please try again.")
        # What failed after the answer was told is no second answer.
        if tell is not None and self.owed == ask.request:
            self.tell(answered(tell, ask.request))
