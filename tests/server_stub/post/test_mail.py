"""Mail, with a mail server of the test's own."""

import asyncio
import stat
from email import message_from_bytes
from email.policy import default

import hypothesis
import pytest

from app.wire.addresses import is_address, read
from server_stub.kernel import links
from server_stub.kernel.config import MailSettings
from server_stub.post import mail
from server_stub.post.mail import Outbox
from server_stub.storage import administration, audit
from server_stub.storage import mails as mails_table
from tests.fakes.clock import FakeClock
from tests.fakes.server_client import running_server, story
from tests.fakes.smtp import MailServer
from tests.patience import PATIENCE_S
from tests.people import ada

TWO_DAYS_S = 2 * 86_400.0


def settings(port, **more):
    values = {"host": "127.0.0.1", "port": port, "security": "plain", "sender": "Parley <parley@example.org>"}
    return MailSettings(**{**values, **more})


async def send(server, to="grace@example.org", subject="Logo", text="Hello.\n", **more):
    await mail.send(server.backend, to=to, subject=subject, text=text, **{"about": "r1", **more})


async def until(condition):
    async with asyncio.timeout(PATIENCE_S):
        while not await condition():  # each asks the database, and so lets the server work
            pass


async def none_waits(server):
    await until(lambda: _none_waits(server))


async def _none_waits(server):
    return await server.backend.store.do(mails_table.next_try) is None


async def tries(server):
    """How often the oldest mail was tried."""
    row = await server.backend.store.do(lambda c: mails_table.due(c, 1e12, longest_wait_s=0))
    return row.tries if row else None


async def until_tried(server, count):
    """Waits for a try that failed, and for the timer of the next."""

    def is_waiting():
        again = server.backend.part(Outbox).waits.set
        return any(timer.act == again and not timer.is_cancelled for _, _, timer in server.backend.clock._timers)

    async def is_tried():
        return await tries(server) == count and is_waiting()

    await until(is_tried)


async def given_up(server):
    lines = await server.backend.store.do(audit.lines)
    return [line.words for line in lines if line.action == "mail.give_up"]


def text_of(message):
    return message.get_content().replace("\r\n", "\n")


def outbox(server):
    return sorted((server.backend.settings.data / "outbox").glob("*"))


def with_mail_server(**options):
    """Makes a test of `async def test(server, post)`; `mail` settings may be changed, the clock stands still."""

    def wrap(test):
        def run(tmp_path):
            async def tell():
                async with (
                    asyncio.timeout(30),
                    MailServer() as post,
                    running_server(tmp_path, clock=FakeClock(), mail=settings(post.port, **options)) as server,
                ):
                    await test(server, post)

            asyncio.run(tell())

        run.__name__ = test.__name__
        run.pytestmark = getattr(test, "pytestmark", [])
        return run

    return wrap


@story()
async def test_without_a_mail_server_mails_lie_in_the_outbox(server):
    await send(server, text="Grüße, 北京\n", attachments=[("a b.ics", "text/calendar; method=REQUEST", b"BEGIN\r\n")])
    await none_waits(server)
    (path,) = outbox(server)
    assert path.name.startswith("r1.")
    assert mail.outbox_files(server.backend.settings, "r1") == [path]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    message = message_from_bytes(path.read_bytes(), policy=default)
    assert (message["To"], message["From"]) == ("grace@example.org", "Parley <parley@localhost>")
    assert message["Auto-Submitted"] == "auto-generated"
    text, file = message.iter_parts()
    assert text_of(text) == "Grüße, 北京\n"
    assert (file.get_filename(), file.get_content_type(), file.get_param("method")) == (
        "a b.ics", "text/calendar", "REQUEST",
    )  # fmt: skip
    assert file.get_payload(decode=True) == b"BEGIN\r\n"


@with_mail_server()
async def test_a_mail_reaches_the_mail_server(server, post):
    await send(server, subject="Größe\r\nBcc: eve@example.org", text="One\nLéon\n.\nTwo\n" + "long " * 500 + "\n")
    await none_waits(server)
    (got,) = post.mails
    assert (got.sender, got.recipients) == ("parley@example.org", ["grace@example.org"])
    message = message_from_bytes(got.data, policy=default)
    assert message["Subject"] == "Größe Bcc: eve@example.org"
    assert message["Bcc"] is None
    assert text_of(message) == "One\nLéon\n.\nTwo\n" + "long " * 500 + "\n"
    assert got.data.isascii()
    assert max(len(line) for line in got.data.split(b"\r\n")) <= 998


