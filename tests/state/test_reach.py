"""Letting others reach the server of this computer."""

from app.state import effects, events, intents
from app.state.app_state import Reach
from tests.fakes.story import account_of, found, greeted, in_call, signed_in

WISH = intents.LetOthersReach(is_on=True)


def test_the_server_is_started_anew_and_tells_where_it_is():
    story = greeted(is_embedded=True).do(found("")).hear(account_of()).do(WISH)
    assert (story.has(effects.SetReach), story.state.reach.is_changing) == ([effects.SetReach(True)], True)
    assert story.do(intents.LetOthersReach(is_on=False)).effects == [], "one change at a time"
    story.do(events.ReachTold(is_on=True, addresses=("parley://10.0.0.7:1",)))
    assert story.state.reach == Reach(is_on=True, addresses=("parley://10.0.0.7:1",))
    story.do(intents.LeaveAccount())
    assert story.state.reach.is_on, "it is this computer's affair, not the account's"


def test_a_server_that_does_not_come_back_ends_the_wait():
    story = greeted(is_embedded=True).do(found("")).hear(account_of()).do(WISH)
    story.do(events.LinkChanged(link="offline", words="Lost."))
    assert story.state.reach.is_changing
    story.do(events.LinkChanged(link="refused", words="Parley is already open."))
    assert story.state.reach == Reach(words="Parley is already open.")


def test_elsewhere_and_in_a_call_it_is_refused_in_words():
    story = signed_in().do(WISH)
    assert (story.effects, "server of this computer" in story.state.reach.words) == ([], True)
    story = in_call()
    story.hear(account_of())
    import dataclasses

    own = dataclasses.replace(story.state.connection, is_embedded=True)
    story.state = dataclasses.replace(story.state, connection=own)
    assert (story.do(WISH).effects, "meeting" in story.state.reach.words) == ([], True)
