"""The server's side of the recap: feeds the worker during the meeting, and has it make the recap afterwards.

Nothing here blocks the server's loop, and nothing is lost in silence: whatever the worker did not get, because it died
or could not keep up, it reads from the recordings, see `hearing`.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from msgspec.structs import replace

from app.paths import private_folder
from app.wire.recap import Recap
from server_stub.recap import protocol, store
from server_stub.recap.errors import RecapError
from server_stub.recap.hearing import Hearing
from server_stub.recap.moments import Moment, MomentLog, marks, reactions_s, read_moments
from server_stub.recap.settings import RecapSettings
from server_stub.recap.suggested import Suggested
from server_stub.recap.transcript import Spoken, merge, name_people

TRIES = 2


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
        self._hearing = Hearing(folder, self._people, settings)
        self._phase: str = ""
        self._moments = MomentLog(folder)
        self._asking: asyncio.Task[Suggested] | None = None

    @property
    def worker_pid(self) -> int | None:
        """Of the worker process while it runs, for those who watch over its use of the machine."""
        return self._hearing.worker_pid

    def listen_in(self, told: Callable[[Spoken], None]) -> None:
        """Has each utterance told in the loop as it is written down."""
        self._hearing.listens_in = told

    async def start(self) -> None:
        """Starts the worker; sound may be fed from now on. A worker that cannot start is started again and again."""
        await self._hearing.start()
        self._tell("listening")

    def add_person(self, person: str, name: str) -> None:
        """Somebody joined."""
        self._hearing.add_person(person, name)

    def spell(self, texts: Iterable[str]) -> None:
        """Somebody wrote something, such as a line of chat: its names help to spell what is heard from now on."""
        self._hearing.spell(texts)

    def feed(self, person: str, start_s: float, opus: bytes) -> None:
        """Hands on a packet; never waits. See `Hearing.feed`."""
        self._hearing.feed(person, start_s, opus)

    def note_moment(self, moment: Moment) -> None:
        """Somebody who consents raised a hand, reacted or marked the moment."""
        self._moments.add(moment)

    def note_first_leave(self) -> None:
        """The first participant left: the recap counts as being generated from now on."""
        self._tell("generating")

    async def renew(self) -> None:
        """A better engine may have come: it takes over at once. See `Hearing.renew`."""
        await self._hearing.renew()

    async def rest(self) -> None:
        """The recording has stopped: ends the worker; `finish` starts one again, which reads what was still open."""
        await self._hearing.rest()

    async def finish(self, *, ended_at: float, last_left_at: float) -> Recap:
        """Makes the texts of the recap, once the recordings are closed; `filming` makes its films.

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
            await self._hearing.close()
        self._tell("ready")
        return recap

    async def cancel(self) -> None:
        """Ends the worker at once, and `finish` with it; what was heard stays in the folder."""
        if self._asking:
            self._asking.cancel()
        await self._hearing.close(at_once=True)

    def resume(self) -> None:
        """Takes up what an earlier run wrote down; the rest is read from the recordings by `finish`."""
        self._hearing.resume()

    async def _make(self, recording: store.Recording, *, ended_at: float, last_left_at: float) -> Recap:
        for person in recording.people:
            self._people.setdefault(person.id, person.name)
        named = {person.id: person.file for person in recording.people}
        files = await asyncio.to_thread(store.find_files, self._folder, self._people, named)
        moments = await asyncio.to_thread(read_moments, self._folder)
        await asyncio.to_thread(private_folder, self._folder / store.RECAP)
        suggested: Suggested | None = None
        for _ in range(TRIES):
            if not await self._hearing.complete(files):
                continue
            suggested = suggested or await self._ask_model()
            message = self._compose_message(recording, moments, (ended_at, last_left_at))
            answer = await self._hearing.ask(replace(message, suggested=suggested))
            if isinstance(answer, protocol.Composed):
                return answer.recap
            if isinstance(answer, protocol.Failed):
                raise RecapError(answer.reason)
        if self._hearing.is_cancelled:
            raise RecapError("The server was stopped while the recap was made.")
        raise RecapError("The recap's worker process ended again and again, so the recap could not be made.")

    async def _ask_model(self) -> Suggested | None:
        """Has the language model say something about all that was heard; None where there is none to be asked."""
        server = self._settings.language_model
        if server is None:
            return None
        people = name_people(self._people)
        spoken = [heard.spoken for heard in self._hearing.heard]
        transcript = await asyncio.to_thread(merge, spoken, people)
        if not transcript or self._hearing.is_cancelled:
            return None
        # Loaded where somebody is asked.
        from server_stub.recap.language_model import ask_model

        self._asking = asyncio.create_task(ask_model(server, transcript, [each.name for each in people]))
        try:
            await asyncio.wait({self._asking})
            return None if self._asking.cancelled() else self._asking.result()
        finally:
            self._asking.cancel()
            self._asking = None

    def _compose_message(
        self,
        recording: store.Recording,
        moments: list[Moment],
        times: tuple[float, float],
    ) -> protocol.Compose:
        engine = self._hearing.engine
        return protocol.Compose(
            meeting=recording.meeting,
            folder=str((self._folder / store.RECAP).resolve()),
            people=self._people,
            spoken=[heard.spoken for heard in self._hearing.heard],
            started_at=recording.started_at,
            ended_at=times[0],
            last_left_at=times[1],
            zone=self._settings.zone,
            notes=[engine.note] if engine and engine.note else [],
            reactions_s=reactions_s(moments, recording.started_at),
            marks=marks(moments, recording.started_at),
            screens=store.find_new_screens(recording),
        )

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
