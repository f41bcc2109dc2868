"""What people should know, each thing once."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, Row, delete, insert, or_, select, update

from app.wire.notices import NoticeInfo, NoticeKind
from server_stub.storage.tables import members, notices


@dataclass(frozen=True, slots=True)
class Unseen:
    """Notices to be told: those that no desktop has shown yet, and the others."""

    fresh: tuple[NoticeInfo, ...]
    known: tuple[NoticeInfo, ...]


def add(connection: Connection, account: str, notice: NoticeInfo) -> bool:
    """Keeps a notice; False when the account has one of this kind and subject already, seen or not."""
    same = (notices.c.account == account, notices.c.kind == notice.kind, notices.c.subject == notice.subject)
    if connection.execute(select(notices.c.id).where(*same)).first():
        return False
    connection.execute(
        insert(notices).values(
            id=notice.id,
            account=account,
            kind=notice.kind,
            room=notice.room,
            subject=notice.subject,
            words=notice.words,
            at=notice.at,
        )
    )
    return True


def claim(connection: Connection, account: str, at: float, *, since: float) -> Unseen:
    """All that an account has not seen; the fresh ones count as shown from now on.

    Args:
        connection: of a transaction.
        account: whose notices.
        at: when they are shown.
        since: older ones are not told any more.
    """
    mine = members.c.account == account
    still = or_(
        notices.c.room == "",
        # Tells of the very thing that ended the membership.
        notices.c.kind == "removed",
        notices.c.room.in_(select(members.c.room).where(mine)),
    )
    query = select(notices).where(
        notices.c.account == account, notices.c.seen_at.is_(None), notices.c.at >= since, still
    )
    rows = connection.execute(query.order_by(notices.c.at, notices.c.id)).all()
    fresh = [row.id for row in rows if row.rang_at is None]
    if fresh:
        connection.execute(update(notices).where(notices.c.id.in_(fresh)).values(rang_at=at))
    return Unseen(
        tuple(_notice(row) for row in rows if row.rang_at is None),
        tuple(_notice(row) for row in rows if row.rang_at is not None),
    )


def release(connection: Connection, ids: Iterable[str]) -> None:
    """Nobody was there to show these after all."""
    connection.execute(update(notices).where(notices.c.id.in_(tuple(ids))).values(rang_at=None))


def see(connection: Connection, account: str, ids: Collection[str], at: float) -> tuple[str, ...]:
    """Some have been seen; returns those that are the account's own."""
    mine = (notices.c.account == account, notices.c.id.in_(ids))
    found = tuple(connection.execute(select(notices.c.id).where(*mine)).scalars())
    still = notices.c.seen_at.is_(None)
    connection.execute(update(notices).where(*mine, still).values(seen_at=at))
    return found


def drop_about(connection: Connection, subject: str, kinds: Collection[NoticeKind]) -> None:
    """Forgets what accounts were told of these kinds about something: it may be told anew."""
    connection.execute(delete(notices).where(notices.c.subject == subject, notices.c.kind.in_(kinds)))


def drop_old(connection: Connection, before: float) -> int:
    """Forgets those older than a moment; returns how many."""
    return connection.execute(delete(notices).where(notices.c.at < before)).rowcount


def _notice(row: Row[tuple[object, ...]]) -> NoticeInfo:
    return NoticeInfo(id=row.id, kind=row.kind, room=row.room, subject=row.subject, words=row.words, at=row.at)
