"""Brings a database to the newest shape, step by step: a step is never changed once it was released."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable

from sqlalchemy import Connection, insert, inspect, select, text, update
from sqlalchemy.schema import CreateColumn

from app.wire import addresses
from server_stub.errors import StoreError
from server_stub.storage import tables

log = logging.getLogger(__name__)
Step = Callable[[Connection], None]


def _first_tables(connection: Connection) -> None:
    tables.metadata.create_all(connection)


def _add_what_is_missing(connection: Connection) -> None:
    """Tables and columns that the newest shape has and this database has not."""
    _add_columns(connection)
    _name_sign_ins(connection)


def _add_columns(connection: Connection) -> None:
    tables.metadata.create_all(connection)
    inspector = inspect(connection)
    for table in tables.metadata.tables.values():
        known = {column["name"] for column in inspector.get_columns(table.name)}
        for column in table.columns:
            if column.name not in known:
                words = CreateColumn(column).compile(dialect=connection.dialect)
                connection.execute(text(f"ALTER TABLE {table.name} ADD COLUMN {words}"))
        indexed = {index["name"] for index in inspector.get_indexes(table.name)}
        for index in table.indexes:
            if index.name not in indexed:
                index.create(connection, checkfirst=True)


def _name_sign_ins(connection: Connection) -> None:
    """Sign-ins of the first version get a public id, and count as used when the server was last alive."""
    alive = connection.execute(select(tables.facts.c.value).where(tables.facts.c.name == "alive_at")).scalar()
    tokens = tables.tokens
    old = connection.execute(select(tokens.c.fingerprint, tokens.c.created_at).where(tokens.c.id == "")).all()
    for row in old:
        last_seen = max(row.created_at, float(alive or 0.0))
        mine = tokens.c.fingerprint == row.fingerprint
        connection.execute(update(tokens).where(mine).values(id=f"d{secrets.token_hex(16)}", last_seen=last_seen))


def _key_addresses(connection: Connection) -> None:
    """Accounts are found by all spellings of their address.

    Where two addresses are one address in two spellings, the account keeps the key whose address is spelt as it is kept
    now, or else the oldest; the others are found by the very spelling that was kept. `admin accounts addresses` names
    them.
    """
    _add_columns(connection)
    accounts = tables.accounts
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


def _note_films(connection: Connection) -> None:
    """Recaps of older versions were ready with their films; the body is the wire's JSON, where a film has its name."""
    _add_columns(connection)
    connection.execute(
        text("UPDATE recordings SET film = 'ready' WHERE recap = 'ready' AND CAST(body AS TEXT) LIKE '%\"video\":\"%'")
    )


NEWER = "The data was written by a newer version of Parley. Please update this server."
#: The step at place n makes version n + 1.
STEPS: tuple[Step, ...] = (_first_tables, _add_what_is_missing, _key_addresses, _note_films)


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
