"""What a stranger on the network reads of a meeting, and whom the server itself talks to."""

import asyncio
import contextlib
import json
import os
import sys

import pytest
from websockets.asyncio.client import connect

from app import __version__
from app.net import guard, pins
from app.net.files import RecapFiles
from app.paths import home
from app.wire.accounts import AskPasswordReset, Hello
from app.wire.chat import PostChat
from app.wire.codec import PROTOCOL
from app.wire.links import ServerAddress
from app.wire.media import PublishOffer
from app.wire.people import EndMeeting
from app.wire.recap import RecapReady
from app.wire.rooms import PostMessage
from server_stub.kernel.config import NOTICE_VERSION
from tests.fakes.browser import here
from tests.fakes.server_client import ServerClient, running_server
from tests.people import PASSWORD, alan_inside, code_of, join, make_room, sign_up, start

pytestmark = pytest.mark.processes

SECRET = "canary-secret-0123456789"


class Sniffer:
    """Hands bytes on between a client and a server, and keeps a copy."""

    def __init__(self, port):
        self._target = port
        self.copy = bytearray()
        self.port = 0

    async def _pass(self, reader, writer):
        with contextlib.suppress(ConnectionError):
            while piece := await reader.read(65536):
                self.copy += piece
                writer.write(piece)
                await writer.drain()
        writer.close()

    async def talk(self, reader, writer):
        there, back = await asyncio.open_connection("127.0.0.1", self._target)
        await asyncio.gather(self._pass(reader, back), self._pass(there, writer))


@contextlib.asynccontextmanager
async def sniffing(port):
    sniffer = Sniffer(port)
    server = await asyncio.start_server(sniffer.talk, "127.0.0.1", 0)
    sniffer.port = server.sockets[0].getsockname()[1]
    async with server:
        yield sniffer


class Through:
    """A server as its clients reach it: by way of the sniffer, with its pin."""

    def __init__(self, address, stack):
        self.address, self._stack = address, stack

    async def connect(self):
        scheme = "wss" if self.address.is_secure else "ws"
        trust = await pins.context_for(self.address)
        headers = {"X-Parley-Secret": SECRET}
        url = f"{scheme}://{self.address.address}/ws"
        # Its own deflate would hide words from the sniffer.
        opened = connect(url, ssl=trust, proxy=None, additional_headers=headers, compression=None)
        client = ServerClient(await self._stack.enter_async_context(opened))
        self._stack.push_async_callback(client.close)
        await client.ask(Hello(version=__version__, protocol=PROTOCOL))
        return client


async def tell_a_story(server, tmp_path):
    """Accounts, a room, a meeting with a guest, its recap; returns every word that is nobody else's business."""
    host = await sign_up(server, email="canary-mail@example.org", name="Canary-Ada")
    guest_name, room_name, text, chat = "Canary-Alan", "Canary-Room", "canary-message", "canary-chat"
    room = await make_room(host, name=room_name)
    await host.ask(PostMessage(room=room, text=text, key="k"))
    card = await start(host, room)
    await join(host, card.id, record=True)
    await host.ask(PostChat(meeting=card.id, text=chat, key="c"))
    guest = await alan_inside(server, host, card, name=guest_name, notice_version=NOTICE_VERSION)
    await host.ask(EndMeeting(meeting=card.id))
    ready = await host.expect(RecapReady)
    headers = {"Authorization": f"Bearer {host.token}", "X-Parley-Secret": SECRET}
    files = RecapFiles(tmp_path)
    page = await files.fetch(server.address, headers, meeting=ready.meeting.id, file="recap.md")
    return [
        "canary-mail", "Canary-Ada", guest_name, room_name, text, chat, PASSWORD, SECRET,
        host.token, guest.welcome.guest_token, code_of(card), card.id, page.read_text().strip(),
    ]  # fmt: skip


@pytest.mark.parametrize("is_secure", [True, False], ids=["tls", "plain, to know that one would see it"])
def test_r65_nothing_that_is_said_can_be_read_on_the_wire(tmp_path, monkeypatch, is_secure):
    monkeypatch.setattr(pins, "_known", {})
    reach = {"secret": SECRET} | ({"is_reachable": True} if is_secure else {"public_url": URL})

    async def tell():
        async with (
            running_server(tmp_path / "server", **reach) as real,
            sniffing(here(real).port) as sniffer,
            contextlib.AsyncExitStack() as stack,
        ):
            address = ServerAddress(f"127.0.0.1:{sniffer.port}", is_secure, real.backend.address.pin)
            said = await tell_a_story(Through(address, stack), tmp_path / "client")
            assert len(sniffer.copy) > 5000
            seen = {word for word in said if word.encode() in sniffer.copy}
            # What a websocket's client says is masked, so that its password would not be found so easily.
            assert seen == (set() if is_secure else {*said} - {PASSWORD})

    asyncio.run(tell())


