"""The socket that viewers share: who hears what comes, and that nobody gets what is another's."""

import asyncio
import functools
import socket
from types import SimpleNamespace

import pytest
from aioice import stun

from app.net import guard
from server_stub.relay.door import Door

HOST = "127.0.0.1"


def bind():
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setblocking(False)
    sock.bind((HOST, 0))
    return sock


class Protocol:
    """An aioice protocol as the door knows it; `believes` are the addresses that ICE has checked."""

    def __init__(self, name, *believes):
        pairs = [SimpleNamespace(remote_addr=one) for one in believes]
        self.receiver = SimpleNamespace(local_username=name, _nominated={}, _check_list=pairs, _early_checks=[])
        self.transactions, self.heard = {}, asyncio.Queue()
        self.transport, self.is_lost = None, asyncio.Event()

    def connection_made(self, transport):
        self.transport = transport

    def connection_lost(self, error):
        self.is_lost.set()

    def datagram_received(self, data, address):
        self.heard.put_nowait((data, address))

    def sends_media_to(self, address):
        self.receiver._nominated[1] = SimpleNamespace(remote_addr=address)

    async def hears(self):
        return await asyncio.wait_for(self.heard.get(), 5)


class Scene:
    def __init__(self):
        self.door, self.far = Door(), [bind(), bind()]
        self.ada, self.grace = (Protocol(name, *map(self.address, (0, 1))) for name in ("ada", "grace"))
        self.made = []

    def address(self, place):
        return self.far[place].getsockname()

    async def enter(self, protocol, bind=bind):
        transport = await self.door.enter(protocol, HOST, bind)
        self.made.append(transport)
        self.here = transport.get_extra_info("sockname")
        return transport

    def say(self, data, place=0):
        self.far[place].sendto(bytes(data), self.here)

    def check(self, name, place=0):
        message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
        message.attributes["USERNAME"] = f"{name}:far"
        self.say(message, place)

    async def meet(self, protocol, place=0):
        """The viewer there checks whether it is heard, and is."""
        self.check(protocol.receiver.local_username, place)
        return await protocol.hears()

    async def at_far(self, place=0):
        return await asyncio.wait_for(asyncio.get_running_loop().sock_recv(self.far[place], 2_000), 5)


def story(play):
    @functools.wraps(play)
    def test():
        async def main():
            scene = Scene()
            try:
                await scene.enter(scene.ada)
                await scene.enter(scene.grace)
                await play(scene)
            finally:
                for transport in scene.made:
                    transport.close()
                for sock in scene.far:
                    sock.close()

        asyncio.run(main())

    # Not `play`'s own signature: pytest would look for a fixture of that name.
    del test.__wrapped__
    return test


@story
async def test_a_check_goes_to_whom_it_names_and_so_does_what_comes_from_there_afterwards(scene):
    assert scene.ada.transport.get_extra_info("sockname") == scene.grace.transport.get_extra_info("sockname")
    scene.check("ada", 0)
    scene.check("grace", 1)
    assert (await scene.ada.hears())[1] == scene.address(0)
    assert (await scene.grace.hears())[1] == scene.address(1)
    scene.say(b"\x80 of grace's viewer", 1)
    scene.say(b"\x80 of ada's viewer", 0)
    assert await scene.ada.hears() == (b"\x80 of ada's viewer", scene.address(0))
    assert await scene.grace.hears() == (b"\x80 of grace's viewer", scene.address(1))
    assert scene.ada.heard.empty()
    assert scene.grace.heard.empty()


@story
async def test_an_answer_goes_to_who_asked_and_makes_nobody_known(scene):
    answer = stun.Message(stun.Method.BINDING, stun.Class.RESPONSE)
    scene.grace.transactions[answer.transaction_id] = object()
    scene.say(answer)
    assert (await scene.grace.hears())[1] == scene.address(0)
    before = guard.dropped().strangers
    scene.say(b"\x80 from there")
    scene.check("ada")
    assert stun.parse_message((await scene.ada.hears())[0]).attributes["USERNAME"] == "ada:far"
    assert guard.dropped().strangers == before + 1
    assert scene.grace.heard.empty()


