"""The real server and two real clients, one of them behind the shaped link, all in processes of their own.

Client A is in the first namespace; the server and client B are in the second, so that both ways of A's media pass the
link and neither of B's does. Every answer is waited for with a limit; a process is ended by its own id.
"""

import asyncio
import contextlib
import ctypes
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.share_counts import cpu_s
from tests.network import voice
from tests.network.shaper import TUN, device, ip

ROOT = Path(__file__).resolve().parents[2]
PORT = 8440
START_S, ANSWER_S, END_S = 60.0, 90.0, 10.0
#: Each client, and the number of its voice.
VOICES = {"a": 7, "b": 8}
CLIENTS = tuple(VOICES)
# Source: linux/prctl.h.
_PR_SET_PDEATHSIG = 1
#: Lines of a log that a failure shows.
_LAST_LINES = 12


class StageError(RuntimeError):
    """A process did not start, did not answer in time, or said no; the sentence says which and why."""


def why_not(names):
    """Why nothing can be measured here, in words; empty: it can.

    Args:
        names: of the two namespaces.
    """
    if shutil.which("ip") is None:
        return "the link needs Linux with iproute2: there is no “ip” here"
    if os.geteuid() != 0:
        return "the link needs root, which makes network namespaces"
    if not os.path.exists(TUN):
        return f"the link needs {TUN}, which is not here"
    for name in names:
        if ip("netns", "pids", name, check=False).stdout.split():
            return f"processes run in the namespace {name}: another run uses it (--names gives others)"
    return ""


def _end_with_parent():
    """In the child: kill -9 of the bench leaves no server behind."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


class Worker:
    """A child process that answers lines of JSON."""

    def __init__(self, name, process, log):
        self.name, self._process, self._log = name, process, log
        #: One question at a time: answers come in the order of the questions.
        self._asking = asyncio.Lock()

    @classmethod
    async def start(cls, name, command, log):
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "QT_QPA_PLATFORM": "offscreen"}
        with log.open("ab") as errors:
            process = await asyncio.create_subprocess_exec(
                *map(str, command), cwd=ROOT, env=environment, stderr=errors, limit=1 << 24,
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, preexec_fn=_end_with_parent,
            )  # fmt: skip
        return cls(name, process, log)

    @property
    def pid(self):
        return self._process.pid

    async def line(self, limit_s=START_S):
        """The next line that it says."""
        try:
            line = await asyncio.wait_for(self._process.stdout.readline(), limit_s)
        except TimeoutError:
            raise StageError(f"{self.name} did not answer in {limit_s:g} s") from None
        if not line:
            raise StageError(f"{self.name} has ended; its last words: {self.last_words()}")
        return line.decode()

    async def ask(self, *, limit_s=ANSWER_S, **words):
        """Sends a line and returns what it is answered."""
        async with self._asking:
            try:
                self._process.stdin.write(json.dumps(words).encode() + b"\n")
                await self._process.stdin.drain()
            except ConnectionError:
                raise StageError(f"{self.name} has ended; its last words: {self.last_words()}") from None
            return await self.answer(limit_s)

    async def answer(self, limit_s=START_S):
        told = json.loads(await self.line(limit_s))
        if told.get("ok") is False:
            raise StageError(told["words"])
        return told

    async def kill(self):
        """kill -9, at once."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()

    async def end(self, *, by_signal=False):
        """Asks it to end, and ends it."""
        with contextlib.suppress(OSError, ProcessLookupError):
            if by_signal:
                self._process.terminate()
            else:
                self._process.stdin.close()
        try:
            await asyncio.wait_for(self._process.wait(), END_S)
        except TimeoutError:
            await self.kill()

    def last_words(self):
        return " / ".join(self._log.read_text(errors="replace").splitlines()[-_LAST_LINES:])


