"""The people of the hostile tests in one story, and everything that a server holds, to see whether it has changed.

The story: Ada's room, with a recorded meeting that is over, a planned one, and one that runs. In that Ada is the host
and Grace a member; Kate is a member outside. Mary has left the room; Eve has an account and a room of her own. Alan
waits in the lobby, Rosa is a guest inside, Hedy a guest whose connection broke and who is back on another one, and
Mallory a guest whom Ada has removed.
"""

import asyncio
import itertools
import os
from dataclasses import dataclass

import msgspec

from app import __version__
from app.wire.accounts import Hello, ListSignIns, Resume, SignIn
from app.wire.chat import PostChat
from app.wire.codec import PROTOCOL
from app.wire.errors import Refused
from app.wire.notices import NoticeTold
from app.wire.people import EndMeeting, PersonChanged, PersonLeft, RemovePerson
from app.wire.recap import RecapReady
from app.wire.rooms import CreateRoom, InviteMember, LeaveRoom, PostMessage
from app.wire.schedule import Plan, ScheduleMeeting
from server_stub.account.passwords import new_reset_code
from server_stub.kernel.config import NOTICE_VERSION, ConnectionLimits
from server_stub.kernel.limiter import LIMITS, Limit, MemoryLimiter
from server_stub.kernel.session import Session
from server_stub.storage.tables import metadata
from tests.fakes.clock import FakeClock
from tests.fakes.server_client import running_server
from tests.patience import PATIENCE_S
from tests.people import PASSWORD, alan, alan_inside, join, make_room, sign_up, start

STRANGER = "a stranger"
OUTSIDER = "an account of another room"
WAITING = "a guest who waits"
GUEST = "a guest inside"
GUEST_BACK = "a guest whose connection broke"
MEMBER_IN = "a member inside"
MEMBER_OUT = "a member outside"
HOST = "the host"
HOST_DEVICE = "the host's other device"
FORMER_MEMBER = "a former member"
FORMER_GUEST = "a removed guest"
ROLES = (
    STRANGER, OUTSIDER, WAITING, GUEST, GUEST_BACK, MEMBER_IN, MEMBER_OUT, HOST, HOST_DEVICE, FORMER_MEMBER,
    FORMER_GUEST,
)  # fmt: skip
#: What nobody who is outside may ever read: it stands in each message, chat line and name of the room's people.
CANARY = "canary"
NO_LIMITS = ConnectionLimits(
    messages_per_s=1e9, messages_at_once=10**9, heavy_per_s=1e9, heavy_at_once=10**9, per_address=10**6
)
PLAN = Plan(title="Review", starts="2026-12-01T10:00", time_zone="Europe/Lisbon")


@dataclass
class Actor:
    """Somebody and what they hold: tokens, ids, a message of their own."""

    client: object
    email: str = "nobody@example.org"
    token: str = "s0.forged"
    guest_token: str = "s0.forged"
    message: str = "m0"
    sign_in: str = "d0"
    notice: str = "n0"
    installation: str = "none"
    reset_code: str = "forged"


def server_of_the_cast(data, **settings):
    """A server whose clock stands still and that has no limits on how often something may be asked."""
    return running_server(data, **{"clock": FakeClock(), "connection": NO_LIMITS, **settings})


