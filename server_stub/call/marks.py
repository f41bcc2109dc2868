"""Meetings that the next start is not to take up, marked beside the database: the disk refused what would have said it.

A mark is an empty file, as a disk that is full has room for a name still.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path

log = logging.getLogger(__name__)

_FOLDER = "over"


def folder_of(data: Path) -> Path:
    """Where the marks of a data folder are; it is made when the server starts, while there is room for it."""
    return data / _FOLDER


def put(data: Path, meeting: str, at: float) -> None:
    """Marks a meeting as one that ended, or cannot go on from what is kept of it, at that time; once more moves it."""
    path = folder_of(data) / meeting
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
        os.utime(path, (at, at))
    except OSError as error:
        log.error("a meeting could not be marked: %s", type(error).__name__)


def take(data: Path, meeting: str) -> None:
    """What is kept of a meeting is true again."""
    try:
        (folder_of(data) / meeting).unlink(missing_ok=True)
    except OSError as error:
        log.error("the mark of a meeting could not be deleted: %s", type(error).__name__)


def every(data: Path) -> dict[str, float]:
    """The meetings that are marked, and the time of each.

    Raises:
        OSError: the folder cannot be read.
    """
    return {path.name: path.stat().st_mtime for path in folder_of(data).iterdir()}
