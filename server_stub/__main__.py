"""`python -m server_stub`: runs the server, looks after its data (`admin`), or fetches a speech model (`models`)."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from app import __version__, log, paths
from app.wire.text import LONGEST_NAME, cut, one_line
from server_stub.errors import FolderInUse, ServerError
from server_stub.kernel import ice_options, model_options
from server_stub.kernel.config import DEFAULT_PORT, ServerSettings
from server_stub.post import mail_options

#: What the process returns: another server has the folder; it cannot start.
IN_USE, CANNOT_START = 3, 4


def main(argv: Sequence[str] | None = None) -> int:
    """Runs what the command line asks for and returns the exit code."""
    given = list(sys.argv[1:] if argv is None else argv)
    if given[:1] == ["admin"]:
        from server_stub import admin

        return admin.main(given[1:])
    options = _parser().parse_args(given)
    data: Path = options.data or paths.default_data() / "server"
    if options.command == "models":
        from server_stub.recap.speech.command import models_command

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
    parser.add_argument("--name", default="", help="what invitations call this server, such as “Example Ltd”")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this computer only)")
    parser.add_argument("--port", type=int, help=f"0: any free one (default {DEFAULT_PORT})")
    parser.add_argument(
        "--public-url", default="", help="where others reach this server, as links say it; also needed behind a proxy"
    )
    parser.add_argument("--tls-certificate", type=Path, help="PEM file; without it one is made when others can connect")
    parser.add_argument("--tls-key", type=Path, help="PEM file; without it the key is in the certificate's file")
    parser.add_argument("--speech-model", default="", help="speech model to use (default: the best one installed)")
    parser.add_argument(
        "--gestures-without-recording", action="store_true", help="gestures work also while AI recording is off"
    )
    parser.add_argument("--embedded", action="store_true", help="serve one client, which started this process")
    parser.add_argument("--reachable", action="store_true", help="embedded: let other computers connect, by TLS")
    ice_options.add(parser)
    mail_options.add(parser)
    model_options.add(parser)
    commands = parser.add_subparsers(title="instead of serving", dest="command", metavar="COMMAND")
    models = commands.add_parser("models", help="speech models: `models pull NAME`")
    models.add_argument("arguments", nargs=argparse.REMAINDER)
    commands.add_parser("admin", help="look after the data: `admin --help`")
    return parser


def _settings(options: argparse.Namespace, data: Path) -> ServerSettings:
    secret = _read_secret() if options.embedded else ""
    return ServerSettings(
        data=data,
        name=cut(one_line(options.name), LONGEST_NAME),
        host="127.0.0.1" if options.embedded else str(options.host),
        port=_port(options),
        public_url=options.public_url,
        is_reachable=options.embedded and options.reachable,
        outside_port=options.port if options.embedded else None,
        tls_certificate=options.tls_certificate,
        tls_key=options.tls_key,
        mail=mail_options.read(options),
        language_model=model_options.read(options),
        relay_addresses=ice_options.read_addresses(options),
        relay_ports=ice_options.read_ports(options),
        ice=ice_options.read(options),
        speech_model=options.speech_model,
        gestures_need_recording=not options.gestures_without_recording,
        secret=secret,
    )


def _port(options: argparse.Namespace) -> int:
    if options.embedded:
        return 0  # its own client is told; other computers have a port apart
    return DEFAULT_PORT if options.port is None else int(options.port)


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
    from server_stub.serving import forwarder_of_own_process, running

    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()

    def stop(*_: object) -> None:
        loop.call_soon_threadsafe(stopped.set)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    async with running(settings, relay=forwarder_of_own_process) as server:
        if settings.is_embedded:
            from server_stub.embedded import Channel

            Channel(settings, server, stop).open(sys.stdin.buffer)
        else:
            listens = f"listens on {settings.host}:{server.port}; " if settings.public_url else ""
            where = f"{server.address.text} ({listens}data in {settings.data})"
            print(f"Parley server {__version__} is at {where}", flush=True)
        await stopped.wait()


if __name__ == "__main__":
    sys.exit(main())
