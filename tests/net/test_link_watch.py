"""The watch over the link: what it sees of a real connection, what it does, and that it notices sleep."""

import asyncio
from types import SimpleNamespace

import pytest
from aioice import stun, turn

from app.net import link_watch, pulse
from app.net.link_rules import Link, Look, Seen
from app.net.link_watch import LinkWatch, Says
from tests.net.relayed import house
from tests.patience import PATIENCE_S

HERE, GONE = ("127.0.0.1", 5), ("192.0.2.77", 5)


class Noted:
    """Stands for the websocket and the connections for media, and notes what it is asked to do, in order."""

    def __init__(self, *pulses):
        self.done = []
        self.own_place, self.server_place = HERE, ("127.0.0.1", 9)
        self.is_online, self.answered_s, self.spare_s = True, 0.0, None
        self.pulses, self.wanted_s = pulses, None
        self.asked = asyncio.Event()

    def __getattr__(self, name):
        def note(*_):
            self.done.append(name)
            self.asked.set()

        return note


def watching(noted):
    says = Says(stalled=lambda: noted.done.append("stalled"), found=lambda: noted.done.append("found"))
    return LinkWatch(noted, noted, says)


def beat(place=HERE, heard_s=100.0):
    return SimpleNamespace(own_place=place, heard_s=lambda: heard_s, ask=lambda: None)


def test_what_is_seen_of_sockets_and_connections():
    noted = Noted(beat(heard_s=99.0), beat(heard_s=98.0))
    assert watching(noted).see(100.0, 0.5) == Seen(
        now_s=100.0, slept_s=0.5, route="127.0.0.1", is_online=True, has_media=True, heard_s=99.0, all_heard_s=98.0
    )
    noted.own_place, noted.pulses = GONE, (beat(), beat(GONE), beat(None))
    seen = watching(noted).see(100.0)
    assert (seen.is_socket_cut, seen.is_media_cut) == (True, True)
    noted.own_place = noted.server_place = None
    noted.pulses = ()
    seen = watching(noted).see(100.0)
    assert (seen.is_socket_cut, seen.route, seen.has_media) == (False, None, False)


@pytest.mark.logs_warnings
@pytest.mark.parametrize(
    ("look", "seen", "done"),
    [
        (None, {"route": "192.0.2.9", "is_online": False}, ["hurry"]),
        (None, {"is_socket_cut": True}, ["replace"]),
        (None, {"is_media_cut": True}, ["forget_spare", "renew"]),
        (None, {"heard_s": 98.0, "all_heard_s": 98.0}, ["ask", "stalled", "probe", "hush"]),
        (Look(99.0, is_told=True), {"heard_s": 99.5, "all_heard_s": 99.5}, ["found", "probe"]),
        (Look(99.0), {"heard_s": 98.0, "all_heard_s": 98.0, "spare_s": 99.3}, ["stalled", "replace", "hush"]),
    ],
)
def test_each_act_is_carried_out(look, seen, done):
    noted = Noted(beat())
    watch = watching(noted)
    watch._link = Link(route="127.0.0.1", look=look)
    usual = {"now_s": 100.0, "route": "127.0.0.1", "is_online": True, "has_media": True, "heard_s": 99.5}
    watch.look(Seen(**{**usual, **seen}))
    assert noted.done == done


@pytest.mark.logs_warnings
@pytest.mark.parametrize("is_online", [True, False])
def test_nothing_is_sent_while_nothing_is_heard_and_each_look_asks(is_online):
    hushed, asked = [], []
    noted = Noted(SimpleNamespace(ask=lambda: asked.append(1)))
    noted.hush = hushed.append
    watch = watching(noted)
    for now_s, heard_s in ((100.0, 99.0), (100.6, 99.0), (100.65, 99.0), (100.7, 100.68), (101.0, 100.9)):
        watch.look(Seen(now_s, route="127.0.0.1", is_online=is_online, has_media=True, heard_s=heard_s))
    assert hushed == [True, False]
    assert len(asked) >= 2
    # With new connections it begins anew.
    watch.look(Seen(110.0, route="127.0.0.1", is_online=is_online, has_media=True, heard_s=100.9))
    watch.look(Seen(110.2, route="127.0.0.1", is_online=is_online))
    assert hushed == [True, False, True, False]


