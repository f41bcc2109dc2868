"""What is asked before the application closes: a table of who loses what."""

import pytest

from app.state import events
from app.state.closing import question
from app.state.update import update
from tests.looks import call_states, recap_states, states

HERE = {"is_embedded": True, "is_home": True}
TEAM = {"is_embedded": False, "is_home": True}
ALONE, PAIR = (call_states.person(0),), (call_states.person(0), call_states.person(1))
WITH_GUEST = (call_states.person(0), call_states.person(7))
WITH_LOST = (call_states.person(0), call_states.person(1, is_connected=False))


def at(connection, people=PAIR, *, own_meetings=(), phase="in", **call):
    known = {"people": people, "recording": call_states.Recording(), **call}
    state = call_states.call(len(people), phase=phase, **known)
    return states.replace(state, connection=states.replace(state.connection, **connection), own_meetings=own_meetings)


ENDS_HERE = "The meeting ends for everyone, because it runs on this computer."
GOES_ON = "You leave the meeting. It goes on without you."
KEPT = "What was recorded is kept; its recap is made when you open Parley the next time."


@pytest.mark.parametrize(
    ("state", "ends", "words"),
    [
        (at(HERE), True, ENDS_HERE),
        (at(HERE, host="p0"), True, ENDS_HERE),
        (at(HERE, phase="reconnecting"), True, ENDS_HERE),
        (at(HERE, WITH_GUEST), True, ENDS_HERE),
        (at(HERE, ALONE), True, "The meeting ends, because it runs on this computer."),
        (at(HERE, recording=call_states.Recording(since=1.0)), True, f"{ENDS_HERE} {KEPT}"),
        (at(HERE, own_meetings=(("m1", 2),)), True, ENDS_HERE),
        (
            at(HERE, own_meetings=(("m1", 2), ("m5", 1))),
            True,
            f"{ENDS_HERE} Another meeting with 1 person runs on this computer and ends, too.",
        ),
        (at(TEAM), False, GOES_ON),
        (at(TEAM, phase="reconnecting"), False, GOES_ON),
        (at(TEAM, host="p0"), False, f"{GOES_ON} Another member becomes its host."),
        (
            at(TEAM, recording=call_states.Recording(since=1.0)),
            False,
            f"{GOES_ON} It goes on being recorded, without you.",
        ),
        (at(TEAM, ALONE), True, "You leave the meeting."),
        (at(TEAM, WITH_GUEST), True, "The meeting ends, because no other member is in it."),
        (at(TEAM, WITH_LOST), True, "The meeting ends, because no other member is in it."),
        (
            at(TEAM, WITH_GUEST, recording=call_states.Recording(since=1.0)),
            True,
            "The meeting ends, because no other member is in it. The recap is made from what was recorded.",
        ),
        (at(TEAM, guest_token="t"), False, "You leave the meeting. To come back you have to be let in again."),
        # Led elsewhere by a link, while others meet on the server of this computer.
        (
            at({"is_embedded": False, "is_home": False}, own_meetings=(("m7", 2), ("m8", 3))),
            False,
            f"{GOES_ON} 2 other meetings with 5 people run on this computer. They end for them, too.",
        ),
    ],
)
def test_in_a_call_one_is_told_what_closing_does_to_it(state, ends, words):
    asked = question(state)
    assert asked.words == words
    assert asked.title == f"Close Parley and {'end' if ends else 'leave'} the meeting?"


@pytest.mark.parametrize(
    ("meetings", "words"),
    [
        ((("m7", 1),), "A meeting with 1 person runs on this computer. It ends for them."),
        ((("m7", 4), ("m8", 0)), "A meeting with 4 people runs on this computer. It ends for them."),
        ((("m7", 4), ("m8", 2)), "2 meetings with 6 people run on this computer. They end for them."),
    ],
)
@pytest.mark.parametrize(
    "make", [states.rooms, states.sign_in, recap_states.recap_state, call_states.ended, states.prejoin]
)
def test_who_is_in_no_call_is_asked_for_the_sake_of_others_alone(make, meetings, words):
    asked = question(states.replace(make(), own_meetings=meetings))
    assert asked.title == "Close Parley while others meet?"
    assert asked.words == words


@pytest.mark.parametrize(
    "make", [states.AppState, states.rooms, states.sign_in, states.prejoin, states.waiting, call_states.ended]
)
@pytest.mark.parametrize("meetings", [(), (("m7", 0),)])
def test_nothing_is_asked_where_nobody_loses_anything(make, meetings):
    assert question(states.replace(make(), own_meetings=meetings)) is None


def test_what_the_own_server_says_of_its_meetings_is_kept_wherever_one_is():
    for state in (states.rooms(), call_states.call(2), states.AppState()):
        after, effects = update(state, events.OwnServerTold(meetings=(("m7", 2),)))
        assert (after.own_meetings, effects) == ((("m7", 2),), ())
        assert update(after, events.OwnServerTold(meetings=()))[0].own_meetings == ()
