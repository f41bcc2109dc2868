"""Where the model that reads is kept: fetched as it was published, and made ready for this version of Parley."""

from __future__ import annotations

import hashlib
import logging
import shutil
import sys
import threading
import time
import zipfile
from functools import cache
from pathlib import Path

import msgspec

from app.paths import resource
from server_stub.recap.reading import build
from server_stub.recap.reading.gguf import NotAModel
from server_stub.recap.speech import fetching, index
from server_stub.recap.speech.catalogue import File, Wheel, is_file
from server_stub.recap.speech.engine import ModelUnreached
from server_stub.recap.speech.pulling import Show

log = logging.getLogger(__name__)

_HOME = "reading"
_CHUNK = 1 << 20
_CODE_LETTERS = 12
#: Making it ready takes seconds.
DEAD_AFTER_S = 3600.0


class Published(msgspec.Struct, frozen=True):
    """The model as its makers gave it away.

    Attributes:
        file: its name.
        like: its size and hash.
        wheel: the package of the Python package index that carries it.
    """

    file: str
    like: File
    wheel: Wheel


@cache
def published() -> Published:
    """Which model it is."""
    return msgspec.json.decode(resource("models", "reading.json").read_bytes(), type=Published)


def lessons() -> Path:
    """What it learned for Parley."""
    return resource("models", "reading.npz")


def installed_home() -> Path:
    """Where set-up puts the model for every server on this computer."""
    return Path(sys.prefix) / "share" / "parley" / _HOME


def is_here(models: Path) -> bool:
    """Whether there is a model to be found in the server's own models folder, or the installation's."""
    return any(_is_ready(home) or _is_whole(home) for home in (models / _HOME, installed_home()))


def find(models: Path) -> Path | None:
    """The folder of a model that is ready to read, which is made where only the published one is there; else None.

    Args:
        models: the server's own models folder; the installation's comes after it.
    """
    for home in (models / _HOME, installed_home()):
        if _is_ready(home):
            return home / _code()
        if _is_whole(home):
            try:
                return _make_ready(home)
            except (OSError, NotAModel, ValueError, KeyError) as error:
                log.warning("the model that reads cannot be made ready: %s", type(error).__name__)
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
    wheel = published().wheel
    try:
        if not _is_whole(home):
            home.mkdir(parents=True, exist_ok=True)
            fetching.check_room(home, 2 * published().like.bytes + wheel.bytes - fetching.came(home / wheel.file))
            with fetching.open_client() as client:
                url = index.find(client, wheel, index.indexes())
                fetching.fetch(
                    client, url, home / wheel.file, size=wheel.bytes, sha256=wheel.sha256,
                    show=lambda done: show(done, wheel.bytes), stop=stop or threading.Event(),
                )  # fmt: skip
            _unpack(home / wheel.file, home)
        return _make_ready(home)
    except fetching.Wrong as fault:
        raise ModelUnreached("What was fetched is not the model that was published, so it was thrown away.") from fault
    except fetching.Unreached as error:
        raise ModelUnreached("The Python package index cannot be reached from here, or has no such model.") from error
    except (OSError, NotAModel, ValueError, KeyError) as error:
        why = getattr(error, "strerror", None) or "it is damaged"
        raise ModelUnreached(f"The model that reads could not be written: {why}.") from error


def _is_whole(home: Path) -> bool:
    like = published().like
    return is_file(home / published().file, like.bytes, like.sha256)


def _unpack(wheel: Path, home: Path) -> None:
    """The model out of the package, and the package away."""
    name, half = published().file, home / f"{published().file}{fetching.PART}"
    with zipfile.ZipFile(wheel) as packed:
        inside = next(each for each in packed.namelist() if Path(each).name == name)
        with packed.open(inside) as source, half.open("wb") as written:
            shutil.copyfileobj(source, written, _CHUNK)
    half.replace(home / name)
    wheel.unlink()


@cache
def _code() -> str:
    """The folder's name: other lessons, or another way to make it, need another."""
    digest = hashlib.sha256(lessons().read_bytes())
    digest.update(published().like.sha256.encode() + build.PRECISION.encode())
    return digest.hexdigest()[:_CODE_LETTERS]


def _is_ready(home: Path) -> bool:
    return (home / _code() / build.VOCABULARY).is_file()


def _is_being_made(folder: Path) -> bool:
    """By another server of this computer; what is older was left by one that died at it."""
    return folder.name.startswith(build.HALF) and time.time() - folder.stat().st_mtime < DEAD_AFTER_S


def _make_ready(home: Path) -> Path:
    ready = home / _code()
    if not _is_ready(home):
        build.build(home / published().file, lessons(), ready)
        for old in home.iterdir():
            if old.is_dir() and old != ready and not _is_being_made(old):
                shutil.rmtree(old, ignore_errors=True)
    return ready