def test_a_clock_that_jumped_is_sleep(monkeypatch):
    monkeypatch.setattr(link_watch, "LOOK_S", 0.001)
    walls = iter([1000.0, 1000.0, 1000.0])
    monkeypatch.setattr(link_watch, "time", SimpleNamespace(monotonic=lambda: 5.0, time=lambda: next(walls, 5000.0)))

    async def run():
        noted = Noted()
        task = asyncio.ensure_future(watching(noted).run())
        await asyncio.wait_for(noted.asked.wait(), PATIENCE_S)
        task.cancel()
        assert noted.done[:2] == ["ask", "probe"]

    asyncio.run(run())


def test_a_connection_that_is_silent_answers_when_it_is_asked(monkeypatch):
    async def run():
        async with house() as made:
            ada = await made.caller("ada")
            (one,) = ada.peers.pulses
            assert one.own_place[0] == "127.0.0.1"
            answered = asyncio.Event()
            monkeypatch.setattr(one, "note_answer", answered.set)
            one.ask()
            await asyncio.wait_for(answered.wait(), PATIENCE_S)

    asyncio.run(run())


def test_an_answer_that_is_not_signed_is_none():
    async def run():
        async with house() as made:
            ada = await made.caller("ada")
            (one,) = ada.peers.pulses
            one._heard_s = 0.0
            protocol = one._pair().protocol
            before = set(protocol.transactions)
            protocol.send_stun, sent = lambda request, address: sent.append(request), []
            one.ask()
            (number,) = set(protocol.transactions) - before
            forged = stun.Message(stun.Method.BINDING, stun.Class.RESPONSE, transaction_id=number)
            forged.add_message_integrity(b"of somebody else")
            protocol.datagram_received(bytes(forged), ("127.0.0.1", 9))
            assert (one._heard_s, len(sent)) == (0.0, 1)

    asyncio.run(run())


def test_through_turn_the_own_address_is_that_of_the_socket_to_the_turn_server(monkeypatch):
    outer = SimpleNamespace(get_extra_info={"sockname": ("10.0.0.7", 5)}.get)
    transport = turn.TurnTransport(SimpleNamespace(transport=outer))
    one = pulse.Pulse(None)
    monkeypatch.setattr(one, "_pair", lambda: SimpleNamespace(protocol=SimpleNamespace(transport=transport)))
    assert one.own_place == ("10.0.0.7", 5)


def test_a_connection_that_is_closed_is_not_asked():
    async def run():
        async with house() as made:
            ada = await made.caller("ada")
            (one,) = ada.peers.pulses
            ada.peers.close()
            await ada.peers.closed()
            one.ask()
            assert one.own_place is None

    asyncio.run(run())


def test_what_is_received_is_heard(monkeypatch):
    counts = iter([1, 2, 2])
    monkeypatch.setattr(pulse, "packets_received", lambda peer: next(counts))
    times = iter([10.0, 11.0, 12.0])
    monkeypatch.setattr(pulse.time, "monotonic", lambda: next(times))
    one = pulse.Pulse(None)
    assert [one.heard_s(), one.heard_s(), one.heard_s()] == [11.0, 12.0, 12.0]


@pytest.mark.logs_warnings
def test_a_look_that_fails_is_not_the_last_one(monkeypatch, caplog):
    monkeypatch.setattr(link_watch, "LOOK_S", 0.01)

    async def run():
        seen, looks = asyncio.Event(), []

        class Failing(LinkWatch):
            def look(self, seen_now):
                looks.append(seen_now)
                if len(looks) < 3:
                    raise OSError("192.0.2.5 has no way")
                seen.set()

        noted = Noted()
        says = Says(stalled=lambda: None, found=lambda: None)
        task = asyncio.ensure_future(Failing(noted, noted, says).run())
        await asyncio.wait_for(seen.wait(), PATIENCE_S)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(run())
    assert [one.levelname for one in caplog.records if one.levelname == "ERROR"] == ["ERROR"]
    assert "192.0.2.5" not in caplog.text
