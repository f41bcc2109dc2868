import asyncio
import contextlib
import os
import time
from pathlib import Path

import pytest
from sqlalchemy import select

from app.wire.accounts import AcceptTerms, Hello, Resume, SignedIn, SignIn, SignInOwner, SignUp, TermsAccepted
from app.wire.codec import PROTOCOL
from app.wire.lobby import LobbyChanged
from app.wire.people import Welcome
from app.wire.rooms import CreateRoom, InviteMember, JoinRoom, PostMessage, RoomChanged
from server_stub.account import accounts
from server_stub.entry import joining as members_way
from server_stub.entry import knocking as guests_way
from server_stub.kernel.config import IceSettings, MailSettings
from server_stub.kernel.limiter import Limit
from server_stub.storage import gate as gate_table
from server_stub.storage.tables import terms
from tests.fakes.server_client import allow, child_server, client_of, story
from tests.people import (
    ADA,
    GRACE,
    PASSWORD,
    ada,
    ada_and_grace,
    alan,
    in_a_meeting,
    join,
    joining,
    knocking,
    make_room,
    sign_up,
    start,
)

SECRET = "0123456789abcdef0123"


@story()
async def test_who_signs_up_is_signed_in_and_can_sign_in_again(server):
    client = await ada(server)
    assert client.account.email == ADA["email"]
    again = await server.connect()
    signed_in = await again.ask(SignIn(email="ADA@example.org", password=PASSWORD))
    assert signed_in.account == client.account
    assert signed_in.accepted_terms == 1
    assert signed_in.token != client.token


@story()
async def test_an_email_address_is_taken_once_whatever_its_case(server):
    await ada(server)
    other = await server.connect()
    ask = SignUp(email="Ada@Example.org", name="Other", kind="agency", password=PASSWORD)
    assert await other.refused(ask) == "email_taken"


@story()
async def test_wrong_password_and_unknown_address_are_refused_alike(server):
    await ada(server)
    client = await server.connect()
    wrong = await client.ask(SignIn(email=ADA["email"], password="not it at all"))
    unknown = await client.ask(SignIn(email="nobody@example.org", password="not it at all"))
    assert (wrong.reason, wrong.words) == (unknown.reason, unknown.words)
    assert wrong.reason == "wrong_password"


@story()
async def test_passwords_cannot_be_tried_for_ever(server):
    await ada(server)
    client = await server.connect()
    reasons = [await client.refused(SignIn(email=ADA["email"], password=f"guess {n}")) for n in range(12)]
    assert reasons[:10] == ["wrong_password"] * 10
    assert reasons[-1] == "too_much"


@story()
async def test_rooms_show_who_is_online(server):
    host, member, room = await ada_and_grace(server)
    await member.close()
    told = await host.expect(RoomChanged, lambda tell: not tell.room.members[1].is_online)
    assert told.room.id == room
    assert told.room.members[0].is_online


@story()
async def test_accounts_cannot_be_made_without_end(server):
    allow(server.backend, "sign-up", Limit(0.001, 1))
    await ada(server)
    other = await server.connect()
    ask = SignUp(**GRACE, password=PASSWORD)
    assert await other.refused(ask) == "too_much"


@story()
async def test_terms_of_another_version_are_not_accepted(server):
    client = await ada(server)
    assert await client.refused(AcceptTerms(version=7)) == "not_found"


@story()
async def test_another_protocol_is_refused_with_both_versions(server):
    client = await server.connect(hello=False)
    refused = await client.ask(Hello(version="9.9.9", protocol=PROTOCOL + 1))
    assert refused.reason == "other_version"
    assert "(version 9.9.9) is newer than this server" in refused.words
    old = await client.ask(Hello(version="0.0.1", protocol=PROTOCOL - 1))
    assert "(version 0.0.1) is too old for this server" in old.words
    assert "Please update Parley here." in old.words
    assert await client.refused(CreateRoom(name="x")) == "not_ready"


@pytest.mark.parametrize("name", ["   ", "\u200b\u202e", "\n\t"])
def test_a_name_needs_something_to_see(tmp_path, name):
    @story()
    async def tell(server):
        client = await server.connect()
        ask = SignUp(email="x@example.org", name=name, kind="client", password=PASSWORD)
        assert await client.refused(ask) == "bad_name"

    tell(tmp_path)