@story
async def test_strangers_reach_nobody(scene):
    before = guard.dropped().strangers
    cookie = b"\x00\x01\x00\x00" + guard.STUN_COOKIE
    junk = (
        b"", b"\x00", b"\x80", bytes(20), b"\x00\x01" + bytes(40), b"\x16\xfe\xfd" + bytes(30),
        cookie + bytes(11), cookie + bytes(12) + b"\x00\x06\xff\xff", cookie + bytes(12) + b"\x00\x06\x00\x04ada",
        cookie + bytes(12) + b"\x00\x06\x00\x05\xff\xffada:", cookie + bytes(1_500),
        b"\x00\x11\x00\x00" + guard.STUN_COOKIE + bytes(12),
    )  # fmt: skip
    for data in junk:
        scene.say(data)
    scene.check("nobody")
    scene.say(stun.Message(stun.Method.BINDING, stun.Class.RESPONSE))
    await scene.meet(scene.ada)
    assert guard.dropped().strangers == before + len(junk) + 2
    assert scene.ada.heard.empty()
    assert scene.grace.heard.empty()


@story
async def test_a_check_that_ice_does_not_believe_makes_nobody_known(scene):
    scene.ada.receiver._check_list.clear()
    await scene.meet(scene.ada)
    scene.say(b"\x80 from there")
    await scene.meet(scene.grace)
    assert scene.ada.heard.empty()


@story
async def test_an_address_that_media_goes_to_stays_theirs_until_another_has_it(scene):
    await scene.meet(scene.ada)
    scene.ada.sends_media_to(scene.address(0))
    await scene.meet(scene.grace)
    scene.say(b"\x80 of ada's viewer")
    await scene.ada.hears()
    # Her NAT has given it to Grace's viewer, who has answered a check of ours from there.
    scene.grace.sends_media_to(scene.address(0))
    await scene.meet(scene.grace)
    scene.say(b"\x80 of grace's viewer")
    await scene.grace.hears()
    assert scene.ada.heard.empty()


@story
async def test_who_leaves_is_told_and_the_others_stay(scene):
    await scene.meet(scene.ada)
    scene.ada.transport.close()
    scene.ada.transport.abort()
    await asyncio.wait_for(scene.ada.is_lost.wait(), 5)
    assert scene.ada.transport.is_closing()
    assert not scene.grace.transport.is_closing()
    scene.ada.transport.sendto(b"nothing", scene.address(0))
    scene.grace.transport.sendto(b"still here", scene.address(0))
    assert await scene.at_far() == b"still here"
    scene.say(b"\x80 of ada's viewer")
    await scene.meet(scene.grace)
    assert scene.ada.heard.empty()


@story
async def test_the_socket_ends_with_the_last_and_the_next_gets_another(scene):
    shared = scene.ada.transport.shared
    scene.ada.transport.close()
    assert not shared.is_closing()
    scene.grace.transport.close()
    assert shared.is_closing()
    kate = Protocol("kate", scene.address(0))
    await scene.enter(kate)
    scene.check("kate")
    assert (await kate.hears())[1] == scene.address(0)


@story
async def test_where_the_socket_ends_by_itself_all_who_share_it_are_told(scene):
    shared = scene.ada.transport.shared
    shared.transport.abort()
    for protocol in (scene.ada, scene.grace):
        await asyncio.wait_for(protocol.is_lost.wait(), 5)
        assert protocol.transport.is_closing()
    assert shared.has_ended
    assert shared.seats == {}


@story
async def test_two_of_one_name_do_not_share(scene):
    other = Protocol("ada", scene.address(1))
    await scene.enter(other)
    assert other.transport.shared is not scene.ada.transport.shared
    scene.check("ada", 1)
    await other.hears()
    assert scene.ada.heard.empty()


@story
async def test_where_no_socket_can_be_had_none_is_left_behind(scene):
    def refuse():
        raise guard.NoPort("none is free")

    with pytest.raises(guard.NoPort):
        await scene.door.enter(Protocol("kate"), "::1", refuse)
    closed = bind()
    closed.close()
    with pytest.raises(OSError, match="descriptor"):
        await scene.door.enter(Protocol("kate"), "::1", lambda: closed)
    assert list(scene.door._shared) == [HOST]


@story
async def test_what_waits_is_shared_out_among_all(scene):
    shared = scene.ada.transport.shared
    own, shared.transport = shared.transport, SimpleNamespace(get_write_buffer_size=lambda: 90)
    assert scene.ada.transport.get_write_buffer_size() == 45
    shared.transport = own
