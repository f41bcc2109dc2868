"""One address and one password in all spellings, never another person's; what older programs kept stays reachable."""

import asyncio
import json
import sqlite3
from pathlib import Path

import argon2
import pytest

from app.wire.accounts import (
    AskPasswordReset,
    ChangePassword,
    PasswordChanged,
    ResetAsked,
    ResetPassword,
    SignedIn,
    SignIn,
    SignUp,
)  # fmt: skip
from app.wire.addresses import same_key
from app.wire.rooms import CreateRoom, InviteMember, Search
from app.wire.schedule import ScheduleMeeting
from server_stub.admin import main as admin
from server_stub.kernel.config import MailSettings
from server_stub.storage import audit
from server_stub.storage import mails as mails_table
from tests.fakes.clock import FakeClock
from tests.fakes.server_client import CHEAP, running_server, story
from tests.fakes.smtp import MailServer
from tests.people import ada
from tests.planning import plan
from tests.server_stub.outbox import mails_of

FAULTS = Path(__file__).resolve().parents[2] / "data" / "faults"
COMPOSED, DECOMPOSED = (FAULTS / "b07-same-password-nfc-nfd.txt").read_text(encoding="utf-8").splitlines()
SHARP, ROAD = (FAULTS / "b05-domains-idna2008.txt").read_text(encoding="utf-8").split()
JOERG = (FAULTS / "b06-addresses-accepted-but-never-mailed.txt").read_text(encoding="utf-8").strip()


def signing_up(email, password=COMPOSED, name="Ann"):
    return SignUp(email=email, name=name, kind="client", password=password)


@pytest.mark.parametrize(("typed", "mailed"), [(SHARP, "ann@xn--fa-hia.example"), (ROAD, "x@xn--strae-oqa.example")])
def test_a_code_is_mailed_to_the_domain_that_was_typed_and_no_other(tmp_path, typed, mailed):
    @story()
    async def tell(server):
        owner = await server.connect()
        assert (await owner.ask(signing_up(typed))).account.email == typed
        other = await server.connect()
        assert (await other.ask(signing_up(typed.replace("ß", "ss")))).account.email == typed.replace("ß", "ss")
        asker = await server.connect()
        assert isinstance(await asker.ask(AskPasswordReset(email=typed)), ResetAsked)
        (mail,) = await mails_of(server)
        assert mail["To"].addresses[0].addr_spec == mailed

    tell(tmp_path)


@story()
async def test_an_account_is_found_by_every_spelling_of_its_address_and_mailed_at_its_own(server):
    owner = await server.connect()
    made = await owner.ask(signing_up("Ann@Bu\u0308cher.example"))
    assert made.account.email == "ann@bücher.example"
    for spelling in ("ann@bücher.example", "ANN@BÜCHER.example", "ann@xn--bcher-kva.example", "ann@bücher。example"):
        client = await server.connect()
        assert (await client.ask(SignIn(email=spelling, password=DECOMPOSED))).account.id == made.account.id
        assert await (await server.connect()).refused(signing_up(spelling)) == "email_taken"
    pasted = await (await server.connect()).ask(SignIn(email="<ann@bücher.example>.", password=COMPOSED))
    assert pasted.account.id == made.account.id
    await (await server.connect()).ask(AskPasswordReset(email="ANN@xn--bcher-kva.EXAMPLE"))
    (mail,) = await mails_of(server)
    assert mail["To"].addresses[0].addr_spec == "ann@xn--bcher-kva.example"


@story()
async def test_a_code_never_goes_to_an_address_that_only_looks_like_the_one_of_an_account(server):
    owner = await server.connect()
    await owner.ask(signing_up("kate@example.com"))
    for typed in ("\u212aate@example.com", "kate@ex\u0430mple.com", "kate@example.com\u200b"):
        client = await server.connect()
        await client.ask(AskPasswordReset(email=typed))
    assert {mail["To"].addresses[0].addr_spec for mail in await mails_of(server)} <= {"kate@example.com"}
    for typed in ("\u212aate@example.com", "ſam@example.com"):
        assert await (await server.connect()).refused(signing_up(typed)) == "malformed"


