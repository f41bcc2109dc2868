import sqlite3

import pytest
from sqlalchemy import create_engine, insert, select

from app.wire.rooms import Message
from server_stub.errors import StoreError
from server_stub.storage import facts, purge, recaps, running, sqlite, tables
from server_stub.storage import messages as messages_table
from server_stub.storage.migrations import migrate
from server_stub.storage.running import RunningRow
from tests.server_stub.storage.rows import recap_of

T = tables
MINE, OTHER = "meeting-of-canaries", "meeting-that-stays"


@pytest.fixture
def database(tmp_path):
    path = tmp_path / "parley.sqlite"
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        migrate(connection)
    yield path, engine
    engine.dispose()


def fill(connection, meeting, *, ended_at=1000.0, schedule=None, **fields):
    """A row about this meeting in each table that can have one."""
    mark = f"{meeting} canary"

    def add(table, **values):
        connection.execute(insert(table).values(**values))

    meeting_row = {
        "id": meeting, "room": "r1", "title": mark, "code": meeting, "starter": "a1", "key": meeting, "state": "ended",
        "started_at": 900.0, "ended_at": ended_at, "schedule": schedule,
    }  # fmt: skip
    add(T.meetings, **{**meeting_row, **fields})
    running.keep(connection, RunningRow(meeting, 900.0, mark.encode()))
    part = f"{meeting}-2"
    for number, recording in enumerate((meeting, part), 1):
        add(
            T.recordings, id=recording, meeting=meeting, part=number, started_at=900.0, recap="ready",
            body=mark.encode(),
        )  # fmt: skip
        for _ in range(2):
            recaps.keep(connection, recap_of(recording, mark))
        add(T.consents, recording=recording, person="a1", name=mark, at=900.0, notice_version=1, how="joined")
        add(T.deletions, recording=recording, room="r1", by="a1", reason=mark, at=1.0, state="pending")
        message = {"room": "r1", "author": "", "author_name": "", "at": 1.0, "text": mark}
        add(T.messages, id=f"m{recording}", kind="recap", key=f"k{recording}", subject=recording, **message)
        add(
            T.notices,
            id=f"n{recording}",
            account="a1",
            kind="recap_ready",
            room="r1",
            subject=recording,
            words=mark,
            at=1,
        )
        add(T.mails, id=f"e{recording}", subject=recording, message=mark.encode(), next_try=1.0)
        add(T.audit, at=1.0, by="admin", action="looked", subject=recording)
    add(T.chat_lines, id=f"c{meeting}", meeting=meeting, author="a1", author_name=mark, at=1.0, text=mark, key="k")


OF_A_RECAP = (
    "recaps", "recap_people", "utterances", "recap_sentences", "action_items", "highlights", "recap_checks",
)  # fmt: skip


def recap_rows(connection):
    """How many rows each table of recaps has."""
    return {name: len(connection.execute(select(T.metadata.tables[name])).all()) for name in (*OF_A_RECAP, "evidence")}


#: Of one recording in `fill`: two versions; four claims of each rest on an utterance.
OF_A_RECORDING = {**dict.fromkeys(OF_A_RECAP, 2), "evidence": 8}


def times(count):
    return {name: count * rows for name, rows in OF_A_RECORDING.items()}


def everything(connection):
    return repr([connection.execute(select(table)).all() for table in T.metadata.sorted_tables])


def test_every_row_about_a_meeting_goes_and_no_other(database):
    _, engine = database
    with engine.begin() as connection:
        fill(connection, MINE)
        fill(connection, OTHER, ended_at=5000.0)
        (kept,) = purge.kept(connection, 2000.0)
        assert (kept.id, kept.over_at) == (MINE, 1000.0)
        before = everything(connection).count(OTHER)
        assert set(purge.drop_meeting(connection, kept)) == {MINE, f"{MINE}-2"}
        assert MINE not in everything(connection)
        assert everything(connection).count(OTHER) == before
        assert recap_rows(connection) == times(2), "those of the other meeting"
        (kept,) = purge.kept(connection, 6000.0)
        purge.drop_meeting(connection, kept)
        assert recap_rows(connection) == times(0)
        assert purge.is_wipe_due(connection)


def test_a_table_that_is_new_is_thought_of():
    """Who adds a table decides here whether it holds data of a meeting; `purge` has to delete from it then."""
    of_a_meeting = {
        "meetings", "recordings", "messages", "chat_lines", "consents", "notices", "mails", "deletions", "schedules",
        "audit", "recaps", "recap_people", "utterances", "recap_sentences", "action_items", "highlights", "evidence",
        "recap_checks", "running",
    }  # fmt: skip
    others = {
        "schema_version", "facts", "accounts", "tokens", "resets", "terms", "rooms", "members", "invitations", "reads",
    }  # fmt: skip
    assert set(T.metadata.tables) == of_a_meeting | others


def test_a_plan_goes_with_its_last_meeting(database):
    _, engine = database
    with engine.begin() as connection:
        connection.execute(
            insert(T.schedules).values(
                id="s1", room="r1", by="a1", key="k", plan=b"canary", code="c", state="open", created_at=1.0
            )
        )
        fill(connection, "v1", schedule="s1")
        fill(connection, "v2", schedule="s1", ended_at=1500.0)
        first, second = purge.kept(connection, 2000.0)
        assert "s1" not in purge.drop_meeting(connection, first)
        assert "s1" in purge.drop_meeting(connection, second)
        assert connection.execute(select(T.schedules)).all() == []


