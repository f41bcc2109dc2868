"""What the gate is set to, and what it needs to know of a room."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection, select

from app.wire.accounts import AccountKind
from app.wire.rooms import ContractKind
from server_stub.storage import facts
from server_stub.storage.tables import rooms

_FACT = "gate"


class GateSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Who may start meetings. Everyone, unless an administrator says otherwise."""

    #: Of all accounts, in whole percent.
    percentage: int = 100
    #: Account ids that may in any case, and those that may in no case; deny wins.
    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()
    excluded_kinds: tuple[AccountKind, ...] = ()
    excluded_contracts: tuple[ContractKind, ...] = ()
    #: Whether links of another provider may be posted and scheduled.
    offers_external: bool = True


def read(connection: Connection) -> GateSettings:
    """The settings; those of a new server when none were kept."""
    kept = facts.read(connection, _FACT)
    return msgspec.json.decode(kept, type=GateSettings) if kept else GateSettings()


def write(connection: Connection, settings: GateSettings) -> None:
    """Keeps the settings."""
    facts.write(connection, _FACT, msgspec.json.encode(settings).decode())


def contract_of(connection: Connection, room: str) -> ContractKind:
    """The kind of contract of a room; of one that does not exist, the ordinary kind."""
    found: ContractKind | None = connection.execute(select(rooms.c.contract).where(rooms.c.id == room)).scalar()
    return found or "direct"
