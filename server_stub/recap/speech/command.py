"""`python -m server_stub models`: lists, fetches and checks the recap's models, on a terminal."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from server_stub.recap.reading import files, keep
from server_stub.recap.speech.catalogue import DEFAULT, known
from server_stub.recap.speech.engine import SpeechError
from server_stub.recap.speech.models import find, installed_folder, is_whole, present
from server_stub.recap.speech.pulling import Show, pull

#: The name by which the model that reads is fetched.
READING = "reading"


def models_command(args: Sequence[str], folder: Path) -> int:
    """`models pull NAME` and `models list`.

    Args:
        args: what follows the word `models`.
        folder: the server's models folder.

    Returns:
        The exit code: 0, 1 when it could not be done, 2 when it was not understood.
    """
    parser = argparse.ArgumentParser(prog="server_stub models", description="The models of this server's recaps.")
    words = parser.add_subparsers(dest="word", required=True)
    words.add_parser("list", help="list the models on this server")
    puller = words.add_parser("pull", help="fetch a model")
    puller.add_argument(
        "name",
        nargs="?",
        default=DEFAULT,
        help=f"one of {', '.join(known())} (default: {DEFAULT}), or owner/repository; "
        f"{READING}: what reads action items",
    )
    puller.add_argument(
        "--shared", action="store_true", help="for every server of this installation, not only for this data folder"
    )
    try:
        options = parser.parse_args(args)
    except SystemExit as stop:
        return int(stop.code or 0)
    if options.word == "list":
        return _list(folder)
    if options.name == READING:
        return _fetch(
            lambda show: keep.pull(files.installed_home() if options.shared else folder / READING, show), "that reads"
        )
    return _pull(options.name, installed_folder() if options.shared else folder)


def _list(folder: Path) -> int:
    here = present(folder)
    if not here:
        print("No speech model is here; the small built-in recogniser is used.")
    for name in here:
        place = find(name, folder)
        is_good = place is not None and is_whole(name, place)
        print(name if is_good else f"{name} is damaged: fetch it again with `models pull {name}`")
    is_here = files.is_here(folder)
    print(
        READING if is_here else f"No model that reads is here (`models pull {READING}`): rules find the action items."
    )
    return 0


def _pull(name: str, folder: Path) -> int:
    place = find(name, folder)
    if place is not None and not is_whole(name, place):
        print(f"The speech model {name} in {place} is damaged or not the one that was published.", file=sys.stderr)
    return _fetch(lambda show: pull(name, folder, show), f"for speech called {name}")


def _fetch(bring: Callable[[Show], Path], what: str) -> int:
    bar = _Bar()
    try:
        place = bring(bar.show)
    except SpeechError as error:
        bar.end()
        print(error, file=sys.stderr)
        return 1
    bar.end()
    print(f"The model {what} is in {place}.")
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
