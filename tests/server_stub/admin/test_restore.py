"""Files that are not as a backup should be restore nothing."""

import asyncio
import hashlib
import io
import json
import sqlite3
import tarfile

import pytest

from server_stub.admin import backup as files
from server_stub.admin.backup import BackupError
from tests.fakes.server_client import running_server
from tests.people import sign_up


def make_data(data):
    """The data of a server with one account."""

    async def story():
        async with asyncio.timeout(60), running_server(data) as server:
            await sign_up(server, email="ada@example.org", name="Ada")

    asyncio.run(story())


@pytest.fixture
def archive(tmp_path):
    """A small backup."""
    make_data(tmp_path / "made")
    files.backup(tmp_path / "made", tmp_path / "small.tar")
    return tmp_path / "small.tar"


def rewritten(archive, change):
    """The same archive with other members: `change` takes and gives {name: (TarInfo, bytes)}."""
    with tarfile.open(archive) as tar:
        members = {info.name: (info, tar.extractfile(info).read()) for info in tar.getmembers()}
    path = archive.with_name("changed.tar")
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as tar:
        for info, data in change(members).values():
            info.size = len(data) if info.isreg() else 0
            tar.addfile(info, io.BytesIO(data))
    return path


def with_file(members, name, data=b"x", mark=None, **fields):
    """One more file, which the manifest knows."""
    info = tarfile.TarInfo(name)
    for field, value in fields.items():
        setattr(info, field, value)
    manifest = json.loads(members["manifest.json"][1])
    manifest["files"][name] = mark or {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    return {**members, name: (info, data), "manifest.json": with_manifest(members, manifest)}


def with_manifest(members, manifest):
    return members["manifest.json"][0], json.dumps(manifest).encode()


def changed_manifest(members, **fields):
    manifest = {**json.loads(members["manifest.json"][1]), **fields}
    return {**members, "manifest.json": with_manifest(members, manifest)}


def newer_database(members):
    data = bytearray(members["parley.sqlite"][1])
    data[18:20] = b"\1\1"  # no write-ahead log, which a database in memory cannot have
    connection = sqlite3.connect(":memory:")
    connection.deserialize(bytes(data))
    connection.execute("UPDATE schema_version SET version = 999")
    connection.commit()
    return with_file(members, "parley.sqlite", bytes(connection.serialize()))


ATTACKS = {
    "newer database": newer_database,
    "up": lambda members: with_file(members, "../evil"),
    "absolute": lambda members: with_file(members, "/tmp/evil"),
    "deep up": lambda members: with_file(members, "meetings/../../evil"),
    "backslash": lambda members: with_file(members, "meetings\\..\\..\\evil"),
    "drive": lambda members: with_file(members, "C:evil"),
    "link": lambda members: with_file(
        members,
        "evil",
        b"",
        mark={"size": 0, "sha256": hashlib.sha256(b"").hexdigest()},
        type=tarfile.SYMTYPE,
        linkname="/etc",
    ),
    "device": lambda members: with_file(members, "evil", b"", type=tarfile.CHRTYPE),
    "not in the list": lambda members: {**members, "evil": (tarfile.TarInfo("evil"), b"x")},
    "only in the list": lambda members: {
        name: one for name, one in with_file(members, "lost").items() if name != "lost"
    },
    "other bytes": lambda members: with_file(members, "outbox/a.eml", b"xy", mark={"size": 2, "sha256": "0" * 64}),
    "other size": lambda members: with_file(members, "outbox/a.eml", b"xy", mark={"size": 3, "sha256": "0" * 64}),
    "no list": lambda members: {name: one for name, one in members.items() if name != "manifest.json"},
    "list that is none": lambda members: {**members, "manifest.json": (members["manifest.json"][0], b"[]")},
    "newer": lambda members: changed_manifest(members, format=99),
    "no database": lambda members: changed_manifest(
        {name: one for name, one in members.items() if name != "parley.sqlite"}, files={}
    ),
    "damaged database": lambda members: with_file(members, "parley.sqlite", b"SQLite format 3\0" + b"\1" * 5000),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_file_that_is_not_as_it_should_be_restores_nothing(tmp_path, archive, attack):
    bad = rewritten(archive, ATTACKS[attack])
    before = {path.name for path in tmp_path.iterdir()}
    with pytest.raises(BackupError):
        files.restore(bad, tmp_path / "again")
    assert {path.name for path in tmp_path.iterdir()} == before


def test_data_of_a_newer_program_is_refused(tmp_path, archive):
    make_data(tmp_path / "newer")
    connection = sqlite3.connect(tmp_path / "newer" / "parley.sqlite")
    connection.execute("UPDATE schema_version SET version = 999")
    connection.commit()
    connection.close()
    with pytest.raises(BackupError, match="newer version"):
        files.backup(tmp_path / "newer", tmp_path / "n.tar")
    assert not (tmp_path / "n.tar").exists()


def test_a_cut_off_file_and_one_of_another_kind_restore_nothing(tmp_path, archive):
    whole = archive.read_bytes()
    for data in (whole[: len(whole) // 2], b"", b"hello" * 1000):
        (tmp_path / "bad.tar").write_bytes(data)
        with pytest.raises(BackupError):
            files.restore(tmp_path / "bad.tar", tmp_path / "again")
    assert not (tmp_path / "again").exists()
    with pytest.raises(BackupError, match="could not be read"):
        files.restore(tmp_path / "missing.tar", tmp_path / "again")


def test_a_folder_with_something_in_it_is_left_alone(tmp_path, archive):
    (tmp_path / "again").mkdir()
    (tmp_path / "again" / "mine.txt").write_text("mine")
    with pytest.raises(BackupError, match="not empty"):
        files.restore(archive, tmp_path / "again")
    assert [path.name for path in (tmp_path / "again").iterdir()] == ["mine.txt"]
    (tmp_path / "empty").mkdir()
    files.restore(archive, tmp_path / "empty")
    assert (tmp_path / "empty" / "parley.sqlite").exists()
