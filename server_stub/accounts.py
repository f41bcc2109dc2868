"""Accounts: hello, signing up, in and out, and the terms."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import argon2

from app import __version__
from app.wire.accounts import (
    AcceptTerms,
    Account,
    Greeting,
    Hello,
    Resume,
    SignedIn,
    SignedOut,
    SignIn,
    SignInOwner,
    SignOut,
    SignUp,
    TermsAccepted,
)
from app.wire.codec import PROTOCOL
from app.wire.fields import Tell
from server_stub import links, meeting, names, rooms
from server_stub.config import NOTICE_VERSION, TERMS_VERSION, PasswordCost
from server_stub.errors import Refusal
from server_stub.requests import Rule
from server_stub.session import Session
from server_stub.storage import Connection, facts
from server_stub.storage import accounts as accounts_table

if TYPE_CHECKING:
    from server_stub.backend import Backend

WRONG = "E-mail address or password is wrong."
TOO_MANY = "That were too many tries. Please wait some minutes."


class Passwords:
    """Hashes and checks passwords in two threads, so that the loop never waits for one."""

    def __init__(self, cost: PasswordCost) -> None:
        self._hasher = argon2.PasswordHasher(time_cost=cost.passes, memory_cost=cost.memory_kib, parallelism=cost.lanes)
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="passwords")
        self._decoy = ""

    async def hash(self, password: str) -> str:
        """The hash that is kept."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._hasher.hash, password)

    async def check(self, password: str, kept: str) -> bool:
        """Whether the password is the one; takes the same time when there is no hash to compare with."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._check, password, kept)

    def close(self) -> None:
        """Ends the threads."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _check(self, password: str, kept: str) -> bool:
        if not kept and not self._decoy:
            self._decoy = self._hasher.hash(links.new_code())
        try:
            return self._hasher.verify(kept or self._decoy, password) and bool(kept)
        except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
            return False


async def hello(backend: Backend, session: Session, ask: Hello) -> Tell:
    """Says who we are; a client of another protocol is told both versions."""
    if ask.protocol != PROTOCOL:
        client = "".join(letter for letter in ask.version[:20] if letter.isprintable()) or "unknown"
        raise Refusal(
            "other_version",
            f"This program is version {client}, the server is version {__version__}. Please update the older one.",
        )
    session.has_greeted = True
    owner = await backend.store.do(lambda connection: facts.read(connection, "owner"))
    return Greeting(
        version=__version__,
        protocol=PROTOCOL,
        server_id=backend.server_id,
        is_embedded=backend.settings.is_embedded,
        needs_owner=backend.settings.is_embedded and owner is None,
        terms_version=TERMS_VERSION,
        notice_version=NOTICE_VERSION,
    )


async def sign_up(backend: Backend, session: Session, ask: SignUp) -> Tell:
    """Makes an account and signs in."""
    _check_signed_out(session)
    if not backend.sign_up_tries.take(session.address, backend.tick()):
        raise Refusal("too_much", TOO_MANY)
    account = Account(id=links.new_id("a"), name=names.clean(ask.name), email=ask.email.lower(), kind=ask.kind)
    kept, now = await backend.passwords.hash(ask.password), backend.now()
    if not await backend.store.do(lambda connection: accounts_table.add(connection, account, kept, now)):
        raise Refusal("email_taken", "There is an account with this e-mail address already.")
    return await _sign_in(backend, session, account)


async def sign_in(backend: Backend, session: Session, ask: SignIn) -> Tell:
    """Signs in with e-mail and password."""
    _check_signed_out(session)
    tries = f"{session.address} {ask.email.lower()}"
    now = backend.tick()
    if not (backend.address_tries.take(session.address, now) and backend.password_tries.take(tries, now)):
        raise Refusal("too_much", TOO_MANY)
    found = await backend.store.do(lambda connection: accounts_table.find_by_email(connection, ask.email))
    if not await backend.passwords.check(ask.password, found[1] if found else "") or found is None:
        raise Refusal("wrong_password", WRONG)
    return await _sign_in(backend, session, found[0])


