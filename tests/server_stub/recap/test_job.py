"""The whole way: packets into a real worker process, the recap out of it, and what happens when it dies."""

import asyncio
import json
import os
import signal
import stat
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import numpy as np
import pytest

from app.wire.recap import Recap
from server_stub.recap.errors import RecapError
from server_stub.recap.filming import make_films
from server_stub.recap.job import RecapJob, RecapStatus, remake
from server_stub.recap.live_mix import read_mix
from server_stub.recap.moments import Moment
from server_stub.recap.settings import RecapSettings
from tests.patience import PATIENCE_S
from tests.server_stub.recap.test_films_with_shares import record_screen

START = 1795176000.0
PEOPLE = {"ada": "Ada", "grace": "Grace"}
LIMIT_S = 180.0
SCRIPTED = Path(__file__).parent / "scripted_worker.py"


@pytest.fixture
def settings(tmp_path: Path) -> RecapSettings:
    return RecapSettings(models_folder=tmp_path / "models", zone="UTC")


def run(work: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(asyncio.wait_for(work(), LIMIT_S))


def feed(job: RecapJob, packets: dict, upto_s: float = 1e9, from_s: float = -1.0) -> None:
    everyone = [(at, name.lower(), opus) for name, stream in packets.items() for at, opus in stream]
    for at, person, opus in sorted(everyone):
        if from_s <= at < upto_s:
            job.feed(person, at, opus)


async def until(fact: Callable[[], bool]) -> None:
    while not fact():  # noqa: ASYNC110 - what is awaited happens in another process
        await asyncio.sleep(0.01)


def check(recap: Recap) -> None:
    assert {said.speaker for said in recap.transcript} == {"Ada", "Grace"}
    assert ("Ada", "2026-11-26") in {(item.owner, item.due) for item in recap.action_items}
    assert ("Grace", "2026-11-27") in {(item.owner, item.due) for item in recap.action_items}
    assert recap.engine == "faster-whisper base"
    assert recap.started_at == START
    assert recap.highlights


def test_packets_in_recap_out(meeting_folder: Path, settings: RecapSettings, packets: dict) -> None:
    told: list[RecapStatus] = []

    async def work() -> None:
        job = RecapJob(meeting_folder, people={"ada": "Ada"}, settings=settings, told=told.append)
        await job.start()
        job.add_person("grace", "Grace")
        pid = job.worker_pid
        assert pid
        await until(lambda: os.getpriority(os.PRIO_PROCESS, pid) > 0)
        feed(job, packets)
        job.note_first_leave()
        recap = await job.finish(ended_at=START + 16, last_left_at=START + 17)
        check(recap)
        assert len(recap.transcript) == 5
        assert len(read_mix(meeting_folder)) >= 10
        assert recap.ended_at == START + 16
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)

    run(work)
    assert [status.phase for status in told] == ["listening", "generating", "ready"]
    written = meeting_folder / "recap"
    assert (written / "recap.json").is_file()
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in written.iterdir())
    assert stat.S_IMODE((meeting_folder / "utterances.jsonl").stat().st_mode) == 0o600


def test_killed_worker_loses_no_word(meeting_folder: Path, settings: RecapSettings, packets: dict) -> None:
    async def work() -> None:
        job = RecapJob(meeting_folder, people=PEOPLE, settings=settings, told=lambda _status: None)
        await job.start()
        feed(job, packets, upto_s=9.0)
        heard = meeting_folder / "utterances.jsonl"
        await until(lambda: heard.stat().st_size > 0)
        assert job.worker_pid
        os.kill(job.worker_pid, signal.SIGKILL)
        await until(lambda: job.worker_pid is None)
        feed(job, packets, from_s=9.0)
        recap = await job.finish(ended_at=START + 16, last_left_at=START + 17)
        check(recap)
        assert len(recap.transcript) == 5

    run(work)


def share_a_screen(folder: Path) -> None:
    """Ada was sharing when the server crashed."""
    record_screen(folder / "ada.screen.mkv", (4.0, np.full((720, 1280), 200, np.uint8)))
    index = json.loads((folder / "recording.json").read_text())
    index["people"][0] |= {"screen": "ada.screen.mkv", "shares": [[4.0, None]]}
    (folder / "recording.json").write_text(json.dumps(index))


def test_after_a_crash_the_recap_is_made_from_what_there_is(
    meeting_folder: Path, settings: RecapSettings, packets: dict, decode
) -> None:
    async def work() -> None:
        job = RecapJob(meeting_folder, people=PEOPLE, settings=settings, told=lambda _status: None)
        await job.start()
        feed(job, packets, upto_s=9.0)
        heard = meeting_folder / "utterances.jsonl"
        await until(lambda: heard.stat().st_size > 0)
        await job.cancel()
        assert job.worker_pid is None
        grace = meeting_folder / "grace.mkv"
        grace.write_bytes(grace.read_bytes()[:-500])
        share_a_screen(meeting_folder)
        recap = await remake(meeting_folder, settings)
        check(recap)
        films = await make_films(meeting_folder, recap, settings.command, since=time.time())
        assert films is not None
        assert 1280 in {width for *_, width in decode(meeting_folder / "recap" / "meeting.webm")[2]}
        assert recap.ended_at > START
        again = await remake(meeting_folder, settings)
        assert again.transcript == recap.transcript

    run(work)


