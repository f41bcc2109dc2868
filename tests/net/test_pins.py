"""Whom the client believes: nothing at all is told to a server that is not the one its link names."""

import asyncio
import contextlib
import select
import socket
import ssl
import struct

import pytest
from websockets.asyncio.server import serve

from app.net import pins
from app.net.signalling import Signalling, target_of
from app.wire.links import NOT_SAFE, Link, ServerAddress, parse_server
from tests.fakes.tls import DAY, NOW, Made, authority, listening
from tests.patience import PATIENCE_S

SECRET = {"X-Parley-Secret": "canary-secret", "Authorization": "Bearer canary-token"}


@pytest.fixture(autouse=True)
def knows_no_server(monkeypatch):
    monkeypatch.setattr(pins, "_known", {})


class Watched:
    """A client and what it says of its link."""

    def __init__(self):
        self.links = []
        self.changed = asyncio.Event()
        self.client = Signalling(on_message=lambda message: None, on_link=self.note)

    def note(self, state, words):
        self.links.append((state, words))
        self.changed.set()

    async def until(self, *states, limit_s=PATIENCE_S):
        """The words of the first of these states that comes from now on."""
        async with asyncio.timeout(limit_s):
            while True:
                while self.links:
                    state, words = self.links.pop(0)
                    if state in states:
                        return words
                self.changed.clear()
                await self.changed.wait()


@contextlib.asynccontextmanager
async def aimed(server, headers=SECRET):
    watched = Watched()
    task = asyncio.ensure_future(watched.client.run())
    watched.client.aim(target_of(server, headers))
    try:
        yield watched
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def here(port, pin=""):
    return ServerAddress(f"127.0.0.1:{port}", True, pin)


@contextlib.asynccontextmanager
async def parley(made, port=0):
    """A websocket server with a certificate; gives its port and the headers of each who came in."""
    seen = []

    async def hold(socket):
        seen.append(socket.request.headers)
        await socket.wait_closed()

    async with serve(hold, "127.0.0.1", port, ssl=made.context()) as server:
        yield server.sockets[0].getsockname()[1], seen


def test_r65_nothing_is_told_to_a_server_with_another_pin(tmp_path):
    """It gets a handshake and not one byte: no header, no secret, no sign-in; and it is not asked again and again."""

    async def tell():
        right, wrong = Made(tmp_path, "right"), Made(tmp_path, "wrong")
        async with listening(wrong) as listener, aimed(here(listener.port, right.pin)) as watched:
            words = await watched.until("refused", "online", "offline")
            assert "not the one that the link was made for" in words
            assert "Nothing was sent" in words
            await listener.until(lambda: len(listener.said) == 1)
            assert [bytes(heard) for heard in listener.said] == [b""]
            # Only the user can have it tried again.
            watched.client.hurry()
            assert await watched.until("refused")
            await listener.until(lambda: len(listener.said) == 2)
            assert [bytes(heard) for heard in listener.said] == [b"", b""]

    asyncio.run(tell())


def test_the_server_with_the_pin_is_told_after_a_look_that_tells_nothing(tmp_path):
    async def tell():
        made = Made(tmp_path, hosts=("elsewhere.example",))
        async with listening(made) as listener, aimed(here(listener.port, made.pin)):
            await listener.until(lambda: len(listener.said) == 2 and b"\r\n\r\n" in listener.said[1])
            assert bytes(listener.said[0]) == b""
            assert b"canary-secret" in listener.said[1]

    asyncio.run(tell())


def test_a_server_that_turns_into_another_one_is_told_nothing(tmp_path):
    async def tell():
        made, other = Made(tmp_path, "one"), Made(tmp_path, "other")
        async with contextlib.AsyncExitStack() as stack:
            first = contextlib.AsyncExitStack()
            port, seen = await first.enter_async_context(parley(made))
            watched = await stack.enter_async_context(aimed(here(port, made.pin)))
            await watched.until("online")
            assert seen[0]["X-Parley-Secret"] == "canary-secret"
            await first.aclose()
            listener = await stack.enter_async_context(listening(other, port))
            assert "not the one that the link was made for" in await watched.until("refused")
            assert not any(listener.said)

    asyncio.run(tell())


def test_a_sign_in_is_kept_under_address_and_pin(tmp_path):
    one, other = Made(tmp_path, "one"), Made(tmp_path, "other")
    kept = {target_of(here(9, pin)).text for pin in (one.pin, other.pin, "")}
    assert len(kept) == 3
    assert all(parse_server(text).address == "127.0.0.1:9" for text in kept)


def test_a_pinned_certificate_that_has_expired_is_not_taken(tmp_path):
    async def tell():
        made = Made(tmp_path, since=NOW - 3 * DAY, until=NOW - DAY)
        async with listening(made) as listener, aimed(here(listener.port, made.pin)) as watched:
            assert "expired" in await watched.until("refused", "online")
            assert not any(listener.said)

    asyncio.run(tell())


