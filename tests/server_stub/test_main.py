"""The server as a process of its own, with its real relay."""

import asyncio
import contextlib
import json
import os
import stat
import sys

import pytest
from websockets.asyncio.client import connect

from app.net import pins
from app.wire.accounts import Hello, Resume, SignInOwner
from app.wire.codec import PROTOCOL
from app.wire.links import ServerAddress, parse_server
from app.wire.people import LeaveMeeting, Welcome
from app.wire.rooms import PostMessage
from tests.fakes.server_client import child_server, client_of
from tests.fakes.tls import Made
from tests.patience import PATIENCE_S
from tests.people import ada, join, make_room, start

pytestmark = pytest.mark.processes

SECRET = "0123456789abcdef0123"


class Child:
    """As much of a test server as the helpers of tests.people need."""

    def __init__(self, port, stack):
        self.port, self.stack = port, stack

    async def connect(self):
        return await client_of(self.stack, self.port)


def test_a_team_server_answers_and_ends_cleanly_on_sigterm(tmp_path):
    async def tell():
        async with child_server(tmp_path / "data") as child:
            assert f"http://127.0.0.1:{child.port}" in child.line
            async with contextlib.AsyncExitStack() as stack:
                host = await ada(Child(child.port, stack))
                room = await make_room(host)
                card = await start(host, room)
                assert isinstance(await join(host, card.id), Welcome)
                await host.ask(LeaveMeeting(meeting=card.id))
                posted = await host.ask(PostMessage(room=room, text="kept", key="k"))
            if os.name == "posix":
                for path in (tmp_path / "data").iterdir():
                    assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path
            assert await child.stop() == 0
        async with child_server(tmp_path / "data") as child, contextlib.AsyncExitStack() as stack:
            again = await client_of(stack, child.port)
            rooms = (await again.ask(Resume(token=host.token))).rooms
            assert rooms[0].last_message == posted.message

    asyncio.run(tell())


def test_a_message_that_was_answered_survives_kill_9(tmp_path):
    async def tell():
        async with child_server(tmp_path) as child, contextlib.AsyncExitStack() as stack:
            host = await ada(Child(child.port, stack))
            room = await make_room(host)
            posted = await host.ask(PostMessage(room=room, text="kept", key="k"))
            await child.kill()
        async with child_server(tmp_path) as child, contextlib.AsyncExitStack() as stack:
            again = await client_of(stack, child.port)
            assert (await again.ask(Resume(token=host.token))).rooms[0].last_message == posted.message

    asyncio.run(tell())


def test_an_embedded_server_serves_its_owner_and_ends_with_its_client(tmp_path):
    async def tell():
        async with child_server(tmp_path, secret=SECRET) as child, contextlib.AsyncExitStack() as stack:
            ready = json.loads(child.line)
            assert ready["ready"] is True
            client = await client_of(stack, child.port, hello=False, headers={"X-Parley-Secret": SECRET})
            greeting = await client.ask(Hello(version="1", protocol=PROTOCOL))
            assert greeting.server_id == ready["server_id"]
            assert greeting.needs_owner
            assert (await client.ask(SignInOwner(secret=SECRET, name="Ada"))).account.name == "Ada"
            child.process.stdin.close()
            assert await asyncio.wait_for(child.process.wait(), PATIENCE_S) == 0
            assert (tmp_path / "server.log").exists()

    asyncio.run(tell())


def test_r65_a_reachable_server_keeps_its_pin_and_its_files_to_itself(tmp_path):
    async def tell():
        told = []
        for _ in range(2):
            async with child_server(tmp_path, "--reachable", "--port", "0", secret=SECRET) as child:
                told.append(json.loads(child.line))
                child.process.stdin.close()
                assert await asyncio.wait_for(child.process.wait(), PATIENCE_S) == 0
        assert len(told) == 2
        for ready in told:
            assert (ready["reach"]["is_on"], ready["reach"]["words"]) == (True, "")
        one, two = (parse_server(ready["reach"]["addresses"][0]) for ready in told)
        assert len(one.pin) == 43
        assert (one.host, one.pin) == (two.host, two.pin)
        if os.name == "posix":
            written = [tmp_path, *tmp_path.rglob("*")]
            assert not [path for path in written if stat.S_IMODE(path.stat().st_mode) & 0o077]

    asyncio.run(tell())


