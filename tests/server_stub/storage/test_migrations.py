"""A database of the first version, built as that version built it, is brought to the newest shape and loses nothing."""

import asyncio
import sqlite3

import pytest
from sqlalchemy import inspect, select

from app.wire.accounts import Resume, SignIn
from app.wire.rooms import JoinRoom, ListMessages, RoomChanged
from server_stub.account.passwords import Passwords
from server_stub.errors import StoreError
from server_stub.kernel import links
from server_stub.storage import accounts as accounts_table
from server_stub.storage import facts, migrations, shapes, tables
from server_stub.storage.store import Store
from tests.fakes.clock import START, FakeClock
from tests.fakes.server_client import CHEAP, running_server

SERVER, TOKEN, CODE, PASSWORD = "sfirst", "sfirst.token", "an-old-invitation-code", "correct horse battery"


def first_database(path, password_hash):
    """What a server of the first version left: two members, their room, a message, a meeting and its recap."""
    with sqlite3.connect(path) as database:
        database.executescript(shapes.FIRST)
        for table, *rows in (
            ("schema_version", (1,)),
            ("facts", ("server_id", SERVER), ("alive_at", repr(START))),
            (
                "accounts",
                ("a1", "ada@example.org", "Ada", "client", password_hash, START - 100),
                ("a2", "grace@example.org", "Grace", "freelancer", None, START - 90),
                ("a3", "eve@example.org", "Eve", "agency", password_hash, START - 80),
            ),
            ("tokens", (links.fingerprint(TOKEN), "a1", START - 100), (links.fingerprint("other"), "a1", START - 50)),
            ("terms", ("a1", 1, START - 99)),
            ("rooms", ("r1", "Website", "a1", START - 90)),
            ("members", ("r1", "a1", START - 90), ("r1", "a2", START - 80)),
            ("invitations", (links.fingerprint(CODE), "r1", "a1", START - 70, None, None)),
            ("meetings", ("v1", "r1", "Website", "code", "a1", "k", "ended", START - 60, START - 30, "")),
            ("recordings", ("v1", "v1", 1, START - 60, START - 30, "ready", "", START + 9, None)),
            (
                "messages",
                (1, "m1", "r1", "a1", "Ada", START - 60, "meeting", "Ada started a video meeting.", "meeting-v1", "v1"),
                (2, "m2", "r1", "a2", "Grace", START - 20, "text", "Hello", "k", None),
            ),
            ("chat_lines", (1, "c1", "v1", "a1", "Ada", START - 50, "Hi", "k")),
            ("consents", (1, "v1", "a1", "Ada", START - 60, 1, "started")),
        ):
            places = ", ".join("?" * len(rows[0]))
            database.executemany(f"INSERT INTO {table} VALUES ({places})", rows)
    database.close()


def hashed():
    async def tell():
        passwords = Passwords(CHEAP)
        try:
            return await passwords.hash(PASSWORD)
        finally:
            passwords.close()

    return asyncio.run(tell())


def rows_of(path):
    """{table: its rows as dictionaries}"""
    database = sqlite3.connect(path)
    database.row_factory = sqlite3.Row
    names = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    found = {name: [dict(row) for row in database.execute(f"SELECT * FROM {name}")] for name in names}
    database.close()
    return found


def shape_of(path):
    """Tables with their columns and indexes."""

    async def tell():
        store = Store(f"sqlite:///{path}")
        await store.open()

        def look(connection):
            inspector = inspect(connection)
            return {
                name: (
                    {
                        column["name"]: (str(column["type"]), column["nullable"])
                        for column in inspector.get_columns(name)
                    },
                    {index["name"]: (index["column_names"], index["unique"]) for index in inspector.get_indexes(name)},
                )
                for name in inspector.get_table_names()
            }

        try:
            return await store.do(look)
        finally:
            await store.close()

    return asyncio.run(tell())