@pytest.mark.parametrize(
    ("certificate", "words"),
    [
        ({}, ""),
        ({"hosts": ("meet.example",)}, "identifies itself by another name"),
        ({"since": NOW - 3 * DAY, "until": NOW - DAY}, "has expired"),
        ({"since": NOW + DAY, "until": NOW + 2 * DAY}, "Is the clock of this computer right?"),
    ],
    ids=["good", "other name", "expired", "not yet"],
)
def test_without_a_pin_the_authorities_of_the_system_decide(tmp_path, monkeypatch, certificate, words):
    signer = authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(signer.chain))

    async def tell():
        made = Made(tmp_path, by=signer, **certificate)
        async with parley(made) as (port, seen), aimed(here(port)) as watched:
            assert words in await watched.until("refused", "online", "offline")
            assert len(seen) == (0 if words else 1)

    asyncio.run(tell())


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path):
    async def tell():
        async with listening(Made(tmp_path)) as listener, aimed(here(listener.port)) as watched:
            assert "Nobody that this computer trusts vouches" in await watched.until("refused", "online", "offline")
            assert not any(listener.said)

    asyncio.run(tell())


@pytest.mark.parametrize("pin", ["", "A" * 43])
def test_a_server_without_tls_is_not_spoken_to_in_the_open(pin):
    async def tell():
        async with listening() as listener:
            listener.answer = b"HTTP/1.1 400 Bad Request\r\n\r\n"
            async with aimed(here(listener.port, pin)) as watched:
                await listener.until(lambda: any(listener.said))
                # It waits for an end of line that never comes; what it has is a handshake and nothing of ours.
                assert b"canary" not in listener.said[0]
                assert listener.said[0][:2] == b"\x16\x03"
                assert watched.client.is_online is False

    asyncio.run(tell())


def test_an_answer_that_is_no_tls_is_refused_in_words():
    async def tell():
        async def answer(reader, writer):
            await reader.read(1)
            writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            writer.close()

        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        async with server, aimed(here(server.sockets[0].getsockname()[1], "A" * 43)) as watched:
            assert "does not use a secure connection" in await watched.until("refused", "online")

    asyncio.run(tell())


def test_a_server_that_hangs_up_in_the_handshake_is_tried_again(tmp_path):
    async def tell():
        async def hang_up(reader, writer):
            await reader.read(1)
            writer.close()

        server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
        async with server, aimed(here(server.sockets[0].getsockname()[1], "A" * 43)) as watched:
            assert "Trying again" in await watched.until("offline", "refused")
            assert "Trying again" in await watched.until("offline", "refused")

    asyncio.run(tell())


def test_in_the_open_only_this_computer_is_reached():
    async def tell():
        async with aimed(ServerAddress("192.0.2.9:8440", is_secure=False)) as watched:
            assert await watched.until("refused", "offline", "online") == NOT_SAFE

    asyncio.run(tell())


def test_a_redirect_is_not_followed(tmp_path):
    async def tell():
        made = Made(tmp_path)
        async with listening(made) as other, listening(made) as first:
            first.answer = (
                f"HTTP/1.1 302 Found\r\nLocation: wss://127.0.0.1:{other.port}/ws\r\nContent-Length: 0\r\n\r\n"
            ).encode()
            async with aimed(here(first.port, made.pin)) as watched:
                assert "Another program answers" in await watched.until("offline", "refused", "online")
            assert not other.said

    asyncio.run(tell())


def test_only_tls_1_2_and_newer(tmp_path):
    made = Made(tmp_path)
    for context in (pins._only(ssl.PEM_cert_to_DER_cert(made.chain.read_text())), pins.system_trust()):
        assert context.minimum_version >= ssl.TLSVersion.TLSv1_2
        assert context.verify_mode == ssl.CERT_REQUIRED


def test_where_the_system_knows_no_authority_those_that_come_with_parley_are_asked(monkeypatch):
    nowhere = ssl.DefaultVerifyPaths(None, None, "X", "/nowhere", "Y", "/nowhere")
    monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: nowhere)
    monkeypatch.setattr(ssl.SSLContext, "load_default_certs", lambda *_: None)
    assert pins.system_trust().cert_store_stats()["x509_ca"] > 50


def test_the_pin_in_a_link_is_the_one_that_is_compared(tmp_path):
    made = Made(tmp_path)
    assert len(made.pin) == 43
    assert parse_server(Link(here(9, made.pin), "c" * 22).server.text).pin == made.pin


def test_a_server_that_is_gone_before_the_first_word_is_not_taken_for_another_one():
    """As one that is being killed: it has taken the connection, and resets it before the handshake begins."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        near = socket.create_connection(listener.getsockname())
        far, _ = listener.accept()
    far.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    far.close()
    select.select([near], [], [])  # the reset has come
    near.setblocking(False)
    opening = asyncio.open_connection(sock=near, ssl=pins.system_trust(), server_hostname="parley.example")
    with pytest.raises(ConnectionError) as told:
        asyncio.run(opening)
    assert pins.why_not(told.value, here(443)) is None