def test_an_embedded_server_is_for_this_computer_unless_it_is_told_otherwise(tmp_path):
    async def tell():
        async with child_server(tmp_path, secret=SECRET) as child:
            ready = json.loads(child.line)
            assert not ready["reach"]["is_on"]
            assert not (tmp_path / "tls").exists()
            # What is no wish is passed over; each wish is answered, and takes effect while the server runs.
            child.process.stdin.write(b'nonsense\n[]\n{"reach": true}\n')
            on = json.loads(await asyncio.wait_for(child.process.stdout.readline(), PATIENCE_S))["reach"]
            assert on["is_on"]
            assert parse_server(on["addresses"][0]).pin
            child.process.stdin.write(b'{"reach": true}\n{"reach": false}\n')
            again, off = [json.loads(await child.process.stdout.readline())["reach"] for _ in range(2)]
            assert (again, off["is_on"]) == (on, False)

    asyncio.run(tell())


def test_a_team_server_speaks_tls_with_the_certificate_it_was_given(tmp_path):
    made = Made(tmp_path)
    files = ("--tls-certificate", str(made.chain), "--tls-key", str(made.key))

    async def tell():
        async with child_server(tmp_path / "data", *files) as child:
            assert f"https://127.0.0.1:{child.port} " in child.line
            trust = await pins.context_for(ServerAddress(f"127.0.0.1:{child.port}", True, made.pin))
            async with connect(f"wss://127.0.0.1:{child.port}/ws", ssl=trust, proxy=None):
                pass
            assert await child.stop() == 0

    asyncio.run(tell())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--tls-certificate", "{}/none.pem"), "There is no certificate {}/none.pem.\n"),
        (("--tls-key", "{}/none.pem"), "A key was given for TLS, but no certificate.\n"),
        (("--public-url", "http://meet.example"), "The public URL http://meet.example cannot be used."),
    ],
)
def test_what_makes_tls_impossible_is_said_in_a_line(tmp_path, arguments, words):
    async def tell():
        given = [argument.format(tmp_path) for argument in arguments]
        code, said = await run("--data", str(tmp_path / "data"), "--port", "0", *given)
        assert code == 4
        assert said.startswith(words.format(tmp_path))
        assert said.count("\n") == 1

    asyncio.run(tell())


def test_a_second_server_on_the_same_folder_says_so(tmp_path):
    async def tell():
        async with child_server(tmp_path):
            code, words = await run("--data", str(tmp_path), "--port", "0")
            assert code == 3
            assert words == f"Another server is already using {tmp_path}.\n"

    asyncio.run(tell())


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("", "reads its secret from standard input"),
        ("[]\n", "reads its secret from standard input"),
        ('{"secret": "short"}\n', "at least 16 characters"),
        ('{"secret": 5}\n', "at least 16 characters"),
    ],
)
def test_an_embedded_server_needs_a_secret(tmp_path, capsys, monkeypatch, said, words):
    import io

    from server_stub.__main__ import CANNOT_START, main

    monkeypatch.setattr("sys.stdin", io.StringIO(said))
    monkeypatch.setattr("os.umask", lambda mask: 0)
    assert main(["--embedded", "--data", str(tmp_path)]) == CANNOT_START
    assert words in capsys.readouterr().err


def test_an_address_that_is_taken_is_said_in_a_line(tmp_path):
    async def tell():
        async with child_server(tmp_path / "one") as child:
            code, words = await run("--data", str(tmp_path / "two"), "--port", str(child.port))
            assert code == 4
            assert words.startswith("The server cannot start: ")
            assert "Traceback" not in words

    asyncio.run(tell())


async def run(*arguments):
    """The exit code of a server that cannot start, and what it says."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "server_stub", *arguments, stderr=asyncio.subprocess.PIPE
    )
    _, words = await asyncio.wait_for(process.communicate(), 30)
    return process.returncode, words.decode()
