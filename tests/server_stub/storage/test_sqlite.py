"""What only SQLite promises."""

import asyncio
import sqlite3

import pytest

from server_stub.errors import StoreError
from server_stub.storage import facts, sqlite
from server_stub.storage.store import Store, transaction


def in_store(path, story):
    async def tell():
        store = Store(sqlite.url_of(path))
        await store.open()
        try:
            return await story(store)
        finally:
            await store.close()

    return asyncio.run(tell())


def test_messages_are_flushed_to_disk_before_they_are_told(tmp_path):
    async def tell(store):
        def pragmas(connection):
            return [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous")]

        assert await store.do(pragmas) == ["wal", 2]

    in_store(tmp_path / "test.sqlite", tell)


def test_what_another_process_writes_is_noticed_and_ones_own_is_not(tmp_path):
    path = tmp_path / "test.sqlite"

    async def tell(store):
        before = await store.do(sqlite.changes_of_others)
        await store.do(lambda connection: facts.write(connection, "mine", "1"))
        assert await store.do(sqlite.changes_of_others) == before
        with transaction(sqlite.url_of(path)) as connection:
            facts.write(connection, "theirs", "1")
        assert await store.do(sqlite.changes_of_others) != before

    in_store(path, tell)


def test_a_copy_of_a_database_in_use_is_whole(tmp_path):
    async def tell(store):
        await store.do(lambda connection: facts.write(connection, "name", "kept"))
        sqlite.copy(tmp_path / "test.sqlite", tmp_path / "copy.sqlite")

    in_store(tmp_path / "test.sqlite", tell)
    sqlite.check(tmp_path / "copy.sqlite")
    assert sqlite.read(tmp_path / "copy.sqlite", "SELECT value FROM facts WHERE name = 'name'") == ["kept"]


@pytest.mark.parametrize("content", [b"", b"this is no database " * 100, b"SQLite format 3\0" + b"\1" * 5000])
def test_what_is_no_database_is_said_in_words(tmp_path, content):
    path = tmp_path / "test.sqlite"
    path.write_bytes(content)
    with pytest.raises(StoreError, match="damaged"):
        sqlite.read(path, "SELECT version FROM schema_version")


def test_what_is_no_database_is_not_copied(tmp_path):
    (tmp_path / "test.sqlite").write_bytes(b"this is no database " * 100)
    with pytest.raises(StoreError, match="cannot be copied"):
        sqlite.copy(tmp_path / "test.sqlite", tmp_path / "copy.sqlite")


def test_a_damaged_page_is_found(tmp_path):
    path = tmp_path / "test.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE facts (name TEXT)")
        connection.executemany("INSERT INTO facts VALUES (?)", [("x" * 500,)] * 200)
    connection.close()
    data = bytearray(path.read_bytes())
    data[8192:8300] = b"\xff" * 108
    path.write_bytes(data)
    with pytest.raises(StoreError, match="damaged"):
        sqlite.check(path)
