"""The jobs that make recaps: what one is, who makes them, and which are open."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from app.wire.recap import Recap
from server_stub.call.ongoing import Ongoing
from server_stub.kernel.context import Context
from server_stub.recap.filmed import Films
from server_stub.recap.moments import Moment
from server_stub.recap.so_far import SoFar
from server_stub.recap.transcript import Spoken
from server_stub.storage import meetings as meetings_table
from server_stub.storage.meetings import RecordingRow


class Job(Protocol):
    """Makes one recap; see `server_stub.recap.job`."""

    def listen_in(self, told: Callable[[Spoken], None]) -> None:
        """Has each utterance told as it is written down."""

    async def start(self) -> None:
        """Starts the worker."""

    def feed(self, person: str, start_s: float, opus: bytes) -> None:
        """Takes a packet of voice."""

    def add_person(self, person: str, name: str) -> None:
        """Somebody more is recorded."""

    def note_moment(self, moment: Moment) -> None:
        """Somebody raised a hand, reacted or marked the moment."""

    def spell(self, texts: Iterable[str]) -> None:
        """Something was written whose names help to spell what is heard."""

    def note_first_leave(self) -> None:
        """Somebody has left."""

    async def renew(self) -> None:
        """A better engine may have come: it takes over."""

    async def rest(self) -> None:
        """The recording has stopped: ends the worker until `finish` needs one."""

    async def finish(self, *, ended_at: float, last_left_at: float) -> Recap:
        """Makes the texts of the recap."""

    async def cancel(self) -> None:
        """Ends the worker without a recap."""


class Maker(Protocol):
    """Makes jobs; the tests have their own."""

    def open(self, folder: Path, people: Mapping[str, str]) -> Job:
        """A job for a recording that begins."""

    async def remake(self, folder: Path, *, may_ask: bool) -> Recap:
        """Makes the texts of a recap from what a recording left in its folder.

        Args:
            folder: of the recording.
            may_ask: everyone who is in it has agreed to the language model that the server uses now.
        """

    async def film(self, folder: Path, recap: Recap, *, since: float) -> Films | None:
        """Makes the films of a recap whose texts are there; None where nothing was recorded that could be played."""


@dataclass(slots=True)
class OpenJob:
    """A recording whose recap is not whole yet."""

    ongoing: Ongoing
    row: RecordingRow
    job: Job
    so_far: SoFar
    is_noted: bool = False


@dataclass(slots=True)
class OpenJobs:
    """The jobs of meetings that run or have just ended, and who makes them."""

    maker: Maker
    by_recording: dict[str, OpenJob] = field(default_factory=dict)
    #: The newest of each meeting: voice belongs to it, also what arrives while the recording stops.
    newest: dict[str, OpenJob] = field(default_factory=dict)
    #: Recordings whose recap is made again, or that are being deleted: their files are in use.
    busy: set[str] = field(default_factory=set)
    #: Recordings whose recap a member has made again by a better engine; the present one can be read meanwhile.
    remade: set[str] = field(default_factory=set)

    def of_meeting(self, meeting: str) -> list[OpenJob]:
        """The jobs of a meeting, oldest first."""
        return [job for job in self.by_recording.values() if job.row.meeting == meeting]

    def drop(self, recording: str) -> OpenJob | None:
        """Forgets a job and returns it."""
        job = self.by_recording.pop(recording, None)
        if job is not None and self.newest.get(job.row.meeting) is job:
            del self.newest[job.row.meeting]
        return job


async def may_ask_model(context: Context, recording: str) -> bool:
    """Whether everyone who is recorded agreed to a notice that named the language model as it is set up now."""
    words = context.settings.model_words
    given = await context.store.do(lambda connection: meetings_table.consents_of(connection, recording))
    return bool(words and given) and all(consent.model_words == words for consent in given)


def is_in_use(context: Context, recording: str) -> bool:
    """Whether somebody works on the files of a recording now."""
    return recording in context.part(OpenJobs).by_recording or recording in context.part(OpenJobs).busy
