"""The options of the command line that name a language model for recaps; without them nobody is asked."""

from __future__ import annotations

import logging
import os
import socket
from argparse import ArgumentParser, Namespace
from pathlib import Path

from server_stub.errors import ServerError
from server_stub.kernel.secret_file import read_secret
from server_stub.recap.model_server import BadModelServer, ModelServer, check_addresses, read_server

log = logging.getLogger(__name__)
#: A key on the command line could be read by everyone on this computer.
KEY = "PARLEY_LANGUAGE_MODEL_KEY"


def add(parser: ArgumentParser) -> None:
    """Adds the options."""
    group = parser.add_argument_group(
        "language model",
        "writes recaps, too; the recording notice names it. Without one no text goes anywhere",
    )
    group.add_argument(
        "--language-model", default="", metavar="URL", help="its server, such as http://127.0.0.1:11434/v1 (Ollama)"
    )
    group.add_argument("--language-model-name", default="", metavar="NAME", help="which model to ask for")
    group.add_argument(
        "--language-model-key-file", type=Path, metavar="FILE",
        help=f"file with its key, readable by nobody else; or set {KEY}",
    )  # fmt: skip
    group.add_argument("--language-model-context", type=int, default=4096, metavar="TOKENS", help="default: 4096")
    group.add_argument(
        "--language-model-seconds", type=float, default=60.0, metavar="S", help="time for one recap (default: 60)"
    )
    group.add_argument(
        "--language-model-outside", action="store_true",
        help="it may be outside of private networks: what is said leaves for it, and the recording notice says so",
    )  # fmt: skip


def read(options: Namespace) -> ModelServer | None:
    """The language model that was named, if there is one.

    Raises:
        ServerError: what was named cannot be used.
    """
    # Taken out, so that no process that this one starts inherits it.
    key = os.environ.pop(KEY, "")
    if not options.language_model:
        return None
    if options.language_model_key_file is not None:
        key = read_secret(options.language_model_key_file)
    try:
        server = read_server(
            options.language_model,
            options.language_model_name,
            key=key,
            may_leave=options.language_model_outside,
            context_tokens=options.language_model_context,
            within_s=options.language_model_seconds,
        )
        check_addresses(server, _addresses(server))
    except BadModelServer as error:
        raise ServerError(str(error)) from error
    return server


def _addresses(server: ModelServer) -> list[str]:
    """What its name means now; nothing where it is not known yet, since it is looked up for each request anyway."""
    try:
        return [str(each[4][0]) for each in socket.getaddrinfo(server.name, server.port, type=socket.SOCK_STREAM)]
    except OSError:
        log.warning("the name of the language model's host is not known yet")
        return []
