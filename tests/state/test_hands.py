"""Raised hands and reactions, as the client knows them."""

import pytest

from app.state import call_intents, effects, events, hands, reactions
from app.wire import hands as wire
from app.wire import people
from app.wire import reactions as reactions_wire
from app.wire.errors import Refused
from tests.fakes.story import ADA, GRACE, asked, change, in_call, lost_and_signed_in, own_person, signed_in, welcome

MARY = change(GRACE, id="mary", name="Mary")


def words(story):
    return [notice.words for notice in story.state.toasts.shown]


def up(person, at):
    return people.PersonChanged(meeting="m1", person=change(person, raised_at=at))


def in_three(me="ada"):
    return in_call(me=me, others=tuple(one for one in (ADA, GRACE, MARY) if one.id != me))


def own_up(me="ada", at=5.0):
    return people.PersonChanged(meeting="m1", person=own_person(me, raised_at=at))


def back(story, **more):
    """The connection is lost, and one's seat is taken again."""
    join = asked(lost_and_signed_in(story), people.JoinMeeting)[0]
    return story.hear(change(welcome(**more), re=join.request))


class TestHands:
    def test_one_raises_and_lowers_ones_own(self):
        story = in_three().do(call_intents.RaiseHand())
        assert change(story.sent[0], request=0) == wire.RaiseHand(meeting="m1")
        story.answer(own_up())
        assert hands.is_up(story.state)
        assert story.do(call_intents.RaiseHand()).sent == []
        story.do(call_intents.LowerHand())
        assert change(story.sent[0], request=0) == wire.LowerHand(meeting="m1")
        story.answer(own_up(at=0.0))
        assert not hands.is_up(story.state)
        assert story.do(call_intents.LowerHand()).sent == []

    def test_outside_of_a_call_there_is_no_hand(self):
        assert not hands.is_up(signed_in().state)
        for wish in (
            call_intents.RaiseHand(), call_intents.LowerHand(), call_intents.LowerAllHands(),
            call_intents.LowerOthersHand(person="grace"), call_intents.React(reaction="clap"),
        ):  # fmt: skip
            assert signed_in().do(wish).sent == []
            assert in_three().do(call_intents.Leave(), wish).sent == []

    def test_the_order_is_that_of_raising(self):
        story = in_three().hear(up(MARY, 7.0), up(GRACE, 6.0), own_up(at=8.0))
        assert [one.id for one in hands.raised(story.state.call.people)] == ["grace", "mary", "ada"]

    def test_the_host_hears_of_each_hand_once(self):
        story = in_three().hear(up(GRACE, 6.0))
        assert words(story) == ["Grace raised their hand."]
        assert story.has(effects.PlaySound) == [effects.PlaySound("hand")]
        story.hear(change(up(GRACE, 6.0), person=change(GRACE, raised_at=6.0, microphone_on=True)))
        assert (words(story), story.effects) == (["Grace raised their hand."], [])
        story.hear(up(GRACE, 0.0))
        assert (words(story), story.effects) == ([], [])

    def test_nobody_else_does_and_not_of_ones_own(self):
        story = in_three("grace").hear(up(MARY, 6.0))
        assert (words(story), story.effects) == ([], [])
        story = in_three().do(call_intents.RaiseHand()).answer(own_up())
        assert (words(story), story.effects) == ([], [])

    def test_what_was_said_of_a_hand_goes_with_its_person(self):
        story = in_three().hear(up(GRACE, 6.0), up(MARY, 7.0))
        story.hear(people.PersonLeft(meeting="m1", person="grace", reason="left"))
        assert words(story) == ["Mary raised their hand."]

    @pytest.mark.parametrize(("wish", "message"), [
        (call_intents.LowerOthersHand(person="grace"), wire.LowerHandOf(meeting="m1", person="grace")),
        (call_intents.LowerAllHands(), wire.LowerAllHands(meeting="m1")),
    ])  # fmt: skip
    def test_the_host_alone_lowers_those_of_others(self, wish, message):
        assert [change(one, request=0) for one in in_three().do(wish).sent] == [message]
        assert in_three("grace").do(wish).sent == []

    def test_all_are_down_when_the_host_has_lowered_them(self):
        story = in_three().hear(up(GRACE, 6.0), own_up(at=7.0))
        assert story.hear(wire.HandsLowered(meeting="m2")).state.call.people
        assert len(hands.raised(story.state.call.people)) == 2
        story.hear(wire.HandsLowered(meeting="m1"))
        assert (hands.raised(story.state.call.people), words(story)) == ((), [])
        assert signed_in().hear(wire.HandsLowered(meeting="m1")).effects == []

    def test_hands_are_known_to_who_comes_back(self):
        story = back(in_three().hear(up(GRACE, 6.0)), others=(change(GRACE, raised_at=6.0),))
        assert [one.id for one in hands.raised(story.state.call.people)] == ["grace"]
        assert story.hear(up(GRACE, 6.0)).effects == []


class TestReactions:
    def reacted(self, reaction="clap", **more):
        return reactions_wire.Reacted(**{"meeting": "m1", "person": "grace", "reaction": reaction, **more})

    def test_one_is_sent_and_shown_when_the_server_tells_of_it(self):
        story = in_three().do(call_intents.React(reaction="heart"))
        assert change(story.sent[0], request=0) == reactions_wire.React(meeting="m1", reaction="heart")
        assert story.state.call.reactions.shown == ()
        story.answer(self.reacted("heart", person="ada"))
        (shown,) = story.state.call.reactions.shown
        assert (shown.number, shown.person, shown.reaction, shown.at) == (1, "ada", "heart", 1000.0)

    def test_the_newest_are_kept_and_numbered_on(self):
        story = in_three().hear(*[self.reacted() for _ in range(reactions.KEPT + 5)])
        numbers = [one.number for one in story.state.call.reactions.shown]
        assert numbers == list(range(6, reactions.KEPT + 6))
        story = back(story, others=(GRACE,)).hear(self.reacted())
        assert story.state.call.reactions.shown[-1].number == reactions.KEPT + 6

    def test_too_many_are_left_out_without_a_word(self):
        story = in_three().do(call_intents.React(reaction="heart"))
        number = story.sent[0].request
        story.hear(Refused(re=number, reason="too_much", words="Too many."))
        assert words(story) == []

    def test_those_of_another_call_or_of_none_are_not_shown(self):
        assert in_three().hear(self.reacted(meeting="m2")).state.call.reactions.shown == ()
        assert signed_in().hear(self.reacted()).state.call is None
        over = in_three().do(call_intents.Leave()).hear(self.reacted())
        assert over.state.call.reactions.shown == ()

    def test_without_a_connection_none_is_sent_later(self):
        story = in_three().do(events.ConnectionChanged(phase="offline", words="gone"))
        assert story.do(call_intents.React(reaction="heart")).sent == []
        assert words(story) == []
