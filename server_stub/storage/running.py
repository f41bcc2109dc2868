"""What meetings that run consist of, as the server that is started again finds it; opaque bytes here.

Its table stands here, since `tables` is as long as a file may be.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Column, Connection, Float, LargeBinary, String, Table, delete, insert, select

from server_stub.storage.tables import metadata

#: A row goes with its meeting's end.
running = Table(
    "running",
    metadata,
    Column("meeting", String, primary_key=True),
    # When this was true.
    Column("at", Float, nullable=False),
    # JSON of `call.kept`, which has a form of its own and a number for it.
    Column("state", LargeBinary, nullable=False),
)


@dataclass(frozen=True, slots=True)
class RunningRow:
    """One meeting as it was at a moment, seconds since 1970."""

    meeting: str
    at: float
    state: bytes


def keep(connection: Connection, row: RunningRow) -> None:
    """Keeps what a meeting consists of now, in place of what it consisted of."""
    drop(connection, row.meeting)
    connection.execute(insert(running).values(meeting=row.meeting, at=row.at, state=row.state))


def find_all(connection: Connection) -> dict[str, RunningRow]:
    """What is kept, by meeting."""
    return {row.meeting: RunningRow(row.meeting, row.at, row.state) for row in connection.execute(select(running))}


def drop(connection: Connection, meeting: str) -> None:
    """A meeting does not run any more."""
    connection.execute(delete(running).where(running.c.meeting == meeting))


def drop_all(connection: Connection) -> None:
    """No meeting is to be found by the next start."""
    connection.execute(delete(running))
