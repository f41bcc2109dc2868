"""A second of a call in figures: what came to pass between two looks."""

import asyncio
import dataclasses
import time

import pytest

from app.effects.quality import Meter, figures_between
from app.net.estimate import VIEWER_START_BPS
from app.net.meter import Arrived, Carried, Look, Pictures, Reported, Voice, look
from app.net.usage import packets_received
from tests.net.relayed import house
from tests.patience import PATIENCE_S

FIRST = Look(
    at_s=100.0,
    up=Carried(1_000, 200),
    down=Carried(300, 9_000),
    reported={"voice": Reported(100), "face": Reported(400)},
    sent={"camera": Pictures(10, 50_000, (640, 360))},
    shown={("ada", "camera"): Pictures(30, 90_000, (640, 360))},
    voices={"ada": Voice(100.0, 60.0)},
    arrived={"ada": Arrived(500, 10, 100_000), "alan": Arrived(40, 0, 9_000)},
)
SECOND = Look(
    at_s=102.0,
    up=Carried(101_000, 400),
    down=Carried(500, 259_000),
    up_bps=700_000.0,
    down_bps=900_000.0,
    queue_s=0.04,
    reported={"voice": Reported(200, 0.0, 0.08), "face": Reported(700, 0.2, 0.1)},
    sent={"camera": Pictures(60, 150_000, (480, 270)), "screen": Pictures(4, 20_000, (1920, 1080))},
    shown={("ada", "camera"): Pictures(80, 190_000, (320, 180))},
    voices={"ada": Voice(200.0, 80.0)},
    arrived={"ada": Arrived(680, 30, 200_000), "alan": Arrived(3, 0, 400)},
)


def test_two_looks_make_a_second():
    figures = figures_between(FIRST, SECOND)
    assert (figures.up.bps, figures.down.bps) == (400_000.0, 1_000_000.0)
    assert (figures.up.carries_bps, figures.down.carries_bps) == (700_000.0, 900_000.0)
    assert (figures.round_trip_s, figures.queue_s) == (0.08, 0.04)
    assert figures.took_s == 2.0
    # Each stream by its packets: 100 of which none, 300 of which a fifth was lost.
    assert figures.up.lost == pytest.approx(0.15)
    assert figures.down.lost == pytest.approx(20 / 200)
    camera, screen = figures.sent
    assert (camera.source, camera.width_px, camera.height_px, camera.fps, camera.bps) == (
        "camera", 480, 270, 25.0, 400_000.0,
    )  # fmt: skip
    assert (screen.source, screen.fps) == ("screen", 2.0)


def test_each_person_has_figures_of_their_own():
    ada, alan = figures_between(FIRST, SECOND).people
    assert (ada.id, ada.packets, ada.bps, ada.voice_ms) == ("ada", 180, 400_000.0, 80.0)
    assert ada.lost == pytest.approx(0.1)
    assert ada.covered == pytest.approx(0.05)
    (face,) = ada.pictures
    assert (face.width_px, face.height_px, face.fps) == (320, 180, 25.0)
    # His line has begun anew: nothing is counted twice, and nothing below nothing.
    assert (alan.id, alan.packets, alan.lost, alan.voice_ms, alan.pictures) == ("alan", 0, 0.0, None, ())


def test_of_a_face_in_two_sizes_the_one_that_flows_is_named():
    key, small = ("ada", "camera"), Pictures(130, 210_000, (320, 180), is_small=True)
    sent = {**SECOND.sent, "camera-low": Pictures(20, 9_000, (320, 180), is_small=True)}
    figures = figures_between(FIRST, dataclasses.replace(SECOND, shown={key: small}, sent=sent))
    (face,) = figures.people[0].pictures
    assert (face.source, face.is_small, face.fps) == ("camera", True, 50.0)
    assert [(one.source, one.is_small) for one in figures.sent] == [
        ("camera", False), ("screen", False), ("camera-low", True),
    ]  # fmt: skip


def test_what_is_only_taken_for_granted_is_not_told_as_known():
    taken = figures_between(FIRST, Look(at_s=101.0, down_bps=VIEWER_START_BPS))
    assert taken.down.carries_bps is None
    assert taken.round_trip_s is None
    assert taken.people == ()


class Call:
    """Connections whose looks are made by hand."""

    receiver = object()

    def __init__(self):
        self.peers = self
        self.ways = ("one", "other")


def test_a_second_is_of_one_pair_of_connections_and_no_longer_than_that(monkeypatch):
    call, looks = Call(), []

    async def look(peers, receiver):
        return looks.pop(0)

    monkeypatch.setattr("app.effects.quality.look", look)

    async def tell():
        meter = Meter(call)
        # The first one, down, other connections, and a night's sleep: no second.
        for at, ways in ((9.0, call.ways), (None, call.ways), (10.0, call.ways), (11.0, ("new", "new")),
                         (9_000.0, ("new", "new"))):  # fmt: skip
            looks.append(None if at is None else Look(at_s=at))
            call.ways = ways
            assert await meter.measure() is None
        looks.append(Look(at_s=9_001.0, up_silent_s=0.2, down_silent_s=2.5))
        second = await meter.measure()
        assert (second.up.silent_s, second.down.silent_s) == (0.2, 2.5)

    asyncio.run(tell())


def test_where_nobody_says_anything_the_other_side_is_asked_whether_it_is_there(monkeypatch):
    async def story():
        async with house() as made:
            ada = await made.caller("ada")
            (pulse,) = ada.peers.pulses
            # As after a second in which the relay had nothing to report.
            pulse._received, pulse._heard_s = packets_received(pulse.peer), time.monotonic() - 1.5
            answered, note = asyncio.Event(), pulse.note_answer
            monkeypatch.setattr(pulse, "note_answer", lambda: (note(), answered.set()))
            silent = await look(ada.peers, ada.receiver)
            await asyncio.wait_for(answered.wait(), PATIENCE_S)
            return silent, await look(ada.peers, ada.receiver)

    before, after = asyncio.run(story())
    assert before.up_silent_s >= 1.5
    assert after.up_silent_s < 1.5
    assert before.down_silent_s == after.down_silent_s == 0.0, "nobody is there who could be received"
