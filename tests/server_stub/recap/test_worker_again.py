"""A worker that dies during a meeting is started again in it, and nobody notices."""

import asyncio
import dataclasses
import json
import os
import shlex
import signal
import sys
from pathlib import Path

import pytest

from server_stub.recap import hearing, store
from server_stub.recap.job import RecapJob
from server_stub.recap.settings import RecapSettings
from server_stub.relay.matroska import MatroskaFile, Sample
from tests.server_stub.recap.test_job import PEOPLE, START, check, run, scripted, silent_folder, until

pytestmark = pytest.mark.processes

__all__ = ["silent_folder"]


class Meeting:
    """A recording as the relay makes it: each packet goes to the disk and to the job, in order of time."""

    def __init__(self, folder: Path, job: RecapJob, packets: dict) -> None:
        self.job = job
        self.files = {name.lower(): MatroskaFile(folder / f"{name.lower()}.mkv") for name in packets}
        people = [{"id": person, "name": PEOPLE[person], "file": f"{person}.mkv"} for person in self.files]
        index = {"meeting": "m1", "started_at": START, "people": people}
        (folder / store.RECORDING).write_text(json.dumps(index))
        self.left = sorted((at, name.lower(), opus) for name, stream in packets.items() for at, opus in stream)

    def go_on(self, upto_s: float = 1e9) -> None:
        while self.left and self.left[0][0] < upto_s:
            at, person, opus = self.left.pop(0)
            self.files[person].write(Sample("audio", round(at * 1000), opus, True))
            self.job.feed(person, at, opus)

    def end(self) -> None:
        for file in self.files.values():
            file.close()


def lines(folder: Path) -> list[store.Heard]:
    return store.read_heard(folder)


@pytest.mark.heavy
@pytest.mark.parametrize("gap_s", [0.0, 2.5], ids=["at once", "while somebody speaks on"])
def test_a_killed_worker_is_started_again_in_the_meeting_and_every_word_is_heard_once(
    tmp_path: Path, packets: dict, monkeypatch: pytest.MonkeyPatch, gap_s: float
) -> None:
    monkeypatch.setattr(hearing, "FIRST_PAUSE_S", 0.01)

    async def work() -> None:
        settings = RecapSettings(models_folder=tmp_path / "models", zone="UTC")
        job = RecapJob(tmp_path, people=PEOPLE, settings=settings, told=lambda status: None)
        await job.start()
        meeting = Meeting(tmp_path, job, packets)
        meeting.go_on(7.0)
        await until(lambda: bool(lines(tmp_path)))
        first = job.worker_pid
        assert first
        os.kill(first, signal.SIGKILL)
        await until(lambda: job.worker_pid != first)
        meeting.go_on(7.0 + gap_s)
        await until(lambda: job.worker_pid is not None)
        meeting.go_on()
        # All but what is still open is heard while the meeting goes on, not after it.
        await until(lambda: len(lines(tmp_path)) >= 4)
        meeting.end()
        recap = await job.finish(ended_at=START + 16, last_left_at=START + 17)
        check(recap)
        assert len(recap.transcript) == 5
        starts = [(said.speaker, said.start_s) for said in recap.transcript]
        assert len(set(starts)) == 5

    run(work)


def test_the_next_one_is_told_what_was_heard(silent_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hearing, "FIRST_PAUSE_S", 0.01)

    async def work() -> None:
        job = RecapJob(silent_folder, people={"ada": "Ada"}, settings=scripted(silent_folder, "slow"), told=print)
        await job.start()
        first = job.worker_pid
        assert first
        os.kill(first, signal.SIGKILL)
        await until(lambda: len(lines(silent_folder)) == 2)
        second = job.worker_pid
        assert second
        os.kill(second, signal.SIGKILL)
        await until(lambda: job.worker_pid not in (None, second) and job._hearing._is_fed)
        recap = await job.finish(ended_at=START + 6, last_left_at=START + 6)
        assert recap.notes == ("Known from 0", "Known from 5")

    run(work)


