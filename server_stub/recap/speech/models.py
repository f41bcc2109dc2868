"""Speech models: which are on this computer, and fetching one when an administrator asks for it."""

from __future__ import annotations

import argparse
import errno
import os
import re
import shutil
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from server_stub.recap.speech.engine import ModelUnreached

#: Short names, and the repository of each on the Hugging Face hub. Source: faster-whisper 1.2, `utils._MODELS`.
REPOSITORIES = {
    **{
        name: f"Systran/faster-whisper-{name}"
        for name in ("tiny", "tiny.en", "base", "base.en", "small", "small.en", "medium", "medium.en", "large-v3")
    },
    **{
        name: f"Systran/faster-{name.replace('distil', 'distil-whisper')}"
        for name in ("distil-small.en", "distil-medium.en", "distil-large-v3")
    },
    "large-v3-turbo": "mobiuslabsgmbh/faster-whisper-large-v3-turbo",
}
FILES = ["config.json", "preprocessor_config.json", "model.bin", "tokenizer.json", "vocabulary.*"]
NEEDED = ("config.json", "model.bin")

Show = Callable[[int, int], None]


def folder_of(name: str, folder: Path) -> Path:
    """Where the model of that name lies; a repository's slash becomes two dashes."""
    return folder / name.replace("/", "--")


def present(name: str, folder: Path) -> bool:
    """Whether the model can be used without fetching anything."""
    if not _is_name(name):
        return False
    place = folder_of(name, folder)
    words = (place / "tokenizer.json").is_file() or any(place.glob("vocabulary.*"))
    return words and all((place / file).is_file() for file in NEEDED)


def pull(name: str, folder: Path, show: Show) -> Path:
    """Fetches a model from the Hugging Face hub, whole or not at all.

    Args:
        name: a short name of `REPOSITORIES`, or `owner/repository`.
        folder: the server's models folder.
        show: told the bytes that are there and the bytes in all, again and again.

    Returns:
        The model's folder.

    Raises:
        ModelUnreached: there is no such model, the hub cannot be reached, or the disk is full.
    """
    if not _is_name(name) or ("/" not in name and name not in REPOSITORIES):
        raise ModelUnreached(f"There is no speech model called {name}. Known are: {', '.join(REPOSITORIES)}.")
    place = folder_of(name, folder)
    half = place.with_name(f".{place.name}.part")
    try:
        half.mkdir(parents=True, exist_ok=True)
        _fetch(REPOSITORIES.get(name, name), half, show)
    except Exception as error:  # the hub's errors come from whichever HTTP package it uses
        raise ModelUnreached(_why(name, error)) from error
    shutil.rmtree(half / ".cache", ignore_errors=True)
    if place.exists():
        shutil.rmtree(place)
    half.replace(place)
    if not present(name, folder):
        shutil.rmtree(place)
        raise ModelUnreached(f"{name} is not a model that faster-whisper can use.")
    return place


def models_command(args: Sequence[str], folder: Path) -> int:
    """`models pull NAME` and `models list`, for a terminal.

    Args:
        args: what follows the word `models`.
        folder: the server's models folder.

    Returns:
        The exit code: 0, 1 when it could not be done, 2 when it was not understood.
    """
    parser = argparse.ArgumentParser(prog="server_stub models", description="Speech models of this server.")
    words = parser.add_subparsers(dest="word", required=True)
    words.add_parser("list", help="list the models on this server")
    words.add_parser("pull", help="fetch a model").add_argument("name", help=f"one of {', '.join(REPOSITORIES)}")
    try:
        options = parser.parse_args(args)
    except SystemExit as stop:
        return int(stop.code or 0)
    if options.word == "list":
        here = [name for name in REPOSITORIES if present(name, folder)]
        print("\n".join(here) if here else "No speech model is here; the built-in recogniser is used.")
        return 0
    bar = _Bar()
    try:
        place = pull(options.name, folder, bar.show)
    except ModelUnreached as error:
        bar.end()
        print(error, file=sys.stderr)
        return 1
    bar.end()
    print(f"The speech model {options.name} is in {place}.")
    return 0


class _Bar:
    """A progress bar on a terminal, one line per tenth elsewhere."""

    WIDTH = 30

    def __init__(self) -> None:
        self._live = sys.stderr.isatty()
        self._tenth = -1

    def show(self, done: int, whole: int) -> None:
        part = min(1.0, done / whole) if whole else 0.0
        tenth = int(part * 10)
        if not self._live and tenth == self._tenth:
            return
        self._tenth = tenth
        filled = "#" * int(part * self.WIDTH)
        line = f"[{filled:<{self.WIDTH}}] {part:4.0%} of {whole / 1e6:.0f} MB"
        print(f"\r{line}" if self._live else line, end="" if self._live else "\n", file=sys.stderr, flush=True)

    def end(self) -> None:
        if self._live and self._tenth >= 0:
            print(file=sys.stderr)


def _is_name(name: str) -> bool:
    return re.fullmatch(r"[A-Za-z0-9][\w.\-]*(/[A-Za-z0-9][\w.\-]*)?", name) is not None


def _fetch(repository: str, half: Path, show: Show) -> None:
    # The hub's own bars would be drawn across ours.
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    import huggingface_hub

    listed: Any = huggingface_hub.snapshot_download(repository, local_dir=half, allow_patterns=FILES, dry_run=True)
    whole = sum(file.file_size for file in listed)
    done = 0
    show(0, whole)
    for file in sorted(listed, key=lambda file: str(file.filename)):
        meter = _meter(partial(_show_from, show, done, whole))
        huggingface_hub.hf_hub_download(repository, file.filename, local_dir=half, tqdm_class=meter)
        done += file.file_size
        show(done, whole)


def _show_from(show: Show, before: int, whole: int, done: int) -> None:
    show(before + done, whole)


def _meter(tell: Callable[[int], None]) -> Any:
    """The hub reports progress only to a class shaped like tqdm: this one passes it on and draws nothing."""
    from tqdm.auto import tqdm  # type: ignore[import-untyped]

    class Meter(tqdm):  # type: ignore[misc]
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **{**kwargs, "disable": True})
            self._bytes = int(kwargs.get("initial") or 0)

        def update(self, n: float | None = 1) -> None:
            self._bytes += int(n or 0)
            tell(self._bytes)

    return Meter


def _why(name: str, error: Exception) -> str:
    from huggingface_hub.errors import RepositoryNotFoundError

    if isinstance(error, RepositoryNotFoundError):
        return f"The model hub (huggingface.co) has no model called {name}, or it is not public."
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EACCES, errno.EROFS, errno.EDQUOT):
        return f"The model could not be written: {error.strerror}."
    return "The model hub (huggingface.co) cannot be reached from here, so nothing was fetched."
