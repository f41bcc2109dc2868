"""What is SQLite's alone: how a connection is set up, whether others have written, copies, and pages that hold traces.

Another database would bring a module like this one. It knows files and pages, and no table but by the caller's query.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event

from server_stub.errors import StoreError

#: The name of the database's file in a server's data folder.
FILE = "parley.sqlite"
#: How long another process, or the rewriting of the file after a deletion, may be in the way; work waits, not fails.
_PATIENCE_S = 30.0
DAMAGED = "The database is damaged."
#: What is in the database is not at fault: the disk is, or another process. Source: SQLite, "Result and Error Codes".
_IN_THE_WAY = ("SQLITE_BUSY", "SQLITE_CANTOPEN", "SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY")


def url_of(database: Path) -> str:
    """The database's URL."""
    return f"sqlite:///{database}"


def set_up(engine: Engine) -> None:
    """Makes an engine's connections durable (WAL, synchronous=FULL), patient, and the only one that writes."""

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: object) -> None:
        # The driver's own BEGIN comes too late for savepoints; ours below is the only one.
        connection.isolation_level = None
        patience = f"busy_timeout={int(_PATIENCE_S * 1000)}"
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", patience):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def changes_of_others(connection: Connection) -> int:
    """A number that is another one once a different process has written the database."""
    return int(connection.exec_driver_sql("PRAGMA data_version").scalar_one())


def what_was_in_the_way(error: BaseException | None) -> str:
    """What the driver says where the disk or another process refused; empty: the fault is another one."""
    while error is not None:
        found = getattr(error, "orig", error)
        if getattr(found, "sqlite_errorname", "").startswith(_IN_THE_WAY):
            return str(found)
        # A full disk ends the transaction; what fails first after that is its savepoint.
        error = error.__context__
    return ""


def be_thorough(connection: Connection) -> None:
    """From now on what this connection deletes is overwritten, so that the files hold little of it before `wipe`."""
    connection.exec_driver_sql("PRAGMA secure_delete=ON")


def wipe(database: Path) -> None:
    """Rewrites the database so that no free page and no log holds what was deleted.

    `VACUUM` writes every page anew (`secure_delete` alone leaves copies in the gaps of pages that were balanced),
    and the log is cut to nothing. Others who write meanwhile wait; about 1 s per 100 MB.
    Source: SQLite, "Pragma secure_delete", "VACUUM", "wal_checkpoint(TRUNCATE)".

    Raises:
        StoreError: the database was in use all the time, or the disk is full; the rows are gone all the same.
    """
    try:
        connection = sqlite3.connect(database, timeout=_PATIENCE_S, isolation_level=None)
        try:
            connection.execute("PRAGMA secure_delete=ON").close()
            # On unix a temporary file has no name and is gone with the process; elsewhere it would stay after a crash.
            connection.execute("PRAGMA temp_store=MEMORY").close()
            connection.execute("VACUUM").close()
            busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise StoreError(f"The database could not be rewritten: {error}.") from error
    if busy:
        raise StoreError("The database could not be rewritten: its log could not be cut.")


def copy(database: Path, to: Path) -> None:
    """Copies a database as it is at one moment, also while a server writes to it.

    Source: SQLite, "Online Backup API"; all pages in one step, so that no write can come in between.

    Raises:
        StoreError: it is no database, or the disk is full.
    """
    try:
        source, target = sqlite3.connect(database, timeout=_PATIENCE_S), sqlite3.connect(to)
        try:
            source.backup(target)
        finally:
            target.close()
            source.close()
    except sqlite3.Error as error:
        raise StoreError(f"The database cannot be copied: {error}.") from error


def check(database: Path) -> None:
    """Raises `StoreError` when a page of the database is damaged, or it is none."""
    if read(database, "PRAGMA integrity_check") != ["ok"]:
        raise StoreError(DAMAGED)


def read(database: Path, query: str) -> list[Any]:
    """The first column of what a query finds.

    Raises:
        StoreError: it is no database, or has no such table.
    """
    try:
        connection = sqlite3.connect(database)
        try:
            return [row[0] for row in connection.execute(query)]
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise StoreError(DAMAGED) from error
