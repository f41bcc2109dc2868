"""The data of the version before, made by that version (`tests/data/version_4`): opened, moved, read, restored."""

import asyncio
import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from app.wire.accounts import SignIn
from app.wire.codec import encode
from app.wire.recap import ListRecaps, OpenRecap, RecapReady
from app.wire.rooms import MeetingChanged
from server_stub.admin import backup as files
from server_stub.storage import migrations, recap_v0, shapes, sqlite, tables
from server_stub.storage.store import engine_of
from tests.fakes.clock import FakeClock
from tests.fakes.server_client import running_server
from tests.patience import PATIENCE_S
from tests.people import GRACE, PASSWORD
from tests.server_stub.storage.old_data import OLD, old_folder

SEEN = json.loads((OLD / "seen.json").read_text(encoding="utf-8"))
MEETING = SEEN["meeting"]


def with_server(data, story):
    async def tell():
        async with asyncio.timeout(PATIENCE_S), running_server(data, clock=FakeClock()) as server:
            client = await server.connect()
            await client.ask(SignIn(email=GRACE["email"], password=PASSWORD))
            return await story(server, client)

    return asyncio.run(tell())


async def recap_seen(client, version=0):
    """The recap and its versions, as the client was told; the card holds addresses that change."""
    opened = json.loads(encode(await client.ask(OpenRecap(meeting=MEETING, version=version))))
    return {name: opened[name] for name in ("recap", "version", "is_remade")}, opened["earlier"]


def expected(version):
    told = SEEN["seen"][version]
    for sentence in told["recap"]["summary"]:
        sentence["topic"] = ""  # nobody named one then
    told["recap"]["checks"] = []
    return {name: told[name] for name in ("recap", "version", "is_remade")}, told["earlier"]


async def sees_what_was_there(server, client):
    for version in (0, 1):
        assert await recap_seen(client, version) == expected(version)
    listed = (await client.ask(ListRecaps(room=SEEN["room"]))).meetings
    assert {one.id for one in listed} == {MEETING, SEEN["failed"]}
    server.maker.may_remake.set()
    assert (await client.expect(RecapReady)).meeting.id == SEEN["failed"]


def test_r61_old_recaps_and_their_versions_read_as_before(tmp_path):
    with_server(old_folder(tmp_path / "data"), sees_what_was_there)


def test_a_backup_of_the_version_before_restores_and_reads_as_before(tmp_path):
    """The file is as that version wrote it, but for who wrote it: its database says what it is."""
    data = old_folder(tmp_path / "data")
    files.backup(data, tmp_path / "old.tar")
    assert sqlite.read(data / sqlite.FILE, "SELECT version FROM schema_version") == [4]
    files.restore(tmp_path / "old.tar", tmp_path / "again")
    with_server(tmp_path / "again", sees_what_was_there)


def test_every_sentence_has_an_id_and_a_person_and_keeps_them(tmp_path):
    data = old_folder(tmp_path / "data")

    def ids():
        with sqlite3.connect(data / sqlite.FILE) as connection:
            found = {
                table: connection.execute(f"SELECT * FROM {table} ORDER BY id").fetchall()
                for table in ("recaps", "utterances", "recap_sentences", "action_items", "highlights")
            }
            people = {row[0] for row in connection.execute("SELECT person FROM utterances")}
            owners = [row[0] for row in connection.execute("SELECT owner FROM action_items ORDER BY recap, place")]
        connection.close()
        return found, people, owners

    async def nothing(server, client):
        await client.settle()

    with_server(data, nothing)
    first, people, owners = ids()
    named = {person["id"] for told in SEEN["seen"] for person in told["recap"]["people"]}
    assert people <= named
    assert {owner for owner in owners if owner is not None} < named
    everything = [row[0] for rows in first.values() for row in rows]
    assert len(set(everything)) == len(everything) > 10
    with_server(data, nothing)
    assert ids()[0] == first


def test_the_text_of_a_recap_lies_in_no_second_place(tmp_path):
    data = old_folder(tmp_path / "data")
    engine = engine_of(sqlite.url_of(data / sqlite.FILE))
    with engine.begin() as connection:
        migrations.migrate(connection)
    engine.dispose()
    assert sqlite.read(data / sqlite.FILE, "SELECT id FROM recordings WHERE body IS NOT NULL") == []


