"""Pointing at a shared screen, among real clients on a real server."""

from app.state import call_intents
from app.state.hands import raised
from app.state.pointing import may_point, pointing_lets
from app.wire.pointing import PointAt
from app.wire.sharing import StartSharing
from tests.together.cast import ADA, ADA_HZ, GRACE, GRACE_HZ, meet, share_a_room


def test_who_shares_lets_the_others_point_and_sees_where(cast):
    ada = cast.enter("ada", ADA, ADA_HZ)
    grace = cast.enter("grace", GRACE, GRACE_HZ)
    meeting = meet(ada, grace, share_a_room(ada, grace))
    sharer = ada.state.me.id
    ada.conductor._loop.call(ada.conductor._servers.say, StartSharing(meeting=meeting))
    grace.wait_for(lambda state: any(one.sharing for one in state.call.people))
    here = PointAt(meeting=meeting, person=sharer, kind="pen", stroke=1, spots=((5000, 2500), (5100, 2600)))
    # Not yet: the server leaves it out, and nobody is told off.
    grace.conductor.point(here)
    assert not may_point(grace.state.call, sharer)
    # Messages of one person are taken in their order: once the hand is seen, the pen before it has been left out.
    grace.do(call_intents.RaiseHand())
    ada.wait_for(lambda state: raised(state.call.people))
    assert ada.pointed == []

    ada.do(call_intents.LetPoint(members=True, guests=False))
    grace.wait_for(lambda state: may_point(state.call, sharer))
    ada.wait_for(lambda state: pointing_lets(state.call) == (True, False))
    grace.conductor.point(here)
    ada.wait_for(lambda state: ada.pointed, what="where Grace points")
    (told,) = ada.pointed
    assert (told.person, told.sharer, told.kind, told.spots) == (grace.state.me.id, sharer, "pen", here.spots)
    assert grace.pointed == []
    assert grace.told == []


def test_where_one_points_is_dropped_when_other_messages_still_wait(cast, monkeypatch):
    ada = cast.enter("ada", ADA, ADA_HZ)
    grace = cast.enter("grace", GRACE, GRACE_HZ)
    meeting = meet(ada, grace, share_a_room(ada, grace))
    sharer = ada.state.me.id
    ada.conductor._loop.call(ada.conductor._servers.say, StartSharing(meeting=meeting))
    ada.wait_for(lambda state: any(one.sharing for one in state.call.people))
    ada.do(call_intents.LetPoint(members=True, guests=True))
    grace.wait_for(lambda state: may_point(state.call, sharer))
    signalling = grace.conductor._servers.signalling
    monkeypatch.setattr("app.net.signalling._BEHIND", -1)
    assert signalling.is_behind
    grace.conductor.point(PointAt(meeting=meeting, person=sharer, kind="pointer", spots=((1, 1),)))
    grace.conductor._loop.call(monkeypatch.undo)
    grace.conductor.point(PointAt(meeting=meeting, person=sharer, kind="pointer", spots=((2, 2),)))
    ada.wait_for(lambda state: ada.pointed)
    assert [one.spots for one in ada.pointed] == [((2, 2),)]
