"""Deleting what has expired, once the wall clock may be believed; how long data is kept, `kernel.keeping` says."""

from __future__ import annotations

import asyncio
import logging
import shutil
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

from app.net.rounds import Rounds
from server_stub.after.jobs import OpenJobs
from server_stub.call import marks
from server_stub.call.calls import Calls
from server_stub.errors import StoreError
from server_stub.kernel import links
from server_stub.kernel.context import Context
from server_stub.kernel.keeping import AT_LEAST_S, ClockWatch, is_expired
from server_stub.post import mail
from server_stub.storage import Connection, audit, facts, purge, sqlite
from server_stub.storage.purge import Kept

log = logging.getLogger(__name__)
#: While the clock is not believed yet, how far that is gets kept this often.
_KEEP_WAIT_EVERY_S = 300.0
_WAIT = "keeping_wait_s"


class Keeper:
    """Deletes what has expired; made by `open` when the server starts."""

    def __init__(self, context: Context, watch: ClockWatch) -> None:
        self._context = context
        self._lock = asyncio.Lock()
        self.watch = watch

    @classmethod
    async def open(cls, context: Context) -> Keeper:
        """Reads when the server ran last; has to come before it notes that it is alive again."""

        def read(connection: Connection) -> tuple[str | None, str | None]:
            sqlite.be_thorough(connection)
            return facts.read(connection, "alive_at"), facts.read(connection, _WAIT)

        alive_at, wait_s = await context.store.do(read)
        watch = ClockWatch.begin(
            context.settings.keeping,
            now=context.now(),
            tick=context.tick(),
            alive_at=float(alive_at) if alive_at else None,
            # A wait is measured in running time, so that switching the server off does not shorten it.
            wait_s=float(wait_s or 0.0),
        )
        return cls(context, watch)

    async def run(self, carry_out: Callable[[], Awaitable[None]]) -> None:
        """Looks for what has expired, for as long as the server runs.

        Args:
            carry_out: deletes what was decided to be deleted before its time.
        """
        rounds = Rounds(log, "deleting what has expired")
        while True:
            with rounds:  # a full disk, perhaps: the next look tries again
                await self.look()
                # What could not be carried out when it was decided: its files were in use.
                await carry_out()
            pause_s = self._context.settings.keeping.look_every_s
            await self._context.clock.sleep(min(pause_s, _KEEP_WAIT_EVERY_S) if self.watch.wait_s else pause_s)

    async def look(self) -> int:
        """Deletes what has expired, if the clock may be believed; returns how many meetings and rooms went."""
        async with self._lock:
            context = self._context
            self.watch = self.watch.look(context.now(), context.tick())
            wait_s = repr(self.watch.wait_s)
            await context.store.do(lambda connection: facts.write(connection, _WAIT, wait_s))
            gone = 0
            if not self.watch.wait_s:
                for meeting in await self._expired():
                    gone += await self._drop(meeting)
                gone += await self._drop_rooms()
                await self._drop_strays()
            await self.wipe()
            return gone

    async def wipe(self) -> None:
        """Takes the last traces of what was deleted out of the database's files."""
        store, database = self._context.store, self._context.settings.database
        if not await store.do(purge.is_wipe_due):
            return
        try:
            await asyncio.to_thread(sqlite.wipe, database)
        except StoreError as error:
            log.info("not yet: %s", error)
            return
        await store.do(purge.note_wiped)

    async def _expired(self) -> list[Kept]:
        now = self._context.now()
        found = await self._context.store.do(lambda connection: purge.kept(connection, now - AT_LEAST_S))
        return [one for one in found if is_expired(one.over_at, now) and self._context.part(Calls).find(one.id) is None]

    async def _drop(self, meeting: Kept) -> bool:
        """Files first: as long as there is a row, a crash leaves nothing forgotten."""
        context = self._context
        recordings = await context.store.do(lambda connection: purge.recordings_of(connection, meeting.id))
        if any(recording in context.part(OpenJobs).busy for recording in recordings):
            return False
        if not all([await drop_folder(context, recording) for recording in recordings]):
            return False
        await self._drop_traces((meeting.id, *recordings))
        now = context.now()

        def work(connection: Connection) -> tuple[str, ...]:
            ids = purge.drop_meeting(connection, meeting)
            audit.note(connection, now, "server", "meeting.expired", links.fingerprint(meeting.id))
            return ids

        # Once more: a mail may have been put out meanwhile, and the plan of a series may have gone too.
        await self._drop_traces(await context.store.do(work))
        return True

    async def _drop_traces(self, ids: Iterable[str]) -> None:
        await asyncio.to_thread(_scrub_logs, self._context.settings.data, ids)
        await asyncio.to_thread(_drop_marks, self._context.settings.data, ids)
        await asyncio.to_thread(_drop_mails, self._context, ids)

    async def _drop_rooms(self) -> int:
        """Rooms that nobody belongs to, six months after the last that happened in them."""
        now = self._context.now()

        found = await self._context.store.do(lambda connection: purge.lonely_rooms(connection, now - AT_LEAST_S))
        rooms = [room for room, last in found if is_expired(last, now)]
        await asyncio.to_thread(_drop_mails, self._context, rooms)

        def work(connection: Connection) -> None:
            for room in rooms:  # into which nobody can come any more
                purge.drop_room(connection, room)
                audit.note(connection, now, "server", "room.expired", links.fingerprint(room))

        await self._context.store.do(work)
        for room in rooms:
            self._context.members.forget(room)
        return len(rooms)

    async def _drop_strays(self) -> None:
        """Old folders that no recording names: a recording that did not begin, an import that broke off."""
        context, now = self._context, self._context.now()
        found = await asyncio.to_thread(_folders, context.settings.meetings_folder)
        known = await context.store.do(purge.known_recordings)
        for name, changed_at in found.items():
            if name not in known and is_expired(changed_at, now):
                await drop_folder(context, name)
        # An import needs the lock that this server holds.
        for folder in await asyncio.to_thread(lambda: tuple(context.settings.data.glob(".import.*"))):
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


async def drop_folder(context: Context, recording: str) -> bool:
    """Deletes all files of a recording; False: some could not be deleted now (in use on Windows)."""
    folder = context.settings.meetings_folder / recording
    try:
        await asyncio.to_thread(_remove, folder)
    except OSError as error:
        log.warning("the files of a recording could not be deleted yet: %s", type(error).__name__)
        return False
    return True


def _drop_mails(context: Context, ids: Iterable[str]) -> None:
    """Deletes the mails in the outbox folder that are about these ids."""
    for name in ids:
        for path in mail.outbox_files(context.settings, name):
            path.unlink(missing_ok=True)


def _drop_marks(data: Path, ids: Iterable[str]) -> None:
    for name in ids:
        marks.take(data, name)


def _scrub_logs(data: Path, ids: Iterable[str]) -> None:
    """Writes over ids in the log files: a report of a fault may name a file. They may be open, so they stay as long."""
    for path in data.glob("server.log*"):
        text = path.read_bytes()
        with path.open("r+b") as file:
            for name in (one.encode() for one in ids):
                at = text.find(name)
                while at >= 0:
                    file.seek(at)
                    file.write(b"x" * len(name))
                    at = text.find(name, at + len(name))


def _remove(folder: Path) -> None:
    if folder.is_dir():
        shutil.rmtree(folder)


def _folders(folder: Path) -> dict[str, float]:
    """The folders in a folder, and when each was changed last."""
    return {path.name: path.stat().st_mtime for path in folder.iterdir() if path.is_dir()} if folder.is_dir() else {}