def scripted(folder: Path, way: str) -> RecapSettings:
    return RecapSettings(models_folder=folder, command=(sys.executable, str(SCRIPTED), way))


@pytest.fixture
def silent_folder(tmp_path: Path) -> Path:
    """A recording of Ada whose sound nobody will listen to."""
    (tmp_path / "ada.mkv").write_bytes(b"sound")
    people = [{"id": "ada", "name": "Ada", "file": "ada.mkv"}]
    (tmp_path / "recording.json").write_text(json.dumps({"meeting": "m1", "started_at": START, "people": people}))
    return tmp_path


def test_what_a_worker_that_lags_had_not_told_yet_is_not_told_twice(
    silent_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def work() -> None:
        job = RecapJob(silent_folder, people={"ada": "Ada"}, settings=scripted(silent_folder, "slow"), told=print)
        await job.start()
        job.feed("ada", 0.0, b"one")
        monkeypatch.setattr("server_stub.recap.process.MOST_WAITING", -1)
        job.feed("ada", 5.0, b"too many wait")
        monkeypatch.undo()
        recap = await job.finish(ended_at=START + 6, last_left_at=START + 6)
        assert [said.start_s for said in recap.transcript] == [0.0, 5.0]

    run(work)


def test_a_server_that_ends_while_the_recap_is_made_does_not_wait_for_it(silent_folder: Path) -> None:
    async def work() -> None:
        job = RecapJob(silent_folder, people={"ada": "Ada"}, settings=scripted(silent_folder, "hangs"), told=print)
        await job.start()
        making = asyncio.create_task(job.finish(ended_at=START + 6, last_left_at=START + 6))
        heard = silent_folder / "utterances.jsonl"
        await until(lambda: heard.stat().st_mtime_ns and (silent_folder / "recap").exists())
        async with asyncio.timeout(PATIENCE_S):
            await job.cancel()
            with pytest.raises(RecapError):
                await making
        assert job.worker_pid is None

    run(work)


def test_a_recording_that_rests_has_no_worker_and_loses_no_word(silent_folder: Path) -> None:
    async def work() -> None:
        job = RecapJob(silent_folder, people={"ada": "Ada"}, settings=scripted(silent_folder, "slow"), told=print)
        await job.start()
        job.feed("ada", 0.0, b"one")
        await job.rest()
        assert job.worker_pid is None
        job.feed("ada", 5.0, b"on its way when the recording stopped")
        recap = await job.finish(ended_at=START + 6, last_left_at=START + 6)
        assert [said.start_s for said in recap.transcript] == [0.0, 5.0]

    run(work)


def test_reactions_reach_the_worker_also_after_a_crash(silent_folder: Path) -> None:
    settings = scripted(silent_folder, "slow")

    async def work() -> None:
        job = RecapJob(silent_folder, people={"ada": "Ada"}, settings=settings, told=print)
        await job.start()
        for at_s, kind in ((4.0, "clap"), (5.0, "hand"), (2.0, "heart")):
            job.note_moment(Moment(at=START + at_s, person="ada", kind=kind))
        recap = await job.finish(ended_at=START + 6, last_left_at=START + 6)
        assert recap.notes == ("Reaction at 2", "Reaction at 4")
        assert (await remake(silent_folder, settings)).notes == recap.notes

    run(work)


def test_who_showed_a_screen_reaches_the_worker(silent_folder: Path) -> None:
    index = json.loads((silent_folder / "recording.json").read_text())
    index["people"][0] |= {"screen": "ada.screen.mkv", "shares": [[4.0, 5.0], [2.0, 3.0]]}
    (silent_folder / "recording.json").write_text(json.dumps(index))
    recap = asyncio.run(remake(silent_folder, scripted(silent_folder, "slow")))
    assert recap.notes == ("ada shows a screen at 2", "ada shows a screen at 4")


def test_worker_that_ends_again_and_again_is_told(meeting_folder: Path, packets: dict, tmp_path: Path) -> None:
    told: list[RecapStatus] = []
    for command in ((sys.executable, "-c", "pass"), (str(tmp_path / "nothing"),)):
        settings = RecapSettings(models_folder=tmp_path, command=command)

        async def work(settings: RecapSettings = settings) -> None:
            job = RecapJob(meeting_folder, people=PEOPLE, settings=settings, told=told.append)
            await job.start()
            feed(job, packets)
            with pytest.raises(RecapError, match="could not be made"):
                await job.finish(ended_at=START + 16, last_left_at=START + 17)

        run(work)
        assert told[-1].phase == "failed"
        assert "worker process" in told[-1].reason


def test_folder_without_a_recording_is_told(tmp_path: Path, settings: RecapSettings) -> None:
    async def work() -> None:
        with pytest.raises(RecapError, match="Nothing of this meeting was recorded"):
            await remake(tmp_path, settings)

    run(work)
