"""Backups and data folders of the version before, in imports."""

import sqlite3
from contextlib import closing

import pytest

from server_stub.admin import backup as files
from server_stub.admin.backup import BackupError
from server_stub.storage import migrations, sqlite
from server_stub.storage.store import engine_of, transaction
from tests.server_stub.storage.old_data import old_folder
from tests.server_stub.storage.test_hard_moves import change, dump, read
from tests.server_stub.storage.test_version_4 import MEETING


def new_folder(data):
    data.mkdir(exist_ok=True)
    engine = engine_of(sqlite.url_of(data / sqlite.FILE))
    with engine.begin() as connection:
        migrations.migrate(connection)
    engine.dispose()
    return data


def embedded(tmp_path):
    """The backup of an embedded server of that version."""
    source = old_folder(tmp_path / "embedded")
    change(source, "INSERT INTO facts SELECT 'owner', id FROM accounts WHERE email LIKE 'ada@%'")
    files.backup(source, tmp_path / "embedded.tar")
    return tmp_path / "embedded.tar"


def test_an_import_that_fails_leaves_a_folder_of_the_version_before_as_it_was(tmp_path):
    archive, team = embedded(tmp_path), old_folder(tmp_path / "team")
    before = dump(team)
    with pytest.raises(BackupError, match="no account with the address"):
        files.import_(archive, team, "typo@example.org")
    assert dump(team) == before
    files.import_(archive, team, "grace@example.org")
    with transaction(sqlite.url_of(team / sqlite.FILE)):
        assert read(team, "SELECT version FROM schema_version") == [len(migrations.STEPS)]
    assert sorted(read(team, f"SELECT version FROM recaps WHERE recording = '{MEETING}'")) == [1, 2]


def test_an_import_says_what_was_in_the_way_and_does_not_blame_the_file(tmp_path, monkeypatch):
    archive, team = embedded(tmp_path), new_folder(tmp_path / "team")
    monkeypatch.setattr(sqlite, "_PATIENCE_S", 0.05)
    with closing(sqlite3.connect(team / sqlite.FILE, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(BackupError, match="database is locked"):
            files.import_(archive, team, "grace@example.org")


@pytest.mark.logs_warnings
@pytest.mark.parametrize("state", ["failed", "generating"])
def test_an_unreadable_recap_comes_along_also_while_it_is_made_again(tmp_path, state):
    source, team = old_folder(tmp_path / "source"), new_folder(tmp_path / "team")
    change(source, "UPDATE recordings SET body = x'7b7d' WHERE id = ?", MEETING)
    new_folder(source)
    change(source, "UPDATE recordings SET recap = ? WHERE id = ?", state, MEETING)
    files.backup(source, tmp_path / "source.tar")
    files.import_(tmp_path / "source.tar", team, "")
    with closing(sqlite3.connect(team / sqlite.FILE)) as connection:
        rows = connection.execute("SELECT recap, recap_words, body FROM recordings WHERE id = ?", (MEETING,)).fetchall()
    assert rows == [("failed", migrations.UNREADABLE, b"{}")]
    assert read(team, f"SELECT version FROM recaps WHERE recording = '{MEETING}'") == [1]
