"""The whole server behind its sockets: what it consists of, and how a request finds its handler."""

from __future__ import annotations

import asyncio
import contextlib
import logging

from app.paths import private_folder
from app.wire.accounts import SignedIn
from app.wire.fields import Ask, Tell
from app.wire.people import MeetingEnded
from server_stub import features, restoring, watching, wiring
from server_stub.account import passwords, sign_ins
from server_stub.after import deletions, recap_jobs, retention
from server_stub.after.jobs import Maker, OpenJobs
from server_stub.call import ice, marks
from server_stub.call.calls import Calls
from server_stub.errors import Refusal, StoreError
from server_stub.kernel import links, requests
from server_stub.kernel.clock import Clock, SystemClock
from server_stub.kernel.config import ServerSettings
from server_stub.kernel.context import Server
from server_stub.kernel.session import Session
from server_stub.kernel.signing import Signer
from server_stub.post import mail, notices
from server_stub.relay.engine import RelayEngine
from server_stub.room.timetable import Timetable
from server_stub.room.upcoming import Upcoming
from server_stub.storage import Connection, facts, running
from server_stub.storage.store import Store

log = logging.getLogger(__name__)
COMPUTER_LEAVES = "Parley was closed on the computer that held this meeting."
NO_LONGER = "You are no longer where this belongs."
#: Seconds between two notes that the server is alive: a crash is dated this exactly.
HEARTBEAT_S = 20.0
#: Seconds that clients get to be told of the end.
_GOODBYE_S = 1.0


class Backend(Server):
    """One server: its rules, its store, its relay, and who is connected.

    `start` opens it, `stop` closes it; between them `handle` answers requests and `disconnected` cleans up.
    """

    def __init__(self, settings: ServerSettings, *, maker: Maker, clock: Clock | None = None) -> None:
        self._store = Store(settings.database_url)
        super().__init__(settings, clock or SystemClock(), self._store)
        self.calls = self.add(Calls())
        self.add(Upcoming())
        self.timetable = self.add(Timetable(self))
        self.jobs = self.add(OpenJobs(maker))
        self.passwords = self.add(passwords.Passwords(settings.password_cost))
        self.add(mail.Outbox())
        self.add(deletions.Told())
        self.receipts: Signer
        self.keeper: retention.Keeper
        self._rules = features.table()
        self._lasting: tuple[asyncio.Task[None], ...] = ()
        self._takes_leave = False
        wiring.connect(self)

    async def start(self, relay: RelayEngine) -> None:
        """Opens the store, takes up or ends what a stop cut off, and begins to make the recaps that are missing.

        Raises:
            StoreError: the database cannot be opened or written.
        """
        private_folder(self.settings.data)
        private_folder(self.settings.meetings_folder)
        private_folder(marks.folder_of(self.settings.data))
        self.relay = relay
        self.receipts = self.add(Signer.open(self.settings.data))
        await self._store.open()
        try:
            self.keeper = self.add(await retention.Keeper.open(self))
            self.is_clock_believed = lambda: not self.keeper.watch.wait_s
            self.server_id = await self.store.do(lambda c: facts.read_or_set(c, "server_id", links.new_id("s")))
            await restoring.take_up(self)
            await self.timetable.start()
            await sign_ins.check_tokens(self)
        except Exception as error:
            await self._store.close()
            raise StoreError("The server's database cannot be written; is the disk full?") from error
        self._lasting = (
            self.chores.start(self._beat(), "noting that the server is alive"),
            self.chores.start(recap_jobs.remake_all(self), "making recaps again"),
            self.chores.start(self.keeper.run(lambda: deletions.carry_out(self)), "deleting what has expired"),
            self.chores.start(mail.carry_all(self), "carrying mail out"),
            self.chores.start(ice.keep_fresh(self), "renewing what TURN takes"),
            self.chores.start(watching.watch(self), "watching for the admin command"),
        )

    def begin_to_stop(self) -> None:
        """What is kept of the meetings stays as it is from here on, for the next start."""
        for ongoing in self.calls.all():
            ongoing.written.stop()

    async def take_leave(self) -> None:
        """Tells everyone who meets here that it is over: nobody waits for a server that ends with its owner's Parley.

        The next start ends the meetings, and finds none that could go on.
        """
        self._takes_leave = True
        now = self.now()
        for ongoing in self.calls.all():
            ongoing.tell_everyone(MeetingEnded(meeting=ongoing.id, at=now, words=COMPUTER_LEAVES))
        sessions = tuple(self.hub.sessions)
        for session in sessions:
            session.close(words=COMPUTER_LEAVES)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_GOODBYE_S):
                for session in sessions:
                    await session.ended.wait()

    async def stop(self) -> None:
        """Closes recordings and the store; the next start takes up meetings that still ran."""
        self.timetable.stop()
        for ongoing in self.calls.all():
            ongoing.stop_timer()
        for task in self._lasting:
            task.cancel()
        jobs = tuple(opened.job for opened in self.jobs.by_recording.values())
        for step in (self.relay.shutdown, *(job.cancel for job in jobs), self._note):
            try:
                await step()
            except Exception:
                # One that fails must not keep the next from its work.
                log.exception("a step of stopping failed")
        await self.chores.stop(within_s=2.0)
        await self.unkept.stop()
        for ongoing in self.calls.all():
            ongoing.written.rest()
            if not self._takes_leave:
                await ongoing.written.last_try()
        if self._takes_leave:
            await self._forget_meetings()
        self.passwords.close()
        await self._store.close()

    async def handle(self, session: Session, ask: Ask) -> Tell | None:
        """Answers a request; None: it is answered already.

        Raises:
            Refusal: a rule forbids it.
        """
        rule = self._rules[type(ask)]
        requests.check_needs(rule, session, ask)
        answer = await rule.handle(self, session, ask)
        sign_ins.note_use(self, session)
        if answer is None and session.owed and not rule.is_silent:
            # It was told to those whom it concerns, and the asker has ceased to be one of them meanwhile.
            raise Refusal("not_found", NO_LONGER)
        if isinstance(answer, SignedIn):
            # Begins only after the answer has been queued.
            self.chores.start(notices.tell_unseen(self, session), "telling notices")
        return answer

    def connected(self, session: Session) -> None:
        """A client connected."""
        self.hub.add(session)

    def disconnected(self, session: Session) -> None:
        """A client is gone: seats are kept, waiting guests are not."""
        self.hub.remove(session)
        if session.place is not None:
            session.place.lose(session)
        if session.account is not None:
            self.chores.start(sign_ins.forget(self, session), "telling who is offline")

    def _note_alive(self, connection: Connection) -> None:
        facts.write(connection, "alive_at", repr(self.now()))

    async def _note(self) -> None:
        try:
            await self.store.do(self._note_alive)
        except Exception as error:  # a full disk, perhaps only for now
            log.error("the database could not be written: %s", type(error).__name__)

    async def _forget_meetings(self) -> None:
        try:
            await self.store.do(running.drop_all)
        except Exception as error:  # a full disk, perhaps only for now
            log.error("the database could not be written: %s", type(error).__name__)
            for ongoing in self.calls.all():
                await asyncio.to_thread(marks.put, self.settings.data, ongoing.id, self.now())

    async def _beat(self) -> None:
        while True:
            await self._note()
            await self.clock.sleep(HEARTBEAT_S)
