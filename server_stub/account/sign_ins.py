"""Sign-ins: made, resumed, listed, and ended with everything that depends on them.

A sign-in is a secret token on somebody's device; it may have several connections. It ends by signing out, from another
device of the account, by a new password, by an administrator, or when nobody has used it for 180 days. Its connections
are told at once, and lose their seats.
"""

from __future__ import annotations

from collections.abc import Collection

from app.wire.accounts import (
    Access,
    Account,
    EndSignIn,
    ListSignIns,
    Resume,
    SignedIn,
    SignedOut,
    SignInInfo,
    SignInsListed,
    SignOut,
)
from app.wire.fields import Tell
from server_stub.call.calls import Calls
from server_stub.errors import Refusal
from server_stub.kernel import links
from server_stub.kernel.context import Context
from server_stub.kernel.requests import Rule
from server_stub.kernel.session import Session
from server_stub.room import gate, rooms
from server_stub.storage import Connection
from server_stub.storage import accounts as accounts_table
from server_stub.storage import gate as gate_table
from server_stub.storage import messages as messages_table
from server_stub.storage.accounts import NOTED_EVERY_S, SignInRow

#: Terms, access, rooms and unread messages of an account, as they are at one moment.
_FirstTold = tuple[int, Access, list[rooms.Snapshot], dict[str, int]]
TOO_MANY = "Too many tries. Please wait a few minutes."
ENDED = "You have been signed out. Please sign in again."
CLOSED = "This account has been closed by an administrator of this server."


def check_signed_out(session: Session) -> None:
    """Raises `Refusal` when somebody is signed in on a connection, or sits in a meeting as a guest."""
    if session.account is not None:
        raise Refusal("already_in", "You are signed in already.")
    if session.place is not None:
        raise Refusal("already_in", "You are in a meeting as a guest. Please leave it first.")


async def make(context: Context, session: Session, account: str, *, password_hash: str | None = None) -> str:
    """Makes a sign-in and returns its token.

    Args:
        context: the server.
        session: whose device it is for.
        account: its id.
        password_hash: what the password was checked against; None: another proof was given.

    Raises:
        Refusal: the account was closed, or has another password since.
    """
    token, now = links.new_token(context.server_id), context.now()
    row = SignInRow(
        fingerprint=links.fingerprint(token),
        account=account,
        id=links.new_id("d"),
        device=session.device,
        since=now,
        last_seen=now,
    )
    if not await context.store.do(lambda c: accounts_table.add_sign_in(c, row, password_hash=password_hash)):
        raise Refusal("bad_token", ENDED)
    return token


async def enter(context: Context, session: Session, account: Account, token: str) -> SignedIn:
    """The connection belongs to the account from now on; what it is told first.

    Raises:
        Refusal: the sign-in was ended meanwhile.
    """
    mark, now = links.fingerprint(token), context.now()
    # First, so that whoever ends this sign-in from here on finds the connection.
    session.account, session.token, session.noted_at = account, mark, context.tick()
    is_first = context.hub.sign_in(session, account.id)
    try:

        def look(connection: Connection) -> _FirstTold | None:
            if not accounts_table.living(connection, (mark,)):
                return None
            accounts_table.note_use(connection, mark, now)
            accepted = accounts_table.accepted_terms(connection, account.id)
            access = gate.access(gate_table.read(connection), account)
            unread = messages_table.unread(connection, account.id)
            return accepted, access, rooms.snapshots(connection, account.id), unread

        found = await context.store.do(look)
    except BaseException:
        await forget(context, session)
        raise
    # From here to the answer nothing is awaited: what changes later is told later.
    if found is None or session.account is None:
        await forget(context, session)
        raise Refusal("bad_token", ENDED)
    if is_first:
        context.chores.start(rooms.tell_presence(context, account.id), "telling who is online")
    accepted, access, shown, unread = found
    session.accepted_terms = accepted
    return SignedIn(
        account=account,
        token=token,
        accepted_terms=accepted,
        rooms=tuple(rooms.show(context, one) for one in shown),
        access=access,
        unread=unread,
    )


async def resume(context: Context, session: Session, ask: Resume) -> Tell:
    """Signs in with a token; the token stays the same."""
    check_signed_out(session)
    if not links.is_for(ask.token, context.server_id):
        raise Refusal("bad_token", "This sign-in belongs to another server.")
    account = await account_of(context, ask.token)
    if account is None:
        raise Refusal("bad_token", ENDED)
    return await enter(context, session, account, ask.token)


async def account_of(context: Context, token: str) -> Account | None:
    """Whom a token signs in now; None: it was ended, is too old, or the account is closed."""
    mark, now = links.fingerprint(token), context.now()
    return await context.store.do(lambda connection: accounts_table.find_by_token(connection, mark, now))


