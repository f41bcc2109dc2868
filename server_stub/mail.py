"""Mail: plain text, kept in the database until it is sent, or else put into the folder `outbox`.

A mail names no more than a title: nothing of what was said. Links in it lead to the sign-in, they do not replace it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import ssl
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid, parseaddr
from pathlib import Path
from typing import TYPE_CHECKING

from app.paths import private_folder, write_private
from server_stub import links
from server_stub.config import MailSettings, ServerSettings
from server_stub.storage import Connection, audit
from server_stub.storage import mails as mails_table
from server_stub.storage.mails import MailRow
from server_stub.storage.store import Work

if TYPE_CHECKING:
    from server_stub.backend import Backend

log = logging.getLogger(__name__)
NOBODY = "Parley <parley@localhost>"
#: Seconds before each further try: from a minute to four hours, together two days.
#: Source: RFC 5321, section 4.5.4.1 (growing waits; give up after days, not hours).
WAITS_S = (*(60.0 * 2**n for n in range(8)), *(14_400.0,) * 11)
_ANSWER_WITHIN_S = 30.0
# Seven bits pass every mail server; long lines are folded by the same policy.
_POLICY = SMTP.clone(cte_type="7bit")
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(\.(?!-)[A-Za-z0-9-]{1,63})*")


class NotSent(Exception):
    """A mail did not go out. `words` say why without any address; `is_final`: it never will."""

    def __init__(self, words: str, *, is_final: bool = False, is_down: bool = False) -> None:
        super().__init__(words)
        self.words = words
        self.is_final = is_final
        #: It was not about this mail: the others would not go out either.
        self.is_down = is_down


def is_address(text: str) -> bool:
    """Whether mail can be sent there: one plain address, which no mail server can read as two or as a command."""
    local, _, domain = text.rpartition("@")
    try:
        domain = domain.encode("idna").decode()
    except UnicodeError:
        return False
    return len(text) <= 254 and bool(_LOCAL.fullmatch(local)) and bool(_DOMAIN.fullmatch(domain))


async def send(
    backend: Backend,
    *,
    to: str,
    subject: str,
    text: str,
    about: str,
    attachments: Sequence[tuple[str, str, bytes]] = (),
) -> None:
    """Sends a mail: it is kept when this returns, and goes out as soon as the mail server takes it.

    Args:
        backend: the server.
        to: one address; nothing is sent to what is none, nor to that of a closed account.
        subject: one line.
        text: plain text.
        about: id of the room, meeting or recording that it is about: it goes with that.
        attachments: file name, content type (with parameters, as in "text/calendar; method=REQUEST"), content.
    """
    work = written(backend, to=to, subject=subject, text=text, about=about, attachments=attachments)
    await backend.store.do(work)
    backend.mail_waits.set()


def written(
    backend: Backend,
    *,
    to: str,
    subject: str,
    text: str,
    about: str,
    attachments: Sequence[tuple[str, str, bytes]] = (),
) -> Work[None]:
    """The database's part of `send`, for who keeps more in the same transaction; he sets `mail_waits` afterwards."""
    mail, now = links.new_id("e"), backend.now()
    if not is_address(to):
        return lambda connection: audit.note(connection, now, "server", "mail.no_address", _safe(about))
    sender = backend.settings.mail.sender if backend.settings.mail else NOBODY
    message = _written(sender, to, subject, text)
    message["Date"] = format_datetime(datetime.fromtimestamp(now, UTC))
    for name, kind, content in attachments:
        _attach(message, name, kind, content)
    row = MailRow(id=mail, about=about, message=bytes(message), next_try=now)

    def keep(connection: Connection) -> None:
        if mails_table.is_wanted(connection, to):
            mails_table.add(connection, row)

    return keep


async def carry_all(backend: Backend) -> None:
    """Carries mail out as long as the server runs."""
    while True:
        backend.mail_waits.clear()
        try:
            next_s = await carry_due(backend)
        except Exception as error:  # the disk is full, perhaps; the mail is kept
            log.error("mail could not be carried out: %s", type(error).__name__)
            next_s = WAITS_S[0]
        timer = None if next_s is None else backend.clock.call_later(next_s, backend.mail_waits.set)
        await backend.mail_waits.wait()
        if timer is not None:
            timer.cancel()


async def carry_due(backend: Backend) -> float | None:
    """Carries out what is due; returns the seconds until there is more to do, None when nothing waits."""
    down: NotSent | None = None
    while (mail := await backend.store.do(_due(backend.now()))) is not None:
        try:
            if down is not None:
                raise down
            await _carry(backend.settings, mail)
        except NotSent as problem:
            down = problem if problem.is_down else None
            await backend.store.do(_not_sent(mail, problem, backend.now()))
        else:
            sent = mail.id
            await backend.store.do(lambda connection, sent=sent: mails_table.drop(connection, sent))  # type: ignore[misc]
    at = await backend.store.do(mails_table.next_try)
    return None if at is None else min(max(0.0, at - backend.now()), WAITS_S[-1])