class Cast:
    """One story on a server; there may be several after each other. `people` has somebody of each role."""

    _numbers = itertools.count(1)

    def __init__(self, server):
        self.server = server
        self.number = next(self._numbers)
        self.people = {}
        self._keys = itertools.count(1)

    @classmethod
    async def gather(cls, server):
        """The story up to the moment in which everybody is what their role says."""
        lift_limits(server.backend)
        cast = cls(server)
        await cast._sign_up()
        await cast._share_a_room()
        await cast._record_a_meeting()
        await cast._plan()
        await cast._meet()
        await quiet(server)
        return cast

    def key(self):
        """A key that was not used before."""
        return f"k{self.number}-{next(self._keys)}"

    @property
    def ada(self):
        return self.people[HOST].client

    @property
    def seats(self):
        """The ids of who sits in the running meeting."""
        return self.server.backend.calls.find(self.meeting).meeting.seats

    async def _account(self, role, name):
        email = f"{name.split()[0].lower()}{self.number}@example.org"
        client = await sign_up(self.server, email=email, name=name)
        self.people[role] = Actor(client, email=email, token=client.token)

    async def _sign_up(self):
        await self._account(HOST, f"Ada {CANARY}")
        await self._account(MEMBER_IN, f"Grace {CANARY}")
        await self._account(MEMBER_OUT, f"Kate {CANARY}")
        await self._account(FORMER_MEMBER, "Mary")
        await self._account(OUTSIDER, "Eve")
        await self._other_device()
        self.people[STRANGER] = Actor(await self.server.connect())

    async def _other_device(self):
        device, ada = await self.server.connect(), self.people[HOST]
        token = (await device.ask(SignIn(email=ada.email, password=PASSWORD))).token
        self.people[HOST_DEVICE] = Actor(device, email=ada.email, token=token)
        for actor in (ada, self.people[HOST_DEVICE]):
            listed = (await actor.client.ask(ListSignIns())).sign_ins
            actor.sign_in = next(one.id for one in listed if one.is_this)

    async def _share_a_room(self):
        inside = [self.people[role].client for role in (MEMBER_IN, MEMBER_OUT, FORMER_MEMBER)]
        self.room = await make_room(self.ada, *inside, name="The room")
        own = (await self.people[OUTSIDER].client.ask(CreateRoom(name="Another room"))).room.id
        for role in (HOST, MEMBER_IN, MEMBER_OUT, FORMER_MEMBER, OUTSIDER):
            actor, room = self.people[role], own if role == OUTSIDER else self.room
            posted = await actor.client.ask(PostMessage(room=room, text=f"{CANARY} {role}", key=self.key()))
            actor.message = posted.message.id
        self.people[HOST_DEVICE].message = self.people[HOST].message
        self.other_room = own

    async def _record_a_meeting(self):
        """All who belong to the room attend; Mary goes when it is over."""
        card = await start(self.ada, self.room, self.key())
        await join(self.ada, card.id, record=True)
        for role in (MEMBER_IN, MEMBER_OUT, FORMER_MEMBER):
            await join(self.people[role].client, card.id, notice_version=NOTICE_VERSION)
        await self.ada.ask(EndMeeting(meeting=card.id))
        await self.ada.expect(RecapReady)
        self.recording = card.id
        for role in (HOST, MEMBER_IN, MEMBER_OUT, FORMER_MEMBER):
            told = await self.people[role].client.expect(NoticeTold)
            self.people[role].notice = told.notices[0].id
        self.people[HOST_DEVICE].notice = self.people[HOST].notice
        await self.people[FORMER_MEMBER].client.ask(LeaveRoom(room=self.room))

    async def _plan(self):
        self.room_code = (await self.ada.ask(InviteMember(room=self.room))).code
        planned = await self.ada.ask(ScheduleMeeting(room=self.room, plan=PLAN, key=self.key()))
        self.planned = planned.meeting.id

    async def _meet(self):
        card = await start(self.ada, self.room, self.key())
        self.card, self.meeting = card, card.id
        await join(self.ada, card.id)
        await join(self.people[MEMBER_IN].client, card.id)
        await self.ada.ask(PostChat(meeting=card.id, text=f"{CANARY} in the chat", key=self.key()))
        for role, name in ((GUEST, "Rosa"), (GUEST_BACK, "Hedy"), (FORMER_GUEST, "Mallory")):
            await self._let_in(role, name)
        await self._lose_hedy()
        mallory = self.people[FORMER_GUEST].client
        await self.ada.ask(RemovePerson(meeting=card.id, person=mallory.guest))
        await mallory.expect(PersonLeft, lambda left: left.reason == "removed")
        self.people[WAITING] = Actor(await alan(self.server, card, installation="alan"), installation="alan")

    async def _let_in(self, role, name):
        client = await alan_inside(self.server, self.ada, self.card, name=name, installation=name)
        self.people[role] = Actor(client, guest_token=client.welcome.guest_token, installation=name)

    async def _lose_hedy(self):
        hedy = self.people[GUEST_BACK]
        hedy.client.vanish()
        await self.ada.expect(PersonChanged, lambda changed: not changed.person.is_connected)
        hedy.client = await self.server.connect()

    async def mail_reset_codes(self):
        """Each account has a code for a new password that was mailed to its owner alone."""
        for actor in self.people.values():
            account = getattr(actor.client, "account", None)
            if account is not None:
                actor.reset_code = await new_reset_code(self.server.backend, account)