def test_one_that_dies_at_once_is_started_ever_more_seldom(
    silent_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    enough = asyncio.Event()

    async def note(pause_s: float) -> None:
        pauses.append(pause_s)
        if len(pauses) == 11:
            enough.set()
            await asyncio.Event().wait()

    monkeypatch.setattr(hearing, "sleep", note)
    settings = RecapSettings(models_folder=silent_folder, command=(sys.executable, "-c", "pass"))

    async def work() -> None:
        job = RecapJob(silent_folder, people={"ada": "Ada"}, settings=settings, told=lambda status: None)
        await job.start()
        job.feed("ada", 0.0, b"one")
        await enough.wait()
        await job.cancel()
        assert pauses == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]

    run(work)


def test_one_that_cannot_be_started_is_tried_again(silent_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hearing, "FIRST_PAUSE_S", 0.01)
    settings = scripted(silent_folder, "slow")
    program = silent_folder / "worker"
    settings = dataclasses.replace(settings, command=(str(program),))
    draft = silent_folder / "draft"
    draft.write_text(f"#!/bin/sh\nexec {shlex.join(scripted(silent_folder, 'slow').command)}\n")
    draft.chmod(0o700)

    async def work() -> None:
        job = RecapJob(silent_folder, people={"ada": "Ada"}, settings=settings, told=lambda status: None)
        await job.start()
        assert job.worker_pid is None
        job.feed("ada", 0.0, b"one")
        draft.rename(program)
        await until(lambda: job.worker_pid is not None)
        recap = await job.finish(ended_at=START + 6, last_left_at=START + 6)
        assert [said.start_s for said in recap.transcript] == [0.0, 5.0]

    run(work)


def test_one_that_is_far_behind_reads_from_the_file_during_the_meeting(
    silent_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def work() -> None:
        job = RecapJob(silent_folder, people={"ada": "Ada"}, settings=scripted(silent_folder, "slow"), told=print)
        await job.start()
        job.feed("ada", 0.0, b"one")
        monkeypatch.setattr("server_stub.recap.process.MOST_WAITING", -1)
        job.feed("ada", 5.0, b"too many wait")
        monkeypatch.undo()
        await until(lambda: len(lines(silent_folder)) == 2)
        recap = await job.finish(ended_at=START + 6, last_left_at=START + 6)
        assert [said.start_s for said in recap.transcript] == [0.0, 5.0]

    run(work)


@pytest.mark.heavy
def test_a_better_engine_takes_over_in_the_meeting_and_hears_all_of_it(
    tmp_path: Path, packets: dict, monkeypatch
) -> None:
    monkeypatch.setattr(hearing, "FIRST_PAUSE_S", 0.01)

    async def work() -> None:
        settings = RecapSettings(models_folder=tmp_path / "models", model="pocketsphinx", zone="UTC")
        job = RecapJob(tmp_path, people=PEOPLE, settings=settings, told=lambda status: None)
        await job.start()
        meeting = Meeting(tmp_path, job, packets)
        meeting.go_on(7.0)
        await until(lambda: bool(lines(tmp_path)))
        first = job.worker_pid
        # As long as nothing better is there, nothing changes.
        await job.renew()
        assert job.worker_pid == first
        job._hearing._settings = dataclasses.replace(settings, model="")
        await job.renew()
        await until(lambda: job.worker_pid not in (None, first))
        meeting.go_on()
        await until(lambda: len([one for one in job._hearing.heard if "whisper" in one.engine]) >= 4)
        meeting.end()
        recap = await job.finish(ended_at=START + 16, last_left_at=START + 17)
        assert recap.engine == "faster-whisper base"
        assert len(recap.transcript) == len({(said.speaker, said.start_s) for said in recap.transcript}) == 5
        assert {one.engine.rsplit(" ", 1)[0] for one in lines(tmp_path)} == {"faster-whisper base"}
        # What has stopped is left as it is.
        await job.renew()

    run(work)
