"""Taking a database along: a consistent copy of one that is in use, and one server's data put into another's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, func, insert, select
from sqlalchemy.exc import SQLAlchemyError

from app.wire.addresses import same_key
from app.wire.errors import WireError
from server_stub.errors import StoreError
from server_stub.storage import audit, facts, foreign, sqlite, tables
from server_stub.storage import meetings as meetings_table
from server_stub.storage.accounts import by_email as by_email_row
from server_stub.storage.migrations import NEWER, STEPS, UNREADABLE, migrate
from server_stub.storage.store import engine_of

Row = dict[str, Any]
UNFIT = "The backup contains something that no Parley server writes, or that does not fit what is on this server."
_RECORDINGS = "SELECT id FROM recordings"


@dataclass(slots=True)
class Merged:
    """What an import brought: rows by table, and the recordings whose files belong to it."""

    added: dict[str, int] = field(default_factory=dict)
    #: Accounts that were there already, the owner's included.
    matched: int = 0
    recordings: frozenset[str] = frozenset()


def snapshot(database: Path, copy: Path) -> frozenset[str]:
    """Copies a database as it is at one moment, also while a server writes to it; returns the ids of its recordings.

    Raises:
        StoreError: it is no database, it is damaged, or the disk is full.
    """
    sqlite.copy(database, copy)
    return frozenset(sqlite.read(copy, _RECORDINGS))


def version_of(database: Path) -> int:
    """The shape of a database that is whole.

    Raises:
        StoreError: it is damaged, or newer than this program.
    """
    sqlite.check(database)
    recordings, versions = (
        sqlite.read(database, _RECORDINGS),
        sqlite.read(database, "SELECT version FROM schema_version"),
    )
    # Each is a folder's name for whoever plays a recap or deletes one.
    if len(versions) != 1 or not isinstance(versions[0], int) or not all(map(foreign.is_folder, recordings)):
        raise StoreError(sqlite.DAMAGED)
    if versions[0] > len(STEPS):
        raise StoreError(NEWER)
    return versions[0]


def merge(
    source: Path, target: Path, *, owner_email: str, at: float, carry: Callable[[frozenset[str]], None]
) -> Merged:
    """Puts the data of one server into another's; what is there already stays as it is.

    Args:
        source: a copy, which is brought to the newest shape.
        target: the other server's database; it does not run.
        owner_email: of the account in the target that the source's owner becomes.
        at: now.
        carry: called with the ids of the recordings that are new, before anything is kept: puts their files in place.

    Raises:
        StoreError: there is no such account, or a database is newer than this program, holds what does not fit, or
            cannot be written.
    """
    source_engine, target_engine = (engine_of(sqlite.url_of(path)) for path in (source, target))
    try:
        with source_engine.begin() as left:
            migrate(left)
            _end_what_ran(left)
        with source_engine.connect() as left, target_engine.begin() as right:
            migrate(right)
            return _Merge(left, right, owner_email).run(at, carry)
    except (SQLAlchemyError, WireError, ValueError, TypeError, LookupError, AttributeError) as error:
        refused = sqlite.what_was_in_the_way(error)
        raise StoreError(f"The database cannot be used: {refused}." if refused else UNFIT) from error
    finally:
        source_engine.dispose()
        target_engine.dispose()


def _end_what_ran(connection: Connection) -> None:
    """A backup of a running server has meetings that never ended in it."""
    alive_at = float(facts.read(connection, "alive_at") or 0.0)
    for row in meetings_table.ongoing(connection):
        meetings_table.end(connection, row.id, max(alive_at, row.started_at), "The data was moved during this meeting.")


class _Merge:
    """One import: accounts first, then everything that names them."""

    def __init__(self, left: Connection, right: Connection, owner_email: str) -> None:
        self._left, self._right = left, right
        self._merged = Merged()
        self._accounts = self._map_accounts(owner_email)
        self._numbers: dict[int, int] = {}

    def run(self, at: float, carry: Callable[[frozenset[str]], None]) -> Merged:
        """Copies table after table; nothing is kept unless all is."""
        known = frozenset(self._right.execute(select(tables.recordings.c.id)).scalars())
        there = frozenset(self._right.execute(select(tables.meetings.c.id)).scalars())
        rooms = frozenset(self._right.execute(select(tables.rooms.c.id)).scalars())
        ours, meetings = self._own_rooms(), self._own_meetings()
        found = self._left.execute(select(tables.recordings.c.id, tables.recordings.c.meeting))
        fresh = frozenset(row.id for row in found if row.meeting in meetings and foreign.is_folder(row.id)) - known

        def is_ours(row: Row) -> bool:
            return row["room"] in ours

        def is_new(row: Row) -> bool:
            return row["room"] in ours and row["room"] not in rooms

        carry(fresh)
        self._copy(tables.rooms, ("id",), maps=("created_by", "owner"), where=lambda row: row["id"] in ours)
        # Who has left a room that is here already, or was taken out of it, does not come back by a second import.
        members = ("room", "account")
        self._copy(tables.members, members, maps=("account",), where=is_new)
        self._copy(tables.schedules, ("id",), maps=("by",), where=is_ours)
        self._copy(tables.meetings, ("id",), maps=("starter",), where=lambda row: row["id"] in meetings)
        self._copy(tables.recordings, ("id",), change=_with_body, where=lambda row: row["id"] in fresh)
        self._copy_recaps(fresh)
        self._copy(tables.messages, ("id",), maps=("author",), where=is_ours)
        # What went with a recording or meeting that is here already must not come back without it.
        chat = ("id",)
        self._copy(tables.chat_lines, chat, maps=("author",), where=lambda row: row["meeting"] in meetings - there)
        consents = ("recording", "person", "at")
        self._copy(tables.consents, consents, maps=("person",), where=lambda row: row["recording"] in fresh)
        self._copy(tables.deletions, ("recording",), maps=("by",), where=lambda row: row["recording"] in fresh)
        reads = ("account", "room")
        self._copy(tables.reads, reads, maps=("account",), change=self._change_read, where=is_new)
        self._merged.recordings = fresh
        if any(self._merged.added.values()):
            words = ", ".join(f"{count} {name}" for name, count in self._merged.added.items() if count)
            audit.note(self._right, at, "admin", "data.imported", self._source_id(), words)
        return self._merged

    def _copy_recaps(self, fresh: frozenset[str]) -> None:
        """The recaps of the recordings that are new, with all that rests on them."""
        query = select(tables.recaps.c.id).where(tables.recaps.c.recording.in_(fresh))
        recaps = frozenset(self._left.execute(query).scalars())
        recaps -= frozenset(self._right.execute(select(tables.recaps.c.id)).scalars())

        def is_theirs(row: Row) -> bool:
            return row["recap"] in recaps

        self._copy(tables.recaps, ("id",), where=lambda row: row["id"] in recaps)
        self._copy(tables.recap_people, ("recap", "place"), maps=("person",), where=is_theirs)
        self._copy(tables.utterances, ("id",), maps=("person",), where=is_theirs)
        claims: set[str] = set()
        for table, maps in (
            (tables.recap_sentences, ()),
            (tables.action_items, ("owner",)),
            (tables.highlights, ()),
            (tables.recap_checks, ()),
        ):
            self._copy(table, ("id",), maps=maps, where=is_theirs)
            claims.update(self._left.execute(select(table.c.id).where(table.c.recap.in_(recaps))).scalars())
        self._copy(tables.evidence, ("claim", "place"), where=lambda row: row["claim"] in claims)

    def _source_id(self) -> str:
        """The id of the source, if it is one: it goes into the log."""
        found = facts.read(self._left, "server_id") or ""
        return found if foreign.is_folder(found) else ""

    def _own_rooms(self) -> frozenset[str]:
        """The rooms of the source: those that the target has not, or has from it.

        Everyone in a room knows its id; when it was made, to the microsecond, no client is told.
        """
        rooms = tables.rooms
        query = select(rooms.c.id, rooms.c.created_by, rooms.c.created_at)
        there = {row.id: (row.created_by, row.created_at) for row in self._right.execute(query)}
        made = {
            row.id: (self._accounts.get(row.created_by, row.created_by), row.created_at)
            for row in self._left.execute(query)
        }
        return frozenset(name for name, mark in made.items() if there.get(name, mark) == mark)

    def _own_meetings(self) -> frozenset[str]:
        """The meetings of these rooms, but for what is a meeting of another room in the target."""
        ours, query = self._own_rooms(), select(tables.meetings.c.id, tables.meetings.c.room)
        there = {row.id: row.room for row in self._right.execute(query)}
        found = self._left.execute(query)
        return frozenset(row.id for row in found if row.room in ours and there.get(row.id, row.room) == row.room)

    def _map_accounts(self, owner_email: str) -> dict[str, str]:
        """Which account of the source is which in the target; those that are missing are added, without a password."""
        accounts, added = tables.accounts, 0
        there = self._right.execute(select(accounts.c.id, accounts.c.email, accounts.c.email_key)).all()
        # By any spelling, unless the very one is there as well: then both accounts go on being two.
        by_email = {row.email_key: row.id for row in there if row.email_key} | {row.email: row.id for row in there}
        ids = {row.id for row in there}
        owner = facts.read(self._left, "owner")
        known = by_email_row(self._right, owner_email) if owner is not None else None
        if owner is not None and known is None:
            raise StoreError(f"This server has no account with the address {owner_email}. Please create it first.")
        mapped: dict[str, str] = {}
        for row in self._left.execute(select(accounts).order_by(accounts.c.created_at)).mappings():
            if row["id"] == owner and known is not None:
                mapped[row["id"]] = known.id
                continue
            # The key that the source holds is not believed; without one the account is found by its spelling alone.
            key = same_key(row["email"]) if row["email"] and row["email_key"] else None
            found = by_email.get(row["email"] or "") or by_email.get(key or "")
            if found := found or (row["id"] if row["id"] in ids else None):
                mapped[row["id"]] = found
                continue
            foreign.check(accounts, {**row})
            self._right.execute(insert(accounts).values({**row, "email_key": key, "password_hash": None}))
            mapped[row["id"]] = row["id"]
            added += 1
        self._merged.added["accounts"] = added
        self._merged.matched = len(mapped) - added
        return mapped

    def _copy(
        self,
        table: Table,
        key: tuple[str, ...],
        *,
        maps: tuple[str, ...] = (),
        change: Callable[[Row], Row | None] = lambda row: row,
        where: Callable[[Row], bool] = lambda row: True,
    ) -> None:
        """Copies the rows of a table that the target has not; `maps` names the columns that hold accounts."""
        self._merged.added[table.name] = 0
        is_numbered = "number" in table.c and table.c["number"].primary_key
        for found in self._left.execute(select(table).order_by(*table.primary_key.columns)).mappings():
            row: Row | None = dict(found)
            if not where(found):  # type: ignore[arg-type]
                continue
            assert row is not None
            for column in maps:
                row[column] = self._accounts.get(row[column], row[column])
            number = row.pop("number") if is_numbered else None
            same = self._right.execute(select(table).where(*(table.c[name] == row[name] for name in key))).first()
            if same is None:
                row = change(row)
                if row is None:
                    continue
                foreign.check(table, row)
                placed = self._right.execute(insert(table).values(row))
                self._merged.added[table.name] += 1
                if table is tables.messages and number is not None:
                    self._numbers[number] = (placed.inserted_primary_key or (0,))[0]
            elif table is tables.messages and number is not None:
                self._numbers[number] = same.number

    def _change_read(self, row: Row) -> Row | None:
        """Messages are numbered anew: what was read is the newest that had at most this number."""
        rooms = tables.messages
        newest = select(func.max(rooms.c.number)).where(rooms.c.room == row["room"], rooms.c.number <= row["number"])
        found: int | None = self._left.execute(newest).scalar()
        return None if found is None or found not in self._numbers else {**row, "number": self._numbers[found]}


def _with_body(row: Row) -> Row:
    """What an older version kept and nobody can read comes along unread; the recap is made again from its recording."""
    if row["body"] is None:
        return row
    if row["recap"] not in ("failed", "generating"):
        raise ValueError("a recap that is none")
    # The one who was making it again has stayed behind.
    return {**row, "recap": "failed", "recap_words": UNREADABLE}