def test_a_first_database_gets_the_newest_shape_and_keeps_every_row(tmp_path):
    path = tmp_path / "old.sqlite"
    first_database(path, "hash")
    before = rows_of(path)
    assert shape_of(path) == shape_of(tmp_path / "new.sqlite")
    after = rows_of(path)
    assert after["schema_version"] == [{"version": len(migrations.STEPS)}]
    for table, rows in before.items():
        if table != "schema_version":
            kept = [{name: row[name] for name in old} for old, row in zip(rows, after[table], strict=True)]
            assert kept == rows, table
    assert {row["id"] for row in after["tokens"]} & {""} == set()
    assert len({row["id"] for row in after["tokens"]}) == 2
    assert [row["is_deleted"] for row in after["messages"]] == [0, 0]


def test_a_server_goes_on_with_the_data_of_the_first_version(tmp_path):
    first_database(tmp_path / "parley.sqlite", hashed())

    async def tell():
        async with asyncio.timeout(30), running_server(tmp_path, clock=FakeClock(START + 60)) as server:
            client, other = await server.connect(), await server.connect()
            signed_in = await client.ask(Resume(token=TOKEN))
            assert (signed_in.account.name, signed_in.accepted_terms, signed_in.unread) == ("Ada", 1, {"r1": 1})
            (room,) = signed_in.rooms
            assert (room.owner, room.contract, [one.name for one in room.members]) == ("a1", "direct", ["Ada", "Grace"])
            listed = (await client.ask(ListMessages(room="r1"))).messages
            assert [(one.kind, one.text) for one in listed] == [
                ("meeting", "Ada started a video meeting."),
                ("text", "Hello"),
            ]
            assert (listed[0].meeting.id, listed[0].meeting.state, listed[0].meeting.recap) == ("v1", "ended", "ready")
            assert (await other.ask(SignIn(email="eve@example.org", password=PASSWORD))).account.id == "a3"
            assert isinstance(await other.ask(JoinRoom(code=CODE)), RoomChanged)

    asyncio.run(tell())


def test_sign_ins_of_the_first_version_count_from_when_the_server_was_last_alive(tmp_path):
    path = tmp_path / "parley.sqlite"
    first_database(path, "hash")

    async def tell():
        store = Store(f"sqlite:///{path}")
        await store.open()
        try:
            mark = links.fingerprint(TOKEN)
            for at, known in ((START + 179 * 86_400, True), (START + 181 * 86_400, False)):
                found = await store.do(lambda c, at=at: accounts_table.find_by_token(c, mark, at))
                assert (found is not None) is known
        finally:
            await store.close()

    asyncio.run(tell())


def test_an_invitation_of_the_first_version_ends_after_two_weeks_too(tmp_path):
    first_database(tmp_path / "parley.sqlite", hashed())

    async def tell():
        clock = FakeClock(START - 70 + 14 * 86_400)
        async with asyncio.timeout(30), running_server(tmp_path, clock=clock) as server:
            client = await server.connect()
            await client.ask(SignIn(email="eve@example.org", password=PASSWORD))
            assert await client.refused(JoinRoom(code=CODE)) == "bad_token"

    asyncio.run(tell())


def test_a_step_that_fails_leaves_the_database_as_it_was(tmp_path):
    path = tmp_path / "parley.sqlite"
    first_database(path, "hash")
    before = rows_of(path)

    def fail(connection):
        facts.write(connection, "half", "done")
        raise ZeroDivisionError

    async def tell():
        store = Store(f"sqlite:///{path}")
        await store.open()
        try:
            await store.do(lambda c: c.execute(tables.schema.update().values(version=1)))
            with pytest.raises(ZeroDivisionError):
                await store.do(lambda c: migrations.migrate(c, (*migrations.STEPS[:1], fail)))
            assert await store.do(lambda c: c.execute(select(tables.schema.c.version)).scalar_one()) == 1
            assert await store.do(lambda c: facts.read(c, "half")) is None
            with pytest.raises(StoreError, match="newer version"):
                await store.do(lambda c: migrations.migrate(c, ()))
        finally:
            await store.close()

    asyncio.run(tell())
    assert rows_of(path)["messages"][0]["text"] == before["messages"][0]["text"]
