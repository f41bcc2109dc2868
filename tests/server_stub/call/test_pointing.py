"""Pointing at a shared screen: only whom the sharer lets, only while that share runs, few at a time, kept nowhere."""

import msgspec
import pytest

from app.wire.chat import ChatPosted, PostChat
from app.wire.codec import decode_ask, encode
from app.wire.errors import WireError
from app.wire.people import PersonChanged
from app.wire.pointing import AllowPointing, PointAt, Pointed
from app.wire.sharing import StartSharing, StopShareOf, StopSharing
from tests.fakes.server_client import story
from tests.people import alan_inside, in_a_meeting


async def sharing(server, **lets):
    """Grace shares in Ada's meeting, with Alan as a guest; returns what the tests need."""
    host, member, card = await in_a_meeting(server)
    guest = await alan_inside(server, host, card)
    await member.ask(StartSharing(meeting=card.id))
    if lets:
        await member.ask(AllowPointing(meeting=card.id, **{"members": False, "guests": False, **lets}))
    return host, member, guest, card


def pen(card, whose, **more):
    return PointAt(meeting=card.id, person=whose.account.id, kind="pen", spots=((5000, 2500),), **more)


@pytest.mark.parametrize(
    ("lets", "granted"),
    [({}, ""), ({"members": True}, "host"), ({"guests": True}, "guest"), ({"members": True, "guests": True}, "both")],
)
def test_members_and_guests_are_let_apart_and_nobody_at_first(tmp_path, lets, granted):
    @story()
    async def tell(server):
        host, member, guest, card = await sharing(server, **lets)
        for one, name in ((host, "host"), (guest, "guest")):
            if granted in (name, "both"):
                told = await one.ask(pen(card, member))
                assert isinstance(told, Pointed)
                assert (told.sharer, told.kind, told.spots) == (member.account.id, "pen", ((5000, 2500),))
            else:
                assert await one.refused(pen(card, member)) == "not_allowed"
        assert await member.refused(pen(card, member)) == "not_allowed", "of one's own screen"

    tell(tmp_path)


@story()
async def test_everybody_in_the_meeting_sees_it_and_nobody_else(server):
    host, member, guest, card = await sharing(server, guests=True)
    await guest.ask(pen(card, member, stroke=3))
    for one in (host, member):
        told = await one.expect(Pointed)
        assert (told.person, told.stroke) == (guest.guest, 3)
    stranger = await server.connect()
    assert await stranger.refused(pen(card, member)) == "not_in_meeting"


@story()
async def test_who_shares_alone_says_who_may_point(server):
    host, member, guest, card = await sharing(server)
    for one in (host, guest):
        assert await one.refused(AllowPointing(meeting=card.id, members=True, guests=True)) == "not_allowed"
    told = await member.ask(AllowPointing(meeting=card.id, members=True, guests=False))
    assert isinstance(told, PersonChanged)
    assert (told.person.members_point, told.person.guests_point) == (True, False)


@pytest.mark.parametrize("stopped_by", ["oneself", "the host"])
def test_it_ends_with_the_share_and_is_off_again_for_the_next(tmp_path, stopped_by):
    @story()
    async def tell(server):
        host, member, _, card = await sharing(server, members=True)
        if stopped_by == "oneself":
            await member.ask(StopSharing(meeting=card.id))
        else:
            await host.ask(StopShareOf(meeting=card.id, person=member.account.id))
        assert await host.refused(pen(card, member)) == "not_allowed"
        began = await member.ask(StartSharing(meeting=card.id))
        assert (began.person.members_point, began.person.guests_point) == (False, False)
        assert await host.refused(pen(card, member)) == "not_allowed"

    tell(tmp_path)


@story()
async def test_a_flood_is_refused_or_left_out_and_who_asks_for_no_answer_gets_none(server):
    host, member, guest, card = await sharing(server, members=True)
    answers = [await host.ask(pen(card, member)) for _ in range(60)]
    assert {one.reason for one in answers if not isinstance(one, Pointed)} == {"too_much"}
    assert 30 < sum(isinstance(one, Pointed) for one in answers) < 60
    before = len(host.heard)
    for _ in range(5):
        for one in (host, guest):
            await one.socket.send(encode(pen(card, member)))
    posted = await host.ask(PostChat(meeting=card.id, text="Hi", key="k1"))
    assert isinstance(posted, ChatPosted)
    assert len(host.heard) == before + 1


@story()
async def test_who_reads_too_slowly_misses_them_and_nothing_else(server):
    host, member, guest, card = await sharing(server, members=True)
    session = server.backend.calls.find(card.id).inside[guest.guest]
    # Nothing wakes the sender of these, as with a socket that takes nothing.
    session._queue.extend(["{}"] * 21)
    assert isinstance(await host.ask(pen(card, member)), Pointed)
    assert list(session._queue) == ["{}"] * 21


@pytest.mark.parametrize(
    "spots", [((-1, 0),), ((0, 10_001),), ((0.5, 0),), ((1, 2, 3),), tuple((n, n) for n in range(17))]
)
def test_places_outside_of_a_screen_and_too_many_are_malformed(spots):
    ask = {"ask": "PointAt", "request": 1, "meeting": "m1", "person": "p1", "kind": "pen", "spots": spots}
    with pytest.raises(WireError):
        decode_ask(msgspec.json.encode(ask).decode())


@story()
async def test_it_is_kept_nowhere(server):
    host, member, _, card = await sharing(server, members=True)
    before = server.backend.calls.find(card.id).meeting
    await host.ask(pen(card, member))
    assert server.backend.calls.find(card.id).meeting is before
