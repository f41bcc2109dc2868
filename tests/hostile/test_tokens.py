"""Tokens and codes that are forged, used, too old, of another place, or somebody else's: none opens anything."""

import asyncio

import pytest

from app.wire.accounts import (
    ChangePassword,
    EndSignIn,
    ListSignIns,
    ResetPassword,
    Resume,
    SignedIn,
    SignIn,
    SignOut,
)
from app.wire.lobby import Knock, LookAtLink
from app.wire.people import (
    EndMeeting,
    LeaveMeeting,
    MeetingEnded,
    PersonChanged,
    PersonLeft,
    RejoinAsGuest,
    RemovePerson,
    RenewLink,
    Welcome,
)
from app.wire.rooms import InviteMember, JoinRoom, LeaveRoom, RemoveMember, RoomChanged
from server_stub.account.passwords import new_reset_code
from server_stub.kernel import links
from tests.fakes.clock import FakeClock
from tests.fakes.server_client import running_server
from tests.hostile.cast import (
    HOST,
    MEMBER_IN,
    MEMBER_OUT,
    OUTSIDER,
    Cast,
    everything,
    lift_limits,
    resumed,
    server_of_the_cast,
)
from tests.hostile.plain_http import http
from tests.people import PASSWORD, ada_and_grace, alan_inside, code_of, in_a_meeting, make_room, sign_up

DAY_S = 86_400.0
NEW = "another horse battery"


def hostile(test):
    """Runs an `async def test(server)` on a server whose clock stands still and that never says "too much"."""

    def run(tmp_path):
        async def tell():
            async with asyncio.timeout(30), server_of_the_cast(tmp_path / "data") as server:
                lift_limits(server.backend)
                await test(server)

        asyncio.run(tell())

    run.__name__, run.__doc__ = test.__name__, test.__doc__
    return run


async def is_worthless(server, token, recording=""):
    """Whether a token signs nobody in, opens no recap, and is no guest's either."""
    answer = await resumed(server, token)
    client = await server.connect()
    is_out = not isinstance(answer, SignedIn) and await client.refused(RejoinAsGuest(token=token)) == "bad_token"
    if recording:
        return is_out and (await http(server.port, f"/recap/{recording}/recap.md", token=token))[0] == 401
    return is_out


def forgeries(server, token, guest_token):
    """What somebody may try who has seen tokens, or has one of another place."""
    name, _, secret = token.partition(".")
    own = server.backend.server_id
    return [
        "x",
        ".",
        own,
        f"{own}.",
        f".{secret}",
        secret,
        f"{name}.{secret[:-1]}",
        f"{name}.{secret}x",
        f"{name}.{secret.swapcase()}",
        f"{name.upper()}.{secret}",
        f" {token}",
        f"{token}\n",
        f"{token}\x00",
        f"s{'0' * 32}.{secret}",
        links.new_token(own),
        links.fingerprint(token),
        f"{own}.{links.fingerprint(token)}",
        f"{own}.%",
        f"{own}.' OR '1'='1",
        f"{own}.{secret}' --",
        "\u202e" + token,
        guest_token,
        "\u0000" * 256,
        "é" * 256,
    ]


@hostile
async def test_forged_tokens_open_nothing(server):
    cast = await Cast.gather(server)
    before = await everything(server)
    me, rosa = cast.people[HOST], cast.people["a guest inside"].guest_token
    for token in forgeries(server, me.token, rosa):
        client = await server.connect()
        assert await client.refused(Resume(token=token)) == "bad_token", token
        if token != rosa:
            assert await client.refused(RejoinAsGuest(token=token)) == "bad_token", token
        await client.close()
        if token.isascii() and token.isprintable() and token == token.strip():
            assert (await http(server.port, f"/recap/{cast.recording}/recap.md", token=token))[0] == 401, token
    for header in ("Basic", "bearer", "Bearer  ", "Token"):
        path, line = f"/recap/{cast.recording}/recap.md", f"Authorization: {header} {me.token}"
        status, _ = await http(server.port, path, headers=(line,))
        assert status == (200 if header == "bearer" else 401), header
    assert (await http(server.port, f"/recap/{cast.recording}/recap.md?token={me.token}"))[0] == 401
    after = await everything(server)
    assert {**after, "who is who": 0} == {**before, "who is who": 0}


def test_tokens_and_codes_of_another_server_are_none(tmp_path):
    async def tell():
        async with (
            asyncio.timeout(30),
            server_of_the_cast(tmp_path / "one") as one,
            server_of_the_cast(tmp_path / "two") as two,
        ):
            host, _, card = await in_a_meeting(one)
            guest = await alan_inside(one, host, card)
            room_code = (await host.ask(InviteMember(room=card.room))).code
            eve = await sign_up(two, email="eve@example.org", name="Eve")
            for token in (host.token, guest.welcome.guest_token):
                assert await is_worthless(two, token, card.id)
            assert await eve.refused(JoinRoom(code=room_code)) == "bad_token"
            assert await eve.refused(LookAtLink(code=code_of(card))) == "not_found"
            assert isinstance(await resumed(one, host.token), SignedIn)

    asyncio.run(tell())


