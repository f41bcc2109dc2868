"""Raised hands: everyone in the meeting may raise one, and the host may lower them."""

from __future__ import annotations

from app.wire.fields import Tell
from app.wire.hands import LowerAllHands, LowerHand, LowerHandOf, RaiseHand
from server_stub.call import hands_rules, meeting
from server_stub.call.places import decide, seat_in
from server_stub.errors import Refusal
from server_stub.kernel.context import Context
from server_stub.kernel.hub import Asker
from server_stub.kernel.requests import Rule
from server_stub.kernel.session import Session


async def raise_hand(context: Context, session: Session, ask: RaiseHand) -> Tell | None:
    """Raises one's own hand."""
    place = seat_in(session, ask.meeting)
    if not place.ongoing.tries.hand.take(place.person, context.tick()):
        # Each one is heard by the host.
        raise Refusal("too_much", "You raised your hand very often just now. Please wait a moment.")
    before = place.ongoing.meeting
    outcome = hands_rules.raise_hand(before, place.person, context.now())
    place.ongoing.apply(outcome, Asker(session, ask.request))
    if not meeting.seat_of(before, place.person).person.raised_at:
        place.ongoing.note_moment(place.person, "hand")
    return None


async def lower_hand(context: Context, session: Session, ask: LowerHand) -> Tell | None:
    """Lowers one's own hand."""
    decide(session, ask, hands_rules.lower)
    return None


async def lower_hand_of(context: Context, session: Session, ask: LowerHandOf) -> Tell | None:
    """The host lowers someone's hand."""
    decide(session, ask, lambda held, who: hands_rules.lower_of(held, who, ask.person))
    return None


async def lower_all_hands(context: Context, session: Session, ask: LowerAllHands) -> Tell | None:
    """The host lowers all hands."""
    decide(session, ask, hands_rules.lower_all)
    return None


RULES = (
    Rule(RaiseHand, raise_hand, needs="seat"),
    Rule(LowerHand, lower_hand, needs="seat"),
    Rule(LowerHandOf, lower_hand_of, needs="seat"),
    Rule(LowerAllHands, lower_all_hands, needs="seat"),
)
