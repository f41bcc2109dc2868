"""One packet to many viewers: each gets it under their own keys, and who cannot be reached so gets it alone."""

import asyncio
import functools
import socket
import sys
from types import SimpleNamespace

import pytest
from pylibsrtp import Policy, Session

from server_stub.relay import volley
from server_stub.relay.door import Door
from server_stub.relay.volley import Aim, Target, Volley
from tests.server_stub.relay.test_door import Protocol

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="other systems have no call that sends to many")

HOSTS = {socket.AF_INET: "127.0.0.1", socket.AF_INET6: "::1"}


def packet(number, size=500):
    return bytes((0x80, 97)) + number.to_bytes(2, "big") + bytes(4) + b"ssrc" + bytes(size)


def bound(family):
    sock = socket.socket(family, socket.SOCK_DGRAM)
    sock.setblocking(False)
    sock.bind((HOSTS[family], 0))
    return sock


class Viewer:
    """One viewer at a real socket, with keys of their own; what is sent to them alone is noted."""

    def __init__(self, number):
        self.key = bytes([number]) * 30
        policy = Policy(key=self.key, ssrc_type=Policy.SSRC_ANY_OUTBOUND)
        self.session, self.alone = Session(policy), []
        self.nominated, self.is_aimed = {}, True

    async def enter(self, door, family):
        self.far = bound(family)
        self.seat = await door.enter(Protocol(f"viewer {id(self)}"), HOSTS[family], lambda: bound(family))
        self.choose()

    def choose(self):
        """Another pair, to the same address."""
        protocol = SimpleNamespace(transport=self.seat)
        self.pair = self.nominated[1] = SimpleNamespace(protocol=protocol, remote_addr=self.far.getsockname()[:2])

    def aim(self, ssrc):
        assert ssrc == b"ssrc"
        return Aim(Target(self.nominated, self.pair, self.seat), self.session) if self.is_aimed else None

    def send(self, packet):
        self.alone.append(packet)
        return True

    async def gets(self):
        sealed = await asyncio.wait_for(asyncio.get_running_loop().sock_recv(self.far, 2_000), 5)
        return Session(Policy(key=self.key, ssrc_type=Policy.SSRC_ANY_INBOUND)).unprotect(sealed)

    def close(self):
        self.seat.close()
        self.far.close()


def story(play, family=socket.AF_INET):
    @functools.wraps(play)
    def test():
        async def main():
            door, viewers = Door(), [Viewer(number) for number in range(1, 4)]
            for viewer in viewers:
                await viewer.enter(door, family)
            try:
                await play(viewers)
            finally:
                for viewer in viewers:
                    viewer.close()

        asyncio.run(main())

    del test.__wrapped__
    return test


async def each_gets_it(viewers):
    many = Volley(viewers, b"ssrc")
    for number in (1, 2):
        assert many.send(packet(number, 100 * number)) == 3
        for viewer in viewers:
            assert await viewer.gets() == packet(number, 100 * number)
            assert viewer.alone == []
    assert not many.is_stale


test_each_gets_it_under_their_own_keys = story(each_gets_it)
test_so_do_viewers_by_ipv6 = story(each_gets_it, socket.AF_INET6)


@story
async def test_those_on_several_sockets_get_it_too(viewers):
    other = Viewer(9)
    await other.enter(Door(), socket.AF_INET6)
    try:
        assert Volley([*viewers, other], b"ssrc").send(packet(1)) == 4
        for viewer in (*viewers, other):
            assert await viewer.gets() == packet(1)
    finally:
        other.close()


@story
async def test_another_pair_is_noticed_and_nobody_goes_without(viewers):
    many = Volley(viewers, b"ssrc")
    viewers[1].choose()
    assert many.send(packet(1)) == 3
    assert many.is_stale
    assert await viewers[0].gets() == packet(1)
    assert [viewer.alone for viewer in viewers] == [[], [packet(1)], [packet(1)]]
    again = Volley(viewers, b"ssrc")
    assert again.send(packet(2)) == 3
    assert not again.is_stale
    assert await viewers[1].gets() == packet(2)


