"""Each way not to come through is said in its own words, over real sockets."""

import asyncio
import contextlib
import socket
from typing import get_args

import pytest
from websockets.asyncio.server import serve

from app.net import attempts, pins, refusals, turn
from app.net.refusals import (
    ANOTHER_PROGRAM,
    DOWN,
    FOR_ITS_OWNER,
    HANGS_UP,
    NO_CONNECTION,
    NO_NAME,
    NO_WAY,
    NOBODY,
    SAYS_NOTHING,
    SILENT,
    TOO_MANY,
)
from app.wire.links import ServerAddress
from tests.fakes.server_client import running_server
from tests.fakes.tls import Made
from tests.net.test_pins import aimed

HTTP = b"HTTP/1.1 %s\r\nContent-Type: text/html\r\nContent-Length: 5\r\n\r\nhello"
BANNER = b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n"
PIN = "A" * 43


@pytest.fixture(autouse=True)
def waits_a_little(monkeypatch):
    monkeypatch.setattr(pins, "_known", {})
    monkeypatch.setattr(pins, "LIMIT_S", 0.5)
    monkeypatch.setattr(attempts, "_OPEN_LIMIT_S", 0.5)


@contextlib.asynccontextmanager
async def answering(answer, *, hangs_up=True, waits=False, tls=None):
    """A program that is not Parley; `answer` is all that it ever says. Gives its port."""

    async def talk(reader, writer):
        with contextlib.suppress(ConnectionError):
            if waits:
                await reader.read(1)
            writer.write(answer)
            await writer.drain()
            if not hangs_up:
                await reader.read()
        writer.close()

    async with await asyncio.start_server(talk, "127.0.0.1", 0, ssl=tls) as server:
        yield server.sockets[0].getsockname()[1]


@contextlib.asynccontextmanager
async def nobody():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    yield port


PROGRAMS = {
    "closed port": lambda made: nobody(),
    "web server": lambda made: answering(HTTP % b"200 OK", waits=True),
    "web server that knows no such page": lambda made: answering(HTTP % b"404 Not Found", waits=True),
    "web server that forbids": lambda made: answering(HTTP % b"403 Forbidden", waits=True),
    "proxy without its server": lambda made: answering(HTTP % b"502 Bad Gateway", waits=True),
    "proxy that has enough": lambda made: answering(HTTP % b"429 Too Many Requests", waits=True),
    "ssh": lambda made: answering(BANNER, hangs_up=False),
    "says nothing": lambda made: answering(b"", hangs_up=False),
    "hangs up": lambda made: answering(b"", waits=True),
    "another certificate": lambda made: serve_by(made),
    "web server with tls": lambda made: answering(HTTP % b"200 OK", waits=True, tls=made.context()),
}


@contextlib.asynccontextmanager
async def serve_by(made):
    async def hold(websocket):
        await websocket.wait_closed()

    async with serve(hold, "127.0.0.1", 0, ssl=made.context()) as server:
        yield server.sockets[0].getsockname()[1]


async def words_about(server):
    async with aimed(server) as watched:
        return await watched.until("offline", "refused", "online")