#: By which the gatekeeper knows the sniffer's port as a name of the server.
URL = "http://127.0.0.1"


#: A server whose every name look-up, connection and datagram is noted by the interpreter itself. Without uvloop, which
#: would go past the interpreter.
WATCHED_SERVER = """
import json, os, sys
sys.modules["uvloop"] = None
out = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
asked = {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "subprocess.Popen"}
sent = {"socket.connect", "socket.sendto", "socket.sendmsg"}

def note(event, arguments):
    if event in asked:
        os.write(out, (json.dumps([event, str(arguments[0])]) + chr(10)).encode())
    elif event in sent and isinstance(arguments[1], tuple):
        os.write(out, (json.dumps([event, *arguments[1][:2]]) + chr(10)).encode())

sys.addaudithook(note)
from server_stub.__main__ import main
sys.exit(main(sys.argv[2:]))
"""


@contextlib.asynccontextmanager
async def watched_server(folder, mail_port):
    """The real server in a process of its own; gives its port and what it was seen to do."""
    mail = ("--mail-host", "localhost", "--mail-port", str(mail_port), "--mail-security", "plain")
    script, seen = folder / "watched.py", folder / "seen.jsonl"
    script.write_text(WATCHED_SERVER)
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(script), str(seen), "--data", str(folder / "data"), "--port", "0",
        *mail, "--mail-sender", "parley@example.org",
        stdout=asyncio.subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(home())},
    )  # fmt: skip
    try:
        line = (await asyncio.wait_for(process.stdout.readline(), 30)).decode()
        yield int(line.split("127.0.0.1:")[1].split()[0]), seen
        process.terminate()
        assert await asyncio.wait_for(process.wait(), 20) == 0
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


@contextlib.asynccontextmanager
async def sending_peer():
    """A client's sending connection, as far as its offer and the relay's answer."""
    from aiortc import RTCConfiguration, RTCPeerConnection

    peer = RTCPeerConnection(RTCConfiguration([]))
    peer.addTransceiver("audio", "sendonly")
    guard.use_addresses(peer, ["127.0.0.1"])
    await peer.setLocalDescription(await peer.createOffer())
    try:
        yield peer
    finally:
        await peer.close()


async def use_everything(port):
    """What a server does for its people: mail, messages with links, a meeting with media, a guest."""
    from aiortc import RTCSessionDescription

    async with contextlib.AsyncExitStack() as stack:
        server = Through(ServerAddress(f"127.0.0.1:{port}", is_secure=False), stack)
        host = await sign_up(server, email="ada@example.org", name="Ada")
        await (await server.connect()).ask(AskPasswordReset(email="ada@example.org"))
        room = await make_room(host)
        posted = await host.ask(PostMessage(room=room, text="https://tracker.example/pixel.png", key="k"))
        assert posted.message.text == "https://tracker.example/pixel.png"
        card = await start(host, room)
        await join(host, card.id, record=True)
        peer = await stack.enter_async_context(sending_peer())
        offer = PublishOffer(meeting=card.id, sdp=peer.localDescription.sdp, sources={"0": "microphone"})
        answer = await host.ask(offer)
        await peer.setRemoteDescription(RTCSessionDescription(answer.sdp, "answer"))
        connected = asyncio.Event()
        peer.on("connectionstatechange", lambda: peer.connectionState == "connected" and connected.set())
        if peer.connectionState != "connected":
            await asyncio.wait_for(connected.wait(), 10)
        await alan_inside(server, host, card, notice_version=NOTICE_VERSION)
        await host.ask(PostChat(meeting=card.id, text="http://192.0.2.99/", key="c"))
        await host.ask(EndMeeting(meeting=card.id))


def test_r68_the_server_talks_to_no_host_but_those_it_was_told_of(tmp_path):
    """Its clients, and the mail server: no look-up of another name, no connection and no datagram elsewhere."""

    async def tell():
        mailed = asyncio.Event()

        async def take_mail(reader, writer):
            mailed.set()
            writer.close()

        mail = await asyncio.start_server(take_mail, "127.0.0.1", 0)
        mail_port = mail.sockets[0].getsockname()[1]
        async with mail, watched_server(tmp_path, mail_port) as (port, seen):
            await use_everything(port)
            await asyncio.wait_for(mailed.wait(), 10)
        did = [json.loads(line) for line in seen.read_text().splitlines()]
        assert {host for event, host, *_ in did if event.startswith("socket.get")} <= {"localhost", "127.0.0.1"}
        connected = {(host, to) for event, host, to in (one for one in did if one[0] == "socket.connect")}
        # Seeing this one shows that others would be seen.
        assert ("127.0.0.1", mail_port) in connected
        assert connected <= {("127.0.0.1", mail_port), ("::1", mail_port)}
        datagrams = {one[1] for one in did if one[0] in ("socket.sendto", "socket.sendmsg")}
        assert datagrams == {"127.0.0.1"}

    asyncio.run(tell())
