"""What administrators ask of the database, and do to it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, Row, delete, insert, or_, select, update

from app.wire.accounts import AccountKind
from server_stub.storage.tables import accounts, deletions, members, resets, tokens


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


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletionRow:
    """A request to delete a recording."""

    recording: str
    room: str
    by: str
    reason: str
    at: float
    state: str
    words: str


def list_accounts(connection: Connection) -> tuple[AccountRow, ...]:
    """All accounts, oldest first."""
    query = select(accounts).order_by(accounts.c.created_at, accounts.c.id)
    return tuple(_account(row) for row in connection.execute(query))


def find_account(connection: Connection, which: str) -> AccountRow | None:
    """The account of this id or e-mail address."""
    query = select(accounts).where(or_(accounts.c.id == which, accounts.c.email == which.lower()))
    row = connection.execute(query).first()
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


def add_reset(connection: Connection, account: str, fingerprint: str, expires_at: float) -> None:
    """Keeps a one-use code for a new password; older ones of the account are worthless."""
    connection.execute(delete(resets).where(resets.c.account == account))
    connection.execute(insert(resets).values(fingerprint=fingerprint, account=account, expires_at=expires_at))


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


def list_deletions(connection: Connection) -> tuple[DeletionRow, ...]:
    """All requests, oldest first."""
    return tuple(_deletion(row) for row in connection.execute(select(deletions).order_by(deletions.c.at)))


def find_deletion(connection: Connection, recording: str) -> DeletionRow | None:
    """The request about this recording."""
    row = connection.execute(select(deletions).where(deletions.c.recording == recording)).first()
    return _deletion(row) if row else None


def answer_deletion(connection: Connection, recording: str, state: str, words: str, at: float) -> None:
    """An administrator has decided."""
    mine = deletions.c.recording == recording
    connection.execute(update(deletions).where(mine).values(state=state, words=words, answered_at=at))


def _account(row: Row[tuple[object, ...]]) -> AccountRow:
    return AccountRow(
        id=row.id,
        email=row.email or "",
        name=row.name,
        kind=row.kind,
        created_at=row.created_at,
        is_closed=row.is_closed,
    )


def _deletion(row: Row[tuple[object, ...]]) -> DeletionRow:
    return DeletionRow(
        recording=row.recording,
        room=row.room,
        by=row.by,
        reason=row.reason,
        at=row.at,
        state=row.state,
        words=row.words,
    )
