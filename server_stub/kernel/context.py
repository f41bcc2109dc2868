"""What a feature gets of the server: its settings and clock, its store, who is connected, and the parts of others."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from app.wire.fields import Ask, Tell
from app.wire.links import ServerAddress
from server_stub.kernel.chores import Chores
from server_stub.kernel.clock import Clock
from server_stub.kernel.config import ServerSettings
from server_stub.kernel.events import Events
from server_stub.kernel.hub import Hub, MemoryHub
from server_stub.kernel.limiter import Limiter, MemoryLimiter
from server_stub.kernel.locks import Locks, MemoryLocks
from server_stub.kernel.members import Members, MemoryMembers
from server_stub.kernel.session import Session
from server_stub.kernel.unkept import Unkept
from server_stub.relay.engine import RelayEngine
from server_stub.storage import Connection
from server_stub.storage import rooms as rooms_table

T = TypeVar("T")


class Storage(Protocol):
    """What is kept: work is a function of `server_stub.storage`, run in a transaction of its own."""

    async def do(self, work: Callable[[Connection], T]) -> T:
        """What `work` returned, once that is on disk; raises what it raised, and nothing of it is kept then."""


class Context:
    """What every feature may use. What one room alone keeps in memory is a part, found by its class.

    Attributes:
        settings: as the server was started.
        clock: every clock and timer.
        store: the database.
        hub: who is connected.
        chores: what runs beside the requests.
        unkept: what is tried again until it is kept.
        events: what happens in one room and concerns another.
        relay: of the media; set when the server starts.
        server_id: names this server for good.
        address: what goes into links; the doors know it once they are open.
        is_reachable: embedded, and other computers may connect now.
        limiter: how often things may be tried.
        locks: what comes one after the other.
        members: who belongs to which room.
        is_clock_believed: whether the wall clock has proved itself enough to delete by it.
    """

    def __init__(self, settings: ServerSettings, clock: Clock, store: Storage) -> None:
        self.settings = settings
        self.clock = clock
        self.store = store
        self.hub: Hub = MemoryHub()
        self.chores = Chores()
        self.unkept = Unkept(clock, self.chores, lambda work: self.store.do(work))
        self.events = Events()
        self.relay: RelayEngine
        self.server_id = ""
        self.address = ServerAddress(f"{settings.host}:{settings.port}", is_secure=False)
        self.is_reachable = False
        self.limiter: Limiter = MemoryLimiter(self.tick)
        self.locks: Locks = MemoryLocks()
        self.members: Members = MemoryMembers(self._read_members)
        self.is_clock_believed: Callable[[], bool] = lambda: False
        self._parts: dict[type[Any], Any] = {}

    def add(self, part: T) -> T:
        """Makes a part known by its class, and returns it."""
        self._parts[type(part)] = part
        return part

    def part(self, kind: type[T]) -> T:
        """The one part of that class; raises KeyError when the server has none."""
        found: T = self._parts[kind]
        return found

    async def _read_members(self, room: str) -> frozenset[str] | None:
        row = await self.store.do(lambda connection: rooms_table.find(connection, room))
        return row.accounts if row is not None else None

    def now(self) -> float:
        """Seconds since 1970 UTC."""
        return self.clock.now()

    def tick(self) -> float:
        """Seconds of a clock that is never set."""
        return self.clock.tick()


class Server(Context, ABC):
    """A context that answers: what the doors lead to."""

    @abstractmethod
    async def handle(self, session: Session, ask: Ask) -> Tell | None:
        """Answers a request; None: it is answered already. Raises `Refusal` when a rule forbids it."""

    @abstractmethod
    def connected(self, session: Session) -> None:
        """A client connected."""

    @abstractmethod
    def disconnected(self, session: Session) -> None:
        """A client is gone."""
