"""Backup, restore and moving: all data of a server in one file, whole or not at all.

The file is a plain tar: the database as it was at one moment, then the files that it names, and last `manifest.json`
with the size and SHA-256 of each. Speech models and logs are left out.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tarfile
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

import msgspec

from app import __version__
from app.paths import private_folder
from server_stub.errors import ServerError
from server_stub.kernel.folder_lock import FolderLock
from server_stub.storage import moving, sqlite
from server_stub.storage.migrations import NEWER
from server_stub.storage.moving import Merged

DATABASE, MANIFEST, MEETINGS = sqlite.FILE, "manifest.json", "meetings"
#: Raised when an older program could not read the file.
FORMAT = 1
#: Folders and files at the top of the data folder that are not taken along.
_LEFT_OUT = ("models", "server.lock", "server.log")
_CHUNK = 1024 * 1024
_MAX_MANIFEST = 64 * 1024 * 1024


class BackupError(ServerError):
    """A backup cannot be made, read or restored; nothing was changed."""


class Mark(msgspec.Struct, frozen=True):
    """Size in bytes and SHA-256 (hex) of a file."""

    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup holds; `files` by their path in the data folder."""

    format: int
    version: str
    schema: int
    made_at: float
    files: dict[str, Mark]


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import changed."""

    merged: Merged

    @property
    def words(self) -> str:
        """A sentence for the administrator."""
        added = {name: count for name, count in self.merged.added.items() if count and name != "reads"}
        if not added:
            return "Everything in this backup is on this server already; nothing was changed."
        named = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in added.items())
        return f"Added: {named}. Accounts that were there already: {self.merged.matched}."


def backup(data: Path, file: Path) -> None:
    """Writes all data of a server into a file, also while the server runs; recordings that grow are taken as they are.

    Raises:
        BackupError: there is no data, the file would lie among it, or it could not be written.
    """
    if not (data / DATABASE).is_file():
        raise BackupError(f"There is no Parley server data in {data}.")
    if data.resolve() in file.resolve().parents:
        raise BackupError("Please put the backup outside the data folder.")
    beside = file.with_name(f".{file.name}.{os.getpid()}.new")
    try:
        with tempfile.TemporaryDirectory(prefix=".parley-backup-", dir=file.parent) as place:
            copy = Path(place) / DATABASE
            # The database first: a recap's files are complete before its row says so.
            recordings = moving.snapshot(data / DATABASE, copy)
            handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "wb") as out:
                _write(out, copy, data, recordings)
                out.flush()
                os.fsync(out.fileno())
        beside.replace(file)
    except (OSError, tarfile.TarError, ServerError) as error:
        beside.unlink(missing_ok=True)
        words = error.words if isinstance(error, ServerError) else getattr(error, "strerror", None) or f"{error}"
        raise BackupError(f"The backup could not be made: {words}") from error


def restore(file: Path, data: Path) -> None:
    """Puts a backup into an empty or missing data folder, after all of it has been checked.

    Raises:
        BackupError: the folder is not empty, or the file is damaged, not ours, or of a newer program.
    """
    if data.exists() and (not data.is_dir() or any(data.iterdir())):
        raise BackupError(f"{data} is not empty. A backup can be restored into an empty folder only.")
    place = data.with_name(f".{data.name}.{os.getpid()}.restoring")
    try:
        data.parent.mkdir(parents=True, exist_ok=True)
        _unpack(file, place)
        if data.exists():
            data.rmdir()
        place.rename(data)
    except OSError as error:
        raise BackupError(f"The backup could not be restored: {error.strerror or error}.") from error
    finally:
        shutil.rmtree(place, ignore_errors=True)


def import_(file: Path, data: Path, owner_email: str) -> Imported:
    """Puts the data of an embedded server into that of a server for a team, which must not run.

    Its owner becomes the account with `owner_email`; the others are found by their address, or added without a
    password. What is on this server already stays as it is, so the same file can be imported twice.

    Raises:
        BackupError: the file is damaged or of a newer program, or there is no such account; nothing was changed.
        FolderInUse: the server runs.
    """
    if not (data / DATABASE).is_file():
        raise BackupError(f"There is no Parley server data in {data}.")
    lock = FolderLock(data)
    lock.take()
    place = data / f".import.{os.getpid()}"
    try:
        _unpack(file, place)

        def carry(recordings: frozenset[str]) -> None:
            """Files first: without its row nobody can read them, and the next import brings both again."""
            folder = private_folder(data / MEETINGS)
            for name in sorted(recordings):
                if (place / MEETINGS / name).is_dir():
                    shutil.rmtree(folder / name, ignore_errors=True)
                    (place / MEETINGS / name).rename(folder / name)

        merged = moving.merge(
            place / DATABASE, data / DATABASE, owner_email=owner_email.strip(), at=time.time(), carry=carry
        )
        return Imported(merged)
    except BackupError:
        raise
    except ServerError as error:
        raise BackupError(error.words) from error
    except OSError as error:
        raise BackupError(f"The data could not be imported: {error.strerror or error}.") from error
    finally:
        shutil.rmtree(place, ignore_errors=True)
        lock.release()


class _Hashing:
    """Reads a file up to the size that it had, and hashes what is read."""

    def __init__(self, file: IO[bytes], size: int) -> None:
        self._file, self._left = file, size
        self.hash = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(self._left if size < 0 else min(size, self._left))
        self._left -= len(data)
        self.hash.update(data)
        return data


def _write(out: IO[bytes], copy: Path, data: Path, recordings: frozenset[str]) -> None:
    marks: dict[str, Mark] = {}
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, path in ((DATABASE, copy), *_files(data, recordings)):
            try:
                source = path.open("rb")
            except FileNotFoundError:  # deleted since the folder was read
                continue
            with source:
                info = tarfile.TarInfo(name)
                state = os.fstat(source.fileno())
                info.size, info.mtime, info.mode = state.st_size, int(state.st_mtime), 0o600
                hashing = _Hashing(source, info.size)
                tar.addfile(info, hashing)
                marks[name] = Mark(info.size, hashing.hash.hexdigest())
        schema = moving.version_of(copy)
        manifest = Manifest(format=FORMAT, version=__version__, schema=schema, made_at=time.time(), files=marks)
        text = msgspec.json.format(msgspec.json.encode(manifest))
        info = tarfile.TarInfo(MANIFEST)
        info.size, info.mtime, info.mode = len(text), int(manifest.made_at), 0o600
        with tempfile.SpooledTemporaryFile(max_size=_MAX_MANIFEST) as words:
            words.write(text)
            words.seek(0)
            tar.addfile(info, words)


def _files(data: Path, recordings: frozenset[str]) -> Iterator[tuple[str, Path]]:
    """The files of a data folder that belong into a backup, by their path in it."""
    for path in sorted(data.rglob("*")):
        parts = path.relative_to(data).parts
        is_ours = not parts[0].startswith((DATABASE, *_LEFT_OUT)) and not any(part.startswith(".") for part in parts)
        is_known = parts[0] != MEETINGS or (len(parts) > 2 and parts[1] in recordings)
        if is_ours and is_known and path.is_file() and not path.is_symlink():
            yield "/".join(parts), path


def _unpack(file: Path, place: Path) -> None:
    """Unpacks a backup into a new folder and checks each file on the way."""
    private_folder(place)
    try:
        with file.open("rb") as source, tarfile.open(fileobj=source, mode="r:") as tar:
            members = {member.name: member for member in tar.getmembers()}
            manifest = _read_manifest(tar, members, len(tar.getmembers()))
            for name, mark in manifest.files.items():
                _unpack_file(tar, members[name], mark, place)
    except (tarfile.TarError, EOFError, ValueError, OverflowError) as error:
        raise BackupError("This file is not a Parley backup, or it is damaged.") from error
    except OSError as error:
        raise BackupError(f"The backup could not be read: {error.strerror or error}.") from error
    try:
        moving.version_of(place / DATABASE)
    except ServerError as error:
        raise BackupError(error.words) from error


def _read_manifest(tar: tarfile.TarFile, members: dict[str, tarfile.TarInfo], count: int) -> Manifest:
    """The manifest, if it names exactly the files that are there and each is a plain file inside the folder."""
    info = members.get(MANIFEST)
    source = tar.extractfile(info) if info is not None and info.isreg() and info.size <= _MAX_MANIFEST else None
    if source is None or info is None:
        raise BackupError("This file is not a Parley backup, or it is incomplete.")
    try:
        manifest = msgspec.json.decode(source.read(), type=Manifest)
    except msgspec.MsgspecError as error:
        raise BackupError("The list of files in this backup is damaged.") from error
    if manifest.format > FORMAT:
        raise BackupError(NEWER)
    if {*manifest.files, MANIFEST} != set(members) or count != len(members) or DATABASE not in manifest.files:
        raise BackupError("The files in this backup are not the ones that it lists.")
    for name, mark in manifest.files.items():
        member = members[name]
        if not _is_inside(name) or not member.isreg() or member.sparse is not None or member.size != mark.size:
            raise BackupError("This backup contains something that does not belong in a Parley backup.")
    return manifest


def _is_inside(name: str) -> bool:
    """Whether a path stays inside the folder, on each system."""
    parts = name.split("/")
    is_plain = all(part and part.strip(". ") and not set(part) & set('\\:*?"<>|') for part in parts)
    return is_plain and name.isprintable() and not PurePosixPath(name).is_absolute() and len(name) <= 240


def _unpack_file(tar: tarfile.TarFile, member: tarfile.TarInfo, mark: Mark, place: Path) -> None:
    source = tar.extractfile(member)
    if source is None:
        raise BackupError("This backup is damaged.")
    *folders, name = member.name.split("/")
    path = place
    for folder in folders:
        path = private_folder(path / folder)
    path = path / name
    hashed = hashlib.sha256()
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out:
        while piece := source.read(_CHUNK):
            hashed.update(piece)
            out.write(piece)
    os.utime(path, (member.mtime, member.mtime))
    if hashed.hexdigest() != mark.sha256 or path.stat().st_size != mark.size:
        raise BackupError(f"A file in this backup is damaged: {member.name}.")
