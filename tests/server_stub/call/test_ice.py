"""Who is told of STUN and TURN, when, and what the TURN server takes."""

import base64
import hashlib
import hmac
from unittest.mock import patch

import pytest

from app.wire.errors import Refused
from app.wire.media import CheckMedia, IceServers, MediaChecked
from app.wire.people import RejoinAsGuest
from server_stub.call.ice_rules import servers_for
from server_stub.kernel.config import IceSettings
from tests.fakes.clock import START, FakeClock
from tests.fakes.relay import SDP
from tests.fakes.server_client import story
from tests.people import ada_and_grace, alan, alan_inside, in_a_meeting, join, start

TURN = "turn:turn.example.org:3478?transport=udp"
ICE = IceSettings(("stun:turn.example.org:3478", TURN), "a secret of the server", 600.0)


def is_proof(server, *, person, until):
    """Whether it is what coturn expects."""
    proof = hmac.new(ICE.secret.encode(), f"{until}:{person}".encode(), hashlib.sha1).digest()
    return (server.username, server.credential) == (f"{until}:{person}", base64.b64encode(proof).decode())


def test_a_credential_says_until_when_and_for_whom_it_is_good():
    stun, turn = servers_for(ICE, "aAda", 1000.0)
    assert (stun.url, stun.username, stun.credential) == ("stun:turn.example.org:3478", "", "")
    assert turn.url == TURN
    assert is_proof(turn, person="aAda", until=1600)
    # Made with `openssl dgst -sha1 -hmac`.
    assert turn.credential == "dKyFyR3655ZWoM9Nt83NZMHSTNE="


def told(client):
    return [tell for tell in client.heard if isinstance(tell, IceServers)]


@story(clock=FakeClock(), ice=ICE)
async def test_who_gets_a_seat_is_told_and_who_waits_is_not(server):
    host, member, room = await ada_and_grace(server)
    card = await start(host, room)
    assert told(host) == []
    await join(host, card.id)
    (news,) = told(host)
    assert news.meeting == card.id
    assert is_proof(news.servers[1], person=host.account.id, until=int(START + 600))
    # Before the welcome, so that the first connection has them.
    assert [type(tell).__name__ for tell in host.heard].index("IceServers") < [
        type(tell).__name__ for tell in host.heard
    ].index("Welcome")
    guest = await alan(server, card)
    await server.backend.clock.pass_time(700)
    await guest.settle()
    await member.settle()
    assert (told(guest), told(member)) == ([], [])


@story(clock=FakeClock(), ice=ICE)
async def test_a_guest_who_is_let_in_is_told_also_when_they_come_back(server):
    host, _, card = await in_a_meeting(server)
    guest = await alan_inside(server, host, card)
    (news,) = told(guest)
    assert is_proof(news.servers[1], person=guest.welcome.you, until=int(START + 600))
    guest.vanish()
    again = await server.connect()
    await again.ask(RejoinAsGuest(token=guest.welcome.guest_token))
    assert len(told(again)) == 1


@story(clock=FakeClock(), ice=ICE)
async def test_what_was_told_is_renewed_before_it_expires(server):
    host, member, _ = await in_a_meeting(server)
    for number in (1, 2):
        await server.backend.clock.pass_time(300)
        for client in (host, member):
            await client.settle()
            newest = told(client)[-1]
            assert len(told(client)) == 1 + number
            assert is_proof(newest.servers[1], person=client.account.id, until=int(START + 300 * number + 600))


@pytest.mark.logs_warnings
@story(clock=FakeClock(), ice=ICE)
async def test_one_who_cannot_be_told_keeps_nobody_else_from_it(server):
    host, member, card = await in_a_meeting(server)
    inside = server.backend.calls.find(card.id).inside[host.account.id]

    def fail(tell):
        raise KeyError("a secret of the server")

    with patch.object(inside, "tell", fail):
        await server.backend.clock.pass_time(300)
        await member.settle()
    assert len(told(member)) == 2
    await server.backend.clock.pass_time(300)
    for client, count in ((host, 2), (member, 3)):
        await client.settle()
        assert len(told(client)) == count


@story()
async def test_a_server_without_such_servers_tells_nothing(server):
    host, member, _ = await in_a_meeting(server)
    assert (told(host), told(member)) == ([], [])


@story(ice=ICE)
async def test_a_check_names_turn_to_members_and_gives_credentials_to_who_has_a_seat(server):
    host, member, room = await ada_and_grace(server)
    card = await start(host, room)
    await join(host, card.id)
    checked = await host.ask(CheckMedia(sdp=SDP))
    assert isinstance(checked, MediaChecked)
    assert [bool(one.credential) for one in checked.servers] == [False, True]
    checked = await member.ask(CheckMedia(sdp=SDP))
    assert [(one.url, one.username, one.credential) for one in checked.servers] == [(url, "", "") for url in ICE.urls]
    guest = await alan(server, card)
    assert await guest.refused(CheckMedia(sdp=SDP)) == "not_signed_in"
    stranger = await server.connect()
    assert await stranger.refused(CheckMedia(sdp=SDP)) == "not_signed_in"
    assert await host.refused(CheckMedia(sdp="m=application")) == "bad_sdp"


@story()
async def test_a_client_that_checks_without_end_is_asked_to_wait(server):
    host, _, _ = await ada_and_grace(server)
    answers = [await host.ask(CheckMedia(sdp=SDP)) for _ in range(60)]
    assert any(isinstance(one, Refused) and one.reason == "too_much" for one in answers)
