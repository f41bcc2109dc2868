"""The command line of `admin`: options, the one transaction, exit codes."""

from __future__ import annotations

import argparse
import os
import re
import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from app import paths
from app.wire.accounts import AccountKind
from app.wire.rooms import ContractKind
from server_stub.admin import accounts, deletions, gate, log, moving, sessions
from server_stub.admin.answers import Answer, CannotDo
from server_stub.errors import FolderInUse, ServerError
from server_stub.kernel.config import ServerSettings
from server_stub.storage import Connection
from server_stub.storage.store import transaction

if TYPE_CHECKING:
    # Only for the signature below: the class of what add_subparsers returns has no public name.
    Words = argparse._SubParsersAction[ArgumentParser]

#: What the process returns: done; it cannot be done; (2: wrong options); the folder is in use; it cannot be used.
DONE, CANNOT, IN_USE, UNUSABLE = 0, 1, 3, 4
#: Does its work in the database, and on the files of the data folder.
InDatabase = Callable[[Connection, Namespace, float], Answer]
OnFiles = Callable[[Path, Namespace], Answer]


def main(argv: Sequence[str]) -> int:
    """Does what the command line says, prints the answer, and returns the exit code."""
    options = _parser().parse_args(argv)
    data: Path = options.data or paths.default_data() / "server"
    os.umask(0o077)
    try:
        answer = options.on_files(data, options) if "on_files" in options else _in_database(data, options)
    except CannotDo as error:
        return _fail(error.words, CANNOT)
    except FolderInUse as error:
        return _fail(error.words, IN_USE)
    except ServerError as error:
        return _fail(error.words, UNUSABLE)
    except OSError as error:
        return _fail(f"{error.filename or data}: {error.strerror or type(error).__name__}.", UNUSABLE)
    _print(answer.as_json() if options.json else answer.as_text())
    return DONE


def _print(text: str) -> None:
    # A terminal that cannot show somebody's name shows a question mark.
    encoding = sys.stdout.encoding or "utf-8"
    print(text.encode(encoding, "replace").decode(encoding))


def _fail(words: str, code: int) -> int:
    print(words, file=sys.stderr)
    return code


def _in_database(data: Path, options: Namespace) -> Answer:
    settings = ServerSettings(data=data)
    if not ServerSettings(data=data).database.is_file():
        raise ServerError(f"There is no Parley server data in {data}. Say where it is: --data FOLDER.")
    work: InDatabase = options.in_database
    with transaction(settings.database_url) as connection:
        return work(connection, options, time.time())


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="python -m server_stub admin", description="Looks after a Parley server's data.")
    parser.add_argument("--data", type=Path, help="the server's data folder")
    parser.add_argument("--json", action="store_true", help="print JSON")
    words = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_accounts(words)
    _add_gate(words)
    _add_sessions(words)
    _add_deletions(words)
    _add_moving(words)
    audit = words.add_parser("audit", help="what administrators and the server did")
    audit.add_argument(
        "--since", type=_moment, metavar="DATE", help="from then on, such as 2026-11-23 or 2026-11-23T09:00"
    )
    audit.set_defaults(in_database=log.show)
    return parser


def _add_accounts(words: Words) -> None:
    inner = words.add_parser("accounts", help="the accounts of this server").add_subparsers(
        required=True, metavar="COMMAND"
    )
    _add(inner, "list", accounts.show_all, "all accounts")
    _add(
        inner,
        "addresses",
        accounts.addresses,
        "those whose address is not valid, or is another account's in another spelling",
    )
    for name, work, meaning in (
        ("show", accounts.show, "one account"),
        ("close", accounts.close, "sign it out everywhere and refuse its sign-ins"),
        ("open", accounts.reopen, "open a closed account again"),
        ("reset-code", accounts.reset_code, "a one-use code for a new password, good for a day"),
    ):
        _add(inner, name, work, meaning).add_argument("account", metavar="EMAIL", help="e-mail address or id")


def _add_gate(words: Words) -> None:
    inner = words.add_parser("gate", help="who may start meetings").add_subparsers(required=True, metavar="COMMAND")
    _add(inner, "show", gate.show, "the current settings")
    change = _add(inner, "set", gate.change, "change the settings that are named, keep the rest")
    change.add_argument("--percentage", type=_percentage, metavar="N", help="share of all accounts, 0 to 100")
    for name, meaning in (("allow", "always may"), ("deny", "never may"), ("clear", "take off both lists")):
        change.add_argument(f"--{name}", action="append", default=[], metavar="ID|EMAIL", help=meaning)
    for thing, known, who in (
        ("kind", get_args(AccountKind), "accounts of a kind"),
        ("contract", get_args(ContractKind), "rooms under a kind of contract"),
    ):
        for act, meaning in (("exclude", "leave out"), ("include", "no longer leave out")):
            name = f"--{act}-{thing}"
            change.add_argument(name, action="append", default=[], choices=known, help=f"{meaning} {who}")
    change.add_argument("--external", choices=("on", "off"), help="links of another provider's meetings")


def _add_sessions(words: Words) -> None:
    inner = words.add_parser("sessions", help="where accounts are signed in").add_subparsers(
        required=True, metavar="COMMAND"
    )
    show = _add(inner, "list", sessions.show_all, "of one account, or of all")
    show.add_argument("account", nargs="?", metavar="EMAIL", help="e-mail address or id of an account")
    revoke = _add(inner, "revoke", sessions.revoke, "sign out")
    revoke.add_argument("which", metavar="EMAIL|ID", help="an account, or the id of one sign-in")


def _add_deletions(words: Words) -> None:
    inner = words.add_parser("deletions", help="requests to delete a recording").add_subparsers(
        required=True, metavar="COMMAND"
    )
    _add(inner, "list", deletions.show_all, "all requests")
    _add(inner, "approve", deletions.approve, "delete it").add_argument("recording", metavar="ID")
    refuse = _add(inner, "refuse", deletions.refuse, "keep it")
    refuse.add_argument("recording", metavar="ID")
    refuse.add_argument("words", metavar="WORDS", help="why; the members of the room see this")


def _add_moving(words: Words) -> None:
    works: tuple[tuple[str, OnFiles, str], ...] = (
        ("backup", moving.backup, "write everything into one file; the server may be running"),
        ("restore", moving.restore, "make a data folder from such a file; the server must be stopped"),
        ("import", moving.import_, "take an embedded server's backup into this server"),
    )
    for name, work, meaning in works:
        parser = words.add_parser(name, help=meaning)
        parser.add_argument("file", type=Path, metavar="FILE")
        if name == "import":
            parser.add_argument(
                "--owner", required=True, metavar="EMAIL", help="account here that the embedded server's owner becomes"
            )
        parser.set_defaults(on_files=work)


def _add(words: Words, name: str, work: InDatabase, meaning: str) -> ArgumentParser:
    parser = words.add_parser(name, help=meaning)
    parser.set_defaults(in_database=work)
    return parser


def _percentage(text: str) -> int:
    if not re.fullmatch(r"\d{1,3}", text, re.ASCII) or int(text) > 100:
        raise argparse.ArgumentTypeError("expected a whole number from 0 to 100")
    return int(text)


def _moment(text: str) -> float:
    try:
        return datetime.fromisoformat(text).astimezone().timestamp()
    except (ValueError, OverflowError, OSError) as error:
        raise argparse.ArgumentTypeError(
            "expected a day, such as 2026-11-23, or a time, such as 2026-11-23T09:00"
        ) from error
