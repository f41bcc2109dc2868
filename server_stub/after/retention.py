"""How long data is kept, and deleting it: everything of a meeting goes six calendar months after its end.

Reading is refused from that moment on by the wall clock (`is_expired`). Deleting waits until the wall clock has proved
itself (`ClockWatch`), because a clock that was set wrongly must not destroy anything.
"""

from __future__ import annotations

import asyncio
import calendar
import logging
import shutil
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from server_stub.kernel import links
from server_stub.kernel.config import KeepingLimits
from server_stub.post import mail
from server_stub.storage import Connection, audit, facts, purge
from server_stub.storage.purge import Kept

if TYPE_CHECKING:
    from server_stub.backend import Backend

log = logging.getLogger(__name__)
#: How long all data of a meeting is kept after its end: recording, recap, chat, consents, card.
MONTHS_KEPT = 6
#: No six calendar months are shorter: from 31 August to 28 February.
_AT_LEAST_S = 181 * 86_400.0
#: Steps of the wall clock that mean nothing: a time server puts a clock right by this much at most.
SMALL_STEP_S = 300.0
#: A step forward of up to this is a computer that slept (the monotonic clock stands still then), not a wrong clock.
SLEEP_S = 3 * 86_400.0
#: While the clock is not believed yet, how far that is gets kept this often.
_KEEP_WAIT_EVERY_S = 300.0
_WAIT = "keeping_wait_s"


def expiry(ended_at: float) -> float:
    """Six calendar months after a meeting's end; on the last day of a month that is too short."""
    at = datetime.fromtimestamp(ended_at, UTC)
    years, month = divmod(at.month - 1 + MONTHS_KEPT, 12)
    year, month = at.year + years, month + 1
    day = min(at.day, calendar.monthrange(year, month)[1])
    return at.replace(year=year, month=month, day=day).timestamp()


