"""What is said of connections in a call of real clients on a real server."""

import pytest

from app.state import call_intents, quality
from app.state.slices.quality import Figures, Way
from tests.together.cast import ADA, ADA_HZ, GRACE, GRACE_HZ, begin, has_colour, meet, share_a_room, shares

#: Words go only after many good seconds in a row.
LONG_S = 40.0


class Told:
    """Stands where a second is measured, and says what it was like."""

    def __init__(self, figures):
        self.figures = figures

    async def measure(self):
        return self.figures


def test_others_hear_that_a_connection_is_weak_and_that_it_is_good_again(cast):
    ada = cast.enter("ada", ADA, ADA_HZ)
    grace = cast.enter("grace", GRACE, GRACE_HZ)
    meet(ada, grace, share_a_room(ada, grace))
    me, other = ada.state.me.id, grace.state.me.id
    ada.conductor._quality.meter = Told(Figures(up=Way(lost=0.4)))
    ada.wait_for(lambda state: quality.is_weak(state.call, me), what="one's own words")
    assert quality.own_words(ada.state.call.quality) == "Your connection is weak. Others may see and hear you late."
    grace.wait_for(lambda state: quality.is_weak(state.call, me), what="the words about Ada")
    assert not quality.is_weak(grace.state.call, other)
    ada.conductor._quality.meter = Told(Figures())
    grace.wait_for(lambda state: not quality.is_weak(state.call, me), LONG_S, what="good again")
    assert ada.told == grace.told == []


def test_the_figures_are_those_of_the_call(cast):
    ada = cast.enter("ada", ADA, ADA_HZ)
    grace = cast.enter("grace", GRACE, GRACE_HZ)
    meet(ada, grace, share_a_room(ada, grace))
    ada.do(call_intents.ShowConnection(is_open=True))

    def known(state):
        figures = state.call.quality.figures
        has_all = figures and figures.sent and figures.round_trip_s is not None and figures.people
        return figures if has_all and figures.people[0].pictures and figures.people[0].voice_ms else None

    figures = ada.wait_for(lambda state: known(state) and known(state).people[0].pictures[0].fps > 5 and known(state))
    assert 20_000 < figures.up.bps < 3_000_000
    assert 20_000 < figures.down.bps < 3_000_000
    assert 0 <= figures.round_trip_s < 0.5
    assert 0 <= figures.up.lost < 0.1
    (sent,) = figures.sent
    assert (sent.source, sent.width_px / sent.height_px) == ("camera", pytest.approx(16 / 9, abs=0.02))
    assert 1 < sent.fps < 40
    (seen,) = figures.people
    assert seen.id == grace.state.me.id
    assert (seen.packets > 20, seen.lost < 0.1, seen.voice_ms < 400) == (True, True, True)
    (face,) = seen.pictures
    assert (face.source, face.width_px / face.height_px) == ("camera", pytest.approx(16 / 9, abs=0.02))


def narrow(client, bps):
    """The client finds that its link carries so little, and says so to the relay; None: it finds what is true again."""

    async def find():
        link = client.conductor._call.receiver.link
        if bps is None:
            del link.note
            link.bps = 3_000_000.0
        else:
            link.bps = bps
            link.note = lambda *packet: True

    client.conductor._loop.submit(find()).result(10)


def test_a_face_that_the_link_does_not_carry_is_paused_in_words_and_comes_back(cast, page):
    ada = cast.enter("ada", ADA, ADA_HZ)
    grace = cast.enter("grace", GRACE, GRACE_HZ, screen=page)
    meet(ada, grace, share_a_room(ada, grace))
    other = grace.state.me.id
    begin(grace)
    ada.wait_for(shares(other))
    ada.wait_picture(other, has_colour(GRACE))
    narrow(ada, 45_000.0)
    ada.wait_for(lambda state: quality.is_paused(state.call, other, "camera"), what="the face is paused")
    # The screen comes first.
    assert not quality.is_held(ada.state.call, other, "screen")
    grace.wait_for(lambda state: quality.is_weak(state.call, ada.state.me.id), what="the words about Ada")
    assert grace.state.call.quality.held == frozenset()
    narrow(ada, None)
    ada.wait_for(lambda state: not quality.is_held(state.call, other, "camera"), LONG_S, what="the face is let through")
    ada.pictures.clear()
    ada.wait_picture(other, has_colour(GRACE), LONG_S)
