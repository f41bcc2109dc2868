"""The server's side of the recap: feeds the worker during the meeting, and has it make the recap afterwards.

Nothing here blocks the server's loop, and nothing is lost in silence: whatever the worker did not get, because it died
or could not keep up, is read again from the recordings when the meeting is over.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import msgspec

from app.paths import private_folder, write_private
from app.wire.recap import Recap
from server_stub.recap import protocol, store
from server_stub.recap.moments import Moment, MomentLog, marks, reactions_s, read_moments
from server_stub.recap.process import WorkerProcess, worker_command
from server_stub.recap.shares import Shared
from server_stub.recap.spelling import newest, terms_of
from server_stub.recap.transcript import Spoken

#: A worker that tells nothing for so long, though it is asked to finish, hangs.
PATIENCE_S = 900.0
TRIES = 2


class RecapError(Exception):
    """The recap could not be made; the message is for people."""


@dataclass(frozen=True)
class RecapSettings:
    """What an administrator may choose.

    Attributes:
        models_folder: where `models pull` puts speech models.
        model: name of the model; empty, or not present, for the built-in recogniser.
        zone: IANA name of the zone whose calendar `tomorrow` means; the computer's own where empty.
        command: how to start the worker.
    """

    models_folder: Path
    model: str = ""
    zone: str = ""
    command: tuple[str, ...] = field(default_factory=worker_command)


@dataclass(frozen=True)
class RecapStatus:
    """How far a recap is; `reason` says in words why it failed."""

    phase: Literal["listening", "generating", "ready", "failed"]
    reason: str = ""


class RecapJob:
    """The recap of one meeting, from the start of its recording to the finished page."""

    def __init__(
        self,
        folder: Path,
        *,
        people: Mapping[str, str],
        settings: RecapSettings,
        told: Callable[[RecapStatus], None],
    ) -> None:
        """Begins nothing yet.

        Args:
            folder: of the meeting's recording; the recap goes into its `recap` folder.
            people: id to display name of those who are there, in the order of joining.
            settings: what the administrator chose.
            told: called in the loop with each change of status.
        """
        self._folder, self._settings, self._told = folder, settings, told
        self._people = dict(people)
        self._worker: WorkerProcess | None = None
        self._reader: asyncio.Task[None] | None = None
        self._heard: list[store.Heard] = []
        self._settled_s: dict[str, float] = {}
        self._read_again_s: dict[str, float] = {}
        self._terms: tuple[str, ...] = ()
        self._engine: protocol.Ready | None = None
        self._answers: asyncio.Queue[protocol.Told | None] = asyncio.Queue()
        self._log: store.HeardLog | None = None
        self._phase: str = ""
        self._is_cancelled = False
        self._moments = MomentLog(folder)
        self._listens_in: Callable[[Spoken], None] = lambda spoken: None

    @property
    def worker_pid(self) -> int | None:
        """Of the worker process while it runs, for those who watch over its use of the machine."""
        return self._worker.pid if self._worker else None

    def listen_in(self, told: Callable[[Spoken], None]) -> None:
        """Has each utterance told in the loop as it is written down."""
        self._listens_in = told

    async def start(self) -> None:
        """Starts the worker; sound may be fed from now on. A worker that cannot start is made up for at the end."""
        self._log = store.HeardLog(self._folder)
        await self._start_worker()
        self._tell("listening")

    def add_person(self, person: str, name: str) -> None:
        """Somebody joined."""
        self._people[person] = name
        if self._worker:
            self._worker.send(protocol.AddPerson(person=person, name=name))

    def spell(self, texts: Iterable[str]) -> None:
        """Somebody wrote something, such as a line of chat: its names help to spell what is heard from now on."""
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
        if self._worker is None or not self._worker.send(packet):
            self._read_again_s.setdefault(person, self._settled_s.get(person, 0.0))

    def note_moment(self, moment: Moment) -> None:
        """Somebody who consents raised a hand, reacted or marked the moment."""
        self._moments.add(moment)

    def note_first_leave(self) -> None:
        """The first participant left: the recap counts as being generated from now on."""
        self._tell("generating")

    async def rest(self) -> None:
        """The recording has stopped: ends the worker; `finish` starts one again, which reads what was still open."""
        if self._worker:
            await self._worker.end()
        if self._reader:
            await self._reader

    async def finish(self, *, ended_at: float, last_left_at: float) -> Recap:
        """Makes the recap, once the recordings are closed.

        Args:
            ended_at: of the meeting, in seconds since 1970.
            last_left_at: from when the wait for the recap counts.

        Raises:
            RecapError: it could not be made; `told` was told as well.
        """
        self._tell("generating")
        try:
            recording = await asyncio.to_thread(store.read_recording, self._folder)
            recap = await self._make(recording, ended_at=ended_at, last_left_at=last_left_at)
        except (store.StoreError, OSError, RecapError) as error:
            reason = str(error) if not isinstance(error, OSError) else f"The disk refused: {error.strerror}."
            self._tell("failed", reason)
            raise RecapError(reason) from error
        finally:
            await self._close()
        self._tell("ready")
        return recap

    async def cancel(self) -> None:
        """Ends the worker at once, and `finish` with it; what was heard stays in the folder."""
        self._is_cancelled = True
        await self._close(at_once=True)

    def resume(self) -> None:
        """Takes up what an earlier run wrote down; the rest is read from the recordings by `finish`."""
        self._heard = store.read_heard(self._folder)
        for heard in self._heard:
            person = heard.spoken.person
            self._settled_s[person] = max(heard.settled_s, self._settled_s.get(person, 0.0))
        for person in self._people:
            self._read_again_s[person] = self._settled_s.get(person, 0.0)

    async def _make(self, recording: store.Recording, *, ended_at: float, last_left_at: float) -> Recap:
        for person in recording.people:
            self._people.setdefault(person.id, person.name)
        named = {person.id: person.file for person in recording.people}
        files = await asyncio.to_thread(store.find_files, self._folder, self._people, named)
        shares = await asyncio.to_thread(store.find_shares, self._folder, recording)
        found = files, shares, await asyncio.to_thread(read_moments, self._folder)
        await asyncio.to_thread(private_folder, self._folder / store.RECAP)
        for _ in range(TRIES):
            if self._worker is None and (self._is_cancelled or not await self._start_worker()):
                continue
            if not await self._hear_rest(files):
                continue
            answer = await self._ask(self._compose_message(recording, found, (ended_at, last_left_at)))
            if isinstance(answer, protocol.Composed):
                return answer.recap
            if isinstance(answer, protocol.Failed):
                raise RecapError(answer.reason)
        if self._is_cancelled:
            raise RecapError("The server was stopped while the recap was made.")
        raise RecapError("The recap's worker process ended again and again, so the recap could not be made.")

    async def _hear_rest(self, files: Mapping[str, Path]) -> bool:
        """Has everything that was missed read again, and what is open written down; False where the worker died."""
        assert self._worker is not None
        if self._read_again_s and not isinstance(await self._ask(protocol.Flush()), protocol.Flushed):
            # What a worker that lags behind had not told yet would come after what is now thrown away.
            return False
        self._drop_other_engines()
        for person, from_s in sorted(self._read_again_s.items()):
            if person in files:
                self._heard = [
                    heard for heard in self._heard if heard.spoken.person != person or heard.spoken.start_s < from_s
                ]
                message = protocol.ReadFile(person=person, path=str(files[person].resolve()), from_s=from_s)
                if not self._worker.send(message):
                    return False
        if not isinstance(await self._ask(protocol.Flush()), protocol.Flushed):
            return False
        self._read_again_s.clear()
        lines = b"".join(msgspec.json.encode(heard) + b"\n" for heard in self._heard)
        if self._log:
            self._log.close()
            self._log = None
        await asyncio.to_thread(write_private, self._folder / store.UTTERANCES, lines)
        return True

    def _drop_other_engines(self) -> None:
        """What another engine wrote is not mixed with what this one writes."""
        engine = self._engine_name()
        others = {heard.spoken.person for heard in self._heard if heard.engine != engine}
        self._heard = [heard for heard in self._heard if heard.spoken.person not in others]
        for person in others:
            self._read_again_s[person] = self._settled_s[person] = 0.0

    def _compose_message(
        self,
        recording: store.Recording,
        found: tuple[Mapping[str, Path], list[Shared], list[Moment]],
        times: tuple[float, float],
    ) -> protocol.Compose:
        files, shares, moments = found
        spoken: list[Spoken] = [heard.spoken for heard in self._heard]
        return protocol.Compose(
            meeting=recording.meeting,
            folder=str((self._folder / store.RECAP).resolve()),
            people=self._people,
            files={person: str(path.resolve()) for person, path in files.items()},
            spoken=spoken,
            started_at=recording.started_at,
            ended_at=times[0],
            last_left_at=times[1],
            zone=self._settings.zone,
            notes=[self._engine.note] if self._engine and self._engine.note else [],
            shares=shares,
            reactions_s=reactions_s(moments, recording.started_at),
            marks=marks(moments, recording.started_at),
        )

    async def _start_worker(self) -> bool:
        try:
            worker = await WorkerProcess.start(self._settings.command)
        except OSError:
            return False
        if self._is_cancelled:
            await worker.end(at_once=True)
            return False
        self._worker = worker
        self._answers = asyncio.Queue()
        self._reader = asyncio.create_task(self._read(self._worker, self._answers))
        self._worker.send(
            protocol.Begin(
                model=self._settings.model, models_folder=str(self._settings.models_folder), people=self._people
            )
        )
        self._worker.send(protocol.Spell(terms=list(self._terms)))
        if self._read_again_s or self._heard:
            # Engines may have changed between two runs: that decides what can be kept.
            with contextlib.suppress(TimeoutError):
                return isinstance(await asyncio.wait_for(self._answers.get(), PATIENCE_S), protocol.Ready)
            await worker.end(at_once=True)
            return False
        return True

    async def _read(self, worker: WorkerProcess, answers: asyncio.Queue[protocol.Told | None]) -> None:
        """Takes what the worker tells; ends when the worker does."""
        while (message := await worker.receive()) is not None:
            if isinstance(message, protocol.Heard):
                self._take(message)
                continue
            if isinstance(message, protocol.Ready):
                self._engine = message
            answers.put_nowait(message)
        if self._worker is worker:
            self._worker = None
            for person in self._people:
                self._read_again_s.setdefault(person, self._settled_s.get(person, 0.0))
            await worker.end(at_once=True)
        answers.put_nowait(None)

    def _take(self, message: protocol.Heard) -> None:
        heard = store.Heard(engine=self._engine_name(), settled_s=message.settled_s, spoken=message.spoken)
        self._heard.append(heard)
        self._settled_s[message.spoken.person] = message.settled_s
        if self._log:
            self._log.add(heard)
        self._listens_in(message.spoken)

    def _engine_name(self) -> str:
        return f"{self._engine.engine} {self._engine.version}" if self._engine else ""

    async def _ask(self, message: protocol.Asked) -> protocol.Told | None:
        """Sends a request and awaits its answer; None where the worker died or hangs."""
        if self._worker is None or not self._worker.send(message):
            return None
        while True:
            before = len(self._heard)
            try:
                answer = await asyncio.wait_for(self._answers.get(), PATIENCE_S)
            except TimeoutError:
                if len(self._heard) > before:
                    continue
                if self._worker:
                    await self._worker.end(at_once=True)
                return None
            if not isinstance(answer, protocol.Ready):
                return answer

    async def _close(self, *, at_once: bool = False) -> None:
        worker, self._worker = self._worker, None
        if worker:
            await worker.end(at_once=at_once)
        if self._reader:
            await self._reader
            self._reader = None
        if self._log:
            self._log.close()
            self._log = None

    def _tell(self, phase: Literal["listening", "generating", "ready", "failed"], reason: str = "") -> None:
        if phase != self._phase:
            self._phase = phase
            self._told(RecapStatus(phase, reason))


async def remake(folder: Path, settings: RecapSettings) -> Recap:
    """Makes a recap from what a crashed or finished meeting left in its folder.

    Args:
        folder: with `recording.json` and the recordings; utterances written down before are used again.
        settings: what the administrator chose.

    Raises:
        RecapError: the folder holds no recording, or the recap could not be made.
    """
    begun = time.time()
    try:
        recording = await asyncio.to_thread(store.read_recording, folder)
    except store.StoreError as error:
        raise RecapError(str(error)) from error
    people = {person.id: person.name for person in recording.people}
    job = RecapJob(folder, people=people, settings=settings, told=lambda _status: None)
    job.resume()
    ended_at = recording.ended_at or await asyncio.to_thread(_last_written, folder, recording)
    return await job.finish(ended_at=ended_at, last_left_at=begun)


def _last_written(folder: Path, recording: store.Recording) -> float:
    """After a crash nobody wrote the end down: the time of the last byte recorded is as good."""
    files = store.find_files(
        folder, [person.id for person in recording.people], {person.id: person.file for person in recording.people}
    )
    paths = [*files.values(), *(Path(share.path) for share in store.find_shares(folder, recording))]
    return max([path.stat().st_mtime for path in paths] + [recording.started_at])
