"""The one thread that touches the database: callers wait for a commit, never for the disk on the loop."""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.exc import SQLAlchemyError

from server_stub.errors import StoreError
from server_stub.storage import sqlite
from server_stub.storage.migrations import check_version, migrate

log = logging.getLogger(__name__)
T = TypeVar("T")
#: What runs in the storage thread, in a transaction.
Work = Callable[[Connection], T]
#: Pieces of work that share one commit at most: under load one flush to disk serves many.
_TOGETHER = 64


class _Job(Generic[T]):
    """A piece of work and who waits for it."""

    def __init__(self, work: Callable[[Connection], T], loop: asyncio.AbstractEventLoop) -> None:
        self.work = work
        self.loop = loop
        self.future: asyncio.Future[T] = loop.create_future()

    def answer(self, value: T | None, error: BaseException | None) -> None:
        try:
            self.loop.call_soon_threadsafe(self._settle, value, error)
        except RuntimeError:  # the loop is gone, and who waited with it
            log.warning("nobody waits any more for a piece of database work")

    def _settle(self, value: Any, error: BaseException | None) -> None:
        if self.future.cancelled():
            return
        if error is not None:
            self.future.set_exception(error)
        else:
            self.future.set_result(value)


class Store:
    """The database, opened by `open` and closed by `close`.

    Work that is asked for first is done first. What `do` returned is on disk.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._jobs: queue.SimpleQueue[_Job[Any] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="storage", daemon=True)

    async def open(self) -> None:
        """Starts the thread and brings the tables to the newest shape.

        Raises:
            StoreError: the database cannot be opened, or is newer than this program.
        """
        self._thread.start()
        try:
            await self.do(migrate)
        except Exception as error:
            await self.close()
            if isinstance(error, SQLAlchemyError):
                raise StoreError("The server's database cannot be opened.") from error
            raise

    async def do(self, work: Callable[[Connection], T]) -> T:
        """Runs `work` in a transaction of its own and returns what it returned, once that is on disk.

        Raises:
            Exception: whatever `work` raised; nothing of it is kept then.
        """
        job = _Job(work, asyncio.get_running_loop())
        self._jobs.put(job)
        return await job.future

    async def close(self) -> None:
        """Ends the thread after the work that waits."""
        if not self._thread.is_alive():
            return
        self._jobs.put(None)
        await asyncio.to_thread(self._thread.join)

    def _run(self) -> None:
        engine = engine_of(self._url)
        try:
            while (first := self._jobs.get()) is not None:
                jobs: list[_Job[Any]] = [first]
                stop = False
                while len(jobs) < _TOGETHER and not stop:
                    try:
                        more = self._jobs.get_nowait()
                    except queue.Empty:
                        break
                    if more is None:
                        stop = True
                    else:
                        jobs.append(more)
                _run_together(engine, jobs)
                if stop:
                    break
        finally:
            engine.dispose()


@contextmanager
def transaction(url: str) -> Iterator[Connection]:
    """One transaction of a process that is not the server: beside a running one, or without one.

    Raises:
        StoreError: the database cannot be opened or written, or is not of this program's version.
    """
    engine = engine_of(url)
    try:
        with engine.begin() as connection:
            check_version(connection)
            yield connection
    except SQLAlchemyError as error:
        # What the driver says holds no values: "database is locked", "file is not a database".
        raise StoreError(
            f"The database cannot be used: {getattr(error, 'orig', None) or type(error).__name__}."
        ) from error
    finally:
        engine.dispose()


def _run_together(engine: Engine, jobs: list[_Job[Any]]) -> None:
    """Runs each job in a savepoint, and all in one commit."""
    try:
        with engine.begin() as connection:
            answers = [_run_one(connection, job) for job in jobs]
    except Exception as error:  # the commit failed, or the transaction was lost before: nothing of it is kept
        answers = [(None, error)] * len(jobs)
    for job, (value, failure) in zip(jobs, answers, strict=True):
        job.answer(value, failure)


def _run_one(connection: Connection, job: _Job[Any]) -> tuple[Any, Exception | None]:
    """What a job returned or raised.

    An error of its own belongs to who asked, and the others' work stands. Where its savepoint is not there any more,
    the database has rolled back everything (a full disk does that), and what is raised here is told to all.
    """
    savepoint = connection.begin_nested()
    try:
        value = job.work(connection)
    except Exception as error:
        savepoint.rollback()
        return None, error
    savepoint.commit()
    return value, None


def engine_of(url: str) -> Engine:
    """The one connection to a database, as the server uses it."""
    # Errors are logged, and logs hold neither names nor what was said.
    engine = create_engine(url, pool_size=1, max_overflow=0, hide_parameters=True)
    if engine.dialect.name == "sqlite":
        sqlite.set_up(engine)
    return engine
