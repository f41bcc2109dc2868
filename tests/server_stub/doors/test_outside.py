"""Others are let in and kept out while the server runs: who is in notices nothing, links follow the computer."""

import errno
import socket

import pytest

from app.wire.accounts import AcceptTerms, Hello, SignedIn, SignInOwner
from app.wire.codec import PROTOCOL
from app.wire.links import parse_link, parse_server
from app.wire.lobby import GuestDenied
from app.wire.people import MeetingEnded, PersonLeft
from app.wire.rooms import LinksMoved, ListMessages
from server_stub.backend import COMPUTER_LEAVES
from server_stub.doors import listening, outside, reach
from tests.fakes.browser import client_of, here, opens
from tests.fakes.clock import FakeClock
from tests.fakes.server_client import secret_of, story
from tests.people import alan, alan_inside, join, make_room, start

SECRET = "0123456789abcdef0123"
HOME, CAFE, ALONE = "192.168.7.2", "10.20.0.9", "127.0.0.1"


@pytest.fixture(autouse=True)
def network(monkeypatch):
    """The addresses of this computer, which a test changes."""
    found = [HOME]
    monkeypatch.setattr(reach, "own_addresses", lambda: tuple(found))
    return found


class Elsewhere:
    """Another computer: it has the way in for others, and no secret."""

    def __init__(self, server):
        self.server = server

    async def connect(self):
        client = await self.server.stack.enter_async_context(client_of(self.server))
        await client.ask(Hello(version="1", protocol=PROTOCOL))
        return client


async def host_in_a_meeting(server):
    """The owner of this computer, alone in a meeting."""
    host = await server.connect()
    signed_in = await host.ask(SignInOwner(secret=SECRET, name="Ada"))
    assert isinstance(signed_in, SignedIn)
    host.account = signed_in.account
    await host.ask(AcceptTerms(version=1))
    card = await start(host, await make_room(host))
    await join(host, card.id)
    return host, card


def seats(server, card):
    return set(server.backend.calls.find(card.id).meeting.seats)


@story(secret=SECRET)
async def test_a_running_meeting_is_opened_to_others_and_goes_on(server):
    host, card = await host_in_a_meeting(server)
    assert parse_link(card.link).server.host == ALONE
    door = server.running.doors.outside
    assert not door.port
    now = await door.switch(is_on=True)
    assert (now.is_open, now.words) == (True, "")
    moved = await host.expect(LinksMoved)
    assert (moved.server, moved.is_reachable) == (now.addresses[0].text, True)
    address = parse_server(moved.server)
    assert (address.host, address.port, len(address.pin)) == (HOME, door.port, 43)
    # Whatever the server says or mails from now on leads there; the code is that of before.
    told = await host.ask(ListMessages(room=card.room))
    link = parse_link(told.messages[0].meeting.link)
    assert (link.server, link.code) == (address, parse_link(card.link).code)
    assert server.relay.calls[-1] == ("offer_addresses", "all")
    # The host sits where they sat, and a guest from elsewhere gets in.
    guest = await alan_inside(Elsewhere(server), host, card)
    assert seats(server, card) == {host.account.id, guest.guest}
    assert await door.switch(is_on=True) == now


@story(secret=SECRET)
async def test_who_came_from_elsewhere_leaves_when_the_door_closes_and_the_host_stays(server):
    host, card = await host_in_a_meeting(server)
    door = server.running.doors.outside
    await door.switch(is_on=True)
    address = here(server)
    guest = await alan_inside(Elsewhere(server), host, card)
    gone = await alan_inside(Elsewhere(server), host, card, name="Grace")
    waits = await alan(Elsewhere(server), card, name="Eve")
    gone.vanish()
    off = await door.switch(is_on=False)
    assert not off.is_open
    assert (await guest.expect(MeetingEnded)).words == outside.CLOSED
    assert (await waits.expect(GuestDenied)).words == outside.CLOSED
    for one in (guest, gone):
        await host.expect(PersonLeft, lambda tell, one=one: tell.person == one.guest)
    assert seats(server, card) == {host.account.id}
    moved = await host.expect(LinksMoved, lambda tell: not tell.is_reachable)
    assert parse_server(moved.server).address == f"127.0.0.1:{server.port}"
    for one in (guest, waits):
        await one.closed.wait()
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", address.port))
    assert ("offer_addresses", "127.0.0.1") in server.relay.calls
    assert await opens(server, secret_of(SECRET))
    # Open again it has the pin of before: the links that were given away live.
    assert (await door.switch(is_on=True)).addresses[0].pin == address.pin


def test_a_laptop_that_goes_from_network_to_network_gives_links_with_its_new_address(tmp_path, network):
    clock = FakeClock()

    @story(secret=SECRET, clock=clock, is_reachable=True)
    async def tell(server):
        host, card = await host_in_a_meeting(server)
        assert parse_link(card.link).server.host == HOME
        changes = []
        server.running.doors.outside.on_change = changes.append
        for now in (CAFE, ALONE, HOME):
            network[:] = [now]
            while parse_server(server.backend.address.text).host != now:
                await clock.pass_time(outside.LOOK_EVERY_S)
            moved = await host.expect(LinksMoved)
            assert (parse_server(moved.server).host, moved.is_reachable) == (now, True)
            assert changes[-1].is_open
            # Without a network there is none by which others find it.
            assert [one.host for one in changes[-1].addresses] == [now] * (now != ALONE)
        listed = await host.ask(ListMessages(room=card.room))
        assert listed.messages[0].meeting.link == card.link

    tell(tmp_path)


