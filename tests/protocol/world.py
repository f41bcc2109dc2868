"""The real server in a thread of its own, with people who talk to it through real websockets, one step at a time."""

import asyncio
import contextlib
import itertools
import threading

from sqlalchemy import select

from app.wire import accounts, lobby, people, rooms
from app.wire.codec import encode
from app.wire.errors import Refused
from server_stub.kernel.config import TERMS_VERSION, ConnectionLimits, MeetingLimits
from server_stub.kernel.limiter import LIMITS, Limit, MemoryLimiter
from server_stub.storage import rooms as rooms_table
from server_stub.storage.tables import messages
from tests.fakes.clock import FakeClock
from tests.fakes.server_client import client_of, running_server

#: Few seats, so that the last one is fought for in a short story.
SEATS = 3
MEMBERS = ("ada", "grace", "joan")
GUESTS = ("gus", "gil", "guy", "gem", "gav")
#: Accounts that do not belong to the room; the first has one of their own.
STRANGERS = ("mallory", "trudy")
PASSWORD = "correct horse"
_LIMITS = MeetingLimits(seats=SEATS, waiting=4, waiting_per_address=100)
_NO_LIMITS = ConnectionLimits(
    messages_per_s=1e9, messages_at_once=10**9, heavy_per_s=1e9, heavy_at_once=10**9, per_address=10**6
)


class Someone:
    """A person: the connection, the sign-in, and all that was ever heard on it."""

    def __init__(self, name):
        self.name = name
        self.client = None
        self.account = ""
        self.token = ""
        #: Ids and tokens of guests.
        self.guest = ""
        self.guest_token = ""
        self.seen = 0

    def news(self):
        """What was heard since the last look."""
        fresh = self.client.heard[self.seen :]
        self.seen = len(self.client.heard)
        return fresh


