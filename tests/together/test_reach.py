"""A computer that others may reach, and a server that turns out to be another one."""

import asyncio
import contextlib
import shutil
import socket
import threading
from dataclasses import replace

import pytest
from websockets.asyncio.client import connect

from app import __version__
from app.net import pins
from app.net.signalling import target_of
from app.shell.local_server import LocalServer, ServerEvents
from app.state import intents
from app.wire.accounts import AcceptTerms, Hello, Resume, SignIn, SignInOwner
from app.wire.codec import PROTOCOL
from app.wire.errors import Refused
from app.wire.links import parse_link, parse_server
from app.wire.lobby import Knock, LobbyChanged
from app.wire.rooms import LinksMoved
from server_stub.kernel.config import ServerSettings
from server_stub.serving import running
from tests.fakes.headless import HeadlessClient
from tests.fakes.relay import FakeRelay
from tests.fakes.server_client import CHEAP, ServerClient
from tests.people import join, make_room, start

pytestmark = pytest.mark.processes


class SecureServer:
    """The real server on a loop of its own, with a certificate of its own; notes who came and what was asked."""

    def __init__(self, data, port):
        self.settings = ServerSettings(data=data, host="0.0.0.0", port=port, password_cost=CHEAP)
        self.came, self.asked = [], []
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self._thread.start()
        assert self._ready.wait(20)

    async def _serve(self):
        stopped, loop = asyncio.Event(), asyncio.get_running_loop()
        self._stop = lambda: loop.call_soon_threadsafe(stopped.set)
        async with running(self.settings, relay=lambda events, _: FakeRelay(events)) as server:
            self.id, self.pin = server.server_id, server.address.pin
            backend, connected, handle = server.backend, server.backend.connected, server.backend.handle

            def note_who(session):
                self.came.append(session)
                connected(session)

            async def note_what(session, ask):
                self.asked.append(ask)
                return await handle(session, ask)

            backend.connected, backend.handle = note_who, note_what
            self.address = f"parley://127.0.0.1:{server.port}?pin={self.pin}"
            self._ready.set()
            await stopped.wait()

    def stop(self):
        self._stop()
        self._thread.join(20)
        assert not self._thread.is_alive()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_r25_a_sign_in_is_never_given_to_another_server_that_takes_the_place_and_the_id(tmp_path, monkeypatch):
    """The impostor has the address, the id and even a copy of the data, but not the key of the certificate."""
    monkeypatch.setattr(pins, "_known", {})
    port = free_port()
    with contextlib.ExitStack() as stack:
        right = SecureServer(tmp_path / "right", port)
        client = HeadlessClient(right.address, tmp_path / "client")
        stack.callback(client.close)
        client.wait_for(lambda state: state.page == "sign_in", what="the sign-in page")
        client.do(intents.MakeAccount(email="ada@example.com", name="Ada", kind="client", password="correct horse"))
        client.wait_for(lambda state: state.page == "rooms", what="signed in")
        right.stop()
        shutil.copytree(tmp_path / "right", tmp_path / "wrong", ignore=shutil.ignore_patterns("tls", "*.lock"))
        wrong = SecureServer(tmp_path / "wrong", port)
        stack.callback(wrong.stop)
        assert (wrong.id, wrong.pin == right.pin) == (right.id, False)
        client.wait_for(lambda state: state.connection.phase == "refused", what="refused")
        assert "not the one that the link was made for" in client.state.connection.words
        assert not wrong.came
        # Who trusts the new pin signs in anew: the old sign-in stays with the old one.
        client.connect(wrong.address)
        client.wait_for(lambda state: state.connection.phase == "online", what="online")
        client.wait_for(lambda state: state.page == "sign_in", what="the sign-in page again")
        assert wrong.came
        assert not [ask for ask in wrong.asked if isinstance(ask, Resume | SignIn)]


async def meet(stack, address, headers=None):
    """A client that is nothing but a websocket, as far as its first words."""
    trust = await pins.context_for(address)
    url = target_of(address).url
    opened = connect(url, ssl=trust, proxy=None, additional_headers=headers, max_size=2**24)
    client = ServerClient(await stack.enter_async_context(opened))
    stack.push_async_callback(client.close)
    client.greeting = await client.ask(Hello(version=__version__, protocol=PROTOCOL))
    return client


async def be_reached(ready, reaches, switch):
    """The owner is in a meeting when the door is opened; a guest who has nothing but its link knocks."""
    async with contextlib.AsyncExitStack() as stack:
        own = {"X-Parley-Secret": ready.secret}
        host = await meet(stack, parse_server(ready.text), own)
        assert not isinstance(await host.ask(SignInOwner(secret=ready.secret, name="Ada")), Refused)
        await host.ask(AcceptTerms(version=1))
        card = await start(host, await make_room(host))
        await join(host, card.id)
        switch(True)
        moved = await host.expect(LinksMoved)
        reach = await asyncio.to_thread(reaches, 2)
        assert reach.is_on
        assert reach.addresses[0] == moved.server
        found = replace(parse_link(card.link), server=parse_server(moved.server))
        assert found.server.pin
        guest = await meet(stack, found.server)
        assert guest.greeting.server_id == ready.server_id
        assert isinstance(await guest.ask(SignInOwner(secret="a guess of 20 letters", name="Eve")), Refused)
        heard = await guest.ask(Knock(code=found.code, name="Alan", terms_version=1))
        assert not isinstance(heard, Refused), heard
        await host.expect(LobbyChanged, lambda tell: len(tell.waiting) == 1)
        switch(False)
        await guest.closed.wait()
        assert not host.closed.is_set()
        return found.server


def test_r25_others_reach_an_embedded_server_only_while_it_lets_them(tmp_path):
    changed, told, reach, words = threading.Condition(), [], [], []

    def add(where, what):
        with changed:
            where.append(what)
            changed.notify_all()

    def until(where, count):
        with changed:
            assert changed.wait_for(lambda: len(where) >= count, 30), (told, reach, words)
        return where[count - 1]

    events = ServerEvents(
        ready=lambda one: add(told, one), told=words.append, failed=words.append, reach=lambda one: add(reach, one)
    )
    server = LocalServer(tmp_path, events, version=__version__)
    server.start()
    try:
        ready = until(told, 1)
        assert not until(reach, 1).is_on
        pid = server.child_pid
        address = asyncio.run(be_reached(ready, lambda count: until(reach, count), server.set_reach))
        assert not until(reach, 3).is_on
        # It listens on this computer alone again, and is the same process.
        assert (server.child_pid, len(told)) == (pid, 1)
        with socket.socket() as probe:
            assert probe.connect_ex((address.host, address.port)) != 0
    finally:
        server.stop()
