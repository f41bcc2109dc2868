"""Somebody's network forgets, goes dark and comes back in the middle of a call; a real router stands in between."""

import time

import pytest

from app.state import call_intents
from tests.fakes.router import Router
from tests.together.cast import ADA, ADA_HZ, GRACE, GRACE_HZ, Cast, has_colour, has_tone, meet, share_a_room

#: Nothing but the websocket's pings and ICE's own patience would take 20 to 30 s.
SOON_S = 12.0


@pytest.fixture
def router(server):
    made = Router(server.url)
    yield made
    made.stop()


@pytest.fixture
def pair(server, router, cast, tmp_path):
    """Ada, who reaches the server itself, and Grace behind the router; both see and hear each other."""
    (tmp_path / "behind").mkdir()
    behind = Cast(router.url, tmp_path / "behind")
    ada, grace = cast.enter("ada", ADA, ADA_HZ), behind.enter("grace", GRACE, GRACE_HZ)
    meet(ada, grace, share_a_room(ada, grace))
    flows(ada, grace)
    yield ada, grace
    for client in behind.clients:
        client.close()


def me(client):
    return client.state.call.you


def flows(ada, grace):
    """Waits until each sees new pictures of the other, and hears them."""
    for client, other, colour, tone_hz in ((ada, grace, GRACE, GRACE_HZ), (grace, ada, ADA, ADA_HZ)):
        client.pictures.clear()
        client.wait_picture(me(other), has_colour(colour))
        client.wait_heard(has_tone(tone_hz), seconds=0.5)


@pytest.mark.logs_warnings
def test_a_way_that_is_forgotten_is_replaced_on_the_same_seat(pair, router):
    ada, grace = pair
    seats = (me(ada), me(grace))
    ada.note()
    grace.note()
    lost_s = time.monotonic()
    router.forget()
    grace.wait_seen(lambda state: state.call_phase == "reconnecting", what="told at once")
    grace.wait_for(lambda state: state.call_phase == "in" and state.connection.phase == "online", what="back")
    flows(ada, grace)
    assert time.monotonic() - lost_s < SOON_S
    assert (me(ada), me(grace)) == seats
    # Nobody went, nobody came, and there was never a second tile.
    assert {tuple(one.id for one in state.call.people) for state in ada._noted} == {seats}
    assert all(person.is_connected for state in ada._noted for person in state.call.people)
    assert (ada.told, grace.told) == ([], [])
    grace.do(call_intents.SayInChat(text="here", key="k1"))
    ada.wait_for(lambda state: [line.text for line in state.call.chat.lines] == ["here"], what="the chat")


@pytest.mark.logs_warnings
def test_what_comes_back_by_itself_is_not_replaced(pair, router):
    ada, grace = pair
    connections, socket = grace.conductor.peers.connections, grace.conductor._servers.signalling._socket
    for _ in range(2):
        grace.note()
        router.go_dark()
        grace.wait_seen(lambda state: state.call_phase == "reconnecting", what="told at once")
        router.go_light()
        grace.wait_for(lambda state: state.call_phase == "in", what="back")
        flows(ada, grace)
    assert grace.conductor.peers.connections == connections
    assert grace.conductor._servers.signalling._socket is socket
    assert all(person.is_connected for person in ada.state.call.people)


@pytest.mark.logs_warnings
def test_connections_that_a_client_replaces_while_the_old_ones_work_are_made_once(pair, caplog):
    ada, grace = pair
    flows(ada, grace)
    seats = (me(ada), me(grace))
    caplog.clear()
    for number in (1, 2):
        before = grace.conductor.peers.connections
        grace.conductor._parts.loop.call(grace.conductor.peers.renew, "the way is silent")
        grace.wait_for(
            lambda state, before=before: (
                state.call_phase == "in" and grace.conductor.peers.is_up and grace.conductor.peers.connections != before
            ),
            what="new connections",
        )
        flows(ada, grace)
        replaced = [one for one in caplog.messages if one.startswith("media connections are replaced")]
        assert replaced == ["media connections are replaced: the way is silent"] * number
    assert (me(ada), me(grace)) == seats