@story()
async def test_b06_without_a_mail_server_letters_beyond_ascii_are_written_to_the_outbox(server):
    client = await server.connect()
    assert (await client.ask(signing_up(JOERG))).account.email == JOERG
    await (await server.connect()).ask(AskPasswordReset(email=JOERG))
    (mail,) = await mails_of(server)
    assert mail["To"].addresses[0].addr_spec == JOERG


@pytest.mark.parametrize("takes_utf8", [True, False])
def test_b06_a_mail_server_takes_such_letters_or_they_are_refused_in_words(tmp_path, takes_utf8):
    async def tell():
        async with asyncio.timeout(60), MailServer() as post:
            post.takes_utf8 = takes_utf8
            mail = MailSettings(host="127.0.0.1", port=post.port, security="plain", sender="P <p@example.org>")
            async with running_server(tmp_path, mail=mail) as server:
                host = await ada(server)
                room = (await host.ask(CreateRoom(name="Logo"))).room.id
                asks = [
                    InviteMember(room=room, email=JOERG),
                    ScheduleMeeting(room=room, plan=plan(starts="2027-03-01T10:00", invitees=(JOERG,)), key="k"),
                ]
                client = await server.connect()
                if takes_utf8:
                    await client.ask(signing_up(JOERG))
                    for ask in asks:
                        await host.ask(ask)
                    await (await server.connect()).ask(AskPasswordReset(email=JOERG))
                    while len([got for got in post.mails if JOERG in got.recipients]) < 3:
                        await server.backend.store.do(mails_table.next_try)
                    assert any(b"SMTPUTF8" in line for line in post.lines if line.startswith(b"MAIL"))
                else:
                    assert await client.refused(signing_up(JOERG)) == "malformed"
                    assert [await host.refused(ask) for ask in asks] == ["malformed", "malformed"]
                    # The same whether it has an account or not.
                    assert await (await server.connect()).refused(AskPasswordReset(email=JOERG)) == "not_allowed"
                    assert not post.mails

    asyncio.run(tell())


@pytest.mark.logs_warnings
def test_b06_a_mail_that_the_mail_server_cannot_take_is_kept_and_told_to_the_administrator(tmp_path):
    from server_stub.post import mail

    async def tell():
        async with asyncio.timeout(60), MailServer() as post:
            settings = MailSettings(host="127.0.0.1", port=post.port, security="plain", sender="P <p@example.org>")
            async with running_server(tmp_path, clock=FakeClock(), mail=settings) as server:
                await mail.send(server.backend, to=JOERG, subject="Logo", text="Hello.\n", about="r1")
                (kept,) = await mails_of(server)
                assert kept["To"].addresses[0].addr_spec == JOERG
                lines = await server.backend.store.do(audit.lines)
                assert [line.words for line in lines if line.action == "mail.give_up"] == [f"1 tries: {mail.NO_UTF8}"]

    asyncio.run(tell())


@story()
async def test_b07_a_password_is_the_same_from_every_keyboard(server):
    made = await (await server.connect()).ask(signing_up("ann@example.com", DECOMPOSED))
    for password in (COMPOSED, DECOMPOSED, COMPOSED.replace(" ", "\u00a0")):
        client = await server.connect()
        assert (await client.ask(SignIn(email="ann@example.com", password=password))).account == made.account
    assert (
        await (await server.connect()).refused(SignIn(email="ann@example.com", password="cafe noir"))
        == "wrong_password"
    )
    assert isinstance(await client.ask(ChangePassword(old=DECOMPOSED, new="ei\u0301n anderes")), PasswordChanged)
    assert isinstance(
        await (await server.connect()).ask(SignIn(email="ann@example.com", password="eín anderes")), SignedIn
    )


@pytest.mark.parametrize("password", ["e\u0301" * 4, "\u0301" + "a\u0308" * 3 + "b"])
def test_b07_its_length_counts_as_it_is_hashed(tmp_path, password):
    @story()
    async def tell(server):
        assert await (await server.connect()).refused(signing_up("ann@example.com", password)) == "malformed"

    tell(tmp_path)


