"""The connected socket beside a connection's own: who gets what, and that nobody else comes to share the port."""

import asyncio
import errno
import os
import socket
import sys

import pytest

from server_stub.relay.direct import open_direct

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets two sockets share a port so")


class Scene:
    """A bound transport, one remote socket, and what came to the transport and to the connected socket."""

    def __init__(self, family=socket.AF_INET):
        self.host = "127.0.0.1" if family == socket.AF_INET else "::1"
        self.remote = socket.socket(family, socket.SOCK_DGRAM)
        self.remote.bind((self.host, 0))
        self.remote.setblocking(False)
        self.own, self.direct = asyncio.Queue(), asyncio.Queue()

    async def open(self):
        own, loop = self.own, asyncio.get_running_loop()

        class Protocol(asyncio.DatagramProtocol):
            def datagram_received(self, data, address):
                own.put_nowait((data, address))

        self.transport, _ = await loop.create_datagram_endpoint(Protocol, local_addr=(self.host, 0))
        self.address = self.transport.get_extra_info("sockname")
        self.way = open_direct(
            self.transport,
            self.remote.getsockname(),
            lambda data, address: self.direct.put_nowait((data, address)),
        )
        return self

    async def at_remote(self):
        return await asyncio.wait_for(asyncio.get_running_loop().sock_recvfrom(self.remote, 2_000), 5)

    def close(self):
        if self.way:
            self.way.close()
        self.transport.close()
        self.remote.close()


def play(story, family=socket.AF_INET):
    async def main():
        scene = await Scene(family).open()
        try:
            await story(scene)
        finally:
            scene.close()

    asyncio.run(main())


@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_INET6])
def test_both_sockets_send_from_one_address(family):
    async def story(scene):
        scene.way.send(b"media")
        assert await scene.at_remote() == (b"media", scene.address)
        scene.transport.sendto(b"check", scene.remote.getsockname())
        assert await scene.at_remote() == (b"check", scene.address)

    play(story, family)


def test_the_one_is_heard_there_and_all_others_as_before():
    async def story(scene):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            stranger.bind((scene.host, 0))
            scene.remote.sendto(b"from the one", scene.address)
            stranger.sendto(b"from another", scene.address)
            assert await asyncio.wait_for(scene.direct.get(), 5) == (b"from the one", scene.remote.getsockname())
            assert await asyncio.wait_for(scene.own.get(), 5) == (b"from another", stranger.getsockname())

    play(story)


def test_when_it_ends_its_own_socket_hears_all_again():
    async def story(scene):
        scene.way.close()
        scene.way.close()
        scene.remote.sendto(b"again", scene.address)
        assert (await asyncio.wait_for(scene.own.get(), 5))[0] == b"again"

    play(story)


def test_nobody_else_can_have_the_port():
    async def story(scene):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
            other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with pytest.raises(OSError, match="in use") as refused:
                other.bind(scene.address)
            assert refused.value.errno == errno.EADDRINUSE

    play(story)


def test_one_who_is_gone_does_not_end_it():
    async def story(scene):
        address = scene.remote.getsockname()
        scene.remote.close()
        refused = 0
        for _ in range(3):
            try:
                scene.way.send(b"nobody there")
            except ConnectionRefusedError:
                refused += 1
        assert refused
        scene.remote = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        scene.remote.setblocking(False)
        scene.remote.bind(address)
        scene.remote.sendto(b"here again", scene.address)
        assert (await asyncio.wait_for(scene.direct.get(), 5))[0] == b"here again"

    play(story)


def test_without_a_socket_or_to_an_address_of_another_kind_there_is_none():
    async def story(scene):
        transport = type("Transport", (), {"get_extra_info": lambda self, name: None})()
        assert open_direct(transport, scene.address, lambda *_: None) is None
        assert open_direct(scene.transport, ("::1", 9, 0, 0), lambda *_: None) is None

    play(story)


def free_descriptor():
    """The lowest number that the next descriptor would have: all below are taken."""
    descriptor = os.open(os.devnull, os.O_RDONLY)
    os.close(descriptor)
    return descriptor


@pytest.mark.parametrize("left", [0, 1], ids=["none left", "one left"])
def test_where_no_descriptor_is_left_there_is_none_and_none_is_lost(left):
    import resource  # other systems have none

    async def story(scene):
        before = free_descriptor()
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (before + left, hard))
        try:
            assert open_direct(scene.transport, scene.remote.getsockname(), lambda *_: None) is None
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        assert free_descriptor() == before
        scene.remote.sendto(b"as before", scene.address)
        assert (await asyncio.wait_for(scene.direct.get(), 5))[0] == b"as before"

    play(story)
