import asyncio
import statistics
import time

import pytest

from app.wire.accounts import (
    AskPasswordReset,
    ChangePassword,
    EndSignIn,
    Hello,
    ListSignIns,
    PasswordChanged,
    ResetAsked,
    ResetPassword,
    Resume,
    SignedIn,
    SignedOut,
    SignIn,
    SignInOwner,
)
from app.wire.codec import PROTOCOL
from app.wire.errors import Refused
from app.wire.rooms import CreateRoom, RoomChanged
from server_stub.account.passwords import Passwords, new_reset_code
from server_stub.kernel import links
from server_stub.storage import accounts as accounts_table
from server_stub.storage import administration
from tests.fakes.clock import FakeClock
from tests.fakes.server_client import CHEAP, story
from tests.full_disk import FullDisk
from tests.people import ADA, PASSWORD, ada, grace
from tests.server_stub.outbox import mails_of

NEW = "another horse battery"
SECRET = "0123456789abcdef0123"


def code_in(mail):
    return mail.get_payload().split("The code is: ")[1].split()[0]


async def mailed_code(server, client, email=ADA["email"]):
    await client.ask(AskPasswordReset(email=email))
    return code_in((await mails_of(server))[-1])


def reset(code, email=ADA["email"], password=NEW):
    return ResetPassword(email=email, code=code, password=password)


def test_a_password_takes_as_long_when_there_is_no_account():
    async def measure():
        passwords = Passwords(type(CHEAP)(passes=2, memory_kib=8192, lanes=1))
        kept = await passwords.hash(PASSWORD)
        assert await passwords.check(PASSWORD, kept)
        times = {kept: [], "": []}
        for _ in range(9):
            for stored, taken in times.items():
                began = time.perf_counter()
                assert not await passwords.check("wrong password", stored)
                taken.append(time.perf_counter() - began)
        passwords.close()
        known, unknown = (statistics.median(taken) for taken in times.values())
        assert 0.4 < known / unknown < 2.5

    asyncio.run(measure())


@story()
async def test_a_changed_password_ends_every_other_sign_in(server):
    client, other, twin = await ada(server), await server.connect(), await server.connect()
    await other.ask(SignIn(email=ADA["email"], password=PASSWORD))
    await twin.ask(Resume(token=client.token))
    assert await client.refused(ChangePassword(old="not it at all", new=NEW)) == "wrong_password"
    assert isinstance(await client.ask(ChangePassword(old=PASSWORD, new=NEW)), PasswordChanged)
    await other.expect(SignedOut)
    assert await other.refused(CreateRoom(name="x")) == "not_signed_in"
    for staying in (client, twin):
        assert isinstance(await staying.ask(CreateRoom(name="x")), RoomChanged)
    assert await other.refused(SignIn(email=ADA["email"], password=PASSWORD)) == "wrong_password"
    assert isinstance(await other.ask(SignIn(email=ADA["email"], password=NEW)), SignedIn)


@pytest.mark.logs_warnings
def test_a_password_that_is_changed_leaves_nobody_signed_in_by_the_old_one(tmp_path, monkeypatch):
    disk = FullDisk(monkeypatch, accounts_table, "drop_tokens")

    @story()
    async def tell(server):
        client, other = await ada(server), await server.connect()
        await other.ask(SignIn(email=ADA["email"], password=PASSWORD))
        disk.is_full = True
        assert await client.refused(ChangePassword(old=PASSWORD, new=NEW)) == "failed"
        disk.is_full = False
        # Nothing of it was kept: the old one holds still, and changing it ends the other sign-in after all.
        assert isinstance(await client.ask(ChangePassword(old=PASSWORD, new=NEW)), PasswordChanged)
        await other.expect(SignedOut)

    tell(tmp_path)


@story()
async def test_a_code_that_was_asked_for_before_a_change_is_good_no_more(server):
    client, stranger = await ada(server), await server.connect()
    code = await mailed_code(server, stranger)
    assert await client.refused(ChangePassword(old="not it at all", new=NEW)) == "wrong_password"
    assert isinstance(await client.ask(ChangePassword(old=PASSWORD, new=NEW)), PasswordChanged)
    assert await stranger.refused(ResetPassword(email=ADA["email"], code=code, password="thief 123")) == "bad_token"
    assert isinstance(await stranger.ask(SignIn(email=ADA["email"], password=NEW)), SignedIn)


