"""Mail that is to be sent: a row until it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from sqlalchemy import Connection, delete, func, insert, or_, select, update

from app.wire import addresses
from server_stub.storage.tables import accounts, mails


@dataclass(frozen=True, slots=True, kw_only=True)
class MailRow:
    """One mail: `message` is RFC 5322 as it will be sent, `about` the id of what it belongs to."""

    id: str
    about: str
    message: bytes
    next_try: float
    tries: int = 0


#: Work for the storage thread that looks for a mail, and that changes one.
Search: TypeAlias = Callable[[Connection], MailRow | None]
Change: TypeAlias = Callable[[Connection], None]


def is_wanted(connection: Connection, address: str) -> bool:
    """Whether mail may go to an address: not to that of an account that was closed."""
    key = accounts.c.email_key == addresses.same_key(address)
    found = connection.execute(select(accounts.c.is_closed).where(key | (accounts.c.email == address))).scalars().all()
    return not found or not all(found)


def add(connection: Connection, mail: MailRow) -> None:
    """Keeps a mail."""
    connection.execute(
        insert(mails).values(
            id=mail.id, subject=mail.about, message=mail.message, tries=mail.tries, next_try=mail.next_try
        )
    )


def due(connection: Connection, now: float, *, longest_wait_s: float) -> MailRow | None:
    """The mail that should be tried next, if its time has come.

    One that seems to wait for longer than anything may was put off by a clock that was wrong: it is due as well.
    """
    is_due = or_(mails.c.next_try <= now, mails.c.next_try > now + longest_wait_s)
    row = connection.execute(select(mails).where(is_due).order_by(mails.c.next_try).limit(1)).first()
    if row is None:
        return None
    return MailRow(id=row.id, about=row.subject, message=row.message, tries=row.tries, next_try=row.next_try)


def next_try(connection: Connection) -> float | None:
    """When the next mail is due; None: there is none."""
    found: float | None = connection.execute(select(func.min(mails.c.next_try))).scalar()
    return found


def put_off(connection: Connection, mail: str, tries: int, next_try: float) -> None:
    """It did not go out; it is tried again then."""
    connection.execute(update(mails).where(mails.c.id == mail).values(tries=tries, next_try=next_try))


def drop(connection: Connection, mail: str) -> None:
    """It is sent, or given up."""
    connection.execute(delete(mails).where(mails.c.id == mail))
