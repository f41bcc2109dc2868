"""Recaps without speech: what the people `feed` comes back as the transcript."""

import asyncio

from msgspec.structs import replace

from app.wire.recap import PersonName, Recap, Utterance
from server_stub.recap.errors import RecapError
from server_stub.recap.filmed import Films
from server_stub.recap.transcript import Spoken


class FakeJob:
    """A job that notes what it was told."""

    def __init__(self, folder, people):
        self.folder, self.people = folder, dict(people)
        self.notes = []
        self.heard = []
        self.moments = []
        self.fails = False
        self.engine = "fake"
        #: What was written in the meeting.
        self.texts = []
        self._told = None
        #: Makes a recap that cannot be kept.
        self.breaks_what_is_kept = False

    def listen_in(self, told):
        self._told = told

    def write_down(self, person, text, start_s=0.0, end_s=None, missing=""):
        """As the worker does once an utterance has ended."""
        end_s = start_s + 1.0 if end_s is None else end_s
        self._told(
            Spoken(person=person, start_s=start_s, end_s=end_s, text=text, confidence=0.9, missing=missing)
        )  # fmt: skip

    async def start(self):
        self.notes.append("start")

    def feed(self, person, start_s, opus):
        self.heard.append((person, start_s, opus))

    def add_person(self, person, name):
        self.people[person] = name

    def spell(self, texts):
        self.texts += texts

    def note_moment(self, moment):
        self.moments.append(moment)

    def note_first_leave(self):
        self.notes.append("first leave")

    async def renew(self):
        self.notes.append("renew")

    async def rest(self):
        self.notes.append("rest")

    async def finish(self, *, ended_at, last_left_at):
        self.notes.append("finish")
        if self.fails:
            raise RecapError("There was no voice to hear.")
        recap = replace(recap_in(self.folder, self.people, self.heard), engine=self.engine)
        return replace(recap, engine=object()) if self.breaks_what_is_kept else recap

    async def cancel(self):
        self.notes.append("cancel")


class FakeMaker:
    """Makes `FakeJob`s and keeps them in `jobs`."""

    #: What becomes of the films: None where there is nothing to play.
    films = Films(reel_s=0.0, after_s=3.0)

    def __init__(self):
        self.jobs = []
        self.remade = []
        #: Whether a language model might be asked, of each that was made again.
        self.asked = []
        #: What writes recaps, and what wrote those that are made again; why one is not made again.
        self.engine = self.better_engine = "fake"
        self.remake_fails, self.stays_simple = "", False
        self.next_fails = False
        #: Recaps are remade once this is set.
        self.may_remake = asyncio.Event()
        #: Films are made while this is set.
        self.may_film = asyncio.Event()
        self.may_film.set()
        self.films_fail = False
        self.filmed = []

    def open(self, folder, people):
        job = FakeJob(folder, people)
        job.fails, job.engine = self.next_fails, self.engine
        self.jobs.append(job)
        return job

    async def remake(self, folder, *, may_ask):
        self.asked.append(may_ask)
        await self.may_remake.wait()
        self.remade.append(folder.name)
        if self.remake_fails:
            raise RecapError(self.remake_fails)
        return replace(recap_in(folder, {}, []), engine=self.better_engine)

    async def film(self, folder, recap, *, since):
        self.filmed.append(folder.name)
        await self.may_film.wait()
        if self.films_fail:
            raise RecapError("The film could not be written: No space left on device.")
        if self.films is not None:
            (folder / "recap" / "meeting.webm").write_bytes(bytes(range(200)))
        return self.films


def recap_in(folder, people, heard):
    """Writes the files of a recap into `folder/recap` and returns it."""
    out = folder / "recap"
    out.mkdir(exist_ok=True)
    (out / "recap.md").write_text("# Recap\n")
    (out / "secret.txt").write_text("not named in the recap")
    return Recap(
        meeting=folder.name,
        engine="fake",
        engine_version="1",
        started_at=0.0,
        ended_at=1.0,
        ready_after_s=0.0,
        people=tuple(PersonName(id=id, name=name) for id, name in people.items()),
        transcript=tuple(
            Utterance(id=f"u{n}", speaker=person, start_s=start, end_s=start, text="word", confidence=1.0)
            for n, (person, start, _) in enumerate(heard)
        ),
        summary=(),
        action_items=(),
        highlights=(),
    )
