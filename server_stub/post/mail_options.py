"""The options of the command line that name a mail server."""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace
from email.utils import parseaddr
from pathlib import Path

from app.wire.addresses import is_address
from app.wire.addresses import read as read_address
from app.wire.links import is_loopback
from server_stub.errors import ServerError
from server_stub.kernel.config import MailSettings
from server_stub.kernel.secret_file import read_secret

#: A password on the command line could be read by everyone on this computer.
PASSWORD = "PARLEY_MAIL_PASSWORD"
#: Source: RFC 8314, section 3 (465 and 587), and RFC 5321 (25).
_PORTS = {"starttls": 587, "tls": 465, "plain": 25}


def add(parser: ArgumentParser) -> None:
    """Adds the options."""
    group = parser.add_argument_group("mail", "without a mail server, mail is put into DATA/outbox")
    group.add_argument("--mail-host", default="", metavar="HOST", help="mail server to send through")
    group.add_argument("--mail-port", type=int, metavar="PORT", help="default: 587, or 465 for tls")
    group.add_argument("--mail-security", choices=tuple(_PORTS), default="starttls", help="plain: this computer only")
    group.add_argument(
        "--mail-user", default="", metavar="NAME", help=f"user name there; the password comes from {PASSWORD} or a file"
    )
    group.add_argument(
        "--mail-password-file", type=Path, metavar="FILE", help="file with the password, readable by nobody else"
    )
    group.add_argument(
        "--mail-sender", default="", metavar="ADDRESS", help="sender, such as 'Parley <parley@example.org>'"
    )


def read(options: Namespace) -> MailSettings | None:
    """The mail server that was named, if there is one.

    Raises:
        ServerError: what was named cannot be used.
    """
    # Taken out, so that no process that this one starts inherits it.
    password = os.environ.pop(PASSWORD, "")
    if not options.mail_host:
        return None
    if options.mail_security == "plain" and not is_loopback(options.mail_host):
        raise ServerError("Unencrypted mail is allowed only to a mail server on this computer. Use starttls or tls.")
    sender = parseaddr(options.mail_sender)[1]
    if not is_address(sender) or read_address(sender).needs_utf8:  # which no mail server need take
        raise ServerError("Please name the sender of the mail: --mail-sender 'Parley <parley@example.org>'.")
    if options.mail_password_file is not None:
        password = read_secret(options.mail_password_file)
    if options.mail_user and not password:
        raise ServerError(f"The password of the mail server is missing: set {PASSWORD}, or name a file that holds it.")
    return MailSettings(
        host=options.mail_host,
        port=options.mail_port or _PORTS[options.mail_security],
        security=options.mail_security,
        user=options.mail_user,
        password=password,
        sender=options.mail_sender,
    )
