"""A file that one process can hold; the system releases it when that process ends, however that happens."""

from __future__ import annotations

import errno
import sys
import time
from pathlib import Path
from typing import IO

_LOOKS_EVERY_S = 0.05
#: How the system says that another process has it.
_HELD = (errno.EAGAIN, errno.EWOULDBLOCK, errno.EACCES, errno.EDEADLK)


class FileLock:
    """Held from `take` to `release` or to the end of the process."""

    def __init__(self, path: Path) -> None:
        """Takes nothing yet; path: of a file that stays there."""
        self._path = path
        self._file: IO[bytes] | None = None

    def take(self, wait_s: float = 0.0) -> bool:
        """Holds it from now on; False: another process has it all the while.

        Args:
            wait_s: how long to try again.

        Raises:
            OSError: the file cannot be made, or its disk knows no locks.
        """
        until_s = time.monotonic() + wait_s
        while not self._try():
            if time.monotonic() >= until_s:
                return False
            time.sleep(_LOOKS_EVERY_S)
        return True

    def release(self) -> None:
        """Lets go of it, if it is held."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _try(self) -> bool:
        file = self._path.open("ab")
        try:
            if sys.platform == "win32":
                import msvcrt

                file.seek(0)
                msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
            else:
                import fcntl

                fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.close()
            if error.errno not in _HELD:
                raise
            return False
        self._file = file
        return True
