"""The gate: who may start and schedule meetings.

A percentage of the accounts, in buckets that never change; lists of accounts that may, or may not, in any case; and
kinds of account and of contract that are left out. It concerns starting alone: whoever is in a room joins its meetings
and reads their recaps.
"""

from __future__ import annotations

import hashlib

from app.wire.accounts import Access, AccessChanged, Account, AccountKind
from server_stub.errors import Refusal
from server_stub.kernel.context import Context
from server_stub.storage import Connection
from server_stub.storage import gate as gate_table
from server_stub.storage.gate import GateSettings

#: Ten thousand, so that one percent of few accounts is still about one percent.
BUCKETS = 10_000
#: The same on every server: an account keeps its place when its server's data moves.
_SALT = b"parley gate 1 "
STILL = " You can join the meetings that others start, and open their recaps."
NOT_YET = "Video meetings are being introduced step by step. Your account cannot start one yet." + STILL
DENIED = "An administrator has switched off starting meetings for your account." + STILL
NO_EXTERNAL = "This server does not offer meetings with another provider."


def bucket(account: str) -> int:
    """The place of an account, 0 to `BUCKETS` - 1: the same for ever."""
    return int.from_bytes(hashlib.sha256(_SALT + account.encode()).digest()[:8], "big") % BUCKETS


def decide(settings: GateSettings, account: str, kind: AccountKind) -> tuple[bool, str]:
    """Whether an account may start meetings, and in words why not.

    The first that says something counts: deny, allow, the kind of account, the percentage. As an account is in when its
    bucket lies below the percentage, raising that takes nothing away from anyone.
    """
    if account in settings.deny:
        return False, DENIED
    if account in settings.allow:
        return True, ""
    if kind in settings.excluded_kinds:
        return False, f"Starting meetings is not available to {kind} accounts yet." + STILL
    if bucket(account) * 100 >= settings.percentage * BUCKETS:
        return False, NOT_YET
    return True, ""


def access(settings: GateSettings, account: Account) -> Access:
    """What the gate says of an account, as its client is told."""
    may_start, words = decide(settings, account.id, account.kind)
    closed = settings.excluded_contracts
    return Access(
        may_start=may_start,
        words=words,
        closed_contracts=closed,
        contract_words=_contract_words(closed),
        offers_external=settings.offers_external,
    )


async def check_may_start(context: Context, account: Account, room: str) -> None:
    """Raises `Refusal` when an account may not start or schedule a meeting in a room."""

    def work(connection: Connection) -> tuple[GateSettings, bool]:
        settings = gate_table.read(connection)
        return settings, gate_table.contract_of(connection, room) in settings.excluded_contracts

    settings, is_closed = await context.store.do(work)
    found = access(settings, account)
    if not found.may_start:
        raise Refusal("gate_closed", found.words)
    if is_closed:
        raise Refusal("gate_closed", found.contract_words)


async def check_external(context: Context) -> None:
    """Raises `Refusal` when this server does not offer another provider's meetings."""
    if not (await context.store.do(gate_table.read)).offers_external:
        raise Refusal("gate_closed", NO_EXTERNAL)


def tell_changes(context: Context, before: GateSettings, after: GateSettings) -> None:
    """Tells everyone who is connected, and of whom the gate says something else now."""
    for session in tuple(context.hub.sessions):
        account = session.account
        if account is not None and (now := access(after, account)) != access(before, account):
            session.tell(AccessChanged(access=now))


def _contract_words(closed: tuple[str, ...]) -> str:
    if not closed:
        return ""
    kinds = " and ".join(closed)
    return f"Meetings cannot be started in {kinds} rooms yet." + STILL
