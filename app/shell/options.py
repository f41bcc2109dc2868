"""The options of the command line."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app import __version__
from app.settings import Theme

if TYPE_CHECKING:
    from app.rehearsal.options import Rehearsal

#: How the options of a rehearsal begin, cut short or not, and the wish to read of them.
_REHEARSED = ("--f", "--p", "--h", "-h")


@dataclass(frozen=True, slots=True)
class Options:
    """What a start was asked for.

    Attributes:
        server: address of the server; empty: as chosen before, or the one on this computer.
        data: folder for settings and data; None: the user's own.
        link: a meeting's link to open; empty: none.
        theme: colours of the window; None: as chosen before.
        registers: whether it may make itself the program that opens parley:// links.
        rehearsal: files in place of devices, and commands; None: the real thing.
    """

    server: str = ""
    data: Path | None = None
    link: str = ""
    theme: Theme | None = None
    registers: bool = True
    rehearsal: Rehearsal | None = None


def read_options(argv: Sequence[str]) -> Options:
    """Reads the options; ends the process with a message where they are none, or where only help is wanted.

    After a leading --link all is the link: that is how desktops are told to open one, and a web page adds no option.
    """
    if argv[:1] == ["--link"]:
        return Options(link=" ".join(argv[1:]))
    parser = _parser()
    if any(one.startswith(_REHEARSED) for one in argv):
        from app.rehearsal.options import add_options, rehearsal_of

        add_options(parser)
        given = parser.parse_args(argv)
        rehearsal = rehearsal_of(given)
    else:
        given, rehearsal = parser.parse_args(argv), None
    return Options(
        server=given.server,
        data=given.data,
        link=given.link or given.opened,
        theme=given.theme,
        # A folder of its own is a profile beside the user's.
        registers=given.data is None and not given.no_registration,
        rehearsal=rehearsal,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="parley", description="Parley: video meetings with a recap.")
    parser.add_argument(
        "--server", default="", help="address of the server (default: one of its own, on this computer)"
    )
    parser.add_argument("--data", type=Path, help="folder for settings and data, to keep profiles apart")
    parser.add_argument("opened", nargs="?", default="", metavar="LINK", help="a meeting's link to open")
    parser.add_argument(
        "--link", default="", metavar="LINK", help="the same; as the first option it takes everything after it"
    )
    parser.add_argument(
        "--no-registration", action="store_true", help="do not make Parley the program that opens parley:// links"
    )
    parser.add_argument("--theme", choices=("system", "light", "dark"), help="colours (default: as chosen before)")
    parser.add_argument("--version", action="version", version=f"Parley {__version__}")
    return parser
