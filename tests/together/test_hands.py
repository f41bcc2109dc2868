"""Raised hands and reactions among real clients on a real server."""

from app.state import call_intents
from app.state.hands import raised
from tests.together.cast import ADA, ADA_HZ, GRACE, GRACE_HZ, meet, share_a_room


def order(*people):
    return lambda state: [one.id for one in raised(state.call.people)] == [one.state.me.id for one in people]


def test_hands_keep_their_order_over_a_lost_connection_and_reactions_reach_everyone(cast):
    ada = cast.enter("ada", ADA, ADA_HZ)
    grace = cast.enter("grace", GRACE, GRACE_HZ)
    meet(ada, grace, share_a_room(ada, grace))

    grace.do(call_intents.RaiseHand())
    ada.wait_for(order(grace))
    assert ada.told == ["Grace raised their hand."]
    ada.do(call_intents.RaiseHand())
    grace.wait_for(order(grace, ada))
    ada.wait_for(order(grace, ada))
    assert grace.told == []

    grace.note()
    grace.cut()
    grace.wait_seen(lambda state: state.call_phase == "reconnecting")
    assert order(grace, ada)(ada.state)
    grace.wait_for(lambda state: state.call_phase == "in" and state.is_seated, what="back in the call")
    for one in (ada, grace):
        one.wait_for(order(grace, ada))
    assert len(ada.told) == 1, "the host hears of each hand once"

    grace.do(call_intents.React(reaction="party"))
    for one in (ada, grace):
        shown = one.wait_for(lambda state: state.call.reactions.shown)
        assert [(each.person, each.reaction) for each in shown] == [(grace.state.me.id, "party")]

    grace.do(call_intents.LowerAllHands())
    ada.do(call_intents.LowerOthersHand(person=grace.state.me.id))
    grace.wait_for(order(ada))
    ada.do(call_intents.LowerAllHands())
    for one in (ada, grace):
        one.wait_for(order())