class Linked:
    """Two processes with the shaped link between them; an asynchronous context manager that leaves nothing behind.

    Attributes:
        zero_s: when both cameras and voices began.
        folder: its files, while it stands.
        clients: by name.
    """

    #: Whose call it is, and the module of a client.
    of, module = "", ""

    def __init__(self, names, net, seed):
        self._names, self._net, self._seed = names, net, seed
        self.link = self.server = None
        self.clients = {}
        self._addresses = iter(range(77, 250))
        self._address = f"{net}.1"

    async def __aenter__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="parley-network-"))
        try:
            names = ",".join(self._names)
            command = [sys.executable, "-m", "tests.network.shaper", "--names", names, "--net", self._net]
            self.link = await Worker.start("the link", [*command, "--seed", self._seed], self.folder / "link.log")
            await self.link.answer()
            await self._meet()
        except BaseException:
            await self.__aexit__()
            raise
        return self

    async def __aexit__(self, *_):
        await asyncio.gather(*(client.end() for client in self.clients.values()))
        if self.server is not None:
            await self.server.end(by_signal=True)
        if self.link is not None:
            await self.link.end()
        for name in self._names:
            ip("netns", "del", name, check=False)
        shutil.rmtree(self.folder, ignore_errors=True)

    async def _start_clients(self, words):
        """Starts both; `words` gives what comes after the module's name, by client and its voice's file."""
        self.zero_s = time.monotonic()
        for client, namespace in zip(CLIENTS, self._names, strict=True):
            file = self.folder / f"{client}.wav"
            voice.write(file, VOICES[client])
            command = [*self._inside(namespace), "-m", self.module, *words(client, file), self.zero_s]
            self.clients[client] = await Worker.start(f"client {client}", command, self.folder / f"{client}.log")
        await asyncio.gather(*(client.answer() for client in self.clients.values()))

    def _inside(self, namespace):
        return ("ip", "netns", "exec", namespace, sys.executable)

    async def _all(self, **words):
        await asyncio.gather(*(client.ask(**words) for client in self.clients.values()))

    def change_address(self):
        """The client behind the link gets another address: first the new one is there, then the old one is not."""
        name, wire = self._names[0], device(self._names[0])
        inside = ["ip", "netns", "exec", name]
        # Otherwise an address that goes takes with it those that were added after it.
        for which in ("all", wire):
            promote = [*inside, "sysctl", "-qw", f"net.ipv4.conf.{which}.promote_secondaries=1"]
            subprocess.run(promote, check=True, capture_output=True)
        old, self._address = self._address, f"{self._net}.{next(self._addresses)}"
        ip("-n", name, "address", "add", f"{self._address}/24", "dev", wire)
        ip("-n", name, "address", "del", f"{old}/24", "dev", wire)

    def spent_s(self):
        """Processor time of each process so far, with its children."""
        workers = {**self.clients, "server": self.server, "link": self.link}
        return {name: cpu_s(worker.pid) for name, worker in workers.items() if worker is not None}


class Stage(Linked):
    """A call of Parley."""

    of, module = "parley", "tests.network.client"

    def __init__(self, names, net, seed, *, records=False):
        super().__init__(names, net, seed)
        self.records = records

    async def _meet(self):
        url = await self.start_server()
        await self._start_clients(lambda client, file: (url, self.folder / client, client, file))
        a, b = self.clients.values()
        await asyncio.gather(*(one.ask(do="sign_up", name=name) for name, one in self.clients.items()))
        made = await a.ask(do="make_room")
        room = made["room"]
        await b.ask(do="enter", room=room, code=made["code"])
        await a.ask(do="begin", room=room, records=self.records)
        await b.ask(do="join", room=room, records=self.records)
        await self._all(do="wait_media")

    async def start_server(self):
        """Starts it, on the folder that it had before if it ran before; returns its address for clients."""
        data = self.folder / "server"
        data.mkdir(mode=0o700, exist_ok=True)
        address = f"{self._net}.2"
        command = [*self._inside(self._names[1]), "-m", "server_stub", "--data", data, "--host", "0.0.0.0"]
        command += ["--port", PORT, "--relay-address", address, "--speech-model", "pocketsphinx"]
        self.server = await Worker.start("the server", command, self.folder / "server.log")
        line = await self.server.line()
        if not (found := re.search(r"((?:parley|https?)://)[^:/\s]+(\S*)", line)):
            raise StageError(f"the server said: {line.strip()}")
        return f"{found[1]}{address}{found[2]}"

    def recorded_files(self):
        """How many files of people the server's recordings have."""
        return len(list((self.folder / "server").glob("meetings/**/*.mkv")))


class ChromiumStage(Linked):
    """A call of two Chromiums from peer to peer."""

    of, module = "chromium", "tests.network.chromium"

    async def _meet(self):
        await self._start_clients(lambda client, file: (self.folder / client, file))
        a, b = self.clients.values()
        offer = await a.ask(do="offer")
        answer = await b.ask(do="answer", sdp=offer["sdp"])
        await a.ask(do="accept", sdp=answer["sdp"])
        await self._all(do="wait_media")
