"""What administrators ask of the database, and do to it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, Row, delete, select, update

from app.wire.accounts import AccountKind
from server_stub.storage.accounts import by_email
from server_stub.storage.tables import accounts, members, resets, tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRow:
    """An account as an administrator sees it."""

    id: str
    email: str
    name: str
    kind: AccountKind
    created_at: float
    is_closed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInRow:
    """A sign-in of an account."""

    id: str
    account: str
    email: str
    device: str
    created_at: float
    last_seen: float


def list_accounts(connection: Connection) -> tuple[AccountRow, ...]:
    """All accounts, oldest first."""
    query = select(accounts).order_by(accounts.c.created_at, accounts.c.id)
    return tuple(_account(row) for row in connection.execute(query))


def find_account(connection: Connection, which: str) -> AccountRow | None:
    """The account of this id or e-mail address."""
    row = connection.execute(select(accounts).where(accounts.c.id == which)).first() or by_email(connection, which)
    return _account(row) if row else None


def count_rooms(connection: Connection, account: str) -> int:
    """To how many rooms an account belongs."""
    return len(connection.execute(select(members.c.room).where(members.c.account == account)).all())


def set_closed(connection: Connection, account: str, is_closed: bool) -> None:
    """Closes an account, or opens it again; with the closing all that could open it is gone."""
    connection.execute(update(accounts).where(accounts.c.id == account).values(is_closed=is_closed))
    if is_closed:
        connection.execute(delete(tokens).where(tokens.c.account == account))
        connection.execute(delete(resets).where(resets.c.account == account))


def list_sign_ins(connection: Connection, account: str | None = None) -> tuple[SignInRow, ...]:
    """The sign-ins of one account or of all, newest first."""
    query = select(tokens, accounts.c.email).join(accounts, accounts.c.id == tokens.c.account)
    if account is not None:
        query = query.where(tokens.c.account == account)
    return tuple(
        SignInRow(
            id=row.id,
            account=row.account,
            email=row.email or "",
            device=row.device,
            created_at=row.created_at,
            last_seen=row.last_seen or row.created_at,
        )
        for row in connection.execute(query.order_by(tokens.c.created_at.desc()))
    )


def end_sign_in(connection: Connection, sign_in: str) -> str | None:
    """Ends one sign-in by its public id; returns whose it was."""
    if not sign_in:
        return None
    owner: str | None = connection.execute(select(tokens.c.account).where(tokens.c.id == sign_in)).scalar()
    connection.execute(delete(tokens).where(tokens.c.id == sign_in))
    return owner


def end_sign_ins(connection: Connection, account: str) -> int:
    """Ends all sign-ins of an account; returns how many."""
    return connection.execute(delete(tokens).where(tokens.c.account == account)).rowcount


def _account(row: Row[tuple[object, ...]]) -> AccountRow:
    return AccountRow(
        id=row.id,
        email=row.email or "",
        name=row.name,
        kind=row.kind,
        created_at=row.created_at,
        is_closed=row.is_closed,
    )
