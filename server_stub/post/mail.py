"""Mail: plain text, kept in the database until it is sent, or else put into the folder `outbox`.

A mail names no more than a title: nothing of what was said. Links in it lead to the sign-in, they do not replace it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_string
from email.headerregistry import Address as Mailbox
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid, parseaddr
from pathlib import Path

from aiosmtplib import SMTP as Client

from app.paths import private_folder, write_private
from app.wire import addresses
from app.wire.addresses import Address
from app.wire.text import cut, file_name, one_line, paragraphs
from server_stub.errors import Refusal
from server_stub.kernel import links
from server_stub.kernel.config import MailSettings, ServerSettings
from server_stub.kernel.context import Context
from server_stub.storage import Connection, audit
from server_stub.storage import mails as mails_table
from server_stub.storage.mails import MailRow
from server_stub.storage.store import Work

log = logging.getLogger(__name__)
NOBODY = "Parley <parley@localhost>"
#: Seconds before each further try: from a minute to four hours, together two days.
#: Source: RFC 5321, section 4.5.4.1 (growing waits; give up after days, not hours).
WAITS_S = (*(60.0 * 2**n for n in range(8)), *(14_400.0,) * 11)
_ANSWER_WITHIN_S = 30.0
# Seven bits pass every mail server; long lines are folded by the same policy.
_POLICY = SMTP.clone(cte_type="7bit")
# With letters beyond ASCII before the @ of an address, headers are UTF-8 (RFC 6532).
_POLICY_UTF8 = _POLICY.clone(utf8=True)
NO_UTF8 = "the mail server takes no addresses with letters beyond A to Z"


@dataclass(frozen=True, slots=True)
class Ability:
    """What the mail server offered when it was asked, and until when that is believed (monotonic seconds)."""

    takes_utf8: bool = False
    until: float = float("-inf")


class Outbox:
    """What is known of the mail that waits, and of the mail server.

    Attributes:
        waits: set when there is mail to be carried out.
        ability: what the mail server said of itself.
        lock: it is asked once at a time.
    """

    def __init__(self) -> None:
        self.waits = asyncio.Event()
        self.ability = Ability()
        self.lock = asyncio.Lock()


def wake(context: Context) -> None:
    """There is mail to be carried out."""
    context.part(Outbox).waits.set()


class NotSent(Exception):
    """A mail did not go out. `words` say why without any address; `is_final`: it never will."""

    def __init__(self, words: str, *, is_final: bool = False, is_down: bool = False) -> None:
        super().__init__(words)
        self.words = words
        self.is_final = is_final
        #: It was not about this mail: the others would not go out either.
        self.is_down = is_down


async def send(
    context: Context,
    *,
    to: str,
    subject: str,
    text: str,
    about: str,
    attachments: Sequence[tuple[str, str, bytes]] = (),
) -> None:
    """Sends a mail: it is kept when this returns, and goes out as soon as the mail server takes it.

    Args:
        context: the server.
        to: one address; nothing is sent to what is none, nor to that of a closed account.
        subject: one line.
        text: plain text.
        about: id of the room, meeting or recording that it is about: it goes with that.
        attachments: file name, content type (with parameters, as in "text/calendar; method=REQUEST"), content.
    """
    work = written(context, to=to, subject=subject, text=text, about=about, attachments=attachments)
    await context.store.do(work)
    wake(context)


def written(
    context: Context,
    *,
    to: str,
    subject: str,
    text: str,
    about: str,
    attachments: Sequence[tuple[str, str, bytes]] = (),
) -> Work[None]:
    """The database's part of `send`, for callers that store more in one transaction; they then call `wake`."""
    mail, now = links.new_id("e"), context.now()
    try:
        address = addresses.read(to)
    except addresses.BadAddress:
        return lambda connection: audit.note(connection, now, "server", "mail.no_address", _safe(about))
    sender = context.settings.mail.sender if context.settings.mail else NOBODY
    message = _written(sender, address, subject, text)
    message["Date"] = format_datetime(datetime.fromtimestamp(now, UTC))
    for name, kind, content in attachments:
        _attach(message, name, kind, content)
    row = MailRow(id=mail, about=about, message=bytes(message), next_try=now)

    def keep(connection: Connection) -> None:
        if mails_table.is_wanted(connection, to):
            mails_table.add(connection, row)

    return keep


async def carry_all(context: Context) -> None:
    """Carries mail out as long as the server runs."""
    outbox = context.part(Outbox)
    while True:
        outbox.waits.clear()
        try:
            next_s = await carry_due(context)
        except Exception as error:  # the disk is full, perhaps; the mail is kept
            log.error("mail could not be carried out: %s", type(error).__name__)
            next_s = WAITS_S[0]
        timer = None if next_s is None else context.clock.call_later(next_s, outbox.waits.set)
        await outbox.waits.wait()
        if timer is not None:
            timer.cancel()


async def carry_due(context: Context) -> float | None:
    """Carries out what is due; returns the seconds until there is more to do, None when nothing waits."""
    down: NotSent | None = None
    while (mail := await context.store.do(_due(context.now()))) is not None:
        try:
            if down is not None:
                raise down
            await _carry(context.settings, mail)
        except NotSent as problem:
            if problem.words == NO_UTF8:
                # An account of an older program: an administrator finds its mail there, and can pass it on.
                await _put_aside(context.settings, mail)
            down = problem if problem.is_down else None
            await context.store.do(_not_sent(mail, problem, context.now()))
        else:
            sent = mail.id
            await context.store.do(lambda connection, sent=sent: mails_table.drop(connection, sent))  # type: ignore[misc]
    at = await context.store.do(mails_table.next_try)
    return None if at is None else min(max(0.0, at - context.now()), WAITS_S[-1])


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


