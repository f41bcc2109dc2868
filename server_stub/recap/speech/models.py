"""Which speech models are on this computer, and which of them is the best."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from server_stub.recap.speech.catalogue import known, wrong_files

NEEDED = ("config.json", "model.bin", "tokenizer.json")


def installed_folder() -> Path:
    """Where set-up puts a model for every server on this computer."""
    return Path(sys.prefix) / "share" / "parley" / "speech"


def folder_of(name: str, folder: Path) -> Path:
    """Where the model of that name lies in a folder of models; a repository's slash becomes two dashes."""
    return folder / name.replace("/", "--")


def find(name: str, folder: Path) -> Path | None:
    """The folder of a model that can be used without fetching anything.

    Args:
        name: of the model.
        folder: the server's own models; those of the installation come after it.
    """
    if not is_name(name):
        return None
    for place in (folder_of(name, folder), folder_of(name, installed_folder())):
        if all((place / file).is_file() for file in NEEDED):
            return place
    return None


def is_whole(name: str, place: Path) -> bool:
    """Whether the files of a model that is known by name are those that were published; of others nothing is known."""
    model = known().get(name)
    return model is None or not wrong_files(model, place)


def present(folder: Path) -> list[str]:
    """Names of the models that are there, the best first: those that tell languages apart, then the larger ones."""
    names = {place.name.replace("--", "/") for home in (folder, installed_folder()) for place in _folders(home)}
    sizes = {name: _size(place) for name in names if (place := find(name, folder))}
    return sorted(sizes, key=lambda name: (name.endswith(".en"), -sizes[name], name))


def _folders(home: Path) -> list[Path]:
    try:
        return [place for place in home.iterdir() if place.is_dir()]
    except OSError:
        return []


def _size(place: Path) -> int:
    try:
        return (place / "model.bin").stat().st_size
    except OSError:
        return 0


def is_name(name: str) -> bool:
    """Whether this may be a model's name, and so a folder's."""
    return re.fullmatch(r"[A-Za-z0-9][\w.\-]*(/[A-Za-z0-9][\w.\-]*)?", name) is not None