def is_expired(ended_at: float | None, now: float) -> bool:
    """Whether what belongs to a meeting that ended then may not be read any more."""
    return ended_at is not None and now >= expiry(ended_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockWatch:
    """Whether the wall clock may be believed enough to delete by it; pure.

    Attributes:
        limits: how long it has to run with the monotonic clock.
        now: the wall clock at the last look.
        tick: the monotonic clock at the last look.
        due: from this moment of the monotonic clock on it is believed.
    """

    limits: KeepingLimits
    now: float
    tick: float
    due: float

    @classmethod
    def begin(
        cls, limits: KeepingLimits, *, now: float, tick: float, alive_at: float | None, wait_s: float = 0.0
    ) -> ClockWatch:
        """A server starts.

        Args:
            limits: how long the clock has to prove itself.
            now: the wall clock.
            tick: the monotonic clock, which counts from anywhere.
            alive_at: when the server ran last by the wall clock; None: never.
            wait_s: what was left of the waiting when it ran last; it goes on, so that short runs come to an end too.
        """
        gap = 0.0 if alive_at is None else now - alive_at
        if gap > limits.gap_s or gap < -SMALL_STEP_S:
            needed = max(wait_s, limits.settle_after_jump_s)
        else:
            needed = wait_s or limits.settle_s
        return cls(limits=limits, now=now, tick=tick, due=tick + needed)

    def look(self, now: float, tick: float) -> ClockWatch:
        """The same after some time: a clock that was set has to prove itself anew."""
        step = (now - self.now) - (tick - self.tick)
        due = self.due
        if step > SLEEP_S or step < -SMALL_STEP_S:
            due = tick + self.limits.settle_after_jump_s
        elif step > SMALL_STEP_S:
            due = max(due, tick + self.limits.settle_s)
        return replace(self, now=now, tick=tick, due=due)

    @property
    def wait_s(self) -> float:
        """What is left of the waiting; 0: the clock is believed."""
        return max(0.0, self.due - self.tick)


class Keeper:
    """Deletes what has expired; made by `open` when the server starts."""

    def __init__(self, backend: Backend, watch: ClockWatch) -> None:
        self._backend = backend
        self._lock = asyncio.Lock()
        self.watch = watch

    @classmethod
    async def open(cls, backend: Backend) -> Keeper:
        """Reads when the server ran last; has to come before it notes that it is alive again."""

        def read(connection: Connection) -> tuple[str | None, str | None]:
            purge.be_thorough(connection)
            return facts.read(connection, "alive_at"), facts.read(connection, _WAIT)

        alive_at, wait_s = await backend.store.do(read)
        watch = ClockWatch.begin(
            backend.settings.keeping,
            now=backend.now(),
            tick=backend.tick(),
            alive_at=float(alive_at) if alive_at else None,
            # A wait is measured in running time, so that switching the server off does not shorten it.
            wait_s=float(wait_s or 0.0),
        )
        return cls(backend, watch)

    async def run(self) -> None:
        """Looks for what has expired, for as long as the server runs."""
        from server_stub.after import deletions  # which needs this module

        while True:
            try:
                await self.look()
                # What could not be carried out when it was decided: its files were in use.
                await deletions.carry_out(self._backend)
            except Exception as error:  # a full disk, perhaps: the next look tries again
                log.error("deleting what has expired failed: %s", type(error).__name__)
            pause_s = self._backend.settings.keeping.look_every_s
            await self._backend.clock.sleep(min(pause_s, _KEEP_WAIT_EVERY_S) if self.watch.wait_s else pause_s)

    async def look(self) -> int:
        """Deletes what has expired, if the clock may be believed; returns how many meetings and rooms went."""
        async with self._lock:
            backend = self._backend
            self.watch = self.watch.look(backend.now(), backend.tick())
            wait_s = repr(self.watch.wait_s)
            await backend.store.do(lambda connection: facts.write(connection, _WAIT, wait_s))
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
        store, database = self._backend.store, self._backend.settings.data / "parley.sqlite"
        if not await store.do(purge.is_wipe_due):
            return
        try:
            await asyncio.to_thread(purge.wipe, database)
        except sqlite3.Error as error:
            log.info("the database could not be rewritten yet: %s", error)
            return
        await store.do(purge.note_wiped)

    async def _expired(self) -> list[Kept]:
        now = self._backend.now()
        found = await self._backend.store.do(lambda connection: purge.kept(connection, now - _AT_LEAST_S))
        return [one for one in found if is_expired(one.over_at, now) and self._backend.calls.find(one.id) is None]

    async def _drop(self, meeting: Kept) -> bool:
        """Files first: as long as there is a row, a crash leaves nothing forgotten."""
        backend = self._backend
        recordings = await backend.store.do(lambda connection: purge.recordings_of(connection, meeting.id))
        if any(recording in backend.jobs.busy for recording in recordings):
            return False
        if not all([await drop_folder(backend, recording) for recording in recordings]):
            return False
        await self._drop_traces((meeting.id, *recordings))
        now = backend.now()

        def work(connection: Connection) -> tuple[str, ...]:
            ids = purge.drop_meeting(connection, meeting)
            audit.note(connection, now, "server", "meeting.expired", links.fingerprint(meeting.id))
            return ids

        # Once more: a mail may have been put out meanwhile, and the plan of a series may have gone too.
        await self._drop_traces(await backend.store.do(work))
        return True

    async def _drop_traces(self, ids: Iterable[str]) -> None:
        await asyncio.to_thread(_scrub_logs, self._backend.settings.data, ids)
        await asyncio.to_thread(_drop_mails, self._backend, ids)

    async def _drop_rooms(self) -> int:
        """Rooms that nobody belongs to, six months after the last that happened in them."""
        now = self._backend.now()

        found = await self._backend.store.do(lambda connection: purge.lonely_rooms(connection, now - _AT_LEAST_S))
        rooms = [room for room, last in found if is_expired(last, now)]
        await asyncio.to_thread(_drop_mails, self._backend, rooms)

        def work(connection: Connection) -> None:
            for room in rooms:  # into which nobody can come any more
                purge.drop_room(connection, room)
                audit.note(connection, now, "server", "room.expired", links.fingerprint(room))

        await self._backend.store.do(work)
        for room in rooms:
            self._backend.room_members.pop(room, None)
        return len(rooms)

    async def _drop_strays(self) -> None:
        """Old folders that no recording names: a recording that did not begin, an import that broke off."""
        backend, now = self._backend, self._backend.now()
        found = await asyncio.to_thread(_folders, backend.settings.meetings_folder)
        known = await backend.store.do(purge.known_recordings)
        for name, changed_at in found.items():
            if name not in known and is_expired(changed_at, now):
                await drop_folder(backend, name)
        # An import needs the lock that this server holds.
        for folder in await asyncio.to_thread(lambda: tuple(backend.settings.data.glob(".import.*"))):
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


async def drop_folder(backend: Backend, recording: str) -> bool:
    """Deletes all files of a recording; False: some could not be deleted now (in use on Windows)."""
    folder = backend.settings.meetings_folder / recording
    try:
        await asyncio.to_thread(_remove, folder)
    except OSError as error:
        log.warning("the files of a recording could not be deleted yet: %s", type(error).__name__)
        return False
    return True


def _drop_mails(backend: Backend, ids: Iterable[str]) -> None:
    """Deletes the mails in the outbox folder that are about these ids."""
    for name in ids:
        for path in mail.outbox_files(backend.settings, name):
            path.unlink(missing_ok=True)


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
