"""Which speech models are on this computer, and which of them is the best."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from server_stub.recap.speech.catalogue import known, wrong_files

NEEDED = ("config.json", "model.bin", "tokenizer.json")
#: The name that asks for the recogniser which needs no model.
BUILT_IN = "pocketsphinx"


def installed_folder() -> Path:
    """Where set-up puts a model for every server on this computer."""
    return Path(sys.prefix) / "share" / "parley" / "speech"


def folder_of(name: str, folder: Path) -> Path:
    """Where the model of that name lies in a folder of models; a repository's slash becomes two dashes."""
    return folder / name.replace("/", "--")


def half_of(name: str, folder: Path) -> Path:
    """Where lies what has come of a model so far."""
    place = folder_of(name, folder)
    return place.with_name(f".{place.name}.part")


def came_of(name: str, folder: Path) -> int:
    """Bytes that have come of a model that is not there yet."""
    try:
        return sum(path.stat().st_size for path in half_of(name, folder).iterdir())
    except OSError:
        return 0


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


def has_right_sizes(name: str, place: Path) -> bool:
    """Whether the files of a model that is known by name are as long as those that were published."""
    model = known().get(name)
    return model is None or all(_bytes(place / file) == kept.bytes for file, kept in model.files.items())


def present(folder: Path) -> list[str]:
    """Names of the models that are there, the best first: those that tell languages apart, then the larger ones."""
    names = {place.name.replace("--", "/") for home in (folder, installed_folder()) for place in _folders(home)}
    sizes = {name: _bytes(place / "model.bin") for name in names if (place := find(name, folder))}
    return sorted(sizes, key=lambda name: (name.endswith(".en"), -sizes[name], name))


def _folders(home: Path) -> list[Path]:
    try:
        return [place for place in home.iterdir() if place.is_dir()]
    except OSError:
        return []


def _bytes(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def is_name(name: str) -> bool:
    """Whether this may be a model's name, and so a folder's."""
    return re.fullmatch(r"[A-Za-z0-9][\w.\-]*(/[A-Za-z0-9][\w.\-]*)?", name) is not None
