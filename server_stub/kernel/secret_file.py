"""Secrets that an administrator keeps in a file."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from server_stub.errors import ServerError


def read_secret(path: Path) -> str:
    """What a file holds, without white space around it.

    Raises:
        ServerError: it cannot be read, or others can read it.
    """
    try:
        if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise ServerError(f"Others can read {path}. Please restrict it to yourself: chmod 600.")
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeError) as error:
        raise ServerError(f"The file {path} cannot be read.") from error
