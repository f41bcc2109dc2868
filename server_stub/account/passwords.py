"""Passwords: hashed, checked, changed, and reset by a one-use code."""

from __future__ import annotations

import asyncio
import unicodedata
from concurrent.futures import ThreadPoolExecutor

import argon2

from app.wire import text
from app.wire.accounts import (
    Account,
    AskPasswordReset,
    ChangePassword,
    PasswordChanged,
    ResetAsked,
    ResetPassword,
)
from app.wire.addresses import is_address, read, same_key
from app.wire.fields import Tell
from server_stub.account import sign_ins
from server_stub.errors import Refusal
from server_stub.kernel import links
from server_stub.kernel.config import PasswordCost
from server_stub.kernel.context import Context
from server_stub.kernel.requests import Rule
from server_stub.kernel.session import Session
from server_stub.post import mail
from server_stub.storage import Connection
from server_stub.storage import accounts as accounts_table

#: A code for a new password is good for one hour; seconds.
RESET_LIFE_S = 3600.0
#: As the wire's `Password`; characters, after preparing.
SHORTEST, LONGEST = 8, 256
WRONG_OLD = "The old password is wrong."
BAD_CODE = "This code is not valid for this address, has been used, or has expired."
ADMIN = "An administrator of this server can give you a code."
ASKED = (
    "If there is an account with this address, a mail with a code is on its way. The code is good for one hour. "
    f"If no mail comes, {ADMIN[0].lower()}{ADMIN[1:]}"
)
_MAIL = """Somebody, probably you, asked for a new password for the Parley account with this address on {server}.

The code is: {code}

Open Parley, choose "Forgot your password?", and enter it there. It works once, within one hour.

If you did not ask for it, do nothing: your password does not change.
"""


class Passwords:
    """Hashes and checks passwords in two threads, so that the loop never waits for one."""

    def __init__(self, cost: PasswordCost) -> None:
        self._hasher = argon2.PasswordHasher(time_cost=cost.passes, memory_cost=cost.memory_kib, parallelism=cost.lanes)
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="passwords")
        self._decoy = ""

    async def hash(self, password: str) -> str:
        """The hash that is kept."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._hasher.hash, password)

    async def check(self, password: str, kept: str) -> str | None:
        """The spelling in which the password is the right one, None when it is not.

        As it is prepared, or else as it was typed, or as another keyboard types it: so older programs hashed it. Takes
        as long when there is no hash to compare with; longer only where the spellings differ.
        """
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._check, password, kept)

    def close(self) -> None:
        """Ends the threads."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _check(self, password: str, kept: str) -> str | None:
        prepared = text.password(password)
        spellings = dict.fromkeys((prepared, password, unicodedata.normalize("NFD", prepared)))
        return next((one for one in spellings if self._is_right(one, kept)), None)

    def _is_right(self, password: str, kept: str) -> bool:
        if not kept and not self._decoy:
            self._decoy = self._hasher.hash(links.new_code())
        try:
            return self._hasher.verify(kept or self._decoy, password) and bool(kept)
        except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
            return False


def prepare(password: str) -> str:
    """A new password as it is hashed: the same from every keyboard (`app.wire.text.password`).

    Raises:
        Refusal: it is too short or too long.
    """
    prepared = text.password(password)
    if not SHORTEST <= len(prepared) <= LONGEST:
        raise Refusal("malformed", f"A password has {SHORTEST} to {LONGEST} characters.")
    return prepared


async def keep_prepared(context: Context, kept: accounts_table.KeptAccount, right: str) -> str:
    """The hash of a password that was right; one of a keyboard's own spelling gives way to one for all keyboards."""
    if right == text.password(right):
        return kept.password_hash
    account, new = kept.account.id, await context.part(Passwords).hash(text.password(right))

    def work(connection: Connection) -> bool:
        return accounts_table.set_password(connection, account, new, old_hash=kept.password_hash)

    return new if await context.store.do(work) else kept.password_hash


async def check_tries(context: Context, session: Session, email: str) -> None:
    """Counts a try of a password; raises `Refusal` when there were too many for this account or from this address."""
    # All spellings of an address count as one, and so do those that only look like it.
    of_account = f"{session.network} {text.fold(same_key(email))}"
    of_network = await context.limiter.take("password from network", session.network)
    if not (of_network and await context.limiter.take("password of account", of_account)):
        raise Refusal("too_much", sign_ins.TOO_MANY)