@story()
async def test_the_old_password_cannot_be_tried_for_ever(server):
    client = await ada(server)
    asked = [await client.refused(ChangePassword(old=f"guess {n}", new=NEW)) for n in range(11)]
    assert asked == ["wrong_password"] * 10 + ["too_much"]
    # Tries at the two doors count together.
    other = await server.connect()
    assert await other.refused(SignIn(email=ADA["email"], password=PASSWORD)) == "too_much"


@story()
async def test_of_two_changes_at_once_one_counts(server):
    client, other = await ada(server), await server.connect()
    await other.ask(Resume(token=client.token))
    answers = await asyncio.gather(
        client.ask(ChangePassword(old=PASSWORD, new="one horse battery")),
        other.ask(ChangePassword(old=PASSWORD, new="two horse battery")),
    )
    assert sorted(type(answer).__name__ for answer in answers) == ["PasswordChanged", "Refused"]


@story()
async def test_a_change_that_another_one_overtakes_counts_for_nothing(server):
    client, other = await ada(server), await server.connect()
    await other.ask(Resume(token=client.token))
    hashing, go_on = hold_next_hash(server.backend.passwords)
    late = asyncio.create_task(client.ask(ChangePassword(old=PASSWORD, new="late horse battery")))
    await hashing.wait()
    assert isinstance(await other.ask(ChangePassword(old=PASSWORD, new=NEW)), PasswordChanged)
    go_on.set()
    assert (await late).reason == "wrong_password"
    again = await server.connect()
    assert isinstance(await again.ask(SignIn(email=ADA["email"], password=NEW)), SignedIn)


@story()
async def test_who_was_signed_out_meanwhile_changes_no_password(server):
    thief, owner = await ada(server), await server.connect()
    await owner.ask(SignIn(email=ADA["email"], password=PASSWORD))
    hashing, go_on = hold_next_hash(server.backend.passwords)
    late = asyncio.create_task(thief.ask(ChangePassword(old=PASSWORD, new=NEW)))
    await hashing.wait()
    (other,) = [one for one in (await owner.ask(ListSignIns())).sign_ins if not one.is_this]
    await owner.ask(EndSignIn(id=other.id))
    go_on.set()
    assert (await late).reason == "wrong_password"
    again = await server.connect()
    assert isinstance(await again.ask(SignIn(email=ADA["email"], password=PASSWORD)), SignedIn)


def hold_next_hash(passwords):
    """The next password that is hashed has to wait: (it is asked for, it may go on)."""
    hash_it, asked, go_on = passwords.hash, asyncio.Event(), asyncio.Event()

    async def slow(password):
        passwords.hash = hash_it
        asked.set()
        await go_on.wait()
        return await hash_it(password)

    passwords.hash = slow
    return asked, go_on


@story(secret=SECRET)
async def test_the_owner_of_an_embedded_server_has_no_password(server):
    client = await server.connect()
    await client.ask(SignInOwner(secret=SECRET, name="Ada"))
    assert await client.refused(ChangePassword(old="anything", new=NEW)) == "not_allowed"


@story()
async def test_a_mailed_code_sets_a_password_once_and_ends_all_sign_ins(server):
    client, forgetful = await ada(server), await server.connect()
    assert isinstance(await forgetful.ask(AskPasswordReset(email="ADA@example.org")), ResetAsked)
    (mail,) = await mails_of(server)
    assert mail["To"] == ADA["email"]
    signed_in = await forgetful.ask(reset(f" {code_in(mail)}\n"))
    assert signed_in.account == client.account
    await client.expect(SignedOut)
    assert await client.refused(Resume(token=client.token)) == "bad_token"
    assert isinstance(await forgetful.ask(CreateRoom(name="x")), RoomChanged)
    again = await server.connect()
    assert await again.refused(reset(code_in(mail))) == "bad_token"
    assert await again.refused(SignIn(email=ADA["email"], password=PASSWORD)) == "wrong_password"
    assert isinstance(await again.ask(SignIn(email=ADA["email"], password=NEW)), SignedIn)


