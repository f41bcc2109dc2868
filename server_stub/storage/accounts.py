"""Accounts, their tokens and the terms that they accepted."""

from __future__ import annotations

from sqlalchemy import Connection, Row, delete, func, insert, select

from app.wire.accounts import Account
from server_stub.storage.tables import accounts, terms, tokens


def add(connection: Connection, account: Account, password_hash: str | None, at: float) -> bool:
    """Adds an account; False when its e-mail address is taken."""
    email = account.email.lower() or None
    if email and connection.execute(select(accounts.c.id).where(accounts.c.email == email)).first():
        return False
    connection.execute(
        insert(accounts).values(
            id=account.id,
            email=email,
            name=account.name,
            kind=account.kind,
            password_hash=password_hash,
            created_at=at,
        )
    )
    return True


def find(connection: Connection, account: str) -> Account | None:
    """The account of this id."""
    row = connection.execute(select(accounts).where(accounts.c.id == account)).first()
    return _account(row) if row else None


def find_by_email(connection: Connection, email: str) -> tuple[Account, str] | None:
    """The account of this address and the hash of its password."""
    row = connection.execute(select(accounts).where(accounts.c.email == email.lower())).first()
    return (_account(row), row.password_hash or "") if row else None


def find_by_token(connection: Connection, fingerprint: str) -> Account | None:
    """The account that a token signs in."""
    query = select(accounts).join(tokens, tokens.c.account == accounts.c.id).where(tokens.c.fingerprint == fingerprint)
    row = connection.execute(query).first()
    return _account(row) if row else None


def add_token(connection: Connection, account: str, fingerprint: str, at: float) -> None:
    """Keeps a sign-in."""
    connection.execute(insert(tokens).values(fingerprint=fingerprint, account=account, created_at=at))


def drop_token(connection: Connection, fingerprint: str) -> None:
    """Makes a sign-in worthless."""
    connection.execute(delete(tokens).where(tokens.c.fingerprint == fingerprint))


def accept_terms(connection: Connection, account: str, version: int, at: float) -> None:
    """Keeps that an account accepted the terms; the first time counts."""
    known = select(terms.c.at).where(terms.c.account == account, terms.c.version == version)
    if connection.execute(known).first() is None:
        connection.execute(insert(terms).values(account=account, version=version, at=at))


def accepted_terms(connection: Connection, account: str) -> int:
    """The newest version of the terms that an account accepted; 0: none."""
    return connection.execute(select(func.max(terms.c.version)).where(terms.c.account == account)).scalar() or 0


def _account(row: Row[tuple[object, ...]]) -> Account:
    return Account(id=row.id, name=row.name, email=row.email or "", kind=row.kind)