def outbox_files(settings: ServerSettings, about: str) -> list[Path]:
    """The mails in the outbox that are about a room, meeting or recording."""
    return sorted((settings.data / "outbox").glob(f"{_safe(about)}.*.eml"))


def _due(now: float) -> mails_table.Search:
    return lambda connection: mails_table.due(connection, now, longest_wait_s=WAITS_S[-1])


def _not_sent(mail: MailRow, problem: NotSent, now: float) -> mails_table.Change:
    def work(connection: Connection) -> None:
        if problem.is_final or mail.tries >= len(WAITS_S):
            log.warning("a mail was given up after %d tries: %s", mail.tries + 1, problem.words)
            audit.note(connection, now, "server", "mail.give_up", mail.id, f"{mail.tries + 1} tries: {problem.words}")
            mails_table.drop(connection, mail.id)
        else:
            mails_table.put_off(connection, mail.id, mail.tries + 1, now + WAITS_S[mail.tries])

    return work


def _one_line(text: str) -> str:
    """Text for a header: no line ends, no control characters, nothing that cannot be encoded."""
    kept = (" " if unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") else letter for letter in text)
    return " ".join("".join(kept).split())


def _written(sender: str, to: str, subject: str, text: str) -> EmailMessage:
    message = EmailMessage(policy=_POLICY)
    local, _, domain = to.rpartition("@")
    message["From"], message["To"] = sender, f"{local}@{domain.encode('idna').decode()}"
    message["Subject"] = _one_line(subject)[:200]
    message["Message-ID"] = make_msgid(domain=parseaddr(sender)[1].rpartition("@")[2] or "localhost")
    # No holiday note answers this. Source: RFC 3834, section 5.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text.encode("utf-8", "replace").decode().replace("\0", ""))
    return message


def _attach(message: EmailMessage, name: str, kind: str, content: bytes) -> None:
    header = EmailMessage()
    header["Content-Type"] = _one_line(kind)
    parsed = header["Content-Type"]
    shown = re.sub(r"[^A-Za-z0-9 ._-]", "_", name)[:100]
    message.add_attachment(
        content, maintype=parsed.maintype, subtype=parsed.subtype, filename=shown, params=dict(parsed.params)
    )


def _safe(about: str) -> str:
    return about if re.fullmatch(r"[A-Za-z0-9_-]{1,64}", about) else "server"


async def _carry(settings: ServerSettings, mail: MailRow) -> None:
    if settings.mail is not None:
        await _deliver(settings.mail, mail.message)
        return
    try:
        await asyncio.to_thread(_put_out, settings.data / "outbox", f"{_safe(mail.about)}.{mail.id}.eml", mail.message)
    except OSError as error:
        raise NotSent(f"the outbox cannot be written ({type(error).__name__})", is_down=True) from error


def _put_out(folder: Path, name: str, message: bytes) -> None:
    write_private(private_folder(folder) / name, message)


async def _deliver(settings: MailSettings, message: bytes) -> None:
    """Hands a mail to the mail server.

    Raises:
        NotSent: it was not taken.
    """
    # Reading all authorities' certificates takes its time, and so does the library at the first mail.
    tls = None if settings.security == "plain" else await asyncio.to_thread(ssl.create_default_context)
    await asyncio.to_thread(_load)
    import aiosmtplib

    client = aiosmtplib.SMTP(
        hostname=settings.host,
        port=settings.port,
        username=settings.user or None,
        password=settings.password if settings.user else None,
        use_tls=settings.security == "tls",
        start_tls=settings.security == "starttls",
        tls_context=tls,
        timeout=_ANSWER_WITHIN_S,
        # Otherwise the name of this computer would be looked up, and told to the mail server.
        local_hostname=parseaddr(settings.sender)[1].rpartition("@")[2] or "localhost",
    )
    try:
        # Away, or a wrong certificate or password, which can be put right: the same for all mails.
        await client.connect()
    except (aiosmtplib.SMTPException, OSError) as error:
        client.close()
        raise NotSent(f"the mail server cannot be used ({type(error).__name__})", is_down=True) from error
    try:
        await client.sendmail(
            parseaddr(settings.sender)[1], parseaddr(str(message_from_bytes(message)["To"]))[1], message
        )
    except aiosmtplib.SMTPRecipientsRefused as error:
        codes = [refused.code for refused in error.recipients]
        raise NotSent(f"refused with {codes}", is_final=all(code >= 500 for code in codes)) from error
    except aiosmtplib.SMTPDataError as error:
        raise NotSent(f"refused with {error.code}", is_final=error.code >= 500) from error
    except (aiosmtplib.SMTPException, OSError, ValueError) as error:
        raise NotSent(f"the mail server did not take it ({type(error).__name__})") from error
    finally:
        # What was given stays given, whatever the answer to the good-bye is.
        with contextlib.suppress(aiosmtplib.SMTPException, OSError):
            await client.quit(timeout=1.0)
        client.close()


def _load() -> None:
    import aiosmtplib  # noqa: F401 - most servers never send a mail