@story()
async def test_asking_for_a_code_tells_nobody_whether_there_is_an_account(server):
    await ada(server)
    stranger = await server.connect()
    known = await stranger.ask(AskPasswordReset(email=ADA["email"]))
    unknown = await stranger.ask(AskPasswordReset(email="nobody@example.org"))
    assert known.words == unknown.words
    assert [mail["To"] for mail in await mails_of(server)] == [ADA["email"]]
    # A wrong code is refused alike too, and after the same work.
    wrong = await stranger.ask(reset("guessed"))
    nobody = await stranger.ask(reset("guessed", email="nobody@example.org"))
    assert (wrong.reason, wrong.words) == (nobody.reason, nobody.words)


@story()
async def test_codes_are_mailed_and_asked_for_only_so_often(server):
    await ada(server)
    stranger = await server.connect()
    answers = [await stranger.ask(AskPasswordReset(email=ADA["email"])) for _ in range(21)]
    assert [type(answer) for answer in answers] == [ResetAsked] * 20 + [Refused]
    assert answers[-1].reason == "too_much"
    assert len(await mails_of(server)) == 3


@story()
async def test_a_code_is_good_for_its_own_account_and_the_newest_alone(server):
    await ada(server)
    await grace(server)
    client = await server.connect()
    first = await mailed_code(server, client)
    account = (await server.backend.store.do(lambda c: accounts_table.find_by_email(c, ADA["email"]))).account
    second = await new_reset_code(server.backend, account)
    assert await client.refused(reset(first)) == "bad_token"
    assert await client.refused(reset(second, email="grace@example.org")) == "bad_token"
    assert isinstance(await client.ask(reset(second)), SignedIn)


def test_a_code_is_good_for_an_hour(tmp_path):
    clock = FakeClock()

    @story(clock=clock)
    async def tell(server):
        await ada(server)
        client = await server.connect()
        code = await mailed_code(server, client)
        clock.jump(3601)
        assert await client.refused(reset(code)) == "bad_token"
        code = await new_reset_code(server.backend, (await ada_again(server)).account)
        clock.jump(3599)
        assert isinstance(await client.ask(reset(code)), SignedIn)

    tell(tmp_path)


async def ada_again(server):
    return await server.backend.store.do(lambda c: accounts_table.find_by_email(c, ADA["email"]))


@story()
async def test_of_two_who_use_one_code_at_once_one_gets_in(server):
    client = await ada(server)
    code = await new_reset_code(server.backend, client.account)
    one, two = await server.connect(), await server.connect()
    answers = await asyncio.gather(
        one.ask(reset(code, password="one horse battery")), two.ask(reset(code, password="two horse battery"))
    )
    assert sorted(type(answer).__name__ for answer in answers) == ["Refused", "SignedIn"]


@story()
async def test_a_closed_account_gets_no_code_and_no_password(server):
    client = await ada(server)
    code = await new_reset_code(server.backend, client.account)
    mark, account = links.fingerprint(code), client.account.id
    await server.backend.store.do(lambda c: administration.set_closed(c, account, True))
    await server.backend.store.do(lambda c: accounts_table.add_reset(c, account, mark, 2**40))
    stranger = await server.connect()
    assert await stranger.refused(reset(code)) == "bad_token"
    await stranger.ask(AskPasswordReset(email=ADA["email"]))
    assert await mails_of(server) == []
    assert (await stranger.ask(SignIn(email=ADA["email"], password=PASSWORD))).reason == "not_allowed"


@story()
async def test_a_sign_in_by_the_old_password_that_comes_too_late_is_none(server):
    """The password was right when it was checked; another one is set before the sign-in is kept."""
    await ada(server)
    late = await server.connect()
    check, checked, go_on = server.backend.passwords.check, asyncio.Event(), asyncio.Event()

    async def slow(password, kept):
        right = await check(password, kept)
        checked.set()
        await go_on.wait()
        return right

    server.backend.passwords.check = slow
    asked = asyncio.create_task(late.ask(SignIn(email=ADA["email"], password=PASSWORD)))
    await checked.wait()
    code = await new_reset_code(server.backend, (await ada_again(server)).account)
    other = await server.connect()
    await other.ask(reset(code))
    go_on.set()
    assert (await asked).reason == "bad_token"
    assert await late.refused(CreateRoom(name="x")) == "not_signed_in"
    assert (await late.ask(Hello(version="1", protocol=PROTOCOL))).server_id == server.backend.server_id
