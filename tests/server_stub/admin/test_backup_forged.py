"""Imports of files that somebody made by hand: checked as files, but with rows that no server writes."""

import asyncio
import contextlib
import sqlite3
import tarfile

import msgspec
import pytest

from app.wire.schedule import Plan
from server_stub.admin import backup as files
from server_stub.admin.backup import BackupError
from server_stub.storage import recaps, tables
from server_stub.storage.store import transaction
from tests.fakes.server_client import running_server

BOSS, TEAM = "aboss", "rteam"


def make_data(data, *rows):
    """A data folder whose database holds these (table, values)."""
    (data / "meetings").mkdir(parents=True)
    from sqlalchemy import create_engine, insert

    from server_stub.storage.migrations import migrate

    engine = create_engine(f"sqlite:///{data / 'parley.sqlite'}")
    with engine.begin() as connection:
        migrate(connection)
        for table, values in rows:
            connection.execute(insert(table).values(values))
    engine.dispose()


def account(name, email):
    return tables.accounts, {"id": name, "email": email, "name": "Some", "kind": "client", "created_at": 1.0}


def room(name, by, at=10.0):
    return tables.rooms, {"id": name, "name": "Room", "created_by": by, "created_at": at}


def message(name, place, author, **fields):
    values = {"id": name, "room": place, "author": author, "author_name": "Some", "at": 11.0, "kind": "text"}
    return tables.messages, {**values, "text": "Said.", "key": "", **fields}


def meeting(name, place, by):
    values = {
        "id": name,
        "room": place,
        "title": "Talk",
        "code": f"code-of-{name}-0123456789",
        "starter": by,
        "key": "k",
    }
    return tables.meetings, {**values, "state": "ended", "started_at": 12.0, "ended_at": 13.0}


def recording(name, of, part=1):
    return tables.recordings, {"id": name, "meeting": of, "part": part, "started_at": 12.0, "recap": "failed"}


@pytest.fixture
def team(tmp_path):
    """A team's server: its boss, the boss's room, and a meeting in that."""
    data = tmp_path / "team"
    make_data(
        data,
        account(BOSS, "boss@team.example"),
        account("amallory", "mallory@team.example"),
        room(TEAM, BOSS),
        (tables.members, {"room": TEAM, "account": BOSS, "since": 10.0}),
        meeting("mteam", TEAM, BOSS),
        recording("mteam", "mteam"),
    )
    return data


def carried(tmp_path, team, *rows, change=lambda data: None):
    """Imports a backup with these rows as mallory."""
    source = tmp_path / "source"
    owner = (tables.facts, {"name": "owner", "value": "aowner"})
    make_data(source, account("aowner", None), owner, room("rmine", "aowner"), *rows)
    change(source)
    files.backup(source, tmp_path / "b.tar")
    return files.import_(tmp_path / "b.tar", team, "mallory@team.example")


def rows_of(team, table, *, where="1"):
    connection = sqlite3.connect(team / "parley.sqlite")
    try:
        return connection.execute(f"SELECT * FROM {table} WHERE {where}").fetchall()
    finally:
        connection.close()


@pytest.mark.parametrize("kind", ["absolute", "up", "here"])
def test_an_id_that_is_a_path_touches_no_folder_but_its_own(tmp_path, team, kind):
    victim = tmp_path / "victim"
    victim.mkdir()
    (victim / "mine.txt").write_text("mine")
    (team / "tls").mkdir()
    (team / "tls" / "key.pem").write_text("ours")
    name = {"absolute": str(victim), "up": "../tls", "here": "."}[kind]

    def forge(source):
        (source / "tls").mkdir()
        (source / "tls" / "key.pem").write_text("theirs")

    with pytest.raises(BackupError):
        carried(tmp_path, team, meeting("m2", "rmine", "aowner"), recording(name, "m2"), change=forge)
    assert (victim / "mine.txt").read_text() == "mine"
    assert (team / "tls" / "key.pem").read_text() == "ours"
    assert len(rows_of(team, "recordings")) == 1
    with pytest.raises(BackupError):
        files.restore(tmp_path / "b.tar", tmp_path / "again")
    assert not (tmp_path / "again").exists()


def test_nothing_is_put_into_a_room_that_the_backup_is_not_of(tmp_path, team):
    before = [rows_of(team, table) for table in ("messages", "meetings", "recordings", "chat_lines", "schedules")]
    chat = {"id": "c1", "meeting": "mteam", "author": BOSS, "author_name": "B", "at": 1.0, "text": "x", "key": "k"}
    plan = {"id": "s1", "room": TEAM, "by": BOSS, "key": "k", "plan": b"{}", "code": "code-s1-0123456789"}
    carried(
        tmp_path,
        team,
        account(BOSS, "boss@team.example"),
        room(TEAM, "aowner", at=9.0),
        (tables.members, {"room": TEAM, "account": "aowner", "since": 9.0}),
        message("t1", TEAM, BOSS),
        meeting("m2", TEAM, BOSS),
        recording("m2", "m2"),
        recording("v3", "mteam", part=2),
        (tables.chat_lines, chat),
        (tables.schedules, {**plan, "state": "open", "created_at": 1.0}),
    )
    after = [rows_of(team, table) for table in ("messages", "meetings", "recordings", "chat_lines", "schedules")]
    assert after == before
    assert rows_of(team, "members", where="account = 'amallory' AND room = 'rteam'") == []