def test_a_token_that_nobody_used_for_180_days_opens_nothing(tmp_path):
    """Neither the websocket nor the files of a recap, which are kept for six months: about as long."""
    clock = FakeClock()

    async def tell():
        async with asyncio.timeout(30), server_of_the_cast(tmp_path / "data", clock=clock) as server:
            host, member, _ = await in_a_meeting(server)
            old = member.token
            await member.close()
            clock.jump(179 * DAY_S)
            host.token = (await host.ask(Resume(token=host.token))) and host.token
            cast_card = await recorded(server, host)
            assert (await http(server.port, f"/recap/{cast_card}/recap.md", token=old))[0] == 200
            clock.jump(2 * DAY_S)
            assert (await http(server.port, f"/recap/{cast_card}/recap.md", token=old))[0] == 401
            assert await is_worthless(server, old, cast_card)

    asyncio.run(tell())


async def recorded(server, host):
    """The id of a recording in a running meeting of the host, whose recap is ready."""
    from app.wire.recap import RecapReady
    from app.wire.recording import StartRecording

    meeting = next(iter(server.backend.calls.all())).id
    await host.ask(StartRecording(meeting=meeting))
    await host.ask(EndMeeting(meeting=meeting))
    await host.expect(RecapReady)
    return meeting


async def sign_out(me, other):
    await other.ask(SignOut())


async def end_from_another_device(me, other):
    listed = (await me.ask(ListSignIns())).sign_ins
    await me.ask(EndSignIn(id=next(one.id for one in listed if not one.is_this)))


async def change_password(me, other):
    await me.ask(ChangePassword(old=PASSWORD, new=NEW))


@pytest.mark.parametrize("end", [sign_out, end_from_another_device, change_password])
def test_a_token_is_worthless_after(tmp_path, end):
    """On the connection that used it, on a new one, and at the web door."""

    @hostile
    async def tell(server):
        cast = await Cast.gather(server)
        me, other = cast.people[HOST].client, await server.connect()
        token = (await other.ask(SignIn(email=cast.people[HOST].email, password=PASSWORD))).token
        device = cast.people["the host's other device"].client
        await device.ask(SignOut())
        assert (await http(server.port, f"/recap/{cast.recording}/recap.md", token=token))[0] == 200
        await end(me, other)
        await other.settle()
        assert await other.refused(InviteMember(room=cast.room)) == "not_signed_in"
        assert await is_worthless(server, token, cast.recording)
        assert isinstance(await resumed(server, cast.people[HOST].token), SignedIn)

    tell(tmp_path)


async def leave(host, guest, card):
    await guest.ask(LeaveMeeting(meeting=card.id))


async def be_removed(host, guest, card):
    await host.ask(RemovePerson(meeting=card.id, person=guest.guest))
    await guest.expect(PersonLeft, lambda left: left.reason == "removed")


async def see_the_end(host, guest, card):
    await host.ask(EndMeeting(meeting=card.id))
    await guest.expect(MeetingEnded)


@pytest.mark.parametrize("end", [leave, be_removed, see_the_end])
def test_a_guest_token_is_worthless_after(tmp_path, end):
    @hostile
    async def tell(server):
        host, _, card = await in_a_meeting(server)
        guest = await alan_inside(server, host, card)
        await end(host, guest, card)
        again = await server.connect()
        for client in (guest, again):
            assert await client.refused(RejoinAsGuest(token=guest.welcome.guest_token)) == "bad_token"
        assert await is_worthless(server, guest.welcome.guest_token, card.id)

    tell(tmp_path)


def test_a_guest_token_is_worthless_when_its_seat_is_no_longer_kept(tmp_path):
    clock = FakeClock()

    async def tell():
        async with asyncio.timeout(30), server_of_the_cast(tmp_path / "data", clock=clock) as server:
            host, _, card = await in_a_meeting(server)
            guest = await alan_inside(server, host, card)
            guest.vanish()
            await host.expect(PersonChanged, lambda changed: not changed.person.is_connected)
            await clock.pass_time(121)
            await host.expect(PersonLeft, lambda left: left.reason == "lost")
            client = await server.connect()
            assert await client.refused(RejoinAsGuest(token=guest.welcome.guest_token)) == "bad_token"

    asyncio.run(tell())


@hostile
async def test_a_guest_token_leads_back_to_its_own_meeting_and_seat_alone(server):
    host, _, card = await in_a_meeting(server)
    guest = await alan_inside(server, host, card)
    eve = await sign_up(server, email="eve@example.org", name="Eve")
    from tests.people import join, start

    other = await start(eve, await make_room(eve, name="Another"), "other")
    await join(eve, other.id)
    await guest.close()
    await host.expect(PersonChanged, lambda changed: not changed.person.is_connected)
    back = await server.connect()
    welcome = await back.ask(RejoinAsGuest(token=guest.welcome.guest_token))
    assert isinstance(welcome, Welcome)
    assert (welcome.meeting.id, welcome.you) == (card.id, guest.guest)
    for ask in (LeaveMeeting(meeting=other.id), EndMeeting(meeting=other.id)):
        assert await back.refused(ask) == "not_in_meeting"
    assert list(server.backend.calls.find(other.id).meeting.seats) == [eve.account.id]