@pytest.mark.logs_warnings
@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b"\xff",
        b'{"recap": null}',
        b'{"recap": {"engine": 5}}',
    ],
    ids=["empty", "bytes", "none", "another kind"],
)
def test_a_recap_that_cannot_be_read_stops_nothing_is_kept_and_made_again(tmp_path, caplog, body):
    data = old_folder(tmp_path / "data")
    with sqlite3.connect(data / sqlite.FILE) as connection:
        connection.execute("UPDATE recordings SET body = ? WHERE id = ?", (body, MEETING))
    connection.close()

    async def read(server, client):
        opened = await client.ask(OpenRecap(meeting=MEETING))
        assert (opened.recap, opened.meeting.recap) == (None, "generating")
        assert sqlite.read(data / sqlite.FILE, "SELECT body FROM recordings WHERE body IS NOT NULL") == [body]
        server.maker.may_remake.set()
        await client.expect(MeetingChanged, lambda tell: tell.meeting.id == MEETING and tell.meeting.recap == "ready")
        assert (await client.ask(OpenRecap(meeting=MEETING))).recap is not None

    with_server(data, read)
    assert "1 recaps could not be read" in caplog.text


@pytest.mark.logs_warnings
def test_a_version_that_cannot_be_moved_whole_is_not_moved_half(tmp_path, monkeypatch):
    data, real, calls = old_folder(tmp_path / "data"), recap_v0.write, []

    def write(*arguments):
        calls.append(arguments)
        real(*arguments)
        if len(calls) > 1:  # the earlier version has been written
            raise ValueError("on purpose")

    monkeypatch.setattr(recap_v0, "write", write)
    engine = engine_of(sqlite.url_of(data / sqlite.FILE))
    with engine.begin() as connection:
        migrations.migrate(connection)
    engine.dispose()
    assert len(calls) == 2
    assert sqlite.read(data / sqlite.FILE, "SELECT version FROM recaps") == [1]
    assert (
        sqlite.read(data / sqlite.FILE, "SELECT recap FROM utterances WHERE recap NOT IN (SELECT id FROM recaps)") == []
    )
    assert sqlite.read(data / sqlite.FILE, "SELECT id FROM recordings WHERE body IS NOT NULL") == [MEETING]


def test_a_damaged_file_of_an_earlier_version_is_passed_over(tmp_path):
    data = old_folder(tmp_path / "data")
    recap = data / "meetings" / MEETING / "recap"
    shutil.copy(recap / "earlier-1.json", recap / "earlier-3.json")
    (recap / "earlier-1.json").write_text("no json")
    (recap / "earlier-x.json").write_text("{}")
    shutil.copy(recap / "earlier-3.json", recap / "earlier-03.json")

    async def read(server, client):
        opened = await client.ask(OpenRecap(meeting=MEETING))
        assert [(one.number, one.at, one.engine) for one in opened.earlier] == [
            (3, SEEN["seen"][0]["earlier"][0]["at"], "pocketsphinx")
        ]

    with_server(data, read)


def shape(connection):
    """Tables with columns, keys and indexes, by name."""

    def ask(question):
        return connection.execute(question).fetchall()

    found = {}
    for (name,) in ask("SELECT name FROM sqlite_master WHERE type = 'table'"):
        columns = sorted((row[1], row[2], row[3], row[4], row[5]) for row in ask(f"PRAGMA table_info({name})"))
        indexes = sorted(
            (row[2], tuple(each[2] for each in ask(f"PRAGMA index_info({row[1]})")))
            for row in ask(f"PRAGMA index_list({name})")
        )
        found[name] = columns, indexes
    return found


def test_the_steps_lead_to_the_shape_that_the_program_works_with(tmp_path):
    stepped, made = tmp_path / "stepped.sqlite", tmp_path / "made.sqlite"
    for path, build in ((stepped, migrations.migrate), (made, tables.metadata.create_all)):
        engine = engine_of(sqlite.url_of(path))
        with engine.begin() as connection:
            build(connection)
        engine.dispose()
    shapes_of = []
    for path in (stepped, made):
        connection = sqlite3.connect(path)
        shapes_of.append(shape(connection))
        connection.close()
    assert shapes_of[0] == shapes_of[1]


def test_no_step_reads_the_shape_of_today():
    """A step that follows `tables` is another one with each change of them."""
    source = Path(migrations.__file__).read_text(encoding="utf-8")
    assert source.count("tables.") == source.count("tables.schema")
    assert "tables" not in Path(shapes.__file__).read_text(encoding="utf-8").split('"""', 2)[2].split("#:")[0]