@story
async def test_who_cannot_be_encrypted_for_keeps_it_from_nobody(viewers):
    many = Volley(viewers, b"ssrc")
    # A second packet of one number is refused by libsrtp.
    viewers[0].session.protect(packet(1))
    assert many.send(packet(1)) == 3
    assert [len(viewer.alone) for viewer in viewers] == [1, 1, 1]
    assert many.is_stale
    assert many.send(packet(2)) == 3
    assert await viewers[0].gets() == packet(2)


@pytest.mark.parametrize("taken", [-1, 0, 2])
def test_what_the_call_does_not_take_waits_for_its_turn(monkeypatch, taken):
    real = volley._send_many

    def takes_few(descriptor, messages, count, flags):
        if taken > 0:
            assert real(descriptor, messages, taken, flags) == taken
        return taken

    @story
    async def play(viewers):
        monkeypatch.setattr(volley, "_send_many", takes_few)
        assert Volley(viewers, b"ssrc").send(packet(1)) == 3
        for viewer in viewers:
            assert await viewer.gets() == packet(1)
            assert viewer.alone == []

    play()


@story
async def test_what_waits_for_the_socket_goes_first(viewers):
    shared = viewers[0].seat.shared
    own = shared.transport
    shared.transport = SimpleNamespace(get_write_buffer_size=lambda: 1, get_extra_info=own.get_extra_info)
    many = Volley(viewers, b"ssrc")
    shared.transport = own
    assert many.send(packet(1)) == 3
    assert [viewer.alone for viewer in viewers] == [[packet(1)]] * 3


@story
async def test_a_socket_that_has_ended_is_not_written_to(viewers):
    many = Volley(viewers, b"ssrc")
    viewers[0].seat.shared.has_ended = True  # another may have its number
    assert many.send(packet(1)) == 3
    assert [viewer.alone for viewer in viewers] == [[packet(1)]] * 3


@pytest.mark.parametrize("place", [0, 1, 2])
def test_one_who_cannot_be_reached_keeps_it_from_nobody(place):
    @story
    async def play(viewers):
        # Sending to a broadcast address is forbidden.
        viewers[place].pair.remote_addr = ("255.255.255.255", 9)
        assert Volley(viewers, b"ssrc").send(packet(1)) == 3
        for viewer in viewers:
            if viewer is not viewers[place]:
                assert await viewer.gets() == packet(1)
            assert viewer.alone == []

    play()


@story
async def test_a_packet_that_is_too_long_is_left_to_each(viewers):
    assert Volley(viewers, b"ssrc").send(packet(1, 1_400)) == 3
    assert [viewer.alone for viewer in viewers] == [[packet(1, 1_400)]] * 3


@story
async def test_who_has_a_socket_of_their_own_is_tried_again_later(viewers):
    viewers[2].is_aimed = False
    many, sent = Volley(viewers, b"ssrc"), 0
    while not many.is_stale:
        assert many.send(packet(sent)) == 3
        sent += 1
    assert 100 < sent < 2_000
    assert len(viewers[2].alone) == sent
    assert viewers[0].alone == []


@story
async def test_without_the_call_all_are_sent_to_one_by_one(viewers):
    own, volley._send_many = volley._send_many, None
    try:
        assert Volley(viewers, b"ssrc").send(packet(1)) == 3
    finally:
        volley._send_many = own
    assert [viewer.alone for viewer in viewers] == [[packet(1)]] * 3


@story
async def test_an_address_that_the_system_does_not_know_cannot_be_aimed_at(viewers):
    viewers[0].pair.remote_addr = ("no address", 9)
    with pytest.raises(socket.gaierror):
        viewers[0].aim(b"ssrc")
