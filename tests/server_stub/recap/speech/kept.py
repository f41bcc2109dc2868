"""What a keeper of models told, and both models that it looks after, on loopback."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from server_stub.recap.reading import keep
from server_stub.recap.speech.keeper import Keeper, ModelState
from server_stub.recap.speech.pulling import pull
from tests.fakes import tiny_reader
from tests.fakes.depot import WHEELS

READS = tiny_reader.published()
FIRST = READS.wheels[0]
ONE = f"/files/{next(iter(WHEELS))}"
BIN = "/somebody/base/resolve/abc/model.bin"


class Told:
    """What a keeper told, in order."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.states: list[ModelState] = []

    def __call__(self, state: ModelState) -> None:
        with self.changed:
            self.states.append(state)
            self.changed.notify_all()

    def until_idle(self, kept: Keeper) -> ModelState:
        """Waits until all wishes are carried out."""
        thread = kept._thread
        if thread is not None:
            thread.join(20)
        assert kept._thread is None, self.states
        return self.states[-1]

    def until(self, phase: str) -> ModelState:
        """Waits until the newest is in that phase."""
        return self._until(lambda newest: newest.phase == phase)

    def until_came(self, done: int) -> ModelState:
        """Waits until so many bytes have come."""
        return self._until(lambda newest: newest.done >= done)

    def _until(self, is_so: Callable[[ModelState], bool]) -> ModelState:
        with self.changed:
            assert self.changed.wait_for(lambda: bool(self.states) and is_so(self.states[-1]), 20), self.states
            return self.states[-1]


def both(folder: Path) -> Path:
    """Has both models come; returns where the one that hears is."""
    keep.pull(folder / "reading", nobody)
    return pull("base", folder, nobody)


def nobody(done: int, whole: int) -> None:
    """Nobody looks at how far it is."""