@hostile
async def test_room_invitations_open_their_own_room_once(server):
    cast = await Cast.gather(server)
    eve, grace = cast.people[OUTSIDER].client, cast.people[MEMBER_IN].client
    code = (await cast.ada.ask(InviteMember(room=cast.room))).code
    bad = ["x", code.swapcase(), code[:-1], code + "x", f"'{code}", code_of(cast.card), cast.room, "%", "\u202e" + code]
    before = await everything(server)
    for one in bad:
        assert await eve.refused(JoinRoom(code=one)) == "bad_token", one
    assert await everything(server) == before
    # Who belongs to the room does not use it up; then it is good for one person.
    assert isinstance(await grace.ask(JoinRoom(code=code)), RoomChanged)
    joined = await eve.ask(JoinRoom(code=code))
    assert joined.room.id == cast.room
    await cast.ada.ask(RemoveMember(room=cast.room, account=eve.account.id))
    assert await eve.refused(JoinRoom(code=code)) == "bad_token"
    other = await sign_up(server, email="oz@example.org", name="Oz")
    assert await other.refused(JoinRoom(code=code)) == "bad_token"


def test_a_room_invitation_is_good_for_two_weeks_and_not_for_a_room_without_members(tmp_path):
    clock = FakeClock()

    async def tell():
        async with asyncio.timeout(30), server_of_the_cast(tmp_path / "data", clock=clock) as server:
            host, member, room = await ada_and_grace(server)
            eve = await sign_up(server, email="eve@example.org", name="Eve")
            code = (await host.ask(InviteMember(room=room))).code
            clock.jump(14 * DAY_S + 1)
            assert await eve.refused(JoinRoom(code=code)) == "bad_token"
            fresh = (await host.ask(InviteMember(room=room))).code
            for client in (host, member):
                await client.ask(LeaveRoom(room=room))
            assert await eve.refused(JoinRoom(code=fresh)) == "bad_token"

    asyncio.run(tell())


@hostile
async def test_a_code_for_a_password_is_good_once_and_for_its_account_alone(server):
    cast = await Cast.gather(server)
    ada, kate = cast.people[HOST], cast.people[MEMBER_OUT]
    old = await new_reset_code(server.backend, kate.client.account)
    code = await new_reset_code(server.backend, kate.client.account)
    stranger = cast.people["a stranger"].client
    before = await everything(server)

    def reset(one, email=kate.email):
        return ResetPassword(email=email, code=one, password=NEW)

    for ask in (
        reset(code, ada.email),
        reset(old),
        reset(code.swapcase()),
        reset(code[:-1]),
        reset(cast.room_code),
        reset(code_of(cast.card)),
        reset(code, "nobody@example.org"),
        reset(code, "%@example.org"),
    ):
        assert await stranger.refused(ask) == "bad_token", ask
    assert await everything(server) == before
    assert isinstance(await stranger.ask(reset(code)), SignedIn)
    again = await server.connect()
    assert await again.refused(reset(code)) == "bad_token"
    assert await is_worthless(server, kate.token, cast.recording)
    assert isinstance(await resumed(server, ada.token), SignedIn)


@hostile
async def test_codes_of_meetings_are_told_apart_by_case_and_die_with_the_link(server):
    host, _, card = await in_a_meeting(server)
    code, stranger = code_of(card), await server.connect()
    for bad in (
        code.swapcase(),
        code.upper(),
        code.lower(),
        code[:-1],
        f"{code}x",
        f" {code}",
        "%",
        card.id,
        card.room,
    ):
        if bad != code:
            assert await stranger.refused(LookAtLink(code=bad)) == "not_found", bad
    await host.ask(RenewLink(meeting=card.id))
    assert await stranger.refused(LookAtLink(code=code)) == "not_found"
    assert await stranger.refused(Knock(code=code, name="Eve", terms_version=1)) == "not_found"


def test_the_secret_of_an_embedded_server_opens_it_and_nothing_like_it(tmp_path):
    from tests.fakes.browser import opens

    secret = "0123456789abcdef0123"

    async def tell():
        async with asyncio.timeout(30), running_server(tmp_path, secret=secret) as server:
            assert await opens(server, {"X-Parley-Secret": secret})
            for bad in ("", "x", secret[:-1], secret + "0", secret.upper(), f"{secret}, {secret}"):
                assert not await opens(server, {"X-Parley-Secret": bad}), bad
            assert not await opens(server, {})
            assert not await opens(server, {"X-Parley-Secret": secret, "Origin": "https://evil.example"})
            assert not await opens(server, {"X-Parley-Secret": secret, "Host": "evil.example"})

    asyncio.run(tell())
