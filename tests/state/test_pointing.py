"""Who may point at whose screen, and who is asked to let whom."""

import pytest

from app.state import call_intents, pinning
from app.state.pointing import may_point, pointing_lets
from app.state.stage import OWN, OWN_SCREEN, Grid, Tile, tiles_of
from app.wire import people as wire
from app.wire import pointing
from app.wire.people import Person
from tests.fakes.story import change, in_call, own_person, signed_in


def sharer(**lets):
    return Person(id="alan", name="Alan", sharing=True, sharing_since=5.0, **lets)


@pytest.mark.parametrize(
    ("lets", "member", "guest"),
    [
        ({}, False, False),
        ({"members_point": True}, True, False),
        ({"guests_point": True}, False, True),
        ({"members_point": True, "guests_point": True}, True, True),
    ],
)
def test_members_and_guests_may_apart(lets, member, guest):
    call = in_call(others=(sharer(**lets),)).state.call
    assert may_point(call, "alan") == member
    people = tuple(change(one, is_guest=True) if one.id == call.you else one for one in call.people)
    story = in_call(others=(sharer(**lets),))
    story.hear(*(wire.PersonChanged(meeting="m1", person=one) for one in people))
    assert may_point(story.state.call, "alan") == guest


def test_only_at_somebody_elses_share_that_runs():
    lets = {"members_point": True, "guests_point": True}
    call = in_call(others=(change(sharer(**lets), sharing=False),)).state.call
    assert not may_point(call, "alan")
    assert not may_point(call, "nobody")
    assert not may_point(call, call.you)


def sharing_oneself(story, **lets):
    own = change(own_person("ada"), sharing=True, sharing_since=9.0, **lets)
    return story.hear(wire.PersonChanged(meeting="m1", person=own))


def test_whom_one_lets_oneself_and_ones_own_screen_is_seen_only_then():
    story = in_call(others=(Person(id="alan", name="Alan"),))
    assert pointing_lets(story.state.call) == (False, False)
    sharing_oneself(story)
    assert pointing_lets(story.state.call) == (False, False)
    assert OWN_SCREEN not in tiles_of(pinning.layout(story.state, story.state.call))
    sharing_oneself(story, guests_point=True)
    assert pointing_lets(story.state.call) == (False, True)
    assert pinning.layout(story.state, story.state.call) == Grid((OWN_SCREEN, Tile("alan"), OWN))


def test_the_server_is_asked_and_nothing_is_true_before_it_says_so():
    story = in_call().do(call_intents.LetPoint(members=True, guests=False))
    (asked,) = story.sent
    assert isinstance(asked, pointing.AllowPointing)
    assert (asked.meeting, asked.members, asked.guests) == ("m1", True, False)
    assert pointing_lets(story.state.call) == (False, False)


def test_without_a_call_nobody_is_asked():
    story = signed_in()
    before = story.state
    assert story.do(call_intents.LetPoint(members=True, guests=True)).state == before


def test_where_somebody_points_changes_no_state():
    story = in_call()
    before = story.state
    story.hear(pointing.Pointed(meeting="m1", sharer="alan", person="ada", kind="pen", spots=((1, 2),)))
    assert story.state is before


@pytest.mark.parametrize(("is_copied", "words"), [(True, pinning.STILL_COPIED), (False, pinning.NO_STILL)])
def test_whether_a_still_was_copied_is_said(is_copied, words):
    story = in_call().do(call_intents.StillCopied(is_copied=is_copied))
    assert [one.words for one in story.state.toasts.shown] == [words]
