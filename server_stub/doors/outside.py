"""An embedded server's way in for other computers: opened and closed while it runs, found where the computer is now."""

from __future__ import annotations

import asyncio
import errno
import logging
import socket
from collections.abc import Callable
from dataclasses import dataclass

from app.net.rounds import Rounds
from app.wire.links import ServerAddress
from app.wire.lobby import GuestDenied
from app.wire.people import MeetingEnded
from app.wire.rooms import LinksMoved
from server_stub.call import meeting
from server_stub.call.calls import Calls
from server_stub.call.ongoing import Ongoing
from server_stub.doors import certificates, listening, reach
from server_stub.doors.certificates import Certificate
from server_stub.errors import ServerError
from server_stub.kernel.context import Context
from server_stub.kernel.hub import tell_all
from server_stub.kernel.session import Session
from server_stub.storage import facts

_log = logging.getLogger(__name__)

#: How often this computer's addresses are looked at: a laptop goes from network to network.
LOOK_EVERY_S = 3.0
PORT_TAKEN = (
    "Another program is using port {} on this computer, so Parley took another one. Links that you shared before do "
    "not work until you close that program and start Parley again."
)
CLOSED = "The computer that holds this meeting no longer lets others in."
_NOT_OPENED = "Others cannot be let in to Parley on this computer: {}."


@dataclass(frozen=True, slots=True)
class Reach:
    """How others reach this server.

    Attributes:
        is_open: they can connect.
        addresses: where they find it, or would find it, best first; empty: this computer is in no network.
        words: what whoever runs the server has to know of it; empty: nothing.
    """

    is_open: bool = False
    addresses: tuple[ServerAddress, ...] = ()
    words: str = ""


def _ignore(reach: Reach) -> None:
    """Nobody wants to know."""