def sender_address(sender: str) -> str:
    """The address of who sends, as mail servers read it."""
    address = parseaddr(sender)[1]
    return addresses.read(address).mailed if addresses.is_address(address) else address


def _written(sender: str, to: Address, subject: str, text: str) -> EmailMessage:
    message = EmailMessage(policy=_POLICY_UTF8 if to.needs_utf8 else _POLICY)
    mailed = sender_address(sender)
    message["From"] = Mailbox(one_line(parseaddr(sender)[0]), addr_spec=mailed)
    message["To"] = to.mailed
    message["Subject"] = cut(one_line(subject), 200)
    message["Message-ID"] = make_msgid(domain=mailed.rpartition("@")[2] or "localhost")
    # No holiday note answers this. Source: RFC 3834, section 5.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(paragraphs(text))
    return message


def _attach(message: EmailMessage, name: str, kind: str, content: bytes) -> None:
    header = EmailMessage()
    header["Content-Type"] = one_line(kind)
    parsed = header["Content-Type"]
    stem, dot, suffix = name.rpartition(".")
    shown = file_name(stem, dot + suffix) if stem else file_name(name)
    message.add_attachment(
        content, maintype=parsed.maintype, subtype=parsed.subtype, filename=shown, params=dict(parsed.params)
    )


def _safe(about: str) -> str:
    return about if re.fullmatch(r"[A-Za-z0-9_-]{1,64}", about) else "server"


async def _put_aside(settings: ServerSettings, mail: MailRow) -> None:
    name = f"{_safe(mail.about)}.{mail.id}.eml"
    try:
        await asyncio.to_thread(_put_out, settings.data / "outbox", name, mail.message)
        log.warning("a mail lies in the outbox: %s", NO_UTF8)
    except OSError as error:
        log.error("a mail could not be put into the outbox: %s", type(error).__name__)


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
    client = await _connect(settings)
    import aiosmtplib

    try:
        await _hand_over(client, sender_address(settings.sender), message)
    except aiosmtplib.SMTPRecipientsRefused as error:
        codes = [refused.code for refused in error.recipients]
        raise NotSent(f"refused with {codes}", is_final=all(code >= 500 for code in codes)) from error
    except aiosmtplib.SMTPDataError as error:
        raise NotSent(f"refused with {error.code}", is_final=error.code >= 500) from error
    except (aiosmtplib.SMTPException, OSError, ValueError) as error:
        raise NotSent(f"the mail server did not accept it ({type(error).__name__})") from error
    finally:
        await _part(client)


async def _part(client: Client) -> None:
    import aiosmtplib

    # What was given stays given, whatever the answer to the good-bye is.
    with contextlib.suppress(aiosmtplib.SMTPException, OSError):
        await client.quit(timeout=1.0)
    client.close()


async def _connect(settings: MailSettings) -> Client:
    """A connection to the mail server, which has said what it offers.

    Raises:
        NotSent: it is away, or it does not let us in.
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
        local_hostname=sender_address(settings.sender).rpartition("@")[2] or "localhost",
    )
    try:
        # Away, or a wrong certificate or password, which can be put right: the same for all mails.
        await client.connect()
    except (aiosmtplib.SMTPException, OSError) as error:
        client.close()
        raise NotSent(f"the mail server cannot be used ({type(error).__name__})", is_down=True) from error
    return client


async def _hand_over(client: Client, sender: str, message: bytes) -> None:
    head = message.partition(b"\r\n\r\n")[0].decode()
    to = message_from_string(head, policy=_POLICY_UTF8)["To"].addresses[0].addr_spec
    if to.isascii():
        await client.sendmail(sender, to, message)
    elif await _offers_utf8(client):
        await client.sendmail(sender, to, message, mail_options=["SMTPUTF8"])
    else:
        raise NotSent(NO_UTF8, is_final=True)


async def _offers_utf8(client: Client) -> bool:
    if client.is_ehlo_or_helo_needed:
        await client.ehlo()
    return client.supports_extension("smtputf8")


async def _ask_for_utf8(settings: MailSettings) -> bool:
    """Whether the mail server offers SMTPUTF8; raises `NotSent` when it cannot be asked."""
    client = await _connect(settings)
    import aiosmtplib

    try:
        return await _offers_utf8(client)
    except (aiosmtplib.SMTPException, OSError) as error:
        raise NotSent(f"the mail server cannot be used ({type(error).__name__})", is_down=True) from error
    finally:
        await _part(client)


async def takes(context: Context, address: Address) -> bool:
    """Whether mail can go to an address; the mail server is asked where its letters are beyond ASCII (RFC 6531).

    What it said holds for an hour, and for a minute where it could not be asked: then the answer is no.
    """
    settings, now = context.settings.mail, context.tick()
    if not address.needs_utf8 or settings is None:
        return True
    asked = context.part(Outbox)
    async with asked.lock:
        if now >= asked.ability.until:
            try:
                asked.ability = Ability(await _ask_for_utf8(settings), now + 3600.0)
            except NotSent:
                asked.ability = Ability(False, now + 60.0)
        return asked.ability.takes_utf8


async def check_takes(context: Context, text: str) -> Address:
    """Reads an address to which this server is to send mail.

    Raises:
        Refusal: it is none, or the mail server takes none with such letters; its words are for who typed it.
    """
    try:
        address = addresses.read(text)
    except addresses.BadAddress as error:
        raise Refusal("malformed", str(error)) from error
    if not await takes(context, address):
        raise Refusal(
            "malformed",
            f"This server cannot send mail to “{address.text}”: {NO_UTF8} before the @. Please use another address.",
        )
    return address


def _load() -> None:
    import aiosmtplib  # noqa: F401 - most servers never send a mail