@pytest.mark.parametrize(
    "header",
    [
        "a\r\nBcc: eve@example.org",
        "a\nb",
        "a\rb",
        "a\0b",
        "a\u2028b",
        "a\x0bb",
        "\ud800",
        "x" * 5000,
        "\r\n\r\nbody",
        "",
    ],
)
def test_nothing_in_a_subject_makes_another_header(header):
    message = mail._written("P <p@example.org>", read("a@b.example"), header, "Text\n")
    again = message_from_bytes(bytes(message), policy=default)
    assert set(again.keys()) == set(message.keys())
    assert again["To"].addresses[0].addr_spec == "a@b.example"
    assert text_of(again) == "Text\n"


@hypothesis.given(hypothesis.strategies.text(max_size=300))
@hypothesis.settings(max_examples=150, deadline=None)
def test_no_subject_at_all_makes_another_header(subject):
    message = mail._written("P <p@example.org>", read("a@b.example"), subject, "Text\n")
    assert message_from_bytes(bytes(message), policy=default).keys() == message.keys()


@pytest.mark.parametrize(
    ("address", "is_good"),
    [
        ("ada@example.org", True),
        ("a.b+c@mail.example.co", True),
        ("ada@localhost", True),
        ("ada@bücher.example", True),
        ("a,b@example.org", False),
        ("a>b@example.org", False),
        ("<a@example.org>", False),
        ("a@b@example.org", False),
        ("a@example.org\r\nRCPT TO:<b@c>", False),
        ("a@-x.org", False),
        ("a@[127.0.0.1]", False),
        ("ädä@example.org", True),
        (".a@example.org", False),
        ("a@" + "x" * 300, False),
        ("a@x..y", False),
        ("", False),
    ],
)
def test_what_an_address_is(address, is_good):
    assert is_address(address) is is_good


@story()
async def test_to_what_is_no_address_nothing_goes(server):
    await send(server, to="a,b@example.org")
    assert await _none_waits(server)
    (line,) = await server.backend.store.do(audit.lines)
    assert (line.action, line.subject) == ("mail.no_address", "r1")


@story()
async def test_a_closed_account_gets_no_mail(server):
    host = await ada(server)
    await server.backend.store.do(lambda c: administration.set_closed(c, host.account.id, True))
    await send(server, to="Ada@example.org")
    assert await _none_waits(server)
    await server.backend.store.do(lambda c: administration.set_closed(c, host.account.id, False))
    await send(server, to="Ada@example.org")
    await none_waits(server)
    assert len(outbox(server)) == 1


@with_mail_server()
async def test_a_mail_server_that_fails_is_tried_again_with_growing_waits(server, post):
    post.answers_to_data = ["451 Try again later", "451 Try again later"]
    await send(server)
    await until_tried(server, 1)
    await server.backend.clock.pass_time(59)
    assert not post.mails
    await server.backend.clock.pass_time(2)
    await until_tried(server, 2)
    await server.backend.clock.pass_time(121)
    await none_waits(server)
    assert len(post.mails) == 1
    assert await given_up(server) == []


@pytest.mark.logs_warnings
@with_mail_server()
async def test_what_is_refused_for_good_is_given_up_and_the_rest_goes_out(server, post):
    post.refuses = {"nobody@example.org"}
    post.answers_to_data = ["554 No"]
    await send(server)
    await send(server, to="nobody@example.org")
    await send(server, to="ada@example.org")
    await none_waits(server)
    assert [got.recipients for got in post.mails] == [["ada@example.org"]]
    assert await given_up(server) == ["1 tries: refused with 554", "1 tries: refused with [550]"]


@pytest.mark.logs_warnings
def test_after_two_days_a_mail_is_given_up(tmp_path, caplog):
    async def tell():
        async with asyncio.timeout(30), MailServer() as post:
            gone = settings(post.port, user="parley", password="verysecret")
        async with asyncio.timeout(30), running_server(tmp_path, clock=FakeClock(), mail=gone) as server:
            await send(server)
            for count in range(1, len(mail.WAITS_S) + 1):
                await until_tried(server, count)
                await server.backend.clock.pass_time(mail.WAITS_S[count - 1] + 1)
            await none_waits(server)
            assert await given_up(server) == ["20 tries: the mail server cannot be used (SMTPConnectError)"]

    asyncio.run(tell())
    assert TWO_DAYS_S <= sum(mail.WAITS_S) < TWO_DAYS_S + 14_400
    assert "verysecret" not in caplog.text
    assert "grace" not in caplog.text