async def sign_out(context: Context, session: Session, ask: SignOut) -> Tell:
    """Ends the sign-in of the connection."""
    mark, account = session.token, session.signed_in
    await context.store.do(lambda connection: accounts_table.drop_token(connection, mark))
    _end_sessions(context, account.id, {mark}, asker=session)
    return SignedOut()


async def list_sign_ins(context: Context, session: Session, ask: ListSignIns) -> Tell:
    """Lists where the account is signed in."""
    return await _list(context, session)


async def end_sign_in(context: Context, session: Session, ask: EndSignIn) -> Tell:
    """Ends one sign-in of the account, perhaps one's own."""
    account = session.signed_in
    mark = await context.store.do(lambda connection: accounts_table.drop_sign_in(connection, account.id, ask.id))
    if mark is None:
        raise Refusal("not_found", "There is no such sign-in any more.")
    try:
        return await _list(context, session)
    finally:  # whatever becomes of the answer: its token is gone
        _end_sessions(context, account.id, {mark})


def sign_ins_ended(context: Context, account_id: str, *, but: str = "") -> None:
    """All tokens of an account are gone: ends its connections, and frees its seats.

    Args:
        context: the server.
        account_id: whose.
        but: fingerprint of the token that stays.
    """
    marks = {session.token for session in context.hub.of_account(account_id)} - {but}
    _end_sessions(context, account_id, marks)
    if not but:
        rooms.unseat(context, account_id)


async def check_tokens(context: Context) -> None:
    """Ends every connection whose sign-in is gone or whose account is closed, and frees the seats kept for such.

    For changes of the database that did not go through this server's requests.
    """
    used = {session.token: session.account.id for session in context.hub.sessions if session.account is not None}
    kept = {
        seat.person.id
        for ongoing in context.part(Calls).all()
        for seat in ongoing.meeting.seats.values()
        if not seat.person.is_guest and not context.hub.is_online(seat.person.id)
    }

    def look(connection: Connection) -> tuple[frozenset[str], frozenset[str]]:
        return accounts_table.living(connection, used), accounts_table.signed_in(connection, {*kept, *used.values()})

    living, signed_in = await context.store.do(look)
    gone: dict[str, set[str]] = {}
    for mark, account in used.items():
        if mark not in living:
            gone.setdefault(account, set()).add(mark)
    # Someone no longer signed in anywhere does not come back to their seat: the host's role is not kept for them.
    for account in {*kept, *gone} - signed_in:
        rooms.unseat(context, account)
    for account, marks in gone.items():
        _end_sessions(context, account, marks)


def note_use(context: Context, session: Session) -> None:
    """Keeps that a connection's sign-in is in use, once a minute."""
    if session.account is not None and context.tick() - session.noted_at >= NOTED_EVERY_S:
        _keep_use(context, session)


async def forget(context: Context, session: Session) -> None:
    """The session belongs to nobody any more; rooms are told when the account is offline by that."""
    if session.account is None:
        return
    if context.tick() - session.noted_at >= NOTED_EVERY_S:
        _keep_use(context, session)
    account, session.account, session.token = session.account, None, ""
    if context.hub.sign_out(session, account.id):
        await rooms.tell_presence(context, account.id)


def _end_sessions(context: Context, account: str, marks: Collection[str], *, asker: Session | None = None) -> None:
    """Ends the connections of some sign-ins of an account; the asker is told by the answer."""
    ended = [session for session in context.hub.of_account(account) if session.token in marks]
    for session in ended:
        if session.place is not None:
            session.place.leave(session)
        session.account, session.token = None, ""
        went = context.hub.sign_out(session, account)
        if session is not asker:
            session.tell(SignedOut())
        if went:
            context.chores.start(rooms.tell_presence(context, account), "telling who is offline")


async def _list(context: Context, session: Session) -> SignInsListed:
    account, now = session.signed_in, context.now()
    rows = await context.store.do(lambda connection: accounts_table.list_sign_ins(connection, account.id, now))
    online = {other.token for other in context.hub.of_account(account.id)}
    return SignInsListed(
        sign_ins=tuple(
            SignInInfo(
                id=row.id,
                device=row.device,
                since=row.since,
                last_seen=now if row.fingerprint in online else row.last_seen,
                is_this=row.fingerprint == session.token,
                is_online=row.fingerprint in online,
            )
            for row in rows
        )
    )


def _keep_use(context: Context, session: Session) -> None:
    session.noted_at = context.tick()
    mark, now = session.token, context.now()
    work = context.store.do(lambda connection: accounts_table.note_use(connection, mark, now))
    context.chores.start(work, "noting that a sign-in is in use")


RULES = (
    Rule(Resume, resume, needs="anyone"),
    Rule(SignOut, sign_out, needs="account"),
    Rule(ListSignIns, list_sign_ins, needs="account"),
    Rule(EndSignIn, end_sign_in, needs="account"),
)
