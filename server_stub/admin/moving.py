"""`admin backup`, `restore` and `import`: a server's data as one file."""

from __future__ import annotations

import contextlib
import time
from argparse import Namespace
from pathlib import Path

from server_stub.admin import backup as files
from server_stub.admin.answers import Answer
from server_stub.errors import StoreError
from server_stub.kernel.config import ServerSettings
from server_stub.storage import audit
from server_stub.storage.store import transaction


def backup(data: Path, options: Namespace) -> Answer:
    """Writes a file that holds everything."""
    files.backup(data, options.file)
    size = options.file.stat().st_size
    _note(data, "data.backup", f"{size} bytes")
    return Answer(f"The backup is {options.file}.", record={"bytes": size})


def restore(data: Path, options: Namespace) -> Answer:
    """Makes a data folder of a backup."""
    files.restore(options.file, data)
    _note(data, "data.restore", "")
    return Answer(f"The data is in {data}.")


def import_(data: Path, options: Namespace) -> Answer:
    """Takes the data of an embedded server into this one."""
    return Answer(files.import_(options.file, data, options.owner).words)  # which notes it in the log itself


def _note(data: Path, action: str, words: str) -> None:
    # Data of an older version has no log yet; the server makes it at its start.
    with contextlib.suppress(StoreError), transaction(ServerSettings(data=data).database_url) as connection:
        audit.note(connection, time.time(), "admin", action, "data", words)