def test_what_waits_survives_a_restart(tmp_path):
    async def tell():
        async with asyncio.timeout(30), MailServer() as post:
            clock = FakeClock()
            async with running_server(tmp_path, clock=clock, mail=settings(1)) as server:
                await send(server)
                await until_tried(server, 1)
            clock = FakeClock(clock.now() - 30 * 86_400)  # and the clock was wrong when it was put off
            async with running_server(tmp_path, clock=clock, mail=settings(post.port)) as server:
                await none_waits(server)
            assert len(post.mails) == 1

    asyncio.run(tell())


@with_mail_server(user="parley", password="verysecret", security="starttls")
async def test_a_password_never_goes_over_a_plain_connection(server, post):
    await send(server)
    await until_tried(server, 1)
    assert not post.mails
    assert not any(b"AUTH" in line for line in post.lines)


@with_mail_server(security="starttls")
async def test_a_mail_server_that_cannot_be_used_is_asked_once_for_all_mails(server, post):
    server.backend.part(Outbox).waits.clear()
    for _ in range(3):
        await server.backend.store.do(lambda c: mails_table.add(c, row_of(server)))
    server.backend.part(Outbox).waits.set()
    await until_tried(server, 1)
    assert sum(line.startswith(b"EHLO") for line in post.lines) == 1  # it offers no TLS
    assert await waits(server) == [1, 1, 1]


@with_mail_server()
async def test_a_mail_that_the_mail_server_cannot_bear_does_not_hold_up_the_others(server, post):
    post.hangs_up_on = {"odd@example.org"}
    await send(server, to="odd@example.org")
    await send(server)
    await until_tried(server, 1)
    assert [got.recipients for got in post.mails] == [["grace@example.org"]]
    assert await waits(server) == [1]


@pytest.mark.logs_warnings
@story(clock=FakeClock())
async def test_a_fault_of_the_database_loses_no_mail(server):
    real, failed = server.backend.store.do, asyncio.Event()

    async def do(work):
        if not work.__qualname__.startswith("_due"):
            return await real(work)
        failed.set()
        raise OSError("the disk is full")

    await real(lambda c: mails_table.add(c, row_of(server)))
    server.backend.store.do = do
    server.backend.part(Outbox).waits.set()
    await failed.wait()
    server.backend.store.do = real
    await server.backend.clock.pass_time(61)
    await none_waits(server)
    assert len(outbox(server)) == 1


def row_of(server):
    message = mail._written("P <p@example.org>", read("grace@example.org"), "Logo", "Text\n")
    return mails_table.MailRow(id=links.new_id("e"), about="r1", message=bytes(message), next_try=server.backend.now())


async def waits(server):
    """How often each mail that waits has been tried."""
    query = "SELECT tries FROM mails"
    return await server.backend.store.do(lambda connection: list(connection.exec_driver_sql(query).scalars()))


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_certificate_that_nobody_vouches_for_is_not_trusted(tmp_path, monkeypatch, security):
    from tests.fakes.smtp import certificate

    ours, key = certificate(tmp_path)
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)

    async def tell():
        async with asyncio.timeout(30), MailServer(certificate=(ours, key), is_tls=security == "tls") as post:
            wanted = settings(post.port, user="parley", password="verysecret", security=security, host="localhost")
            async with running_server(tmp_path / "a", clock=FakeClock(), mail=wanted) as server:
                await send(server)
                await until_tried(server, 1)
                assert not post.mails
                assert not any(b"AUTH" in line for line in post.lines)
            monkeypatch.setenv("SSL_CERT_FILE", str(ours))
            async with running_server(tmp_path / "b", clock=FakeClock(), mail=wanted) as server:
                await send(server)
                await none_waits(server)
            assert [got.user for got in post.mails] == ["parley"]

    asyncio.run(tell())


@story(clock=FakeClock())
async def test_an_outbox_that_cannot_be_written_keeps_the_mail(server):
    folder = server.backend.settings.data / "outbox"
    folder.write_bytes(b"")  # a file in its place
    await send(server)
    await until_tried(server, 1)
    folder.unlink()
    await server.backend.clock.pass_time(61)
    await none_waits(server)
    assert len(outbox(server)) == 1
