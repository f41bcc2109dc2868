"""A client that is nothing but a websocket, and the real server for it, in this process or as a child."""

import asyncio
import contextlib
import dataclasses
import functools
import json
import sys

import websockets
from msgspec.structs import replace
from websockets.asyncio.client import connect

from app import __version__
from app.wire.accounts import Hello
from app.wire.codec import PROTOCOL, decode_tell, encode
from app.wire.errors import Refused
from server_stub.kernel.config import PasswordCost, ServerSettings
from server_stub.kernel.limiter import LIMITS, MemoryLimiter
from server_stub.serving import running
from tests.fakes.recap_maker import FakeMaker
from tests.fakes.relay import FakeRelay
from tests.patience import PATIENCE_S

#: Passwords that cost next to nothing.
CHEAP = PasswordCost(passes=1, memory_kib=8, lanes=1)


class ServerClient:
    """Asks and hears. News are kept until `expect` takes them."""

    def __init__(self, socket):
        self.socket = socket
        self.news = []
        self.heard = []
        self._answers = {}
        self._request = 0
        self._changed = asyncio.Condition()
        self._reader = asyncio.create_task(self._read())
        self.closed = asyncio.Event()

    async def ask(self, ask):
        """The answer to a request, be it what was asked for or `Refused`."""
        self._request += 1
        number = self._request
        await self.socket.send(encode(replace(ask, request=number)))
        async with asyncio.timeout(PATIENCE_S), self._changed:
            await self._changed.wait_for(lambda: number in self._answers or self.closed.is_set())
        return self._answers.pop(number)

    async def refused(self, ask):
        """The reason for which a request is refused; fails when it is not."""
        answer = await self.ask(ask)
        assert isinstance(answer, Refused), answer
        assert answer.words
        return answer.reason

    async def expect(self, kind, where=lambda tell: True, within_s=PATIENCE_S):
        """Takes the first news of a kind for which `where` is true; what came before it stays."""

        def find():
            return next((tell for tell in self.news if isinstance(tell, kind) and where(tell)), None)

        async with asyncio.timeout(within_s), self._changed:
            await self._changed.wait_for(find)
            found = find()
            self.news.remove(found)
            return found

    async def settle(self):
        """Returns when all that the server told before now has arrived."""
        await self.ask(Hello(version=__version__, protocol=PROTOCOL))

    async def close(self):
        """Ends the connection as a program that is ended does."""
        await self.socket.close()
        await self._reader

    def vanish(self):
        """Ends the connection as a network that breaks down does."""
        self.socket.transport.abort()

    async def _read(self):
        with contextlib.suppress(websockets.ConnectionClosed):
            async for text in self.socket:
                tell = decode_tell(text)
                self.heard.append(tell)
                async with self._changed:
                    if tell.re:
                        self._answers[tell.re] = tell
                    else:
                        self.news.append(tell)
                    self._changed.notify_all()
        self.closed.set()
        async with self._changed:
            self._changed.notify_all()


class TestServer:
    """The real server in this process, with a fake relay and fake recaps unless a test says otherwise."""

    __test__ = False

    def __init__(self, running, stack, secret=""):
        self.running = running
        self.backend = running.backend
        self.relay = running.backend.relay
        self.maker = running.backend.jobs.maker
        self.port = running.port
        self.secret = secret
        self.stack = stack

    async def connect(self, *, hello=True, headers=None):
        """A new client of this server; it is closed with the server."""
        return await client_of(self.stack, self.port, hello=hello, headers=headers or secret_of(self.secret))


def secret_of(secret):
    return {"X-Parley-Secret": secret} if secret else {}


async def client_of(stack, port, *, hello=True, headers=None):
    """A client that is closed with `stack`."""
    socket = await stack.enter_async_context(
        connect(f"ws://127.0.0.1:{port}/ws", proxy=None, additional_headers=headers, max_size=2**24)
    )
    client = ServerClient(socket)
    stack.push_async_callback(client.close)
    if hello:
        await client.ask(Hello(version=__version__, protocol=PROTOCOL))
    return client


@contextlib.asynccontextmanager
async def running_server(data, *, relay=None, maker=None, clock=None, **settings):
    """The real server on any free port of this computer."""
    made = ServerSettings(**{"data": data, "port": 0, "outside_port": 0, "password_cost": CHEAP, **settings})
    relay = relay or (lambda events, _: FakeRelay(events))
    async with (
        running(made, relay=relay, maker=maker or FakeMaker(), clock=clock) as server,
        contextlib.AsyncExitStack() as stack,
    ):
        yield TestServer(server, stack, made.secret)


def allow(backend, thing, limit):
    """Lets a thing be tried so often from now on, and nothing be counted before."""
    backend.limiter = MemoryLimiter(backend.tick, {**LIMITS, thing: limit})


def story(**settings):
    """Makes a test of an `async def test(server)`: the server is fresh, and the whole may take 30 s."""

    def wrap(test):
        def run(tmp_path):
            async def tell():
                async with asyncio.timeout(3 * PATIENCE_S), running_server(tmp_path / "data", **settings) as server:
                    await test(server)

            asyncio.run(tell())

        functools.update_wrapper(run, test)
        del run.__wrapped__  # pytest would ask for the fixtures of the inner function
        return run

    return wrap


@dataclasses.dataclass
class ChildServer:
    """The real server as a process of its own."""

    process: asyncio.subprocess.Process
    port: int
    line: str

    async def stop(self):
        """Asks it to end, and returns its exit code."""
        self.process.terminate()
        return await asyncio.wait_for(self.process.wait(), PATIENCE_S)

    async def kill(self):
        """kill -9."""
        self.process.kill()
        await self.process.wait()


@contextlib.asynccontextmanager
async def child_server(data, *arguments, secret=""):
    """`python -m server_stub` with its real relay on any free port; `secret` makes it embedded."""
    mode = ("--embedded",) if secret else ("--port", "0")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "server_stub", "--data", str(data), *mode, *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        if secret:
            process.stdin.write(json.dumps({"secret": secret}).encode() + b"\n")
            await process.stdin.drain()
        line = (await asyncio.wait_for(process.stdout.readline(), 30)).decode()
        if not line:
            yield ChildServer(process, 0, "")
        else:
            port = json.loads(line)["port"] if secret else int(line.split("127.0.0.1:")[1].split()[0])
            yield ChildServer(process, port, line)
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()
