"""Mixes everyone's sound while the meeting goes on, so that its film needs no more than to be put together after it.

Each second is written as it is complete: a record of four bytes of length and as many of msgpack, in a file for each
worker that listened. What no worker mixed, or mixed before all of it was there, is mixed from the recordings later.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec
import numpy as np

from server_stub.recap import store
from server_stub.recap.mix import RATE_HZ, SoundEncoder, limit
from server_stub.recap.voice import Samples

#: Packets of a second are waited for until the meeting is so many seconds further. Who comes later is not heard in it.
WAIT_S = 3
#: As long as nobody sends anything for less than this, the silence is written; longer ones are left to the film.
QUIET_S = 60
LENGTH = struct.Struct(">I")
#: A second of Opus is some kilobytes.
MAX_BYTES = 1_000_000


class Mixed(msgspec.Struct, frozen=True, array_like=True):
    """One second of the mix as Opus packets of 20 ms; none where it has to be mixed from the recordings after all."""

    second: int
    packets: list[bytes]


class LiveMix:
    """Takes the packets that the worker gets, and writes seconds. A full disk ends it, and nothing else."""

    def __init__(self, folder: Path) -> None:
        """Begins with the first packet.

        Args:
            folder: of the recording.
        """
        self._folder = folder
        self._file: BinaryIO | None = None
        self._ends: dict[str, int] = {}
        self._seconds: dict[int, Samples] = {}
        self._encoder = SoundEncoder()
        self._first = 0
        self._next: int | None = None
        self._is_over = False

    def add(self, person: str, start_s: float, samples: Samples | None) -> None:
        """Takes what was said at `start_s`: float32 mono at 48 kHz, or None where a packet held no sound."""
        if self._is_over:
            return
        if self._next is None or start_s >= self._next + WAIT_S + QUIET_S:
            # What was on its way when a worker began is not all there.
            self.begin_anew()
            self._first = self._next = 0 if start_s < 1 else int(start_s) + 1 + WAIT_S
        try:
            if samples is not None:
                self._put(person, start_s, samples, self._next)
            while start_s >= self._next + 1 + WAIT_S:
                self._write(self._next)
                self._next += 1
        except OSError:
            self.close()

    def begin_anew(self) -> None:
        """Packets were left out: goes on with the next second that is whole."""
        self._next = None
        self._seconds.clear()
        self._ends.clear()
        self._encoder = SoundEncoder()

    def close(self) -> None:
        """Ends it; what is added later is left to the film."""
        self._is_over = True
        if self._file is not None:
            self._file.close()
            self._file = None

    def _put(self, person: str, start_s: float, samples: Samples, written: int) -> None:
        """Adds sound where it belongs; packets follow on from each other as those of a file do."""
        at, end = round(start_s * RATE_HZ), self._ends.get(person)
        if end is not None and abs(at - end) <= RATE_HZ // 25:
            at = end
        self._ends[person] = at + samples.size
        while samples.size:
            second, offset = divmod(at, RATE_HZ)
            part, samples = samples[: RATE_HZ - offset], samples[RATE_HZ - offset :]
            if self._first <= second < written:
                self._keep(Mixed(second, []))
            elif second >= written:
                block = self._seconds.setdefault(second, np.zeros(RATE_HZ, np.float32))
                block[offset : offset + part.size] += part
            at += part.size

    def _write(self, second: int) -> None:
        block = self._seconds.pop(second, None)
        self._keep(
            Mixed(second, self._encoder.encode(np.zeros(RATE_HZ, np.float32) if block is None else limit(block)))
        )

    def _keep(self, mixed: Mixed) -> None:
        if self._file is None:
            self._file = _new_file(self._folder)
        body = msgspec.msgpack.encode(mixed)
        self._file.write(LENGTH.pack(len(body)) + body)


def _new_file(folder: Path) -> BinaryIO:
    """A file of this worker's own, which only this user may read; what a killed one left is not written on."""
    number = 1
    while True:
        try:
            handle = os.open(folder / f"sound-{number}.mix", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            number += 1
            continue
        return os.fdopen(handle, "wb", buffering=0)


def read_mix(folder: Path) -> dict[int, list[bytes]]:
    """The seconds that are mixed already, each as Opus packets of 20 ms; of two alike neither is worse."""
    found: dict[int, list[bytes]] = {}
    spoilt: set[int] = set()
    for path in sorted(folder.glob(store.MIXED)):
        mine: dict[int, list[bytes]] = {}
        for mixed in _read_file(path):
            mine[mixed.second] = mixed.packets
        found |= {second: packets for second, packets in mine.items() if packets}
        spoilt |= {second for second, packets in mine.items() if not packets}
    return {second: packets for second, packets in found.items() if second not in spoilt}


def _read_file(path: Path) -> Iterator[Mixed]:
    """A file's records, until it ends or makes no sense: a killed worker leaves half a one."""
    decoder = msgspec.msgpack.Decoder(Mixed)
    try:
        with path.open("rb") as file:
            while len(head := file.read(LENGTH.size)) == LENGTH.size:
                (length,) = LENGTH.unpack(head)
                body = file.read(length) if length <= MAX_BYTES else b""
                if len(body) < length or not length:
                    return
                yield decoder.decode(body)
    except (OSError, msgspec.MsgspecError, ValueError):
        return