async def sign_in_owner(backend: Backend, session: Session, ask: SignInOwner) -> Tell:
    """Signs in the user of an embedded server; the first time, his name makes the account."""
    _check_signed_out(session)
    secret = backend.settings.secret
    if not secret or not links.same(ask.secret, secret):
        raise Refusal("not_allowed", "This server has no such owner.")
    new_id, now = links.new_id("a"), backend.now()

    def find(connection: Connection) -> Account | None:
        owner = facts.read(connection, "owner")
        return accounts_table.find(connection, owner) if owner else None

    account = await backend.store.do(find)
    if account is None:
        first = Account(id=new_id, name=names.clean(ask.name), email="", kind="freelancer")

        def make(connection: Connection) -> Account:
            found = find(connection)
            if found is not None:
                return found
            accounts_table.add(connection, first, None, now)
            facts.write(connection, "owner", first.id)
            return first

        account = await backend.store.do(make)
    return await _sign_in(backend, session, account)


async def resume(backend: Backend, session: Session, ask: Resume) -> Tell:
    """Signs in with a token; the token stays the same."""
    _check_signed_out(session)
    if not links.is_for(ask.token, backend.server_id):
        raise Refusal("bad_token", "This sign-in belongs to another server.")
    mark = links.fingerprint(ask.token)
    account = await backend.store.do(lambda connection: accounts_table.find_by_token(connection, mark))
    if account is None:
        raise Refusal("bad_token", "You have been signed out. Please sign in again.")
    return await _sign_in(backend, session, account, token=ask.token)


async def sign_out(backend: Backend, session: Session, ask: SignOut) -> Tell:
    """Makes the connection's token worthless, and gives up the seat of this connection."""
    mark = session.token
    await backend.store.do(lambda connection: accounts_table.drop_token(connection, mark))
    leave_place(backend, session)
    await forget(backend, session)
    return SignedOut()


async def accept_terms(backend: Backend, session: Session, ask: AcceptTerms) -> Tell:
    """Keeps that the account accepted the terms."""
    account, now = session.signed_in, backend.now()
    if ask.version != TERMS_VERSION:
        raise Refusal("not_found", "These are not the present terms.")
    await backend.store.do(lambda connection: accounts_table.accept_terms(connection, account.id, TERMS_VERSION, now))
    return TermsAccepted(version=TERMS_VERSION)


def leave_place(backend: Backend, session: Session) -> None:
    """Gives up the seat of a session, or its place in a lobby, at once."""
    place = session.place
    if place is None:
        return
    if place.is_waiting:
        place.ongoing.unseat_session(session)
    else:
        place.ongoing.apply(meeting.leave(place.ongoing.meeting, place.person, backend.now()))


async def forget(backend: Backend, session: Session) -> None:
    """The session belongs to nobody any more; rooms are told when the account is offline by that."""
    account, session.account, session.token = session.account, None, ""
    if account is not None and backend.hub.sign_out(session, account.id):
        await rooms.tell_presence(backend, account.id)


def _check_signed_out(session: Session) -> None:
    if session.account is not None:
        raise Refusal("already_in", "You are signed in already.")
    if session.place is not None:
        raise Refusal("already_in", "You are in a meeting as a guest. Please leave it first.")


async def _sign_in(backend: Backend, session: Session, account: Account, token: str = "") -> SignedIn:
    is_new, now = not token, backend.now()
    token = token or links.new_token(backend.server_id)
    mark = links.fingerprint(token)

    def work(connection: Connection) -> int:
        if is_new:
            accounts_table.add_token(connection, account.id, mark, now)
        return accounts_table.accepted_terms(connection, account.id)

    accepted = await backend.store.do(work)
    session.account, session.token = account, mark
    if backend.hub.sign_in(session, account.id):
        backend.chores.start(rooms.tell_presence(backend, account.id), "telling who is online")
    found = await rooms.rooms_of(backend, account.id)
    return SignedIn(account=account, token=token, accepted_terms=accepted, rooms=found)


RULES = (
    Rule(Hello, hello, needs="anyone"),
    Rule(SignUp, sign_up, needs="anyone"),
    Rule(SignIn, sign_in, needs="anyone"),
    Rule(SignInOwner, sign_in_owner, needs="anyone"),
    Rule(Resume, resume, needs="anyone"),
    Rule(SignOut, sign_out, needs="account"),
    Rule(AcceptTerms, accept_terms, needs="account"),
)
