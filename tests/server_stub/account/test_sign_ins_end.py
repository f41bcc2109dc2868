"""Sign-ins that end: by their account, its closing or an administrator, and what goes with them."""

import asyncio

import httpx
import pytest

from app.wire.accounts import (
    EndSignIn,
    ListSignIns,
    Resume,
    SignedOut,
    SignIn,
    SignInsListed,
)
from app.wire.lobby import AdmitGuest
from app.wire.people import EndMeeting, PersonLeft, Welcome
from app.wire.recap import RecapReady
from app.wire.rooms import (
    CreateRoom,
    ListMessages,
    MessagePosted,
    MessagesListed,
    PostMessage,
    RoomChanged,
)
from server_stub.account import sign_ins
from server_stub.kernel import links
from server_stub.storage import accounts as accounts_table
from server_stub.storage import administration
from tests.fakes.server_client import story
from tests.full_disk import FullDisk
from tests.people import (
    GRACE,
    PASSWORD,
    ada,
    ada_and_grace,
    alan_inside,
    grace,
    in_a_meeting,
    joining,
    knocking,
    sign_up,
    start,
)
from tests.server_stub.devices import again, id_of, twin


@story()
async def test_an_ended_sign_in_is_told_loses_its_seat_and_opens_nothing(server):
    host, member, card = await in_a_meeting(server, record=True)
    await host.ask(EndMeeting(meeting=card.id))
    await host.expect(RecapReady)
    card = await start(host, card.room, key="second")
    other, both = await again(server, GRACE), await twin(server, member)
    await member.ask(joining(card.id))
    answer = await other.ask(EndSignIn(id=await id_of(member)))
    assert isinstance(answer, SignInsListed)
    assert [one.is_this for one in answer.sign_ins] == [True]
    await member.expect(SignedOut)
    await both.expect(SignedOut)
    assert member.account.id not in server.backend.calls.find(card.id).meeting.seats
    for ended in (member, both):
        assert await ended.refused(ListMessages(room=card.room)) == "not_signed_in"
        assert await ended.refused(joining(card.id)) == "not_signed_in"
        assert await ended.refused(Resume(token=member.token)) == "bad_token"
    assert await status_of_file(server, card.id, member.token) == 401
    assert await status_of_file(server, card.id, other.token) != 401
    heard = len(member.heard)
    await host.ask(PostMessage(room=card.room, text="x", key="k"))
    await other.expect(MessagePosted)
    await member.settle()
    assert len(member.heard) == heard + 1


async def status_of_file(server, recording, token):
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{server.port}", trust_env=False) as client:
        headers = {"Authorization": f"Bearer {token}"}
        return (await client.get(f"/recap/{recording}/meeting.webm", headers=headers)).status_code


@story()
async def test_one_ends_ones_own_sign_ins_alone(server):
    client, stranger = await ada(server), await grace(server)
    assert await stranger.refused(EndSignIn(id=await id_of(client))) == "not_found"
    assert await stranger.refused(EndSignIn(id=links.fingerprint(client.token))) == "not_found"
    assert await client.refused(EndSignIn(id="unknown")) == "not_found"
    assert isinstance(await client.ask(CreateRoom(name="x")), RoomChanged)
    nobody = await server.connect()
    for ask in (ListSignIns(), EndSignIn(id="x")):
        assert await nobody.refused(ask) == "not_signed_in"
    own = await client.ask(EndSignIn(id=await id_of(client)))
    assert own.sign_ins == ()
    await client.expect(SignedOut)
    assert await client.refused(CreateRoom(name="x")) == "not_signed_in"


@pytest.mark.logs_warnings
def test_a_sign_in_that_was_ended_is_out_though_the_rest_cannot_be_listed(tmp_path, monkeypatch):
    disk = FullDisk(monkeypatch, accounts_table, "list_sign_ins")

    @story()
    async def tell(server):
        client = await ada(server)
        other = await twin(server, client)
        name = await id_of(other)
        disk.is_full = True
        assert await client.refused(EndSignIn(id=name)) == "failed"
        await other.expect(SignedOut)
        assert await other.refused(CreateRoom(name="x")) == "not_signed_in"

    tell(tmp_path)


