"""Accounts: hello, signing up, signing in, and the terms."""

from __future__ import annotations

from app import __version__
from app.wire.accounts import (
    AcceptTerms,
    Account,
    Greeting,
    Hello,
    SignIn,
    SignInOwner,
    SignUp,
    TermsAccepted,
)
from app.wire.codec import PROTOCOL
from app.wire.fields import Tell
from app.wire.text import one_line
from server_stub.account import passwords, sign_ins
from server_stub.account.passwords import Passwords, check_tries
from server_stub.errors import Refusal
from server_stub.kernel import links, names
from server_stub.kernel.config import TERMS_VERSION
from server_stub.kernel.context import Context
from server_stub.kernel.hub import Asker
from server_stub.kernel.requests import Rule
from server_stub.kernel.session import Session
from server_stub.kernel.signing import Signer
from server_stub.post import mail
from server_stub.storage import Connection, facts
from server_stub.storage import accounts as accounts_table

WRONG = "E-mail address or password is wrong."
TOO_OLD = "Your Parley (version {client}) is too old for this server (version {server}). Please update Parley here."
TOO_NEW = (
    "Your Parley (version {client}) is newer than this server (version {server}). Ask who runs the server to update it."
)


async def hello(context: Context, session: Session, ask: Hello) -> Tell:
    """Says who we are; a client of another protocol is told both versions."""
    if ask.protocol != PROTOCOL:
        client = one_line(ask.version[:20]) or "unknown"
        # Versions of the program may be equal where only the protocol has changed: that one says who is older.
        todo = TOO_OLD if ask.protocol < PROTOCOL else TOO_NEW
        raise Refusal("other_version", todo.format(client=client, server=__version__))
    session.has_greeted = True
    session.device = one_line(ask.device)
    settings = context.settings
    owner = await context.store.do(lambda c: facts.read(c, "owner")) if settings.is_embedded else None
    return Greeting(
        version=__version__,
        protocol=PROTOCOL,
        server_id=context.server_id,
        is_embedded=settings.is_embedded,
        needs_owner=settings.is_embedded and owner is None,
        terms_version=TERMS_VERSION,
        notice_version=settings.notice_version,
        is_reachable=context.is_reachable,
        talks_to=(settings.mail.host,) if settings.mail else (),
        media_by=settings.ice.hosts if settings.ice else (),
        gestures_need_recording=settings.gestures_need_recording,
        language_model=settings.model_told,
        receipt_key=context.part(Signer).public_key,
    )


async def sign_up(context: Context, session: Session, ask: SignUp) -> Tell:
    """Creates an account and signs in."""
    sign_ins.check_signed_out(session)
    if not await context.limiter.take("sign-up", session.network):
        raise Refusal("too_much", sign_ins.TOO_MANY)
    name, password = names.clean(ask.name), passwords.prepare(ask.password)
    address = await mail.check_takes(context, ask.email)
    account = Account(id=links.new_id("a"), name=name, email=address.text, kind=ask.kind)
    kept, now = await context.part(Passwords).hash(password), context.now()
    if not await context.store.do(lambda connection: accounts_table.add(connection, account, kept, now)):
        raise Refusal("email_taken", "There is an account with this e-mail address already.")
    return await sign_ins.enter(context, session, account, await sign_ins.make(context, session, account.id))


async def sign_in(context: Context, session: Session, ask: SignIn) -> Tell:
    """Signs in with e-mail and password."""
    sign_ins.check_signed_out(session)
    await check_tries(context, session, ask.email)
    kept = await context.store.do(lambda connection: accounts_table.find_by_email(connection, ask.email))
    found = await context.part(Passwords).check(ask.password, kept.password_hash if kept else "")
    if found is None or kept is None:
        raise Refusal("wrong_password", WRONG)
    if kept.is_closed:  # said only to who knows the password
        raise Refusal("not_allowed", sign_ins.CLOSED)
    password_hash = await passwords.keep_prepared(context, kept, found)
    token = await sign_ins.make(context, session, kept.account.id, password_hash=password_hash)
    return await sign_ins.enter(context, session, kept.account, token)


async def sign_in_owner(context: Context, session: Session, ask: SignInOwner) -> Tell:
    """Signs in the user of an embedded server; the first time, their name makes the account."""
    sign_ins.check_signed_out(session)
    secret = context.settings.secret
    if not secret or not links.same(ask.secret, secret):
        raise Refusal("not_allowed", "This server has no such owner.")
    new_id, now = links.new_id("a"), context.now()

    def find(connection: Connection) -> Account | None:
        owner = facts.read(connection, "owner")
        return accounts_table.find(connection, owner) if owner else None

    account = await context.store.do(find)
    if account is None:
        first = Account(id=new_id, name=names.clean(ask.name), email="", kind="freelancer")

        def make(connection: Connection) -> Account:
            found = find(connection)
            if found is not None:
                return found
            accounts_table.add(connection, first, None, now)
            facts.write(connection, "owner", first.id)
            return first

        account = await context.store.do(make)
    return await sign_ins.enter(context, session, account, await sign_ins.make(context, session, account.id))


async def accept_terms(context: Context, session: Session, ask: AcceptTerms) -> Tell | None:
    """Keeps that the account accepted the terms: none of its devices asks again."""
    account, now = session.signed_in, context.now()
    if ask.version != TERMS_VERSION:
        raise Refusal("not_found", "These are not the current terms.")
    await context.store.do(lambda connection: accounts_table.accept_terms(connection, account.id, TERMS_VERSION, now))
    for one in context.hub.of_account(account.id):
        one.accepted_terms = TERMS_VERSION
    context.hub.tell_accounts((account.id,), TermsAccepted(version=TERMS_VERSION), Asker(session, ask.request))
    return None


RULES = (
    Rule(Hello, hello, needs="anyone"),
    Rule(SignUp, sign_up, needs="anyone"),
    Rule(SignIn, sign_in, needs="anyone"),
    Rule(SignInOwner, sign_in_owner, needs="anyone"),
    Rule(AcceptTerms, accept_terms, needs="account"),
)
