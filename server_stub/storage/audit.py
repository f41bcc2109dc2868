"""The audit log: what administrators and the server did with people's data; no speech, no chat, no names."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from server_stub.storage.tables import audit


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """One line of the log."""

    number: int
    at: float
    by: str
    action: str
    subject: str
    words: str


def note(connection: Connection, at: float, by: str, action: str, subject: str, words: str = "") -> None:
    """Adds a line.

    Args:
        connection: of the transaction that does what is noted: both are kept, or neither.
        at: seconds since 1970 UTC.
        by: "admin", "server", or an account's id.
        action: what was done, such as "account.close".
        subject: id of what it was done to.
        words: what else matters and cannot be private: numbers, kinds, states.
    """
    connection.execute(insert(audit).values(at=at, by=by, action=action, subject=subject, words=words))


def lines(connection: Connection, since: float = 0.0) -> tuple[AuditRow, ...]:
    """The log from a moment on, oldest first."""
    query = select(audit).where(audit.c.at >= since).order_by(audit.c.number)
    return tuple(
        AuditRow(number=row.number, at=row.at, by=row.by, action=row.action, subject=row.subject, words=row.words)
        for row in connection.execute(query)
    )
