"""Brings a database to the newest shape, step by step: a step is never changed once it was released."""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, LargeBinary, cast, column, insert, inspect, select, table, text, update
from sqlalchemy.exc import DataError, IntegrityError

from app.wire import addresses
from server_stub.errors import StoreError
from server_stub.storage import recap_v0, shapes, tables

log = logging.getLogger(__name__)
Step = Callable[[Connection], None]


_tokens = table("tokens", column("fingerprint"), column("created_at"), column("id"), column("last_seen"))
_facts = table("facts", column("name"), column("value"))
_accounts = table("accounts", column("id"), column("email"), column("email_key"), column("created_at"))
_recordings = table("recordings", column("id"), column("recap"), column("recap_words"), column("film"), column("body"))
_EARLIER = re.compile(r"earlier-([1-9]\d{0,3})\.json")
#: Reads a version: when it was made, and what it says.
_Read = Callable[[], tuple[float, recap_v0.Recap]]
#: What is wrong with a value, or with a file beside the database; neither with the database nor with its disk.
_UNREADABLE = (ValueError, TypeError, OSError, DataError, IntegrityError)
UNREADABLE = "What was kept of this recap cannot be read. It is made again from the recording."


def _run(connection: Connection, script: str) -> None:
    for statement in script.split(";"):
        if statement.strip():
            connection.exec_driver_sql(statement)


def _add_columns(connection: Connection, columns: Iterable[tuple[str, str]]) -> None:
    """Adds columns, but for those that are there: versions that were never released have had some of them."""
    inspector = inspect(connection)
    known = {name: {each["name"] for each in inspector.get_columns(name)} for name in {name for name, _ in columns}}
    for name, words in columns:
        if words.split()[0] not in known[name]:
            connection.exec_driver_sql(f"ALTER TABLE {name} ADD COLUMN {words}")


def _first(connection: Connection) -> None:
    _run(connection, shapes.FIRST)


def _second(connection: Connection) -> None:
    """Sign-ins get a public id, and count as used when the server was last alive."""
    _add_columns(connection, shapes.SECOND_COLUMNS)
    _run(connection, shapes.SECOND)
    alive = connection.execute(select(_facts.c.value).where(_facts.c.name == "alive_at")).scalar()
    old = connection.execute(select(_tokens.c.fingerprint, _tokens.c.created_at).where(_tokens.c.id == "")).all()
    for row in old:
        last_seen = max(row.created_at, float(alive or 0.0))
        mine = _tokens.c.fingerprint == row.fingerprint
        connection.execute(update(_tokens).where(mine).values(id=f"d{secrets.token_hex(16)}", last_seen=last_seen))


def _third(connection: Connection) -> None:
    """Accounts are found by all spellings of their address.

    Where two addresses are one address in two spellings, the account keeps the key whose address is spelt as it is kept
    now, or else the oldest; the others are found by the very spelling that was kept. `admin accounts addresses` names
    them.
    """
    _add_columns(connection, shapes.THIRD_COLUMNS)
    _run(connection, shapes.THIRD)
    accounts = _accounts
    query = select(accounts.c.id, accounts.c.email).where(accounts.c.email.is_not(None), accounts.c.email_key.is_(None))
    rows = connection.execute(query.order_by(accounts.c.created_at, accounts.c.id)).all()
    taken = set(connection.execute(select(accounts.c.email_key).where(accounts.c.email_key.is_not(None))).scalars())
    twice = 0
    for row in sorted(rows, key=lambda row: addresses.kept(row.email) != row.email):
        key = addresses.same_key(row.email)
        if key in taken:
            twice += 1
            continue
        taken.add(key)
        connection.execute(update(accounts).where(accounts.c.id == row.id).values(email_key=key))
    if twice:
        log.warning(
            "%d accounts have the address of another one in another spelling: see admin accounts addresses", twice
        )


def _fourth(connection: Connection) -> None:
    """Recaps were ready with their films; the body is the wire's JSON of that time, where a film has its name."""
    _add_columns(connection, shapes.FOURTH_COLUMNS)
    connection.execute(
        text("UPDATE recordings SET film = 'ready' WHERE recap = 'ready' AND CAST(body AS TEXT) LIKE '%\"video\":\"%'")
    )


