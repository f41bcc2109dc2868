"""Raised hands: their order, who may lower them, and what a lost connection does to them."""

import pytest

from app.wire.hands import HandsLowered, LowerAllHands, LowerHand, LowerHandOf, RaiseHand
from app.wire.people import LeaveMeeting, PersonChanged, Welcome
from server_stub.call import hands_rules, meeting
from tests.fakes.server_client import story
from tests.people import alan_inside, in_a_meeting, join
from tests.server_stub.meetings import person, refusal, with_people


def order(now):
    return [one.id for one in sorted(now.people, key=lambda one: one.raised_at) if one.raised_at]


def raised(now, *ids, at=10.0):
    for id in ids:
        now = hands_rules.raise_hand(now, id, at).meeting
    return now


def test_the_order_is_that_of_raising_even_within_one_tick_of_the_clock():
    now = raised(with_people("ada", "grace", guests=("alan",)), "alan", "grace", "ada")
    assert order(now) == ["alan", "grace", "ada"]
    # Once more keeps the place, whatever the clock says.
    assert order(raised(now, "alan", at=99.0)) == ["alan", "grace", "ada"]
    assert order(raised(hands_rules.lower(now, "alan").meeting, "alan", at=1.0)) == ["grace", "ada", "alan"]


def test_only_the_host_lowers_the_hands_of_others():
    now = raised(with_people("ada", "grace", "mary"), "grace", "mary")
    assert order(hands_rules.lower_of(now, "ada", "grace").meeting) == ["mary"]
    assert order(hands_rules.lower_all(now, "ada").meeting) == []
    assert refusal(hands_rules.lower_of, now, "grace", "mary") == "not_host"
    assert refusal(hands_rules.lower_all, now, "grace") == "not_host"
    assert refusal(hands_rules.lower_of, now, "ada", "nobody") == "not_found"
    assert refusal(hands_rules.raise_hand, now, "nobody", 1.0) == "not_in_meeting"


def test_a_hand_outlives_a_lost_connection_and_goes_with_the_seat():
    now = raised(with_people("ada", "grace"), "grace")
    lost = meeting.lose(now, "grace", 11.0).meeting
    assert order(lost) == ["grace"]
    back = meeting.join(lost, person("grace"), 12.0).meeting
    assert order(back) == ["grace"]
    gone = meeting.leave(back, "grace", 13.0).meeting
    assert order(gone) == []
    assert order(meeting.join(gone, person("grace"), 14.0).meeting) == []


@story()
async def test_everyone_sees_hands_and_who_comes_later_too(server):
    host, member, card = await in_a_meeting(server)
    guest = await alan_inside(server, host, card)
    told = await guest.ask(RaiseHand(meeting=card.id))
    assert told.person.raised_at > 0
    for one in (host, member):
        heard = await one.expect(PersonChanged, lambda tell: tell.person.raised_at)
        assert heard.person == told.person
    await member.ask(RaiseHand(meeting=card.id))
    await member.ask(LeaveMeeting(meeting=card.id))
    welcome = await join(member, card.id)
    assert isinstance(welcome, Welcome)
    assert [one.id for one in welcome.people if one.raised_at] == [guest.guest]


@story()
async def test_the_host_lowers_one_or_all(server):
    host, member, card = await in_a_meeting(server)
    guest = await alan_inside(server, host, card)
    await guest.ask(RaiseHand(meeting=card.id))
    lowered = await host.ask(LowerHandOf(meeting=card.id, person=guest.guest))
    assert (lowered.person.id, lowered.person.raised_at) == (guest.guest, 0)
    for one in (guest, member):
        await one.ask(RaiseHand(meeting=card.id))
    assert await member.refused(LowerAllHands(meeting=card.id)) == "not_host"
    assert isinstance(await host.ask(LowerAllHands(meeting=card.id)), HandsLowered)
    await guest.expect(HandsLowered)
    assert all(not one.raised_at for one in server.backend.calls.find(card.id).meeting.people)
    # None was up: that is an answer, too.
    assert isinstance(await host.ask(LowerAllHands(meeting=card.id)), HandsLowered)


@story()
async def test_a_hand_that_goes_up_and_down_all_the_time_is_stopped(server):
    host, member, card = await in_a_meeting(server)
    for _ in range(5):
        await member.ask(RaiseHand(meeting=card.id))
        await member.ask(LowerHand(meeting=card.id))
    assert await member.refused(RaiseHand(meeting=card.id)) == "too_much"
    await host.ask(RaiseHand(meeting=card.id))


@pytest.mark.parametrize("ask", [RaiseHand, LowerHand, LowerAllHands])
def test_nobody_else_does(tmp_path, ask):
    @story()
    async def tell(server):
        _, _, card = await in_a_meeting(server)
        stranger = await server.connect()
        assert await stranger.refused(ask(meeting=card.id)) == "not_in_meeting"

    tell(tmp_path)