def lift_limits(backend):
    """Nothing is refused because it was asked too often."""
    backend.limiter = MemoryLimiter(backend.tick, dict.fromkeys(LIMITS, Limit(1e9, 1e9)))


async def quiet(server):
    """Returns when the server has nothing left to do by itself: no chores, no mail on its way."""
    backend = server.backend
    lasting = {task for task in backend._lasting if not task.done()}
    async with asyncio.timeout(PATIENCE_S):
        while True:
            under_way = backend.chores._tasks - lasting
            if under_way:
                await asyncio.wait(under_way)
                continue
            if not (await rows_of(server))["mails"]:
                return


async def rows_of(server):
    """Every row of every table."""

    def read(connection):
        return {name: [*map(repr, connection.exec_driver_sql(f"SELECT * FROM {name}"))] for name in metadata.tables}

    return await server.backend.store.do(read)


async def everything(server):
    """All that a server holds: rows, files, running meetings, who sits where, what the relay was asked."""
    await quiet(server)
    backend, relay = server.backend, server.backend.relay
    held = dict(await rows_of(server))
    held["files"] = [
        (folder, sorted(name for name in names if not name.startswith("parley.sqlite")))
        for folder, _, names in os.walk(backend.settings.data)
    ]
    for ongoing in backend.calls.all():
        held[f"meeting {ongoing.id}"] = (
            ongoing.meeting,
            ongoing.row,
            tuple(ongoing.lines),
            {person: id(session) for person, session in ongoing.inside.items()},
            {guest: id(session) for guest, session in ongoing.outside.items()},
            dict(ongoing.guest_tokens),
            tuple(ongoing.recordings.rows),
        )
    held["who is who"] = {id(one): (one.account, one.token, one.place, one.device) for one in backend.hub.sessions}
    held["members"] = dict(backend.members._known)
    held["planned"] = dict(backend.timetable._upcoming.rows)
    held["relay"] = (
        list(relay.calls), dict(relay.allowed), dict(relay.wants), dict(relay.recorded), relay.joined,
    )  # fmt: skip
    return held


def differences(before, after):
    """The names of what is different."""
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


class Told:
    """All that the server tells anybody, noted before it goes on the wire."""

    def __init__(self, monkeypatch):
        self.notes = []
        tell_text = Session.tell_text

        def noting(session, text):
            self.notes.append((session, text))
            tell_text(session, text)

        monkeypatch.setattr(Session, "tell_text", noting)

    def take(self):
        """What was told since the last call: (session, text) each."""
        taken, self.notes[:] = list(self.notes), []
        return taken


async def ask(client, request):
    """The answer, or None where a request is answered by silence when it is granted."""
    client._request += 1
    number = client._request
    await client.socket.send(msgspec.json.encode(msgspec.structs.replace(request, request=number)).decode())
    await client.ask(Hello(version=__version__, protocol=PROTOCOL))
    return client._answers.pop(number, None)


def is_refused(answer):
    return isinstance(answer, Refused)


async def resumed(server, token):
    """What a new connection is told that shows a token."""
    client = await server.connect()
    return await client.ask(Resume(token=token))