@pytest.mark.parametrize(
    ("program", "pin", "words"),
    [
        ("closed port", None, NOBODY),
        ("closed port", PIN, NOBODY),
        ("closed port", "", NOBODY),
        ("web server", None, ANOTHER_PROGRAM),
        ("web server", PIN, pins._NOT_SAFE_AT_ALL),
        ("web server", "", pins._NOT_SAFE_AT_ALL),
        ("web server that knows no such page", None, ANOTHER_PROGRAM),
        ("web server that forbids", None, ANOTHER_PROGRAM),
        ("proxy without its server", None, DOWN),
        ("proxy that has enough", None, TOO_MANY),
        ("ssh", None, ANOTHER_PROGRAM),
        ("ssh", PIN, pins._NOT_SAFE_AT_ALL),
        ("ssh", "", pins._NOT_SAFE_AT_ALL),
        ("says nothing", None, SAYS_NOTHING),
        ("says nothing", PIN, SAYS_NOTHING),
        ("hangs up", None, HANGS_UP),
        ("hangs up", PIN, HANGS_UP),
        ("another certificate", PIN, pins._IS_ANOTHER),
        ("another certificate", "", pins._UNKNOWN),
        ("another certificate", None, HANGS_UP),
        ("web server with tls", PIN, pins._IS_ANOTHER),
        ("web server with tls", "the right one", ANOTHER_PROGRAM),
    ],
)
def test_what_answers_is_told_apart(tmp_path, program, pin, words):
    """`pin`: None for a link of this computer without TLS, empty for one that the system's authorities vouch for."""

    async def tell():
        made = Made(tmp_path)
        async with PROGRAMS[program](made) as port:
            asked = made.pin if pin == "the right one" else pin or ""
            server = ServerAddress(f"127.0.0.1:{port}", pin is not None, asked)
            assert await words_about(server) == words.format(server.address)
            assert "certificate" not in words

    asyncio.run(tell())


@pytest.mark.parametrize(
    ("pin", "words"), [(None, FOR_ITS_OWNER), (PIN, pins._NOT_SAFE_AT_ALL), ("", pins._NOT_SAFE_AT_ALL)]
)
def test_a_parley_for_its_own_computer_alone_is_no_other_program(tmp_path, pin, words):
    async def tell():
        async with running_server(tmp_path / "data", secret="s" * 32) as server:
            address = ServerAddress(f"127.0.0.1:{server.port}", pin is not None, pin or "")
            assert await words_about(address) == words.format(address.address)

    asyncio.run(tell())


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(113, "No route to host"), NO_WAY),
        (OSError(101, "Network is unreachable"), NO_WAY),
        (socket.gaierror(-2, "Name or service not known"), NO_NAME),
        (TimeoutError("timed out during opening handshake"), SILENT),
        (OSError("Multiple exceptions: [Errno 111] refused, [Errno 111] refused"), NOBODY),
        (ConnectionResetError(104, "reset"), HANGS_UP),
        (OSError(24, "Too many open files"), NO_CONNECTION),
    ],
)
def test_what_the_system_says_is_put_into_words(error, words):
    async def tell():
        async with nobody() as port:
            server = ServerAddress(f"127.0.0.1:{port}", False)
            shown = server.host if words == NO_NAME else server.address
            assert await refusals.why(error, server) == words.format(shown)

    asyncio.run(tell())


@pytest.mark.parametrize(
    ("turns", "said"),
    [
        ((), "name a TURN server"),
        (("silent",), "does not answer from here"),
        (("unreachable", "silent"), "does not answer from here"),
        (("refused",), "compare the secrets"),
        (("silent", "refused"), "compare the secrets"),
        (("answers", "silent"), "relay to the server's address"),
        (("full",), "no room"),
        (("not trusted",), "certificate"),
        (("odd",), "not a TURN server"),
        (("trying",), "not answered yet"),
    ],
)
def test_why_no_pictures_and_sound_come(turns, said):
    words = refusals.no_media(turns)
    assert words.startswith("The server answers, but UDP")
    assert said in words
    assert refusals.media_found("none", turns, had_credentials=True) == words


def test_each_outcome_of_turn_has_its_words():
    assert set(refusals._BY_TURN) == set(get_args(turn.Outcome))


@pytest.mark.parametrize(
    ("way", "turns", "said"),
    [
        ("straight", (), "Calls work from here."),
        ("straight", ("answers",), "Calls work from here."),
        ("straight", ("refused",), "compare the secrets"),
        ("turn", ("answers",), "Calls work all the same"),
        ("none", ("answers",), "calls should work through it"),
        ("none", ("silent",), "does not answer from here"),
    ],
)
def test_what_a_check_without_a_seat_says(way, turns, said):
    assert said in refusals.media_found(way, turns, had_credentials=False)
