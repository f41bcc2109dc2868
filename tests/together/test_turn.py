"""A call through a firewall: real server, real clients without windows, Debian's coturn, network namespaces."""

import asyncio
import ssl
import threading

import pytest

from app.net import pins
from app.state import intents
from server_stub.kernel.config import IceSettings, PasswordCost, ServerSettings
from server_stub.serving import running
from tests import firewalled, namespaces
from tests.fakes.tls import Made, authority
from tests.firewalled import PUBLIC, SECRET, SERVER, TLS_PORT, TURN, TURN_PORT
from tests.together.cast import (
    ADA,
    ADA_HZ,
    GRACE,
    GRACE_HZ,
    Cast,
    has_colour,
    has_tone,
    meet,
    share_a_room,
)  # fmt: skip

pytestmark = [pytest.mark.processes, pytest.mark.logs_warnings]

UDP = f"turn:{TURN}:{TURN_PORT}?transport=udp"
TCP = f"turn:{TURN}:{TURN_PORT}?transport=tcp"


class PlacedServer:
    """The real server in a namespace, reached by TLS with its own certificate."""

    def __init__(self, data, place, **settings):
        self.settings = ServerSettings(
            data=data, host=SERVER, port=0, **{"relay_addresses": (SERVER,), **settings},
            password_cost=PasswordCost(passes=1, memory_kib=64, lanes=1),
        )  # fmt: skip
        self._place, self._ready = place, threading.Event()
        self._thread = threading.Thread(target=self._run, name="server", daemon=True)
        self._thread.start()
        assert self._ready.wait(20), "the server did not start"

    def stop(self):
        self._stop()
        self._thread.join(20)
        assert not self._thread.is_alive()

    def _run(self):
        firewalled.enter(self._place)
        asyncio.run(self._serve())

    async def _serve(self):
        stopped, loop = asyncio.Event(), asyncio.get_running_loop()
        self._stop = lambda: loop.call_soon_threadsafe(stopped.set)
        async with running(self.settings) as server:
            self.address = server.address.text
            self._ready.set()
            await stopped.wait()


@pytest.fixture
def networks():
    if words := namespaces.why_not():
        pytest.skip(words)
    with firewalled.networks() as made:
        yield made


@pytest.fixture
def place(networks, tmp_path):
    """Makes a server, given its STUN and TURN servers, and a cast of clients for it; all end with the test."""
    stops = []

    def make(urls, secret=SECRET, lifetime_s=3600.0, **settings):
        ice = IceSettings(urls, secret, lifetime_s) if urls else None
        server = PlacedServer(tmp_path / "server", networks.outside, ice=ice, **settings)
        cast = Cast(server.address, tmp_path / "clients")
        cast.folder.mkdir()
        stops.append(lambda: [*[client.close() for client in cast.clients], server.stop()])
        return cast

    yield make
    for stop in stops:
        stop()


def come_together(cast, networks, grace_is=""):
    """Ada behind the firewall, and Grace outside unless it is said, are in a call: (ada, grace)."""
    cast.goes_to = lambda: firewalled.enter(networks.inside)
    ada = cast.enter("ada", ADA, ADA_HZ)
    cast.goes_to = lambda: firewalled.enter(grace_is or networks.outside)
    grace = cast.enter("grace", GRACE, GRACE_HZ)
    room = share_a_room(ada, grace)
    meet(ada, grace, room)
    return ada, grace


def check(client):
    """What a check of the connection tells: whether it is good, and the words."""
    client.do(intents.CheckWay())
    client.wait_for(lambda state: state.way.is_running or state.way.words, what="the check")
    client.wait_for(lambda state: not state.way.is_running, what="the end of the check")
    return client.state.way.is_good, client.state.way.words


def blocked_words(client):
    return client.wait_for(lambda state: state.call.media.blocked_words, what="why no media comes")


def check_media(ada, grace):
    ada.wait_picture(grace.state.me.id, has_colour(GRACE))
    grace.wait_picture(ada.state.me.id, has_colour(ADA))
    ada.wait_heard(has_tone(GRACE_HZ), seconds=0.5)
    grace.wait_heard(has_tone(ADA_HZ), seconds=0.5)


def ways(client):
    """The kinds of candidate by which a client's two connections go."""

    async def look():
        lines = [peer.getTransceivers()[0] for peer in client.conductor.peers.connections]
        pairs = [line.receiver.transport.transport._connection._nominated[1] for line in lines]
        return {pair.local_candidate.type for pair in pairs}

    return client.conductor._loop.submit(look()).result(10)


@pytest.mark.parametrize(("urls", "blocked"), [((UDP,), "the relay"), ((UDP, TCP), "all")])
def test_a_call_works_through_turn_where_udp_to_the_relay_is_blocked(networks, place, tmp_path, urls, blocked):
    with firewalled.coturn(tmp_path / "turn", networks.outside):
        networks.block_all_udp() if blocked == "all" else networks.block_udp_to_the_relay()
        ada, grace = come_together(place(urls), networks)
        check_media(ada, grace)
        assert (ways(ada), ways(grace)) == ({"relay"}, {"host"})