@story(secret=SECRET)
async def test_the_owner_of_an_embedded_server_gives_a_name_once(server):
    client = await server.connect()
    greeting = await client.ask(Hello(version="1", protocol=PROTOCOL))
    assert greeting.is_embedded
    assert greeting.needs_owner
    assert await client.refused(SignInOwner(secret="wrong" * 5, name="Ada")) == "not_allowed"
    assert await client.refused(SignInOwner(secret=SECRET, name="")) == "bad_name"
    first = await client.ask(SignInOwner(secret=SECRET, name=" Ada "))
    assert first.account.name == "Ada"
    later = await server.connect()
    greeting = await later.ask(Hello(version="1", protocol=PROTOCOL))
    assert not greeting.needs_owner
    again = await later.ask(SignInOwner(secret=SECRET))
    assert again.account == first.account


@story(secret=SECRET)
async def test_of_two_first_starts_at_once_one_makes_the_account(server):
    one, two = await server.connect(), await server.connect()
    first, second = await asyncio.gather(*(client.ask(SignInOwner(secret=SECRET, name="Ada")) for client in (one, two)))
    assert first.account == second.account
    assert first.token != second.token


@story()
async def test_a_server_for_a_team_has_no_owner(server):
    client = await server.connect()
    assert await client.refused(SignInOwner(secret=SECRET, name="Ada")) == "not_allowed"


@story()
async def test_a_greeting_tells_what_the_server_talks_to_and_how_it_signs(server):
    client = await server.connect()
    greeting = await client.ask(Hello(version="1", protocol=PROTOCOL))
    assert (greeting.talks_to, greeting.is_reachable) == ((), False)
    assert greeting.receipt_key == server.backend.receipts.public_key


@story(ice=IceSettings(("stun:turn.example.org:3478", "turn:turn.example.org:3478?transport=udp"), "s" * 16))
async def test_a_greeting_names_where_media_may_go(server):
    greeting = await (await server.connect()).ask(Hello(version="1", protocol=PROTOCOL))
    assert greeting.media_by == ("turn.example.org",)


@story(mail=MailSettings(host="mail.example.org"))
async def test_a_greeting_names_the_mail_server(server):
    greeting = await (await server.connect()).ask(Hello(version="1", protocol=PROTOCOL))
    assert greeting.talks_to == ("mail.example.org",)


@story()
async def test_r03_what_the_gate_says_is_told_at_each_sign_in(server):
    client = await ada(server)
    closed = gate_table.GateSettings(percentage=0, excluded_contracts=("agency",))
    assert (await (await server.connect()).ask(Resume(token=client.token))).access.may_start
    await server.backend.store.do(lambda connection: gate_table.write(connection, closed))
    for ask in (Resume(token=client.token), SignIn(email=ADA["email"], password=PASSWORD)):
        access = (await (await server.connect()).ask(ask)).access
        assert not access.may_start
        assert access.words
        assert access.closed_contracts == ("agency",)


@story()
async def test_r10_r11_terms_are_kept_with_their_version_and_time(server):
    host = await ada(server)
    room = await make_room(host)
    card = await start(host, room)
    member = await sign_up(server, **GRACE, accept=False)
    code = (await host.ask(InviteMember(room=room))).code
    await member.ask(JoinRoom(code=code))
    assert await member.refused(joining(card.id)) == "terms_needed"
    # Seen and closed without Continue: nothing is kept, and nothing has begun.
    assert (await (await server.connect()).ask(Resume(token=member.token))).accepted_terms == 0
    assert await server.backend.store.do(lambda c: c.execute(kept_terms(member)).all()) == []
    assert member.account.id not in server.backend.calls.find(card.id).meeting.seats
    before = time.time()
    assert (await member.ask(AcceptTerms(version=1))).version == 1
    ((version, at),) = await server.backend.store.do(lambda c: c.execute(kept_terms(member)).all())
    assert version == 1
    assert before <= at <= time.time()
    await member.ask(AcceptTerms(version=1))
    assert await server.backend.store.do(lambda c: c.execute(kept_terms(member)).all()) == [(version, at)]
    assert isinstance(await member.ask(joining(card.id)), Welcome)


@story()
async def test_terms_that_one_device_has_accepted_are_accepted_on_the_others(server):
    host = await sign_up(server, **ADA, accept=False)
    other = await server.connect()
    await other.ask(Resume(token=host.token))
    card = await start(host, await make_room(host))
    assert await other.refused(joining(card.id)) == "terms_needed"
    await host.ask(AcceptTerms(version=1))
    assert isinstance(await other.ask(joining(card.id)), Welcome)


def kept_terms(client):
    return select(terms.c.version, terms.c.at).where(terms.c.account == client.account.id)


