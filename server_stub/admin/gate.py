"""`admin gate`: who may start meetings."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable
from typing import TypeVar

import msgspec

from server_stub.admin.accounts import the_account
from server_stub.admin.answers import Answer
from server_stub.room import gate
from server_stub.storage import Connection, administration, audit
from server_stub.storage import gate as gate_table
from server_stub.storage.gate import GateSettings

Text = TypeVar("Text", bound=str)


def show(connection: Connection, options: Namespace, now: float) -> Answer:
    """Shows what it is set to."""
    return _answer(connection, gate_table.read(connection))


def change(connection: Connection, options: Namespace, now: float) -> Answer:
    """Sets what was named, and leaves the rest."""
    before = gate_table.read(connection)
    allow, deny, clear = (_ids(connection, which) for which in (options.allow, options.deny, options.clear))
    # Who is put on one list is no longer on the other.
    after = GateSettings(
        percentage=before.percentage if options.percentage is None else options.percentage,
        allow=_without((*before.allow, *allow), (*deny, *clear)),
        deny=_without((*before.deny, *deny), (*allow, *clear)),
        excluded_kinds=_without((*before.excluded_kinds, *options.exclude_kind), options.include_kind),
        excluded_contracts=_without((*before.excluded_contracts, *options.exclude_contract), options.include_contract),
        offers_external=before.offers_external if options.external is None else options.external == "on",
    )
    if after != before:
        gate_table.write(connection, after)
        audit.note(connection, now, "admin", "gate.set", "gate", msgspec.json.encode(after).decode())
    return _answer(connection, after)


def _ids(connection: Connection, which: Iterable[str]) -> tuple[str, ...]:
    return tuple(the_account(connection, one).id for one in which)


def _without(values: Iterable[Text], gone: Iterable[str]) -> tuple[Text, ...]:
    left = set(gone)
    return tuple(value for value in dict.fromkeys(values) if value not in left)


def _answer(connection: Connection, settings: GateSettings) -> Answer:
    accounts = administration.list_accounts(connection)
    may = sum(gate.decide(settings, account.id, account.kind)[0] for account in accounts)
    return Answer(
        record={
            "percentage": settings.percentage,
            "allow": list(settings.allow),
            "deny": list(settings.deny),
            "excluded_kinds": list(settings.excluded_kinds),
            "excluded_contracts": list(settings.excluded_contracts),
            "external": "on" if settings.offers_external else "off",
            "accounts_that_may_start": f"{may} of {len(accounts)}",
        }
    )
