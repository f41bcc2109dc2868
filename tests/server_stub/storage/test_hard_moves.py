"""Data of the version before is moved where a disk is full, an earlier try broke off, or rows are damaged."""

import asyncio
import json
import sqlite3
from contextlib import closing

import pytest
from sqlalchemy.exc import OperationalError

from app.wire.accounts import SignIn
from app.wire.recap import OpenRecap, RecapReady
from server_stub.storage import migrations, sqlite
from server_stub.storage.store import engine_of
from tests.fakes.clock import FakeClock
from tests.fakes.server_client import running_server
from tests.patience import PATIENCE_S
from tests.people import GRACE, PASSWORD
from tests.server_stub.storage.old_data import old_folder
from tests.server_stub.storage.test_version_4 import MEETING

#: Pages of 4 kB beyond what the database has.
ENOUGH = 1_000


def change(data, statement, *values):
    with closing(sqlite3.connect(data / sqlite.FILE)) as connection, connection:
        connection.execute(statement, values)


def read(data, query):
    return sqlite.read(data / sqlite.FILE, query)


def dump(data):
    with closing(sqlite3.connect(data / sqlite.FILE)) as connection:
        return list(connection.iterdump())


def move(data, more_pages=ENOUGH):
    """Brings the database to the newest shape where the disk has room for so many pages more."""
    engine = engine_of(sqlite.url_of(data / sqlite.FILE))
    try:
        with engine.begin() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
            connection.exec_driver_sql(f"PRAGMA max_page_count={pages + more_pages}")
            migrations.migrate(connection)
    finally:
        engine.dispose()


def with_long_recaps(data, count=4):
    """More recaps, each of 2,000 utterances."""
    (text,) = read(data, f"SELECT body FROM recordings WHERE id = '{MEETING}'")
    body = json.loads(text)
    said = body["recap"]["transcript"]
    said += [{**said[0], "id": f"x{number}", "text": "so this is what was said " * 4} for number in range(2_000)]
    with closing(sqlite3.connect(data / sqlite.FILE)) as connection, connection:
        names = [row[1] for row in connection.execute("PRAGMA table_info(recordings)")]
        values = {"id": "?", "meeting": "?", "body": "?"}
        columns = ", ".join(values.get(name, name) for name in names)
        for number in range(count):
            mine = {"id": f"v{number}", "meeting": f"v{number}", "body": json.dumps(body).encode()}
            connection.execute(
                f"INSERT INTO recordings SELECT {columns} FROM recordings WHERE id = '{MEETING}'",
                [mine[name] for name in names if name in mine],
            )


@pytest.mark.parametrize("more_pages", [0, 20, 60, 100, 150, 300])
def test_a_disk_that_is_full_ends_the_move_and_leaves_all_as_it_was(tmp_path, more_pages):
    data = old_folder(tmp_path / "data")
    with_long_recaps(data)
    before = dump(data)
    with pytest.raises(OperationalError) as caught:
        move(data, more_pages)
    assert sqlite.what_was_in_the_way(caught.value) == "database or disk is full"
    assert dump(data) == before
    move(data)
    assert read(data, "SELECT version FROM schema_version") == [len(migrations.STEPS)]
    assert read(data, "SELECT id FROM recordings WHERE body IS NOT NULL") == []
    assert len(read(data, "SELECT id FROM recaps")) == 6


def test_what_a_move_that_broke_off_has_left_is_not_in_the_way(tmp_path):
    data = old_folder(tmp_path / "data")
    change(data, "CREATE TABLE recaps (id VARCHAR NOT NULL, recording VARCHAR NOT NULL, version INTEGER NOT NULL)")
    change(data, "INSERT INTO recaps VALUES ('k1', ?, 1)", MEETING)
    move(data)
    assert sorted(read(data, f"SELECT version FROM recaps WHERE recording = '{MEETING}'")) == [1, 2]
    assert "k1" not in read(data, "SELECT id FROM recaps")


DEEP = b'{"recap": {"x": ' + b"[" * 100_000


@pytest.mark.logs_warnings
@pytest.mark.parametrize(
    ("damage", "left"),
    [
        ("CAST('no json' AS TEXT)", b"no json"),
        ("CAST(x'ff' AS TEXT)", b"\xff"),
        ("5", b"5"),
        ("9223372036854775807", b"9223372036854775807"),
        ("1.5", b"1.5"),
        (f"x'{DEEP.hex()}'", DEEP),
    ],
    ids=["text", "no UTF-8", "number", "huge number", "fraction", "deep"],
)
def test_whatever_a_damaged_row_holds_the_others_are_moved(tmp_path, damage, left):
    data = old_folder(tmp_path / "data")
    with_long_recaps(data, 1)
    change(data, f"UPDATE recordings SET body = {damage} WHERE id = ?", MEETING)
    move(data)
    assert read(data, "SELECT id FROM recordings WHERE body IS NOT NULL") == [MEETING]
    assert read(data, "SELECT body FROM recordings WHERE body IS NOT NULL") == [left]
    assert read(data, f"SELECT recap || film FROM recordings WHERE id = '{MEETING}'") == ["failednone"]
    assert read(data, "SELECT recording FROM recaps WHERE recording = 'v0'") == ["v0"]


def test_a_recap_that_lies_there_as_text_is_moved_like_any_other(tmp_path):
    data = old_folder(tmp_path / "data")
    change(data, "UPDATE recordings SET body = CAST(body AS TEXT) WHERE id = ?", MEETING)
    move(data)
    assert sorted(read(data, f"SELECT version FROM recaps WHERE recording = '{MEETING}'")) == [1, 2]


@pytest.mark.logs_warnings
def test_a_damaged_recap_loses_nothing_of_what_it_was_before(tmp_path):
    data = old_folder(tmp_path / "data")
    change(data, "UPDATE recordings SET body = x'7b7d' WHERE id = ?", MEETING)

    async def tell():
        async with asyncio.timeout(PATIENCE_S), running_server(data, clock=FakeClock()) as server:
            client = await server.connect()
            await client.ask(SignIn(email=GRACE["email"], password=PASSWORD))
            assert (await client.ask(OpenRecap(meeting=MEETING))).recap is None
            server.maker.may_remake.set()
            await client.expect(RecapReady, lambda tell: tell.meeting.id != MEETING)
            opened = await client.ask(OpenRecap(meeting=MEETING))
            while opened.recap is None:
                opened = await client.ask(OpenRecap(meeting=MEETING))
            assert [one.engine for one in opened.earlier] == ["pocketsphinx"]
            earlier = await client.ask(OpenRecap(meeting=MEETING, version=opened.earlier[0].number))
            assert earlier.recap.transcript

    asyncio.run(tell())