class World:
    """The server and its people. Every method may be called from the test's thread."""

    def __init__(self, folder):
        self._folder = folder
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._numbers = itertools.count(1)
        self._stack = contextlib.AsyncExitStack()
        self.clock = FakeClock()
        self.people = {}
        self._read = None
        self.server = self.run(self._open())

    @property
    def backend(self):
        return self.server.backend

    def run(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(60)

    async def _open(self):
        return await self._stack.enter_async_context(
            running_server(self._folder, clock=self.clock, limits=_LIMITS, connection=_NO_LIMITS)
        )

    def close(self):
        self.run(self._stack.aclose())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    # --- one story ------------------------------------------------------------------------------------------------
    def begin(self):
        """Fresh people in a fresh room: three members, two strangers, five people without an account."""
        self._step(self._begin())

    async def _begin(self):
        for someone in self.people.values():
            if someone.client is not None:
                await someone.client.close()
        await self.settle_server()
        backend = self.backend
        backend.limiter = MemoryLimiter(backend.tick, dict.fromkeys(LIMITS, Limit(1e9, 10**9)))
        self.story = next(self._numbers)
        self.people = {name: Someone(name) for name in (*MEMBERS, *STRANGERS, *GUESTS)}
        await asyncio.gather(*(self.connect(someone) for someone in self.people.values()))
        for name in (*MEMBERS, *STRANGERS):
            await self._sign_up(self.people[name])
        room = await self.people["ada"].client.ask(rooms.CreateRoom(name=f"Room {self.story}"))
        self.room = room.room.id
        await self.people[STRANGERS[0]].client.ask(rooms.CreateRoom(name="Elsewhere"))
        for name in MEMBERS[1:]:
            await self.join_room(self.people[name])
        await self.settle()

    async def connect(self, someone):
        someone.client = await client_of(self._stack, self.server.port)
        someone.seen = 0

    async def _sign_up(self, someone):
        email = f"{someone.name}{self.story}@parley.test"
        told = await someone.client.ask(
            accounts.SignUp(email=email, name=someone.name, kind="client", password=PASSWORD)
        )
        someone.account, someone.token = told.account.id, told.token
        await someone.client.ask(accounts.AcceptTerms(version=TERMS_VERSION))

    async def join_room(self, someone):
        made = await self.people["ada"].client.ask(rooms.InviteMember(room=self.room))
        await someone.client.ask(rooms.JoinRoom(code=made.code))
        return made.code

    # --- one step -------------------------------------------------------------------------------------------------
    def ask(self, someone, ask):
        """The answer, once everybody has heard what it brought about."""

        async def work():
            answer = await someone.client.ask(ask)
            await self.settle()
            return answer

        return self._step(work())

    def say(self, someone, ask):
        """Sends what is to be done without an answer; it is done before the same person's next request."""
        self.run(someone.client.socket.send(encode(ask)))

    def tell(self, someone, ask):
        """Says what the server answers only where it refuses it; returns when it has been done."""

        async def work():
            await someone.client.socket.send(encode(ask))
            # The first pong comes when it has been read, the second after what followed.
            await self.settle()
            await self.settle()

        self._step(work())

    def _step(self, coroutine):
        """What is done is over, and what was read before counts no more."""
        self._read = None
        try:
            return self.run(coroutine)
        finally:
            self._read = None

    def reconnect(self, someone):
        """The connection breaks and another one is made; nobody is signed in on it."""

        async def work():
            someone.client.vanish()
            await someone.client.closed.wait()
            await self.settle_server()
            await self.connect(someone)
            await self.settle()

        self._step(work())

    def pass_time(self, seconds):
        async def work():
            await self.clock.pass_time(seconds)
            await self.settle()

        self._step(work())

    async def settle(self):
        """Returns when all that the server had to tell has arrived."""
        await self.settle_server()
        for _ in range(1000):
            if not any(session._queue for session in self.backend.hub.sessions):
                break
            await asyncio.sleep(0)
        # A pong comes after all that was sent before it.
        pongs = [await one.client.socket.ping() for one in self.people.values() if one.client]
        await asyncio.gather(*pongs)

    async def settle_server(self):
        chores, lasting = self.backend.chores, set(self.backend._lasting)
        for _ in range(50):
            await asyncio.sleep(0)
            waited = {task for task in chores._tasks if task not in lasting and not _is_patient(task)}
            if not waited:
                return
            await asyncio.wait(waited, timeout=5)

    # --- what is true ---------------------------------------------------------------------------------------------
    def meeting(self):
        """The room's running meeting as the server has it, or None."""
        ongoing = self.backend.calls.of_room(self.room)
        return ongoing.meeting if ongoing else None

    def _rows(self):
        """The room with its members and what was written in it, from the database; read once for each step."""
        if self._read is None:
            self._read = self.run(
                self.backend.store.do(
                    lambda connection: (rooms_table.find(connection, self.room), _texts(connection, self.room))
                )
            )
        return self._read

    def members(self):
        """Ids of the room's members."""
        room, _ = self._rows()
        return frozenset(member.id for member in room.members) if room else frozenset()

    def owner(self):
        """The id of the room's owner, empty where there is no room any more."""
        room, _ = self._rows()
        return room.owner if room else ""

    def snapshot(self):
        """What a refused request must not change, as it is at this moment."""
        self._read = None
        return self.meeting(), repr(self._rows())


def _texts(connection, room):
    query = select(messages.c.id, messages.c.text, messages.c.is_deleted).where(messages.c.room == room)
    return connection.execute(query.order_by(messages.c.number)).all()


def _is_patient(task):
    """Whether a chore waits for the clock or for mail, and not for what has just happened."""
    return any(word in task.get_name() for word in ("mail", "retention", "watch", "timetable", "keeping"))


def text_of(tell):
    """A message as it went over the wire."""
    return encode(tell)


__all__ = ["GUESTS", "MEMBERS", "SEATS", "STRANGERS", "Refused", "Someone", "World", "lobby", "people", "text_of"]