@pytest.mark.logs_warnings
@pytest.mark.parametrize(
    ("fails", "error", "words"),
    [
        ("listening.listen", PermissionError(errno.EACCES, "Permission denied"), "Permission denied."),
        ("reach.keep_port", OSError(errno.ENOSPC, "No space left on device"), "No space left on device."),
    ],
)
def test_what_keeps_others_out_is_said_and_nothing_is_half_open(tmp_path, monkeypatch, fails, error, words):
    @story(secret=SECRET)
    async def tell(server):
        door = server.running.doors.outside

        def fail(*_):
            raise error

        with monkeypatch.context() as patch:
            patch.setattr(f"server_stub.doors.outside.{fails}", fail)
            now = await door.switch(is_on=True)
        assert not now.is_open
        assert now.words == f"Others cannot be let in to Parley on this computer: {words}"
        assert (door.port, server.backend.address.host) == (0, ALONE)
        # It works once what was in the way is gone.
        assert (await door.switch(is_on=True)).is_open

    tell(tmp_path)


@pytest.mark.parametrize("has_links", [False, True])
def test_a_port_that_is_taken_is_a_matter_only_where_links_name_it(tmp_path, monkeypatch, has_links):
    @story(secret=SECRET, outside_port=None)
    async def tell(server):
        with listening.listen("0.0.0.0", 0) as taken:
            port = taken.getsockname()[1]
            monkeypatch.setattr(reach, "DEFAULT_PORT", port)
            if has_links:
                reach.keep_port(server.backend.settings.data, port)
            now = await server.running.doors.outside.switch(is_on=True)
        assert now.is_open
        assert server.running.doors.outside.port not in (0, port)
        assert now.words == (outside.PORT_TAKEN.format(port) if has_links else "")

    tell(tmp_path)


@pytest.mark.logs_warnings
@story(secret=SECRET)
async def test_the_door_closes_whatever_becomes_of_the_disk(server):
    host, card = await host_in_a_meeting(server)
    door = server.running.doors.outside
    await door.switch(is_on=True)
    port = door.port
    guest = await alan_inside(Elsewhere(server), host, card)

    async def fail(work):
        raise OSError(errno.EIO, "Input/output error")

    do, server.backend.store.do = server.backend.store.do, fail
    off = await door.switch(is_on=False)
    server.backend.store.do = do
    assert not off.is_open
    await guest.closed.wait()
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port))
    assert seats(server, card) == {host.account.id}


def test_addresses_that_cannot_be_read_for_once_are_read_the_next_time(tmp_path, monkeypatch):
    clock, asked = FakeClock(), []

    @story(secret=SECRET, clock=clock, is_reachable=True)
    async def tell(server):
        def addresses():
            asked.append(1)
            if len(asked) == 1:
                raise OSError(errno.ENOMEM, "Cannot allocate memory")
            return (CAFE,)

        monkeypatch.setattr(reach, "own_addresses", addresses)
        while parse_server(server.backend.address.text).host != CAFE:
            await clock.pass_time(outside.LOOK_EVERY_S)
        assert len(asked) == 2

    tell(tmp_path)


@pytest.mark.logs_warnings
def test_a_certificate_of_before_that_is_damaged_keeps_no_server_from_starting(tmp_path, monkeypatch):
    def fail(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    @story(secret=SECRET)
    async def tell(server):
        assert not server.running.doors.outside.now.is_open
        assert "No space left" in (await server.running.doors.outside.switch(is_on=True)).words

    (tmp_path / "data" / "tls").mkdir(parents=True)
    monkeypatch.setattr(reach, "outside_certificate", fail)
    tell(tmp_path)


@pytest.mark.logs_warnings
@story(secret=SECRET)
async def test_a_fault_of_ours_is_answered_too(server):
    door = server.running.doors.outside

    async def fail():
        raise ValueError

    door._own_certificate = fail
    assert "something went wrong" in (await door.switch(is_on=True)).words


@story(secret=SECRET)
async def test_whoever_meets_here_is_told_when_the_computers_parley_is_closed(server):
    host, card = await host_in_a_meeting(server)
    await server.running.doors.outside.switch(is_on=True)
    guest = await alan_inside(Elsewhere(server), host, card)
    waits = await alan(Elsewhere(server), card, name="Eve")
    await server.backend.take_leave()
    for one in (guest, waits, host):
        assert (await one.expect(MeetingEnded)).words == COMPUTER_LEAVES
        await one.closed.wait()


def test_a_link_of_this_computer_leads_to_its_server_also_after_the_next_start(tmp_path):
    ports = []

    @story(secret=SECRET)
    async def tell(server):
        ports.append(server.port)

    tell(tmp_path)
    tell(tmp_path)
    assert ports[0] == ports[1]
    with socket.create_server(("127.0.0.1", ports[0])):
        tell(tmp_path)
    tell(tmp_path)
    assert ports[2] != ports[0] == ports[3], "it is back once the other program has gone"