class Outside:
    """Listens for other computers beside the loopback socket, by TLS, and keeps the address in links right.

    Attributes:
        port: that others connect to; 0 while it is closed.
        now: how they reach this server now.
        on_change: told whenever that is different.
    """

    def __init__(self, context: Context, server: listening.QuietServer) -> None:
        """Is closed.

        Args:
            context: whose links it keeps right.
            server: takes the connections.
        """
        self._context = context
        self._server = server
        self._door: listening.SafeDoor | None = None
        self._certificate: Certificate | None = None
        self._hosts: tuple[str, ...] = ()
        self._inside = context.address
        self._switching = asyncio.Lock()
        self._watching: asyncio.Task[None] | None = None
        self.port = 0
        self.now = Reach()
        self.on_change: Callable[[Reach], None] = _ignore

    async def begin(self) -> None:
        """Opens if the settings say so, and watches this computer's addresses from now on."""
        self._inside = self._context.address
        self._hosts = await asyncio.to_thread(reach.own_addresses)
        if (self._context.settings.data / "tls").exists():
            # Links that were given away before are still ours while it is closed: they carry its pin.
            await self._take_certificate()
        if self._context.settings.is_reachable:
            await self.switch(is_on=True)
        else:
            self._publish("")
        self._watching = self._context.chores.start(self._watch(), "watching this computer's addresses")

    def end(self) -> None:
        """Watches no more; the server that ends closes what is open."""
        if self._watching is not None:
            self._watching.cancel()

    async def switch(self, *, is_on: bool) -> Reach:
        """Lets other computers in, or no more; what became of it, in words where it did not go as it was meant.

        Who is in a call over loopback notices nothing. Who came from another computer is taken out when it closes.
        """
        async with self._switching:
            words = ""
            if is_on and self._door is None:
                try:
                    words = await self._open()
                except ServerError as error:
                    words = error.words
                except OSError as error:
                    _log.warning("others cannot be let in: %s", error.strerror)
                    words = _NOT_OPENED.format(error.strerror or "the system refuses it")
                except Exception:
                    # Whoever asked waits for an answer.
                    _log.exception("others cannot be let in")
                    words = _NOT_OPENED.format("something went wrong")
            elif not is_on and self._door is not None:
                await self._close(self._door)
            self._publish(words)
            return self.now

    async def _open(self) -> str:
        context = self._context
        settings = context.settings
        self._certificate = certificate = await self._own_certificate()
        tls = certificates.context(certificate)
        wanted = reach.kept_port(settings.data) if settings.outside_port is None else settings.outside_port
        listener, words = _listen(wanted)
        if settings.outside_port is None and not reach.has_kept_port(settings.data):
            words = ""  # no link was given away yet that another port could lead astray
        try:
            self._hosts = await asyncio.to_thread(reach.own_addresses)
            port = int(listener.getsockname()[1])
            reach.keep_port(settings.data, port)
            self._door, self.port = self._server.open_door(listener, tls), port
        except BaseException:
            listener.close()
            raise
        context.relay.offer_addresses(None)
        return words

    async def _take_certificate(self) -> None:
        try:
            self._certificate = await self._own_certificate()
        except (ServerError, OSError) as error:
            # A closed way in needs none; who opens it is told what is the matter.
            _log.warning("the certificate of before cannot be used: %s", type(error).__name__)

    async def _own_certificate(self) -> Certificate:
        return await asyncio.to_thread(reach.outside_certificate, self._context.settings, self._context.now())

    async def _close(self, door: listening.SafeDoor) -> None:
        context = self._context
        self._door, self.port = None, 0
        context.relay.offer_addresses(context.settings.media_addresses)
        try:
            owner = await context.store.do(lambda c: facts.read(c, "owner")) or ""
        except Exception as error:  # the disk, perhaps; the door closes all the same
            _log.error("who owns this server could not be read: %s", type(error).__name__)
            owner = ""
        for ongoing in tuple(context.part(Calls).all()):
            self._take_out(ongoing, owner)
        for session in tuple(context.hub.sessions):
            if session.is_outside:
                session.close(words=CLOSED)
        await self._server.close_door(door)

    def _take_out(self, ongoing: Ongoing, owner: str) -> None:
        """Who came from another computer leaves the meeting, also who has lost the connection just now."""
        now = self._context.now()
        waiting = [session for session in ongoing.outside.values() if session.is_outside]
        ongoing.tell_outside(waiting, GuestDenied(words=CLOSED))
        for person in ongoing.meeting.people:
            inside = ongoing.inside.get(person.id)
            if ongoing.meeting.ended_at is not None or (not inside.is_outside if inside else person.id == owner):
                continue
            if inside is not None:
                inside.tell(MeetingEnded(meeting=ongoing.id, at=now, words=CLOSED))
            ongoing.apply(meeting.leave(ongoing.meeting, person.id, now))

    async def _watch(self) -> None:
        rounds = Rounds(_log, "watching this computer's addresses")
        while True:
            await self._context.clock.sleep(LOOK_EVERY_S)
            with rounds:
                await self._look()

    async def _look(self) -> None:
        try:
            hosts = await asyncio.to_thread(reach.own_addresses)
        except OSError as error:  # the system has no memory or file to spare, perhaps only for now
            _log.info("this computer's addresses could not be read: %s", error.strerror)
            return
        if hosts != self._hosts:
            _log.info("this computer has other addresses now")
            self._hosts = hosts
            self._publish(self.now.words)

    def _publish(self, words: str) -> None:
        """Puts the address of now into links, and tells of it."""
        context, is_open = self._context, self._door is not None
        settings = context.settings
        port = self.port or settings.outside_port or reach.kept_port(settings.data)
        found = reach.outside_addresses(settings, self._hosts, port, self._certificate)
        address = found[0] if found and is_open else self._inside
        if (address, is_open) != (context.address, context.is_reachable):
            context.address, context.is_reachable = address, is_open
            moved = LinksMoved(server=address.text, is_reachable=is_open)
            tell_all((one for one in context.hub.sessions if _has_links(one)), moved)
        before, self.now = self.now, Reach(is_open, found, words)
        if self.now != before:
            self.on_change(self.now)


def _has_links(session: Session) -> bool:
    """Whether a client has been told links: who waits in a lobby has not."""
    return session.account is not None or (session.place is not None and not session.place.is_waiting)


def _listen(port: int) -> tuple[socket.socket, str]:
    """A socket that other computers reach, on that port if it is free; and what has to be said of it."""
    try:
        return listening.listen("0.0.0.0", port), ""
    except OSError as error:
        if not port or error.errno != errno.EADDRINUSE:
            raise
    return listening.listen("0.0.0.0", 0), PORT_TAKEN.format(port)
