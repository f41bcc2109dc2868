"""Requests to delete a recording before its time, and what became of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import msgspec
from sqlalchemy import Connection, Row, delete, insert, select, update

from app.wire.privacy import Receipt
from server_stub.storage.tables import deletions, notices

#: As it is kept: "approved" is to be carried out.
State = Literal["pending", "approved", "deleted", "refused"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletionRow:
    """A request and the answer to it."""

    recording: str
    room: str
    by: str
    reason: str
    at: float
    state: State = "pending"
    words: str = ""
    answered_at: float | None = None


def ask(connection: Connection, row: DeletionRow) -> bool:
    """Stores a request; one that was refused may be made again. False: there is one already."""
    known = find(connection, row.recording)
    if known is not None and known.state != "refused":
        return False
    connection.execute(delete(deletions).where(deletions.c.recording == row.recording))
    # Its answer is news again.
    told = (notices.c.kind == "deletion", notices.c.subject == row.recording)
    connection.execute(delete(notices).where(*told))
    values = {"recording": row.recording, "room": row.room, "by": row.by, "reason": row.reason, "at": row.at}
    connection.execute(insert(deletions).values(**values, state="pending"))
    return True


def find(connection: Connection, recording: str) -> DeletionRow | None:
    """The request about a recording."""
    row = connection.execute(select(deletions).where(deletions.c.recording == recording)).first()
    return _deletion(row) if row else None


def every(connection: Connection) -> tuple[DeletionRow, ...]:
    """All requests, oldest first."""
    return tuple(_deletion(row) for row in connection.execute(select(deletions).order_by(deletions.c.at)))


def answer(connection: Connection, recording: str, state: State, words: str, at: float) -> None:
    """Keeps what an administrator has decided."""
    values = {"state": state, "words": words, "answered_at": at}
    connection.execute(update(deletions).where(deletions.c.recording == recording).values(**values))


def set_done(connection: Connection, recording: str, words: str, receipt: Receipt) -> None:
    """Keeps that a recording is deleted, and the signed statement of it; why it was asked for goes too."""
    values = {"state": "deleted", "reason": "", "words": words, "receipt": msgspec.json.encode(receipt)}
    connection.execute(update(deletions).where(deletions.c.recording == recording).values(**values))


def receipt_of(connection: Connection, recording: str) -> Receipt | None:
    """The signed statement that a recording is deleted."""
    query = select(deletions.c.receipt).where(deletions.c.recording == recording)
    found = connection.execute(query).scalar_one_or_none()
    return None if found is None else msgspec.json.decode(bytes(found), type=Receipt)


def _deletion(row: Row[tuple[object, ...]]) -> DeletionRow:
    return DeletionRow(
        recording=row.recording,
        room=row.room,
        by=row.by,
        reason=row.reason,
        at=row.at,
        state=row.state,
        words=row.words,
        answered_at=row.answered_at,
    )