def test_a_later_backup_brings_what_is_new_in_its_own_rooms(tmp_path, team):
    first = [message("t1", "rmine", "aowner"), meeting("m2", "rmine", "aowner"), recording("m2", "m2")]
    carried(tmp_path, team, *first)
    with transaction(f"sqlite:///{tmp_path / 'source' / 'parley.sqlite'}") as connection:
        connection.execute(tables.messages.insert().values(message("t2", "rmine", "aowner")[1]))
        connection.execute(tables.recordings.insert().values(recording("v3", "m2", part=2)[1]))
    files.backup(tmp_path / "source", tmp_path / "b2.tar")
    files.import_(tmp_path / "b2.tar", team, "mallory@team.example")
    assert len(rows_of(team, "messages", where="room = 'rmine'")) == 2
    assert len(rows_of(team, "recordings", where="meeting = 'm2'")) == 2


@pytest.mark.parametrize(
    "row",
    [
        message("t1", "rmine", "aowner", at="soon"),
        message("t1", "rmine", "aowner", text="x" * 5_000_000),
        message("t1", "rmine", "aowner", author_name=b"\xff"),
        message("x" * 65, "rmine", "aowner"),
        (tables.members, {"room": "rmine", "account": BOSS, "since": float("inf")}),
        account("a b", "new@team.example"),
    ],
    ids=["text for a number", "too long", "bytes for text", "long id", "endless", "id with a space"],
)
def test_a_row_that_no_client_could_read_is_not_taken(tmp_path, team, row):
    table, values = row
    names = ", ".join(f'"{name}"' for name in values)

    def forge(source):
        connection = sqlite3.connect(source / "parley.sqlite")
        places = ", ".join("?" for _ in values)
        connection.execute(f"INSERT INTO {table.name} ({names}) VALUES ({places})", list(values.values()))
        connection.commit()
        connection.close()

    before = rows_of(team, table.name)
    with pytest.raises(BackupError):
        carried(tmp_path, team, change=forge)
    assert rows_of(team, table.name) == before


def recap(**fields):
    """The rows of a recap of the recording m2: its head, an utterance, an action item, a highlight."""
    head = {"id": "k1", "recording": "m2", "version": 1, "made_at": 1.0, "form": 1, "engine": "e"}
    head |= {
        "engine_version": "1",
        "trust": "",
        "started_at": 1.0,
        "ended_at": 2.0,
        "ready_after_s": 1.0,
        "notes": b"[]",
    }
    said = {"id": "k2", "recap": "k1", "place": 0, "label": "u1", "person": "aowner", "start_s": 0.0, "end_s": 1.0}
    item = {"id": "k3", "recap": "k1", "place": 0, "text": "x", "owner": "aowner", "due": None, "due_words": ""}
    shown = {"id": "k4", "recap": "k1", "place": 0, "start_s": 0.0, "end_s": 1.0, "title": "x", "reason": "x"}
    rows = {
        "recaps": head,
        "utterances": {**said, "text": "x", "confidence": 1.0},
        "action_items": {**item, "certainty": "firm"},
        "highlights": {**shown, "marked_by": b"[]"},
        "recap_checks": {"id": "k5", "recap": "k1", "place": 0, "text": "x", "reason": "x"},
        "evidence": {"claim": "k3", "place": 0, "utterance": "k2"},
    }
    for name, changed in fields.items():
        rows[name] = {**rows[name], **changed}
    return [(tables.metadata.tables[name], row) for name, row in rows.items()]


def test_a_recap_comes_with_all_that_rests_on_it_and_its_people_are_the_accounts_here(tmp_path, team):
    carried(tmp_path, team, meeting("m2", "rmine", "aowner"), recording("m2", "m2"), *recap())
    mallory = rows_of(team, "accounts", where="email = 'mallory@team.example'")[0][0]
    with transaction(f"sqlite:///{team / 'parley.sqlite'}") as connection:
        found = recaps.read(connection, "m2")
    assert ([one.person for one in found.said], [one.owner for one in found.items]) == ([mallory], [mallory])
    assert found.items[0].evidence == (found.said[0].id,)
    assert [(one.text, one.reason) for one in found.checks] == [("x", "x")]


