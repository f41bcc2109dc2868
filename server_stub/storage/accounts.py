"""Accounts, where they are signed in, codes for a new password, and the terms that were accepted."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Row, delete, func, insert, select, update

from app.wire import addresses
from app.wire.accounts import Account
from server_stub.storage.tables import accounts, resets, terms, tokens

#: A sign-in that nobody used for this long is worthless: 180 days, in seconds.
SIGN_IN_LIFE_S = 180 * 86_400.0
#: When a sign-in was used last is kept no more exactly than this; seconds.
NOTED_EVERY_S = 60.0
#: As many are listed.
MOST_SIGN_INS = 100


@dataclass(frozen=True, slots=True)
class KeptAccount:
    """An account with what nobody is told of it."""

    account: Account
    password_hash: str
    is_closed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInRow:
    """A sign-in as it is kept; its id is public, the fingerprint is that of its secret token."""

    fingerprint: str
    account: str
    id: str
    device: str
    since: float
    last_seen: float


def add(connection: Connection, account: Account, password_hash: str | None, at: float) -> bool:
    """Adds an account; False when its e-mail address is taken."""
    email = addresses.kept(account.email) or None
    key = addresses.same_key(email) if email else None
    same = _is_spelt(email or "") | (accounts.c.email_key == key)
    if email and connection.execute(select(accounts.c.id).where(same)).first():
        return False
    connection.execute(
        insert(accounts).values(
            id=account.id,
            email=email,
            email_key=key,
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


def is_closed(connection: Connection, account: str) -> bool:
    """Whether an administrator has closed an account."""
    closed = (accounts.c.id == account, accounts.c.is_closed)
    return connection.execute(select(accounts.c.id).where(*closed)).first() is not None


def by_email(connection: Connection, email: str) -> Row[Any] | None:
    """The row of the account of this address: by the very spelling that is kept, or else by any other."""
    spelt = connection.execute(select(accounts).where(_is_spelt(email)).order_by(accounts.c.email != email)).first()
    if spelt is not None:
        return spelt
    # As it was pasted, it may have brackets round it that no kept address has.
    key = addresses.same_key(addresses.tidy(email))
    return connection.execute(select(accounts).where(accounts.c.email_key == key)).first()


def _is_spelt(email: str) -> ColumnElement[bool]:
    # Older programs kept addresses with `lower`, which makes other letters of a few. Mail goes to what is kept alone.
    return accounts.c.email.in_((email, email.lower()))


def find_by_email(connection: Connection, email: str) -> KeptAccount | None:
    """The account of this address."""
    row = by_email(connection, email)
    return KeptAccount(_account(row), row.password_hash or "", bool(row.is_closed)) if row else None


def find_by_token(connection: Connection, fingerprint: str, at: float = 0.0) -> Account | None:
    """The account that a token signs in; none when the account is closed.

    Args:
        connection: of a transaction.
        fingerprint: of the token.
        at: now, seconds since 1970; a sign-in that was not used for `SIGN_IN_LIFE_S` before it signs nobody in.
    """
    query = (
        select(accounts)
        .join(tokens, tokens.c.account == accounts.c.id)
        .where(
            tokens.c.fingerprint == fingerprint,
            tokens.c.last_seen >= at - SIGN_IN_LIFE_S,
            accounts.c.is_closed.is_(False),
        )
    )
    row = connection.execute(query).first()
    return _account(row) if row else None


def add_sign_in(connection: Connection, row: SignInRow, *, password_hash: str | None = None) -> bool:
    """Keeps a sign-in; False when the account is closed or its password is no longer the one that was checked.

    Args:
        connection: of a transaction.
        row: the sign-in.
        password_hash: what the password was checked against; None: another proof was given.
    """
    right = [accounts.c.id == row.account, accounts.c.is_closed.is_(False)]
    if password_hash is not None:
        right.append(accounts.c.password_hash == password_hash)
    if connection.execute(select(accounts.c.id).where(*right)).first() is None:
        return False
    expired = tokens.c.last_seen < row.since - SIGN_IN_LIFE_S
    connection.execute(delete(tokens).where(tokens.c.account == row.account, expired))
    connection.execute(
        insert(tokens).values(
            fingerprint=row.fingerprint,
            account=row.account,
            created_at=row.since,
            id=row.id,
            device=row.device,
            last_seen=row.last_seen,
        )
    )
    return True


def list_sign_ins(connection: Connection, account: str, at: float) -> tuple[SignInRow, ...]:
    """Where an account is signed in at a moment, the newest `MOST_SIGN_INS`, newest first."""
    query = (
        select(tokens)
        .where(tokens.c.account == account, tokens.c.last_seen >= at - SIGN_IN_LIFE_S)
        .order_by(tokens.c.created_at.desc(), tokens.c.id)
        .limit(MOST_SIGN_INS)
    )
    return tuple(
        SignInRow(
            fingerprint=row.fingerprint,
            account=row.account,
            id=row.id,
            device=row.device,
            since=row.created_at,
            last_seen=row.last_seen,
        )
        for row in connection.execute(query)
    )


def note_use(connection: Connection, fingerprint: str, at: float) -> None:
    """Keeps that a sign-in is in use, unless that was kept less than `NOTED_EVERY_S` ago."""
    is_old = tokens.c.last_seen <= at - NOTED_EVERY_S
    connection.execute(update(tokens).where(tokens.c.fingerprint == fingerprint, is_old).values(last_seen=at))


def living(connection: Connection, fingerprints: Collection[str]) -> frozenset[str]:
    """Those of some sign-ins, all in use now, that were not ended and whose account is not closed."""
    return _good(connection, tokens.c.fingerprint, fingerprints)


def signed_in(connection: Connection, ids: Collection[str]) -> frozenset[str]:
    """Those of some accounts that are signed in somewhere and not closed."""
    return _good(connection, tokens.c.account, ids)


def _good(connection: Connection, column: Column[str], asked: Collection[str]) -> frozenset[str]:
    found: set[str] = set()
    values = tuple(asked)
    for start in range(0, len(values), 500):  # SQLite takes a bounded number of values in one statement
        query = (
            select(column)
            .join(accounts, accounts.c.id == tokens.c.account)
            .where(column.in_(values[start : start + 500]), accounts.c.is_closed.is_(False))
        )
        found.update(connection.execute(query).scalars())
    return frozenset(found)


def drop_token(connection: Connection, fingerprint: str) -> None:
    """Ends a sign-in."""
    connection.execute(delete(tokens).where(tokens.c.fingerprint == fingerprint))


def drop_sign_in(connection: Connection, account: str, id: str) -> str | None:
    """Ends a sign-in of an account by its public id; returns its fingerprint, None when there is none."""
    mine = (tokens.c.account == account, tokens.c.id == id)
    fingerprint = connection.execute(select(tokens.c.fingerprint).where(*mine)).scalar()
    if fingerprint is None:
        return None
    drop_token(connection, fingerprint)
    return str(fingerprint)


def drop_tokens(connection: Connection, account: str, *, but: str = "") -> None:
    """Ends all sign-ins of an account but the one of this fingerprint."""
    connection.execute(delete(tokens).where(tokens.c.account == account, tokens.c.fingerprint != but))


def set_password(connection: Connection, account: str, password_hash: str, *, old_hash: str | None = None) -> bool:
    """Sets a password; False when it is no longer the one that was checked (`old_hash`)."""
    mine = accounts.c.id == account
    right = mine if old_hash is None else mine & (accounts.c.password_hash == old_hash)
    return connection.execute(update(accounts).where(right).values(password_hash=password_hash)).rowcount == 1


def add_reset(connection: Connection, account: str, fingerprint: str, expires_at: float) -> None:
    """Keeps a one-use code for a new password; those that were made before are good no more."""
    connection.execute(delete(resets).where(resets.c.account == account))
    connection.execute(insert(resets).values(fingerprint=fingerprint, account=account, expires_at=expires_at))


def drop_resets(connection: Connection, account: str) -> None:
    """The codes of an account are good no more."""
    connection.execute(delete(resets).where(resets.c.account == account))


def use_reset(connection: Connection, email: str, fingerprint: str, at: float) -> Account | None:
    """Uses a code up; returns its account, None when the code is unknown, used, too old or of another address."""
    owner = by_email(connection, email)
    good = (
        accounts.c.id == (owner.id if owner is not None else ""),
        resets.c.fingerprint == fingerprint,
        resets.c.used_at.is_(None),
        resets.c.expires_at > at,
        accounts.c.is_closed.is_(False),
    )
    row = connection.execute(select(accounts).join(resets, resets.c.account == accounts.c.id).where(*good)).first()
    if row is None:
        return None
    connection.execute(update(resets).where(resets.c.account == row.id).values(used_at=at))
    return _account(row)


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
