"""One server per data folder: a lock that the system releases when the process dies."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import IO

from app.paths import private_folder
from server_stub.errors import FolderInUse


class FolderLock:
    """Held from `take` to `release` or to the end of the process."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: IO[bytes] | None = None

    def take(self) -> None:
        """Takes the lock.

        Raises:
            FolderInUse: another server holds it.
            OSError: the folder cannot be made.
        """
        private_folder(self._folder)
        file = open(self._folder / "server.lock", "a+b")  # noqa: SIM115 - it stays open as long as the server runs
        try:
            _lock(file)
        except OSError as error:
            file.close()
            raise FolderInUse(f"Another server is already using {self._folder}.") from error
        self._file = file

    def release(self) -> None:
        """Gives the lock back."""
        if self._file is not None:
            self._file.close()
            self._file = None


def _lock(file: IO[bytes]) -> None:
    if sys.platform == "win32":
        import msvcrt

        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        os.set_inheritable(file.fileno(), False)
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