async def change_password(context: Context, session: Session, ask: ChangePassword) -> Tell:
    """Sets another password for who knows the old one, and ends every other sign-in."""
    account, mark = session.signed_in, session.token
    if not account.email:
        raise Refusal("not_allowed", "This account has no password: this computer itself signs it in.")
    await check_tries(context, session, account.email)
    kept = await context.store.do(lambda connection: accounts_table.find_by_email(connection, account.email))
    old = kept.password_hash if kept else ""
    if await context.part(Passwords).check(ask.old, old) is None:
        raise Refusal("wrong_password", WRONG_OLD)
    new = await context.part(Passwords).hash(prepare(ask.new))

    def work(connection: Connection) -> bool:
        # Ended or changed by another device while the old one was checked: then this one counts for nothing.
        if not accounts_table.living(connection, (mark,)):
            return False
        is_set = accounts_table.set_password(connection, account.id, new, old_hash=old)
        if is_set:
            # A password is changed against whoever reads the mail and has asked for a code.
            accounts_table.drop_resets(connection, account.id)
            # In the same transaction: nobody who knew the old one stays signed in where the next write fails.
            accounts_table.drop_tokens(connection, account.id, but=mark)
        return is_set

    if not await context.store.do(work):
        raise Refusal("wrong_password", WRONG_OLD)
    sign_ins.sign_ins_ended(context, account.id, but=mark)
    return PasswordChanged()


async def ask_password_reset(context: Context, session: Session, ask: AskPasswordReset) -> Tell:
    """Mails a one-use code, if there is such an account; the answer is the same, and as quick, when there is none."""
    if not await context.limiter.take("reset from network", session.network):
        raise Refusal("too_much", sign_ins.TOO_MANY)
    if is_address(ask.email) and not await mail.takes(context, read(ask.email)):
        # Said of every such address, whether it has an account or not.
        raise Refusal("not_allowed", f"This server cannot mail a code there: {mail.NO_UTF8} before the @. {ADMIN}")
    context.chores.start(_mail_code(context, ask.email), "mailing a code for a new password")
    return ResetAsked(words=ASKED)


async def _mail_code(context: Context, email: str) -> None:
    kept = await context.store.do(lambda connection: accounts_table.find_by_email(connection, email))
    if kept is None or kept.is_closed or not await context.limiter.take("reset of account", kept.account.id):
        return
    code = await new_reset_code(context, kept.account)
    words = _MAIL.format(server=context.address.base_url, code=code)
    # To the address that is kept: what was typed may be another person's in a spelling that looks the same.
    to, subject = kept.account.email, "Your code for a new password"
    await mail.send(context, to=to, subject=subject, text=words, about=kept.account.id)


async def new_reset_code(context: Context, account: Account) -> str:
    """A one-use code by which its owner sets a new password within an hour; older codes are good no more."""
    code, expires_at = links.new_code(), context.now() + RESET_LIFE_S
    mark = links.fingerprint(code)
    await context.store.do(lambda connection: accounts_table.add_reset(connection, account.id, mark, expires_at))
    return code


async def reset_password(context: Context, session: Session, ask: ResetPassword) -> Tell:
    """Sets a password by a code, ends all sign-ins and signs in; takes as long when the code is wrong."""
    sign_ins.check_signed_out(session)
    await check_tries(context, session, ask.email)
    new, mark, now = (
        await context.part(Passwords).hash(prepare(ask.password)),
        links.fingerprint(ask.code.strip()),
        context.now(),
    )

    def work(connection: Connection) -> Account | None:
        account = accounts_table.use_reset(connection, ask.email, mark, now)
        if account is not None:
            accounts_table.set_password(connection, account.id, new)
            # In the same transaction: nobody signs in with the old password in between.
            accounts_table.drop_tokens(connection, account.id)
        return account

    account = await context.store.do(work)
    if account is None:
        raise Refusal("bad_token", BAD_CODE)
    sign_ins.sign_ins_ended(context, account.id)
    token = await sign_ins.make(context, session, account.id, password_hash=new)
    return await sign_ins.enter(context, session, account, token)


RULES = (
    Rule(ChangePassword, change_password, needs="account"),
    Rule(AskPasswordReset, ask_password_reset, needs="anyone"),
    Rule(ResetPassword, reset_password, needs="anyone"),
)