@pytest.mark.parametrize(
    ("fields", "over_at"),
    [
        ({"state": "cancelled", "ended_at": 100.0, "starts_at": 1200.0, "length_min": 5}, 100.0),
        ({"state": "scheduled", "ended_at": None, "starts_at": 1200.0, "length_min": 5}, 1500.0),
        ({"state": "scheduled", "ended_at": None, "starts_at": 1900.0, "length_min": 5}, None),
        ({"state": "ongoing", "ended_at": None, "started_at": 1.0}, None),
        ({"state": "ended", "ended_at": None, "started_at": 700.0}, 700.0),
    ],
)
def test_from_when_the_time_of_a_meeting_counts(database, fields, over_at):
    _, engine = database
    with engine.begin() as connection:
        fill(connection, MINE, **fields)
        assert [one.over_at for one in purge.kept(connection, 2000.0)] == ([] if over_at is None else [over_at])


def test_a_recording_that_is_emptied_keeps_its_row_and_the_rest_of_the_meeting(database):
    _, engine = database
    with engine.begin() as connection:
        fill(connection, MINE)
        assert recap_rows(connection) == times(2)
        purge.empty_recording(connection, MINE, "gone")
        assert recap_rows(connection) == times(1)
        first, second = connection.execute(select(T.recordings).order_by(T.recordings.c.part)).all()
        assert (first.recap, first.recap_words, first.body) == ("deleted", "gone", None)
        assert second.body is not None
        assert {row.recording for row in connection.execute(select(T.consents))} == {f"{MINE}-2"}
        assert {row.subject for row in connection.execute(select(T.notices))} == {f"{MINE}-2"}


def test_only_a_room_without_members_meetings_and_news_is_nobodys(database):
    _, engine = database
    with engine.begin() as connection:
        for room, at in (("empty", 1.0), ("fresh", 5000.0), ("lived in", 1.0), ("met in", 1.0), ("spoken in", 1.0)):
            connection.execute(insert(T.rooms).values(id=room, name="canary", created_by="a1", created_at=at))
        connection.execute(insert(T.members).values(room="lived in", account="a1", since=1.0))
        fill(connection, "v1", room="met in", ended_at=5000.0)
        message = {"author": "a1", "author_name": "", "kind": "text", "text": "canary", "key": ""}
        for number, (room, at) in enumerate((("spoken in", 3000.0), ("empty", 10.0))):
            connection.execute(insert(T.messages).values(id=f"m{number}", room=room, at=at, **message))
        assert purge.lonely_rooms(connection, 2000.0) == (("empty", 10.0),)
        purge.drop_room(connection, "empty")
        assert "empty" not in everything(connection)
        assert {row.id for row in connection.execute(select(T.rooms))} == {"fresh", "lived in", "met in", "spoken in"}


def files_of(path):
    return b"".join(one.read_bytes() for one in path.parent.glob(path.name + "*"))


def test_wiping_leaves_nothing_in_free_pages_and_in_the_log(tmp_path):
    path = tmp_path / "parley.sqlite"
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("PRAGMA journal_mode=WAL")
    # As most builds of SQLite have it; some overwrite by themselves.
    writer.execute("PRAGMA secure_delete=OFF")
    writer.execute("CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT)")
    for number in range(400):
        writer.execute("INSERT INTO facts VALUES (?, ?)", (f"canary {number}", "Canary" * (number % 50)))
    writer.execute("DELETE FROM facts WHERE name LIKE 'canary%'")
    writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert b"Canary" in path.read_bytes(), "else this test shows nothing"
    sqlite.wipe(path)
    assert b"Canary" not in files_of(path)
    writer.execute("INSERT INTO facts VALUES ('still', 'works')")
    writer.close()


def test_wiping_says_when_it_could_not(tmp_path, monkeypatch):
    path = tmp_path / "parley.sqlite"
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("CREATE TABLE facts (name TEXT)")
    other.execute("BEGIN IMMEDIATE")
    monkeypatch.setattr(sqlite, "_PATIENCE_S", 0.05)
    with pytest.raises(StoreError, match="locked"):
        sqlite.wipe(path)
    other.execute("ROLLBACK")
    other.close()


def test_a_wipe_is_due_until_it_is_done(database):
    _, engine = database
    with engine.begin() as connection:
        assert not purge.is_wipe_due(connection)
        fill(connection, MINE)
        purge.empty_recording(connection, MINE, "")
        assert purge.is_wipe_due(connection)
        purge.note_wiped(connection)
        assert not purge.is_wipe_due(connection)
        assert facts.read(connection, "server_id") is None


def test_what_is_said_after_a_purge_is_not_taken_for_read(database):
    """SQLite gives the number of the newest message again when that one is gone."""
    _, engine = database
    with engine.begin() as connection:
        connection.execute(insert(T.members).values(room="r1", account="a1", since=1.0))
        fill(connection, MINE)
        messages_table.mark_read(connection, "a1", "r1")
        (kept,) = purge.kept(connection, 2000.0)
        purge.drop_meeting(connection, kept)
        news = Message(id="m9", room="r1", author="a2", author_name="Ada", at=2.0, kind="text", text="Hello", key="k9")
        messages_table.post(connection, news)
        assert messages_table.unread(connection, "a1") == {"r1": 1}