def test_what_rests_on_a_recap_that_is_here_already_is_not_taken(tmp_path, team):
    carried(tmp_path, team, meeting("m2", "rmine", "aowner"), recording("m2", "m2"), *recap())
    more = recap(utterances={"id": "k9", "place": 1}, action_items={"id": "k8", "place": 1}, recaps={"version": 2})
    files.backup(tmp_path / "source", tmp_path / "b2.tar")
    with transaction(f"sqlite:///{tmp_path / 'source' / 'parley.sqlite'}") as connection:
        for table, row in more:
            if table.name in ("utterances", "action_items"):
                connection.execute(table.insert().values(row))
    files.backup(tmp_path / "source", tmp_path / "b3.tar")
    files.import_(tmp_path / "b3.tar", team, "mallory@team.example")
    assert len(rows_of(team, "utterances")) == len(rows_of(team, "action_items")) == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"recaps": {"notes": b"{}"}},
        {"action_items": {"certainty": "sure"}},
        {"highlights": {"marked_by": b"\xff"}},
        {"utterances": {"start_s": float("inf")}},
        {"utterances": {"text": "x" * 5_000_000}},
        {"recap_checks": {"reason": "x" * 5_000_000}},
    ],
    ids=str,
)
def test_a_recap_that_no_server_writes_is_told_in_words(tmp_path, team, fields):
    with pytest.raises(BackupError):
        carried(tmp_path, team, meeting("m2", "rmine", "aowner"), recording("m2", "m2"), *recap(**fields))
    assert rows_of(team, "recaps") == []


@pytest.mark.parametrize("state", ["recording", "ready", "deleted"])
def test_nobody_has_kept_what_cannot_be_read_of_a_recap_in_another_state(tmp_path, team, state):
    table, row = recording("m2", "m2")
    with pytest.raises(BackupError):
        carried(tmp_path, team, meeting("m2", "rmine", "aowner"), (table, {**row, "body": b"{}", "recap": state}))
    assert rows_of(team, "recordings", where="id = 'm2'") == []


def test_a_code_of_a_meeting_that_is_here_is_told_in_words(tmp_path, team):
    taken = meeting("m2", "rmine", "aowner")
    taken[1]["code"] = "code-of-mteam-0123456789"
    with pytest.raises(BackupError):
        carried(tmp_path, team, taken)
    assert len(rows_of(team, "meetings")) == 1


def _plan(**changes):
    plan = Plan(
        title="Talk", starts="2024-05-01T10:00", time_zone="Europe/Lisbon", repeats="weekly", until="2099-01-01"
    )
    values = {"id": "s1", "room": "rmine", "by": "aowner", "key": "k", "code": "code-of-s1-0123456789", "state": "open"}
    return tables.schedules, {
        **values,
        "plan": msgspec.json.encode(msgspec.structs.replace(plan, **changes)),
        "created_at": 1.0,
    }


@pytest.mark.parametrize(
    "changes",
    [{"time_zone": "Atlantis/Capital"}, {"starts": "2024-99-99T10:00"}, {"until": "2024-02-31"}, {"until": None}, {}],
    ids=repr,
)
def test_a_plan_that_leads_nowhere_does_not_keep_the_server_from_starting(tmp_path, team, changes):
    members = tables.members, {"room": "rmine", "account": "aowner", "since": 10.0}
    with contextlib.suppress(BackupError):
        carried(tmp_path, team, members, _plan(**changes))

    async def story():
        async with running_server(team) as server:
            await server.connect()

    asyncio.run(story())


def test_a_planned_meeting_without_a_time_does_not_keep_the_server_from_starting(tmp_path, team):
    forged = meeting("m2", "rmine", "aowner")
    forged[1].update(state="scheduled", schedule="s1", ended_at=None)
    with contextlib.suppress(BackupError):
        carried(tmp_path, team, forged)

    async def story():
        async with running_server(team) as server:
            await server.connect()

    asyncio.run(story())


@pytest.mark.parametrize("moment", ["1e400", "9" * 30, "-" + "9" * 30])
def test_a_time_that_no_file_can_have_is_told_in_words(tmp_path, team, moment):
    files.backup(team, tmp_path / "b.tar")
    with tarfile.open(tmp_path / "b.tar") as good, tarfile.open(tmp_path / "bad.tar", "w") as bad:
        for info in good.getmembers():
            info.pax_headers = {"mtime": moment}
            bad.addfile(info, good.extractfile(info))
    with pytest.raises(BackupError):
        files.restore(tmp_path / "bad.tar", tmp_path / "again")
    assert not (tmp_path / "again").exists()


def test_what_the_log_says_of_the_source_is_an_id(tmp_path, team):
    name = tables.facts, {"name": "server_id", "value": "s1  aboss account.close " + "x" * 10_000}
    carried(tmp_path, team, name)
    assert [row[4] for row in rows_of(team, "audit")] == [""]