def _fifth(connection: Connection) -> None:
    """Recaps move from one value of JSON into tables of their own, what they were before they were made again too.

    What cannot be read stays where it is, and the recap is made again from its recording. Only what is wrong with a
    value is passed over: where the database or the disk refuses, the step ends.
    """
    _run(connection, shapes.FIFTH)
    found = connection.execute(select(_recordings.c.id).where(_recordings.c.body.is_not(None))).scalars().all()
    unread = 0
    for recording in found:
        mine = _recordings.c.id == recording
        # Whatever a damaged row holds comes as bytes, and stays as bytes.
        body = connection.execute(select(cast(_recordings.c.body, LargeBinary)).where(mine)).scalar_one()
        values: dict[str, object] = {"body": None}
        if not _move_recap(connection, recording, body):
            unread += 1
            values = {"body": body, "recap": "failed", "recap_words": UNREADABLE, "film": "none"}
        connection.execute(update(_recordings).where(mine).values(**values))
    if unread:
        log.error("%d recaps could not be read and are made again", unread)


def _move_recap(connection: Connection, recording: str, body: bytes) -> bool:
    """Moves every version of a recap that can be read; False: the present one cannot."""
    number = 0
    for number, path in _earlier_files(connection, recording):
        # As before: what is damaged is not offered.
        _is_moved(connection, recording, number, partial(_read_earlier, path))
    return _is_moved(connection, recording, number + 1, partial(_read_present, body))


def _read_earlier(path: Path) -> tuple[float, recap_v0.Recap]:
    return recap_v0.read_earlier(path.read_bytes())


def _read_present(body: bytes) -> tuple[float, recap_v0.Recap]:
    present = recap_v0.read_body(body)
    return present.ended_at + present.ready_after_s, present


def _is_moved(connection: Connection, recording: str, number: int, read: _Read) -> bool:
    """Moves a version whole or, where it cannot be read, not at all; False then."""
    try:
        with connection.begin_nested():
            recap_v0.write(connection, recording, number, *read())
    except _UNREADABLE:
        return False
    return True


def _earlier_files(connection: Connection, recording: str) -> list[tuple[int, Path]]:
    """Earlier versions lay in the recording's folder, beside the database: (number, file), in order."""
    database = connection.engine.url.database
    folder = Path(database or ":memory:").parent / "meetings" / recording / "recap"
    named = ((_EARLIER.fullmatch(path.name), path) for path in folder.glob("earlier-*.json"))
    return sorted((int(match[1]), path) for match, path in named if match)


def _sixth(connection: Connection) -> None:
    """Sentences of a summary get a topic; those that were kept have none."""
    _add_columns(connection, shapes.SIXTH_COLUMNS)


def _seventh(connection: Connection) -> None:
    """What a recap does not say as fact is kept; of those that were made before nothing is known."""
    _run(connection, shapes.SEVENTH)


def _eighth(connection: Connection) -> None:
    """Consents say what their notice said of a language model; those that were kept were told of none."""
    _add_columns(connection, shapes.EIGHTH_COLUMNS)


def _ninth(connection: Connection) -> None:
    """Meetings that run are kept; of those that an older program left nothing is known, and they end."""
    _run(connection, shapes.NINTH)


NEWER = "The data was written by a newer version of Parley. Please update this server."
#: The step at place n makes version n + 1.
STEPS: tuple[Step, ...] = (_first, _second, _third, _fourth, _fifth, _sixth, _seventh, _eighth, _ninth)


def check_version(connection: Connection) -> None:
    """For those who do not migrate.

    Raises:
        StoreError: another version of the program has written this database.
    """
    found = _version(connection)
    if found is not None and found > len(STEPS):
        raise StoreError(NEWER)
    if found != len(STEPS):
        raise StoreError(
            "The data is from an older version of Parley. Please start the server once to bring it up to date."
        )


def _version(connection: Connection) -> int | None:
    has_version = inspect(connection).has_table("schema_version")
    return connection.execute(select(tables.schema.c.version)).scalar_one_or_none() if has_version else None


def migrate(connection: Connection, steps: tuple[Step, ...] = STEPS) -> int:
    """Runs the steps that are missing, in the caller's transaction; returns the version reached.

    Raises:
        StoreError: a newer program has written this database.
    """
    found = _version(connection)
    version = found or 0
    if version > len(steps):
        raise StoreError(NEWER)
    for step in steps[version:]:
        step(connection)
    if found is None:
        connection.execute(insert(tables.schema).values(version=len(steps)))
    elif found != len(steps):
        connection.execute(update(tables.schema).values(version=len(steps)))
    return len(steps)
