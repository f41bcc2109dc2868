"""Who may come back to a meeting that ran when the server stopped, and to which seat."""

import sqlite3

import pytest

from app.wire.accounts import Resume
from app.wire.lobby import KnockHeard, LobbyChanged
from app.wire.people import (
    LockMeeting,
    PersonLeft,
    RejoinAsGuest,
    RemovePerson,
)
from app.wire.recording import StartRecording
from server_stub.kernel.config import NOTICE_VERSION
from tests.people import (
    alan,
    alan_inside,
    in_a_meeting,
    joining,
    knocking,
)
from tests.restarts import again, back, guest_back, restarted, say


def test_who_was_removed_stays_removed(tmp_path):
    async def before(server):
        host, member, card = await in_a_meeting(server)
        guest = await alan_inside(server, host, card, installation="his-computer")
        for person in (guest.welcome.you, member.account.id):
            await host.ask(RemovePerson(meeting=card.id, person=person))
        await host.settle()
        return host, member, guest, card

    async def after(server, left):
        host, member, guest, card = left
        assert (await back(server, host, card)).welcome.people[0].id == host.account.id
        assert await (await again(server, member)).refused(joining(card.id)) == "removed"
        stranger = await server.connect()
        assert await stranger.refused(RejoinAsGuest(token=guest.welcome.guest_token)) == "bad_token"
        assert await stranger.refused(knocking(card, installation="his-computer")) == "removed"
        assert isinstance(await stranger.ask(knocking(card, installation="another")), KnockHeard)

    restarted(tmp_path, before, after)


@pytest.mark.parametrize("forge", [lambda token: token[:-1] + "x", lambda token: "sother." + token.split(".")[1]])
def test_a_seat_is_given_for_its_token_alone(tmp_path, forge):
    async def before(server):
        host, _, card = await in_a_meeting(server)
        return host, await alan_inside(server, host, card), card

    async def after(server, left):
        host, guest, card = left
        stranger = await server.connect()
        assert await stranger.refused(RejoinAsGuest(token=forge(guest.welcome.guest_token))) == "bad_token"
        # A member's sign-in leads to no guest's seat, and a guest's token to no sign-in.
        assert await stranger.refused(RejoinAsGuest(token=host.token)) == "bad_token"
        assert await stranger.refused(Resume(token=guest.welcome.guest_token)) == "bad_token"
        assert await stranger.refused(joining(card.id)) == "not_signed_in"

    restarted(tmp_path, before, after)


def test_two_connections_have_one_seat_between_them(tmp_path):
    async def before(server):
        host, _, card = await in_a_meeting(server)
        return host, await alan_inside(server, host, card), card

    async def after(server, left):
        host, guest, card = left
        one, two = await guest_back(server, guest), await guest_back(server, guest)
        assert (await one.expect(PersonLeft)).reason == "moved"
        assert (await say(two, card, "Me", "k")).author == guest.welcome.you
        ada = await back(server, host, card)
        assert [one.id for one in ada.welcome.people].count(guest.welcome.you) == 1
        assert two.welcome.you == guest.welcome.you

    restarted(tmp_path, before, after)


def test_who_cannot_sign_in_any_more_leaves_no_seat(tmp_path):
    async def before(server):
        host, member, card = await in_a_meeting(server)
        return host, member, card

    def between(path):
        with sqlite3.connect(path) as database:
            database.execute("UPDATE accounts SET is_closed = 1 WHERE name = 'Grace'")
            database.execute("DELETE FROM tokens WHERE account IN (SELECT id FROM accounts WHERE name = 'Grace')")
        database.close()

    async def after(server, left):
        host, _, card = left
        ada = await back(server, host, card)
        assert [one.id for one in ada.welcome.people] == [host.account.id]

    restarted(tmp_path, before, after, between=between)


def test_who_does_not_belong_to_the_room_any_more_has_no_seat(tmp_path):
    def between(path):
        with sqlite3.connect(path) as database:
            database.execute("DELETE FROM members WHERE account IN (SELECT id FROM accounts WHERE name = 'Ada')")
        database.close()

    async def before(server):
        return await in_a_meeting(server)

    async def after(server, left):
        host, member, card = left
        grace = await back(server, member, card)
        assert [one.id for one in grace.welcome.people] == [member.account.id]
        assert await (await again(server, host)).refused(joining(card.id)) == "not_found"
        # Nobody keeps the host's role for who has left the room.
        await server.backend.clock.pass_time(0.0)
        assert server.backend.calls.find(card.id).meeting.host == member.account.id

    restarted(tmp_path, before, after, between=between)


def test_who_waited_takes_their_place_again_though_the_meeting_is_locked_and_recorded(tmp_path):
    async def before(server):
        host, _, card = await in_a_meeting(server)
        first = await alan(server, card, name="First", installation="one")
        second = await alan(server, card, name="Second", installation="two")
        await host.ask(StartRecording(meeting=card.id))
        await host.ask(LockMeeting(meeting=card.id, is_locked=True))
        await host.settle()
        return host, (first.guest, second.guest), card

    async def after(server, left):
        host, guests, card = left
        ada = await back(server, host, card)
        clients = [await server.connect() for _ in range(3)]
        heard = [
            await clients[n].ask(knocking(card, name=f"Guest {n}", installation=i)) for n, i in ((1, "two"), (0, "one"))
        ]
        assert [one.guest for one in heard] == [guests[1], guests[0]]
        lobby = await ada.expect(LobbyChanged, lambda tell: len(tell.waiting) == 2)
        assert {one.id for one in lobby.waiting} == set(guests)
        assert await clients[2].refused(knocking(card, installation="three", notice_version=NOTICE_VERSION)) == "locked"
        # The place is taken: a second program of the same installation comes as anybody else does.
        assert await clients[2].refused(knocking(card, installation="one", notice_version=NOTICE_VERSION)) == "locked"

    restarted(tmp_path, before, after)
