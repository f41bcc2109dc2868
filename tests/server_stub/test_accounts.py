import asyncio
import statistics
import time

import pytest

from app.wire.accounts import AcceptTerms, Hello, Resume, SignedIn, SignedOut, SignIn, SignInOwner, SignOut, SignUp
from app.wire.codec import PROTOCOL
from app.wire.rooms import CreateRoom, RoomChanged
from server_stub.accounts import Passwords
from tests.fakes.server_client import CHEAP, running_server, story
from tests.people import ADA, PASSWORD, ada, ada_and_grace

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
async def test_passwords_cannot_be_tried_for_ever(server):
    await ada(server)
    client = await server.connect()
    reasons = [await client.refused(SignIn(email=ADA["email"], password=f"guess {n}")) for n in range(12)]
    assert reasons[:10] == ["wrong_password"] * 10
    assert reasons[-1] == "too_much"


@story()
async def test_a_token_signs_in_until_it_is_signed_out(server):
    client = await ada(server)
    other = await server.connect()
    resumed = await other.ask(Resume(token=client.token))
    assert isinstance(resumed, SignedIn)
    assert resumed.token == client.token
    assert isinstance(await other.ask(SignOut()), SignedOut)
    assert await other.refused(CreateRoom(name="x")) == "not_signed_in"
    assert await other.refused(Resume(token=client.token)) == "bad_token"


def test_a_token_of_another_server_is_refused_and_said_so(tmp_path):
    async def tell():
        async with running_server(tmp_path / "one") as one, running_server(tmp_path / "two") as two:
            token = (await ada(one)).token
            client = await two.connect()
            refused = await client.ask(Resume(token=token))
            assert refused.reason == "bad_token"
            assert "another server" in refused.words

    asyncio.run(tell())


@story()
async def test_two_devices_of_one_account_see_the_same(server):
    client = await ada(server)
    other = await server.connect()
    await other.ask(Resume(token=client.token))
    made = await client.ask(CreateRoom(name="Website"))
    told = await other.expect(RoomChanged)
    assert told.room == made.room


@story()
async def test_rooms_show_who_is_online(server):
    host, member, room = await ada_and_grace(server)
    await member.close()
    told = await host.expect(RoomChanged, lambda tell: not tell.room.members[1].is_online)
    assert told.room.id == room
    assert told.room.members[0].is_online


@story()
async def test_terms_of_another_version_are_not_accepted(server):
    client = await ada(server)
    assert await client.refused(AcceptTerms(version=7)) == "not_found"


@story()
async def test_another_protocol_is_refused_with_both_versions(server):
    client = await server.connect(hello=False)
    refused = await client.ask(Hello(version="9.9.9", protocol=PROTOCOL + 1))
    assert refused.reason == "other_version"
    assert "9.9.9" in refused.words
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


@story()
async def test_a_server_for_a_team_has_no_owner(server):
    client = await server.connect()
    assert await client.refused(SignInOwner(secret=SECRET, name="Ada")) == "not_allowed"
