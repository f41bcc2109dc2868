"""Who is connected: every session, by account; an account may have several."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from app.wire.codec import encode
from app.wire.fields import Tell
from server_stub.kernel.session import Session, answered


class Asker:
    """Who asked for what is told: the first message that reaches them is the answer to their request."""

    __slots__ = ("request", "session")

    def __init__(self, session: Session, request: int) -> None:
        self.session = session
        self.request = request

    def take(self) -> int:
        """The request's number, once; then 0."""
        request, self.request = self.request, 0
        return request


class Hub(Protocol):
    """Who is connected, and the way to all devices of an account, wherever they are.

    Attributes:
        sessions: those that are connected to this process.
    """

    sessions: set[Session]

    def add(self, session: Session) -> None:
        """A client connected."""

    def remove(self, session: Session) -> None:
        """A client is gone; it was signed out before, if it was signed in."""

    def sign_in(self, session: Session, account: str) -> bool:
        """A session belongs to an account now; True when the account was not online before."""

    def sign_out(self, session: Session, account: str) -> bool:
        """A session no longer belongs to an account; True when the account is offline now."""

    def is_online(self, account: str) -> bool:
        """Whether somebody is signed in to the account now."""

    def of_account(self, account: str) -> frozenset[Session]:
        """The sessions of an account that are connected to this process."""

    def tell_accounts(self, accounts: Iterable[str], tell: Tell, asker: Asker | None = None) -> None:
        """Tells every session of some accounts; the asker gets it as the answer."""


class MemoryHub:
    """All sessions of the one process that there is."""

    def __init__(self) -> None:
        self.sessions: set[Session] = set()
        self._by_account: dict[str, set[Session]] = {}

    def add(self, session: Session) -> None:
        """A client connected."""
        self.sessions.add(session)

    def sign_in(self, session: Session, account: str) -> bool:
        """A session belongs to an account now; True when the account was not online before."""
        sessions = self._by_account.setdefault(account, set())
        sessions.add(session)
        return len(sessions) == 1

    def sign_out(self, session: Session, account: str) -> bool:
        """A session no longer belongs to an account; True when the account is offline now."""
        sessions = self._by_account.get(account, set())
        if session not in sessions:
            return False
        sessions.discard(session)
        if sessions:
            return False
        del self._by_account[account]
        return True

    def remove(self, session: Session) -> None:
        """A client is gone."""
        self.sessions.discard(session)

    def is_online(self, account: str) -> bool:
        """Whether somebody is signed in to the account now."""
        return account in self._by_account

    def of_account(self, account: str) -> frozenset[Session]:
        """The sessions of an account."""
        return frozenset(self._by_account.get(account, ()))

    def tell_accounts(self, accounts: Iterable[str], tell: Tell, asker: Asker | None = None) -> None:
        """Tells every session of some accounts."""
        tell_all((session for account in accounts for session in self.of_account(account)), tell, asker)


def tell_all(sessions: Iterable[Session], tell: Tell, asker: Asker | None = None) -> None:
    """Tells some sessions the same; it is encoded once."""
    text: str | None = None
    for session in sessions:
        if asker is not None and session is asker.session and (request := asker.take()):
            session.tell(answered(tell, request))
            continue
        if text is None:
            text = encode(tell)
        session.tell_text(text)
