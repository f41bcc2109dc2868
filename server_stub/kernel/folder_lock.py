"""One server per data folder: a lock that the system releases when the process dies."""

from __future__ import annotations

from pathlib import Path

from app.file_lock import FileLock
from app.paths import private_folder
from server_stub.errors import FolderInUse


class FolderLock:
    """Held from `take` to `release` or to the end of the process."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = FileLock(folder / "server.lock")

    def take(self) -> None:
        """Takes the lock.

        Raises:
            FolderInUse: another server holds it.
            OSError: the folder cannot be made, or its disk knows no locks.
        """
        private_folder(self._folder)
        if not self._lock.take():
            raise FolderInUse(f"Another server is already using {self._folder}.")

    def release(self) -> None:
        """Gives the lock back."""
        self._lock.release()
