"""Single values that outlive a run."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select

from server_stub.storage.tables import facts


def read(connection: Connection, name: str) -> str | None:
    """The value of a fact, if it is known."""
    value = connection.execute(select(facts.c.value).where(facts.c.name == name)).scalar_one_or_none()
    return None if value is None else str(value)


def write(connection: Connection, name: str, value: str) -> None:
    """Sets a fact."""
    connection.execute(delete(facts).where(facts.c.name == name))
    connection.execute(insert(facts).values(name=name, value=value))


def read_or_set(connection: Connection, name: str, value: str) -> str:
    """The value of a fact; `value` becomes it when there is none."""
    found = read(connection, name)
    if found is None:
        write(connection, name, value)
        return value
    return found