def test_r10_r11_new_terms_are_asked_for_again_and_nothing_begins_before(tmp_path, monkeypatch):
    @story()
    async def tell(server):
        host, member, room = await ada_and_grace(server)
        card = await start(host, room)
        await join(host, card.id)
        for module in (accounts, members_way, guests_way):
            monkeypatch.setattr(module, "TERMS_VERSION", 2)
        again = await server.connect()
        greeting = await again.ask(Hello(version="1", protocol=PROTOCOL))
        signed_in = await again.ask(Resume(token=member.token))
        assert signed_in.accepted_terms < greeting.terms_version == 2
        assert await again.refused(joining(card.id)) == "terms_needed"
        assert await again.refused(AcceptTerms(version=1)) == "not_found"
        assert server.relay.joined == {(card.id, host.account.id)}
        await again.ask(AcceptTerms(version=2))
        assert isinstance(await again.ask(joining(card.id)), Welcome)

    tell(tmp_path)


@story()
async def test_r27_a_member_is_called_as_his_account_and_two_guests_of_one_name_are_told_apart(server):
    host, member, card = await in_a_meeting(server)
    named = {person.id: person.name for person in server.backend.calls.find(card.id).meeting.people}
    assert named == {host.account.id: "Ada", member.account.id: "Grace"}
    # Who is signed in and knocks has their account's name too, whatever their program sends.
    eve = await sign_up(server, email="eve@example.org", name="Eve")
    await eve.ask(knocking(card, name="Ada"))
    for _ in range(2):
        await alan(server, card, name=" Al\u200ban ")
    told = await host.expect(LobbyChanged, lambda tell: len(tell.waiting) == 3)
    assert [guest.name for guest in told.waiting] == ["Eve", "Alan", "Alan (2)"]
    nobody = await server.connect()
    assert await nobody.refused(knocking(card, name=" \u200b\n ")) == "bad_name"


def test_r65_all_that_the_server_keeps_is_its_users_alone_and_in_its_folder(tmp_path):
    async def tell():
        data = tmp_path / "data"
        async with asyncio.timeout(30), contextlib.AsyncExitStack() as stack:
            child = await stack.enter_async_context(child_server(data))
            client = await client_of(stack, child.port)
            await client.ask(SignUp(**ADA, password=PASSWORD))
            room = await make_room(client)
            await client.ask(InviteMember(room=room, email="grace@example.org"))
            await client.ask(PostMessage(room=room, text="Hello", key="k"))
            while not list(data.glob("outbox/*.eml")):
                await (await client.socket.ping())
            kept = list(data.rglob("*"))
            assert {"parley.sqlite", "parley.sqlite-wal", "outbox", "meetings"} <= {path.name for path in kept}
            for path in (data, *kept):
                assert path.stat().st_mode & 0o077 == 0, path
            written = written_by(child.process.pid)
            assert written <= {str(path) for path in kept}
            assert not written or str(data / "parley.sqlite") in written

    asyncio.run(tell())


def written_by(pid):
    """Files that a process has open for writing, as far as the system tells; what it inherited is not its own."""
    found, opened = set(), Path(f"/proc/{pid}/fd")
    for link in opened.iterdir() if opened.exists() else ():
        target = link.readlink()
        flags = int((link.parent.parent / "fdinfo" / link.name).read_text().split("flags:")[1].split()[0], 8)
        if target.is_file() and flags & (os.O_WRONLY | os.O_RDWR) and int(link.name) > 2:
            found.add(str(target))
    return found


@story()
async def test_r10_who_accepts_on_one_device_is_not_asked_on_another(server):
    client = await sign_up(server, **ADA, accept=False)
    other = await server.connect()
    assert (await other.ask(SignIn(email=ADA["email"], password=PASSWORD))).accepted_terms == 0
    assert (await client.ask(AcceptTerms(version=1))).version == 1
    assert await other.expect(TermsAccepted) == TermsAccepted(version=1)


@story(public_url="https://meet.example.org")
async def test_all_addresses_of_one_computer_have_their_tries_together(server):
    allow(server.backend, "sign-up", Limit(1e-9, 1))
    first, same, elsewhere = [
        await server.connect(headers={"X-Forwarded-For": address})
        for address in ("2001:db8:1:2::1", "2001:db8:1:2:3:4:5:6", "2001:db8:1:3::1")
    ]
    ask = SignUp(email="eve@example.org", name="Eve", kind="client", password=PASSWORD)
    assert isinstance(await first.ask(ask), SignedIn)
    assert await same.refused(ask) == "too_much"
    assert await elsewhere.refused(ask) == "email_taken"
