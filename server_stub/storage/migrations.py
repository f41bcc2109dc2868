"""Brings a database to the newest shape, step by step: a step is never changed once it was released."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, insert, inspect, select, update

from server_stub.errors import StoreError
from server_stub.storage import tables

Step = Callable[[Connection], None]


def _first_tables(connection: Connection) -> None:
    tables.metadata.create_all(connection)


#: The step at place n makes version n + 1.
STEPS: tuple[Step, ...] = (_first_tables,)


def migrate(connection: Connection, steps: tuple[Step, ...] = STEPS) -> int:
    """Runs the steps that are missing, in the caller's transaction; returns the version reached.

    Raises:
        StoreError: a newer program has written this database.
    """
    has_version = inspect(connection).has_table("schema_version")
    found = connection.execute(select(tables.schema.c.version)).scalar_one_or_none() if has_version else None
    version = found or 0
    if version > len(steps):
        raise StoreError("The data was written by a newer version of Parley. Please update this server.")
    for step in steps[version:]:
        step(connection)
    if found is None:
        connection.execute(insert(tables.schema).values(version=len(steps)))
    elif found != len(steps):
        connection.execute(update(tables.schema).values(version=len(steps)))
    return len(steps)