@story()
async def test_b07_an_old_hash_works_from_every_keyboard(server):
    made = await (await server.connect()).ask(signing_up("ann@example.com"))
    for kept, typed in ((DECOMPOSED, COMPOSED), (COMPOSED, DECOMPOSED)):
        old = argon2.PasswordHasher(CHEAP.passes, CHEAP.memory_kib, CHEAP.lanes).hash(kept)
        await server.backend.store.do(
            lambda c, old=old: c.exec_driver_sql(
                "UPDATE accounts SET password_hash = ? WHERE id = ?", (old, made.account.id)
            )
        )
        for password in (typed, kept, typed):
            signed = await (await server.connect()).ask(SignIn(email="ann@example.com", password=password))
            assert signed.account.id == made.account.id
        wrong = SignIn(email="ann@example.com", password=f"{typed}e\u0301")
        assert await (await server.connect()).refused(wrong) == "wrong_password"


#: As version 2 of the database holds them: addresses in the small letters of `str.lower`.
OLD = [
    ("a1", "ann@bücher.example"),
    ("a2", "ann@bu\u0308cher.example"),
    ("a3", "ann@xn--bcher-kva.example"),
    ("a4", "İ@example.com".lower()),
    ("a5", "a,b@example.org"),
    ("a6", "grace@example.org"),
]


def write_old_database(data, word):
    """A database of the version before, as its own code wrote it: without keys of addresses."""
    from sqlalchemy import create_engine

    from server_stub.storage import migrations

    data.mkdir(parents=True, exist_ok=True)
    engine = create_engine(f"sqlite:///{data / 'parley.sqlite'}")
    with engine.begin() as connection:
        migrations.migrate(connection, migrations.STEPS[:2])
    engine.dispose()
    kept = argon2.PasswordHasher(CHEAP.passes, CHEAP.memory_kib, CHEAP.lanes).hash(word)
    with sqlite3.connect(data / "parley.sqlite") as connection:
        for number, (name, email) in enumerate(OLD):
            connection.execute(
                "INSERT INTO accounts (id, email, name, kind, password_hash, created_at)"
                " VALUES (?, ?, ?, 'client', ?, ?)",
                (name, email, f"Cafe\u0301 {name}", kept, 1000.0 - number),
            )
        connection.execute("INSERT INTO rooms (id, name, created_by, created_at) VALUES ('r1', 'Cafe\u0301', 'a1', 1)")
        connection.execute("INSERT INTO members (room, account, since) VALUES ('r1', 'a1', 1)")
        connection.execute(
            "INSERT INTO messages (id, room, author, author_name, at, kind, text, key)"
            " VALUES ('m1', 'r1', 'a1', 'Ann', 1, 'text', 'Der CAFE\u0301-Entwurf', 'k')"
        )
    connection.close()


@pytest.mark.logs_warnings
def test_what_an_older_program_kept_stays_reachable_and_is_told_apart(tmp_path, capsys):
    write_old_database(tmp_path, DECOMPOSED)

    async def tell():
        async with asyncio.timeout(60), running_server(tmp_path) as server:
            data = server.backend.settings.data
            assert data == tmp_path
            for name, email in OLD:
                client = await server.connect()
                assert (await client.ask(SignIn(email=email, password=DECOMPOSED))).account.id == name
            # A spelling that nobody has leads to the one that is spelt as addresses are kept now.
            client = await server.connect()
            first = await client.ask(SignIn(email="ANN@Bücher。example", password=DECOMPOSED))
            assert first.account.id == "a1"
            assert (
                await (await server.connect()).ask(SignIn(email="İ@example.com", password=COMPOSED))
            ).account.id == "a4"
            assert [one.id for one in (await client.ask(Search(words="café entwurf"))).messages] == ["m1"]
            assert await (await server.connect()).refused(signing_up("ann@BÜCHER.example")) == "email_taken"
            # A code of an administrator reaches the very account.
            assert admin(["--data", str(data), "--json", "accounts", "reset-code", OLD[1][1]]) == 0
            code = json.loads(capsys.readouterr().out)["code"]
            asked = ResetPassword(email=OLD[1][1], code=code, password="another horse")
            assert (await (await server.connect()).ask(asked)).account.id == "a2"
            assert admin(["--data", str(data), "--json", "accounts", "addresses"]) == 0
            told = {one["id"]: one for one in json.loads(capsys.readouterr().out)}
            assert set(told) == {"a1", "a2", "a3", "a5"}
            assert sorted(told["a1"]["others"]) == ["a2", "a3"]
            assert told["a5"]["trouble"] == "no mail can be sent there"

    asyncio.run(tell())


def test_the_key_of_what_is_no_address_equals_no_address():
    assert same_key("a,b@example.org") == "a,b@example.org"