def test_a_call_works_through_turn_by_tls(networks, place, tmp_path, monkeypatch):
    vouches = authority(tmp_path)
    made = Made(tmp_path, hosts=(TURN,), by=vouches)
    files = ("--cert", str(made.chain), "--pkey", str(made.key))

    def trust():
        return ssl.create_default_context(cafile=vouches.chain)

    monkeypatch.setattr(pins, "system_trust", trust)
    networks.block_all_udp()
    with firewalled.coturn(tmp_path / "turn", networks.outside, *files):
        ada, grace = come_together(place((f"turns:{TURN}:{TLS_PORT}",)), networks)
        check_media(ada, grace)
        assert ways(ada) == {"relay"}


def test_what_is_told_where_udp_is_blocked_and_there_is_no_turn(networks, place):
    networks.block_udp_to_the_relay()
    ada, grace = come_together(place(()), networks)
    assert "is blocked" in (words := blocked_words(ada))
    assert "name a TURN server" in words
    assert check(ada) == (False, words)
    is_good, words = check(grace)
    assert is_good
    assert words.startswith("Pictures and sound reach the server straight")
    assert grace.state.call.media.blocked_words == ""


def test_a_wrong_secret_is_told(networks, place, tmp_path):
    networks.block_udp_to_the_relay()
    with firewalled.coturn(tmp_path / "turn", networks.outside):
        ada, grace = come_together(place((UDP,), secret="not the secret that coturn has"), networks)
        assert "refuses the credentials" in (words := blocked_words(ada))
        assert check(ada) == (False, words)
        assert "refuses the credentials" in check(grace)[1]
        assert grace.state.call_phase == "in"


def test_turn_that_never_answers_holds_nobody_up_and_is_told(networks, place):
    networks.block_all_udp()
    ada, grace = come_together(place((UDP, TCP)), networks)
    # Nobody is at the port: TCP is refused at once, UDP says nothing.
    assert "does not" in blocked_words(ada) or "cannot be reached" in blocked_words(ada)
    assert grace.state.call_phase == "in"
    times = grace.conductor.peers.times
    assert times.sending_s - times.opened_s < 5


def test_the_check_before_and_in_a_call_that_goes_by_turn(networks, place, tmp_path):
    networks.block_udp_to_the_relay()
    with firewalled.coturn(tmp_path / "turn", networks.outside):
        cast = place((UDP,))
        cast.goes_to = lambda: firewalled.enter(networks.inside)
        alone = cast.enter("alan", GRACE, GRACE_HZ)
        is_good, words = check(alone)
        assert "calls should work through it" in words
        ada, grace = come_together(cast, networks)
        check_media(ada, grace)
        is_good, words = check(ada)
        assert is_good
        assert "Calls work all the same, through the TURN server" in words


def test_a_call_outlives_the_credentials_that_it_began_with(networks, place, tmp_path):
    networks.block_udp_to_the_relay()
    with firewalled.coturn(tmp_path / "turn", networks.outside, "--max-allocate-lifetime=6") as log:
        ada, grace = come_together(place((UDP,), lifetime_s=4.0), networks)
        check_media(ada, grace)
        # Each allocation has to be refreshed after 5 s, by a name that is good for 4 s.
        ada.wait_blocks(11.0)
        ada.pictures.clear()
        grace.pictures.clear()
        check_media(ada, grace)
        assert ways(ada) == {"relay"}
        assert log.read_text().count("REFRESH processed, success") >= 4
        assert SECRET not in log.read_text()


def test_a_call_comes_back_with_new_credentials_when_turn_has_forgotten_it(networks, place, tmp_path):
    networks.block_udp_to_the_relay()
    options = (networks.outside, "--max-allocate-lifetime=6")
    with firewalled.coturn(tmp_path / "turn", *options):
        ada, grace = come_together(place((UDP,), lifetime_s=4.0), networks)
        check_media(ada, grace)
        ada.note()
    with firewalled.coturn(tmp_path / "again", *options):
        # Its refresh is refused: not waited for until ICE gives up after 30 s.
        ada.wait_seen(lambda state: state.call_phase == "reconnecting", what="told that media is gone")
        ada.wait_for(lambda state: state.call_phase == "in", what="media is back")
        ada.pictures.clear()
        grace.pictures.clear()
        check_media(ada, grace)
        assert ways(ada) == {"relay"}


def test_a_server_behind_a_nat_offers_the_address_that_the_nat_has(networks, place):
    networks.translate()
    cast = place((), relay_addresses=(PUBLIC,), relay_ports=range(40_000, 40_040))
    ada, grace = come_together(cast, networks, grace_is=networks.inside)
    check_media(ada, grace)
    assert ways(ada) == {"host"}
    is_good, words = check(ada)
    assert is_good, words
