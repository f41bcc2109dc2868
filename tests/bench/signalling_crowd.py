"""A team's worth of accounts, rooms and sign-ins, written straight into a server's database before it starts."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, insert

from server_stub.kernel import links
from server_stub.kernel.config import TERMS_VERSION
from server_stub.storage import facts, tables
from server_stub.storage.store import Store

#: Any moment before the bench.
_AT = 1_790_000_000.0


@dataclass(frozen=True, slots=True)
class Someone:
    """An account, its token, and the room it belongs to."""

    account: str
    token: str
    room: str


def write(data: Path, meetings: int, people: int) -> list[Someone]:
    """Fills the database of a server that does not run; returns everybody, room after room.

    Args:
        data: the server's data folder; made where it is missing.
        meetings: how many rooms.
        people: members of each.
    """
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    return asyncio.run(_write(data, meetings, people))


async def _write(data: Path, meetings: int, people: int) -> list[Someone]:
    store = Store(f"sqlite:///{data / 'parley.sqlite'}")
    await store.open()
    server_id = links.new_id("s")
    crowd = [
        Someone(links.new_id("a"), links.new_token(server_id), room)
        for room in (links.new_id("r") for _ in range(meetings))
        for _ in range(people)
    ]

    def work(connection: Connection) -> None:
        facts.write(connection, "server_id", server_id)
        rooms = {one.room: one.account for one in reversed(crowd)}
        connection.execute(
            insert(tables.rooms),
            [{"id": room, "name": "Bench", "created_by": by, "created_at": _AT} for room, by in rooms.items()],
        )
        connection.execute(
            insert(tables.accounts),
            [
                {"id": one.account, "email": f"{one.account}@bench.test", "name": f"Person {number}", "kind": "client",
                 "created_at": _AT}
                for number, one in enumerate(crowd)
            ],
        )  # fmt: skip
        connection.execute(
            insert(tables.members),
            [{"room": one.room, "account": one.account, "since": _AT + number} for number, one in enumerate(crowd)],
        )
        connection.execute(
            insert(tables.tokens),
            [
                {"fingerprint": links.fingerprint(one.token), "account": one.account, "created_at": _AT,
                 "id": links.new_id("n"), "last_seen": 4e9}
                for one in crowd
            ],
        )  # fmt: skip
        connection.execute(
            insert(tables.terms), [{"account": one.account, "version": TERMS_VERSION, "at": _AT} for one in crowd]
        )

    await store.do(work)
    await store.close()
    return crowd
