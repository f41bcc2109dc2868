"""The server's side of listening: a worker that hears a meeting as it goes on, and all that it has written down.

Nothing is lost in silence. A worker that dies is started again, one that cannot keep up is waited for; in both cases it
reads what it lacks from the recordings, which hold every word, and only then goes on with what comes from the network.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from asyncio import sleep
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import msgspec

from app.net.rounds import Rounds
from app.paths import write_private
from server_stub.recap import protocol, store
from server_stub.recap.process import WorkerProcess
from server_stub.recap.settings import RecapSettings
from server_stub.recap.speech.ranks import best_engine, is_better
from server_stub.recap.spelling import newest, terms_of
from server_stub.recap.transcript import Spoken

log = logging.getLogger(__name__)
#: A worker that tells nothing for so long, though it is asked to finish, hangs.
PATIENCE_S = 900.0
#: How long to wait before a worker that died is started again: the first time, and at most. Each time is twice as long,
#: until one has lived for `SOUND_S`: one that dies at once is started nine times in the first five minutes.
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 300.0
SOUND_S = 60.0
#: Packets of so many seconds are kept, because the newest are on the disk only after a second or two.
RECENT_S = 10.0


class Hearing:
    """Listens to one recording, from its start until all of it is written down."""

    def __init__(self, folder: Path, people: dict[str, str], settings: RecapSettings) -> None:
        """Begins nothing yet.

        Args:
            folder: of the recording.
            people: id to display name; grows as people join.
            settings: what the administrator chose.
        """
        self._folder, self._people, self._settings = folder, people, settings
        self.heard: list[store.Heard] = []
        #: Called in the loop with each utterance as it is written down; those that a dead worker owed come late.
        self.listens_in: Callable[[Spoken], None] = lambda spoken: None
        self.engine: protocol.Ready | None = None
        self._worker: WorkerProcess | None = None
        self._reader: asyncio.Task[None] | None = None
        self._carer: asyncio.Task[None] | None = None
        self._answers: asyncio.Queue[protocol.Told | None] = asyncio.Queue()
        self._settled_s: dict[str, float] = {}
        self._recent: deque[protocol.Packet] = deque()
        self._terms: tuple[str, ...] = ()
        self._log: store.HeardLog | None = None
        #: Whether packets may go to the worker: it lacks nothing of what was said before them.
        self._is_fed = False
        self._is_on = self._is_cancelled = False
        self._pause_s, self._begun_s = FIRST_PAUSE_S, 0.0

    @property
    def worker_pid(self) -> int | None:
        """Of the worker process while it runs."""
        return self._worker.pid if self._worker else None

    @property
    def is_cancelled(self) -> bool:
        """Whether nothing more is wanted of it."""
        return self._is_cancelled

    async def start(self) -> None:
        """Starts the worker; packets may be fed from now on."""
        self._log = store.HeardLog(self._folder)
        self._is_on = True
        if await self._start_worker():
            # Nothing was said before.
            self._is_fed = True
        else:
            self._care()

    def resume(self) -> None:
        """Takes up what an earlier run wrote down; `complete` has the rest read from the recordings."""
        self.heard = store.read_heard(self._folder)
        for heard in self.heard:
            self._settle(heard.spoken.person, heard.settled_s)

    def add_person(self, person: str, name: str) -> None:
        """Somebody joined."""
        self._people[person] = name
        if self._worker:
            self._worker.send(protocol.AddPerson(person=person, name=name))

    def spell(self, texts: Iterable[str]) -> None:
        """Somebody wrote something: its names help to spell what is heard from now on."""
        terms = newest(self._terms, (term for text in texts for term in terms_of(text)))
        if terms == self._terms:
            return
        self._terms = terms
        if self._worker:
            self._worker.send(protocol.Spell(terms=list(terms)))

    def feed(self, person: str, start_s: float, opus: bytes) -> None:
        """Hands on a packet; never waits.

        Args:
            person: id of the one who spoke.
            start_s: seconds from the recording's start.
            opus: the packet's payload.
        """
        packet = protocol.Packet(person=person, start_s=start_s, opus=opus)
        self._recent.append(packet)
        while self._recent[0].start_s < start_s - RECENT_S:
            self._recent.popleft()
        if self._is_fed and not (self._worker and self._worker.send(packet)):
            self._is_fed = False
            self._care()

    async def renew(self) -> None:
        """Lets a better engine that has come meanwhile take over: it hears all that was said, from the recordings."""
        worker, engine = self._worker, self.engine
        if not self._is_on or worker is None or engine is None:
            return
        best = await asyncio.to_thread(best_engine, self._settings.model, self._settings.models_folder)
        if is_better(best, engine.engine):
            log.info("a better engine takes over a recording")
            await worker.end()

    async def rest(self) -> None:
        """Ends the worker; `complete` starts one again, which reads what was still open."""
        await self._stop_caring()
        if self._worker:
            await self._worker.end()
        if self._reader:
            await self._reader

    async def complete(self, files: Mapping[str, Path]) -> bool:
        """Has everything written down that was said; False where the worker died over it, and it may be tried again.

        Args:
            files: the recordings, which are closed, by person.
        """
        await self._stop_caring()
        if self._worker is None and (self._is_cancelled or not await self._start_worker()):
            return False
        if not self._is_fed and not (await self._is_ready() and self._catch_up(files)):
            return False
        if not isinstance(await self.ask(protocol.Flush()), protocol.Flushed):
            return False
        lines = b"".join(msgspec.json.encode(heard) + b"\n" for heard in self.heard)
        self._close_log()
        await asyncio.to_thread(write_private, self._folder / store.UTTERANCES, lines)
        return True

    async def ask(self, message: protocol.Asked) -> protocol.Told | None:
        """Sends a request and awaits its answer; None where the worker died or hangs."""
        if self._worker is None or not self._worker.send(message):
            return None
        while True:
            before = len(self.heard)
            try:
                answer = await asyncio.wait_for(self._answers.get(), PATIENCE_S)
            except TimeoutError:
                if len(self.heard) > before:
                    continue
                if self._worker:
                    await self._worker.end(at_once=True)
                return None
            if not isinstance(answer, protocol.Ready):
                return answer

    async def close(self, *, at_once: bool = False) -> None:
        """Ends the worker; at once: nothing more is wanted of it."""
        self._is_cancelled = self._is_cancelled or at_once
        await self._stop_caring()
        worker, self._worker = self._worker, None
        if worker:
            await worker.end(at_once=at_once)
        if self._reader:
            await self._reader
            self._reader = None
        self._close_log()

    # --- a worker that died or is behind ----------------------------------------------------------------------------
    def _care(self) -> None:
        if self._is_on and (self._carer is None or self._carer.done()):
            self._carer = asyncio.get_running_loop().create_task(self._bring_up(), name="bringing a recap's worker up")

    async def _stop_caring(self) -> None:
        self._is_on = False
        if self._carer and not self._carer.done():
            self._carer.cancel()
            await asyncio.gather(self._carer, return_exceptions=True)

    async def _bring_up(self) -> None:
        """Brings a worker to where the meeting is, however often it dies over that."""
        rounds = Rounds(log, "bringing a recap's worker up")
        while not self._is_fed:
            with rounds:
                await self._bring_nearer()
            if rounds.failures:
                await self._pause()

    async def _bring_nearer(self) -> None:
        if self._worker is None:
            await self._pause()
            if not (await self._start_worker() and await self._is_ready()):
                return
        elif not await self._worker.drained():
            await self._worker.end(at_once=True)
            await asyncio.gather(self._reader, return_exceptions=True)  # type: ignore[arg-type]
            return
        try:
            recording = await asyncio.to_thread(store.read_recording, self._folder)
        except store.StoreError:
            await self._pause()
            return
        named = {person.id: person.file for person in recording.people}
        files = await asyncio.to_thread(store.find_files, self._folder, list(self._people), named)
        self._catch_up(files)

    async def _pause(self) -> None:
        if asyncio.get_running_loop().time() - self._begun_s >= SOUND_S:
            self._pause_s = FIRST_PAUSE_S
        pause_s, self._pause_s = self._pause_s, min(2 * self._pause_s, LONGEST_PAUSE_S)
        log.info("a recap's worker is started again in %.0f s", pause_s)
        await sleep(pause_s)

    def _catch_up(self, files: Mapping[str, Path]) -> bool:
        """Has the worker read what it lacks, and then go on with what comes; False where it cannot."""
        self._drop_other_engines()
        messages: list[protocol.Asked] = [
            protocol.ReadFile(person=person, path=str(path.resolve()), from_s=self._settled_s.get(person, 0.0))
            for person, path in sorted(files.items())
        ]
        if self._is_on:
            known = protocol.Known(spoken=[heard.spoken for heard in self.heard])
            messages = [known, *messages, *self._recent]
        self._is_fed = self._worker is not None and all(self._worker.send(message) for message in messages)
        return self._is_fed

    def _drop_other_engines(self) -> None:
        """What another engine wrote is not mixed with what this one writes."""
        engine = self._engine_name()
        others = {heard.spoken.person for heard in self.heard if heard.engine != engine}
        self.heard = [heard for heard in self.heard if heard.spoken.person not in others]
        for person in others:
            self._settled_s[person] = 0.0

    # --- the worker -------------------------------------------------------------------------------------------------
    async def _start_worker(self) -> bool:
        self._begun_s = asyncio.get_running_loop().time()
        try:
            worker = await WorkerProcess.start(self._settings.command)
        except OSError:
            return False
        if self._is_cancelled:
            await worker.end(at_once=True)
            return False
        self._worker, self.engine = worker, None
        self._answers = asyncio.Queue()
        self._reader = asyncio.create_task(self._read(worker, self._answers))
        worker.send(
            protocol.Begin(
                model=self._settings.model,
                models_folder=str(self._settings.models_folder),
                people=self._people,
                zone=self._settings.zone,
                # Only what is heard as it is said can be mixed as it is said.
                folder=str(self._folder.resolve()) if self._is_on else "",
            )
        )
        worker.send(protocol.Spell(terms=list(self._terms)))
        return True

    async def _is_ready(self) -> bool:
        """Waits for the engine: it may be another one than before, and that decides what can be kept."""
        if self.engine is not None:
            return True
        with contextlib.suppress(TimeoutError):
            return isinstance(await asyncio.wait_for(self._answers.get(), PATIENCE_S), protocol.Ready)
        if self._worker:
            await self._worker.end(at_once=True)
        return False

    async def _read(self, worker: WorkerProcess, answers: asyncio.Queue[protocol.Told | None]) -> None:
        """Takes what the worker tells; ends when the worker does."""
        rounds = Rounds(log, "taking what was heard")
        while (message := await worker.receive()) is not None:
            match message:
                case protocol.Heard(spoken=spoken, settled_s=settled_s):
                    with rounds:  # who listens in may fail
                        self._take(store.Heard(engine=self._engine_name(), settled_s=settled_s, spoken=spoken))
                    continue
                case protocol.Settled(times_s=times_s):
                    for person, at_s in times_s.items():
                        self._settle(person, at_s)
                    continue
                case protocol.Ready():
                    self.engine = message
            answers.put_nowait(message)
        if self._worker is worker:
            self._worker, self._is_fed = None, False
            await worker.end(at_once=True)
            self._care()
        answers.put_nowait(None)

    def _take(self, heard: store.Heard) -> None:
        self.heard.append(heard)
        self._settle(heard.spoken.person, heard.settled_s)
        if self._log:
            self._log.add(heard)
        self.listens_in(heard.spoken)

    def _settle(self, person: str, at_s: float) -> None:
        self._settled_s[person] = max(at_s, self._settled_s.get(person, 0.0))

    def _engine_name(self) -> str:
        return f"{self.engine.engine} {self.engine.version}" if self.engine else ""

    def _close_log(self) -> None:
        if self._log:
            self._log.close()
            self._log = None
