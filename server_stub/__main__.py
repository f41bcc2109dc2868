"""`python -m server_stub`: runs the server, or fetches a speech model (`models pull NAME`)."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from app import __version__, log, paths
from server_stub.config import DEFAULT_PORT, ServerSettings
from server_stub.errors import FolderInUse, ServerError

#: What the process returns: another server has the folder; it cannot start.
IN_USE, CANNOT_START = 3, 4
_log = logging.getLogger(__name__)


def main(argv: Sequence[str] | None = None) -> int:
    """Runs what the command line asks for and returns the exit code."""
    options = _parser().parse_args(argv)
    data: Path = options.data or paths.default_data() / "server"
    if options.command == "models":
        from server_stub.recap.speech.models import models_command

        return models_command(options.arguments, data / "models")
    os.umask(0o077)  # the database and the recordings are nobody else's
    try:
        settings = _settings(options, data)
        # Nobody reads an embedded server's standard error.
        log.set_up(paths.private_folder(data) / "server.log" if settings.is_embedded else None)
        return _run(settings)
    except FolderInUse as error:
        print(error.words, file=sys.stderr)
        return IN_USE
    except ServerError as error:
        print(error.words, file=sys.stderr)
        return CANNOT_START
    except OSError as error:
        print(f"The server cannot start: {error.strerror or error}.", file=sys.stderr)
        return CANNOT_START


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m server_stub", description="The Parley server.")
    parser.add_argument("--data", type=Path, help="folder for the database, recordings and recaps")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this computer only)")
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help=f"0: any free one (default {DEFAULT_PORT})")
    parser.add_argument("--public-url", default="", help="where others reach this server, for links")
    parser.add_argument("--relay-address", action="append", default=[], help="address offered for media; repeatable")
    parser.add_argument("--speech-model", default="", help="speech model to use (default: the best that is present)")
    parser.add_argument("--embedded", action="store_true", help="serve one client, which started this process")
    commands = parser.add_subparsers(title="instead of serving", dest="command", metavar="COMMAND")
    models = commands.add_parser("models", help="speech models: `models pull NAME`")
    models.add_argument("arguments", nargs=argparse.REMAINDER)
    return parser


def _settings(options: argparse.Namespace, data: Path) -> ServerSettings:
    secret = _read_secret() if options.embedded else ""
    return ServerSettings(
        data=data,
        host="127.0.0.1" if options.embedded else options.host,
        port=0 if options.embedded else options.port,
        public_url=options.public_url,
        relay_addresses=tuple(options.relay_address),
        speech_model=options.speech_model,
        secret=secret,
    )


def _read_secret() -> str:
    """The first line of standard input: `{"secret": "..."}`."""
    try:
        secret = json.loads(sys.stdin.readline())["secret"]
    except (ValueError, KeyError, TypeError) as error:
        raise ServerError("An embedded server reads its secret from standard input.") from error
    if not isinstance(secret, str) or len(secret) < 16:
        raise ServerError("The secret of an embedded server has at least 16 characters.")
    return secret


def _run(settings: ServerSettings) -> int:
    try:
        from uvloop import new_event_loop
    except ImportError:  # there is none for Windows
        new_event_loop = asyncio.new_event_loop
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(_serve(settings))
    return 0


async def _serve(settings: ServerSettings) -> None:
    from server_stub.serving import running

    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()

    def stop(*_: object) -> None:
        loop.call_soon_threadsafe(stopped.set)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    async with running(settings) as doors:
        if settings.is_embedded:
            threading.Thread(target=_watch_stdin, args=(stop,), name="stdin", daemon=True).start()
        _announce(settings, doors.port, doors.server_id)
        await stopped.wait()


def _watch_stdin(stop: Callable[[], None]) -> None:
    """The client holds our standard input open as long as it lives."""
    while sys.stdin.buffer.readline(4096):
        pass
    stop()


def _announce(settings: ServerSettings, port: int, server_id: str) -> None:
    if settings.is_embedded:
        line = json.dumps({"ready": True, "port": port, "server_id": server_id, "version": __version__})
    else:
        line = f"Parley server {__version__} is at http://{settings.host}:{port} (data in {settings.data})"
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
