"""Notices what the admin command did, which works on the same database in a process of its own."""

from __future__ import annotations

import asyncio
import logging

from app.net.rounds import Rounds
from server_stub.account import sign_ins
from server_stub.after import deletions
from server_stub.kernel.context import Context
from server_stub.room import gate
from server_stub.storage import gate as gate_table
from server_stub.storage.gate import GateSettings
from server_stub.storage.sqlite import changes_of_others

log = logging.getLogger(__name__)
#: Seconds between two looks: what an administrator did counts about this late.
LOOK_EVERY_S = 0.5


class Watcher:
    """Compares what was with what is: the gate, sign-ins and deletions."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._version: int | None = None
        self._gate: GateSettings | None = None

    async def look(self) -> bool:
        """Looks once, and does what follows from a change; True when there was one."""
        context = self._context
        version = await context.store.do(changes_of_others)
        if version == self._version:
            return False
        now = await context.store.do(gate_table.read)
        before, self._gate = self._gate, now
        if before is not None and before != now:
            gate.tell_changes(context, before, now)
        await sign_ins.check_tokens(context)
        await deletions.carry_out(context)
        # Last: what failed in between is looked at again.
        self._version = version
        return True


async def watch(context: Context) -> None:
    """Looks as long as the server runs; the first time it does what was decided while it did not."""
    watcher, rounds = Watcher(context), Rounds(log, "watching the database")
    while True:
        with rounds:  # a full disk, perhaps only for now
            await watcher.look()
        # Not by the server's own clock: the other process lives in real time, also where a test's clock stands still.
        await asyncio.sleep(LOOK_EVERY_S)
