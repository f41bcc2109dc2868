"""Many meetings at once: how late chat arrives, and what a signed-in connection costs in memory.

The server runs on one core, the load on another. 300 meetings of three connected people each; chat is said at a steady
rate, each line is committed (SQLite, synchronous=FULL) before anyone is told, and what counts is the time from sending
to each of the three hearing it. Memory: the server with everybody signed in, against an empty Starlette application
with as many websockets.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
from websockets.asyncio.client import ClientConnection, connect

from app import __version__
from app.wire.accounts import Hello, Resume
from app.wire.chat import PostChat
from app.wire.codec import PROTOCOL, encode
from app.wire.fields import Ask
from app.wire.people import JoinMeeting, StartMeeting
from tests.bench import signalling_crowd
from tests.bench.signalling_crowd import Someone

_ROOT = Path(__file__).parents[2]
_SERVER_CORE, _LOAD_CORE = 0, 1
_OPEN_AT_ONCE = 50


def main(argv: Sequence[str]) -> dict[str, Any]:
    """Measures and returns the figures.

    Args:
        argv: `--meetings 300 --people 3 --rate 500 --seconds 20`.

    Returns:
        p99_ms, p50_ms, slowest_ms (a line's way to each listener), messages_per_s (lines heard by all, per second),
        deliveries_per_s, lost, kb_per_connection, kb_in_meetings (the same with everyone in a meeting), server_cpu
        (share of its core while chat is said), connections.
    """
    parser = argparse.ArgumentParser(prog="python -m tests.bench signalling", description=__doc__)
    parser.add_argument("--meetings", type=int, default=300)
    parser.add_argument("--people", type=int, default=3)
    parser.add_argument("--rate", type=float, default=500.0)
    parser.add_argument("--seconds", type=float, default=20.0)
    options = parser.parse_args(list(argv))
    _pin(os.getpid(), _LOAD_CORE)
    echo_kb = asyncio.run(_echo_kb(options.meetings * options.people))
    print(f"empty Starlette with as many connections: {echo_kb / 1024:.1f} MB", flush=True)
    with tempfile.TemporaryDirectory(prefix="parley-bench-") as folder:
        crowd = signalling_crowd.write(Path(folder) / "data", options.meetings, options.people)
        return asyncio.run(_measure(options, f"{folder}/data", crowd, echo_kb))


def _pin(pid: int, core: int) -> None:
    """Puts a process on a core of its own, where the system can and has two."""
    if hasattr(os, "sched_setaffinity") and len(os.sched_getaffinity(0) | {core}) > 1 and (os.cpu_count() or 1) > 1:
        os.sched_setaffinity(pid, {core})


@contextlib.contextmanager
def _child(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen([sys.executable, *arguments], cwd=_ROOT, stdout=subprocess.PIPE, text=True) as child:
        _pin(child.pid, _SERVER_CORE)
        try:
            yield child
        finally:
            child.terminate()
            child.wait(20)


def _rss_kb(pid: int) -> int:
    """Resident memory. Source: proc(5), VmRSS."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise RuntimeError("this system does not tell a process's memory")


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def _echo_kb(count: int) -> int:
    with _child("-m", "tests.bench.signalling_echo") as echo:
        assert echo.stdout
        port = int(echo.stdout.readline())
        async with _opened(port, count) as sockets:
            for socket in sockets:
                await socket.send("hello")
                await socket.recv()
            return _rss_kb(echo.pid)


@contextlib.asynccontextmanager
async def _opened(port: int, count: int) -> Any:
    """That many open websockets."""
    gate = asyncio.Semaphore(_OPEN_AT_ONCE)

    async def one() -> ClientConnection:
        async with gate:
            return await connect(
                f"ws://127.0.0.1:{port}/ws", proxy=None, compression=None, max_size=2**24, ping_interval=None
            )

    sockets = await asyncio.gather(*(one() for _ in range(count)))
    try:
        yield sockets
    finally:
        await asyncio.gather(*(socket.close() for socket in sockets), return_exceptions=True)


@dataclass(slots=True)
class _Heard:
    """What arrived: delays in seconds, and how many listeners each line has reached."""

    delays: list[float] = field(default_factory=list)
    by_key: dict[str, int] = field(default_factory=dict)
    said_at: dict[str, float] = field(default_factory=dict)
    awaited: int = -1
    is_complete: asyncio.Event = field(default_factory=asyncio.Event)


class _Person:
    """A client that signs in, joins, speaks, and notes when lines arrive."""

    def __init__(self, socket: ClientConnection, someone: Someone, heard: _Heard) -> None:
        self.socket = socket
        self.someone = someone
        self.meeting = ""
        self._heard = heard
        self._request = 0
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self.reader = asyncio.create_task(self._read())

    async def ask(self, ask: Ask) -> dict[str, Any]:
        """The answer; fails on a refusal."""
        self._request += 1
        future = self._answers[self._request] = asyncio.get_running_loop().create_future()
        await self.socket.send(encode(msgspec.structs.replace(ask, request=self._request)))
        answer = await asyncio.wait_for(future, 60)
        if answer["told"] == "Refused":
            raise RuntimeError(f"{type(ask).__name__}: {answer['words']}")
        return answer

    async def sign_in(self) -> None:
        await self.ask(Hello(version=__version__, protocol=PROTOCOL))
        await self.ask(Resume(token=self.someone.token))

    async def say(self, key: str) -> None:
        self._heard.said_at[key] = time.perf_counter()
        await self.socket.send(encode(PostChat(meeting=self.meeting, text="Here is the next line.", key=key)))

    async def _read(self) -> None:
        with contextlib.suppress(Exception):
            async for text in self.socket:
                self._take(json.loads(text))

    def _take(self, tell: dict[str, Any]) -> None:
        if tell["told"] == "ChatPosted":
            key = tell["line"]["key"]
            self._heard.delays.append(time.perf_counter() - self._heard.said_at[key])
            self._heard.by_key[key] = self._heard.by_key.get(key, 0) + 1
            if len(self._heard.delays) == self._heard.awaited:
                self._heard.is_complete.set()
        if future := self._answers.pop(tell.get("re", 0), None):
            future.set_result(tell)


async def _measure(options: argparse.Namespace, data: str, crowd: list[Someone], echo_kb: int) -> dict[str, Any]:
    with _child("-m", "server_stub", "--data", data, "--port", "0") as server:
        assert server.stdout
        port = int(server.stdout.readline().split("127.0.0.1:")[1].split()[0])
        async with _opened(port, len(crowd)) as sockets:
            return await _run(options, server.pid, [*zip(sockets, crowd, strict=True)], echo_kb)


async def _run(
    options: argparse.Namespace, pid: int, crowd: list[tuple[ClientConnection, Someone]], echo_kb: int
) -> dict[str, Any]:
    heard = _Heard()
    people = [_Person(socket, someone, heard) for socket, someone in crowd]
    await _some_at_a_time(person.sign_in() for person in people)
    signed_in_kb = _rss_kb(pid)
    print(f"everybody signed in: {signed_in_kb / 1024:.1f} MB", flush=True)
    await _some_at_a_time(_meet(people[at : at + options.people]) for at in range(0, len(people), options.people))
    print(f"everybody in a meeting: {_rss_kb(pid) / 1024:.1f} MB", flush=True)
    before, started = _cpu_s(pid), time.perf_counter()
    said = int(options.rate * options.seconds)
    heard.awaited = said * options.people
    await _speak(options.rate, said, people)
    lasted = time.perf_counter() - started
    busy = (_cpu_s(pid) - before) / lasted
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(heard.is_complete.wait(), 10)
    delays = sorted(heard.delays)
    for person in people:
        person.reader.cancel()
    return {
        "p99_ms": round(1000 * delays[int(0.99 * len(delays))], 2),
        "p50_ms": round(1000 * statistics.median(delays), 2),
        "slowest_ms": round(1000 * delays[-1], 1),
        "messages_per_s": round(sum(count == options.people for count in heard.by_key.values()) / lasted, 1),
        "deliveries_per_s": round(len(delays) / lasted, 1),
        "lost": said * options.people - len(delays),
        "kb_per_connection": round((signed_in_kb - echo_kb) / len(people), 1),
        "kb_in_meetings": round((_rss_kb(pid) - echo_kb) / len(people), 1),
        "server_cpu": round(busy, 3),
        "connections": len(people),
    }


async def _some_at_a_time(works: Any) -> None:
    gate = asyncio.Semaphore(_OPEN_AT_ONCE)

    async def one(work: Any) -> None:
        async with gate:
            await work

    await asyncio.gather(*(one(work) for work in works))


async def _meet(people: list[_Person]) -> None:
    """Starts the meeting of a room, and all its members join."""
    started = await people[0].ask(StartMeeting(room=people[0].someone.room, key="bench-meeting"))
    for person in people:
        person.meeting = started["meeting"]["id"]
        await person.ask(JoinMeeting(meeting=person.meeting, microphone_on=True, camera_on=True))


async def _speak(rate: float, count: int, people: list[_Person]) -> None:
    """Says lines at a steady rate, everybody in turn."""
    started = time.perf_counter()
    for number in range(count):
        if (ahead := started + number / rate - time.perf_counter()) > 0:
            await asyncio.sleep(ahead)
        await people[(number * 7) % len(people)].say(f"key-{number}")


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1:])))
