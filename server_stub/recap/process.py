"""The recap's worker as its job holds it: a process and its pipes."""

from __future__ import annotations

import asyncio
import contextlib
import struct
import sys

from app.paths import home
from server_stub.recap import protocol

#: Bytes that may wait for the worker: about half an hour of one voice.
MOST_WAITING = 8 * 1024 * 1024
#: How long it may take to end once its pipe is closed.
GOODBYE_S = 5.0


def worker_command() -> tuple[str, ...]:
    """How the worker is started: by this Python, or by the program itself where it is a packed one."""
    if getattr(sys, "frozen", False):
        return (sys.executable, "--role", "worker")
    return (sys.executable, "-m", "server_stub.recap.worker")


class WorkerProcess:
    """The process and its pipes."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._process, self._in, self._out = process, process.stdin, process.stdout

    @classmethod
    async def start(cls, command: tuple[str, ...]) -> WorkerProcess:
        """Starts it; raises `OSError` where that cannot be done."""
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            cwd=home(),
        )
        return cls(process)

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def send(self, message: protocol.Asked) -> bool:
        """Hands a message over without waiting; False where the worker is gone or too far behind."""
        transport = self._in.transport
        if transport.is_closing() or transport.get_write_buffer_size() > MOST_WAITING:
            return False
        self._in.write(protocol.pack(message))
        return True

    async def drained(self) -> bool:
        """Waits until it has taken nearly all that was handed over; False where it is gone."""
        try:
            await self._in.drain()
        except ConnectionError:
            return False
        return not self._in.transport.is_closing()

    async def receive(self) -> protocol.Told | None:
        """The next answer; None when the worker is gone."""
        try:
            (length,) = struct.unpack(">I", await self._out.readexactly(4))
            if length > protocol.MAX_BYTES:
                return None
            return protocol.unpack_told(await self._out.readexactly(length))
        except (asyncio.IncompleteReadError, ConnectionError, protocol.Broken):
            return None

    async def end(self, *, at_once: bool = False) -> None:
        """Ends it and waits until it is gone; it may say goodbye for `GOODBYE_S`, unless `at_once`."""
        self._in.close()
        if not at_once:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._process.wait(), GOODBYE_S)
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
        await self._process.wait()
        with contextlib.suppress(ConnectionError):
            await self._in.wait_closed()