@story()
async def test_a_closed_account_is_out_everywhere_and_stays_out(server):
    host, member, card = await in_a_meeting(server)
    account = member.account.id
    await server.backend.store.do(lambda c: administration.set_closed(c, account, True))
    await sign_ins.check_tokens(server.backend)
    await member.expect(SignedOut)
    await host.expect(PersonLeft, lambda tell: tell.person == account)
    assert account not in server.backend.calls.find(card.id).meeting.seats
    assert await member.refused(ListMessages(room=card.room)) == "not_signed_in"
    assert await member.refused(Resume(token=member.token)) == "bad_token"
    refused = await member.ask(SignIn(email=GRACE["email"], password=PASSWORD))
    assert (refused.reason, refused.words) == ("not_allowed", sign_ins.CLOSED)
    # Who does not know the password does not learn that the account is closed.
    assert await member.refused(SignIn(email=GRACE["email"], password="not it at all")) == "wrong_password"
    assert isinstance(await host.ask(ListMessages(room=card.room)), MessagesListed)
    assert host.account.id in server.backend.calls.find(card.id).meeting.seats


@story()
async def test_a_kept_seat_goes_with_the_account(server):
    host, member, card = await in_a_meeting(server)
    account = member.account.id
    member.vanish()
    await host.expect(RoomChanged, lambda tell: not tell.room.members[1].is_online)
    assert account in server.backend.calls.find(card.id).meeting.seats
    await sign_ins.check_tokens(server.backend)
    assert account in server.backend.calls.find(card.id).meeting.seats
    await server.backend.store.do(lambda c: administration.set_closed(c, account, True))
    await sign_ins.check_tokens(server.backend)
    assert account not in server.backend.calls.find(card.id).meeting.seats


@story()
async def test_an_administrator_ends_all_sign_ins_of_an_account(server):
    host, member, card = await in_a_meeting(server)
    guest, other = await alan_inside(server, host, card), await again(server, GRACE)
    await server.backend.store.do(lambda c: administration.end_sign_ins(c, member.account.id))
    await sign_ins.check_tokens(server.backend)
    await member.expect(SignedOut)
    await other.expect(SignedOut)
    seats = server.backend.calls.find(card.id).meeting.seats
    assert set(seats) == {host.account.id, guest.guest}
    assert isinstance(await host.ask(CreateRoom(name="x")), RoomChanged)


@story()
async def test_a_guest_seat_of_a_connection_goes_with_its_sign_in(server):
    host, _, card = await in_a_meeting(server)
    eve = await again_guest(server, host, card)
    await server.backend.store.do(lambda c: administration.end_sign_ins(c, eve.account.id))
    await sign_ins.check_tokens(server.backend)
    await eve.expect(SignedOut)
    assert eve.guest not in server.backend.calls.find(card.id).meeting.seats


async def again_guest(server, host, card):
    """Someone with an account, who is no member of the room, let in as a guest."""
    eve = await sign_up(server, email="eve@example.org", name="Eve")
    eve.guest = (await eve.ask(knocking(card))).guest
    await host.ask(AdmitGuest(meeting=card.id, guest=eve.guest))
    await eve.expect(Welcome)
    return eve


@story()
async def test_a_request_under_way_leads_to_no_seat_of_an_ended_sign_in(server):
    host, member, room = await ada_and_grace(server)
    card = await start(host, room)
    other = await again(server, GRACE)
    ended, store = await id_of(member), server.backend.store
    do, read, go_on = store.do, asyncio.Event(), asyncio.Event()

    async def slow(work):
        store.do = do
        found = await do(work)
        read.set()
        await go_on.wait()
        return found

    store.do = slow
    joining_still = asyncio.create_task(member.ask(joining(card.id)))
    await read.wait()
    await other.ask(EndSignIn(id=ended))
    await member.expect(SignedOut)
    go_on.set()
    await joining_still
    assert member.account.id not in server.backend.calls.find(card.id).meeting.seats


@story()
async def test_a_sign_in_that_ends_while_it_enters_is_none(server):
    client, other = await ada(server), await server.connect()
    ended = server.backend.store.do(lambda c: accounts_table.drop_token(c, links.fingerprint(client.token)))
    look = sign_ins.account_of

    async def slow(backend, token):
        account = await look(backend, token)
        await ended
        return account

    sign_ins.account_of = slow
    try:
        assert await other.refused(Resume(token=client.token)) == "bad_token"
    finally:
        sign_ins.account_of = look
    assert await other.refused(CreateRoom(name="x")) == "not_signed_in"
    assert len(server.backend.hub.of_account(client.account.id)) == 1
