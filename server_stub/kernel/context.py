"""What a feature gets of the server: its settings and clock, its store, who is connected, and the parts of others."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from app.wire.fields import Ask, Tell
from app.wire.links import ServerAddress
from server_stub.kernel.chores import Chores
from server_stub.kernel.clock import Clock
from server_stub.kernel.config import ServerSettings
from server_stub.kernel.events import Events
from server_stub.kernel.hub import Hub
from server_stub.kernel.limits import Tries
from server_stub.kernel.session import Session
from server_stub.relay.engine import RelayEngine

T = TypeVar("T")


class Storage(Protocol):
    """What is kept: work is a function of `server_stub.storage`, run in a transaction of its own."""

    async def do(self, work: Callable[[Any], T]) -> T:
        """What `work` returned, once that is on disk; raises what it raised, and nothing of it is kept then."""


class Context:
    """What every feature may use. What one room alone keeps in memory is a part, found by its class.

    Attributes:
        settings: as the server was started.
        clock: every clock and timer.
        store: the database.
        hub: who is connected.
        chores: what runs beside the requests.
        events: what happens in one room and concerns another.
        relay: of the media; set when the server starts.
        server_id: names this server for good.
        address: what goes into links; the doors know it once they are open.
        is_reachable: embedded, and other computers may connect now.
        room_members: of the rooms that were asked for; changed with each membership.
        start_lock: two who start a meeting in one room come one after the other.
        mail_waits: set when there is mail to be carried out.
        is_clock_believed: whether the wall clock has proved itself enough to delete by it.
    """

    def __init__(self, settings: ServerSettings, clock: Clock, store: Storage) -> None:
        self.settings = settings
        self.clock = clock
        self.store = store
        self.hub = Hub()
        self.chores = Chores()
        self.events = Events()
        self.relay: RelayEngine
        self.server_id = ""
        self.address = ServerAddress(f"{settings.host}:{settings.port}", is_secure=False)
        self.is_reachable = False
        self.room_members: dict[str, frozenset[str]] = {}
        self.start_lock = asyncio.Lock()
        self.mail_waits = asyncio.Event()
        self.is_clock_believed: Callable[[], bool] = lambda: False
        # Ten tries at once, then one a minute; ten times that for everything from one address.
        self.password_tries = Tries(1 / 60, 10)
        self.address_tries = Tries(1 / 6, 100)
        self.sign_up_tries = Tries(1 / 6, 50)
        self.code_tries = Tries(1.0, 60)
        self.knock_tries = Tries(1 / 10, 20)
        # Codes for a new password: asked for from one address, and mailed for one account.
        self.reset_tries = Tries(1 / 60, 20)
        self.reset_mails = Tries(1 / 900, 3)
        # A recap that is made again costs minutes of a processor.
        self.remake_tries = Tries(1 / 600, 3)
        self.invitation_mails = Tries(1 / 60, 20)
        # Mails to whomever somebody names, from one address: it can make accounts as it likes.
        self.network_mails = Tries(1 / 6, 400)
        self._parts: dict[type[Any], Any] = {}

    def add(self, part: T) -> T:
        """Makes a part known by its class, and returns it."""
        self._parts[type(part)] = part
        return part

    def part(self, kind: type[T]) -> T:
        """The one part of that class; raises KeyError when the server has none."""
        found: T = self._parts[kind]
        return found

    def now(self) -> float:
        """Seconds since 1970 UTC."""
        return self.clock.now()

    def tick(self) -> float:
        """Seconds of a clock that is never set."""
        return self.clock.tick()


class Server(Context):
    """A context that answers: what the doors lead to."""

    async def handle(self, session: Session, ask: Ask) -> Tell | None:
        """Answers a request; None: it is answered already. Raises `Refusal` when a rule forbids it."""
        raise NotImplementedError

    def connected(self, session: Session) -> None:
        """A client connected."""
        raise NotImplementedError

    def disconnected(self, session: Session) -> None:
        """A client is gone."""
        raise NotImplementedError
